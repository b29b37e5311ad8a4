/* SPDX-License-Identifier: MIT */
#ifndef FETCH_ORIGIN_H
#define FETCH_ORIGIN_H

/*
 * Where a request goes, and whether it may. An origin is scheme, host and port
 * of a URL (RFC 6454), written "https://api.example.com" or
 * "http://[::1]:8080": lower case, the port only where it is not the scheme's
 * own. URLs are taken apart by libcurl, which will also follow them, so that
 * no two parsers disagree.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { ORIGIN_MAX = 300, ORIGIN_URL_MAX = 32768 };

/* The origin of an absolute URL into text (ORIGIN_MAX bytes). -1 with err set:
 * not http or https, no host, user or password in it, blanks or control bytes,
 * too long, a zone in its address, or a host of other bytes than letters,
 * digits, "-", "." and "_" (names in other scripts are written "xn--..."). */
int origin_of(const char *url, char *text, struct err *err) CHECKED;

/* Adds the absolute URL that a reference (of a redirect, of a next link)
 * stands for, seen from base (RFC 3986, section 5), without a fragment. -1
 * with err set as origin_of() does. */
int origin_resolve(const char *base, struct slice reference, struct buf *url,
    struct err *err) CHECKED;

/* Adds name=value to the query of a URL, replacing a parameter of that name;
 * value is percent-encoded. */
int origin_set_parameter(struct buf *url, const char *name, struct slice value,
    struct err *err) CHECKED;

/* Whether an origin matches a glob such as "https://api-*.example.com", where
 * "*" stands for any bytes but "/" and ":". */
bool origin_matches(const char *origin, const char *glob);

/*
 * Whether an address is one that strangers must not lead us to: loopback,
 * link-local, private (RFC 1918, RFC 4193), shared (RFC 6598), unspecified,
 * multicast, reserved, and IPv6 forms that hold such an IPv4 address (mapped,
 * 6to4, NAT64, Teredo).
 */
bool origin_address_is_private(const struct sockaddr *address);

/* The same of a host as written in a URL, as far as it is an address (any
 * spelling that inet_aton takes: "127.1", "0x7f000001") or a name that means
 * one ("localhost", "*.localhost", "*.local", "*.internal"). For use behind a
 * proxy, where the address of the connection is the proxy's. */
bool origin_host_is_private(const char *origin);

#endif

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/msg.h"

static bool
is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c <= ' ' || c == 0x7f)
			return false;
	}
	return true;
}

/* A part of a URL, freed by curl_free(); NULL when it has none. */
static char *
part_of(CURLU *parts, CURLUPart part)
{
	char *text = NULL;

	if (curl_url_get(parts, part, &text, CURLU_NO_DEFAULT_PORT) !=
	    CURLUE_OK)
		return NULL;
	return text;
}

static bool
has(CURLU *parts, CURLUPart part)
{
	char *text = part_of(parts, part);
	bool is_there = text != NULL;

	curl_free(text);
	return is_there;
}

/* An address in numbers that libcurl has not made "1.2.3.4" of, since it was
 * percent-encoded. */
static bool
is_odd_address(const char *host)
{
	struct in_addr in4;
	char text[INET_ADDRSTRLEN];

	if (inet_aton(host, &in4) == 0)
		return false;
	return inet_ntop(AF_INET, &in4, text, sizeof(text)) == NULL ||
	    strcmp(text, host) != 0;
}

/* Names in other scripts stand in URLs as "xn--..." only: how libcurl would
 * turn them into that depends on the locale. */
static bool
is_host(const char *host)
{
	const char *allowed = "-._";

	if (is_odd_address(host))
		return false;
	if (host[0] == '[')
		allowed = "[]:.";
	for (; *host != '\0'; host++) {
		if (!ascii_is_alnum(*host) && strchr(allowed, *host) == NULL)
			return false;
	}
	return true;
}

static int
join_origin(const char *scheme, const char *host, const char *port, char *text,
    struct err *err)
{
	int len;

	if (!is_host(host))
		return err_set(err, "a URL with odd characters in its host");
	len = snprintf(text, ORIGIN_MAX, "%s://%s%s%s", scheme, host,
	    port == NULL ? "" : ":", port == NULL ? "" : port);
	if (len < 0 || len >= ORIGIN_MAX)
		return err_set(err, "a URL with too long a host");
	for (; *text != '\0'; text++) {
		if (ascii_is_upper(*text))
			*text = (char)(*text - 'A' + 'a');
	}
	return 0;
}

static int
read_origin(CURLU *parts, char *text, struct err *err)
{
	char *scheme = part_of(parts, CURLUPART_SCHEME);
	char *host = part_of(parts, CURLUPART_HOST);
	char *port = part_of(parts, CURLUPART_PORT);
	int status = -1;

	if (scheme == NULL ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		err_set(err, "not a http or https URL");
	else if (host == NULL)
		err_set(err, "a URL without a host");
	else if (has(parts, CURLUPART_USER) || has(parts, CURLUPART_PASSWORD))
		err_set(err, "a URL with a user or password in it");
	else if (has(parts, CURLUPART_ZONEID))
		err_set(err, "a URL with a zone in its address");
	else
		status = join_origin(scheme, host, port, text, err);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	return status;
}

/* Points parts at a URL, relative to the one they hold, if any. */
static int
set_url(CURLU *parts, struct slice url, struct err *err)
{
	char *text;
	CURLUcode code;

	if (url.len > ORIGIN_URL_MAX)
		return err_set(err, "a URL over %d bytes", ORIGIN_URL_MAX);
	if (url.len == 0)
		return err_set(err, "an empty URL");
	if (!is_plain(url))
		return err_set(err, "a URL with blanks or control bytes in it");
	text = xmemdup(url.ptr, url.len);
	code = curl_url_set(parts, CURLUPART_URL, text, CURLU_URLENCODE);
	free(text);
	if (code != CURLUE_OK)
		return err_set(err, "not a URL: %s", curl_url_strerror(code));
	return 0;
}

static CURLU *
new_parts(void)
{
	CURLU *parts = curl_url();

	if (parts == NULL)
		msg_out_of_memory();
	return parts;
}

int
origin_of(const char *url, char *text, struct err *err)
{
	CURLU *parts = new_parts();
	int status = set_url(parts, slice_str(url), err);

	if (status == 0)
		status = read_origin(parts, text, err);
	curl_url_cleanup(parts);
	return status;
}

/* Adds what parts hold, when it is a URL that may be asked for. */
static int
add_url(CURLU *parts, struct buf *url, struct err *err)
{
	char origin[ORIGIN_MAX];
	char *text;
	int status = -1;

	if (read_origin(parts, origin, err) != 0)
		return -1;
	(void)curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
	text = part_of(parts, CURLUPART_URL);
	if (text == NULL || strlen(text) > ORIGIN_URL_MAX) {
		err_set(err, "a URL over %d bytes", ORIGIN_URL_MAX);
	} else {
		buf_add_str(url, text);
		status = 0;
	}
	curl_free(text);
	return status;
}

int
origin_resolve(const char *base, struct slice reference, struct buf *url,
    struct err *err)
{
	CURLU *parts = new_parts();
	int status = set_url(parts, slice_str(base), err);

	if (status == 0)
		status = set_url(parts, reference, err);
	if (status == 0)
		status = add_url(parts, url, err);
	curl_url_cleanup(parts);
	return status;
}

static void
add_encoded(struct buf *buf, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (ascii_is_alnum(c) || (c != '\0' && strchr("-._~", c)))
			buf_add_char(buf, c);
		else
			buf_add_format(buf, "%%%02x", (unsigned char)c);
	}
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = memchr(digits, c, sizeof(digits) - 1);

	return at == NULL ? -1 : (int)(at - digits) % 16;
}

/* The byte that "%XX" at the front of text stands for, or -1. */
static int
encoded_byte(struct slice text)
{
	if (text.len < 3 || text.ptr[0] != '%' || hex_digit(text.ptr[1]) < 0 ||
	    hex_digit(text.ptr[2]) < 0)
		return -1;
	return hex_digit(text.ptr[1]) * 16 + hex_digit(text.ptr[2]);
}

/* Whether a key of a query, percent-encoded in whatever way, is name. */
static bool
key_is(struct slice key, const char *name)
{
	while (key.len > 0 && *name != '\0') {
		int byte = encoded_byte(key);

		if ((byte < 0 ? key.ptr[0] : (char)byte) != *name++)
			return false;
		key = slice_from(key, byte < 0 ? 1 : 3);
	}
	return key.len == 0 && *name == '\0';
}

/* Adds the parameters of a query but those of that name. */
static void
add_others(struct buf *query, struct slice old, const char *name)
{
	struct slice parameter;
	struct slice key;

	while (slice_cut(&old, '&', &parameter)) {
		struct slice rest = parameter;

		if (slice_cut(&rest, '=', &key) && key_is(key, name))
			continue;
		buf_add(query, parameter);
		buf_add_char(query, '&');
	}
}

static int
set_query(CURLU *parts, const char *name, struct slice value, struct err *err)
{
	char *old = part_of(parts, CURLUPART_QUERY);
	struct buf query = { 0 };
	CURLUcode code;

	if (old != NULL)
		add_others(&query, slice_str(old), name);
	add_encoded(&query, slice_str(name));
	buf_add_char(&query, '=');
	add_encoded(&query, value);
	buf_add_char(&query, '\0');
	code = curl_url_set(parts, CURLUPART_QUERY, query.ptr, 0);
	curl_free(old);
	buf_release(&query);
	if (code != CURLUE_OK)
		return err_set(err, "not a URL: %s", curl_url_strerror(code));
	return 0;
}

int
origin_set_parameter(struct buf *url, const char *name, struct slice value,
    struct err *err)
{
	CURLU *parts = new_parts();
	struct buf changed = { 0 };
	int status = set_url(parts, buf_slice(url), err);

	if (status == 0)
		status = set_query(parts, name, value, err);
	if (status == 0)
		status = add_url(parts, &changed, err);
	if (status == 0) {
		buf_clear(url);
		buf_add(url, buf_slice(&changed));
	}
	buf_release(&changed);
	curl_url_cleanup(parts);
	return status;
}

/*
 * When the rest does not fit, the last "*" takes one byte more. An earlier one
 * need not: what stands between the two was found at the first place it fits.
 */
bool
origin_matches(const char *origin, const char *glob)
{
	const char *star = NULL;
	const char *after = origin;

	while (*origin != '\0' || *glob != '\0') {
		if (*glob == '*') {
			star = ++glob;
			after = origin;
		} else if (*glob != '\0' && *glob == *origin) {
			glob++;
			origin++;
		} else if (star != NULL && *after != '\0' &&
		    strchr("/:", *after) == NULL) {
			glob = star;
			origin = ++after;
		} else {
			return false;
		}
	}
	return true;
}

/* Addresses whose first bits are these; of IPv6 at IPv4's place in it, the
 * IPv4 address decides. */
struct block {
	uint8_t bytes[6];
	uint8_t bits;
	uint8_t holds; /* where an IPv4 address begins, 0: none */
	uint8_t flip;  /* Teredo's is written with all bits flipped */
};

static const struct block blocks4[] = {
	{ { 0 }, 8, 0, 0 },
	{ { 10 }, 8, 0, 0 },
	{ { 100, 64 }, 10, 0, 0 },
	{ { 127 }, 8, 0, 0 },
	{ { 169, 254 }, 16, 0, 0 },
	{ { 172, 16 }, 12, 0, 0 },
	{ { 192, 0, 0 }, 24, 0, 0 },
	{ { 192, 0, 2 }, 24, 0, 0 },
	{ { 192, 88, 99 }, 24, 0, 0 },
	{ { 192, 168 }, 16, 0, 0 },
	{ { 198, 18 }, 15, 0, 0 },
	{ { 198, 51, 100 }, 24, 0, 0 },
	{ { 203, 0, 113 }, 24, 0, 0 },
	{ { 224 }, 3, 0, 0 },
};

/* What lies outside of 2000::/3 is private or reserved, but for two blocks
 * that hold IPv4 addresses: mapped and NAT64. */
static const struct block blocks6[] = {
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, 0, 0 },
	{ { 0x20, 0x01, 0, 0x02, 0, 0 }, 48, 0, 0 },
	{ { 0x20, 0x01, 0, 0x10 }, 28, 0, 0 },
	{ { 0x3f, 0xff }, 20, 0, 0 },
	{ { 0x20, 0x01, 0, 0 }, 32, 12, 0xff },
	{ { 0x20, 0x02 }, 16, 2, 0 },
};

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b };

static bool
is_in(const uint8_t *address, const struct block *block)
{
	for (unsigned bit = 0; bit < block->bits; bit++) {
		unsigned mask = 0x80U >> (bit % 8);

		if (((address[bit / 8] ^ block->bytes[bit / 8]) & mask) != 0)
			return false;
	}
	return true;
}

static bool
is_private4(const uint8_t *address)
{
	for (size_t i = 0; i < sizeof(blocks4) / sizeof(blocks4[0]); i++) {
		if (is_in(address, &blocks4[i]))
			return true;
	}
	return false;
}

static bool
holds_private4(const uint8_t *address, const struct block *block)
{
	uint8_t inner[4];

	for (size_t i = 0; i < sizeof(inner); i++)
		inner[i] = address[block->holds + i] ^ block->flip;
	return is_private4(inner);
}

static bool
is_private6(const uint8_t *address)
{
	if (memcmp(address, mapped, sizeof(mapped)) == 0 ||
	    memcmp(address, nat64, sizeof(nat64)) == 0)
		return is_private4(address + 12);
	if (address[0] >> 5 != 1)
		return true;
	for (size_t i = 0; i < sizeof(blocks6) / sizeof(blocks6[0]); i++) {
		const struct block *block = &blocks6[i];

		if (is_in(address, block) &&
		    (block->holds == 0 || holds_private4(address, block)))
			return true;
	}
	return false;
}

bool
origin_address_is_private(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in4;

		memcpy(&in4, address, sizeof(in4));
		return is_private4((const uint8_t *)&in4.sin_addr);
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof(in6));
		return is_private6(in6.sin6_addr.s6_addr);
	}
	return true;
}

/* The host in an origin, without brackets and dots at its end. */
static struct slice
host_of(const char *origin)
{
	const char *host = strstr(origin, "://");
	struct slice rest = slice_str(host == NULL ? origin : host + 3);
	const char *end;

	if (slice_take_char(&rest, '[')) {
		end = slice_chr(rest, ']');
		return end == NULL ? rest : slice_between(rest.ptr, end);
	}
	end = slice_chr(rest, ':');
	if (end != NULL)
		rest = slice_between(rest.ptr, end);
	while (slice_ends(rest, "."))
		rest.len--;
	return rest;
}

static bool
is_private_name(struct slice host)
{
	static const char *const ends[] = { ".localhost", ".local",
		".internal" };

	if (host.len == 0 || slice_is_nocase(host, "localhost"))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);

		if (host.len > len &&
		    slice_is_nocase(slice_from(host, host.len - len), ends[i]))
			return true;
	}
	return false;
}

bool
origin_host_is_private(const char *origin)
{
	struct slice host = host_of(origin);
	struct in_addr in4;
	struct in6_addr in6;
	char text[ORIGIN_MAX];

	if (is_private_name(host) || host.len >= sizeof(text))
		return true;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	if (inet_aton(text, &in4) != 0)
		return is_private4((const uint8_t *)&in4);
	if (inet_pton(AF_INET6, text, &in6) == 1)
		return is_private6(in6.s6_addr);
	return false;
}

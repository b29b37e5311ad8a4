/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "tap.h"

static char text[ORIGIN_MAX];

static const char *
origin(const char *url)
{
	struct err err;

	return origin_of(url, text, &err) == 0 ? text : NULL;
}

static void
is_scheme_host_and_port(void)
{
	CHECK_STR(origin("https://api.example.com/v1?key=1#top"),
	    "https://api.example.com");
	CHECK_STR(origin("HTTP://API.Example.com"), "http://api.example.com");
	CHECK_STR(origin("http://h:8080/"), "http://h:8080");
	CHECK_STR(origin("http://h:80/"), "http://h");
	CHECK_STR(origin("https://h:443"), "https://h");
	CHECK_STR(origin("https://h:080/"), "https://h:80");
	CHECK_STR(origin("http://[::1]:8080/x"), "http://[::1]:8080");
	CHECK_STR(origin("http://[0:0:0:0:0:0:0:1]/"), "http://[::1]");
	CHECK_STR(origin("http://h?a=//other/@b:c"), "http://h");
}

static void
spellings_of_an_address_are_one(void)
{
	CHECK_STR(origin("http://127.1/"), "http://127.0.0.1");
	CHECK_STR(origin("http://0x7f000001/"), "http://127.0.0.1");
	CHECK_STR(origin("http://017700000001/"), "http://127.0.0.1");
	CHECK_STR(origin("http://%31%32%37.0.0.1/"), "http://127.0.0.1");
}

static void
refuses(void)
{
	static const char *const urls[] = { "", "/path", "host/path",
		"ftp://h/", "file:///etc/passwd", "gopher://h/", "http://",
		"http:////path", "http://u@h/", "http://u:p@h/", "http://:p@h/",
		"http://@h/", "http://h /", "http://h/a b", "http://h/\r\nX: y",
		"http://h/\t", "http://h/\x7f", "http://h:99999/",
		"http://h:port/", "http://a\\b/", "http://[fe80::1%25eth0]/",
		"http://\303\274ber.example/", "http://\357\274\221.0.0.1/",
		"http://%31%32%37/", "http://h%2fa/", "javascript:alert(1)",
		"//h/" };

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		if (!CHECK_STR(origin(urls[i]), NULL))
			printf("# %s\n", urls[i]);
	}
}

static void
refuses_the_too_long(void)
{
	char url[ORIGIN_URL_MAX + 2] = "http://h/";

	memset(url + 9, 'a', ORIGIN_URL_MAX - 9);
	CHECK_STR(origin(url), "http://h");
	url[ORIGIN_URL_MAX] = 'a';
	CHECK(origin(url) == NULL);
	/* "http://" and a NUL are 8 bytes of an origin's text. */
	memset(url + 7, 'a', ORIGIN_MAX);
	url[7 + ORIGIN_MAX - 8] = '/';
	url[7 + ORIGIN_MAX] = '\0';
	CHECK(origin(url) != NULL);
	url[7 + ORIGIN_MAX - 8] = 'a';
	url[7 + ORIGIN_MAX - 7] = '/';
	CHECK(origin(url) == NULL);
}

static void
check_resolve(const char *base, const char *reference, const char *want)
{
	struct buf url = { 0 };
	struct err err;

	if (origin_resolve(base, slice_str(reference), &url, &err) != 0)
		CHECK_STR(NULL, want);
	else
		CHECK_SLICE(url, want == NULL ? "nothing" : want);
	buf_release(&url);
}

static void
resolves_references(void)
{
	static const char base[] = "https://h.example/a/b?q=1#f";

	check_resolve(base, "https://x/y#z", "https://x/y");
	check_resolve(base, "//x/y", "https://x/y");
	check_resolve(base, "/y", "https://h.example/y");
	check_resolve(base, "y", "https://h.example/a/y");
	check_resolve(base, "./y", "https://h.example/a/y");
	check_resolve(base, "../y", "https://h.example/y");
	check_resolve(base, "../../../y", "https://h.example/y");
	check_resolve(base, "?page=2", "https://h.example/a/b?page=2");
	check_resolve(base, "HTTP://H.Example:80", "http://H.Example/");
	check_resolve(base, "/\xc3\xbc", "https://h.example/%c3%bc");
}

static void
resolving_refuses_what_an_origin_may_not_be(void)
{
	static const char base[] = "https://h/a";
	struct buf url = { 0 };
	struct err err;

	check_resolve(base, "ftp://h/", NULL);
	check_resolve(base, "file:///etc/passwd", NULL);
	check_resolve(base, "//u:p@h/", NULL);
	check_resolve(base, "/a b", NULL);
	check_resolve(base, "/a\r\nb", NULL);
	check_resolve(base, "", NULL);
	check_resolve("nothing", "/a", NULL);
	CHECK_INT(origin_resolve(base, slice_make("/a\0b", 4), &url, &err), -1);
	CHECK_INT(url.len, 0);
}

static void
check_set(const char *before, const char *name, const char *value,
    const char *want)
{
	struct buf url = { 0 };
	struct err err = { "" };

	buf_add_str(&url, before);
	if (origin_set_parameter(&url, name, slice_str(value), &err) != 0)
		CHECK_STR(NULL, want);
	else
		CHECK_SLICE(url, want == NULL ? "nothing" : want);
	buf_release(&url);
}

static void
sets_a_parameter(void)
{
	check_set("http://h/p", "page", "2", "http://h/p?page=2");
	check_set("http://h", "page", "2", "http://h/?page=2");
	check_set("http://h/p?", "page", "2", "http://h/p?page=2");
	check_set("http://h/p?a=1#f", "page", "2", "http://h/p?a=1&page=2");
	check_set("http://h/p?page=1&a=b%20c&page=3", "page", "2",
	    "http://h/p?a=b%20c&page=2");
	check_set("http://h/p?pages=1&b", "page", "",
	    "http://h/p?pages=1&b&page=");
	check_set("http://h/p?page", "page", "2", "http://h/p?page=2");
	check_set("http://h/p", "t", "a+b/c=&\xc3\xbc \r\n",
	    "http://h/p?t=a%2bb%2fc%3d%26%c3%bc%20%0d%0a");
	check_set("http://h/p?a%5B]=1", "a[]", "2", "http://h/p?a%5b%5d=2");
	check_set("http://h/p?a%5b%5d=1", "a[]", "2", "http://h/p?a%5b%5d=2");
	check_set("ftp://h/p", "a", "2", NULL);
}

static void
matches_globs(void)
{
	static const char api[] = "https://api.example.com";

	CHECK(origin_matches(api, api));
	CHECK(origin_matches(api, "https://*.example.com"));
	CHECK(origin_matches(api, "*://*.example.com"));
	CHECK(origin_matches(api, "https://*a*m*"));
	CHECK(origin_matches(api, "https://*"));
	CHECK(origin_matches("http://h:80", "http://h:*"));
	CHECK(!origin_matches(api, "*"));
	CHECK(!origin_matches(api, ""));
	CHECK(!origin_matches(api, "http://*"));
	CHECK(!origin_matches(api, "https://*.example.org"));
	CHECK(!origin_matches(api, "https://*.example"));
	CHECK(!origin_matches("https://example.com", "https://*.example.com"));
	CHECK(!origin_matches("https://h.example.com:8443",
	    "https://*.example.com"));
	CHECK(!origin_matches("https://h.example.com:8443", "https://*"));
	CHECK(!origin_matches("https://evil.com", "https://*.example.com"));
}

static bool
is_private(const char *address)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &in4.sin_addr) == 1)
		return origin_address_is_private((struct sockaddr *)&in4);
	CHECK_INT(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
	return origin_address_is_private((struct sockaddr *)&in6);
}

static const char *const private[] = { "0.0.0.0", "10.1.2.3", "100.64.0.1",
	"100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254",
	"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
	"192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
	"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
	"255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1",
	"64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001:db8::1",
	"2001:2::1", "2001:10::1", "3fff::1", "5f00::1",
	"2002:7f00:1::", "2002:a00:1::1",
	/* Teredo of 127.0.0.1 */
	"2001:0:4136:e378:8000:63bf:80ff:fffe", "fc00::1", "fd12::1", "fe80::1",
	"fec0::1", "ff02::1", "4000::1" };

static const char *const public[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
	"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
	"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
	"192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
	"198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1",
	"2606:4700::1111", "2001:4860::8888", "2002:101:101::1", "2001:db7::1",
	"2001:2:1::1",
	/* Teredo of 1.1.1.1 */
	"2001:0:4136:e378:8000:63bf:fefe:fefe" };

static void
knows_private_addresses(void)
{
	struct sockaddr other = { .sa_family = AF_UNIX };

	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		if (!CHECK(is_private(private[i])))
			printf("# %s\n", private[i]);
	}
	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++) {
		if (!CHECK(!is_private(public[i])))
			printf("# %s\n", public[i]);
	}
	CHECK(origin_address_is_private(&other));
}

static void
knows_private_hosts(void)
{
	static const char *const hosts[] = { "localhost", "LOCALHOST",
		"localhost.", "a.localhost", "printer.local", "x.internal",
		"metadata.google.internal.", "127.0.0.1", "127.1", "0x7f000001",
		"2130706433", "0", "[::1]", "[fe80::1]", "[::ffff:127.0.0.1]",
		"10.0.0.1.", "localhost:80", "127.0.0.1:8080", "[::1]:8080",
		"" };
	char url[100];

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		snprintf(url, sizeof(url), "http://%s", hosts[i]);
		if (!CHECK(origin_host_is_private(url)))
			printf("# %s\n", url);
	}
	CHECK(!origin_host_is_private("https://api.example.com"));
	CHECK(!origin_host_is_private("https://notlocalhost"));
	CHECK(!origin_host_is_private("https://1.1.1.1:8443"));
	CHECK(!origin_host_is_private("https://[2606:4700::1111]"));
	CHECK(!origin_host_is_private("https://local"));
	CHECK(!origin_host_is_private("https://10.example.com"));
}

static const struct tap_test tests[] = {
	{ "an origin is scheme, host and port", is_scheme_host_and_port },
	{ "all spellings of an address are one origin",
	    spellings_of_an_address_are_one },
	{ "other schemes, users, zones, odd hosts and blanks are refused",
	    refuses },
	{ "too long URLs and hosts are refused", refuses_the_too_long },
	{ "references resolve as RFC 3986 says", resolves_references },
	{ "references to what is no origin are refused",
	    resolving_refuses_what_an_origin_may_not_be },
	{ "a parameter is added, or replaced, percent-encoded",
	    sets_a_parameter },
	{ "a star in a glob stands for anything but slash and colon",
	    matches_globs },
	{ "private, shared and reserved addresses are known in all forms",
	    knows_private_addresses },
	{ "so are the hosts that mean one", knows_private_hosts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zlib.h>

#include "base/clock.h"
#include "base/duration.h"
#include "tap.h"

/*
 * The server: a thread that takes one connection and runs a script on it, which
 * says bytes, and keeps the requests it saw. It is over when the script is.
 */
static struct {
	int fd;
	unsigned port;
	pthread_t thread;
	void (*script)(int conn);
	const char *text; /* say_text()'s */
	struct buf seen;  /* requests, one behind the other; after stop() */
} server;

static void *
run(void *unused)
{
	int conn = accept(server.fd, NULL, NULL);

	(void)unused;
	server.script(conn);
	close(conn);
	return NULL;
}

static void
start(void script(int conn))
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(bind(server.fd, (struct sockaddr *)&at, len) == 0);
	CHECK(listen(server.fd, 1000) == 0);
	CHECK(getsockname(server.fd, (struct sockaddr *)&at, &len) == 0);
	server.port = ntohs(at.sin_port);
	server.script = script;
	buf_release(&server.seen);
	CHECK(pthread_create(&server.thread, NULL, run, NULL) == 0);
}

/* After it nobody listens on the port. */
static void
stop(void)
{
	CHECK(pthread_join(server.thread, NULL) == 0);
	CHECK(close(server.fd) == 0);
	buf_add_char(&server.seen, '\0');
	server.seen.len--;
}

/* Reads a request's header, and what has come with it of its body. */
static bool
read_request(int conn)
{
	size_t before = server.seen.len;

	for (;;) {
		char *into = buf_reserve(&server.seen, 4096);
		ssize_t n = recv(conn, into, 4096, 0);

		if (n <= 0)
			return false;
		server.seen.len += (size_t)n;
		if (slice_find(slice_from(buf_slice(&server.seen), before),
			"\r\n\r\n") != NULL)
			return true;
	}
}

static bool
say_bytes(int conn, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(conn, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
say(int conn, const char *text)
{
	return say_bytes(conn, text, strlen(text));
}

static void
wait_gone(int conn)
{
	char byte;

	while (recv(conn, &byte, 1, 0) > 0)
		continue;
}

static void
say_text(int conn)
{
	(void)read_request(conn);
	say(conn, server.text);
}

/* The client. */

static struct http_options options;
static struct http *http;
static char url[100];

static void
set_defaults(void)
{
	options = (struct http_options){ .max_transfers = 4,
		.timeout = 10 * DURATION_S,
		.connect_timeout = 5 * DURATION_S,
		.max_body = 1 << 20 };
}

static void
open_http(void)
{
	struct err err;

	http = http_new(&options, &err);
	CHECK(http != NULL);
}

static const char *
at_server(const char *path)
{
	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", server.port, path);
	return url;
}

static struct http_reply
ask(const struct http_request *request)
{
	struct http_reply reply = { .status = -1 };
	struct err err;

	if (!CHECK_INT(http_start(http, request, &err), 0))
		return reply;
	while (!http_take(http, &reply))
		http_wait(http, 20 * DURATION_S);
	return reply;
}

static struct http_reply
get(const char *path)
{
	struct http_request request = { .method = "GET",
		.url = at_server(path),
		.trusted = true };

	return ask(&request);
}

/* One GET of a server that plays a script, and what came of it. */
static struct http_reply
play(void script(int conn))
{
	struct http_reply reply;

	start(script);
	open_http();
	reply = get("/");
	http_free(http);
	stop();
	return reply;
}

static struct http_reply
play_text(const char *text)
{
	server.text = text;
	return play(say_text);
}

static void
check_trouble(void script(int conn), enum outcome_trouble trouble,
    const char *text)
{
	struct http_reply reply = play(script);

	CHECK_INT(reply.trouble, trouble);
	if (text != NULL)
		CHECK_STR(reply.trouble_text, text);
	CHECK(reply.trouble_text[0] != '\0');
	CHECK_INT(reply.status, 0);
	CHECK_INT(reply.body.len, 0);
	CHECK(reply.connected);
	http_reply_release(&reply);
}

static void
check_text(const char *answer, enum outcome_trouble trouble, const char *text)
{
	server.text = answer;
	check_trouble(say_text, trouble, text);
}

static const char plain[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A: 1\r\n\r\nbody";

static void
gives_answers(void)
{
	int tag;
	static const char *const headers[] = { "X-B: 2", "Accept: text/plain" };
	struct http_request request = { .method = "GET",
		.headers = headers,
		.header_count = 2,
		.trusted = true,
		.tag = &tag };
	struct http_reply reply;

	set_defaults();
	server.text = plain;
	start(say_text);
	open_http();
	request.url = at_server("/x?y=1");
	reply = ask(&request);
	CHECK_INT(http_count(http), 0);
	http_free(http);
	stop();
	CHECK(reply.tag == &tag);
	CHECK_INT(reply.trouble, TROUBLE_NONE);
	CHECK_INT(reply.status, 200);
	CHECK_SLICE(reply.header, "Content-Length: 4\r\nX-A: 1\r\n");
	CHECK_SLICE(reply.body, "body");
	CHECK(reply.length_known);
	CHECK(reply.connected);
	CHECK(reply.latency > 0 && reply.latency < 10 * DURATION_S);
	CHECK(slice_starts(buf_slice(&server.seen), "GET /x?y=1 HTTP/1.1\r\n"));
	CHECK(strstr(server.seen.ptr, "\r\nX-B: 2\r\n") != NULL);
	CHECK(strstr(server.seen.ptr, "\r\nAccept: text/plain\r\n") != NULL);
	CHECK(strstr(server.seen.ptr, "\r\nUser-Agent: tallyman/") != NULL);
	CHECK(strstr(server.seen.ptr, "\r\nAccept-Encoding: ") != NULL);
	http_reply_release(&reply);
}

static void
methods(int conn)
{
	char body[4];

	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\n\r\n");
	(void)read_request(conn);
	/* The body may come behind the header. */
	while (!slice_ends(buf_slice(&server.seen), "{\"a\":1}"))
		buf_add(&server.seen,
		    slice_make(body, (size_t)recv(conn, body, 4, 0)));
	say(conn, "HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n");
	(void)read_request(conn);
	say(conn, "HTTP/1.1 204 OK\r\n\r\n");
	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
	wait_gone(conn);
}

static void
check_method(const struct http_request *request, int status, size_t len)
{
	struct http_reply reply = ask(request);

	CHECK_STR(reply.trouble_text, "");
	CHECK_INT(reply.status, status);
	CHECK_INT(reply.body.len, len);
	CHECK(reply.length_known);
	http_reply_release(&reply);
}

/* All on one connection, so that what is left over would be seen. */
static void
has_methods(void)
{
	static const char *const type = "Content-Type: application/json";
	struct http_request request = { .method = "HEAD", .trusted = true };
	const char *rest;

	set_defaults();
	start(methods);
	open_http();
	request.url = at_server("/");
	check_method(&request, 200, 0);
	request.method = "POST";
	request.headers = &type;
	request.header_count = 1;
	request.body = slice_str("{\"a\":1}");
	check_method(&request, 201, 0);
	request.method = "DELETE";
	request.header_count = 0;
	request.body.ptr = NULL;
	request.body.len = 0;
	check_method(&request, 204, 0);
	request.method = "GET";
	check_method(&request, 200, 1);
	http_free(http);
	stop();
	CHECK(slice_starts(buf_slice(&server.seen), "HEAD / "));
	rest = strstr(server.seen.ptr, "POST / ");
	if (!CHECK(rest != NULL))
		return;
	CHECK(strstr(rest, "Content-Length: 7\r\n") != NULL);
	CHECK(strstr(rest, "Content-Type: application/json\r\n") != NULL);
	CHECK(strstr(rest, "\r\n\r\n{\"a\":1}DELETE / ") != NULL);
	CHECK(strstr(rest, "Expect:") == NULL);
	CHECK(strstr(rest, "urlencoded") == NULL);
	rest = strstr(rest, "GET / ");
	CHECK(rest != NULL && strstr(rest, "Content-") == NULL);
}

static const char redirect[] =
    "HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\n"
    "Content-Length: 0\r\n\r\n";

static const char unchanged[] =
    "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n";

static void
gives_redirects(void)
{
	struct http_reply reply = play_text(redirect);

	CHECK_INT(reply.status, 302);
	CHECK(slice_find(buf_slice(&reply.header),
		  "Location: http://other.example/\r\n") != NULL);
	http_reply_release(&reply);
	reply = play_text(unchanged);
	CHECK_INT(reply.status, 304);
	CHECK(reply.length_known);
	http_reply_release(&reply);
}

static const char interim[] =
    "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n"
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    "Trailer: X-Late\r\n\r\n"
    "3\r\nabc\r\n0\r\nX-Late: 1\r\n\r\n";

static void
keeps_the_last_header(void)
{
	struct http_reply reply = play_text(interim);

	CHECK_INT(reply.status, 200);
	CHECK_SLICE(reply.header,
	    "Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n");
	CHECK_SLICE(reply.body, "abc");
	CHECK(reply.length_known);
	http_reply_release(&reply);
}

static void
endless_header(int conn)
{
	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\n");
	while (say(conn, "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"))
		continue;
}

static void
endless_line(int conn)
{
	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nX-A: ");
	while (say(conn, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
		continue;
}

static void
endless_interim(int conn)
{
	(void)read_request(conn);
	while (say(conn, "HTTP/1.1 100 Continue\r\n\r\n"))
		continue;
}

static void
ends_endless_headers(void)
{
	set_defaults();
	check_trouble(endless_header, TROUBLE_TOO_LARGE, "header over 256 KiB");
	check_trouble(endless_line, TROUBLE_TOO_LARGE, NULL);
	check_trouble(endless_interim, TROUBLE_TOO_LARGE,
	    "over 100 headers before the answer");
}

static void
endless_body(int conn)
{
	char bytes[4096];

	(void)read_request(conn);
	memset(bytes, 'a', sizeof(bytes));
	say(conn, "HTTP/1.1 200 OK\r\n\r\n");
	while (say_bytes(conn, bytes, sizeof(bytes)))
		continue;
}

static void
endless_error(int conn)
{
	char bytes[4096];

	(void)read_request(conn);
	memset(bytes, 'a', sizeof(bytes));
	say(conn, "HTTP/1.1 503 Busy\r\nContent-Length: 999999999\r\n\r\n");
	while (say_bytes(conn, bytes, sizeof(bytes)))
		continue;
}

static void
body_of_max(int conn)
{
	char bytes[1 << 10];

	(void)read_request(conn);
	memset(bytes, 'a', sizeof(bytes));
	say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n");
	for (size_t i = 0; i < 1 << 10; i++)
		say_bytes(conn, bytes, sizeof(bytes));
	wait_gone(conn);
}

static void
ends_endless_bodies(void)
{
	struct http_reply reply;

	set_defaults();
	check_trouble(endless_body, TROUBLE_TOO_LARGE,
	    "body over 1048576 bytes");
	reply = play(body_of_max);
	CHECK_INT(reply.status, 200);
	CHECK_INT(reply.body.len, 1 << 20);
	http_reply_release(&reply);
	reply = play(endless_error);
	CHECK_INT(reply.trouble, TROUBLE_NONE);
	CHECK_INT(reply.status, 503);
	CHECK_INT(reply.body.len, 64 << 10);
	CHECK(!reply.length_known);
	http_reply_release(&reply);
}

/* Says so many kilobytes of zeros, in gzip. */
static void
say_gzip(int conn, size_t kilobytes)
{
	static char zeros[1 << 10];
	char out[4096];
	z_stream z = { 0 };

	CHECK_INT(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, 0), Z_OK);
	for (size_t i = 0; i <= kilobytes; i++) {
		z.next_in = (Bytef *)zeros;
		z.avail_in = i == kilobytes ? 0 : sizeof(zeros);
		do {
			z.next_out = (Bytef *)out;
			z.avail_out = sizeof(out);
			(void)deflate(&z, i == kilobytes ? Z_FINISH : 0);
			say_bytes(conn, out, sizeof(out) - z.avail_out);
		} while (z.avail_out == 0);
	}
	deflateEnd(&z);
}

static void
gzip(int conn)
{
	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	say_gzip(conn, 100);
}

static void
bomb(int conn)
{
	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	say_gzip(conn, 64 << 10);
}

static const char bad_gzip[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
			       "Content-Length: 12\r\n\r\n\037\213\010 no gzip";

static void
counts_decoded_bytes(void)
{
	struct http_reply reply;

	set_defaults();
	reply = play(gzip);
	CHECK_INT(reply.status, 200);
	CHECK_INT(reply.body.len, 100 << 10);
	http_reply_release(&reply);
	check_trouble(bomb, TROUBLE_TOO_LARGE, "body over 1048576 bytes");
	check_text(bad_gzip, TROUBLE_BROKEN, NULL);
}

static void
drip(int conn)
{
	struct pollfd fd = { .fd = conn, .events = POLLIN | POLLRDHUP };

	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n");
	while (poll(&fd, 1, 20) == 0 && say(conn, "a"))
		continue;
}

static void
times_out(void)
{
	int64_t began = clock_now();

	set_defaults();
	options.timeout = 250 * DURATION_MS;
	check_trouble(drip, TROUBLE_TIMEOUT, "timed out after 0.25 s");
	CHECK(clock_now() - began > 200 * DURATION_MS);
	CHECK(clock_now() - began < 5 * DURATION_S);
}

static const char cut_with_length[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf";

static const char cut_chunk[] =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "8\r\nhalf";

static const char cut_header[] = "HTTP/1.1 200 OK\r\nConte";

static const char cut_without_length[] = "HTTP/1.1 200 OK\r\n\r\nhalf";

static void
nothing(int conn)
{
	(void)read_request(conn);
}

static void
reset(int conn)
{
	struct linger linger = { .l_onoff = 1 };

	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
	setsockopt(conn, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void
knows_what_was_cut(void)
{
	struct http_reply reply;

	set_defaults();
	check_text(cut_with_length, TROUBLE_CUT, NULL);
	check_text(cut_chunk, TROUBLE_CUT, NULL);
	check_text(cut_header, TROUBLE_CUT, "the header was cut");
	check_trouble(nothing, TROUBLE_CUT, "Empty reply from server");
	check_trouble(reset, TROUBLE_CUT, NULL);
	reply = play_text(cut_without_length);
	CHECK_INT(reply.trouble, TROUBLE_NONE);
	CHECK_INT(reply.status, 200);
	CHECK_SLICE(reply.body, "half");
	CHECK(!reply.length_known);
	http_reply_release(&reply);
}

static const char garbage[] = "\001\002\003 this is no HTTP\r\n\r\n";

static const char odd_status[] = "HTTP/1.1 2000 OK\r\n\r\n";

static void
knows_garbage(void)
{
	set_defaults();
	check_text(garbage, TROUBLE_BROKEN, NULL);
	check_text(odd_status, TROUBLE_BROKEN, NULL);
}

static void
knows_who_is_not_there(void)
{
	struct http_request request = { .method = "GET",
		.url = "http://nothing.invalid/",
		.trusted = true };
	struct http_reply reply;

	set_defaults();
	reply = play(nothing);
	http_reply_release(&reply);
	open_http();
	reply = get("/");
	CHECK_INT(reply.trouble, TROUBLE_CONNECT);
	CHECK(!reply.connected);
	reply = ask(&request);
	CHECK_INT(reply.trouble, TROUBLE_RESOLVE);
	CHECK(!reply.connected);
	http_free(http);
}

static struct http_reply
get_tls(void)
{
	char to[64];
	struct http_request request = { .method = "GET",
		.url = to,
		.trusted = true };

	snprintf(to, sizeof(to), "https://127.0.0.1:%u/", server.port);
	return ask(&request);
}

static void
no_tls(int conn)
{
	say(conn, "HTTP/1.1 400 Speak plainly\r\n\r\n");
	wait_gone(conn);
}

static void
no_handshake(int conn)
{
	wait_gone(conn);
}

static void
knows_failed_handshakes(void)
{
	struct http_reply reply;

	set_defaults();
	start(no_tls);
	open_http();
	reply = get_tls();
	CHECK_INT(reply.trouble, TROUBLE_TLS);
	CHECK(!reply.connected);
	http_free(http);
	stop();
	options.connect_timeout = 100 * DURATION_MS;
	open_http();
	start(no_handshake);
	reply = get_tls();
	CHECK_INT(reply.trouble, TROUBLE_TIMEOUT);
	CHECK_STR(reply.trouble_text, "no connection after 0.1 s");
	CHECK(!reply.connected);
	http_free(http);
	stop();
}

static void
serve_twice(int conn)
{
	(void)read_request(conn);
	say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
	if (read_request(conn))
		say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
	wait_gone(conn);
}

/* On a new connection, and on the one that a trusted request has left. */
static void
keeps_strangers_from_private_addresses(void)
{
	struct http_request request = { .method = "GET" };
	struct http_reply reply;

	set_defaults();
	start(serve_twice);
	open_http();
	reply = get("/");
	CHECK_SLICE(reply.body, "1");
	http_reply_release(&reply);
	request.url = at_server("/secret");
	reply = ask(&request);
	CHECK_INT(reply.trouble, TROUBLE_REFUSED);
	CHECK_STR(reply.trouble_text, "127.0.0.1 is a private address");
	CHECK(!reply.connected);
	http_reply_release(&reply);
	snprintf(url, sizeof(url), "http://localhost:%u/", server.port);
	request.url = url;
	reply = ask(&request);
	CHECK_INT(reply.trouble, TROUBLE_REFUSED);
	http_reply_release(&reply);
	http_free(http);
	stop();
	CHECK(strstr(server.seen.ptr, "secret") == NULL);
}

static void
ignores_the_environment(void)
{
	struct http_reply reply;

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	set_defaults();
	reply = play_text(plain);
	CHECK_INT(reply.status, 200);
	http_reply_release(&reply);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}

static void
proxy(int conn)
{
	(void)read_request(conn);
	do
		say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	while (read_request(conn));
}

static void
check_through_proxy(const char *to, bool trusted, enum outcome_trouble trouble)
{
	struct http_request request = { .method = "GET",
		.url = to,
		.trusted = trusted };
	struct http_reply reply = ask(&request);

	CHECK_INT(reply.trouble, trouble);
	http_reply_release(&reply);
}

static void
goes_through_the_proxy(void)
{
	char text[64];

	set_defaults();
	start(proxy);
	snprintf(text, sizeof(text), "http://127.0.0.1:%u", server.port);
	options.proxy = text;
	options.no_proxy = "direct.invalid";
	options.user = "joe";
	options.password = "word";
	setenv("no_proxy", "*", 1);
	open_http();
	check_through_proxy("http://b.example/0", false, TROUBLE_NONE);
	check_through_proxy("http://a.example/1", true, TROUBLE_NONE);
	check_through_proxy("http://b.example/2", false, TROUBLE_NONE);
	check_through_proxy("http://127.1/3", true, TROUBLE_NONE);
	check_through_proxy("http://127.1/4", false, TROUBLE_REFUSED);
	check_through_proxy("http://x.localhost/5", false, TROUBLE_REFUSED);
	check_through_proxy("http://direct.invalid/6", true, TROUBLE_RESOLVE);
	check_through_proxy("http://direct.invalid/7", false, TROUBLE_NONE);
	http_free(http);
	unsetenv("no_proxy");
	stop();
	CHECK(strstr(server.seen.ptr, "GET http://a.example/1 ") != NULL);
	CHECK(strstr(server.seen.ptr, "GET http://b.example/2 ") != NULL);
	CHECK(strstr(server.seen.ptr, "/3 ") != NULL);
	CHECK(strstr(server.seen.ptr, "/4 ") == NULL);
	CHECK(strstr(server.seen.ptr, "/5 ") == NULL);
	CHECK(strstr(server.seen.ptr, "/6 ") == NULL);
	CHECK(strstr(server.seen.ptr, "/7 ") != NULL);
}

/* Splits what the proxy saw at /2, which is a stranger's. */
static void
gives_credentials_to_trusted_origins(void)
{
	static const char line[] = "\r\nAuthorization: Basic am9lOndvcmQ=\r\n";
	char *first;
	char *second;
	char *third;

	goes_through_the_proxy();
	first = strstr(server.seen.ptr, "GET http://a.example/1 ");
	second = strstr(server.seen.ptr, "GET http://b.example/2 ");
	third = strstr(server.seen.ptr, "GET http://127.");
	if (!CHECK(first != NULL && second != NULL && third != NULL))
		return;
	CHECK(strstr(third, line) != NULL);
	*third = '\0';
	CHECK(strstr(second, "Authorization") == NULL);
	*second = '\0';
	CHECK(strstr(first, line) != NULL);
}

static void
knows_troubles_with_the_proxy(void)
{
	char text[64];

	set_defaults();
	options.proxy = text;
	server.text = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
	start(say_text);
	snprintf(text, sizeof(text), "http://127.0.0.1:%u", server.port);
	open_http();
	check_through_proxy("https://a.example/", true, TROUBLE_PROXY);
	http_free(http);
	stop();
	server.text = "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n";
	start(say_text);
	snprintf(text, sizeof(text), "http://127.0.0.1:%u", server.port);
	open_http();
	check_through_proxy("http://a.example/", true, TROUBLE_PROXY);
	stop();
	check_through_proxy("http://a.example/", true, TROUBLE_PROXY);
	http_free(http);
}

enum { MANY = 300 };

/* Answers nobody before all are there, and the last one first. */
static void
many(int conn)
{
	int conns[MANY] = { conn };

	(void)read_request(conn);
	for (size_t i = 1; i < MANY; i++) {
		conns[i] = accept(server.fd, NULL, NULL);
		(void)read_request(conns[i]);
	}
	for (size_t i = MANY; i > 0; i--)
		say(conns[i - 1],
		    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
	for (size_t i = 1; i < MANY; i++)
		close(conns[i]);
}

static void
has_many_at_once(void)
{
	static int tags[MANY];
	struct http_request request = { .method = "GET", .trusted = true };
	struct http_reply reply;
	struct err err;
	size_t good = 0;

	memset(tags, 0, sizeof(tags));
	set_defaults();
	options.max_transfers = MANY;
	start(many);
	open_http();
	request.url = at_server("/");
	for (size_t i = 0; i < MANY; i++) {
		request.tag = &tags[i];
		CHECK_INT(http_start(http, &request, &err), 0);
	}
	CHECK_INT(http_count(http), MANY);
	while (http_count(http) > 0) {
		http_wait(http, 20 * DURATION_S);
		while (http_take(http, &reply)) {
			good += reply.status == 200 && reply.body.len == 1;
			(*(int *)reply.tag)++;
			http_reply_release(&reply);
		}
	}
	http_free(http);
	stop();
	CHECK_INT(good, MANY);
	for (size_t i = 0; i < MANY; i++)
		CHECK_INT(tags[i], 1);
}

static void
silent(int conn)
{
	(void)read_request(conn);
	wait_gone(conn);
}

static void
cancels(void)
{
	struct http_request request = { .method = "GET",
		.trusted = true,
		.tag = &request };
	struct http_reply reply;
	struct err err;

	set_defaults();
	start(silent);
	open_http();
	request.url = at_server("/");
	CHECK_INT(http_start(http, &request, &err), 0);
	http_wait(http, 20 * DURATION_MS);
	CHECK(!http_take(http, &reply));
	http_cancel_all(http);
	CHECK_INT(http_count(http), 1);
	CHECK(http_take(http, &reply));
	CHECK(reply.tag == &request);
	CHECK_INT(reply.trouble, TROUBLE_REFUSED);
	CHECK_STR(reply.trouble_text, "cancelled");
	http_reply_release(&reply);
	CHECK(!http_take(http, &reply));
	CHECK_INT(http_count(http), 0);
	/* What is under way when it is freed ends too. */
	stop();
	start(silent);
	request.url = at_server("/");
	CHECK_INT(http_start(http, &request, &err), 0);
	http_wait(http, 20 * DURATION_MS);
	http_free(http);
	stop();
}

static void *
wake(void *unused)
{
	(void)unused;
	http_wake(http);
	return NULL;
}

static void
wakes(void)
{
	pthread_t thread;
	int64_t began;

	set_defaults();
	open_http();
	began = clock_now();
	CHECK(pthread_create(&thread, NULL, wake, NULL) == 0);
	http_wait(http, 20 * DURATION_S);
	CHECK(clock_now() - began < 10 * DURATION_S);
	CHECK(pthread_join(thread, NULL) == 0);
	began = clock_now();
	http_wait(http, 50 * DURATION_MS);
	CHECK(clock_now() - began >= 50 * DURATION_MS);
	http_free(http);
}

static int
start_with(const char *method, const char *to, const char *header)
{
	struct http_request request = { .method = method,
		.url = to,
		.headers = &header,
		.header_count = header == NULL ? 0 : 1 };
	struct err err = { "" };
	int status = http_start(http, &request, &err);

	CHECK_INT(status == 0, err.text[0] == '\0');
	return status;
}

static void
refuses_requests(void)
{
	static const char to[] = "http://127.0.0.1:1/";

	set_defaults();
	open_http();
	CHECK_INT(start_with("GET", to, "A: b\r\nC: d"), -1);
	CHECK_INT(start_with("GET", to, "A: b\nC: d"), -1);
	CHECK_INT(start_with("GET", to, "A: b\r"), -1);
	CHECK_INT(start_with("GET", to, "A b"), -1);
	CHECK_INT(start_with("GET", to, ": b"), -1);
	CHECK_INT(start_with("GET / HTTP/1.1\r\nA:", to, NULL), -1);
	CHECK_INT(start_with("", to, NULL), -1);
	CHECK_INT(start_with("GET", "ftp://127.0.0.1:1/", NULL), -1);
	CHECK_INT(start_with("GET", "http://127.0.0.1:1/ HTTP/1.1\r\nA: b",
		      NULL),
	    -1);
	CHECK_INT(start_with("GET", "nothing", NULL), -1);
	CHECK_INT(http_count(http), 0);
	CHECK_INT(start_with("GET", to, "A: b"), 0);
	CHECK_INT(http_count(http), 1);
	http_free(http);
}

static void
wants_its_files(void)
{
	struct err err;
	char *version = http_version();

	set_defaults();
	options.ca = "/nowhere/ca.pem";
	CHECK(http_new(&options, &err) == NULL);
	CHECK_STR(err.text, "/nowhere/ca.pem: No such file or directory");
	http_free(NULL);
	CHECK(slice_starts(slice_str(version), "libcurl 7.") ||
	    slice_starts(slice_str(version), "libcurl 8."));
	CHECK(strstr(version, ", nghttp2 ") != NULL);
	free(version);
}

static const struct tap_test tests[] = {
	{ "an answer is given as it came", gives_answers },
	{ "HEAD, POST, DELETE and GET follow on one handle", has_methods },
	{ "3xx are given, not followed", gives_redirects },
	{ "only the last header is kept, without trailers",
	    keeps_the_last_header },
	{ "endless headers end", ends_endless_headers },
	{ "endless bodies end; those of errors with their status",
	    ends_endless_bodies },
	{ "a bomb is measured as it unfolds", counts_decoded_bytes },
	{ "a server that drips is given up on in time", times_out },
	{ "a body that is cut is known, or of unknown length",
	    knows_what_was_cut },
	{ "garbage is broken", knows_garbage },
	{ "a server that is not there is known", knows_who_is_not_there },
	{ "a handshake that fails or hangs is known", knows_failed_handshakes },
	{ "strangers lead to no private address, on no connection",
	    keeps_strangers_from_private_addresses },
	{ "the environment's proxies are ignored", ignores_the_environment },
	{ "behind a proxy names are checked", goes_through_the_proxy },
	{ "credentials go to trusted origins alone",
	    gives_credentials_to_trusted_origins },
	{ "troubles with the proxy are its own",
	    knows_troubles_with_the_proxy },
	{ "several hundred are under way at once", has_many_at_once },
	{ "what is under way can be cancelled", cancels },
	{ "waiting ends when it is told to, and in time", wakes },
	{ "requests that would be two, or none, are refused",
	    refuses_requests },
	{ "a file that is not there is an error", wants_its_files },
	{ 0 },
};

int
main(void)
{
	int status = tap_run(tests);

	buf_release(&server.seen);
	return status;
}

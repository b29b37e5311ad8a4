/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_conn.h"

/*
 * A forward proxy: whole URLs and CONNECT. Whatever the host's name is, it
 * connects to this machine's loopback, at the port that was asked for: a test
 * may use names that do not exist, to see that only the proxy resolved them.
 *
 * A request for a whole URL is sent on with "Connection: close", and is logged
 * with the status of its answer when that begins to come.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd.h"

/* The port behind the last colon of HOST:PORT; 80 where there is none. */
static uint16_t
port_of(struct slice host)
{
	const char *colon = slice_rchr(host, ':');
	uint64_t port = 80;

	if (colon != NULL &&
	    slice_number(slice_between(colon + 1, host.ptr + host.len),
		&port) != 0)
		return 0;
	return port > UINT16_MAX ? 0 : (uint16_t)port;
}

/* A new peer, or NULL when there is nobody. */
static struct conn *
connect_peer(struct conn *conn, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	conn->peer = conn_new(conn->world, fd);
	conn->peer->peer = conn;
	return conn->peer;
}

/* Whether a field is for the proxy alone. */
static bool
is_ours(struct slice name)
{
	return slice_starts(name, "Proxy-") || slice_starts(name, "proxy-") ||
	    slice_is_nocase(name, "Connection") ||
	    slice_is_nocase(name, "Transfer-Encoding") ||
	    slice_is_nocase(name, "Content-Length") ||
	    slice_is_nocase(name, "Expect");
}

/* The request as the server shall see it. */
static void
add_request(struct buf *out, const struct request *request, struct slice path)
{
	struct slice head = request->head;
	struct slice name;
	struct slice value;

	buf_add_format(out, "%.*s /%.*s HTTP/1.1\r\n",
	    SLICE_ARG(request->method), SLICE_ARG(path));
	while (header_next(&head, &name, &value)) {
		if (!is_ours(name))
			buf_add_format(out, "%.*s: %.*s\r\n", SLICE_ARG(name),
			    SLICE_ARG(value));
	}
	if (request->body.len > 0)
		buf_add_format(out, "Content-Length: %zu\r\n",
		    request->body.len);
	buf_add_str(out, "Connection: close\r\n\r\n");
	buf_add(out, request->body);
}

static bool
run_connect(struct conn *conn)
{
	if (connect_peer(conn, port_of(conn->request.target)) == NULL) {
		reply_error(&conn->reply, 502, NULL);
		return false;
	}
	world_log(conn->world, conn, 200);
	buf_add_str(&conn->out, "HTTP/1.1 200 Connection established\r\n\r\n");
	return true;
}

static bool
run_url(struct conn *conn)
{
	struct slice path = conn->request.target;
	struct slice host;

	if (!slice_starts(path, "http://")) {
		reply_error(&conn->reply, 400, NULL);
		return false;
	}
	path = slice_from(path, 7);
	if (!slice_cut(&path, '/', &host) ||
	    connect_peer(conn, port_of(host)) == NULL) {
		reply_error(&conn->reply, 502, NULL);
		return false;
	}
	conn->unlogged = true;
	add_request(&conn->peer->out, &conn->request, path);
	conn_flush(conn->peer);
	return true;
}

bool
proxy_run(struct conn *conn)
{
	const char *wanted = conn->world->proxy_auth;
	struct slice given = request_header(&conn->request,
	    "Proxy-Authorization");

	if (wanted != NULL && !basic_matches(given, wanted)) {
		reply_error(&conn->reply, 407, NULL);
		reply_header(&conn->reply, "Proxy-Authenticate",
		    "Basic realm=\"httpd\"");
		return false;
	}
	return slice_is(conn->request.method, "CONNECT") ? run_connect(conn) :
							   run_url(conn);
}

/* The code in "HTTP/1.1 200 OK". */
static int
status_of(struct slice bytes)
{
	uint64_t code = 0;
	bool known = bytes.len > 12 && slice_starts(bytes, "HTTP/1.") &&
	    slice_number(slice_make(bytes.ptr + 9, 3), &code) == 0;

	return known ? (int)code : 0;
}

void
proxy_relay(struct conn *conn, struct slice bytes)
{
	struct conn *peer = conn->peer;

	if (peer->unlogged) {
		peer->unlogged = false;
		world_log(peer->world, peer, status_of(bytes));
	}
	buf_add(&peer->out, bytes);
	conn_flush(peer);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd.h"

/*
 * The test server's process: options, the listening socket, the log, the loop.
 * What it can be asked for is told in httpd.h.
 *
 *	httpd [--log FILE] [--log-headers] [--address ADDRESS] [--port PORT]
 *	      [--path /NAME=/STEPS]...
 *	      [--proxy [--proxy-auth USER:PASSWORD]] [--tls CERTIFICATE,KEY]
 *
 * Prints its port, one line, when it is ready. ADDRESS is 127.0.0.1 where it
 * is not given, and must be of the loopback. Ends with its parent.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/msg.h"

struct options {
	const char *log;
	const char *address;
	const char *port;
	const char *tls;
};

static const struct option long_options[] = {
	{ "address", required_argument, NULL, 'a' },
	{ "log", required_argument, NULL, 'l' },
	{ "log-headers", no_argument, NULL, 'h' },
	{ "path", required_argument, NULL, 'n' },
	{ "port", required_argument, NULL, 'p' },
	{ "proxy", no_argument, NULL, 'x' },
	{ "proxy-auth", required_argument, NULL, 'u' },
	{ "tls", required_argument, NULL, 't' },
	{ 0 },
};

static void
add_path(struct world *world, const char *path)
{
	if (world->path_count == PATHS_MAX || strchr(path, '=') == NULL)
		msg_die("--path %s: no /NAME=/STEPS, or too many", path);
	world->paths[world->path_count++] = path;
}

static void
read_options(int argc, char **argv, struct world *world,
    struct options *options)
{
	int letter;

	while (
	    (letter = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (letter) {
		case 'a':
			options->address = optarg;
			break;
		case 'l':
			options->log = optarg;
			break;
		case 'h':
			world->log_headers = true;
			break;
		case 'n':
			add_path(world, optarg);
			break;
		case 'p':
			options->port = optarg;
			break;
		case 'x':
			world->proxy = true;
			break;
		case 'u':
			world->proxy_auth = optarg;
			break;
		case 't':
			options->tls = optarg;
			break;
		default:
			exit(2);
		}
	}
	if (optind < argc)
		msg_die("%s: no such operand", argv[optind]);
}

/* Dies with the shell that started it, however that ends. */
static void
die_with_parent(void)
{
	pid_t parent = getppid();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		exit(2);
}

/* --- The log. */

static void
add_log_headers(struct buf *line, const struct request *request)
{
	struct slice head = request->head;
	struct slice name;
	struct slice value;

	while (header_next(&head, &name, &value))
		buf_add_format(line, "\t%.*s: %.*s\n", SLICE_ARG(name),
		    SLICE_ARG(value));
}

void
world_log(struct world *world, const struct conn *conn, int status)
{
	const struct request *request = &conn->request;
	struct buf line = { 0 };

	buf_add_format(&line, "%lld %llu %.*s %.*s %d\n",
	    (long long)(conn->arrived - world->start),
	    (unsigned long long)conn->number, SLICE_ARG(request->method),
	    SLICE_ARG(request->target), status);
	if (world->log_headers)
		add_log_headers(&line, request);
	if (world->log >= 0 &&
	    write(world->log, line.ptr, line.len) != (ssize_t)line.len)
		msg_die("the log: %s", strerror(errno));
	buf_release(&line);
	if (!conn->reply.control) {
		world->seen++;
		conn_notify(world);
	}
}

uint64_t *
world_counter(struct world *world, const struct buf *name)
{
	return table_add(&world->counters, buf_slice(name), NULL);
}

/* --- The socket. */

static bool
is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static int
listen_at(const char *host, const char *port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found = NULL;
	int one = 1;
	int fd;

	if (getaddrinfo(host, port, &hints, &found) != 0 ||
	    !is_loopback(found->ai_addr))
		msg_die("%s, %s: no port of the loopback", host, port);
	fd = socket(found->ai_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(fd, SOMAXCONN) != 0)
		msg_die("%s, %s: %s", host, port, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

static void
print_port(int fd)
{
	struct sockaddr_in6 address = { 0 };
	socklen_t len = sizeof(address);

	/* The port is at the same place for both families. */
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		msg_die("getsockname: %s", strerror(errno));
	printf("%u\n", ntohs(address.sin6_port));
	if (fclose(stdout) != 0)
		msg_die("standard output: %s", strerror(errno));
}

static void
accept_all(struct world *world, int listener)
{
	struct conn *conn;
	int one = 1;
	int fd;

	while ((fd = accept4(listener, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		conn = conn_new(world, fd);
		conn->number = ++world->connections;
		tls_begin(conn);
	}
	if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
		msg_die("accept: %s", strerror(errno));
}

/* --- The loop. */

static _Noreturn void
run(struct world *world, int listener)
{
	struct epoll_event events[256];
	int count;

	for (;;) {
		count = epoll_wait(world->epoll, events, 256,
		    conn_timers(world));
		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == NULL)
				accept_all(world, listener);
			else
				conn_event(events[i].data.ptr,
				    events[i].events);
		}
		conn_bury(world);
	}
}

static void
world_init(struct world *world)
{
	world->epoll = epoll_create1(EPOLL_CLOEXEC);
	world->log = -1;
	world->start = clock_now();
	table_init(&world->counters, sizeof(uint64_t));
	table_init(&world->buckets, sizeof(struct bucket));
	TAILQ_INIT(&world->timers);
	TAILQ_INIT(&world->watchers);
	TAILQ_INIT(&world->dead);
}

/* CERTIFICATE,KEY */
static void *
open_tls(const char *files)
{
	const char *comma = strchr(files, ',');
	char *certificate;
	void *context;

	if (comma == NULL) {
		msg_die("--tls %s: no CERTIFICATE,KEY", files);
		return NULL;
	}
	certificate = xmemdup(files, (size_t)(comma - files));
	context = tls_context(certificate, comma + 1);
	free(certificate);
	return context;
}

int
main(int argc, char **argv)
{
	struct options options = { .address = "127.0.0.1", .port = "0" };
	struct world world = { 0 };
	struct epoll_event event = { .events = EPOLLIN };
	int listener;

	msg_init("httpd");
	die_with_parent();
	world_init(&world);
	read_options(argc, argv, &world, &options);
	if (options.tls != NULL)
		world.tls = open_tls(options.tls);
	if (options.log != NULL) {
		world.log = open(options.log,
		    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
		if (world.log < 0)
			msg_die("%s: %s", options.log, strerror(errno));
	}
	listener = listen_at(options.address, options.port);
	if (epoll_ctl(world.epoll, EPOLL_CTL_ADD, listener, &event) != 0)
		msg_die("epoll: %s", strerror(errno));
	print_port(listener);
	run(&world, listener);
}

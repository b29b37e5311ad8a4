/* SPDX-License-Identifier: MIT */
#ifndef HTTPD_CONN_H
#define HTTPD_CONN_H

/*
 * A connection reads one request, executes it, sends the answer, and reads the
 * next. While it answers it goes on reading, to see when the client leaves.
 * In a proxy two are peers: each passes on what it reads to the other.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "httpd_reply.h"
#include "httpd_request.h"

struct world;

struct conn {
	struct world *world;
	int fd;
	void *tls; /* an SSL, or NULL */
	uint64_t number;
	uint32_t interest; /* what epoll was told */
	struct buf in;     /* read and not yet executed */
	struct buf body;   /* of a chunked request */
	struct buf out;    /* to be sent from `sent` on */
	size_t sent;
	struct request request;
	struct reply reply;
	int64_t arrived;   /* the head of the request; 0: not yet */
	int64_t due;       /* nothing is sent before */
	uint64_t seen;     /* for /seen: how many to wait for */
	struct conn *peer; /* the other side, in a proxy */
	bool replying;
	bool busy;      /* is counted in world->busy */
	bool continued; /* "100 Continue" was sent */
	bool waiting;   /* is in world->timers */
	bool watching;  /* is in world->watchers */
	bool unlogged;  /* a proxy's request without an answer so far */
	bool last;      /* closes when all is sent */
	bool dead;      /* freed after this round */
	TAILQ_ENTRY(conn) timer;
	TAILQ_ENTRY(conn) watcher;
	TAILQ_ENTRY(conn) grave;
};

TAILQ_HEAD(conn_list, conn);

/* Takes the descriptor over and waits for what it reads. */
struct conn *conn_new(struct world *world, int fd);
void conn_close(struct conn *conn);

/* What epoll reports. */
void conn_event(struct conn *conn, uint32_t events);

/* Sends what may be sent now. */
void conn_flush(struct conn *conn);

/* Sends what is due; returns how many milliseconds to sleep, -1 for ever. */
int conn_timers(struct world *world);

/* Answers those who wait for so many requests. */
void conn_notify(struct world *world);

/* Frees those closed. */
void conn_bury(struct world *world);

/* --- TLS, or plain sockets where conn->tls is NULL: see httpd_tls.c. */

/* An SSL_CTX; dies when it cannot be made. */
void *tls_context(const char *certificate, const char *key);

/* Puts a new connection behind TLS; nothing where the world has none. */
void tls_begin(struct conn *conn);
void tls_end(struct conn *conn);

/* As recv(2) and send(2); EAGAIN also where TLS waits for the client. */
ssize_t tls_receive(struct conn *conn, void *bytes, size_t size);
ssize_t tls_send(struct conn *conn, const void *bytes, size_t size);

/* Whether bytes were decrypted that epoll does not know of. */
bool tls_pending(const struct conn *conn);

/* --- The proxy: see httpd_proxy.c. */

/* Executes conn->request. False when conn->reply is to be sent. */
bool proxy_run(struct conn *conn);

/* Bytes that came from a connection with a peer. */
void proxy_relay(struct conn *conn, struct slice bytes);

#endif

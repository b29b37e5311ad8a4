/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_conn.h"

/*
 *	conn_event -> receive -> serve -> start -> conn_flush -> finish
 *
 * Nothing is sent before conn->due: a connection that waits for it is in
 * world->timers and its descriptor is not asked for room.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/msg.h"
#include "httpd.h"
#include "httpd_script.h"

/* How much a proxy holds for a client that does not read. */
enum { RELAY_MAX = 1 << 20 };

struct conn *
conn_new(struct world *world, int fd)
{
	struct conn *conn = xcalloc(1, sizeof(*conn));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = conn };

	conn->world = world;
	conn->fd = fd;
	conn->interest = EPOLLIN;
	if (epoll_ctl(world->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		msg_die("epoll: %m");
	return conn;
}

static bool
has_output(const struct conn *conn)
{
	return conn->sent < conn->out.len;
}

/* Tells epoll what the connection waits for. */
static void
update_interest(struct conn *conn)
{
	struct epoll_event event = { .data.ptr = conn };

	if (conn->dead)
		return;
	if (conn->peer == NULL || conn->peer->out.len < RELAY_MAX)
		event.events |= EPOLLIN;
	if (has_output(conn) && !conn->waiting)
		event.events |= EPOLLOUT;
	if (event.events == conn->interest)
		return;
	conn->interest = event.events;
	if (epoll_ctl(conn->world->epoll, EPOLL_CTL_MOD, conn->fd, &event) != 0)
		msg_die("epoll: %m");
}

/* --- Timers, kept in the order of their due times. */

static void
timer_add(struct conn *conn)
{
	struct conn_list *timers = &conn->world->timers;
	struct conn *before = TAILQ_LAST(timers, conn_list);

	if (conn->waiting)
		return;
	while (before != NULL && before->due > conn->due)
		before = TAILQ_PREV(before, conn_list, timer);
	if (before == NULL)
		TAILQ_INSERT_HEAD(timers, conn, timer);
	else
		TAILQ_INSERT_AFTER(timers, before, conn, timer);
	conn->waiting = true;
}

static void
timer_remove(struct conn *conn)
{
	if (conn->waiting)
		TAILQ_REMOVE(&conn->world->timers, conn, timer);
	conn->waiting = false;
}

static void
unwatch(struct conn *conn)
{
	if (conn->watching)
		TAILQ_REMOVE(&conn->world->watchers, conn, watcher);
	conn->watching = false;
}

/* --- The end of an answer, and of a connection. */

static void
end_reply(struct conn *conn)
{
	if (conn->busy)
		conn->world->busy--;
	conn->busy = false;
	conn->replying = false;
	conn->arrived = 0;
	conn->continued = false;
	reply_release(&conn->reply);
	conn->reply = (struct reply){ 0 };
}

/* The peer sends what it still has, and closes too. */
static void
leave_peer(struct conn *conn)
{
	struct conn *peer = conn->peer;

	conn->peer = NULL;
	if (peer == NULL)
		return;
	peer->peer = NULL;
	peer->last = true;
	if (!has_output(peer))
		conn_close(peer);
	else
		update_interest(peer);
}

void
conn_close(struct conn *conn)
{
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (conn->dead)
		return;
	conn->dead = true;
	TAILQ_INSERT_TAIL(&conn->world->dead, conn, grave);
	timer_remove(conn);
	unwatch(conn);
	if (conn->unlogged)
		world_log(conn->world, conn, 0);
	if (conn->reply.ending == ENDING_RESET)
		setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &reset,
		    sizeof(reset));
	tls_end(conn);
	close(conn->fd);
	end_reply(conn);
	leave_peer(conn);
}

void
conn_bury(struct world *world)
{
	struct conn *conn;

	while ((conn = TAILQ_FIRST(&world->dead)) != NULL) {
		TAILQ_REMOVE(&world->dead, conn, grave);
		buf_release(&conn->in);
		buf_release(&conn->body);
		buf_release(&conn->out);
		free(conn);
	}
}

/* All is sent: closes, or is ready for the next request. */
static void
finish(struct conn *conn)
{
	bool hangs = conn->reply.ending == ENDING_HANG;

	buf_clear(&conn->out);
	conn->sent = 0;
	if (hangs)
		return;
	if (conn->last || (conn->replying && conn->reply.ending != ENDING_KEEP))
		conn_close(conn);
	else if (conn->replying)
		end_reply(conn);
}

/* --- Sending. */

/* Makes more to send where the answer has more; false where it has not. */
static bool
refill(struct conn *conn)
{
	if (conn->reply.more == NULL)
		return false;
	buf_clear(&conn->out);
	conn->sent = 0;
	return conn->reply.more(&conn->reply, &conn->out);
}

/* Sends one piece; false when no more can be sent now. */
static bool
send_piece(struct conn *conn)
{
	size_t size = conn->out.len - conn->sent;
	ssize_t sent;

	if (conn->reply.piece > 0 && size > conn->reply.piece)
		size = conn->reply.piece;
	sent = tls_send(conn, conn->out.ptr + conn->sent, size);
	if (sent < 0) {
		if (errno != EAGAIN)
			conn_close(conn);
		return false;
	}
	conn->sent += (size_t)sent;
	if (conn->reply.gap > 0)
		conn->due = clock_now() + conn->reply.gap;
	return true;
}

void
conn_flush(struct conn *conn)
{
	bool more;

	do {
		if (conn->due > 0 && conn->due > clock_now()) {
			timer_add(conn);
			break;
		}
		more = has_output(conn) || refill(conn);
		if (!more)
			finish(conn);
	} while (more && send_piece(conn));
	update_interest(conn);
	if (conn->peer != NULL)
		update_interest(conn->peer);
}

/* --- Executing. */

static void
start(struct conn *conn)
{
	struct reply *reply = &conn->reply;

	reply->head_only = slice_is(conn->request.method, "HEAD");
	reply_write(reply, &conn->out);
	conn->due = reply->delay > 0 ? clock_now() + reply->delay : 0;
	world_log(conn->world, conn, conn->out.len > 0 ? reply->status : 0);
}

static void
execute(struct conn *conn)
{
	if (!conn->world->proxy)
		script_run(conn);
	else if (proxy_run(conn))
		return;
	conn->replying = true;
	start(conn);
}

/* A body that the client holds back until it is asked for. */
static void
ask_for_body(struct conn *conn)
{
	struct slice expect = request_header(&conn->request, "Expect");

	if (conn->continued || !slice_is_nocase(expect, "100-continue"))
		return;
	conn->continued = true;
	buf_add_str(&conn->out, "HTTP/1.1 100 Continue\r\n\r\n");
	conn_flush(conn);
}

/* Executes what was read, as far as it is whole. */
static void
serve(struct conn *conn)
{
	ssize_t used;

	while (!conn->dead && !conn->replying && conn->peer == NULL &&
	    conn->in.len > 0) {
		used = request_parse(buf_slice(&conn->in), &conn->request,
		    &conn->body);
		if (conn->request.head.ptr != NULL && conn->arrived == 0)
			conn->arrived = clock_now();
		if (used < 0)
			conn_close(conn);
		if (used <= 0) {
			if (used == 0 && conn->request.head.ptr != NULL)
				ask_for_body(conn);
			return;
		}
		execute(conn);
		if (!conn->unlogged) /* the log will want it */
			buf_drop(&conn->in, (size_t)used);
		conn_flush(conn);
	}
}

static void
receive(struct conn *conn)
{
	char bytes[1 << 16];
	ssize_t len;

	do {
		len = tls_receive(conn, bytes, sizeof(bytes));
		if (len == 0 || (len < 0 && errno != EAGAIN)) {
			conn_close(conn);
			return;
		}
		if (len > 0 && conn->peer != NULL)
			proxy_relay(conn, slice_make(bytes, (size_t)len));
		else if (len > 0)
			buf_add(&conn->in, slice_make(bytes, (size_t)len));
	} while (!conn->dead && tls_pending(conn));
	serve(conn);
}

void
conn_event(struct conn *conn, uint32_t events)
{
	if (!conn->dead && (events & ~(uint32_t)EPOLLOUT) != 0)
		receive(conn);
	if (!conn->dead && (events & EPOLLOUT) != 0)
		conn_flush(conn);
}

int
conn_timers(struct world *world)
{
	struct conn *conn;
	int64_t now = clock_now();

	while ((conn = TAILQ_FIRST(&world->timers)) != NULL) {
		if (conn->due > now)
			return (int)((conn->due - now) / MILLISECOND) + 1;
		timer_remove(conn);
		conn_flush(conn);
		serve(conn);
	}
	return -1;
}

void
conn_notify(struct world *world)
{
	struct conn *conn;
	struct conn *next;

	for (conn = TAILQ_FIRST(&world->watchers); conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, watcher);
		if (world->seen < conn->seen)
			continue;
		unwatch(conn);
		conn->reply.ending = ENDING_KEEP;
		conn->reply.cut = CUT_NOT;
		reply_write(&conn->reply, &conn->out);
		conn_flush(conn);
	}
}

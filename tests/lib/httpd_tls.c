/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_conn.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/msg.h"
#include "httpd.h"

#ifdef HAVE_OPENSSL

#include <openssl/err.h>
#include <openssl/ssl.h>

void *
tls_context(const char *certificate, const char *key)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	/* OpenSSL writes to connections that clients have closed. */
	signal(SIGPIPE, SIG_IGN);
	if (context == NULL ||
	    SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		msg_die("%s, %s: %s", certificate, key,
		    ERR_reason_error_string(ERR_peek_last_error()));
	SSL_CTX_set_mode(context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return context;
}

void
tls_begin(struct conn *conn)
{
	if (conn->world->tls == NULL)
		return;
	conn->tls = SSL_new(conn->world->tls);
	if (conn->tls == NULL || SSL_set_fd(conn->tls, conn->fd) != 1)
		msg_die("TLS: no memory");
	SSL_set_accept_state(conn->tls);
}

void
tls_end(struct conn *conn)
{
	if (conn->tls != NULL && conn->reply.ending != ENDING_RESET)
		SSL_shutdown(conn->tls);
	SSL_free(conn->tls);
	conn->tls = NULL;
	ERR_clear_error();
}

/* Makes of OpenSSL's result one of recv(2) or send(2). */
static ssize_t
as_socket(const struct conn *conn, int result)
{
	int why;

	if (result > 0)
		return result;
	why = SSL_get_error(conn->tls, result);
	ERR_clear_error();
	if (why == SSL_ERROR_ZERO_RETURN)
		return 0;
	errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ?
	    EAGAIN :
	    EPROTO;
	return -1;
}

ssize_t
tls_receive(struct conn *conn, void *bytes, size_t size)
{
	if (conn->tls == NULL)
		return recv(conn->fd, bytes, size, MSG_DONTWAIT);
	return as_socket(conn, SSL_read(conn->tls, bytes, (int)size));
}

ssize_t
tls_send(struct conn *conn, const void *bytes, size_t size)
{
	if (conn->tls == NULL)
		return send(conn->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (size > 1 << 20)
		size = 1 << 20;
	return as_socket(conn, SSL_write(conn->tls, bytes, (int)size));
}

bool
tls_pending(const struct conn *conn)
{
	return conn->tls != NULL && SSL_pending(conn->tls) > 0;
}

#else /* sockets alone */

void *
tls_context(const char *certificate, const char *key)
{
	msg_die("%s, %s: built without OpenSSL", certificate, key);
}

void
tls_begin(struct conn *conn)
{
	(void)conn;
}

void
tls_end(struct conn *conn)
{
	(void)conn;
}

ssize_t
tls_receive(struct conn *conn, void *bytes, size_t size)
{
	return recv(conn->fd, bytes, size, MSG_DONTWAIT);
}

ssize_t
tls_send(struct conn *conn, const void *bytes, size_t size)
{
	return send(conn->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool
tls_pending(const struct conn *conn)
{
	(void)conn;
	return false;
}

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FETCH_AUTH_H
#define FETCH_AUTH_H

/*
 * The token of a job's "auth": who has one, until when, and how the next one
 * is got. The state machine is pure; the OAuth 2.0 request goes through the
 * run's gate as any other, the command is run here.
 *
 * OAuth 2.0: grant_type=refresh_token (RFC 6749, section 6), client id and
 * secret in the body (section 2.3.1). A token is renewed a minute before it
 * expires, or half way where it lives for less than two. A refresh token that
 * the server replaces is used from then on, and kept: auth_refresh_token()
 * says so, for the store.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "fetch/jobfile.h"
#include "fetch/secret.h"

struct auth;

struct auth *auth_new(const struct job_auth *config, struct secrets *secrets);
void auth_free(struct auth *auth); /* NULL is allowed */

enum auth_need {
	AUTH_READY,   /* nothing to do: auth_header() has what is to be sent */
	AUTH_REQUEST, /* the token endpoint is to be asked: auth_request() */
	AUTH_RUN,     /* the command is to be run: auth_run() */
	AUTH_WAIT,    /* a request is under way */
	AUTH_FAILED,  /* no token can be had: auth_reason() */
};

enum auth_need auth_need(const struct auth *auth, int64_t now);

/* Adds "Authorization: Bearer ..." to line; nothing where there is no token
 * to send (none, basic, negotiate). */
void auth_header(const struct auth *auth, struct buf *line);

/* The body of the request to the token URL; it is under way from then on. */
void auth_request(struct auth *auth, struct buf *body);

/* Its answer; trouble: it could not be had now, and may be asked for again by
 * the retry rules. -1 with err set when there is no token in it. */
int auth_answered(struct auth *auth, int status, struct slice body, int64_t now,
    struct err *err) CHECKED;
void auth_not_answered(struct auth *auth);

/* Runs the command (no shell; standard input empty; at most 30 s; at most 64
 * KiB of standard output, of which the first line is the token). Blocks. -1
 * with err set. Its environment is ours, in which secrets are unset. */
int auth_run(struct auth *auth, int64_t now, struct err *err) CHECKED;

/* A 401 came for a request that was sent with the token of generation number
 * auth_generation(): renews once per generation; true: send it again. */
unsigned auth_generation(const struct auth *auth);
bool auth_rejected(struct auth *auth, unsigned generation, int64_t now);

/* No more tokens: why. */
void auth_give_up(struct auth *auth, const char *reason);
const char *auth_reason(const struct auth *auth);

/* The refresh token to be used now; NULL where there is none. */
const char *auth_refresh_token(const struct auth *auth);
void auth_set_refresh_token(struct auth *auth, struct slice token);

#endif

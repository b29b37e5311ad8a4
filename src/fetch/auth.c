/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/auth.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "base/json.h"
#include "base/percent.h"
#include "fetch/command.h"

/* A token is renewed so long before it expires. */
static const int64_t margin = DURATION_M;
static const int64_t command_timeout = 30 * DURATION_S;
enum { COMMAND_OUTPUT_MAX = 64 * 1024 };

struct auth {
	const struct job_auth *config;
	struct secrets *secrets;
	struct buf token;
	int64_t renew_at; /* INT64_MAX: it does not expire by itself */
	unsigned generation;
	bool has_token;
	bool under_way;
	char *refresh_token; /* that replaced the job's; NULL: none did */
	char *reason;        /* why there are no more; NULL: there are */
};

struct auth *
auth_new(const struct job_auth *config, struct secrets *secrets)
{
	struct auth *auth = xcalloc(1, sizeof(*auth));

	auth->config = config;
	auth->secrets = secrets;
	return auth;
}

/* What is secret is overwritten before it is freed. */
static void
forget_buf(struct buf *buf)
{
	if (buf->room > 0)
		explicit_bzero(buf->ptr, buf->room);
	buf_release(buf);
}

static void
forget_string(char **string)
{
	if (*string != NULL)
		explicit_bzero(*string, strlen(*string));
	free(*string);
	*string = NULL;
}

void
auth_free(struct auth *auth)
{
	if (auth == NULL)
		return;
	forget_buf(&auth->token);
	forget_string(&auth->refresh_token);
	free(auth->reason);
	free(auth);
}

enum auth_need
auth_need(const struct auth *auth, int64_t now)
{
	bool oauth2 = auth->config->kind == AUTH_OAUTH2;

	if (!oauth2 && auth->config->kind != AUTH_COMMAND)
		return AUTH_READY;
	if (auth->reason != NULL)
		return AUTH_FAILED;
	if (auth->under_way)
		return AUTH_WAIT;
	if (auth->has_token && now < auth->renew_at)
		return AUTH_READY;
	return oauth2 ? AUTH_REQUEST : AUTH_RUN;
}

void
auth_header(const struct auth *auth, struct buf *line)
{
	if (!auth->has_token)
		return;
	buf_add_str(line, "Authorization: Bearer ");
	buf_add(line, buf_slice(&auth->token));
}

/* One "name=value" of a form (RFC 6749, appendix B). */
static void
add_field(struct buf *body, const char *name, const char *value)
{
	if (value == NULL)
		return;
	if (body->len > 0)
		buf_add_char(body, '&');
	buf_add_format(body, "%s=", name);
	percent_add(body, slice_str(value));
}

void
auth_request(struct auth *auth, struct buf *body)
{
	const struct job_auth *config = auth->config;

	auth->under_way = true;
	add_field(body, "grant_type", "refresh_token");
	add_field(body, "refresh_token", auth_refresh_token(auth));
	add_field(body, "client_id", config->client_id);
	add_field(body, "client_secret", config->client_secret);
	add_field(body, "scope", config->scope);
}

/* Whether a token can stand in a header (RFC 6750, section 2.1: b64token). */
static bool
is_token(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

/* Takes a token that lives for lifetime; negative: nobody says how long. */
static int
take_token(struct auth *auth, struct slice token, int64_t lifetime, int64_t now,
    struct err *err)
{
	if (token.len == 0)
		return err_set(err, "prints no token");
	if (!is_token(token))
		return err_set(err, "the token has bytes that no header takes");
	forget_buf(&auth->token);
	buf_add(&auth->token, token);
	secrets_add(auth->secrets, "token", token);
	auth->has_token = true;
	auth->generation++;
	if (lifetime < 0)
		auth->renew_at = INT64_MAX;
	else if (lifetime < 2 * margin)
		auth->renew_at = now + lifetime / 2;
	else
		auth->renew_at = now + lifetime - margin;
	return 0;
}

/* "expires_in": seconds; some servers write it as a string. */
static int64_t
read_lifetime(struct slice body)
{
	struct json_value value;
	struct buf text = { 0 };
	int64_t seconds = -1;

	if (json_member(body, "expires_in", &value)) {
		json_add_text(&text, &value);
		buf_add_char(&text, '\0');
		seconds = strtol(text.ptr, NULL, 10);
		if (seconds <= 0 || seconds > DURATION_MAX / DURATION_S)
			seconds = -1;
	}
	buf_release(&text);
	return seconds < 0 ? -1 : seconds * DURATION_S;
}

static bool
read_string(struct slice body, const char *name, struct buf *text)
{
	struct json_value value;

	if (!json_member(body, name, &value) || value.kind != JSON_STRING)
		return false;
	json_add_text(text, &value);
	return text->len > 0;
}

int
auth_answered(struct auth *auth, int status, struct slice body, int64_t now,
    struct err *err)
{
	struct buf token = { 0 };
	struct buf refresh = { 0 };
	int result = -1;

	auth->under_way = false;
	if (!json_add_compact(NULL, body) ||
	    !read_string(body, "access_token", &token))
		(void)err_set(err, "HTTP %d, but no access_token in it",
		    status);
	else
		result = take_token(auth, buf_slice(&token),
		    read_lifetime(body), now, err);
	if (result == 0 && read_string(body, "refresh_token", &refresh))
		auth_set_refresh_token(auth, buf_slice(&refresh));
	forget_buf(&token);
	forget_buf(&refresh);
	return result;
}

void
auth_not_answered(struct auth *auth)
{
	auth->under_way = false;
}

int
auth_run(struct auth *auth, int64_t now, struct err *err)
{
	struct buf output = { 0 };
	struct slice line;
	const char *end;
	int status = -1;

	if (command_run(auth->config->command, (struct slice){ NULL, 0 }, NULL,
		command_timeout, COMMAND_OUTPUT_MAX, &output, err) == 0) {
		line = buf_slice(&output);
		end = slice_chr(line, '\n');
		if (end != NULL)
			line = slice_between(line.ptr, end);
		if (slice_ends(line, "\r"))
			line.len--;
		status = take_token(auth, line, -1, now, err);
	}
	if (status != 0)
		(void)err_wrap(err, "%s", auth->config->command[0]);
	forget_buf(&output);
	return status;
}

unsigned
auth_generation(const struct auth *auth)
{
	return auth->generation;
}

bool
auth_rejected(struct auth *auth, unsigned generation, int64_t now)
{
	if (auth->reason != NULL)
		return false;
	if (generation == auth->generation)
		auth->renew_at = now;
	return true;
}

void
auth_give_up(struct auth *auth, const char *reason)
{
	char *copy = xstrdup(reason);

	free(auth->reason);
	auth->reason = copy;
	auth->under_way = false;
}

const char *
auth_reason(const struct auth *auth)
{
	return auth->reason;
}

const char *
auth_refresh_token(const struct auth *auth)
{
	return auth->refresh_token != NULL ? auth->refresh_token :
					     auth->config->refresh_token;
}

void
auth_set_refresh_token(struct auth *auth, struct slice token)
{
	forget_string(&auth->refresh_token);
	auth->refresh_token = xmemdup(token.ptr, token.len);
	secrets_add(auth->secrets, "refresh_token", token);
}

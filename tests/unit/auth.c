/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/auth.h"

#include "base/duration.h"
#include "tap.h"

static const int64_t now = 1700000000 * DURATION_S;

static const struct job_auth oauth2 = {
	.kind = AUTH_OAUTH2,
	.token_url = "https://id.example.com/token",
	.client_id = "our id",
	.client_secret = "s&cret=1",
	.refresh_token = "first/refresh",
};

static struct secrets *secrets;
static struct auth *auth;
static struct err err;

static void
begin(const struct job_auth *config)
{
	secrets = secrets_new();
	auth = auth_new(config, secrets);
	err.text[0] = '\0';
}

static void
end(void)
{
	auth_free(auth);
	secrets_free(secrets);
}

/* The header line that is sent now. */
static const char *
header(void)
{
	static char text[200];
	struct buf line = { 0 };

	auth_header(auth, &line);
	(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(buf_slice(&line)));
	buf_release(&line);
	return text;
}

/* The body of a request for a token, which is under way from then on. */
static const char *
request(void)
{
	static char text[500];
	struct buf body = { 0 };

	auth_request(auth, &body);
	(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(buf_slice(&body)));
	buf_release(&body);
	return text;
}

static int
answer(const char *body, int64_t at)
{
	return auth_answered(auth, 200, slice_str(body), at, &err);
}

static const char *
redacted(const char *text)
{
	static char safe[200];
	struct buf buf = { 0 };

	secrets_redact(secrets, slice_str(text), &buf);
	(void)snprintf(safe, sizeof(safe), "%.*s", SLICE_ARG(buf_slice(&buf)));
	buf_release(&buf);
	return safe;
}

static void
others_need_none(void)
{
	static const enum job_auth_kind kinds[] = { AUTH_NONE, AUTH_BASIC,
		AUTH_NEGOTIATE };

	for (size_t i = 0; i < 3; i++) {
		struct job_auth config = { .kind = kinds[i] };

		begin(&config);
		CHECK_INT(auth_need(auth, now), AUTH_READY);
		CHECK_STR(header(), "");
		CHECK(auth_refresh_token(auth) == NULL);
		end();
	}
	auth_free(NULL);
}

static void
asks_for_a_token(void)
{
	begin(&oauth2);
	CHECK_INT(auth_need(auth, now), AUTH_REQUEST);
	CHECK_STR(header(), "");
	CHECK_STR(request(),
	    "grant_type=refresh_token&refresh_token=first%2Frefresh"
	    "&client_id=our%20id&client_secret=s%26cret%3D1");
	CHECK_INT(auth_need(auth, now), AUTH_WAIT);
	CHECK_INT(answer("{\"access_token\":\"abc.DEF-1~\","
			 "\"token_type\":\"Bearer\",\"expires_in\":3600}",
		      now),
	    0);
	CHECK_INT(auth_need(auth, now), AUTH_READY);
	CHECK_STR(header(), "Authorization: Bearer abc.DEF-1~");
	CHECK_INT(auth_generation(auth), 1);
	end();
}

static void
sends_what_it_has(void)
{
	struct job_auth config = oauth2;

	config.client_secret = NULL;
	config.scope = "read all";
	begin(&config);
	CHECK_STR(request(),
	    "grant_type=refresh_token&refresh_token=first%2Frefresh"
	    "&client_id=our%20id&scope=read%20all");
	end();
}

static void
renews_before_it_expires(void)
{
	static const struct {
		const char *body;
		int64_t good_for; /* -1: until it is rejected */
	} table[] = {
		{ "{\"access_token\":\"t\",\"expires_in\":3600}", 3540 },
		{ "{\"access_token\":\"t\",\"expires_in\":\"3600\"}", 3540 },
		{ "{\"access_token\":\"t\",\"expires_in\":3600.9}", 3540 },
		{ "{\"access_token\":\"t\",\"expires_in\":121}", 61 },
		{ "{\"access_token\":\"t\",\"expires_in\":120}", 60 },
		{ "{\"access_token\":\"t\",\"expires_in\":100}", 50 },
		{ "{\"access_token\":\"t\",\"expires_in\":2}", 1 },
		{ "{\"access_token\":\"t\"}", -1 },
		{ "{\"access_token\":\"t\",\"expires_in\":null}", -1 },
		{ "{\"access_token\":\"t\",\"expires_in\":0}", -1 },
		{ "{\"access_token\":\"t\",\"expires_in\":-5}", -1 },
		{ "{\"access_token\":\"t\",\"expires_in\":\"soon\"}", -1 },
		{ "{\"access_token\":\"t\","
		  "\"expires_in\":99999999999999999999999}",
		    -1 },
		{ NULL, 0 },
	};

	for (size_t i = 0; table[i].body != NULL; i++) {
		int64_t until = now + table[i].good_for * DURATION_S;

		begin(&oauth2);
		(void)request();
		CHECK_INT(answer(table[i].body, now), 0);
		if (table[i].good_for < 0) {
			CHECK_INT(auth_need(auth, now + DURATION_MAX),
			    AUTH_READY);
		} else {
			CHECK_INT(auth_need(auth, until - 1), AUTH_READY);
			CHECK_INT(auth_need(auth, until), AUTH_REQUEST);
		}
		end();
	}
}

static void
refuses_answers(void)
{
	static const char *const bodies[] = { "", "OK", "[]", "null",
		"{\"error\":\"invalid_grant\"}", "{\"access_token\":null}",
		"{\"access_token\":\"\"}", "{\"access_token\":17}",
		"{\"access_token\":[\"a\"]}", "{\"access_token\":\"a\"",
		"{\"access_token\":\"a\"}}", NULL };
	static const char *const tokens[] = { "{\"access_token\":\"a\\r\\nb\"}",
		"{\"access_token\":\"a b\"}", "{\"access_token\":\"a\\u0000\"}",
		"{\"access_token\":\"\\u00e4\"}", NULL };

	for (size_t i = 0; bodies[i] != NULL; i++) {
		begin(&oauth2);
		(void)request();
		CHECK_INT(answer(bodies[i], now), -1);
		CHECK_STR(err.text, "HTTP 200, but no access_token in it");
		CHECK_STR(header(), "");
		CHECK_INT(auth_need(auth, now), AUTH_REQUEST);
		end();
	}
	for (size_t i = 0; tokens[i] != NULL; i++) {
		begin(&oauth2);
		(void)request();
		CHECK_INT(answer(tokens[i], now), -1);
		CHECK_STR(err.text, "the token has bytes that no header takes");
		CHECK_STR(header(), "");
		end();
	}
}

static void
takes_a_new_refresh_token(void)
{
	begin(&oauth2);
	CHECK_STR(auth_refresh_token(auth), "first/refresh");
	(void)request();
	CHECK_INT(answer("{\"access_token\":\"t1\"}", now), 0);
	CHECK_STR(auth_refresh_token(auth), "first/refresh");
	(void)request();
	CHECK_INT(answer("{\"access_token\":\"t2\","
			 "\"refresh_token\":\"second\"}",
		      now),
	    0);
	CHECK_STR(auth_refresh_token(auth), "second");
	CHECK_STR(request(),
	    "grant_type=refresh_token&refresh_token=second"
	    "&client_id=our%20id&client_secret=s%26cret%3D1");
	/* One without an access token changes nothing. */
	CHECK_INT(answer("{\"refresh_token\":\"third\"}", now), -1);
	CHECK_STR(auth_refresh_token(auth), "second");
	auth_set_refresh_token(auth, slice_make("kept by the store", 4));
	CHECK_STR(auth_refresh_token(auth), "kept");
	end();
}

static void
keeps_tokens_secret(void)
{
	begin(&oauth2);
	(void)request();
	CHECK_INT(answer("{\"access_token\":\"abcdef\","
			 "\"refresh_token\":\"ghijkl\"}",
		      now),
	    0);
	CHECK_STR(redacted("a abcdef b ghijkl"),
	    "a ${token} b ${refresh_token}");
	end();
}

static void
renews_once_per_generation(void)
{
	begin(&oauth2);
	(void)request();
	CHECK_INT(answer("{\"access_token\":\"t1\"}", now), 0);
	CHECK(auth_rejected(auth, 1, now));
	CHECK_INT(auth_need(auth, now), AUTH_REQUEST);
	(void)request();
	/* Others that were sent with the same token come back meanwhile. */
	CHECK(auth_rejected(auth, 1, now));
	CHECK_INT(auth_need(auth, now), AUTH_WAIT);
	CHECK_INT(answer("{\"access_token\":\"t2\"}", now), 0);
	CHECK_INT(auth_generation(auth), 2);
	CHECK(auth_rejected(auth, 1, now + 1));
	CHECK_INT(auth_need(auth, now + 1), AUTH_READY);
	CHECK_STR(header(), "Authorization: Bearer t2");
	CHECK(auth_rejected(auth, 2, now + 2));
	CHECK_INT(auth_need(auth, now + 2), AUTH_REQUEST);
	end();
}

static void
asks_again_when_not_answered(void)
{
	begin(&oauth2);
	(void)request();
	auth_not_answered(auth);
	CHECK_INT(auth_need(auth, now), AUTH_REQUEST);
	end();
}

static void
gives_up(void)
{
	begin(&oauth2);
	(void)request();
	CHECK(auth_reason(auth) == NULL);
	auth_give_up(auth, "HTTP 400");
	CHECK_INT(auth_need(auth, now), AUTH_FAILED);
	CHECK_STR(auth_reason(auth), "HTTP 400");
	CHECK(!auth_rejected(auth, 0, now));
	auth_give_up(auth, auth_reason(auth));
	CHECK_STR(auth_reason(auth), "HTTP 400");
	end();
}

/* What a script prints becomes the token. */
static int
run(const char *script)
{
	const char *const words[] = { "sh", "-c", script, NULL };
	struct job_auth config = { .kind = AUTH_COMMAND, .command = words };
	int status;

	begin(&config);
	CHECK_INT(auth_need(auth, now), AUTH_RUN);
	status = auth_run(auth, now, &err);
	CHECK_INT(auth_need(auth, now + DURATION_MAX),
	    status == 0 ? AUTH_READY : AUTH_RUN);
	if (status == 0) {
		CHECK_INT(auth_generation(auth), 1);
		CHECK(auth_rejected(auth, 1, now));
		CHECK_INT(auth_need(auth, now), AUTH_RUN);
	}
	return status;
}

static void
runs_a_command(void)
{
	static const char *const scripts[] = { "echo token", "printf token",
		"printf 'token\\r\\n'", "printf 'token\\nmore\\n'", NULL };

	for (size_t i = 0; scripts[i] != NULL; i++) {
		CHECK_INT(run(scripts[i]), 0);
		CHECK_STR(header(), "Authorization: Bearer token");
		CHECK_STR(redacted("token"), "${token}");
		end();
	}
	CHECK_INT(run("echo token; exit 3"), -1);
	CHECK_STR(err.text, "sh: exit status 3");
	CHECK_STR(header(), "");
	end();
	CHECK_INT(run("true"), -1);
	CHECK_STR(err.text, "sh: prints no token");
	end();
	CHECK_INT(run("echo 'to ken'"), -1);
	CHECK_STR(err.text, "sh: the token has bytes that no header takes");
	end();
	CHECK_INT(run("head -c 70000 /dev/zero"), -1);
	CHECK_STR(err.text, "sh: prints more than 64 KiB");
	end();
}

static const struct tap_test tests[] = {
	{ "no, basic and negotiated authorisation need no token",
	    others_need_none },
	{ "a token is asked for with a refresh token", asks_for_a_token },
	{ "a scope is asked for, a client without a secret has none",
	    sends_what_it_has },
	{ "it is renewed a minute before it expires, or half way",
	    renews_before_it_expires },
	{ "an answer without a token that can be sent is refused",
	    refuses_answers },
	{ "a refresh token that the server replaces is used from then on",
	    takes_a_new_refresh_token },
	{ "tokens are redacted", keeps_tokens_secret },
	{ "a token that is rejected is renewed once",
	    renews_once_per_generation },
	{ "a request that was not answered is made again",
	    asks_again_when_not_answered },
	{ "when no token can be had it says why", gives_up },
	{ "the first line that a command prints is a token", runs_a_command },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobauth.h"

#define AT(member) .offset = offsetof(struct job_auth, member)

static const struct job_key oauth2_keys[] = {
	{ "token_url", key_url, AT(token_url), .required = true },
	{ "client_id", key_string, AT(client_id), .required = true },
	{ "client_secret", key_string, AT(client_secret), .required = true },
	{ "refresh_token", key_string, AT(refresh_token), .required = true },
	{ "scope", key_string, AT(scope) },
	{ 0 },
};

static const struct job_key basic_keys[] = {
	{ "user", key_string, AT(user), .required = true },
	{ "password", key_string, AT(password), .required = true },
	{ 0 },
};

static int
read_true(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	(void)key;
	(void)field;
	return json_is_true(value) ? 0 : key_error(reader, "must be true");
}

static const struct job_key oauth2[] = {
	{ "oauth2", key_object, .members = oauth2_keys },
	{ 0 },
};

static const struct job_key command[] = {
	{ "command", key_list, AT(command) },
	{ 0 },
};

static const struct job_key basic[] = {
	{ "basic", key_object, .members = basic_keys },
	{ 0 },
};

static const struct job_key negotiate[] = {
	{ "negotiate", read_true, .offset = 0 },
	{ 0 },
};

static const struct job_variant kinds[] = {
	{ "oauth2", oauth2 },
	{ "command", command },
	{ "basic", basic },
	{ "negotiate", negotiate },
	{ 0 },
};

/* What is sent is the base64 of both, which must not be printed either. */
static int
hide_basic(struct job_reader *reader, const struct job_auth *auth)
{
	struct buf pair = { 0 };

	if (strchr(auth->user, ':') != NULL)
		return key_error(reader, "a user has no ':' in the name");
	buf_add_format(&pair, "%s:%s", auth->user, auth->password);
	secrets_add(reader->secrets, "basic", buf_slice(&pair));
	buf_release(&pair);
	return 0;
}

int
read_auth(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	static const enum job_auth_kind auths[] = { AUTH_OAUTH2, AUTH_COMMAND,
		AUTH_BASIC, AUTH_NEGOTIATE };
	struct job_auth *auth = field;
	size_t kind;

	(void)key;
	if (key_find_variant(reader, kinds, value, &kind) != 0)
		return -1;
	auth->kind = auths[kind];
	if (keys_read(reader, kinds[kind].keys, value, auth) != 0)
		return -1;
	return auth->kind == AUTH_BASIC ? hide_basic(reader, auth) : 0;
}

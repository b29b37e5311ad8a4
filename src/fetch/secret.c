/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/secret.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "fetch/secretform.h"
#include "fetch/secretplace.h"

enum origin {
	ORIGIN_FOUND, /* secrets_find() has given it */
	ORIGIN_FILE,  /* a line of a file, not asked for yet */
	ORIGIN_ADDED, /* by secrets_add(): has no name in jobs */
};

struct secret {
	enum origin origin;
	char *name;
	struct buf value; /* with a NUL behind its end */
	struct secret_forms forms;
};

struct secrets {
	struct secret *items;
	size_t count;
	size_t room;
	char *credentials; /* systemd's folder, or NULL */
	bool has_file;
};

struct secrets *
secrets_new(void)
{
	struct secrets *secrets = xcalloc(1, sizeof(*secrets));
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	/* Kept, since a path in a job may hold it, which unsets it. */
	if (folder != NULL && folder[0] == '/')
		secrets->credentials = xstrdup(folder);
	return secrets;
}

void
secrets_free(struct secrets *secrets)
{
	if (secrets == NULL)
		return;
	for (size_t i = 0; i < secrets->count; i++) {
		secret_wipe(&secrets->items[i].value);
		secret_forms_release(&secrets->items[i].forms);
		free(secrets->items[i].name);
	}
	free(secrets->items);
	free(secrets->credentials);
	free(secrets);
}

static struct slice
value_of(const struct secret *secret)
{
	return buf_slice(&secret->value);
}

static void
keep(struct secrets *secrets, enum origin origin, struct slice name,
    struct slice value)
{
	struct secret *secret;

	xgrow(&secrets->items, &secrets->room, secrets->count + 1,
	    sizeof(secrets->items[0]));
	secret = &secrets->items[secrets->count++];
	*secret = (struct secret){ .origin = origin };
	secret->name = xmemdup(name.ptr, name.len);
	buf_add(&secret->value, value);
	*buf_reserve(&secret->value, 1) = '\0';
	secret_forms_make(&secret->forms, value);
}

void
secrets_add(struct secrets *secrets, const char *name, struct slice value)
{
	for (size_t i = 0; i < secrets->count; i++) {
		if (slice_equal(value_of(&secrets->items[i]), value))
			return;
	}
	keep(secrets, ORIGIN_ADDED, slice_str(name), value);
}

/* How many bytes of a name start text. */
static size_t
name_length(struct slice text)
{
	size_t len = 0;

	while (len < text.len &&
	    (ascii_is_letter(text.ptr[len]) || text.ptr[len] == '_' ||
		(len > 0 && ascii_is_digit(text.ptr[len]))))
		len++;
	return len;
}

static int
add_line(struct secrets *secrets, struct slice line, struct err *err)
{
	size_t len = name_length(line);

	if (slice_trim(line).len == 0 || line.ptr[0] == '#')
		return 0;
	if (len == 0 || len == line.len || line.ptr[len] != '=')
		return err_set(err, "not NAME=VALUE");
	keep(secrets, ORIGIN_FILE, slice_head(line, len),
	    slice_from(line, len + 1));
	return 0;
}

static int
add_lines(struct secrets *secrets, const char *path, struct slice text,
    struct err *err)
{
	struct slice line;

	for (unsigned number = 1; slice_cut(&text, '\n', &line); number++) {
		if (add_line(secrets, line, err) != 0)
			return err_wrap(err, "%s: line %u", path, number);
	}
	return 0;
}

int
secrets_add_file(struct secrets *secrets, const char *path, struct err *err)
{
	struct buf text = { 0 };
	int status = secret_read_file(path, &text, err);

	if (status == 0)
		status = add_lines(secrets, path, buf_slice(&text), err);
	secrets->has_file = true;
	secret_wipe(&text);
	return status;
}

static int
add_default_file(struct secrets *secrets, struct err *err)
{
	struct buf text = { 0 };
	char *path = NULL;
	int status = secret_read_default_file(&path, &text, err);

	if (status == 0)
		status = add_lines(secrets, path, buf_slice(&text), err);
	secrets->has_file = true;
	secret_wipe(&text);
	free(path);
	return status;
}

/* The first of that name. */
static struct secret *
find_kept(struct secrets *secrets, enum origin origin, const char *name)
{
	for (size_t i = 0; i < secrets->count; i++) {
		struct secret *secret = &secrets->items[i];

		if (secret->origin == origin && strcmp(secret->name, name) == 0)
			return secret;
	}
	return NULL;
}

static int
check_value(struct slice value, struct err *err)
{
	if (value.len == 0)
		return err_set(err, "is empty");
	if (slice_chr(value, '\r') != NULL || slice_chr(value, '\n') != NULL ||
	    slice_chr(value, '\0') != NULL)
		return err_set(err, "holds CR, LF or NUL");
	return 0;
}

/* As a credential, else in the environment, where it goes away in any case.
 * 1: found and kept; 0: neither has it; -1 with err set. */
static int
take_outside(struct secrets *secrets, const char *name, struct err *err)
{
	struct buf credential = { 0 };
	struct buf variable = { 0 };
	struct buf *value = &credential;
	int found = secret_read_credential(secrets->credentials, name,
	    &credential, err);

	if (secret_take_variable(name, &variable) && found == 0) {
		value = &variable;
		found = 1;
	}
	if (found > 0 && check_value(buf_slice(value), err) != 0)
		found = -1;
	if (found > 0)
		keep(secrets, ORIGIN_FOUND, slice_str(name), buf_slice(value));
	secret_wipe(&credential);
	secret_wipe(&variable);
	return found;
}

static int
take_from_file(struct secrets *secrets, const char *name, struct err *err)
{
	struct secret *secret;

	if (!secrets->has_file && add_default_file(secrets, err) != 0)
		return -1;
	secret = find_kept(secrets, ORIGIN_FILE, name);
	if (secret == NULL)
		return err_set(err,
		    "neither a credential, nor in the environment, nor in a "
		    "file of secrets");
	if (check_value(value_of(secret), err) != 0)
		return -1;
	secret->origin = ORIGIN_FOUND;
	return 0;
}

const char *
secrets_find(struct secrets *secrets, const char *name, struct err *err)
{
	struct secret *secret = find_kept(secrets, ORIGIN_FOUND, name);
	size_t len = strlen(name);
	int found;

	if (secret != NULL)
		return value_of(secret).ptr;
	if (len == 0 || name_length(slice_str(name)) != len) {
		(void)err_set(err, "'%.64s' is no name of a secret", name);
		return NULL;
	}
	found = take_outside(secrets, name, err);
	if (found < 0 ||
	    (found == 0 && take_from_file(secrets, name, err) != 0)) {
		(void)err_wrap(err, "secret %s", name);
		return NULL;
	}
	return value_of(find_kept(secrets, ORIGIN_FOUND, name)).ptr;
}

/* The value of the "${NAME}" at the front of *text, which moves on. */
static const char *
take_place(struct secrets *secrets, struct slice *text, struct err *err)
{
	struct slice rest = slice_from(*text, 2);
	size_t len = name_length(rest);
	const char *value;
	char *name;

	if (len == 0 || len == rest.len || rest.ptr[len] != '}') {
		(void)err_set(err,
		    "'${' without a NAME and '}'; '$${' stands for '${'");
		return NULL;
	}
	name = xmemdup(rest.ptr, len);
	value = secrets_find(secrets, name, err);
	free(name);
	*text = slice_from(rest, len + 1);
	return value;
}

static void
add_braced(struct buf *buf, const char *value, bool braces)
{
	for (; *value != '\0'; value++) {
		if (*value == '{' && braces)
			buf_add_char(buf, '{');
		buf_add_char(buf, *value);
	}
}

static int
expand(struct secrets *secrets, struct slice text, bool braces, struct buf *buf,
    bool *secret, struct err *err)
{
	size_t before = buf->len;

	while (text.len > 0) {
		const char *value = "${";

		if (slice_starts(text, "$${")) {
			text = slice_from(text, 3);
		} else if (!slice_starts(text, "${")) {
			buf_add_char(buf, text.ptr[0]);
			text = slice_from(text, 1);
			continue;
		} else if ((value = take_place(secrets, &text, err)) == NULL) {
			buf->len = before;
			return -1;
		} else if (secret != NULL) {
			*secret = true;
		}
		add_braced(buf, value, braces);
	}
	return 0;
}

int
secrets_expand(struct secrets *secrets, struct slice text, struct buf *buf,
    bool *secret, struct err *err)
{
	if (secret != NULL)
		*secret = false;
	return expand(secrets, text, false, buf, secret, err);
}

int
secrets_expand_template(struct secrets *secrets, struct slice text,
    struct buf *buf, bool *secret, struct err *err)
{
	if (secret != NULL)
		*secret = false;
	return expand(secrets, text, true, buf, secret, err);
}

/* How many bytes at the front of text are a secret, the longest that stands
 * there; 0 where none does. */
static size_t
longest_at(const struct secrets *secrets, struct slice text,
    const struct secret **which)
{
	size_t longest = 0;

	for (size_t i = 0; i < secrets->count; i++) {
		const struct secret *secret = &secrets->items[i];
		size_t len = secret_forms_match(&secret->forms, text);

		if (len > longest) {
			longest = len;
			*which = secret;
		}
	}
	return longest;
}

void
secrets_redact(const struct secrets *secrets, struct slice text,
    struct buf *buf)
{
	while (text.len > 0) {
		const struct secret *secret = NULL;
		size_t len = longest_at(secrets, text, &secret);

		if (len > 0)
			buf_add_format(buf, "${%s}", secret->name);
		else
			buf_add_char(buf, text.ptr[0]);
		text = slice_from(text, len > 0 ? len : 1);
	}
}

bool
secrets_stand_in(const struct secrets *secrets, struct slice text)
{
	const struct secret *secret;

	for (size_t i = 0; i < text.len; i++)
		if (longest_at(secrets, slice_from(text, i), &secret) > 0)
			return true;
	return false;
}

void
secrets_redact_err(const struct secrets *secrets, struct err *err)
{
	struct buf text = { 0 };

	secrets_redact(secrets, slice_str(err->text), &text);
	(void)err_set(err, "%.*s", SLICE_ARG(buf_slice(&text)));
	buf_release(&text);
}

void
secrets_harden(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobtemplates.h"

#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "fetch/origin.h"

/* Headers that are set by us, or by HTTP itself. */
static const char *const own_headers[] = { "Accept-Encoding", "Connection",
	"Content-Length", "Expect", "Host", "Idempotency-Key", "If-Match",
	"If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
	"Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Range", "TE",
	"Trailer", "Transfer-Encoding", "Upgrade", NULL };

/* cppcheck takes "template" for the C++ word, hence its suppressions. */

/* When text with a secret in it is no template because of what the secret
 * holds, the error does not say what. */
static struct template *
compile(struct job_reader *reader, struct slice text, enum template_place place,
    bool secret)
{
	struct template *made = template_new(text, place, reader->err);

	if (made != NULL)
		/* cppcheck-suppress CastIntegerToAddressAtReturn */
		return made;
	if (secret)
		(void)err_set(reader->err,
		    "a brace stands before '${'; a brace is {{");
	(void)key_wrap(reader);
	return NULL;
}

/* Puts the secrets in, and compiles. */
static struct template *
expand(struct job_reader *reader, struct slice text, enum template_place place,
    bool *secret)
{
	struct template *made = NULL;
	struct buf whole = { 0 };

	if (secrets_expand_template(reader->secrets, text, &whole, secret,
		reader->err) == 0)
		made = compile(reader, buf_slice(&whole), place, *secret);
	else
		(void)key_wrap(reader);
	buf_release(&whole);
	/* cppcheck-suppress CastIntegerToAddressAtReturn */
	return made;
}

int
job_url_origin(const struct template *url, char *origin, struct err *err)
{
	struct slice prefix = template_prefix(url);
	size_t at = 0;
	char *text;
	int status;

	/* Behind the "//" up to the path. */
	while (at + 2 <= prefix.len && memcmp(prefix.ptr + at, "//", 2) != 0)
		at++;
	at += 2;
	while (at < prefix.len && strchr("/?#", prefix.ptr[at]) == NULL)
		at++;
	if (at >= prefix.len && template_has_place(url))
		return err_set(err,
		    "must say scheme, host and \"/\" before any {place}");
	text = xmemdup(prefix.ptr, prefix.len);
	status = origin_of(text, origin, err);
	free(text);
	return status;
}

/* Its origin has no place in it, and with "x" in all its places it is a URL. */
static int
check_url(const struct template *url, struct err *err)
{
	const struct slice sample = SLICE("x");
	const struct template_values values = { &sample, 1, sample };
	char origin[ORIGIN_MAX];
	struct buf text = { 0 };
	int status = job_url_origin(url, origin, err);

	if (status == 0)
		status = template_add(url, &values, &text, err);
	if (status == 0) {
		buf_add_char(&text, '\0');
		status = origin_of(text.ptr, origin, err);
	}
	buf_release(&text);
	return status;
}

int
read_url(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct template *template;
	struct slice text;
	bool secret;

	(void)key;
	if (!key_slice(reader, value, &text))
		return -1;
	template = expand(reader, text, TEMPLATE_URL, &secret);
	if (template == NULL)
		return -1;
	*(struct template **)field = template;
	if (check_url(template, reader->err) != 0)
		return key_wrap(reader);
	return 0;
}

/* The text of a parameter: a string, or a whole number. */
static int
add_scalar(struct job_reader *reader, const json_t *value, struct buf *text)
{
	struct slice string;

	if (json_is_integer(value)) {
		buf_add_format(text, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		return 0;
	}
	if (!json_is_string(value))
		return key_error(reader, "must be a string or a whole number");
	if (!key_slice(reader, value, &string))
		return -1;
	buf_add(text, string);
	return 0;
}

/* Reads one member of an object into the request. */
typedef int read_member(struct job_reader *reader, const char *name,
    json_t *value, struct job_request *request);

/* All members in their order; errors name the one they are about. */
static int
read_members(struct job_reader *reader, json_t *object, read_member *read,
    struct job_request *request)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		size_t before = key_enter(reader, name);

		if (read(reader, name, value, request) != 0)
			return -1;
		key_leave(reader, before);
	}
	return 0;
}

static int
read_param(struct job_reader *reader, const char *name, json_t *value,
    struct job_request *request)
{
	struct job_parameter *param = &request->params[request->param_count];
	struct buf text = { 0 };
	bool secret;

	param->name = key_copy(reader, slice_str(name));
	if (add_scalar(reader, value, &text) == 0)
		param->value = expand(reader, buf_slice(&text), TEMPLATE_TEXT,
		    &secret);
	buf_release(&text);
	if (param->value == NULL)
		return -1;
	request->param_count++;
	return 0;
}

int
read_params(struct job_reader *reader, const struct job_key *key,
    json_t *object, void *base)
{
	struct job_request *request = base;

	(void)key;
	if (!json_is_object(object))
		return key_error(reader, "must be an object");
	request->params = key_take(reader, json_object_size(object),
	    sizeof(request->params[0]));
	return read_members(reader, object, read_param, request);
}

/* RFC 9110, section 5.6.2. */
static bool
is_token(const char *text)
{
	const char *c = text;

	while (ascii_is_alnum(*c) ||
	    (*c != '\0' && strchr("!#$%&'*+-.^_`|~", *c) != NULL))
		c++;
	return c > text && *c == '\0';
}

static int
check_header_name(struct job_reader *reader, const struct job_request *request,
    const char *name)
{
	if (!is_token(name))
		return key_error(reader, "is no name of a header");
	for (const char *const *own = own_headers; *own != NULL; own++) {
		if (strcasecmp(name, *own) == 0)
			return key_error(reader,
			    "is a header that is set without you");
	}
	if (job_request_header(request, name) != NULL)
		return key_error(reader, "stands there already");
	return 0;
}

/* Secret whatever it says. */
static bool
is_credential(const char *name)
{
	return strcasecmp(name, "Authorization") == 0 ||
	    strcasecmp(name, "Cookie") == 0;
}

static int
read_header(struct job_reader *reader, const char *name, json_t *value,
    struct job_request *request)
{
	struct job_header *header = &request->headers[request->header_count];
	struct slice text;

	if (check_header_name(reader, request, name) != 0 ||
	    !key_slice(reader, value, &text))
		return -1;
	header->name = key_copy(reader, slice_str(name));
	header->value = expand(reader, text, TEMPLATE_HEADER, &header->secret);
	header->secret |= is_credential(header->name);
	if (header->value == NULL)
		return -1;
	request->header_count++;
	return 0;
}

int
read_headers(struct job_reader *reader, const struct job_key *key,
    json_t *object, void *base)
{
	struct job_request *request = base;

	(void)key;
	if (!json_is_object(object))
		return key_error(reader, "must be an object");
	request->headers = key_take(reader, json_object_size(object),
	    sizeof(request->headers[0]));
	return read_members(reader, object, read_header, request);
}

const struct job_header *
job_request_header(const struct job_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++) {
		if (strcasecmp(request->headers[i].name, name) == 0)
			return &request->headers[i];
	}
	return NULL;
}

/* Puts the secrets into a string of a body, in place; *secret is true where
 * there was one. */
static int
expand_string(struct job_reader *reader, json_t *string, bool *secret)
{
	bool found;
	struct slice text = { json_string_value(string),
		json_string_length(string) };
	struct buf whole = { 0 };
	int status = secrets_expand_template(reader->secrets, text, &whole,
	    &found, reader->err);

	if (status == 0 && whole.len > 0 &&
	    json_string_setn(string, whole.ptr, whole.len) != 0)
		status = err_set(reader->err,
		    "a secret that is no UTF-8 cannot stand in JSON");
	*secret |= found;
	buf_release(&whole);
	return status == 0 ? 0 : key_wrap(reader);
}

/* The same in all below a value, at most as deep as jansson reads (2,048). */
static int
expand_strings(struct job_reader *reader, json_t *value, bool *secret)
{
	const char *name;
	json_t *member;
	size_t index;
	size_t before;

	if (json_is_string(value))
		return expand_string(reader, value, secret);
	json_object_foreach(value, name, member)
	{
		before = key_enter(reader, name);
		if (expand_strings(reader, member, secret) != 0)
			return -1;
		key_leave(reader, before);
	}
	json_array_foreach(value, index, member)
	{
		before = key_enter_item(reader, index);
		if (expand_strings(reader, member, secret) != 0)
			return -1;
		key_leave(reader, before);
	}
	return 0;
}

/* Adds "Content-Type: application/json" where the job has no Content-Type. */
static void
add_content_type(struct job_reader *reader, struct job_request *request)
{
	static const struct slice type = SLICE("application/json");
	struct job_header *headers;
	struct err unused;

	if (job_request_header(request, "Content-Type") != NULL)
		return;
	headers = key_take(reader, request->header_count + 1,
	    sizeof(headers[0]));
	if (request->header_count > 0)
		memcpy(headers, request->headers,
		    request->header_count * sizeof(headers[0]));
	headers[request->header_count++] = (struct job_header){ "Content-Type",
		template_new(type, TEMPLATE_HEADER, &unused), false };
	request->headers = headers;
}

/* An object or array, as one text that is a template. */
static int
read_json_body(struct job_reader *reader, json_t *value,
    struct job_request *request)
{
	bool secret = false;
	char *dump;

	if (expand_strings(reader, value, &secret) != 0)
		return -1;
	dump = json_dumps(value, JSON_COMPACT);
	if (dump == NULL)
		return key_error(reader, "cannot be written as JSON");
	request->body = compile(reader, slice_str(dump), TEMPLATE_JSON, secret);
	free(dump);
	if (request->body == NULL)
		return -1;
	add_content_type(reader, request);
	return 0;
}

int
read_body(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *base)
{
	struct job_request *request = base;
	struct slice text;
	bool secret;

	(void)key;
	if (json_is_object(value) || json_is_array(value))
		return read_json_body(reader, value, request);
	if (!json_is_string(value))
		return key_error(reader,
		    "must be a string, an object or an array");
	text = slice_make(json_string_value(value), json_string_length(value));
	request->body = expand(reader, text, TEMPLATE_TEXT, &secret);
	return request->body == NULL ? -1 : 0;
}

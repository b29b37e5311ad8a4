/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/template.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/json.h"
#include "base/percent.h"

enum part_kind { PART_TEXT, PART_ID, PART_IDS, PART_EACH };

static const char *const words[] = { NULL, "id", "ids", "each" };

struct part {
	enum part_kind kind;
	size_t at; /* PART_TEXT: in the template's text */
	size_t len;
};

/* No two parts of text stand side by side, and none is empty. */
struct template
{
	enum template_place place;
	struct buf text;
	struct part *parts;
	size_t count;
	size_t room;
};

static struct part *
add_part(struct template *template, enum part_kind kind)
{
	struct part *part;

	xgrow(&template->parts, &template->room, template->count + 1,
	    sizeof(template->parts[0]));
	part = &template->parts[template->count++];
	*part = (struct part){ kind, template->text.len, 0 };
	return part;
}

static void
add_text(struct template *template, char c)
{
	struct part *part = NULL;

	if (template->count > 0)
		part = &template->parts[template->count - 1];
	if (part == NULL || part->kind != PART_TEXT)
		part = add_part(template, PART_TEXT);
	buf_add_char(&template->text, c);
	part->len++;
}

/* The word of a "{word}" at the front of text; empty where none stands there,
 * as in JSON text. */
static struct slice
place_word(struct slice text)
{
	size_t len = 1;

	while (len < text.len &&
	    (ascii_is_alnum(text.ptr[len]) || text.ptr[len] == '_'))
		len++;
	if (len == text.len || text.ptr[len] != '}')
		len = 1;
	return slice_make(text.ptr + 1, len - 1);
}

static int
add_place(struct template *template, struct slice word, struct err *err)
{
	for (enum part_kind kind = PART_ID; kind <= PART_EACH; kind++) {
		if (slice_is(word, words[kind])) {
			(void)add_part(template, kind);
			return 0;
		}
	}
	return err_set(err,
	    "{%.*s} is neither {id}, {ids} nor {each}; a brace is {{",
	    SLICE_ARG(word));
}

static int
compile(struct template *template, struct slice text, struct err *err)
{
	while (text.len > 0) {
		struct slice word = { NULL, 0 };
		size_t taken = 1;

		if (slice_starts(text, "{{"))
			taken = 2;
		else if (text.ptr[0] == '{')
			word = place_word(text);
		if (word.len == 0) {
			add_text(template, text.ptr[0]);
		} else {
			if (add_place(template, word, err) != 0)
				return -1;
			taken = word.len + 2;
		}
		text = slice_from(text, taken);
	}
	return 0;
}

struct template *
template_new(struct slice text, enum template_place place, struct err *err)
{
	struct template *template = xcalloc(1, sizeof(*template));

	template->place = place;
	if (compile(template, text, err) != 0) {
		template_free(template);
		return NULL;
	}
	return template;
}

void
template_free(struct template *template)
{
	if (template == NULL)
		return;
	buf_release(&template->text);
	free(template->parts);
	free(template);
}

static bool
has(const struct template *template, enum part_kind kind)
{
	for (size_t i = 0; i < template->count; i++) {
		if (template->parts[i].kind == kind)
			return true;
	}
	return false;
}

bool
template_has_id(const struct template *template)
{
	return has(template, PART_ID);
}

bool
template_has_ids(const struct template *template)
{
	return has(template, PART_IDS);
}

bool
template_has_each(const struct template *template)
{
	return has(template, PART_EACH);
}

bool
template_has_place(const struct template *template)
{
	return template_has_id(template) || template_has_ids(template) ||
	    template_has_each(template);
}

static bool
breaks_header(struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == '\r' || c == '\n' || c == '\0')
			return true;
	}
	return false;
}

/* The inside of a JSON string. False where the value is no UTF-8. */
static bool
add_json(struct buf *buf, struct slice value)
{
	struct buf quoted = { 0 };
	bool whole = json_add_string(&quoted, value);

	buf_add(buf, slice_make(quoted.ptr + 1, quoted.len - 2));
	buf_release(&quoted);
	return whole;
}

static int
add_value(enum template_place place, struct slice value, struct buf *buf,
    struct err *err)
{
	switch (place) {
	case TEMPLATE_URL:
		percent_add(buf, value);
		return 0;
	case TEMPLATE_HEADER:
		if (breaks_header(value))
			return err_set(err,
			    "a value with CR, LF or NUL cannot stand in a "
			    "header");
		break;
	case TEMPLATE_JSON:
		if (!add_json(buf, value))
			return err_set(err,
			    "a value that is no UTF-8 cannot stand in JSON");
		return 0;
	case TEMPLATE_TEXT:
		break;
	}
	buf_add(buf, value);
	return 0;
}

static int
add_ids(enum template_place place, const struct template_values *values,
    struct buf *buf, struct err *err)
{
	for (size_t i = 0; i < values->id_count; i++) {
		if (i > 0)
			buf_add_char(buf, ',');
		if (add_value(place, values->ids[i], buf, err) != 0)
			return -1;
	}
	return 0;
}

static int
add(const struct template *template, const struct part *part,
    const struct template_values *values, struct buf *buf, struct err *err)
{
	switch (part->kind) {
	case PART_TEXT:
		buf_add(buf,
		    slice_make(template->text.ptr + part->at, part->len));
		return 0;
	case PART_ID:
		if (values->id_count != 1)
			return err_set(err, "{id} wants one id, not %zu",
			    values->id_count);
		return add_ids(template->place, values, buf, err);
	case PART_IDS:
		return add_ids(template->place, values, buf, err);
	case PART_EACH:
		return add_value(template->place, values->each, buf, err);
	}
	return 0;
}

/* Whether a segment of its path is "." or "..", which leads out of it. */
static bool
has_dot_segment(struct slice url)
{
	struct slice segment;

	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] == '?' || url.ptr[i] == '#')
			url.len = i;
	while (slice_cut(&url, '/', &segment))
		if (slice_is(segment, ".") || slice_is(segment, ".."))
			return true;
	return false;
}

static int
add_parts(const struct template *template, const struct template_values *values,
    struct buf *buf, struct err *err)
{
	size_t before = buf->len;

	for (size_t i = 0; i < template->count; i++)
		if (add(template, &template->parts[i], values, buf, err) != 0)
			return -1;
	if (template->place == TEMPLATE_URL &&
	    has_dot_segment(slice_from(buf_slice(buf), before)))
		return err_set(err,
		    "'.' or '..' cannot stand in the path of a URL");
	return 0;
}

int
template_add(const struct template *template,
    const struct template_values *values, struct buf *buf, struct err *err)
{
	size_t before = buf->len;

	if (add_parts(template, values, buf, err) == 0)
		return 0;
	buf->len = before;
	return -1;
}

struct slice
template_prefix(const struct template *template)
{
	if (template->count == 0 || template->parts[0].kind != PART_TEXT)
		return slice_make(NULL, 0);
	return slice_make(template->text.ptr, template->parts[0].len);
}

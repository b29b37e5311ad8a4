/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/fields.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/mask.h"
#include "scan/preset.h"

/*
 * A tree of the names in all pointers: "/a/b" and "/a/c" are the node "a"
 * with the children "b" and "c". The root is the line's object. The length and
 * the first letter of a name tell in which of a few lists a child is.
 */
enum { LISTS = 32 };

struct node {
	struct slice name;
	struct node *children[LISTS];
	struct node *sibling; /* the next of its list */
	bool has_children;
	int slot; /* or -1 */
};

struct fields {
	struct arena arena; /* holds the nodes and their names */
	struct node root;
	int count; /* of slots */
};

struct fields *
fields_new(void)
{
	struct fields *fields = xcalloc(1, sizeof(*fields));

	fields->root.slot = -1;
	return fields;
}

void
fields_free(struct fields *fields)
{
	if (fields == NULL)
		return;
	arena_release(&fields->arena);
	free(fields);
}

static size_t
list_of(struct slice name)
{
	return name.len == 0 ?
	    0 :
	    (name.len * 5 + (unsigned char)name.ptr[0]) % LISTS;
}

static struct node *
find_child(const struct node *node, struct slice name)
{
	struct node *child = node->children[list_of(name)];

	while (child != NULL && !slice_equal(child->name, name))
		child = child->sibling;
	return child;
}

/* The child of that name, added where it was not there. */
static struct node *
grow(struct fields *fields, struct node *node, struct slice name)
{
	struct node *child = find_child(node, name);

	if (child != NULL)
		return child;
	child = arena_take(&fields->arena, sizeof(*child));
	*child = (struct node){
		.name = arena_copy(&fields->arena, name),
		.sibling = node->children[list_of(name)],
		.slot = -1,
	};
	node->children[list_of(name)] = child;
	node->has_children = true;
	return child;
}

/* Undoes ~1 and ~0 in a part of a pointer. */
static void
add_name(struct buf *name, struct slice part)
{
	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];

		if (c == '~' && i + 1 < part.len) {
			i++;
			c = part.ptr[i] == '1' ? '/' : '~';
		}
		buf_add_char(name, c);
	}
}

int
fields_add(struct fields *fields, struct slice pointer, struct err *err)
{
	struct node *node = &fields->root;
	struct slice rest = pointer;
	struct buf name = { 0 };
	struct slice part;

	if (!slice_starts(pointer, "/") || slice_ends(pointer, "/"))
		return err_set(err, "'%.*s' is no JSON pointer (/a/b)",
		    SLICE_ARG(pointer));
	rest = slice_from(rest, 1);
	while (slice_cut(&rest, '/', &part)) {
		buf_clear(&name);
		add_name(&name, part);
		node = grow(fields, node, buf_slice(&name));
	}
	buf_release(&name);
	if (node->slot < 0 && fields->count == FIELDS_MOST)
		return err_set(err, "more than %d JSON pointers", FIELDS_MOST);
	if (node->slot < 0)
		node->slot = fields->count++;
	return node->slot;
}

int
fields_add_list(struct fields *fields, struct field_list *list,
    const char *pointers, struct err *err)
{
	struct slice rest = slice_str(pointers);
	struct slice word;

	while (preset_word(&rest, &word)) {
		int slot = fields_add(fields, word, err);

		if (slot < 0)
			return -1;
		if (list->count == FIELD_LIST_MOST)
			return err_set(err, "more than %d JSON pointers",
			    FIELD_LIST_MOST);
		list->slots[list->count++] = slot;
		field_set_add(&list->set, slot);
	}
	return 0;
}

const struct json_value *
field_list_first(const struct field_list *list,
    const struct field_values *values)
{
	if (!field_list_is_found(list, values))
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct json_value *value = &values->slots[list->slots[i]];

		if (value->raw.len > 0 && value->kind != JSON_NULL)
			return value;
	}
	return NULL;
}

static void walk_array(const struct node *node, struct slice items,
    struct field_values *values);

static void
keep(const struct node *node, const struct json_value *value,
    struct field_values *values)
{
	if (node->slot < 0)
		return;
	values->slots[node->slot] = *value;
	field_set_add(&values->found, node->slot);
}

/* The child that a raw name, with its quotes, is the name of. */
static const struct node *
child_of(const struct node *node, struct slice raw, bool is_plain)
{
	const struct json_value key = { JSON_STRING, raw };
	const struct node *child;
	struct buf name = { 0 };

	if (is_plain)
		return find_child(node, slice_make(raw.ptr + 1, raw.len - 2));
	json_add_text(&name, &key);
	child = find_child(node, buf_slice(&name));
	buf_release(&name);
	return child;
}

/*
 * Looks among the members of the object at the front of text for the children
 * of a node, and keeps what was asked for; of a name that stands twice the last
 * one counts. Moves text on behind the object, which becomes *object; false
 * where it breaks off, and then text is anywhere.
 *
 * Objects that hold what was asked for are walked through without asking for
 * their ends first. One that breaks off has an end even so, if the line's
 * object has one: then what was found before counts.
 */
static bool
walk_object(const struct node *node, struct slice *text, unsigned depth,
    struct field_values *values, struct json_value *object)
{
	const char *begin = text->ptr;
	struct slice key;
	bool is_plain;

	while (json_next_key(text, &key, &is_plain)) {
		const struct node *child = child_of(node, key, is_plain);
		struct slice rest = *text;
		struct json_value value;

		if (child != NULL && child->has_children &&
		    depth < JSON_LEVELS && slice_starts(rest, "{") &&
		    walk_object(child, &rest, depth + 1, values, &value))
			*text = rest;
		else if (!json_next_inner(text, depth, &value))
			return false;
		if (child == NULL)
			continue;
		keep(child, &value, values);
		if (child->has_children && value.kind == JSON_ARRAY)
			walk_array(child, value.raw, values);
	}
	return json_close_object(text, begin, object);
}

/* Keeps a value when it, or something in it, was asked for. */
static void
visit(const struct node *child, const struct json_value *value,
    struct field_values *values)
{
	struct slice text = value->raw;
	struct json_value object;

	if (child == NULL)
		return;
	keep(child, value, values);
	if (!child->has_children)
		return;
	if (value->kind == JSON_ARRAY)
		walk_array(child, value->raw, values);
	if (value->kind == JSON_OBJECT)
		(void)walk_object(child, &text, 1, values, &object);
}

/* {"key": "a", "value": {"stringValue": "b"}} is the member "a": "b". */
static bool
visit_attribute(const struct node *node, const struct json_value *item,
    struct field_values *values)
{
	struct json_value name;
	struct json_value value;
	struct slice members;
	struct slice key;

	if (item->kind != JSON_OBJECT ||
	    !json_member(item->raw, "key", &name) || name.kind != JSON_STRING ||
	    !json_member(item->raw, "value", &value))
		return false;
	members = value.raw;
	if (value.kind == JSON_OBJECT)
		(void)json_next_member(&members, &key, &value);
	visit(child_of(node, name.raw, slice_chr(name.raw, '\\') == NULL),
	    &value, values);
	return true;
}

static void
walk_array(const struct node *node, struct slice items,
    struct field_values *values)
{
	struct json_value item;
	char index[32];

	for (size_t i = 0; json_next_item(&items, &item); i++) {
		if (visit_attribute(node, &item, values))
			continue;
		(void)snprintf(index, sizeof(index), "%zu", i);
		visit(find_child(node, slice_str(index)), &item, values);
	}
}

/* Forgets what was found in the line before. */
static void
forget(struct field_values *values)
{
	for (size_t i = 0; i < FIELDS_MOST / 64; i++) {
		uint64_t *word = &values->found.words[i];

		for (; *word != 0; *word &= *word - 1)
			values->slots[64 * i + mask_first(*word)].raw.len = 0;
	}
}

/* Whether an object could begin here: "{" and a name or "}". */
static bool
object_begins(struct slice text)
{
	text = slice_trim(slice_from(text, 1));
	return text.len > 0 && (text.ptr[0] == '"' || text.ptr[0] == '}');
}

enum json_line
fields_find(const struct fields *fields, struct slice line,
    struct field_values *values, const char **begin)
{
	const char *brace = slice_chr(line, '{');
	struct json_value object;
	struct slice rest;
	struct slice text;

	forget(values);
	if (brace == NULL)
		return JSON_LINE_NONE;
	*begin = brace;
	rest = slice_from(line, (size_t)(brace - line.ptr));
	text = rest;
	if (object_begins(rest) &&
	    (walk_object(&fields->root, &text, 1, values, &object) ||
		json_next_value(&rest, &object)))
		return JSON_LINE_FOUND;
	forget(values);
	return slice_trim(slice_between(line.ptr, brace)).len == 0 ?
	    JSON_LINE_BROKEN :
	    JSON_LINE_NONE;
}

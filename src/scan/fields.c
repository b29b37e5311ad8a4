/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/fields.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "scan/preset.h"

/*
 * A tree of the names in all pointers: "/a/b" and "/a/c" are the node "a"
 * with the children "b" and "c". The root is the line's object. Siblings are
 * a list, since nearly all of them differ in length or first letter from a
 * given key, and a comparison is as cheap as a hash would be.
 */
struct node {
	struct slice name;
	struct node *child;
	struct node *sibling;
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

static struct node *
find_child(const struct node *node, struct slice name)
{
	struct node *child = node->child;

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
		.sibling = node->child,
		.slot = -1,
	};
	node->child = child;
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
	}
	return 0;
}

const struct json_value *
field_list_first(const struct field_list *list,
    const struct field_values *values)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct json_value *value = &values->slots[list->slots[i]];

		if (value->raw.len > 0 && value->kind != JSON_NULL)
			return value;
	}
	return NULL;
}

static void walk(const struct node *node, const struct json_value *value,
    struct field_values *values);

/* Keeps a value when it, or something in it, was asked for. Of a name that
 * stands twice the last one counts. */
static void
visit(const struct node *node, struct slice name,
    const struct json_value *value, struct field_values *values)
{
	const struct node *child = find_child(node, name);

	if (child == NULL)
		return;
	if (child->slot >= 0)
		values->slots[child->slot] = *value;
	if (child->child != NULL)
		walk(child, value, values);
}

/* The same for a raw name, with its quotes. */
static void
visit_raw(const struct node *node, struct slice raw,
    const struct json_value *value, struct field_values *values)
{
	const struct json_value key = { JSON_STRING, raw };
	struct buf name = { 0 };

	if (slice_chr(raw, '\\') == NULL) {
		visit(node, slice_make(raw.ptr + 1, raw.len - 2), value,
		    values);
		return;
	}
	json_add_text(&name, &key);
	visit(node, buf_slice(&name), value, values);
	buf_release(&name);
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
	visit_raw(node, name.raw, &value, values);
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
		visit(node, slice_str(index), &item, values);
	}
}

/* Looks among the members of a value for the children of a node. */
static void
walk(const struct node *node, const struct json_value *value,
    struct field_values *values)
{
	struct slice members = value->raw;
	struct json_value member;
	struct slice key;

	if (value->kind == JSON_ARRAY)
		walk_array(node, value->raw, values);
	if (value->kind != JSON_OBJECT)
		return;
	while (json_next_member(&members, &key, &member))
		visit_raw(node, key, &member, values);
}

void
fields_find(const struct fields *fields, struct slice object,
    struct field_values *values)
{
	const struct json_value value = { JSON_OBJECT, object };

	memset(values->slots, 0,
	    (size_t)fields->count * sizeof(values->slots[0]));
	walk(&fields->root, &value, values);
}

/* Whether an object could begin here: "{" and a name or "}". */
static bool
object_begins(struct slice text)
{
	text = slice_trim(slice_from(text, 1));
	return text.len > 0 && (text.ptr[0] == '"' || text.ptr[0] == '}');
}

enum json_line
json_line_find(struct slice line, struct slice *object)
{
	const char *brace = slice_chr(line, '{');
	struct json_value value;
	struct slice before;
	struct slice rest;

	if (brace == NULL)
		return JSON_LINE_NONE;
	before = slice_between(line.ptr, brace);
	rest = slice_from(line, before.len);
	if (object_begins(rest) && json_next_value(&rest, &value)) {
		*object = value.raw;
		return JSON_LINE_FOUND;
	}
	return slice_trim(before).len == 0 ? JSON_LINE_BROKEN : JSON_LINE_NONE;
}

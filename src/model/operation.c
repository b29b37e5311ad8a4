/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/operation.h"

#include <string.h>

#include "model/sql.h"
#include "model/words.h"

/* Each sorted, in lower case, and closed by NULL. */
static const char *const no_verbs[] = { NULL };

static const char *const read_verbs[] = { "aggregate", "average", "copy_to",
	"count", "count_documents", "desc", "describe", "distinct",
	"eager_load", "exist", "exists", "exists?", "explain", "fetch", "find",
	"find_all", "find_by", "find_one", "findone", "first", "get",
	"get_multi", "getmore", "hget", "hgetall", "ids", "keys", "last",
	"list", "load", "lookup", "maximum", "mget", "minimum", "pick", "pluck",
	"query", "read", "reload", "scan", "search", "select", "show", "sum",
	"take", "values", NULL };

static const char *const write_verbs[] = { "add", "alter", "append",
	"bulk_insert", "bulk_update", "bulk_upsert", "bulk_write", "copy",
	"create", "decr", "decrement", "delete", "delete_all", "delete_many",
	"delete_multi", "delete_one", "deletemany", "deleteone", "destroy",
	"destroy_all", "drop", "expire", "find_one_and_update", "findandmodify",
	"hset", "incr", "increment", "insert", "insert_all", "insert_many",
	"insert_one", "insertmany", "insertone", "load_data", "merge", "mset",
	"pop", "push", "put", "put_multi", "remove", "rename", "replace",
	"replace_one", "replaceone", "save", "set", "touch", "truncate",
	"update", "update_all", "update_many", "update_one", "updatemany",
	"updateone", "upsert", "upsert_all", "write", NULL };

const char *const *operation_verbs(enum operation_class class)
{
	switch (class) {
	case OPERATION_READ:
		return read_verbs;
	case OPERATION_WRITE:
		return write_verbs;
	case OPERATION_OTHER:
		break;
	}
	return no_verbs;
}

static bool
is_read(struct slice verb)
{
	return words_have(read_verbs,
	    sizeof(read_verbs) / sizeof(read_verbs[0]) - 1, verb);
}

static bool
is_write(struct slice verb)
{
	return words_have(write_verbs,
	    sizeof(write_verbs) / sizeof(write_verbs[0]) - 1, verb);
}

struct slice
operation_kind(struct slice operation)
{
	const char *dot = slice_rchr(operation, '.');

	return dot == NULL ? operation : slice_between(operation.ptr, dot);
}

struct slice
operation_verb(struct slice operation)
{
	const char *dot = slice_rchr(operation, '.');

	return dot == NULL ?
	    slice_from(operation, operation.len) :
	    slice_between(dot + 1, operation.ptr + operation.len);
}

enum operation_class
operation_class(struct slice operation)
{
	struct slice verb = operation_verb(operation);

	if (slice_is(operation, "sql.set"))
		return OPERATION_OTHER;
	if (is_write(verb))
		return OPERATION_WRITE;
	return is_read(verb) ? OPERATION_READ : OPERATION_OTHER;
}

bool
operation_verb_is_known(struct slice verb)
{
	return is_read(verb) || is_write(verb);
}

/* Takes a word and the blanks behind it off the front of *name. */
static bool
take_prefix(struct slice *name, const char *word)
{
	size_t len = strlen(word);

	if (!slice_starts(*name, word) ||
	    (name->len > len && name->ptr[len] != ' '))
		return false;
	*name = slice_trim(slice_from(*name, len));
	return true;
}

/* "Update All" is update_all. */
static void
add_verb(struct buf *buf, struct slice words)
{
	for (size_t i = 0; i < words.len; i++) {
		char c = words.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		buf_add_char(buf, c == ' ' ? '_' : c);
	}
}

/* Adds what "City Load" says. Returns whether it says anything. */
static bool
add_named(struct buf *buf, struct slice name, bool is_cached)
{
	size_t begin = buf->len, dot;
	struct slice kind;

	if (!slice_cut(&name, ' ', &kind))
		return false;
	buf_add(buf, kind);
	buf_add_char(buf, '.');
	dot = buf->len;
	add_verb(buf, slice_trim(name));
	if (!operation_verb_is_known(slice_from(buf_slice(buf), dot))) {
		buf->len = begin;
		return false;
	}
	if (is_cached) {
		buf->len = dot;
		buf_add_str(buf, "cached");
	}
	return true;
}

/* Adds the first operation of a statement. Returns whether there is one. */
static bool
add_told(struct buf *buf, struct slice sql, bool is_cached)
{
	size_t begin = buf->len;

	if (!sql_add_first(buf, sql))
		return false;
	if (is_cached) {
		buf->len = begin +
		    operation_kind(slice_from(buf_slice(buf), begin)).len;
		buf_add_str(buf, ".cached");
	}
	return true;
}

/* Takes the words off a name that stand before it. Returns whether they say
 * that it was not asked of the database. */
static bool
take_prefixes(struct slice *name)
{
	bool is_cached;

	*name = slice_trim(*name);
	is_cached = take_prefix(name, "CACHE");
	(void)take_prefix(name, "ASYNC");
	return is_cached;
}

bool
operation_add_rails_name(struct buf *buf, struct slice name)
{
	bool is_cached = take_prefixes(&name);

	return add_named(buf, name, is_cached);
}

void
operation_add_rails(struct buf *buf, struct slice name, struct slice sql)
{
	bool is_cached = take_prefixes(&name);

	if (!add_named(buf, name, is_cached) &&
	    !add_told(buf, sql, is_cached) && slice_is(name, "TRANSACTION"))
		buf_add_str(buf, "transaction.begin");
}

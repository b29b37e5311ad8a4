/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/shape.h"

#include <stdint.h>

#include "model/sql.h"
#include "scan/tag.h"

#include "tap.h"

static void
add_comment(void *context, struct slice text)
{
	tag_add_comment(text, false, context);
}

static void
shows_what_differs(void)
{
	static const char *const rows[][2] = {
		{ "SELECT * FROM t WHERE id = 52 AND s = 'x''y'",
		    "SELECT * FROM t WHERE id = 0 AND s = ''''" },
		{ "SELECT 1 /*a:12*/", "SELECT 0 /**/" },
		{ "IN (1,22, 333)", "IN (0,0, 0)" },
		{ "a=$12 OR b = $1", "a=$0 OR b = $0" },
		{ "VALUES ($1, $2)", "VALUES ($1, $2)" },
		{ "LIMIT 10 OFFSET 200", "LIMIT 0 OFFSET 0" },
		{ "t1.c2 = 12.5", "t1.c2 = 0.5" },
		{ "FROM t . 12", "FROM t . 12" },
		{ "= 12a OR = 12$", "= 12a OR = 12$" },
		{ "a$1, \"a = 1\", `b = 2`", "a$1, \"a = 1\", `b = 2`" },
		{ "a - 5 / 6", "a - 5 / 6" },
	};
	struct buf shape = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(shape_of(slice_str(rows[i][0]), &shape, NULL, NULL));
		CHECK_SLICE(buf_slice(&shape), rows[i][1]);
	}
	buf_release(&shape);
}

static void
leaves_the_rest_to_others(void)
{
	static const char *const rows[] = { "SELECT 'a\\'b'", "\"a\\\"\"",
		"\"it", "'it", "SELECT 1 -- a", "SELECT 1 # a", "[a b]",
		"$$a$$", "/* a", "/*!50003 a */", "SELECT a\\b", "$a" };
	struct buf shape = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!CHECK(!shape_of(slice_str(rows[i]), &shape, NULL, NULL)))
			printf("# of %s\n", rows[i]);
	buf_release(&shape);
}

/* Pieces of SQL, one behind the other. */
static struct slice
some_text(struct buf *text, uint32_t *state)
{
	static const char *const pieces[] = { " ", " ", " ", " ", "SELECT",
		"FROM", "UPDATE", "SET", "JOIN", "INSERT INTO", "WITH", "AS",
		"DELETE", "USING", "PREPARE", "VALUES", "t", "a1", "7", "12",
		"1234567890123456789", "$", "$3", "(", ")", ",", ".", "=", "<",
		";", "'", "''", "'x 5'", "\"", "\"a = 5\"", "`b, 6`", "/*",
		"*/", "/*line:5*/", "/*! 5 */", "-", "/", "*", "%", "&", "\\",
		"[", "]", "#", "@", "_", "\n", "\t", "\xc3\xa4", "ORDER BY",
		"a longer word than sixteen" };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };
	unsigned count;

	buf_clear(text);
	*state = *state * 1103515245 + 12345;
	for (count = *state >> 16 & 31; count > 0; count--) {
		*state = *state * 1103515245 + 12345;
		buf_add_str(text, pieces[(*state >> 16) % PIECES]);
	}
	return buf_slice(text);
}

static void
does_what_its_statement_does(void)
{
	struct buf bufs[4] = { 0 };
	struct sql_operations of_text = { 0 };
	struct sql_operations of_shape = { 0 };
	uint32_t state = 1;

	for (int n = 0; n < 100000; n++) {
		struct slice text = some_text(&bufs[0], &state);

		buf_clear(&bufs[2]);
		buf_clear(&bufs[3]);
		if (!shape_of(text, &bufs[1], add_comment, &bufs[2]))
			continue;
		sql_read(text, &of_text);
		sql_read(buf_slice(&bufs[1]), &of_shape);
		tag_add_comments(text, &bufs[3]);
		if (of_text.count == of_shape.count &&
		    slice_equal(buf_slice(&of_text.names),
			buf_slice(&of_shape.names)) &&
		    slice_equal(buf_slice(&bufs[2]), buf_slice(&bufs[3])))
			continue;
		CHECK(false);
		printf("# of %.*s\n", SLICE_ARG(text));
		break;
	}
	for (int i = 0; i < 4; i++)
		buf_release(&bufs[i]);
	sql_operations_release(&of_text);
	sql_operations_release(&of_shape);
}

static const struct tap_test tests[] = {
	{ "comments and strings are emptied, numbers are 0",
	    shows_what_differs },
	{ "what takes a closer look has no shape", leaves_the_rest_to_others },
	{ "a shape has its statement's operations, and gives its comments",
	    does_what_its_statement_does },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

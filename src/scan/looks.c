/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/looks.h"

/* A word that only such logs have; the first row that fits is the answer. */
struct sign {
	const char *word;
	struct looks looks;
};

static const struct sign signs[] = {
	{ "QUERY OK", { "an Ecto log without callers", "ECTO" } },
	{ "jdbc.sql", { "a log4jdbc log without callers", "JAVA" } },
	{ "org.hibernate.SQL", { "a Hibernate log without callers", "JAVA" } },
	{ "django.db.backends", { "a Django log without callers", "DJANGO" } },
	{ " in `call'", { "a Rails log without callers", "RAILS" } },
	{ "Started GET \"", { "a Rails log without callers", "RAILS" } },
	{ "Started POST \"", { "a Rails log without callers", "RAILS" } },
	{ "ActiveRecord", { "a Rails log without callers", "RAILS" } },
	{ "] [rows:", { "a GORM log without callers", "GO" } },
	{ "# Query_time:",
	    { "a MySQL slow log whose statements carry no tag", "MYSQL" } },
	{ " Query\t",
	    { "a MySQL general log whose statements carry no tag", "MYSQL" } },
	{ "LOG:  statement:",
	    { "a PostgreSQL log whose statements carry no "
	      "tag",
		"POSTGRESQL" } },
	{ "LOG:  duration:",
	    { "a PostgreSQL log whose statements carry no "
	      "tag",
		"POSTGRESQL" } },
	{ "LOG:  execute",
	    { "a PostgreSQL log whose statements carry no tag",
		"POSTGRESQL" } },
	{ "LOG:  ",
	    { "a PostgreSQL log that holds no statements", "POSTGRESQL" } },
	{ "production.INFO", { "a Laravel log without callers", "LARAVEL" } },
	{ "local.INFO", { "a Laravel log without callers", "LARAVEL" } },
	{ "production.ERROR", { "a Laravel log without callers", "LARAVEL" } },
	{ " HTTP/1.",
	    { "an access log of a web server, which names no code",
		"THE HOOK" } },
	{ " HTTP/2",
	    { "an access log of a web server, which names no code",
		"THE HOOK" } },
	{ "\n{\"", { "JSON lines without a caller", "GO" } },
	{ "SELECT ", { "SQL without callers", "POSTGRESQL" } },
};

/* Whether a text holds a word; one that begins with LF, at a line's start. */
static bool
has_word(struct slice text, const char *word)
{
	return slice_find(text, word) != NULL ||
	    (word[0] == '\n' && slice_starts(text, word + 1));
}

const struct looks *
looks_like(struct slice text)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (has_word(text, signs[i].word))
			return &signs[i].looks;
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

/*
 * An operation is what was asked of the datastore, "Kind.verb": its kind is a
 * model, table or collection and may hold dots of its own ("shop.users"), so
 * the last dot divides. An operation may be empty: a caller whose statement
 * could not be told.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

enum operation_class {
	OPERATION_OTHER, /* neither: transactions, cached reads, log.LEVEL */
	OPERATION_READ,
	OPERATION_WRITE
};

/* "Kind" of "Kind.verb"; all of it where there is no dot. */
struct slice operation_kind(struct slice operation);

/* "verb" of "Kind.verb"; empty where there is no dot. */
struct slice operation_verb(struct slice operation);

/* By the verb, whatever its case; tallyman-scan(1) lists the verbs. SQL's SET
 * (sql.set) is neither, though a cache's set writes. */
enum operation_class operation_class(struct slice operation);

/* The verbs of a class, in lower case and sorted, up to a NULL; those of
 * OPERATION_OTHER are not listed. */
const char *const *operation_verbs(enum operation_class class);

/* Whether the word is a verb that some class lists. */
bool operation_verb_is_known(struct slice verb);

/*
 * Adds "Kind.verb" for a name as Rails writes it before "(0.4ms)" and the
 * statement that follows: "City Load" is City.load, "City Exists?"
 * City.exists?, "City Update All" City.update_all, "CACHE City Load"
 * City.cached, "ASYNC City Load" City.load, "TRANSACTION" transaction.begin
 * (or what the SQL says). "SQL", "", other names of one word and those whose
 * words behind the first are no verb ("Disk Storage") are told from the SQL.
 * Adds nothing where neither tells.
 */
void operation_add_rails(struct buf *buf, struct slice name, struct slice sql);

/* The same where the name alone tells it ("City Load"). False, and nothing is
 * added, where it takes the statement. */
bool operation_add_rails_name(struct buf *buf, struct slice name);

#endif

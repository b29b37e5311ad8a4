/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/operation.h"

#include <ctype.h>

#include "tap.h"

static void
divides_at_the_last_dot(void)
{
	struct slice operation = SLICE("shop.users.select");

	CHECK_SLICE(operation_kind(operation), "shop.users");
	CHECK_SLICE(operation_verb(operation), "select");
	operation = slice_str("City.exists?");
	CHECK_SLICE(operation_kind(operation), "City");
	CHECK_SLICE(operation_verb(operation), "exists?");
}

static void
divides_odd_ones(void)
{
	static const struct {
		const char *operation, *kind, *verb;
	} rows[] = {
		{ "", "", "" },
		{ "x", "x", "" },
		{ "x.", "x", "" },
		{ ".x", "", "x" },
		{ ".", "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice operation = slice_str(rows[i].operation);

		CHECK_SLICE(operation_kind(operation), rows[i].kind);
		CHECK_SLICE(operation_verb(operation), rows[i].verb);
	}
	CHECK_INT(operation_kind((struct slice){ 0 }).len, 0);
	CHECK_INT(operation_verb((struct slice){ 0 }).len, 0);
}

static void
classes(void)
{
	static const struct {
		const char *operation;
		enum operation_class class;
	} rows[] = {
		{ "UserData.put", OPERATION_WRITE },
		{ "City.update_all", OPERATION_WRITE },
		{ "users.INSERT", OPERATION_WRITE },
		{ "users.load_data", OPERATION_WRITE },
		{ "users.copy", OPERATION_WRITE },
		{ "Rails.set", OPERATION_WRITE },
		{ "UserData.get", OPERATION_READ },
		{ "City.Exists?", OPERATION_READ },
		{ "shop.users.select", OPERATION_READ },
		{ "users.copy_to", OPERATION_READ },
		{ "City.cached", OPERATION_OTHER },
		{ "transaction.begin", OPERATION_OTHER },
		{ "transaction.commit", OPERATION_OTHER },
		{ "transaction.rollback", OPERATION_OTHER },
		{ "sql.set", OPERATION_OTHER },
		{ "p.call", OPERATION_OTHER },
		{ "log.error", OPERATION_OTHER },
		{ "Feed.prop (descending)", OPERATION_OTHER },
		{ "put", OPERATION_OTHER },
		{ "put.", OPERATION_OTHER },
		{ "", OPERATION_OTHER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!CHECK_INT(operation_class(slice_str(rows[i].operation)),
			rows[i].class))
			printf("# of %s\n", rows[i].operation);
	}
}

/* Each verb of a list is found, in order, and of that class only. */
static int check_list(enum operation_class class)
{
	const char *const *verbs = operation_verbs(class);
	char operation[64];
	int n;

	for (n = 0; verbs[n] != NULL; n++) {
		CHECK(operation_verb_is_known(slice_str(verbs[n])));
		(void)snprintf(operation, sizeof(operation), "Kind.%s",
		    verbs[n]);
		CHECK_INT(operation_class(slice_str(operation)), class);
		CHECK(n == 0 || strcmp(verbs[n - 1], verbs[n]) < 0);
		for (const char *c = verbs[n]; *c != '\0'; c++)
			CHECK(!isupper((unsigned char)*c));
	}
	return n;
}

static void
lists(void)
{
	CHECK(check_list(OPERATION_READ) > 20);
	CHECK(check_list(OPERATION_WRITE) > 20);
	CHECK_INT(check_list(OPERATION_OTHER), 0);
}

static void
knows_verbs(void)
{
	CHECK(operation_verb_is_known(slice_str("Put")));
	CHECK(!operation_verb_is_known(slice_str("prop")));
	CHECK(!operation_verb_is_known(slice_str("")));
}

static void
rails(void)
{
	static const struct {
		const char *name, *sql, *operation;
	} rows[] = {
		{ "City Load", "SELECT \"cities\".* FROM \"cities\"",
		    "City.load" },
		{ "ActiveStorage::Attachment Load", "",
		    "ActiveStorage::Attachment.load" },
		{ "Primary::City Load", "", "Primary::City.load" },
		{ "  City Load ", "", "City.load" },
		{ "City Exists?", "", "City.exists?" },
		{ "City Exists", "", "City.exists" },
		{ "City Update All", "", "City.update_all" },
		{ "City Bulk Insert", "", "City.bulk_insert" },
		{ "City Pluck", "", "City.pluck" },
		{ "City Count", "", "City.count" },
		{ "ASYNC City Load", "", "City.load" },
		{ "CACHE City Load", "", "City.cached" },
		{ "CACHE  City Load", "", "City.cached" },
		{ "CACHE", "SELECT * FROM cities", "cities.cached" },
		{ "CACHE", "SELECT 1", "sql.cached" },
		{ "CACHE", "", "" },
		{ "SQL", "INSERT INTO \"cities\" DEFAULT VALUES",
		    "cities.insert" },
		{ "", "SELECT * FROM restaurants", "restaurants.select" },
		{ "SCHEMA", "PRAGMA table_info(\"cities\")", "sql.pragma" },
		{ "EXPLAIN", "EXPLAIN SELECT * FROM cities", "sql.explain" },
		{ "TRANSACTION", "begin transaction", "transaction.begin" },
		{ "TRANSACTION", "BEGIN deferred TRANSACTION",
		    "transaction.begin" },
		{ "TRANSACTION", "commit transaction", "transaction.commit" },
		{ "TRANSACTION", "SAVEPOINT active_record_1",
		    "transaction.savepoint" },
		{ "TRANSACTION", "RELEASE SAVEPOINT active_record_1",
		    "transaction.release" },
		{ "TRANSACTION", "", "transaction.begin" },
		{ "City Users By Town", "SELECT * FROM users", "users.select" },
		{ "Disk Storage", "Uploaded file to key: x", "" },
		{ "City", "", "" },
		{ "CACHED", "", "" },
		{ "", "", "" },
		{ "", "SELECT 1; UPDATE t SET a = 1", "sql.select" },
	};
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&buf);
		operation_add_rails(&buf, slice_str(rows[i].name),
		    slice_str(rows[i].sql));
		CHECK_SLICE(buf, rows[i].operation);
	}
	buf_release(&buf);
}

static void
rails_adds(void)
{
	struct buf buf = { 0 };

	buf_add_str(&buf, "before ");
	operation_add_rails(&buf, slice_str("City Load"), slice_str(""));
	CHECK_SLICE(buf, "before City.load");
	operation_add_rails(&buf, slice_str("No Verb"), slice_str(""));
	CHECK_SLICE(buf, "before City.load");
	CHECK(!operation_add_rails_name(&buf, slice_str("CACHE TRANSACTION")));
	CHECK(!operation_add_rails_name(&buf, slice_str("Disk Storage")));
	CHECK_SLICE(buf, "before City.load");
	CHECK(operation_add_rails_name(&buf, slice_str("CACHE City Load")));
	CHECK_SLICE(buf, "before City.loadCity.cached");
	buf_release(&buf);
}

static const struct tap_test tests[] = {
	{ "the last dot divides an operation", divides_at_the_last_dot },
	{ "an operation may lack its kind, its verb or both",
	    divides_odd_ones },
	{ "a verb tells reads from writes, in any case", classes },
	{ "the lists of verbs are sorted, and mean what they say", lists },
	{ "a verb is known when a class lists it", knows_verbs },
	{ "Rails' names give model and verb, else the statement does", rails },
	{ "what is told is added to the buffer, and nothing else", rails_adds },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

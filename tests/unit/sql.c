/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/sql.h"

#include "base/alloc.h"

#include "tap.h"

struct row {
	const char *sql;
	const char *operations; /* with a blank between */
};

static void
join(struct buf *buf, const struct sql_operations *operations)
{
	buf_clear(buf);
	for (size_t i = 0; i < operations->count; i++) {
		if (i > 0)
			buf_add_char(buf, ' ');
		buf_add(buf, operations->items[i]);
	}
}

static void
check_rows(const struct row *rows)
{
	struct sql_operations operations = { 0 };
	struct buf buf = { 0 };

	for (; rows->sql != NULL; rows++) {
		sql_read(slice_str(rows->sql), &operations);
		join(&buf, &operations);
		if (!CHECK_SLICE(buf, rows->operations))
			printf("# of %s\n", rows->sql);
	}
	buf_release(&buf);
	sql_operations_release(&operations);
}

static void
queries(void)
{
	static const struct row rows[] = {
		{ "SELECT * FROM users", "users.select" },
		{ "select id from users where id = $1", "users.select" },
		{ "SELECT \"cities\".* FROM \"cities\" WHERE \"cities\".\"id\""
		  " = ? LIMIT ?  [[\"id\", 1], [\"LIMIT\", 1]]",
		    "cities.select" },
		{ "SELECT `u`.`id` FROM `shop`.`users` AS `u`",
		    "shop.users.select" },
		{ "SELECT [u].[Id] FROM [dbo].[Order Details] AS [u]",
		    "dbo.Order Details.select" },
		{ "SELECT * FROM master..spt_values",
		    "master..spt_values.select" },
		{ "SELECT * FROM #temp", "#temp.select" },
		{ "SELECT * FROM HR.EMP@remote e", "HR.EMP@remote.select" },
		{ "SELECT * FROM \"a\" . /* here */ \"b\"", "a.b.select" },
		{ "SELECT a, b FROM x, y", "x.select" },
		{ "SELECT a.from FROM x", "x.select" },
		{ "SELECT 'x FROM y' FROM z", "z.select" },
		{ "SELECT 'it\\'s FROM y' FROM z", "z.select" },
		{ "SELECT \"FROM\" FROM z", "z.select" },
		{ "SELECT $$ FROM y $$ FROM z", "z.select" },
		{ "SELECT a -- FROM y\nFROM z", "z.select" },
		{ "SELECT DISTINCT a FROM t FOR UPDATE", "t.select" },
		{ "SELECT SQL_NO_CACHE /*!40001 SQL_BUFFER */ * FROM t",
		    "t.select" },
		{ "SELECT TOP (10) * FROM t WITH (NOLOCK)", "t.select" },
		{ "SELECT a INTO b FROM c", "c.select" },
		{ "SELECT a INTO @x FROM c", "c.select" },
		{ "SELECT a FROM t UNION SELECT b FROM u", "t.select" },
		{ "SELECT 1 UNION SELECT b FROM u", "u.select" },
		{ "(SELECT a FROM t) UNION (SELECT b FROM u)", "t.select" },
		{ "SELECT a FROM stra\303\237e", "stra\303\237e.select" },
		{ 0 },
	};

	check_rows(rows);
}

static void
queries_within(void)
{
	static const struct row rows[] = {
		{ "SELECT * FROM (SELECT * FROM t) s", "t.select" },
		{ "SELECT * FROM ((SELECT * FROM t)) s", "t.select" },
		{ "SELECT * FROM (SELECT * FROM (SELECT 1 FROM t) a) b",
		    "t.select" },
		{ "SELECT * FROM (a JOIN b ON a.x = b.x)", "a.select" },
		{ "SELECT (SELECT max(x) FROM a) FROM b", "b.select" },
		{ "SELECT x IN (SELECT y FROM a)", "sql.select" },
		{ "SELECT * FROM t WHERE x IN (SELECT y FROM a)", "t.select" },
		{ "SELECT * FROM (VALUES (1), (2)) v JOIN t ON true",
		    "t.select" },
		{ "SELECT * FROM (VALUES (1), (2)) v ORDER BY a, b",
		    "sql.select" },
		{ "SELECT * FROM ONLY t", "t.select" },
		{ "SELECT * FROM ONLY (t)", "t.select" },
		{ "SELECT * FROM LATERAL (SELECT * FROM t) s", "t.select" },
		{ "SELECT * FROM generate_series(1, 10) g",
		    "generate_series.select" },
		{ "SELECT * FROM TABLE(split(:1))", "split.select" },
		{ "SELECT EXTRACT(year FROM x) FROM t", "t.select" },
		{ "SELECT EXTRACT(year FROM x)", "sql.select" },
		{ "SELECT SUBSTRING(a FROM 2), TRIM(BOTH FROM x) FROM t",
		    "t.select" },
		{ "SELECT * FROM (SELECT extract(day FROM x) FROM t) s",
		    "t.select" },
		{ "SELECT a IS DISTINCT FROM b FROM t", "t.select" },
		{ "SELECT a IS NOT DISTINCT FROM b", "sql.select" },
		{ 0 },
	};

	check_rows(rows);
}

static void
plain_queries(void)
{
	static const struct row rows[] = {
		{ "SELECT \"a\".\"b\" FROM \"t\" WHERE 1", "t.select" },
		{ "SELECT `a`, COUNT(*) FROM `t` AS x", "t.select" },
		{ "SELECT \"a\" FROM \"t\"", "t.select" },
		{ "SELECT \"a\" FROM \"t\" . \"u\"", "t.u.select" },
		{ "SELECT \"a\" FROM \"t\".\"u\"", "t.u.select" },
		{ "SELECT \"a\" FROM \"t\" /* */ . \"u\"", "t.u.select" },
		{ "SELECT \"a\" FROM \"t\"\"u\"", "t\"u.select" },
		{ "SELECT \"a FROM \"t\" FROM \"u\" x", "sql.select" },
		{ "SELECT (\"a\" FROM \"t\") FROM \"u\"", "u.select" },
		{ "SELECT \"a\" ) FROM \"t\"", "t.select" },
		{ "SELECT \"a\", \"* FROM \"t\" x", "sql.select" },
		{ "SELECT (* FROM \"t\" x) FROM \"u\"", "u.select" },
		{ "SELECT join \"u\" FROM \"t\"", "u.select" },
		{ "SELECT a from \"u\" FROM \"t\"", "u.select" },
		{ "SELECT 1 IS DISTINCT FROM \"a\" FROM \"t\"", "t.select" },
		{ "SELECT a.FROM \"t\"", "sql.select" },
		{ "SELECT \"a\". FROM \"t\"", "sql.select" },
		{ "SELECT 'a' FROM \"t\"", "t.select" },
		{ "SELECT \"a\" FROM \"t\" x; DELETE FROM u",
		    "t.select u.delete" },
		{ 0 },
	};
	struct buf buf = { 0 };

	check_rows(rows);
	for (const struct row *row = rows; row->sql != NULL; row++) {
		const char *end = strchr(row->operations, ' ');

		buf_clear(&buf);
		CHECK(sql_add_first(&buf, slice_str(row->sql)));
		CHECK_BYTES(buf.ptr, buf.len, row->operations,
		    end == NULL ? strlen(row->operations) :
				  (size_t)(end - row->operations));
	}
	buf_release(&buf);
}

/* What the first word says is what reading all of it would. */
static void
first_words(void)
{
	CHECK(sql_begins(slice_str("SELECT 1")));
	CHECK(sql_begins(slice_str("/* x */ commit")));
	CHECK(!sql_begins(slice_str("WITH a AS (SELECT 1) nothing")));
	CHECK(!sql_begins(slice_str("begin end")));
	CHECK(!sql_begins(slice_str("Uploaded file")));
	CHECK(!sql_begins(slice_str("")));
}

static void
queries_of_no_table(void)
{
	static const struct row rows[] = {
		{ "SELECT 1", "sql.select" },
		{ "SELECT sqlite_version(*)", "sql.select" },
		{ "SELECT pg_try_advisory_lock(1)", "sql.select" },
		{ "SELECT * FROM ?", "sql.select" },
		{ "SELECT * FROM \"\"", "sql.select" },
		{ "VALUES (1, 2)", "sql.values" },
		{ 0 },
	};

	check_rows(rows);
}

static void
inserts(void)
{
	static const struct row rows[] = {
		{ "INSERT INTO users (a) VALUES (?)", "users.insert" },
		{ "insert users values (1)", "users.insert" },
		{ "INSERT INTO \"public\".\"users\" (\"a\") VALUES ($1) "
		  "ON CONFLICT (a) DO UPDATE SET \"a\" = 1 RETURNING \"id\"",
		    "public.users.insert" },
		{ "INSERT INTO t SELECT * FROM s", "t.insert" },
		{ "INSERT INTO t(a) WITH x AS (SELECT 1) SELECT * FROM x",
		    "t.insert" },
		{ "INSERT IGNORE INTO `t` VALUES ('a;b')", "t.insert" },
		{ "INSERT LOW_PRIORITY t VALUES (1)", "t.insert" },
		{ "INSERT OR REPLACE INTO t VALUES (1)", "t.insert" },
		{ "INSERT OVERWRITE TABLE t SELECT * FROM s", "t.insert" },
		{ "INSERT OVERWRITE DIRECTORY '/x' SELECT * FROM s",
		    "DIRECTORY.insert" },
		{ "INSERT TOP (5) INTO t SELECT * FROM s", "t.insert" },
		{ "INSERT ALL INTO a VALUES (1) INTO b VALUES (2) SELECT 1",
		    "a.insert" },
		{ "REPLACE INTO t VALUES (1)", "t.replace" },
		{ "REPLACE t SET a = 1", "t.replace" },
		{ "UPSERT INTO t VALUES (1)", "t.upsert" },
		{ "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE",
		    "t.merge" },
		{ "MERGE TOP (10) [dbo].[t] AS x USING s ON 1 = 1",
		    "dbo.t.merge" },
		{ "LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE t (a)",
		    "t.load_data" },
		{ "LOAD DATA INFILE 'x' (a INTO b) INTO TABLE t",
		    "t.load_data" },
		{ "LOAD DATA INFILE 'x", "sql.load_data" },
		{ "LOAD 'auto_explain'", "sql.load" },
		{ "COPY t (a, b) FROM STDIN", "t.copy" },
		{ "COPY t FROM '/tmp/x' WITH (FORMAT csv)", "t.copy" },
		{ "COPY public.t (a) TO STDOUT", "public.t.copy_to" },
		{ "COPY (SELECT * FROM t WHERE a = ';') TO STDOUT",
		    "t.copy_to" },
		{ 0 },
	};

	check_rows(rows);
}

static void
changes(void)
{
	static const struct row rows[] = {
		{ "UPDATE users SET a = 1", "users.update" },
		{ "UPDATE \"users\" SET \"a\" = \"b\" FROM \"c\"",
		    "users.update" },
		{ "UPDATE ONLY users SET a = (SELECT b FROM c)",
		    "users.update" },
		{ "UPDATE OR IGNORE users SET a = 1", "users.update" },
		{ "UPDATE LOW_PRIORITY IGNORE `users` `u` SET a = 1, b = 2",
		    "users.update" },
		{ "UPDATE users u JOIN orders o ON u.id = o.id SET u.a = 1",
		    "users.update" },
		{ "UPDATE u SET a = 1, b = 2 FROM users u JOIN x ON 1 = 1",
		    "users.update" },
		{ "UPDATE u SET a = (SELECT 1 FROM orders u) FROM users u",
		    "users.update" },
		{ "UPDATE [u] SET [a] = 1 FROM [dbo].[users] AS [u]",
		    "dbo.users.update" },
		{ "UPDATE TOP (5) t SET a = 1", "t.update" },
		{ "UPDATE t SET a = b IS DISTINCT FROM t", "t.update" },
		{ "DELETE FROM users WHERE a = 1", "users.delete" },
		{ "DELETE FROM ONLY users", "users.delete" },
		{ "DELETE FROM a USING b WHERE a.x = b.x", "a.delete" },
		{ "DELETE users WHERE a = 1", "users.delete" },
		{ "DELETE QUICK FROM users", "users.delete" },
		{ "DELETE u FROM users u JOIN orders o ON 1 = 1",
		    "users.delete" },
		{ "DELETE o.* FROM users JOIN orders AS o ON 1 = 1",
		    "orders.delete" },
		{ "DELETE FROM u USING users AS u", "users.delete" },
		{ "DELETE orders FROM users JOIN orders ON 1 = 1",
		    "orders.delete" },
		{ 0 },
	};

	check_rows(rows);
}

static void
withs(void)
{
	static const struct row rows[] = {
		{ "WITH x AS (SELECT 1) SELECT * FROM t", "t.select" },
		{ "WITH x AS (SELECT * FROM a), y (b, c) AS MATERIALIZED "
		  "(SELECT * FROM b) UPDATE t SET a = 1 FROM x",
		    "t.update" },
		{ "with moved as (delete from a returning *) "
		  "insert into b select * from moved",
		    "b.insert a.delete" },
		{ "WITH a AS (INSERT INTO x VALUES (1)), b AS NOT MATERIALIZED "
		  "(UPDATE y SET z = 1) SELECT * FROM t",
		    "t.select x.insert y.update" },
		{ "WITH x AS (DELETE FROM a) DELETE FROM a", "a.delete" },
		/* what a part reads is what the statement reads */
		{ "WITH x AS (SELECT * FROM a) SELECT * FROM x", "a.select" },
		{ "WITH x AS (SELECT * FROM a), y AS (SELECT * FROM \"x\") "
		  "SELECT * FROM Y",
		    "a.select" },
		{ "WITH x AS (INSERT INTO a SELECT * FROM b RETURNING *) "
		  "SELECT * FROM x",
		    "a.select a.insert" },
		{ "WITH RECURSIVE n AS (SELECT 1 UNION SELECT i FROM n) "
		  "SELECT * FROM n",
		    "sql.select" },
		{ "WITH RECURSIVE n(i) AS (SELECT i FROM a UNION ALL SELECT i "
		  "FROM b JOIN n) SELECT * FROM n",
		    "a.select" },
		{ "WITH x AS (VALUES (1)) SELECT * FROM x JOIN t ON true",
		    "t.select" },
		{ ";WITH x AS (SELECT * FROM a) DELETE FROM x", "a.delete" },
		{ "WITH x AS (SELECT 1) (SELECT * FROM t)", "t.select" },
		{ "WITH x AS (SELECT 1) MERGE INTO t USING x", "t.merge" },
		{ "SELECT * FROM (WITH x AS (SELECT * FROM a) "
		  "SELECT * FROM b) s",
		    "b.select" },
		{ "WITH x AS (SELECT ')' FROM a) SELECT * FROM t", "t.select" },
		{ 0 },
	};

	check_rows(rows);
}

static void
definitions(void)
{
	static const struct row rows[] = {
		{ "CREATE TABLE t (a int)", "t.create" },
		{ "CREATE TEMPORARY TABLE IF NOT EXISTS \"t\" AS SELECT 1",
		    "t.create" },
		{ "CREATE UNLOGGED TABLE s.t (a int)", "s.t.create" },
		{ "CREATE VIRTUAL TABLE t USING fts5(a)", "t.create" },
		{ "ALTER TABLE ONLY t ADD a int", "t.alter" },
		{ "ALTER TABLE IF EXISTS t RENAME TO u", "t.alter" },
		{ "DROP TABLE IF EXISTS t CASCADE", "t.drop" },
		{ "CREATE INDEX \"i\" ON \"t\" (\"a\")", "t.create" },
		{ "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY t "
		  "USING btree (a)",
		    "t.create" },
		{ "CREATE INDEX ON t (a)", "t.create" },
		{ "CREATE UNIQUE NONCLUSTERED INDEX [i] ON [dbo].[t] ([a])",
		    "dbo.t.create" },
		{ "DROP INDEX i", "i.drop" },
		{ "DROP INDEX i ON t", "t.drop" },
		{ "ALTER INDEX ALL ON t REBUILD", "t.alter" },
		{ "CREATE OR REPLACE VIEW v AS SELECT * FROM t", "v.create" },
		{ "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`b` SQL SECURITY "
		  "DEFINER VIEW `v` AS SELECT 1",
		    "v.create" },
		{ "CREATE MATERIALIZED VIEW v AS SELECT * FROM t", "v.create" },
		{ "DROP SEQUENCE s", "s.drop" },
		{ "CREATE TRIGGER x AFTER UPDATE OF a ON t EXECUTE x()",
		    "t.create" },
		{ "CREATE TRIGGER x INSERT ON t BEGIN DELETE FROM u; END;",
		    "t.create" },
		{ "CREATE FUNCTION f() RETURNS TABLE (a int) AS $$ "
		  "DELETE FROM u; $$; SELECT 1",
		    "sql.create sql.select" },
		{ "CREATE PROCEDURE p() BEGIN DELETE FROM u; SELECT 1; END",
		    "sql.create" },
		{ "CREATE TABLE t (begin int); SELECT 1",
		    "t.create sql.select" },
		{ "CREATE TRIGGER x INSERT ON t BEGIN DELETE FROM u; END; "
		  "INSERT INTO v VALUES (1)",
		    "t.create v.insert" },
		{ "CREATE EXTENSION IF NOT EXISTS hstore", "sql.create" },
		{ "CREATE TABLE", "sql.create" },
		{ "TRUNCATE TABLE t RESTART IDENTITY", "t.truncate" },
		{ "TRUNCATE t, u", "t.truncate" },
		{ "RENAME TABLE t TO u", "t.rename" },
		{ 0 },
	};

	check_rows(rows);
}

static void
maintenance(void)
{
	static const struct row rows[] = {
		{ "VACUUM", "sql.vacuum" },
		{ "VACUUM FULL VERBOSE t", "t.vacuum" },
		{ "VACUUM (FULL, ANALYZE) t", "t.vacuum" },
		{ "ANALYZE", "sql.analyze" },
		{ "ANALYZE VERBOSE t (a)", "t.analyze" },
		{ "ANALYZE LOCAL TABLE t", "t.analyze" },
		{ "LOCK TABLE t IN EXCLUSIVE MODE", "t.lock" },
		{ "LOCK TABLES t READ, u WRITE", "t.lock" },
		{ "UNLOCK TABLES", "sql.unlock" },
		{ "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "v.refresh" },
		{ "REINDEX TABLE CONCURRENTLY t", "t.reindex" },
		{ "OPTIMIZE TABLE t", "t.optimize" },
		{ "DESCRIBE t", "t.describe" },
		{ 0 },
	};

	check_rows(rows);
}

static void
other_statements(void)
{
	static const struct row rows[] = {
		{ "CALL p(1)", "p.call" },
		{ "{call s.p(?)}", "s.p.call" },
		{ "EXEC dbo.p @a = 1", "dbo.p.exec" },
		{ "EXECUTE x(1)", "sql.execute" },
		{ "EXPLAIN ANALYZE SELECT * FROM t", "sql.explain" },
		{ "SET statement_timeout = 0", "sql.set" },
		{ "SET TRANSACTION READ ONLY", "sql.set" },
		{ "SHOW FULL FIELDS FROM `users`", "sql.show" },
		{ "USE shop", "sql.use" },
		{ "PRAGMA foreign_keys", "sql.pragma" },
		{ "GRANT SELECT ON t TO u", "sql.grant" },
		{ "DECLARE c CURSOR FOR SELECT * FROM t", "sql.declare" },
		{ "FETCH 100 FROM c", "sql.fetch" },
		{ "CLOSE c", "sql.close" },
		{ "PREPARE x AS SELECT * FROM t", "sql.prepare" },
		{ "DEALLOCATE x", "sql.deallocate" },
		{ "DISCARD ALL", "sql.discard" },
		{ "LISTEN x", "sql.listen" },
		{ "DO $$ BEGIN DELETE FROM t; END $$", "sql.do" },
		{ "START SLAVE", "sql.start" },
		{ 0 },
	};

	check_rows(rows);
}

static void
transactions(void)
{
	static const struct row rows[] = {
		{ "BEGIN", "transaction.begin" },
		{ "begin transaction", "transaction.begin" },
		{ "BEGIN IMMEDIATE", "transaction.begin" },
		{ "BEGIN deferred TRANSACTION", "transaction.begin" },
		{ "BEGIN ISOLATION LEVEL SERIALIZABLE", "transaction.begin" },
		{ "START TRANSACTION READ ONLY", "transaction.begin" },
		{ "COMMIT", "transaction.commit" },
		{ "COMMIT AND CHAIN", "transaction.commit" },
		{ "END", "transaction.commit" },
		{ "ROLLBACK", "transaction.rollback" },
		{ "ROLLBACK TO SAVEPOINT x", "transaction.rollback" },
		{ "ABORT", "transaction.rollback" },
		{ "SAVEPOINT active_record_1", "transaction.savepoint" },
		{ "SAVE TRANSACTION x", "transaction.savepoint" },
		{ "RELEASE SAVEPOINT active_record_1", "transaction.release" },
		{ "PREPARE TRANSACTION 'x'", "transaction.prepare" },
		{ "BEGIN; UPDATE t SET a = 1; COMMIT",
		    "transaction.begin t.update transaction.commit" },
		/* a block of Oracle's */
		{ "BEGIN UPDATE t SET a = 1; DELETE FROM u; END;",
		    "t.update u.delete" },
		{ "BEGIN NOT ATOMIC DELETE FROM t; END", "t.delete" },
		{ "BEGIN BEGIN UPDATE t SET a = 1; END; END;", "t.update" },
		{ 0 },
	};

	check_rows(rows);
}

static void
several(void)
{
	static const struct row rows[] = {
		{ "SELECT 1; SELECT * FROM t; UPDATE u SET a = 1;",
		    "sql.select t.select u.update" },
		{ "SELECT ';' FROM t; SELECT \";\" FROM u",
		    "t.select u.select" },
		{ "SELECT * FROM t; SELECT * FROM t", "t.select" },
		{ "SELECT 1 /* ; UPDATE u */; -- ; DELETE FROM v\n SELECT 2",
		    "sql.select" },
		{ "SET NOCOUNT ON;\r\nINSERT INTO [t] ([a]) VALUES (@p0);\r\n"
		  "SELECT [Id] FROM [t] WHERE @@ROWCOUNT = 1",
		    "sql.set t.insert t.select" },
		{ "; ;;SELECT 1", "sql.select" },
		{ "nonsense; SELECT 1", "sql.select" },
		{ 0 },
	};

	check_rows(rows);
}

/* A text, and what its statements do: the operations of one in brackets. */
static void
check_statements(const char *sql, const char *want)
{
	struct sql_rest rest = { .lexer.rest = slice_str(sql) };
	struct sql_operations operations = { 0 };
	struct buf got = { 0 };
	struct buf joined = { 0 };

	while (sql_read_next(&rest, &operations)) {
		join(&joined, &operations);
		buf_add_format(&got, "[%.*s]", SLICE_ARG(joined));
	}
	if (!CHECK_SLICE(got, want))
		printf("# of %s\n", sql);
	CHECK_INT(operations.count, 0);
	CHECK_INT(rest.lexer.rest.len, 0);
	buf_release(&got);
	buf_release(&joined);
	sql_operations_release(&operations);
}

static void
one_by_one(void)
{
	check_statements("SELECT 1", "[sql.select]");
	check_statements("SELECT * FROM t; SELECT * FROM t;\n",
	    "[t.select][t.select]");
	check_statements("SELECT \"a\" FROM \"t\"; SELECT \"a\" FROM \"u\"",
	    "[t.select][u.select]");
	check_statements("WITH x AS (DELETE FROM t RETURNING a) INSERT INTO u "
			 "SELECT * FROM x; COMMIT",
	    "[u.insert t.delete][transaction.commit]");
	check_statements("SELECT 1; nonsense; SELECT 2",
	    "[sql.select][][sql.select]");
	check_statements("BEGIN UPDATE t SET a = 1; DELETE FROM u; END",
	    "[t.update][u.delete][]");
	check_statements("/*! SET a = 1 */; /*! SET b = 1 */",
	    "[sql.set][sql.set]");
}

static void
no_statement_between(void)
{
	check_statements("", "");
	check_statements(" ;\t;; -- nothing\n; /* ; SELECT 1 */ ;", "");
	check_statements("; SELECT 1;; -- one\n;SELECT 2; /* two */",
	    "[sql.select][sql.select]");
}

static void
no_end_within(void)
{
	check_statements("SELECT ';' FROM t; SELECT \";\" FROM u",
	    "[t.select][u.select]");
	check_statements("UPDATE `;` SET a = '\\';'; DELETE FROM [a;b]",
	    "[;.update][a;b.delete]");
	check_statements("SELECT 'C:\\' FROM t; SELECT \"a\\\" FROM u "
			 "WHERE \"b\" = 1",
	    "[t.select][u.select]");
	check_statements(
	    "DO $a$ ; $$ ; $a$; SELECT $$;$$ -- ;\n FROM t /* ; */",
	    "[sql.do][t.select]");
}

/* The statements of a body are none; those behind it are. */
static void
no_end_in_body(void)
{
	static const char *const bodies[] = {
		"DELETE FROM u; INSERT INTO u VALUES (1);",
		"DELETE FROM u; BEGIN DELETE FROM v; END; DELETE FROM w;",
		"UPDATE u SET a = CASE b WHEN 1 THEN 2 END; DELETE FROM v;",
		"CASE b WHEN 1 THEN DELETE FROM v; END CASE; DELETE FROM w;",
		"IF a THEN DELETE FROM v; END IF; DELETE FROM w;",
		"LOOP DELETE FROM v; END /* it */ LOOP; DELETE FROM w;",
		"DELETE FROM v WHERE v.end = v . case; DELETE FROM w;",
		"BEGIN TRAN; DELETE FROM u; COMMIT; DELETE FROM w;",
		"INSERT INTO u VALUES ('END;'); -- END;\n DELETE FROM w;",
	};
	static const char *const heads[] = { "TRIGGER x AFTER INSERT ON t",
		"PROCEDURE p(a int)", "FUNCTION f() RETURNS int" };
	char text[256];

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		for (size_t j = 0; j < sizeof(heads) / sizeof(heads[0]); j++) {
			(void)snprintf(text, sizeof(text),
			    "CREATE %s BEGIN %s %s END; SELECT 1", heads[j],
			    j == 2 ? "ATOMIC" : "", bodies[i]);
			check_statements(text,
			    j == 0 ? "[t.create][sql.select]" :
				     "[sql.create][sql.select]");
		}
	}
	check_statements("CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; SELECT",
	    "[t.create]");
	check_statements("CREATE TABLE t (begin int); SELECT 1",
	    "[t.create][sql.select]");
}

static void
comments(void)
{
	static const struct row rows[] = {
		{ "/* a */ -- b\n# c\n SELECT /* FROM x */ * FROM/**/t",
		    "t.select" },
		{ "/*action='index'*/ SELECT * FROM t", "t.select" },
		{ "SELECT * FROM t /* cut", "t.select" },
		{ "/*!40000 ALTER TABLE `t` DISABLE KEYS */", "t.alter" },
		{ "CREATE TABLE /*!32312 IF NOT EXISTS*/ `t` (a int)",
		    "t.create" },
		{ 0 },
	};

	check_rows(rows);
}

static void
cut_texts(void)
{
	static const struct row rows[] = {
		{ "SELECT a, 'b", "sql.select" },
		{ "SELECT a FROM t WHERE b = 'c", "t.select" },
		{ "SELECT a FROM (SELECT", "sql.select" },
		{ "SELECT a FROM \"t", "t.select" },
		{ "SELECT a FROM", "sql.select" },
		{ "INSERT INTO", "sql.insert" },
		{ "INSERT INTO t (a, b", "t.insert" },
		{ "UPDATE", "sql.update" },
		{ "UPDATE SET a", "sql.update" },
		{ "DELETE FROM s.", "s.delete" },
		{ "WITH x AS (DELETE FROM a WHERE b", "a.delete" },
		{ "WITH x AS", "" },
		{ "COPY", "sql.copy" },
		{ "CREATE", "sql.create" },
		{ 0 },
	};

	check_rows(rows);
}

static void
no_statements(void)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "   \n", "" },
		{ "/* only a comment */", "" },
		{ "Uploaded file to key", "" },
		{ "'SELECT 1'", "" },
		{ "\"select\" 1", "" },
		{ "selectx FROM t", "" },
		{ "(((", "" },
		{ 0 },
	};

	check_rows(rows);
}

static void
at_most_32(void)
{
	struct sql_operations operations = { 0 };
	struct buf text = { 0 };

	for (int i = 0; i < 40; i++)
		buf_add_format(&text, "SELECT 1 FROM table_%d;", i);
	sql_read(buf_slice(&text), &operations);
	CHECK_INT(operations.count, SQL_MOST_OPERATIONS);
	CHECK_SLICE(operations.items[0], "table_0.select");
	CHECK_SLICE(operations.items[31], "table_31.select");

	buf_clear(&text);
	buf_add_str(&text, "WITH a AS (SELECT 1)");
	for (int i = 0; i < 40; i++)
		buf_add_format(&text, ", b%d AS (DELETE FROM t%d)", i, i);
	buf_add_str(&text, " SELECT * FROM t");
	sql_read(buf_slice(&text), &operations);
	CHECK_INT(operations.count, SQL_MOST_OPERATIONS);
	CHECK_SLICE(operations.items[0], "t.select");
	CHECK_SLICE(operations.items[31], "t30.delete");
	buf_release(&text);
	sql_operations_release(&operations);
}

static void
long_names(void)
{
	struct sql_operations operations = { 0 };
	struct buf text = { 0 };

	buf_add_str(&text, "SELECT * FROM ");
	for (int i = 0; i < 1000; i++)
		buf_add_char(&text, 'x');
	sql_read(buf_slice(&text), &operations);
	CHECK_INT(operations.count, 1);
	CHECK_INT(operations.items[0].len, 1000 + strlen(".select"));
	buf_release(&text);
	sql_operations_release(&operations);
}

/* Were one of these read again and again, the test would take hours. */
static void
check_long(struct slice text)
{
	struct sql_rest rest = { .lexer.rest = text };
	struct sql_operations operations = { 0 };
	size_t left = SIZE_MAX;

	while (sql_read_next(&rest, &operations)) {
		if (!CHECK(rest.lexer.rest.len < left))
			break;
		left = rest.lexer.rest.len;
	}
	sql_operations_release(&operations);
}

static void
long_texts(void)
{
	static const char *const starts[] = { "SELECT ", "SELECT * FROM ",
		"UPDATE t SET a = 1 FROM ", "WITH x AS (", "INSERT INTO t ",
		"DELETE ", "WITH ", "CREATE INDEX ", "BEGIN ", ";" };
	static const char *const pieces[] = { "(", ")", "a.", "a,", "(a),",
		"BEGIN ", "WITH x AS (", "x AS (SELECT 1 FROM x),", "from ",
		"JOIN (SELECT ", "'\\' ", "; ", "ON (" };
	const size_t size = 1 << 18;
	struct sql_operations operations = { 0 };
	struct buf text = { 0 };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]);
		     j++) {
			buf_clear(&text);
			buf_add_str(&text, starts[i]);
			while (text.len < size)
				buf_add_str(&text, pieces[j]);
			sql_read(buf_slice(&text), &operations);
			CHECK(operations.count <= 2);
			check_long(buf_slice(&text));
		}
	}
	buf_release(&text);
	sql_operations_release(&operations);
}

static const struct tap_test tests[] = {
	{ "a query is of the first table behind its FROM", queries },
	{ "FROM is followed into parentheses, others are not", queries_within },
	{ "a query is plain only where no word of it could be more",
	    plain_queries },
	{ "a query of no table is of kind sql", queries_of_no_table },
	{ "an insert names its table", inserts },
	{ "an update or delete names its table, not its alias", changes },
	{ "a WITH has its main statement, then its parts that write", withs },
	{ "a definition is of the table, an index of the one it is on",
	    definitions },
	{ "maintenance is of its table", maintenance },
	{ "what names no table is of kind sql", other_statements },
	{ "transactions are of kind transaction", transactions },
	{ "several statements are read, each operation once", several },
	{ "statements are read one by one", one_by_one },
	{ "blanks, comments and semicolons are no statement",
	    no_statement_between },
	{ "no statement ends within quotes or comments", no_end_within },
	{ "the body of a trigger, procedure or function is part of it",
	    no_end_in_body },
	{ "comments are stepped over", comments },
	{ "a cut text gives what its front tells", cut_texts },
	{ "what is no statement gives nothing", no_statements },
	{ "the first word may tell a statement alone", first_words },
	{ "at most 32 operations are given", at_most_32 },
	{ "a long name is kept", long_names },
	{ "a long text takes linear time, and bounded depth", long_texts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

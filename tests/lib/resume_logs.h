/* SPDX-License-Identifier: MIT */
#ifndef RESUME_LOGS_H
#define RESUME_LOGS_H

/*
 * A short log for each preset, for tests/unit/resume.c: with whatever the
 * preset's reader may carry from line to line (statements that wait or go on,
 * stamps of which parts come from lines above).
 */

#include <stdbool.h>
#include <stddef.h>

struct sample {
	const char *preset;
	const char *pointer; /* of the JSON around it, or NULL */
	size_t max_line;     /* 0: the usual one */
	bool is_carrying;    /* a line of it needs what stands above it */
	const char *log;
};

static const char log_callcount[] =
    "2013-06-12 05:04:03 INFO 7: a.py:12 in save -- UserData.put\n"
    "05:04:04 INFO 3: a.py:13 in save -- UserData.get, UserData.put\n"
    "nothing of the kind\n"
    "2013-06-13T05:00:00.5-07:00 nothing of the kind\n"
    "1: b.py:1 in load -- Badge.query\n"
    "06:00:00 nothing -- of the kind\n"
    "18446744073709551616: b.py:1 in load -- Badge.query\n"
    "1: b.py:2 in load -- Badge.query\n"
    "Jun 14 05:04:03 host app: 2: b.py:2 in load -- Badge.query\n"
    "2: b.py:2 in load -- Badge.query [revision 3f2c1ab]\n";

static const char log_rails[] =
    "Started GET \"/\" for ::1 at 2021-04-05 10:00:00 -0700\n"
    "  City Load (0.2ms)  SELECT \"cities\".* FROM \"cities\"\n"
    "  \xe2\x86\xb3 app/c.rb:4:in `index'\n"
    "[job] [f00]   City Update All (0.4ms)  UPDATE \"c\" SET a = 1\n"
    "  \033[1m\033[36mCity Create (0.4ms)\033[0m  INSERT INTO \"cities\"\n"
    "                     VALUES (?)  [[\"name\", \"a\n"
    "b\"]]\n"
    "  \xe2\x86\xb3 app/c.rb:12:in `create'\n"
    "[other]   City Load (0.2ms)  SELECT 1\n"
    "[job] [f00]   \xe2\x86\xb3 app/jobs/mailer.rb:8:in `perform'\n"
    "Started GET \"/\" for ::1 at 2021-04-05 10:00:01 -0700\n"
    "  City Load (0.2ms)  SELECT 2 FROM \"c\" /*line:/app/c.rb:9*/\n"
    "  City Load (0.2ms)  SELECT 3 FROM \"c\" /*line:/app/c.rb:9*/\n"
    "  \xe2\x86\xb3 app/c.rb:9\n"
    "  \xe2\x86\xb3 app/lonely.rb:3\n"
    "Started GET \"/\" for ::1 at 2021-04-05 24:00:00 -0700\n"
    "  \xe2\x86\xb3 nonsense\n"
    "D, [2021-04-06T10:00:00 #12] DEBUG -- :   City Load (0.5ms)  SELECT 1\n"
    "11:00:00 more of it\n"
    "  \xe2\x86\xb3 app/c.rb:4:in `index'\n"
    "   (0.3ms)  SELECT \"a\" FROM \"r\" WHERE \"r\".\"b\" = 1\n"
    "and more\n"
    "\n"
    "and no more\n"
    "Started GET \"/\" for ::1 at 2021-04-05 10:00:02 -0700\n"
    "   (0.3ms)  SELECT \"a\" FROM \"r\" WHERE \"r\".\"b\" = 1\n";

static const char log_ecto[] =
    "2021-04-05 10:00:00.1 [debug] QUERY OK source=\"users\" db=0.5ms\n"
    "INSERT INTO \"users\" (\"name\")\n"
    "VALUES ($1) [\"x\"]\n"
    "  \xe2\x86\xb3 Demo.A.create/2, at: lib/a.ex:12\n"
    "10:00:01.1 [debug] QUERY OK source=\"users\" db=0.5ms\n"
    "DELETE FROM \"a\"; SELECT 1 FROM \"b\" []\n"
    "  \xe2\x86\xb3 anonymous fn/1 in Demo.S.run/0, at: lib/s.ex:3\n"
    "10:00:02.1 [debug] QUERY ERROR db=0.5ms\n"
    "SELECT 1 []\n"
    "10:00:03.123 [info] Sent 200 in 4ms\n"
    "  \xe2\x86\xb3 nowhere at all\n"
    "  \xe2\x86\xb3 Demo.A.index/2, at: lib/a.ex:8\n";

static const char log_gorm[] =
    "2025/07/05 10:34:03 /srv/app/a.go:1391\n"
    "[165.707ms] [rows:1] SELECT count(*) FROM `user` WHERE a = 1\n"
    "\n"
    "\033[33m2025/07/06 10:34:05 \033[35mD:/my app/b.go:18\033[0m\n"
    "\033[33m[0.1ms] \033[34;1m[rows:-]\033[0m INSERT INTO `a`\n"
    "VALUES ('x')\n"
    "2025/07/06 10:34:06 /srv/app/b.go:19 SLOW SQL >= 200ms\n"
    "some other line\n"
    "[200.1ms] [rows:3] UPDATE `a` SET b = 1; DELETE FROM `c`\n"
    "[1.1ms] [rows:3] SELECT 1 FROM `d`\n"
    "2025/07/06 10:34:07 /srv/app/b.go:20\n"
    "2025/07/06 10:34:07 started on :8080\n";

static const char log_log4jdbc[] =
    "2021-04-05 11:00:37.379 [main] DEBUG jdbc.sqltiming -  "
    "a.b.Dao.save(Dao.java:54)\n"
    "1. insert into course (name) values ('x')\n"
    "11:00:38.379 [main] DEBUG jdbc.sqltiming -  a.b.Dao.save(Dao.java:54)\n"
    "2. insert into course (name)\n"
    "values ('y')\n"
    "\n"
    "11:00:39.379 [main] DEBUG jdbc.sqlonly -  a.b.Dao.all(Dao.java:60)\n"
    "3. select * from course\n"
    "4. select 1\n"
    "11:00:40.379 [main] DEBUG jdbc.audit - 1. Connection.new\n";

static const char log_sql[] =
    "2026-11-21 20:00:00 SELECT *\n"
    "  FROM a\n"
    "  JOIN ( -- of\n"
    "SELECT 1 FROM b) x\n"
    "\033[36m  ON 1 /*x.py:1*/\033[0m\n"
    "20:00:01 nothing\n"
    "INSERT INTO a VALUES ('1999-01-01 00:00:00') /*x.py:2*/\n"
    "with x as (select 1)\n"
    "select 2 from d\n"
    "where /*x.py:3*/ 1\n"
    "\n"
    "nothing\n"
    "insert into e\n"
    "2026-11-22 20:00:00 select 1 from f -- file: /x.php, line: 6;\n"
    "update g set a = 1 /*x.py:4*/\n"
    "21:00:00 delete from h\n"
    "where 2";

static const char log_pgstat[] =
    " calls |  query\n"
    "-------+---------\n"
    " 46642 | SELECT *                  +\n"
    "       | FROM a                    +\n"
    "       | WHERE b = $1 /*x.py:1*/\n"
    " 18446744073709551615 | INSERT INTO c /*x.py:2*/\n"
    " 18446744073709551616 | INSERT INTO c /*x.py:3*/\n"
    "12,DELETE FROM d\n"
    "WHERE e = $1 -- file: x.py, line: 4\n"
    "\n"
    "7|UPDATE f\n"
    "(3 rows)\n";

static const char log_mysql_slow[] =
    "Tcp port: 3306  Unix socket: /run/mysqld/mysqld.sock\n"
    "# Time: 130612  5:00:00\n"
    "# User@Host: root[root] @ localhost []  Id:     1\n"
    "# Query_time: 0.000500  Lock_time: 0.000000 Rows_sent: 1\n"
    "use shop;\n"
    "SET timestamp=1371013200;\n"
    "SELECT * FROM a /*x.py:1*/;\n"
    "# User@Host: root[root] @ localhost []  Id:     1\n"
    "# Query_time: 2.500000  Lock_time: 0.000000 Rows_sent: 1\n"
    "INSERT INTO b\n"
    "# a comment of the client's;\n"
    "VALUES (';\n"
    "') /*x.py:2*/;\n"
    "# administrator command: Quit;\n"
    "# Query_time: 0.000100  Lock_time: 0.000000 Rows_sent: 1\n"
    "DELETE FROM c;\n";

/* Without a "# Time:" the SET tells the time of the statement. */
static const char log_mysql_set[] =
    "# Query_time: 0.000500  Lock_time: 0.000000 Rows_sent: 1\n"
    "SET timestamp=1371013200;\n"
    "SELECT *\n"
    "FROM a /*x.py:1*/;\n"
    "# Query_time: 12345678.000100  Lock_time: 0.000000 Rows_sent: 1\n"
    "SELECT 'far more than the 64 bytes that one may have here'\n"
    "'and what follows', it is not looked at any more\n"
    "'and that too';\n"
    "# Query_time: 0.000100  Lock_time: 0.000000 Rows_sent: 1\n"
    "UPDATE b /*x.py:2*/;\n";

static const char log_mysql_general[] =
    "130612  5:00:00\t   12 Connect\troot@localhost on shop\n"
    "\t\t   12 Query\tSELECT *\n"
    "FROM a\n"
    "/*x.py:1*/\n"
    "\t\t   12 Prepare\tSELECT ?\n"
    "2026-11-21T20:00:00.123456Z\t   12 Execute\tINSERT INTO b\n"
    "VALUES (1) /*x.py:2*/\n"
    "Time                 Id Command    Argument\n"
    "\t\t   12 Query\tDELETE FROM c\n"
    "\t\t   12 Quit\t\n";

static const char log_klog[] =
    "I0325 12:13:43.840185    1304 flags.go:33] FLAG: --v=\"2\"\n"
    "E0325 12:13:44.840185    1304 server.go:418] no\n"
    "  more of it\n"
    "W20260326 12:13:45.840185    1304 server.go:419] no\n";

static const char log_bracketed[] = "2026-11-21 20:00:00 [main.c:12]: begins\n"
				    "20:00:01 [main.c:13]: goes on\n"
				    "20:00:02 nothing\n"
				    "[main.c:14]: goes on\n"
				    "2026-11-22 nothing\n"
				    "[util/io.cpp:15]: ends\n";

static const char log_cockroach[] =
    "I191227 02:40:19.513214 1 util/log/clog.go:1196  [config] a\n"
    "W191227 02:40:19.513215 12 server/node.go:10  b\n"
    "  more of it\n"
    "E191228 02:40:19.513215 12@server/node.go:11  c\n";

static const char log_go[] = "2026/11/21 20:00:00 main.go:12: begins\n"
			     "20:00:01 /srv/main.go:13: goes on\n"
			     "main.go:14: goes on\n"
			     "2026/11/22 20:00:00 nothing\n"
			     "main.go:14: ends\n";

static const char log_log4j[] =
    "2026-11-21 20:00:00,123 [myid:1] - INFO  [main:QuorumPeer@774] - a\n"
    "WARN  [QuorumPeer@775] - b\n"
    "20:00:01 nothing\n"
    "ERROR [main:QuorumPeer@776] - c\n";

static const char log_logback[] =
    "INFO  [main] 2026-11-21 20:00:00,123 Gossiper.java:269 - a\n"
    "20:00:01 nothing\n"
    "WARN  [main] Gossiper.java:270 - b\n"
    "ERROR [main] 2026-11-22 20:00:00,123 Gossiper.java:271 - c\n";

static const char log_oslo[] =
    "2026-11-21 20:00:00.123 12 INFO nova.api [-] a {{(pid=12) f "
    "/opt/nova/api.py:12}}\n"
    "DEBUG nova.api [-] b {{(pid=12) g /opt/nova/api.py:13}}\n"
    "20:00:01 nothing\n"
    "2026-11-22 20:00:00.123 12 DEBUG nova.api [-] c g /opt/nova/api.py:14\n"
    "DEBUG nova.api [-] d {{(pid=12) g /opt/nova/api.py:15}}\n";

static const char log_python[] =
    "2026-11-21 20:00:00,123 INFO app.py:12 a\n"
    "20:00:01 WARNING app.py:13 b\n"
    "  File nothing\n"
    "ERROR app.py:save:14 c\n"
    "2026-11-22 20:00:00.123 | INFO     | app:save:15 - d\n";

static const char log_tidb[] =
    "[2026/11/21 20:00:00.123 +08:00] [INFO] [domain.go:140] [\"a\"]\n"
    "20:00:01] [WARN] [domain.go:141] [\"b\"]\n"
    "1] [WARN] [domain.go:142] [\"b\"]\n"
    "[2026/11/22 20:00:00.123 +08:00] [ERROR] [domain.go:142] [\"c\"]\n";

static const char log_zap_console[] =
    "2026-11-21T20:00:00.123Z\tinfo\tembed/a.go:128\ta\n"
    "x\twarn\tembed/a.go:129\tb\n"
    "20:00:01\tx\n"
    "x\terror\tname\tembed/a.go:130\tc\t{\"d\":1}\n";

static const char log_zap_json[] =
    "{\"level\":\"warn\",\"ts\":\"2025-08-25T06:56:01Z\","
    "\"caller\":\"embed/a.go:679\",\"host\":\"h\"}\n"
    "{\"level\":\"info\",\"caller\":\"embed/a.go:680\"}\n"
    "{\"level\":\"info\",\"ts\":\"06:57:00\",\"caller\":\"embed/a.go:680\"}\n"
    "{\"level\":\"info\",\"caller\":\"embed/a.go:680\"}\n"
    "{\"level\":\"info\",\n"
    "{\"level\":\"info\",\"ts\":1756104962.5,\"caller\":\"embed/a.go:681\"}\n";

static const char log_json[] =
    "{\"time\":\"2026-11-21T20:00:00.1+01:00\",\"level\":\"INFO\","
    "\"source\":{\"function\":\"main.f\",\"file\":\"a.go\",\"line\":7}}\n"
    "21:00:00 web {\"level\":30,\"file\":\"b.js\",\"line\":8}\n"
    "{\"level\":\"x\",\"pathname\":\"c.py\",\"lineno\":9,"
    "\"funcName\":\"g\"}\n"
    "no object\n"
    "{\"severity\":\"ERROR\",\"/caller\":\n"
    "{\"severity\":\"ERROR\",\"caller\":\"d.go:3\"}\n";

static const char log_mongodb[] =
    "{\"t\":{\"$date\":\"2026-11-21T20:00:00.1+00:00\"},\"s\":\"I\","
    "\"attr\":{\"ns\":\"shop.carts\",\"command\":{\"find\":\"carts\","
    "\"comment\":\"app/cart.py:12\"},\"durationMillis\":12}}\n"
    "{\"s\":\"I\",\"attr\":{\"ns\":\"shop.carts\",\"command\":{\"update\":1,"
    "\"comment\":\"app/cart.py:13\"},\"durationMillis\":13}}\n"
    "{\"s\":\"I\",\"attr\":{\"ns\":\"shop.carts\",\"command\":{\"update\":1},"
    "\"durationMillis\":14}}\n";

static const char log_postgres[] =
    "2026-11-21 20:00:00 UTC [12] LOG:  statement: SELECT * FROM a "
    "/*x.py:1*/\n"
    "[12] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: SELECT * FROM a /*x.py:1*/\n"
    "\tResult\n"
    "[12] LOG:  duration: 1 ms\n"
    "2026-11-22 20:00:00 UTC [13] LOG:  execute S_1: INSERT INTO b\n"
    "\tVALUES ($1)\n"
    "\t/*x.py:3*/\n"
    "[13] DETAIL:  parameters: $1 = '/*x.py:9*/'\n"
    "[12] LOG:  duration: 9 ms  parse <unnamed>: SELECT 1 /*x.py:5*/\n"
    "[12] LOG:  statement: PREPARE p AS DELETE FROM b /*x.py:2*/;\n"
    "[12] LOG:  statement: EXECUTE p(1);\n"
    "[12] DETAIL:  prepare: PREPARE p AS DELETE FROM b /*x.py:2*/;\n"
    "[12] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: PREPARE p AS DELETE FROM b /*x.py:2*/;\n"
    "\tResult\n"
    "[12] LOG:  duration: 3 ms\n"
    "[12] ERROR:  no\n"
    "[12] STATEMENT:  DELETE FROM b /*x.py:2*/\n"
    "[12] LOG:  waits\n"
    "[12] CONTEXT:  of\n"
    "\tmany\n"
    "[12] STATEMENT:  SELECT * FROM a /*x.py:1*/\n"
    "[12] LOG:  duration: 2 ms  statement: SELECT * FROM a /*x.py:1*/\n"
    "[12] LOG:  duration: 3.5 ms  plan:\n"
    "\t{\n"
    "\t  \"Query Text\": \"SELECT *\\nFROM \\\"c\\\" /*x.py:3*/\",\n"
    "\t  \"Plan\": {\n"
    "\t  }\n"
    "\t}\n"
    "[13] ERROR:  no\n"
    "[13] STATEMENT:  SELECT * FROM a /*x.py:1*/; DELETE FROM b /*x.py:2*/\n"
    "[12] LOG:  statement: SELECT 2\n"
    "[12] LOG:  checkpoint starting: time\n";

static const char log_postgres_csv[] =
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,LOG,00000,\"statement: SELECT "
    "* FROM a /*x.py:1*/\",,,,,,,,,\"\",\"client backend\",,0\n"
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,LOG,00000,\"duration: 2 ms  "
    "plan:\n"
    "Query Text: SELECT * FROM a /*x.py:1*/\n"
    "Result\",,,,,,,,,\"\",\"client backend\",,0\n"
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,LOG,00000,\"duration: 2 ms\",,,"
    ",,,,,,\"\",\"client backend\",,0\n"
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",13,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,LOG,00000,\"execute S_1: "
    "INSERT\n"
    "INTO \"\"b\"\"\n"
    "/*x.py:3*/\",,,,,,,,,\"\",\"client backend\",,0\n"
    "no line, of nobody\n"
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,ERROR,00000,\"no\",,,,,,"
    "\"SELECT *\n"
    "FROM \"\"a\"\" /*x.py:1*/\",,,\"\"\n"
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,LOG,00000,\"duration: 2 ms  "
    "statement: DELETE FROM b /*x.py:2*/\",,,,,,,,,\"\",\"client backend\",,"
    "0\n"
    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,ERROR,00000,\"no\",,,,,,"
    "\"DELETE FROM b /*x.py:2*/\",,,\"\"\n";

static const char log_postgres_json[] =
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
    "\"error_severity\":\"LOG\",\"message\":\"statement: SELECT * FROM a "
    "/*x.py:1*/\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
    "\"error_severity\":\"LOG\",\"message\":\"duration: 1 ms  plan:\\nQuery "
    "Text: SELECT * FROM a /*x.py:1*/\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
    "\"error_severity\":\"LOG\",\"message\":\"duration: 1 ms\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":13,"
    "\"error_severity\":\"LOG\",\"message\":\"execute S_1: DELETE FROM b "
    "/*x.py:2*/\",\"detail\":\"prepare: x\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
    "\"error_severity\":\"LOG\",\"message\":\"waits\",\"statement\":\"SELECT "
    "* FROM a /*x.py:1*/\"}\n"
    "{\"timestamp\":\n"
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
    "\"error_severity\":\"LOG\",\"message\":\"duration: 3 ms  statement: "
    "SELECT * FROM a /*x.py:1*/\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":13,"
    "\"error_severity\":\"LOG\",\"message\":\"duration: 3 ms  plan:\\nQuery "
    "Text: DELETE FROM b /*x.py:2*/\"}\n";

static const char log_postgres_syslog[] =
    "Nov 21 20:00:00 db postgres[12]: [1-1] LOG:  statement: SELECT *\n"
    "Nov 21 20:00:00 db postgres[12]: [1-2] #011FROM a\n"
    "Nov 21 20:00:00 db postgres[12]: [1-3] #011/*x.py:1*/\n"
    "Nov 21 20:00:01 db postgres[13]: [7-1] LOG:  statement: DELETE FROM b "
    "/*x.py:2*/\n"
    "Nov 21 20:00:00 db postgres[12]: [2-1] LOG:  duration: 1 ms  plan:\n"
    "Nov 21 20:00:01 db postgres[13]: [8-1] LOG:  duration: 4 ms\n"
    "Nov 21 20:00:00 db postgres[12]: [2-2] #011Query Text: SELECT *\n"
    "Nov 21 20:00:00 db postgres[12]: [2-3] #011FROM a /*x.py:1*/\n"
    "Nov 21 20:00:00 db postgres[12]: [2-4] #011Result\n"
    "Nov 21 20:00:00 db postgres[12]: [3-1] LOG:  duration: 1 ms\n"
    "Nov 21 20:00:00 db postgres[12]: [4-1] ERROR:  no\n"
    "Nov 21 20:00:00 db postgres[12]: [4-2] STATEMENT:  SELECT * FROM a "
    "/*x.py:1*/\n"
    "Nov 21 20:00:00 db postgres[12]: [5-1] LOG:  statement: DELETE FROM b "
    "/*x.py:2*/\n"
    "Nov 22 20:00:01 db cron[13]: nothing\n";

/* Logs inside others. */
static const char log_wrapped_rails[] =
    "{\"log\":\"Started GET \\\"/\\\" for ::1 at 2021-04-05 10:00:00 "
    "-0700\\n\"}\n"
    "{\"log\":\"  City Load (0.2ms)  SELECT 1\\nFROM \\\"c\\\"\\n\"}\n"
    "no JSON\n"
    "{\"log\":\"  and more\"}\n"
    "{\"log\":\"  \xe2\x86\xb3 app/c.rb:4:in `index'\\n\"}\n"
    "{\"log\":\"  \xe2\x86\xb3 app/c.rb:5:in `index'\\n\"}\n"
    "{\"time\":\"2021-04-06T10:00:00Z\",\"other\":1}\n"
    "{\"log\":\"  \xe2\x86\xb3 app/c.rb:6:in `index'\\n\"}\n";

static const char log_wrapped_callcount[] =
    "{\"log\":\"7: a.py:12 in save -- A.put\",\"time\":\"2013-06-12T05:00:00Z"
    "\"}\n"
    "{\"log\":\"7: a.py:12 in save -- A.put\\n\"}\n"
    "{\"log\":\"06:00:00 8: a.py:12 in save -- A.put\\n\"}\n"
    "{\"log\":\"9: a.py:12 in save -- A.put\\n\"}\n";

static const char log_wrapped_postgres[] =
    "{\"textPayload\":\"2026-11-21 20:00:00 UTC [12] LOG:  statement: SELECT "
    "*\"}\n"
    "{\"textPayload\":\"\\tFROM a /*x.py:1*/\"}\n"
    "{\"textPayload\":\"[12] LOG:  duration: 1 ms  plan:\\n\\tQuery Text: "
    "SELECT *\"}\n"
    "{\"textPayload\":\"\\tFROM a /*x.py:1*/\\n\\tResult\"}\n"
    "{\"textPayload\":\"[12] LOG:  duration: 1 ms\"}\n";

static const struct sample samples[] = {
	{ "callcount", NULL, 0, true, log_callcount },
	{ "rails", NULL, 0, true, log_rails },
	{ "ecto", NULL, 0, true, log_ecto },
	{ "gorm", NULL, 0, true, log_gorm },
	{ "log4jdbc", NULL, 0, true, log_log4jdbc },
	{ "sql", NULL, 0, true, log_sql },
	{ "pgstat", NULL, 0, true, log_pgstat },
	{ "mysql-slow", NULL, 0, true, log_mysql_slow },
	{ "mysql-slow", NULL, 64, true, log_mysql_set },
	{ "mysql-general", NULL, 0, true, log_mysql_general },
	{ "klog", NULL, 0, false, log_klog },
	{ "cockroach", NULL, 0, false, log_cockroach },
	{ "bracketed", NULL, 0, true, log_bracketed },
	{ "go", NULL, 0, true, log_go },
	{ "log4j", NULL, 0, true, log_log4j },
	{ "logback", NULL, 0, true, log_logback },
	{ "oslo", NULL, 0, true, log_oslo },
	{ "python", NULL, 0, true, log_python },
	{ "tidb", NULL, 0, true, log_tidb },
	{ "zap-console", NULL, 0, true, log_zap_console },
	{ "zap-json", NULL, 0, true, log_zap_json },
	{ "json", NULL, 0, true, log_json },
	{ "mongodb", NULL, 0, true, log_mongodb },
	{ "rails", "/log", 0, true, log_wrapped_rails },
	{ "callcount", "auto", 0, true, log_wrapped_callcount },
	{ "postgres", "auto", 0, true, log_wrapped_postgres },
	{ "postgres", NULL, 0, true, log_postgres },
	{ "postgres-csv", NULL, 0, true, log_postgres_csv },
	{ "postgres-json", NULL, 0, true, log_postgres_json },
	{ "postgres-syslog", NULL, 0, true, log_postgres_syslog },
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

#endif

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/tag.h"

#include "base/alloc.h"

#include "tap.h"

struct row {
	const char *text;
	const char *file; /* NULL: no caller */
	const char *line, *function;
};

static void
check_caller(const struct row *row, bool found, const struct caller *caller)
{
	if (!CHECK_INT(found, row->file != NULL)) {
		printf("# of %s\n", row->text);
		return;
	}
	if (found &&
	    (!CHECK_SLICE(caller->file, row->file) ||
		!CHECK_SLICE(caller->line, row->line) ||
		!CHECK_SLICE(caller->function, row->function)))
		printf("# of %s\n", row->text);
}

static void
check_tags(const struct row *rows)
{
	struct buf comments = { 0 };
	struct buf buf = { 0 };
	struct caller caller;

	for (; rows->text != NULL; rows++) {
		check_caller(rows,
		    tag_find(slice_str(rows->text), &buf, &caller), &caller);
		buf_clear(&comments);
		tag_add_comments(slice_str(rows->text), &comments);
		check_caller(rows,
		    tag_find_in(buf_slice(&comments), &buf, &caller), &caller);
	}
	buf_release(&comments);
	buf_release(&buf);
}

static void
marginalia(void)
{
	static const struct row rows[] = {
		{ "SELECT 1 /*application:ComboBackend,line:/app/workers/"
		  "redundant_updates/update_checkers_with_missions.rb:5:in "
		  "`perform',job:RedundantUpdates::X,job_id:4bf2*/",
		    "/app/workers/redundant_updates/"
		    "update_checkers_with_missions.rb",
		    "5", "perform" },
		{ "/*line:/app/x.rb:5:in `block (2 levels) in a, b'*/ SELECT 1",
		    "/app/x.rb", "5", "block (2 levels) in a, b" },
		{ "/*line:/app/x.rb:5:in `each',controller:y.rb:7*/",
		    "/app/x.rb", "5", "each" },
		{ "46642 | SELECT * LIMIT $4 /*line:/app/services/"
		  "reward_processor.rb:55:in `block in create_feed_item'*/",
		    "/app/services/reward_processor.rb", "55",
		    "block in create_feed_item" },
		{ "/*line:(eval):31*/", "(eval)", "31", "" },
		{ .text =
			"/*application:App,controller:a.rb:1,action:index*/" },
		{ 0 },
	};

	check_tags(rows);
}

static void
rails(void)
{
	static const struct row rows[] = {
		{ "/*application:BCX,source_location:app/models/x.rb:12:in "
		  "'X#save'*/",
		    "app/models/x.rb", "12", "X#save" },
		{ "/*source_location:app/models/x.rb:12:in `save'*/",
		    "app/models/x.rb", "12", "save" },
		{ "/*action='index',controller='posts',source_location='app%2F"
		  "models%2Fx.rb%3A12%3Ain%20%27X%23save%27'*/",
		    "app/models/x.rb", "12", "X#save" },
		{ "/*source_location='app/x.rb:12:in 'X#save'',x='y'*/",
		    "app/x.rb", "12", "X#save" },
		{ "/*source_location='app/x.rb:12:in \\'X#save\\''*/",
		    "app/x.rb", "12", "X#save" },
		{ .text = "/*action='index',controller='posts',"
			  "traceparent='00-1:2-3'*/" },
		{ 0 },
	};

	check_tags(rows);
}

static void
dialects(void)
{
	static const struct row rows[] = {
		/* Laravel */
		{ "/*controller='UsersController',file='/var/www/app/Jobs/"
		  "UsersJob.php',line='42'*/",
		    "/var/www/app/Jobs/UsersJob.php", "42", "" },
		{ "/*file='%2Fvar%2Fa%20b.php',line='42',function='f%28%29'*/",
		    "/var/a b.php", "42", "f()" },
		{ "/*line='42',file='a.php'*/", "a.php", "42", "" },
		{ "/*code.filepath='a.php',code.lineno='4',code.function='f'*/",
		    "a.php", "4", "f" },
		/* Query Doctor */
		{ "/*action='GetUser',db_driver='efcore',file='Controllers%2F"
		  "UsersController.cs%3A42%3A1',framework='efcore%3A8.0',"
		  "method='GET'*/",
		    "Controllers/UsersController.cs", "42", "" },
		/* Django */
		{ "/*action='GET',callsite='shop/services/pricing.py:118',"
		  "controller='shop:cart',route='cart/<int:pk>/'*/ SELECT",
		    "shop/services/pricing.py", "118", "" },
		/* OpenStack */
		{ "SELECT 1  -- File: /opt/stack/nova/nova/db/main/api.py "
		  "(1234) instance_get; File: /opt/stack/x.py (56) wrapper; "
		  "File: /opt/y.py (7) <lambda>",
		    "/opt/y.py", "7", "<lambda>" },
		/* by hand */
		{ "SELECT * from users -- file: /login.php, line: 493;",
		    "/login.php", "493", "" },
		{ "/*file:app/a/b.rb,controller:my_controller,line:21*/",
		    "app/a/b.rb", "21", "" },
		{ "/* caller=src/a.go:7 */", "src/a.go", "7", "" },
		{ "/* Source = \"src/a.go:7\" */", "src/a.go", "7", "" },
		{ "/* location: D:/src/a.go:7 */", "D:/src/a.go", "7", "" },
		{ "# file: a.py:3\nSELECT 1", "a.py", "3", "" },
		{ 0 },
	};

	check_tags(rows);
}

static void
bare(void)
{
	static const struct row rows[] = {
		{ "/* src/a.c:1 */ SELECT 1", "src/a.c", "1", "" },
		{ "/* ta/tests.py:52 */ SELECT 1", "ta/tests.py", "52", "" },
		{ "/* T=xxx ta/x.py:41 */ SELECT 1", "ta/x.py", "41", "" },
		{ "/* T=xxx ta/x.py:41 |> ta/x.py:43 */ SELECT 1", "ta/x.py",
		    "43", "" },
		{ "/* program.rb:25:in `some_method' */ SELECT 1", "program.rb",
		    "25", "some_method" },
		{ "SELECT 1 /* /Users/x/product.rb:28:in `block in "
		  "<class:Product>' */",
		    "/Users/x/product.rb", "28", "block in <class:Product>" },
		{ "SELECT 1 -- D:/x.go:18", "D:/x.go", "18", "" },
		{ "/* a.py:1 */ SELECT /* b.py:2 */ 1", "b.py", "2", "" },
		{ "/* a.py:1 */ SELECT 1 /* and more */", "a.py", "1", "" },
		{ 0 },
	};

	check_tags(rows);
}

static void
bare_false_friends(void)
{
	static const struct row rows[] = {
		{ .text = "/* 'a.py:3 */" },
		{ .text = "/* \"a.py:3 */" },
		{ .text = "/* `a.py:3 */" },
		{ .text = "/* a;b.py:3 */" },
		{ .text = "/* a,b.py:3 */" },
		{ .text = "/* a.:3 */" },
		{ .text = "/* a.muchtoolong:3 */" },
		{ .text = "/* see a.py:3 for why */ SELECT 1" },
		{ .text = "/* broken since a.py:3 */ SELECT 1" },
		{ .text = "/* 12:30:11 */ SELECT 1" },
		{ .text = "/* at 10.0.0.1:5432 */ SELECT 1" },
		{ .text = "/* 10.0.0.1:5432 */ SELECT 1" },
		{ .text = "/* localhost:5432 */ SELECT 1" },
		{ .text = "/* v1.2:3 */ SELECT 1" },
		{ .text = "/* controller:v1.users:12 */ SELECT 1" },
		{ .text = "/* app:x.y,port:80 */ SELECT 1" },
		{ .text = "/*+ IndexScan(t.x 12) */ SELECT 1" },
		{ .text = "/* only words */ SELECT 1" },
		{ .text = "/**/ SELECT 1 --" },
		{ .text = "SELECT 1" },
		{ .text = "" },
		{ 0 },
	};

	check_tags(rows);
}

static void
several(void)
{
	static const struct row rows[] = {
		{ "/*caller='a.py:1'*/ SELECT 1 /*caller='b.py:2'*/", "b.py",
		    "2", "" },
		{ "/*caller='a.py:1',caller='b.py:2'*/ SELECT 1", "b.py", "2",
		    "" },
		{ "/*x='y'*/ SELECT /*file='a.py'*/ 1 -- line: 3", "a.py", "3",
		    "" },
		{ "/*caller='a.py:1'*/ SELECT 1 /* b.py:2 */", "a.py", "1",
		    "" },
		{ "/*caller='a,b=c.py:1',x='y'*/", "a,b=c.py", "1", "" },
		{ "/*caller=\"a,b=c.py:1\",x='y'*/", "a,b=c.py", "1", "" },
		{ "/*caller=a,:b.py:1*/", "a,:b.py", "1", "" },
		{ .text = "/*line='42',function='f'*/" },
		{ .text = "/*file='a.py',function='f'*/" },
		{ "/*rails,,caller='a.py:1',x*/", "a.py", "1", "" },
		{ "/* by hand caller: a.py:1 */", "a.py", "1", "" },
		{ "/*caller='a.py:1' x='y'*/", "a.py", "1", "" },
		{ "/*caller='nowhere',line='7',file='a.py'*/", "a.py", "7",
		    "" },
		{ 0 },
	};

	check_tags(rows);
}

static void
quoted_strings(void)
{
	static const struct row rows[] = {
		{ .text = "SELECT '/*caller=a.py:1*/'" },
		{ .text = "SELECT 'it\\'s /*caller=a.py:1*/'" },
		{ .text = "SELECT $$ -- a.py:1 $$" },
		{ .text = "SELECT \"/* a.py:1 */\"" },
		{ .text = "SELECT `/* a.py:1 */`" },
		{ "SELECT 'it''s' /*caller=a.py:1*/", "a.py", "1", "" },
		{ "SELECT 'C:\\' /*caller=a.py:1*/", "a.py", "1", "" },
		{ 0 },
	};

	check_tags(rows);
}

static void
escapes(void)
{
	static const struct row rows[] = {
		{ "/*caller='a%2.py%zz:1'*/", "a%2.py%zz", "1", "" },
		{ "/*caller='a%2a%2A.py:1'*/", "a**.py", "1", "" },
		{ .text = "/*caller='a%'*/" },
		{ "/*caller=a%2Fb.py:1*/", "a%2Fb.py", "1", "" },
		{ "/*caller='C:\\src\\a.cs:1'*/", "C:\\src\\a.cs", "1", "" },
		{ "/*caller='d\\'or.py:1'*/", "d'or.py", "1", "" },
		{ "/*caller='stra%C3%9Fe.py:1'*/", "stra\303\237e.py", "1",
		    "" },
		{ "/*caller='a+b.py:1'*/", "a+b.py", "1", "" },
		{ 0 },
	};

	check_tags(rows);
}

static void
cut(void)
{
	static const struct row rows[] = {
		{ .text = "SELECT 1 /*line:/app/x.rb:12" },
		{ .text = "SELECT 1 /*line:/app/x.rb:12:in `sa" },
		{ .text = "SELECT 1 /* app/x.rb:12" },
		{ "SELECT 1 /*line:/app/x.rb:12:in `save',job:R", "/app/x.rb",
		    "12", "save" },
		{ .text = "SELECT 1 /*" },
		{ .text = "SELECT 1 /*line:" },
		{ 0 },
	};

	check_tags(rows);
}

static void
places(void)
{
	static const struct row rows[] = {
		{ "app/x.rb:12:in `save'", "app/x.rb", "12", "save" },
		{ "app/x.rb:12:in 'X#save'", "app/x.rb", "12", "X#save" },
		{ "app/x.rb:12:in save", "app/x.rb", "12", "save" },
		{ "app/x.rb:12:in `block (2 levels) in a:3'", "app/x.rb", "12",
		    "block (2 levels) in a:3" },
		{ "src/x.ts:42:7", "src/x.ts", "42", "" },
		{ "x.py:12", "x.py", "12", "" },
		{ " x.py:12\r\n", "x.py", "12", "" },
		{ "D:/x.go:18", "D:/x.go", "18", "" },
		{ "D:\\my app\\x.go:18", "D:\\my app\\x.go", "18", "" },
		{ "lib/x.ex:8", "lib/x.ex", "8", "" },
		{ "file:///srv/x.mjs:12:3", "file:///srv/x.mjs", "12", "" },
		{ "/opt/x.py (12) save", "/opt/x.py", "12", "save" },
		{ "/opt/x.py (12)", "/opt/x.py", "12", "" },
		{ "/opt/a(1)b/x.py (12) save", "/opt/a(1)b/x.py", "12",
		    "save" },
		{ "x.c(12)", "x.c", "12", "" },
		{ "org.acme.A.run(A.java:54)", "A.java", "54",
		    "org.acme.A.run" },
		{ "(eval):31", "(eval)", "31", "" },
		{ "(eval at app/x.rb:5):31:in 'a'", "(eval at app/x.rb:5)",
		    "31", "a" },
		{ "<string>:1", "<string>", "1", "" },
		{ "x.py:0", "x.py", "0", "" },
		{ "x.py:123456789", "x.py", "123456789", "" },
		{ 0 },
	};
	struct caller caller;

	for (const struct row *row = rows; row->text != NULL; row++)
		check_caller(row, caller_parse(slice_str(row->text), &caller),
		    &caller);
}

static void
no_places(void)
{
	static const char *const texts[] = { "", " ", ":", "x", "12", ":12",
		"x:", "x.py:", "x.py:a", "x.py:12a", "x.py:12 in short",
		"x.py:12:in", "x.py:12:3:4:a", "12:30:11", "12:30", "9:30",
		"::1:5432", "10.0.0.1:5432", "x.py:1234567890", "(12)", "x (12",
		"x 12)", "A.run(A.java)", "A.run(Native Method)", "()", "(",
		")" };
	struct caller caller;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!CHECK(!caller_parse(slice_str(texts[i]), &caller)))
			printf("# of %s\n", texts[i]);
	CHECK(!caller_parse((struct slice){ 0 }, &caller));
}

static void
resolved(void)
{
	static const char *const yes[] = { "x.py:12", "app/(group)/x.tsx:3",
		"[slug].tsx:3", "<x>.rb:10", "Makefile:1" };
	static const char *const no[] = { "(eval):31", "(byebug):1",
		"<string>:1", "(irb):2", "x.py:0", "x.py:00", "-e:1",
		"(eval at app/x.rb:5):31", "[eval]:1", "nofile:1", "??:7" };
	struct caller caller = { .file = SLICE("x.py") };

	CHECK(caller_is_resolved(&caller));
	caller = (struct caller){ .line = SLICE("12") };
	CHECK(!caller_is_resolved(&caller));
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		CHECK(caller_parse(slice_str(yes[i]), &caller));
		CHECK(caller_is_resolved(&caller));
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		CHECK(caller_parse(slice_str(no[i]), &caller));
		CHECK(!caller_is_resolved(&caller));
	}
}

/* Were one of these read again and again, the test would take minutes. */
static void
long_texts(void)
{
	static const char *const starts[] = { "/*", "-- ", "/*file='",
		"/*file:", "'", "" };
	static const char *const pieces[] = { "a", ",", ", ", "a,", "a:", "a='",
		",a='", "='x,", "a=b ", "a.b:1", ":1", ":1:", "(1) ", "(", "|>",
		"%2F", "\\'", "' ", "/**/", "a='x',", "-- a=b\n" };
	const size_t size = 1 << 18;
	struct buf text = { 0 };
	struct buf buf = { 0 };
	struct caller caller;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]);
		     j++) {
			buf_clear(&text);
			buf_add_str(&text, starts[i]);
			while (text.len < size)
				buf_add_str(&text, pieces[j]);
			(void)tag_find(buf_slice(&text), &buf, &caller);
			buf_add_str(&text, "*/");
			(void)tag_find(buf_slice(&text), &buf, &caller);
			(void)caller_parse(buf_slice(&text), &caller);
		}
	}
	CHECK(text.len > size);
	buf_release(&text);
	buf_release(&buf);
}

static const struct tap_test tests[] = {
	{ "marginalia's line names the caller, commas and quotes and all",
	    marginalia },
	{ "Rails' source_location does, in both formats", rails },
	{ "so do file and line, callsite, caller and their like", dialects },
	{ "a comment may be a place and nothing else", bare },
	{ "other comments with a colon are no place", bare_false_friends },
	{ "of several comments and keys the last one wins", several },
	{ "what is in a quoted string is no comment", quoted_strings },
	{ "quoted values are decoded, others are kept", escapes },
	{ "a value that may be cut is none", cut },
	{ "a place is taken apart", places },
	{ "what is no place is refused", no_places },
	{ "a caller outside of any file is unresolved", resolved },
	{ "long texts take linear time", long_texts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/detect.h"

#include "tap.h"

#define ARROW "\xe2\x86\xb3"

static const struct {
	const char *text;
	const char *preset;  /* NULL: nothing fits */
	const char *pointer; /* of the JSON around it */
	unsigned callers;
	unsigned statements;
} rows[] = {
	{ "", NULL, NULL, 0, 0 },
	{ "nothing of the kind\n", NULL, NULL, 0, 0 },
	{ "7: a.py:1 -- A.put\n", "callcount", NULL, 1, 0 },
	{ "  City Load (0.5ms)  SELECT \"cities\".* FROM \"cities\"\n"
	  "  " ARROW " app/city.rb:4:in `all'\n",
	    "rails", NULL, 1, 0 },
	{ "[debug] QUERY OK db=0.5ms\nSELECT 1 FROM \"users\"\n" ARROW
	  " Demo.index/2, at: lib/demo.ex:8\n",
	    "ecto", NULL, 1, 0 },
	{ "2025/07/05 10:34:03 /srv/app/x.go:1391\n"
	  "[165.707ms] [rows:1] SELECT count(*) FROM `user`\n",
	    "gorm", NULL, 1, 0 },
	{ "11:00:37.379 [main] DEBUG jdbc.sqltiming -  a.Dao.save(Dao.java:54)"
	  "\n1. insert into course (name) values ('x')\n",
	    "log4jdbc", NULL, 1, 0 },
	{ "2026-11-21 20:00:00.123 UTC [123] LOG:  statement: SELECT 1 FROM t "
	  "/*x.py:12*/\n",
	    "postgres", NULL, 1, 0 },
	{ "2026-11-21 20:00:00.123 UTC [123] LOG:  statement: SELECT 1 FROM t"
	  "\n",
	    "postgres", NULL, 0, 1 },
	/* No statement yet, which SQL in any text would be. */
	{ "2026-11-21 20:00:00.123 UTC [123] LOG:  duration: 0.1 ms  bind s: "
	  "SELECT 1 FROM t /*x.py:12*/\n",
	    "postgres", NULL, 0, 0 },
	{ "2026-11-21T20:00:00.123456Z\t   12 Prepare\tSELECT 1 FROM t "
	  "/*x.py:12*/\n",
	    "mysql-general", NULL, 0, 0 },
	{ "{\"log\":\"2026-11-21 20:00:00.123 UTC [123] LOG:  duration: 0.1 ms "
	  " bind s: SELECT 1 FROM t /*x.py:12*/\\n\"}\n",
	    "postgres", "auto", 0, 0 },
	{ "I0325 12:13:43.840185    1304 flags.go:33] FLAG: --v=\"2\"\n",
	    "klog", NULL, 1, 0 },
	{ "{\"level\":\"warn\",\"ts\":\"2025-08-25T06:56:01Z\","
	  "\"caller\":\"embed/config.go:679\",\"msg\":\"x\"}\n",
	    "zap-json", NULL, 1, 0 },
	{ "{\"textPayload\":\"2025/07/05 10:34:03 /srv/app/x.go:1391\\n"
	  "[1.0ms] [rows:1] SELECT 1 FROM t\"}\n",
	    "gorm", "auto", 1, 0 },
	/* Read as it stands, the operation would be A.put\n". */
	{ "{\"log\":\"7: a.py:1 -- A.put\\n\",\"stream\":\"stdout\"}\n",
	    "callcount", "auto", 1, 0 },
};

struct fixture {
	struct presets presets;
	const struct preset *candidates[64];
	struct reader_options options;
	struct detect detect;
};

static void
fixture_open(struct fixture *fixture)
{
	struct err err;

	*fixture = (struct fixture){
		.options = {
			.max_line = 16 << 20,
			.match_bytes = 8192,
			.match_limit = 100000,
		},
	};
	fixture->detect.candidates = fixture->candidates;
	fixture->detect.options = &fixture->options;
	if (!CHECK(presets_load(&fixture->presets, &err) == 0))
		return;
	for (size_t i = 0; i < fixture->presets.count; i++)
		if (fixture->presets.items[i]->reader != NULL)
			fixture->candidates[fixture->detect.count++] =
			    fixture->presets.items[i];
}

static void
formats(void)
{
	struct fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct detect_hit hit;

		detect_text(&fixture.detect, slice_str(rows[i].text), &hit);
		CHECK_STR(hit.preset == NULL ? NULL : hit.preset->name,
		    rows[i].preset);
		if (!CHECK_STR(hit.json_pointer, rows[i].pointer))
			printf("# of %s", rows[i].text);
		CHECK_INT(hit.callers, rows[i].callers);
		CHECK_INT(hit.statements, rows[i].statements);
	}
	presets_release(&fixture.presets);
}

/* Lines of which one in many is the special format's. */
static void
mixture(struct buf *text, const char *special, unsigned specials,
    const char *general, unsigned generals)
{
	buf_clear(text);
	while (specials-- > 0)
		buf_add_str(text, special);
	while (generals-- > 0)
		buf_add_str(text, general);
}

static void
special_first(void)
{
	static const char klog[] = "I0325 12:13:43.840185 1304 a.go:33] x\n";
	static const char go[] = "2009/01/23 01:23:23 /a/d.go:23: x\n";
	struct fixture fixture;
	struct detect_hit hit;
	struct buf text = { 0 };

	fixture_open(&fixture);
	mixture(&text, klog, 5, go, 15);
	detect_text(&fixture.detect, buf_slice(&text), &hit);
	CHECK_STR(hit.preset->name, "klog");
	mixture(&text, klog, 1, go, 15);
	detect_text(&fixture.detect, buf_slice(&text), &hit);
	CHECK_STR(hit.preset->name, "go");
	buf_release(&text);
	presets_release(&fixture.presets);
}

/* 2 MB with some lines in the middle, far from the first sample. */
static void
filled(struct buf *text, const char *line)
{
	enum { SIZE = 2000000 };

	while (text->len < SIZE / 2)
		buf_add_str(text, "GET / HTTP/1.1 200\n");
	for (int i = 0; i < 10000; i++)
		buf_add_str(text, line);
	while (text->len < SIZE)
		buf_add_str(text, "GET / HTTP/1.1 200\n");
}

static void
late(void)
{
	struct fixture fixture;
	struct detect_hit hit;
	struct buf text = { 0 };
	struct source *source;
	struct err err;

	fixture_open(&fixture);
	filled(&text, "7: a.py:1 -- A.put\n");
	source = source_open_memory(buf_slice(&text), &err);
	if (CHECK(source != NULL)) {
		detect_source(&fixture.detect, source, &hit);
		CHECK(hit.preset != NULL);
		CHECK_INT(source_peek(source, text.len).len, text.len);
	}
	source_close(source);
	buf_release(&text);
	presets_release(&fixture.presets);
}

static void
marked(void)
{
	struct fixture fixture;
	struct detect_hit hit;
	struct source *source;
	struct err err;

	fixture_open(&fixture);
	source = source_open_memory(slice_str("\xef\xbb\xbf"
					      "7: a.py:1 -- A.put"),
	    &err);
	if (CHECK(source != NULL)) {
		detect_source(&fixture.detect, source, &hit);
		CHECK_INT(hit.callers, 1);
	}
	source_close(source);
	presets_release(&fixture.presets);
}

/* With --json-text only that text is looked at. */
static void
pointed(void)
{
	struct fixture fixture;
	struct detect_hit hit;
	static const char text[] =
	    "{\"a\":\"7: a.py:1 -- A.put\",\"b\":\"7: b.py:1 -- A.put\\n"
	    "8: b.py:1 -- A.put\"}\n";

	fixture_open(&fixture);
	fixture.detect.json_pointer = "/b";
	detect_text(&fixture.detect, slice_str(text), &hit);
	CHECK_STR(hit.json_pointer, "/b");
	CHECK_INT(hit.callers, 2);
	fixture.detect.json_pointer = "/c";
	detect_text(&fixture.detect, slice_str(text), &hit);
	CHECK(hit.preset == NULL);
	presets_release(&fixture.presets);
}

static const struct tap_test tests[] = {
	{ "each format is known by its lines", formats },
	{ "a special format is taken though a general one finds more",
	    special_first },
	{ "callers far from the start are found, and nothing is taken", late },
	{ "a byte order mark does not hide the first line", marked },
	{ "--json-text says where the text lies", pointed },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/unwrap.h"

#include "reading.h"
#include "tap.h"

static struct preset *preset; /* of the texts inside */

static void
check(const char *pointer, const char *text, const char *expected)
{
	struct buf told = { 0 };

	reading_add(&told, preset, pointer, &reading_options, slice_str(text));
	CHECK_SLICE(told, expected);
	buf_release(&told);
}

static void
one_line(void)
{
	check("/a/b", "{\"a\":{\"b\":\"x:1\"}}\n{\"a\":{\"b\":\"x:2\\n\"}}",
	    "x:1\nx:2\n");
}

static void
several_lines(void)
{
	check("/text",
	    "{\"text\":\"x:1\\r\\n\\nx:2\\nx:\"}\n{\"text\":\"3 x:4\"}\n"
	    "{\"text\":\"x:5 2013-06-12\"}\n",
	    "x:1\nx:2\nx:4\nx:5 @2013-06-12\n");
}

static void
known_places(void)
{
	check("auto",
	    "{\"textPayload\":\"x:1\",\"message\":\"x:9\"}\n"
	    "{\"log\":\"x:2\\n\",\"stream\":\"stdout\"}\n"
	    "{\"MESSAGE\":\"x:3\"}\n"
	    "{\"record\":{\"message\":\"x:4\"},\"message\":\"x:9\"}\n"
	    "{\"log\":{\"level\":\"x:9\"},\"message\":\"x:5\"}\n",
	    "x:1\nx:2\nx:3\nx:4\nx:5\n");
}

static void
passed_over(void)
{
	check("/text",
	    "plain x:1\n"
	    "\n"
	    "{\"text\":\"x:1\n"
	    "{\"other\":\"x:1\"}\n"
	    "{\"text\":[\"x:1\"]}\n"
	    "{\"text\":\"\"}\n",
	    "malformed: no JSON\nmalformed: no JSON\n");
}

static void
outer_time(void)
{
	check("auto",
	    "{\"log\":\"x:1\",\"time\":\"2013-06-12T05:04:03.5Z\"}\n"
	    "{\"log\":\"2013-06-11 01:02:03 x:2\\nx:3\","
	    "\"time\":\"2013-06-12T05:04:04Z\"}\n"
	    "{\"log\":\"x:4\",\"ts\":1371013443}\n"
	    "{\"log\":\"06:00:00 x:5\"}\n",
	    "x:1 @2013-06-12 05:04:03 +0000\n"
	    "x:2 @2013-06-11 01:02:03\n"
	    "x:3 @2013-06-11 01:02:03\n"
	    "x:4 @2013-06-12 05:04:03 +0000\n"
	    "x:5 @2013-06-12 06:00:00\n");
}

static void
long_lines(void)
{
	struct reader_options options = reading_options;
	struct buf told = { 0 };

	options.max_line = 14;
	reading_add(&told, preset, "/text", &options,
	    slice_str("{\"text\":\"x:1\"}\n{\"text\":\"x:22\"}\n"));
	CHECK_SLICE(told, "x:1\ngiven up: too long\n");
	buf_release(&told);
}

static void
pointers(void)
{
	struct err err = { "none" };

	CHECK_INT(unwrap_check("auto", &err), 0);
	CHECK_INT(unwrap_check("/a b/c", &err), 0);
	CHECK_STR(err.text, "none");
	CHECK_INT(unwrap_check("textPayload", &err), -1);
	CHECK_STR(err.text, "'textPayload' is no JSON pointer (/a/b)");
	CHECK_INT(unwrap_check("/", &err), -1);
	CHECK_INT(unwrap_check("", &err), -1);
	check("/a b/c", "{\"a b\":{\"c\":\"x:1\"}}\n", "x:1\n");
	check("/a~1b/0", "{\"a/b\":[\"x:1\",\"x:2\"]}\n", "x:1\n");
}

static const struct tap_test tests[] = {
	{ "a text is a line", one_line },
	{ "LF in a text ends a line, and so does the text", several_lines },
	{ "auto knows where the usual envelopes keep it", known_places },
	{ "what is no JSON is malformed, what has no text is not",
	    passed_over },
	{ "the envelope's time holds where the text has none", outer_time },
	{ "longer lines are given up on", long_lines },
	{ "a pointer is checked", pointers },
	{ 0 },
};

int
main(void)
{
	static const char text[] = "reader = regex\n"
				   "pattern = (?<file>x):(?<line>\\d+)\n";
	struct err err;
	int status;

	preset = preset_new("test", "test", slice_str(text), &err);
	if (preset == NULL) {
		printf("Bail out! %s\n", err.text);
		return EXIT_FAILURE;
	}
	status = tap_run(tests);
	preset_free(preset);
	return status;
}

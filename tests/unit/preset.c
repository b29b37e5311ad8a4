/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/preset.h"

#include "scan/reader.h"

#include "scratch.h"
#include "tap.h"

static const char simple[] = "reader = regex\npattern = (?<file>x)\n";

static void
check_error(struct slice text, const char *expected)
{
	struct err err = { "none" };
	struct preset *preset = preset_new("test", "FILE", text, &err);

	CHECK(preset == NULL);
	CHECK_STR(err.text, expected);
	preset_free(preset);
}

static struct preset *
compile(const char *text)
{
	struct err err;
	struct preset *preset = preset_new("test", "FILE", slice_str(text),
	    &err);

	if (preset == NULL) {
		printf("Bail out! %s\n", err.text);
		exit(EXIT_FAILURE);
	}
	return preset;
}

static void
syntax(void)
{
	struct preset *preset = compile("# a comment\n"
					"\n"
					"  summary =  what = it # is \t\r\n"
					"reader=regex\n"
					"operation = \" a \"b\" \"\n"
					"kind = \"\n"
					"  # another\n"
					"priority = 7\n"
					"pattern = \"(?<file>x) \"");

	CHECK_STR(preset_get(preset, "summary"), "what = it # is");
	CHECK_STR(preset_get(preset, "operation"), " a \"b\" ");
	CHECK_STR(preset_get(preset, "kind"), "\"");
	CHECK_STR(preset_get(preset, "pattern"), "(?<file>x) ");
	CHECK_STR(preset_get(preset, "map"), NULL);
	CHECK_INT(preset->priority, 7);
	CHECK(preset->reader == &reader_regex);
	CHECK_STR(preset->name, "test");
	CHECK_STR(preset->origin, "FILE");
	preset_free(preset);
}

static void
repeated(void)
{
	struct preset *preset = compile("reader = regex\n"
					"pattern = (?<file>a)\n"
					"map = b c\n"
					"pattern = (?<file>d)\n");
	const struct preset_value *value = NULL;

	value = preset_next(preset, "pattern", value);
	CHECK_STR(value->value, "(?<file>a)");
	CHECK_INT(value->line, 2);
	value = preset_next(preset, "pattern", value);
	CHECK_STR(value->value, "(?<file>d)");
	CHECK_INT(value->line, 4);
	CHECK(preset_next(preset, "pattern", value) == NULL);
	preset_free(preset);
}

static void
errors(void)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{ "reader = regex\n\npatern = x\n",
		    "FILE: line 3: unknown key 'patern'; did you mean "
		    "pattern?" },
		{ "reader = regex\nqqqqqq = x\n",
		    "FILE: line 2: unknown key 'qqqqqq'" },
		{ "reader = rgex\n",
		    "FILE: line 1: unknown reader 'rgex'; did you mean "
		    "regex?" },
		{ "reader = json\npattern = x\n",
		    "FILE: line 2: unknown key 'pattern'" },
		{ "summary = x\n", "FILE: says neither 'reader' nor 'any'" },
		{ "", "FILE: says neither 'reader' nor 'any'" },
		{ "any = a b\nreader = regex\n",
		    "FILE: line 2: a family has no reader" },
		{ "any = a b\npattern = x\n",
		    "FILE: line 2: unknown key 'pattern'" },
		{ "any = a b\nsumary = x\n",
		    "FILE: line 2: unknown key 'sumary'; did you mean "
		    "summary?" },
		{ "reader = regex\nkind = a\npattern = x\nkind = b\n",
		    "FILE: line 4: 'kind' stands there already" },
		{ "reader\n", "FILE: line 1: not 'key = value'" },
		{ "reader = \n", "FILE: line 1: 'reader' has no value" },
		{ "any = a\npriority = high\n",
		    "FILE: line 2: priority is a number up to 1000" },
		{ "any = a\npriority = 1001\n",
		    "FILE: line 2: priority is a number up to 1000" },
	};
	static const struct slice nul = SLICE("any = a\0b\n");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_error(slice_str(rows[i].text), rows[i].error);
	check_error(nul, "FILE: holds a NUL byte");
}

static void
long_text(void)
{
	static char text[64 * 1024 + 1];
	struct preset *preset;
	struct err err;

	memset(text, '\n', sizeof(text));
	memcpy(text, "any = a", 7);
	preset = preset_new("test", "FILE", slice_make(text, sizeof(text) - 1),
	    &err);
	CHECK(preset != NULL);
	preset_free(preset);
	check_error(slice_make(text, sizeof(text)), "FILE: longer than 64 KiB");
}

static void
add(struct presets *presets, const char *name, const char *text)
{
	struct err err = { "none" };

	CHECK_INT(presets_add(presets, name, "test", slice_str(text), &err), 0);
	CHECK_STR(err.text, "none");
}

static void
finding(void)
{
	struct presets presets = { 0 };
	const struct preset *preset;
	struct err err;

	add(&presets, "mb", simple);
	add(&presets, "ma",
	    "reader = regex\naliases =  mb\tmd  mda \n"
	    "pattern = (?<file>y)\n");
	add(&presets, "mb", "this is not even looked at");
	add(&presets, "mc", simple);
	CHECK_INT(presets.count, 3);
	for (size_t i = 1; i < presets.count; i++)
		CHECK(strcmp(presets.items[i - 1]->name,
			  presets.items[i]->name) < 0);

	preset = presets_find(&presets, "mb", &err);
	CHECK(preset != NULL && strcmp(preset->name, "mb") == 0);
	preset = presets_find(&presets, "mda", &err);
	CHECK(preset != NULL && strcmp(preset->name, "ma") == 0);
	CHECK(presets_find(&presets, "m", &err) == NULL);
	CHECK_STR(err.text, "no preset 'm'; did you mean ma?");
	CHECK(presets_find(&presets, "quite another", &err) == NULL);
	CHECK_STR(err.text, "no preset 'quite another'");
	presets_release(&presets);
	CHECK_INT(presets.count, 0);
}

static void
families(void)
{
	struct presets presets = { 0 };
	const struct preset *members[3] = { NULL };
	const struct preset *family;
	struct err err;

	add(&presets, "one", simple);
	add(&presets, "two", simple);
	add(&presets, "both", "any = two one");
	add(&presets, "wrong", "any = one too");
	add(&presets, "nested", "any = one both");

	family = presets_find(&presets, "both", &err);
	if (!CHECK(family != NULL))
		return;
	CHECK(family->reader == NULL);
	CHECK_INT(presets_expand(&presets, family, members, 3), 2);
	CHECK_STR(members[0]->name, "two");
	CHECK_STR(members[1]->name, "one");
	CHECK_INT(presets_expand(&presets, family, members, 1), 1);
	CHECK_INT(presets_expand(&presets, members[0], members, 3), 1);
	CHECK_STR(members[0]->name, "two");

	/* nobody has looked at whether these are right */
	CHECK_INT(presets.count, 5);
	CHECK_INT(presets_expand(&presets, presets.items[1], members, 3), 1);
	CHECK_INT(presets_expand(&presets, presets.items[4], members, 3), 1);
	CHECK_STR(members[0]->name, "one");
	CHECK(presets_find(&presets, "wrong", &err) == NULL);
	CHECK_STR(err.text, "test: any: no preset 'too'; did you mean two?");
	CHECK(presets_find(&presets, "nested", &err) == NULL);
	CHECK_STR(err.text, "test: any: 'both' is a family itself");
	presets_release(&presets);
}

static void
write_preset(const char *path, const char *text)
{
	(void)scratch_write(path, slice_str(text));
}

static void
files(void)
{
	struct presets presets = { 0 };
	const struct preset *preset;
	struct err err = { "none" };

	scratch_make();
	scratch_need(mkdir(scratch_path("tallyman"), 0700) == 0, "mkdir");
	scratch_need(mkdir(scratch_path("tallyman/presets"), 0700) == 0,
	    "mkdir");
	write_preset("tallyman/presets/mine.preset", simple);
	write_preset("tallyman/presets/klog.preset",
	    "reader = regex\nsummary = my own\npattern = (?<file>x)\n");
	write_preset("tallyman/presets/notes.txt", "no preset");
	write_preset("bad.preset", "reader = regex\n");
	(void)setenv("XDG_CONFIG_HOME", scratch_folder, 1);

	CHECK_INT(presets_load(&presets, &err), 0);
	CHECK(presets_find(&presets, "mine", &err) != NULL);
	CHECK(presets_find(&presets, "notes", &err) == NULL);
	preset = presets_find(&presets, "klog", &err);
	CHECK(preset != NULL &&
	    strcmp(preset_get(preset, "summary"), "my own") == 0);

	preset = presets_find(&presets,
	    scratch_path("tallyman/presets/klog.preset"), &err);
	CHECK(preset != NULL && strchr(preset->name, '/') != NULL);
	CHECK(presets_find(&presets, scratch_path("bad.preset"), &err) == NULL);
	CHECK(strstr(err.text, "bad.preset: has no 'pattern'") != NULL);
	CHECK(
	    presets_find(&presets, scratch_path("none.preset"), &err) == NULL);
	CHECK(strstr(err.text, "No such file") != NULL);
	presets_release(&presets);

	write_preset("tallyman/presets/worse.preset", "reader = x\n");
	CHECK_INT(presets_load(&presets, &err), -1);
	CHECK(strstr(err.text, "worse.preset: line 1: unknown reader 'x'") !=
	    NULL);
	presets_release(&presets);
	(void)unsetenv("XDG_CONFIG_HOME");
	scratch_remove();
}

/* Each has a summary for --list-presets, and each family's members exist. */
static void
built_in(void)
{
	struct presets presets = { 0 };
	struct err err = { "none" };

	(void)unsetenv("HOME");
	CHECK_INT(presets_load(&presets, &err), 0);
	CHECK_STR(err.text, "none");
	CHECK(presets.count > 10);
	for (size_t i = 0; i < presets.count; i++) {
		const struct preset *preset = presets.items[i];

		CHECK(preset_get(preset, "summary") != NULL);
		CHECK(presets_find(&presets, preset->name, &err) == preset);
		if (preset->reader != NULL)
			CHECK(preset->priority > 0);
	}
	CHECK_STR(err.text, "none");
	presets_release(&presets);
}

static void
reader_types(void)
{
	const struct reader_type *type;
	size_t n = 0;

	while ((type = reader_type_at(n)) != NULL) {
		CHECK(reader_type_find(type->name) == type);
		n++;
	}
	CHECK(n >= 7);
	CHECK(reader_type_find("rege") == NULL);
}

static void
carried_stamp(void)
{
	struct reader reader = { 0 };

	reader_see_line(&reader, slice_make("05:04:03", 8));
	CHECK(reader.stamp.has_time && !reader.stamp.has_date);
	reader_see_line(&reader, slice_str("2013-06-12 01:02:03 +0200"));
	CHECK_INT(reader.stamp.civil.day, 12);
	CHECK(reader.stamp.has_offset);
	reader_see_line(&reader, slice_str("05:04:03"));
	CHECK_INT(reader.stamp.civil.year, 2013);
	CHECK_INT(reader.stamp.civil.month, 6);
	CHECK_INT(reader.stamp.civil.day, 12);
	CHECK_INT(reader.stamp.civil.hour, 5);
	CHECK(reader.stamp.has_year && !reader.stamp.has_offset);
	reader_see_line(&reader, slice_str("Jul  1 00:00:00"));
	CHECK_INT(reader.stamp.civil.month, 7);
	CHECK(!reader.stamp.has_year);
	reader_see_line(&reader, slice_str("none"));
	CHECK_INT(reader.stamp.civil.month, 7);
}

static const struct tap_test tests[] = {
	{ "a preset is lines of key = value", syntax },
	{ "patterns and maps may stand several times", repeated },
	{ "what is wrong is named with its line", errors },
	{ "64 KiB is the most", long_text },
	{ "names go before aliases, the first of a name wins", finding },
	{ "a family stands for its members", families },
	{ "the user's files go before those built in", files },
	{ "those built in are whole", built_in },
	{ "readers are known by name", reader_types },
	{ "a time without a date goes with the date above it", carried_stamp },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

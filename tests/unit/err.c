/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/err.h"

#include "base/slice.h"
#include "tap.h"

static void
sets_and_wraps(void)
{
	struct err err = { "" };

	CHECK_INT(err_set(&err, "line %d: %s", 12, "a bad count"), -1);
	CHECK_STR(err.text, "line 12: a bad count");
	CHECK_INT(err_wrap(&err, "%s", "app.log"), -1);
	CHECK_STR(err.text, "app.log: line 12: a bad count");
	CHECK_INT(err_wrap(&err, "scan"), -1);
	CHECK_STR(err.text, "scan: app.log: line 12: a bad count");
	err_set(&err, "anew");
	CHECK_STR(err.text, "anew");
}

static void
names_errno(void)
{
	struct err err = { "" };

	errno = ENOENT;
	CHECK_INT(err_errno(&err, "%s", "app.log"), -1);
	CHECK_STR(err.text, "app.log: No such file or directory");
	CHECK_INT(errno, ENOENT);
}

static void
holds_its_own_text_as_argument(void)
{
	struct err err = { "" };

	err_set(&err, "a");
	err_set(&err, "%s, %s", err.text, "b");
	CHECK_STR(err.text, "a, b");
}

static void
cuts_the_middle_of_long_texts(void)
{
	char path[3000];
	struct err err = { "" };

	memset(path, 'd', sizeof(path));
	memcpy(path, "/start/", 7);
	path[sizeof(path) - 1] = '\0';
	errno = ENOSPC;
	err_errno(&err, "%s", path);
	CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
	CHECK(slice_starts(slice_str(err.text), "/start/ddd"));
	CHECK(strstr(err.text, "d...d") != NULL);
	CHECK(slice_ends(slice_str(err.text), "d: No space left on device"));

	for (int i = 0; i < 100; i++)
		err_wrap(&err, "%s", path);
	CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
	CHECK(slice_starts(slice_str(err.text), "/start/ddd"));
	CHECK(slice_ends(slice_str(err.text), "d: No space left on device"));
}

static void
cuts_only_what_does_not_fit(void)
{
	char text[sizeof(((struct err *)NULL)->text) + 1];
	struct err err = { "" };

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 2] = '\0';
	err_set(&err, "%s", text);
	CHECK_STR(err.text, text);
	text[sizeof(text) - 2] = 'a';
	text[sizeof(text) - 1] = '\0';
	err_set(&err, "%s", text);
	CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
	CHECK(strstr(err.text, "a...a") != NULL);
}

static const struct tap_test tests[] = {
	{ "a text is set, and wrapped on its way up", sets_and_wraps },
	{ "errno is named, and kept", names_errno },
	{ "a text may be made from the old one",
	    holds_its_own_text_as_argument },
	{ "of a text too long the middle is cut out, never the reason",
	    cuts_the_middle_of_long_texts },
	{ "a text that just fits is not cut", cuts_only_what_does_not_fit },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

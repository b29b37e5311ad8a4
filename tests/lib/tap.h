/* SPDX-License-Identifier: MIT */
#ifndef TAP_H
#define TAP_H

/*
 * Unit tests that speak TAP. A test program includes this header once, and
 * holds functions and a table of them; the names are sentences, which read
 * together as the module's specification:
 *
 *	static void
 *	grows(void)
 *	{
 *		CHECK_INT(buf.len, 3);
 *	}
 *
 *	static const struct tap_test tests[] = {
 *		{ "a buffer grows with what is added", grows },
 *		{ 0 },
 *	};
 *
 *	int
 *	main(void)
 *	{
 *		return tap_run(tests);
 *	}
 *
 * A check that fails says where, what it got and what it wanted, and the
 * test goes on. Each check has a value, true when it held, for a test that
 * cannot go on: if (!CHECK(p != NULL)) return;
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tap_test {
	const char *name;
	void (*run)(void);
};

#define CHECK(condition) tap_check((condition), #condition, __FILE__, __LINE__)

/* Integers of any type, compared as intmax_t. */
#define CHECK_INT(got, want)                                             \
	tap_check_int((intmax_t)(got), (intmax_t)(want), #got, __FILE__, \
	    __LINE__)

/* C strings, either may be NULL. */
#define CHECK_STR(got, want) \
	tap_check_str((got), (want), #got, __FILE__, __LINE__)

/* Anything with .ptr and .len, such as a struct slice, and a C string. */
#define CHECK_SLICE(got, want)                                            \
	tap_check_bytes((got).ptr, (got).len, (want), strlen(want), #got, \
	    __FILE__, __LINE__)

#define CHECK_BYTES(got, got_len, want, want_len)                             \
	tap_check_bytes((got), (got_len), (want), (want_len), #got, __FILE__, \
	    __LINE__)

/* Ends the test as skipped, whatever it has checked so far. */
#define SKIP(why)                    \
	do {                         \
		tap.skipped = (why); \
		return;              \
	} while (0)

/* Of the test that is running. */
static struct {
	bool failed;
	const char *skipped; /* why, or NULL */
} tap;

static inline bool
tap_check(bool held, const char *what, const char *file, int line)
{
	if (!held) {
		tap.failed = true;
		printf("# %s:%d: does not hold: %s\n", file, line, what);
	}
	return held;
}

static inline bool
tap_check_int(intmax_t got, intmax_t want, const char *what, const char *file,
    int line)
{
	if (got != want) {
		tap.failed = true;
		printf("# %s:%d: %s is %" PRIdMAX ", not %" PRIdMAX "\n", file,
		    line, what, got, want);
	}
	return got == want;
}

/* Between quotes, what is not printable ASCII as \ooo; NULL as (null). */
static inline void
tap_print_bytes(const char *label, const char *bytes, size_t len)
{
	printf("#   %s ", label);
	if (bytes == NULL) {
		puts("(null)");
		return;
	}
	putchar('"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			printf("\\%03o", c);
		else
			putchar(c);
	}
	puts("\"");
}

static inline bool
tap_check_bytes(const char *got, size_t got_len, const char *want,
    size_t want_len, const char *what, const char *file, int line)
{
	bool held = got_len == want_len &&
	    (got_len == 0 || (got != NULL && memcmp(got, want, got_len) == 0));

	if (!held) {
		tap.failed = true;
		printf("# %s:%d: %s is\n", file, line, what);
		tap_print_bytes("   ", got, got_len);
		tap_print_bytes("not", want, want_len);
	}
	return held;
}

static inline bool
tap_check_str(const char *got, const char *want, const char *what,
    const char *file, int line)
{
	if (got == NULL || want == NULL)
		return tap_check(got == want, what, file, line);
	return tap_check_bytes(got, strlen(got), want, strlen(want), what, file,
	    line);
}

/* Runs the tests up to the row without a name; the result is main()'s. */
static inline int
tap_run(const struct tap_test *tests)
{
	int status = EXIT_SUCCESS;
	int count = 0;

	/* What was printed must be there when a test crashes. */
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (; tests[count].name != NULL; count++) {
		tap.failed = false;
		tap.skipped = NULL;
		tests[count].run();
		if (tap.failed)
			status = EXIT_FAILURE;
		printf("%sok %d - %s", tap.failed ? "not " : "", count + 1,
		    tests[count].name);
		if (tap.skipped != NULL)
			printf(" # SKIP %s", tap.skipped);
		putchar('\n');
	}
	printf("1..%d\n", count);
	return status;
}

#endif

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/msg.h"

/* What JIT's machine stack may grow to; the interpreter uses the heap. */
enum { STACK_START = 32 * 1024, STACK_MOST = 1024 * 1024 };

struct pattern {
	pcre2_code *code;
	bool is_fast;      /* code is of the machine, too */
	uint32_t groups;   /* numbered ones, named or not */
	uint32_t names;    /* how many of them have names */
	uint32_t name_len; /* of a row of the table */
	const char *table; /* rows: number (two bytes), name, NUL */
};

struct scratch {
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	pcre2_match_data *data;
	uint32_t groups;        /* that data has room for */
	const PCRE2_SIZE *ends; /* of groups, two each; in data */
	struct slice subject;
	uint32_t set; /* groups that took part in the last match, 0 too */
};

static void *
checked(void *ptr)
{
	if (ptr == NULL)
		msg_out_of_memory();
	return ptr;
}

static int
compile_error(struct err *err, const char *text, int code, size_t at)
{
	PCRE2_UCHAR why[256];

	(void)pcre2_get_error_message(code, why, sizeof(why));
	return err_set(err, "pattern '%s': %s at byte %zu", text,
	    (const char *)why, at);
}

/* UTF is refused even where the pattern itself asks for it, "(*UTF)": a line
 * that is no UTF-8 would then be an error. A literal cannot ask. */
static uint32_t
compile_options(unsigned flags)
{
	uint32_t options = PCRE2_NEVER_UTF;

	if ((flags & PATTERN_FIXED) != 0)
		options = PCRE2_LITERAL;
	if ((flags & PATTERN_NOCASE) != 0)
		options |= PCRE2_CASELESS;
	return options;
}

struct pattern *
pattern_new(const char *text, unsigned flags, struct err *err)
{
	struct pattern *pattern;
	pcre2_code *code;
	PCRE2_SIZE at;
	int error;

	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
	    compile_options(flags), &error, &at, NULL);
	if (code == NULL) {
		(void)compile_error(err, text, error, at);
		return NULL;
	}
	pattern = xcalloc(1, sizeof(*pattern));
	pattern->code = code;
	(void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT,
	    &pattern->groups);
	(void)pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &pattern->names);
	(void)pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE,
	    &pattern->name_len);
	(void)pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &pattern->table);
	return pattern;
}

void
pattern_speed_up(struct pattern *pattern)
{
	size_t size = 0;

	/* Where the system refuses memory that can be run, or the pattern
	 * begins with (*NO_JIT), pcre2_match() goes on interpreting. */
	(void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_JITSIZE, &size);
	pattern->is_fast = size > 0;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_code_free(pattern->code);
	free(pattern);
}

const char *
pattern_group_name(const struct pattern *pattern, unsigned n)
{
	if (n >= pattern->names)
		return NULL;
	return pattern->table + (size_t)n * pattern->name_len + 2;
}

unsigned
pattern_group(const struct pattern *pattern, const char *name)
{
	for (uint32_t n = 0; n < pattern->names; n++) {
		const char *row = pattern->table +
		    (size_t)n * pattern->name_len;

		if (strcmp(row + 2, name) == 0)
			return (unsigned)(unsigned char)row[0] << 8 |
			    (unsigned char)row[1];
	}
	return 0;
}

/* Makes sure that data has room for so many groups. */
static void
scratch_grow(struct scratch *scratch, uint32_t groups)
{
	if (scratch->data != NULL && groups <= scratch->groups)
		return;
	pcre2_match_data_free(scratch->data);
	scratch->data = checked(pcre2_match_data_create(groups + 1, NULL));
	scratch->groups = groups;
	scratch->ends = pcre2_get_ovector_pointer(scratch->data);
}

struct scratch *
scratch_new(uint32_t limit)
{
	struct scratch *scratch = xcalloc(1, sizeof(*scratch));

	scratch->context = checked(pcre2_match_context_create(NULL));
	(void)pcre2_set_match_limit(scratch->context, limit);
	/* NULL, where JIT is not to be had, is fine for all that follows. */
	scratch->stack = pcre2_jit_stack_create(STACK_START, STACK_MOST, NULL);
	pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	scratch_grow(scratch, 16);
	return scratch;
}

void
scratch_free(struct scratch *scratch)
{
	if (scratch == NULL)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_jit_stack_free(scratch->stack);
	free(scratch);
}

enum pattern_result
pattern_match(const struct pattern *pattern, struct scratch *scratch,
    struct slice subject)
{
	int (*run)(const pcre2_code *, PCRE2_SPTR, PCRE2_SIZE, PCRE2_SIZE,
	    uint32_t, pcre2_match_data *,
	    pcre2_match_context *) = pattern->is_fast ? pcre2_jit_match :
							pcre2_match;
	int result;

	if (subject.ptr == NULL)
		subject.ptr = "";
	scratch_grow(scratch, pattern->groups);
	result = run(pattern->code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0,
	    scratch->data, scratch->context);
	scratch->subject = subject;
	scratch->set = result > 0 ? (uint32_t)result : 0;
	if (result > 0)
		return PATTERN_YES;
	/* All other errors are limits: of matches (which JIT and interpreter
	 * count a little differently), of depth, of the heap, of JIT's stack,
	 * of a recursion without end. */
	return result == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_GAVE_UP;
}

struct slice
scratch_group(const struct scratch *scratch, unsigned group)
{
	const PCRE2_SIZE *ends;

	if (group >= scratch->set)
		return slice_make(NULL, 0);
	ends = scratch->ends + 2 * (size_t)group;
	if (ends[0] == PCRE2_UNSET)
		return slice_make(NULL, 0);
	return slice_make(scratch->subject.ptr + ends[0], ends[1] - ends[0]);
}

/* SPDX-License-Identifier: MIT */
/*
 * Any URL, reference and glob, divided by newlines: what a reference resolves
 * to has an origin and resolves to itself, and an origin is its own origin.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fetch/origin.h"
#include "fuzz.h"

static void
check(bool held)
{
	if (!held)
		abort();
}

static void
check_origin(const char *url, const char *glob)
{
	char origin[ORIGIN_MAX];
	char again[ORIGIN_MAX];
	struct err err;

	(void)origin_host_is_private(url);
	(void)origin_matches(url, glob);
	if (origin_of(url, origin, &err) != 0)
		return;
	check(origin_of(origin, again, &err) == 0);
	check(strcmp(origin, again) == 0);
	check(origin_matches(origin, origin));
	(void)origin_host_is_private(origin);
}

/* Resolving a URL again, from itself or elsewhere, changes nothing. */
static void
check_resolved(struct buf *url, const char *base)
{
	struct buf again = { 0 };
	char origin[ORIGIN_MAX];
	struct err err;

	buf_add_char(url, '\0');
	url->len--;
	check(origin_of(url->ptr, origin, &err) == 0);
	check(origin_resolve(url->ptr, buf_slice(url), &again, &err) == 0);
	check(slice_equal(buf_slice(&again), buf_slice(url)));
	buf_clear(&again);
	check(origin_resolve(base, buf_slice(url), &again, &err) == 0);
	check(slice_equal(buf_slice(&again), buf_slice(url)));
	buf_release(&again);
}

static void
check_parameter(struct buf *url, struct slice value)
{
	struct buf once = { 0 };
	struct err err;

	if (origin_set_parameter(url, "a b", value, &err) != 0)
		return;
	buf_add(&once, buf_slice(url));
	if (origin_set_parameter(url, "a b", value, &err) == 0)
		check(slice_equal(buf_slice(&once), buf_slice(url)));
	buf_release(&once);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice glob = slice_make((const char *)data, size);
	struct slice base = { 0 };
	struct slice reference = { 0 };
	struct buf url = { 0 };
	struct err err;
	char *base_text;
	char *glob_text;

	(void)slice_cut(&glob, '\n', &base);
	(void)slice_cut(&glob, '\n', &reference);
	base_text = xmemdup(base.ptr, base.len);
	glob_text = xmemdup(glob.ptr, glob.len);
	check_origin(base_text, glob_text);
	if (origin_resolve(base_text, reference, &url, &err) == 0) {
		check_resolved(&url, base_text);
		check_parameter(&url, glob);
	} else {
		check(url.len == 0);
	}
	free(base_text);
	free(glob_text);
	buf_release(&url);
	return 0;
}

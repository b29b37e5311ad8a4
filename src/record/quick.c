/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/quick.h"

#include <string.h>

#include "base/hash.h"

/* Copies a text, and at least one byte more is left. */
static char *
put_text(char *at, const char *end, const char *text)
{
	size_t size = strlen(text) + 1;

	if (at == NULL || size >= (size_t)(end - at))
		return NULL;
	memcpy(at, text, size);
	return at + size;
}

static char *
put_number(char *at, const char *end, unsigned number)
{
	char digits[3 * sizeof(number)];
	size_t first = sizeof(digits);

	do
		digits[--first] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	if (at == NULL || sizeof(digits) - first > (size_t)(end - at))
		return NULL;
	memcpy(at, digits + first, sizeof(digits) - first);
	return at + sizeof(digits) - first;
}

static struct cell *
find_new(struct quick *quick, struct cells *cells,
    const struct quick_name *name)
{
	const char *limit = quick->site + sizeof(quick->site);
	char *end = put_text(quick->site, limit, name->file);
	struct counts_key key = { .kind = COUNTS_NAMED };

	end = put_text(end, limit, name->function);
	end = put_number(end, limit, name->line);
	if (end == NULL)
		return NULL;
	key.site = slice_between(quick->site, end);
	key.operations = slice_make(name->operation,
	    strlen(name->operation) + 1);
	return cells_find(cells, &key);
}

/* The same pointers may lead to other texts by now. */
static bool
is_entry(const struct quick_entry *entry, const struct quick_name *name)
{
	return entry->name.file == name->file &&
	    entry->name.line == name->line &&
	    entry->name.operation == name->operation &&
	    entry->name.function == name->function &&
	    strcmp(entry->cell->key.site.ptr, name->file) == 0 &&
	    strcmp(entry->cell->key.operations.ptr, name->operation) == 0 &&
	    strcmp(entry->function, name->function) == 0;
}

/* A line lies in one function, so that is left out. */
static uint64_t
hash_pointers(const struct quick_name *name)
{
	return hash_mix((uintptr_t)name->file ^ UINT64_C(0xa0761d6478bd642f),
	    ((uintptr_t)name->operation ^ UINT64_C(0xe7037ed1a0b428db)) +
		((uint64_t)name->line << 32));
}

struct cell *
quick_find(struct quick *quick, struct cells *cells,
    const struct quick_name *name)
{
	struct quick_entry *set = quick->sets[hash_pointers(name) % QUICK_SETS];
	struct cell *cell;

	if (is_entry(&set[0], name))
		return set[0].cell;
	if (is_entry(&set[1], name))
		return set[1].cell;
	cell = find_new(quick, cells, name);
	if (cell == NULL)
		return NULL;
	set[1] = set[0];
	set[0] = (struct quick_entry){ *name, cell,
		cell->key.site.ptr + strlen(name->file) + 1 };
	return cell;
}

static bool
is_place(const struct quick_place *entry, const struct counts_place *place,
    const char *operations)
{
	return entry->place.offset == place->offset &&
	    entry->operations == operations &&
	    entry->place.module == place->module;
}

static uint64_t
hash_place(const struct counts_place *place, const char *operations)
{
	return hash_mix(place->offset ^ UINT64_C(0xa0761d6478bd642f),
	    (uintptr_t)operations ^ UINT64_C(0xe7037ed1a0b428db));
}

struct cell *
quick_find_place(struct quick *quick, struct cells *cells,
    const struct counts_place *place, struct slice operations)
{
	struct quick_place *set =
	    quick->places[hash_place(place, operations.ptr) % QUICK_PLACE_SETS];
	struct counts_key key = { COUNTS_PLACES,
		slice_make((const char *)place, sizeof(*place)), operations };
	struct cell *cell;

	if (is_place(&set[0], place, operations.ptr))
		return set[0].cell;
	if (is_place(&set[1], place, operations.ptr))
		return set[1].cell;
	cell = cells_find(cells, &key);
	if (cell == NULL)
		return NULL;
	set[1] = set[0];
	set[0] = (struct quick_place){ *place, operations.ptr, cell };
	return cell;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/renamed.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

enum {
	COMMON =
	    32,    /* an operation of more new files than that tells nothing */
	LIKELY = 4 /* how many files are compared for their operations */
};

/* Two files that may be one. */
struct candidate {
	size_t old, new;
	double score;
	double rank;
};

struct path {
	struct slice name;
	size_t file;
};

/* One file has an operation. */
struct user {
	uint32_t operation;
	uint32_t file;
};

/* A new file, by how many sites of an old one share an operation with it. */
struct likely {
	size_t file;
	uint32_t shared;
};

struct search {
	struct chain *chain;
	const struct renamed_file *old;
	const struct renamed_file *new;
	size_t old_count, new_count;
	double log_factor;
	struct path *old_paths; /* sorted from their ends */
	struct path *new_paths;
	struct user *users; /* of the new day, sorted */
	size_t user_count;
	uint32_t *shared; /* by new file: operations shared with an old one */
	struct candidate *candidates;
	size_t count, room;
};

/* Order of paths read from their ends. */
static int
compare_ends(struct slice a, struct slice b)
{
	for (size_t i = 1; i <= a.len && i <= b.len; i++) {
		unsigned char left = (unsigned char)a.ptr[a.len - i];
		unsigned char right = (unsigned char)b.ptr[b.len - i];

		if (left != right)
			return left < right ? -1 : 1;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static int
compare_paths(const void *a, const void *b)
{
	const struct path *left = a;
	const struct path *right = b;

	return compare_ends(left->name, right->name);
}

static struct path *
sort_paths(const struct renamed_file *files, size_t count)
{
	struct path *paths = xcalloc(count + 1, sizeof(paths[0]));

	for (size_t i = 0; i < count; i++)
		paths[i] = (struct path){ files[i].name, i };
	qsort(paths, count, sizeof(paths[0]), compare_paths);
	return paths;
}

static int
compare_users(const void *a, const void *b)
{
	const struct user *left = a;
	const struct user *right = b;

	if (left->operation != right->operation)
		return left->operation < right->operation ? -1 : 1;
	return left->file < right->file ? -1 : left->file > right->file;
}

/* Lists which new files have an operation, each once. */
static void
list_users(struct search *search)
{
	struct user *users;
	size_t count = 0;
	size_t kept = 0;

	for (size_t j = 0; j < search->new_count; j++)
		count += search->new[j].count;
	users = xcalloc(count + 1, sizeof(users[0]));
	count = 0;
	for (size_t j = 0; j < search->new_count; j++)
		for (size_t k = 0; k < search->new[j].count; k++)
			users[count++] = (struct user){
				search->new[j].sites[k].operation, (uint32_t)j
			};
	qsort(users, count, sizeof(users[0]), compare_users);
	for (size_t k = 0; k < count; k++)
		if (kept == 0 || compare_users(&users[kept - 1], &users[k]) < 0)
			users[kept++] = users[k];
	search->users = users;
	search->user_count = kept;
}

/* How many parts two paths end with in common. */
static size_t
common_parts(struct slice a, struct slice b)
{
	size_t parts = 0;
	size_t i = 0;

	while (i < a.len && i < b.len &&
	    a.ptr[a.len - 1 - i] == b.ptr[b.len - 1 - i])
		parts += a.ptr[a.len - 1 - i++] == '/';
	if ((i == a.len || a.ptr[a.len - 1 - i] == '/') &&
	    (i == b.len || b.ptr[b.len - 1 - i] == '/'))
		parts++;
	return parts;
}

/* Whether another of the sorted paths has the base name of the one at a
 * place. */
static bool
name_is_shared(const struct path *paths, size_t count, size_t at)
{
	struct slice name = paths[at].name;

	return (at > 0 && common_parts(name, paths[at - 1].name) > 0) ||
	    (at + 1 < count && common_parts(name, paths[at + 1].name) > 0);
}

/* How alike two files are, 0 to 1. */
static double
alike(struct search *search, size_t i, size_t j, size_t *links)
{
	const struct renamed_file *old = &search->old[i];
	const struct renamed_file *new = &search->new[j];
	size_t most = old->count > new->count ? old->count : new->count;
	double sum = 0;

	chain_sites(search->chain, old->sites, old->count, new->sites,
	    new->count, search->log_factor);
	for (size_t k = 0; k < search->chain->count; k++)
		sum += search->chain->links[k].score;
	*links = search->chain->count;
	return sum / (double)most;
}

/* Compares two files and notes them if they may be one; is_called: their base
 * name alone says so. */
static void
consider(struct search *search, size_t i, size_t j, bool is_called)
{
	size_t links;
	double share = alike(search, i, j, &links);
	size_t parts = common_parts(search->old[i].name, search->new[j].name);
	double near = parts < 4 ? .25 * (double)parts : 1;
	double score = parts > 0 ? (1 + share) / 2 : share;

	if (links == 0 || (!is_called && (share <= .5 || links < 2)))
		return;
	xgrow(&search->candidates, &search->room, search->count + 1,
	    sizeof(search->candidates[0]));
	search->candidates[search->count++] = (struct candidate){ i, j, score,
		share + (is_called ? 1 + near : 0) };
}

/* The first place of the sorted new files that is not before a name. */
static size_t
first_behind(const struct search *search, struct slice name)
{
	size_t low = 0;
	size_t high = search->new_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_ends(search->new_paths[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Compares the old file of a path with the new ones that stand beside it. */
static void
consider_names(struct search *search, size_t at)
{
	const struct path *old = &search->old_paths[at];
	size_t behind = first_behind(search, old->name);
	bool is_shared = name_is_shared(search->old_paths, search->old_count,
	    at);

	for (size_t k = behind > 0 ? behind - 1 : 0;
	     k <= behind && k < search->new_count; k++) {
		const struct path *new = &search->new_paths[k];
		size_t parts = common_parts(old->name, new->name);
		bool is_called = parts > 1;

		if (parts == 1 && !is_shared)
			is_called = !name_is_shared(search->new_paths,
			    search->new_count, k);
		if (parts > 0)
			consider(search, old->file, new->file, is_called);
	}
}

/* The files that have an operation; *count of them, 0 where they are many. */
static const struct user *
find_users(const struct search *search, uint32_t operation, size_t *count)
{
	size_t low = 0;
	size_t high = search->user_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (search->users[middle].operation < operation)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (*count <= COMMON && low + *count < search->user_count &&
	    search->users[low + *count].operation == operation)
		++*count;
	if (*count > COMMON)
		*count = 0;
	return search->users + low;
}

/* Puts a file among the likely ones, the likeliest first. */
static void
keep_likely(struct likely *likely, size_t *count, struct likely file)
{
	size_t at = *count;

	while (at > 0 && likely[at - 1].shared < file.shared)
		at--;
	if (at == LIKELY)
		return;
	if (*count < LIKELY)
		++*count;
	for (size_t k = *count - 1; k > at; k--)
		likely[k] = likely[k - 1];
	likely[at] = file;
}

/* Adds 1 to what a new file shares for each site with one of its operations. */
static void
count_shared(struct search *search, const struct renamed_file *file)
{
	for (size_t k = 0; k < file->count; k++) {
		size_t count;
		const struct user *users = find_users(search,
		    file->sites[k].operation, &count);

		for (size_t u = 0; u < count; u++)
			search->shared[users[u].file]++;
	}
}

/* An old file, and the new ones that share most of its operations. Leaves
 * search->shared all 0, as it was. */
static void
consider_operations(struct search *search, size_t i)
{
	const struct renamed_file *file = &search->old[i];
	struct likely likely[LIKELY];
	size_t likely_count = 0;

	count_shared(search, file);
	for (size_t k = 0; k < file->count; k++) {
		size_t count;
		const struct user *users = find_users(search,
		    file->sites[k].operation, &count);

		for (size_t u = 0; u < count; u++) {
			uint32_t *shared = &search->shared[users[u].file];

			if (*shared > 0)
				keep_likely(likely, &likely_count,
				    (struct likely){ users[u].file, *shared });
			*shared = 0;
		}
	}
	for (size_t k = 0; k < likely_count; k++)
		consider(search, i, likely[k].file, false);
}

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *left = a;
	const struct candidate *right = b;

	if (left->rank != right->rank)
		return left->rank > right->rank ? -1 : 1;
	if (left->old != right->old)
		return left->old < right->old ? -1 : 1;
	return left->new < right->new ? -1 : left->new > right->new;
}

/* The best candidates, each file in one of them at most. */
static struct renamed_pair *
choose(struct search *search, size_t *count)
{
	struct renamed_pair *pairs = xcalloc(search->count + 1,
	    sizeof(pairs[0]));
	bool *old_is_taken = xcalloc(search->old_count + 1, sizeof(bool));
	bool *new_is_taken = xcalloc(search->new_count + 1, sizeof(bool));

	if (search->count > 0)
		qsort(search->candidates, search->count,
		    sizeof(search->candidates[0]), compare_candidates);
	*count = 0;
	for (size_t k = 0; k < search->count; k++) {
		const struct candidate *at = &search->candidates[k];

		if (old_is_taken[at->old] || new_is_taken[at->new])
			continue;
		old_is_taken[at->old] = true;
		new_is_taken[at->new] = true;
		pairs[(*count)++] = (struct renamed_pair){ at->old, at->new,
			at->score };
	}
	free(old_is_taken);
	free(new_is_taken);
	return pairs;
}

struct renamed_pair *
renamed_find(struct chain *chain, const struct renamed_file *old,
    size_t old_count, const struct renamed_file *new, size_t new_count,
    double log_factor, size_t *count)
{
	struct search search = {
		.chain = chain,
		.old = old,
		.new = new,
		.old_count = old_count,
		.new_count = new_count,
		.log_factor = log_factor,
		.old_paths = sort_paths(old, old_count),
		.new_paths = sort_paths(new, new_count),
		.shared = xcalloc(new_count + 1, sizeof(search.shared[0])),
	};
	struct renamed_pair *pairs;

	list_users(&search);
	for (size_t i = 0; i < old_count; i++) {
		consider_names(&search, i);
		consider_operations(&search, i);
	}
	pairs = choose(&search, count);
	free(search.old_paths);
	free(search.new_paths);
	free(search.users);
	free(search.shared);
	free(search.candidates);
	return pairs;
}

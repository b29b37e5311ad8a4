/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mapping.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

static void
bytes_of_a_file(void)
{
	int fd = open(scratch_write("file", slice_str("abc")), O_RDONLY);
	struct mapping *mapping = mapping_open(fd, 3);

	if (!CHECK(mapping != NULL))
		return;
	(void)close(fd);
	CHECK_SLICE(mapping_bytes(mapping), "abc");
	CHECK(!mapping_was_cut(mapping));
	mapping_close(mapping);
	mapping_close(NULL);
}

static void
refusals(void)
{
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	CHECK(mapping_open(ends[0], 10) == NULL);
	CHECK(mapping_open(-1, 10) == NULL);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
as_many_as_places(void)
{
	static struct mapping *open_ones[MAPPINGS_MAX];
	int fd = open(scratch_write("file", slice_str("abc")), O_RDONLY);
	bool all = true;

	for (size_t i = 0; i < MAPPINGS_MAX; i++) {
		open_ones[i] = mapping_open(fd, 3);
		all = all && open_ones[i] != NULL;
	}
	CHECK(all);
	CHECK(mapping_open(fd, 3) == NULL);
	mapping_close(open_ones[500]);
	open_ones[500] = mapping_open(fd, 3);
	CHECK(open_ones[500] != NULL);
	for (size_t i = 0; i < MAPPINGS_MAX; i++)
		mapping_close(open_ones[i]);
	(void)close(fd);
}

enum { ROUNDS = 200, SIZE = 40000 };

/* Maps a file of its own, cuts it and reads it, again and again. The result
 * is NULL when each byte was as it should be. */
static void *
cut_and_read(void *argument)
{
	const char *path = argument;
	char bytes[SIZE];
	void *wrong = NULL;

	memset(bytes, 'x', sizeof(bytes));
	for (int round = 0; round < ROUNDS; round++) {
		int fd = open(path, O_RDWR | O_CREAT, 0600);
		struct mapping *mapping;
		struct slice all;
		size_t left = 0;

		scratch_need(write(fd, bytes, SIZE) == SIZE, path);
		mapping = mapping_open(fd, SIZE);
		scratch_need(mapping != NULL, path);
		scratch_need(ftruncate(fd, 100) == 0, path);
		all = mapping_bytes(mapping);
		for (size_t i = 0; i < all.len; i++)
			left += all.ptr[i] == 'x';
		if (left != 100 || !mapping_was_cut(mapping))
			wrong = argument;
		mapping_close(mapping);
		(void)close(fd);
	}
	return wrong;
}

static void
many_threads(void)
{
	pthread_t threads[4];
	char paths[4][512];
	void *wrong;

	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(paths[i], sizeof(paths[i]), "%s/%zu",
		    scratch_folder, i);
		scratch_need(pthread_create(&threads[i], NULL, cut_and_read,
				 paths[i]) == 0,
		    "pthread_create");
	}
	for (size_t i = 0; i < 4; i++) {
		scratch_need(pthread_join(threads[i], &wrong) == 0,
		    "pthread_join");
		CHECK(wrong == NULL);
	}
}

static const struct tap_test tests[] = {
	{ "a mapping holds the bytes of a file, also a closed one",
	    bytes_of_a_file },
	{ "what cannot be mapped is refused", refusals },
	{ "as many can be open as there are places", as_many_as_places },
	{ "several threads read files that are cut", many_threads },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}

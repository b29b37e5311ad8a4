/* SPDX-License-Identifier: MIT */
/*
 * bandwidth FILE THREADS: adds up the bytes of a file, mapped, and prints the
 * sum: the least that any program can do that looks at each of them. What
 * scan.sh measures stands in proportion to the time of this.
 */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { CHUNK = 1 << 20, MOST_THREADS = 64 };

/* What all threads share. Chunks are handed out by the counter. */
struct file {
	const unsigned char *bytes;
	size_t size;
	atomic_size_t next; /* offset of the first chunk that nobody has */
	atomic_ullong sum;
};

static uint64_t
add_each(const unsigned char *bytes, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += bytes[i];
	return sum;
}

#if defined(__x86_64__)
static bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

/* Four vectors at a time, each with a sum of its own. */
__attribute__((target("avx2"))) static uint64_t
add_vectors(const unsigned char *bytes, size_t count)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i sums[4] = { zero, zero, zero, zero };
	uint64_t lanes[16];
	uint64_t sum = 0;
	size_t i = 0;

	for (; i + 128 <= count; i += 128)
		for (size_t k = 0; k < 4; k++) {
			const unsigned char *at = bytes + i + 32 * k;
			__m256i v = _mm256_loadu_si256((const __m256i *)at);

			sums[k] = _mm256_add_epi64(sums[k],
			    _mm256_sad_epu8(v, zero));
		}
	memcpy(lanes, sums, sizeof(lanes));
	for (size_t k = 0; k < 16; k++)
		sum += lanes[k];
	return sum + add_each(bytes + i, count - i);
}
#else
static bool
has_avx2(void)
{
	return false;
}

static uint64_t
add_vectors(const unsigned char *bytes, size_t count)
{
	return add_each(bytes, count);
}
#endif

static void *
work(void *context)
{
	struct file *file = context;
	bool vectors = has_avx2();
	uint64_t sum = 0;
	size_t from;

	while ((from = atomic_fetch_add(&file->next, CHUNK)) < file->size) {
		size_t count = file->size - from;

		if (count > CHUNK)
			count = CHUNK;
		sum += vectors ? add_vectors(file->bytes + from, count) :
				 add_each(file->bytes + from, count);
	}
	atomic_fetch_add(&file->sum, sum);
	return NULL;
}

/* Returns 0, or -1 where the file cannot be mapped. */
static int
map(struct file *file, const char *path)
{
	struct stat stat;
	void *bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &stat) != 0 || stat.st_size == 0)
		return -1;
	file->size = (size_t)stat.st_size;
	bytes = mmap(NULL, file->size, PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	file->bytes = bytes;
	return bytes == MAP_FAILED ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct file file = { 0 };
	pthread_t threads[MOST_THREADS];
	long count;

	if (argc != 3 || map(&file, argv[1]) != 0)
		return 2;
	count = strtol(argv[2], NULL, 10);
	if (count < 1 || count > MOST_THREADS)
		return 2;
	for (long i = 1; i < count; i++)
		if (pthread_create(&threads[i], NULL, work, &file) != 0)
			return 2;
	(void)work(&file);
	for (long i = 1; i < count; i++)
		(void)pthread_join(threads[i], NULL);
	(void)printf("%llu\n", atomic_load(&file.sum));
	return 0;
}

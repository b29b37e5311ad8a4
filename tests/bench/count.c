/* SPDX-License-Identifier: MIT */
/*
 * count [ROUNDS]: what a count of libtallyman costs: nanoseconds of CPU
 * (CLOCK_THREAD_CPUTIME_ID) for each, beside an empty loop, at 1, 2 and 8
 * threads; and what else would do the job costs: an atomic add to one counter
 * that all threads share (which tells nobody whose the counts are), and a table
 * under a mutex. Each thread goes over the same 64 call sites. The median of so
 * many rounds (5) is told, and the ratio to tallyman_count().
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/table.h"
#include "record/tallyman.h"

enum {
	SITES = 64,
	MOST_THREADS = 8,
	ADDS = 2000000,
	FEWER_ADDS = 400000,
	MOST_ROUNDS = 101
};

struct site {
	const char *operation;
	const char *file;
	unsigned line;
	const char *function;
};

static struct site sites[SITES];

/* What the other ways add to. */
static atomic_ullong shared_sum;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards table */
static struct table table;

/* --- The loops: over so many counts each. */

/* Keeps the compiler from leaving the loop out. */
static const struct site *
site_at(unsigned i)
{
	const struct site *site = &sites[i % SITES];

	__asm__ volatile("" : "+r"(site) : : "memory");
	return site;
}

static void
count_nothing(unsigned adds)
{
	for (unsigned i = 0; i < adds; i++)
		(void)site_at(i);
}

static void
count_atomic(unsigned adds)
{
	for (unsigned i = 0; i < adds; i++) {
		(void)site_at(i);
		atomic_fetch_add(&shared_sum, 1);
	}
}

static char *
put(char *at, const char *text)
{
	size_t size = strlen(text) + 1;

	memcpy(at, text, size);
	return at + size;
}

static void
count_locked(unsigned adds)
{
	for (unsigned i = 0; i < adds; i++) {
		const struct site *site = site_at(i);
		char key[256];
		char *at = put(key, site->file);
		uint64_t *sum;

		at = put(put(at, site->function), site->operation);
		memcpy(at, &site->line, sizeof(site->line));
		at += sizeof(site->line);
		(void)pthread_mutex_lock(&lock);
		sum = table_add(&table, slice_between(key, at), NULL);
		++*sum;
		(void)pthread_mutex_unlock(&lock);
	}
}

static void
count_tallyman(unsigned adds)
{
	for (unsigned i = 0; i < adds; i++) {
		const struct site *site = site_at(i);

		tallyman_count(site->operation, site->file, site->line,
		    site->function, 1);
	}
}

static const struct way {
	const char *name;
	void (*count)(unsigned adds);
	unsigned adds;
} ways[] = {
	{ "empty loop", count_nothing, ADDS },
	{ "tallyman_count()", count_tallyman, ADDS },
	{ "atomic add", count_atomic, ADDS },
	{ "table under a mutex", count_locked, FEWER_ADDS },
};

enum { EMPTY, TALLYMAN, WAYS = sizeof(ways) / sizeof(ways[0]) };

/* --- Threads. */

struct run {
	const struct way *way;
	pthread_barrier_t *start;
	double ns; /* of CPU for one */
};

static double
cpu_ns(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *
work(void *context)
{
	struct run *run = context;
	double began;

	run->way->count(SITES); /* what is new costs more, once */
	(void)pthread_barrier_wait(run->start);
	began = cpu_ns();
	run->way->count(run->way->adds);
	run->ns = (cpu_ns() - began) / run->way->adds;
	return NULL;
}

/* The mean over the threads. */
static double
measure(const struct way *way, unsigned count)
{
	pthread_t threads[MOST_THREADS];
	struct run runs[MOST_THREADS];
	pthread_barrier_t start;
	double sum = 0;

	(void)pthread_barrier_init(&start, NULL, count);
	for (unsigned i = 0; i < count; i++) {
		runs[i] = (struct run){ way, &start, 0 };
		if (pthread_create(&threads[i], NULL, work, &runs[i]) != 0)
			exit(2);
	}
	for (unsigned i = 0; i < count; i++) {
		(void)pthread_join(threads[i], NULL);
		sum += runs[i].ns;
	}
	(void)pthread_barrier_destroy(&start);
	return sum / count;
}

static int
by_number(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

/* The rounds of the ways take turns. */
static void
compare(unsigned threads, unsigned rounds)
{
	double ns[WAYS][MOST_ROUNDS];
	double median[WAYS];

	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < WAYS; i++)
			ns[i][round] = measure(&ways[i], threads);
	for (size_t i = 0; i < WAYS; i++) {
		qsort(ns[i], rounds, sizeof(ns[i][0]), by_number);
		median[i] = ns[i][rounds / 2];
		if (i == EMPTY)
			continue;
		median[i] -= median[EMPTY];
		(void)printf("%u threads  %-20s %7.1f ns  %5.2f\n", threads,
		    ways[i].name, median[i], median[i] / median[TALLYMAN]);
	}
}

static void
make_sites(void)
{
	static char texts[3][SITES][64];

	for (unsigned i = 0; i < SITES; i++) {
		(void)snprintf(texts[0][i], 64, "Kind%u.%s", i % 12,
		    i % 3 == 0 ? "put" : "get");
		(void)snprintf(texts[1][i], 64, "src/models/part_%u.c", i % 10);
		(void)snprintf(texts[2][i], 64, "save_part_%u", i / 3);
		sites[i] = (struct site){ texts[0][i], texts[1][i], 10 + 7 * i,
			texts[2][i] };
	}
}

int
main(int argc, char **argv)
{
	static const unsigned threads[] = { 1, 2, 8 };
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;

	if (argc > 2 || rounds < 1 || rounds > MOST_ROUNDS ||
	    setenv("TALLYMAN_LOG", "/dev/null", 1) != 0)
		return 2;
	make_sites();
	table_init(&table, sizeof(uint64_t));
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		compare(threads[i], (unsigned)rounds);
	table_release(&table);
	return 0;
}

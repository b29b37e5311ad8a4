/* SPDX-License-Identifier: MIT */
/*
 * record_killed FILE SECONDS PROCESSES: counts with libtallyman, in four
 * threads of each process, until it is killed, or for so many seconds (0: for
 * ever). FILE, which it makes, holds a struct killed at any time; processes
 * that come and go by fork(2) count beside it. With SECONDS it ends by exit(3),
 * and FILE has the truth.
 *
 * record_killed FILE: prints what FILE holds, and how much of it was counted
 * more than BEHIND ms before the last.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tallyman.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, NOTES = 4096, BEHIND = 500, MS = 1000000 };

/* Shared by all processes. */
struct killed {
	_Atomic uint64_t counted;
	_Atomic unsigned last; /* of the notes, modulo */
	struct {
		_Atomic int64_t ms;
		_Atomic uint64_t counted;
	} notes[NOTES]; /* how much was counted when */
	atomic_bool ends;
};

static struct killed *killed;

static int64_t
now_ms(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / MS;
}

static void
nap(long ms)
{
	struct timespec time = { .tv_nsec = ms * MS };

	(void)nanosleep(&time, NULL);
}

/* In pieces: the truth is told behind the count, so never before it. */
static void
count_some(void)
{
	for (int i = 0; i < 100; i++)
		TALLYMAN_COUNT("UserData.put");
	for (int i = 0; i < 50; i++)
		TALLYMAN_COUNT_N("Feed.insert", 2);
	atomic_fetch_add(&killed->counted, 200);
}

static void *
count(void *context)
{
	(void)context;
	while (!atomic_load(&killed->ends)) {
		count_some();
		nap(1);
	}
	return NULL;
}

static void
note(void)
{
	unsigned next = (atomic_load(&killed->last) + 1) % NOTES;

	atomic_store(&killed->notes[next].ms, now_ms());
	atomic_store(&killed->notes[next].counted,
	    atomic_load(&killed->counted));
	atomic_store(&killed->last, next);
}

/* A child that counts a little and goes, by either way. */
static void
pass_by(unsigned turn)
{
	pid_t child = fork();

	if (child != 0) {
		while (
		    child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
			continue;
		return;
	}
	count_some();
	if (turn % 2 == 0)
		exit(0);
	(void)tallyman_flush();
	_exit(0);
}

static void
work(int64_t seconds)
{
	int64_t end = now_ms() + seconds * 1000;
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, count, NULL) != 0)
			exit(2);
	for (unsigned turn = 0; seconds == 0 || now_ms() < end; turn++) {
		pass_by(turn);
		note();
		nap(5);
	}
	atomic_store(&killed->ends, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static int
show(void)
{
	unsigned last = atomic_load(&killed->last);
	int64_t ms = atomic_load(&killed->notes[last].ms);
	uint64_t before = 0;

	for (int i = 0; i < NOTES; i++) {
		int64_t at = atomic_load(&killed->notes[i].ms);
		uint64_t counted = atomic_load(&killed->notes[i].counted);

		if (at > 0 && at < ms - BEHIND && counted > before)
			before = counted;
	}
	printf("%" PRIu64 " %" PRIu64 "\n", atomic_load(&killed->counted),
	    before);
	return 0;
}

int
main(int argc, char **argv)
{
	int fd = argc < 2 ? -1 : open(argv[1], O_RDWR | O_CREAT, 0666);
	int processes = argc < 4 ? 1 : (int)strtol(argv[3], NULL, 10);

	if (fd < 0 || ftruncate(fd, sizeof(*killed)) != 0)
		return 2;
	killed = mmap(NULL, sizeof(*killed), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	if (killed == MAP_FAILED)
		return 2;
	if (argc == 2)
		return show();
	for (int i = 1; i < processes; i++)
		if (fork() == 0)
			break;
	work(strtol(argv[2], NULL, 10));
	while (wait(NULL) > 0 || errno == EINTR)
		continue;
	return 0;
}

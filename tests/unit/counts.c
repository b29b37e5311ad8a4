/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/counts.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* What a collector found, of one operation or (NULL) of all. */
struct found {
	const char *operation;
	uint64_t sum;
	unsigned keys;
	char site[64]; /* of the last key; each NUL is a '|' */
	size_t site_len;
	char bytes[64]; /* as it is */
	enum counts_kind kind;
};

static bool
take(void *context, const struct counts_key *key, uint64_t n)
{
	struct found *found = context;

	if (found->operation != NULL &&
	    strcmp(found->operation, key->operations.ptr) != 0)
		return true;
	found->sum += n;
	found->keys++;
	found->kind = key->kind;
	found->site_len = key->site.len;
	memset(found->site, 0, sizeof(found->site));
	memcpy(found->bytes, key->site.ptr,
	    key->site.len < 64 ? key->site.len : 64);
	for (size_t i = 0; i < key->site.len && i < sizeof(found->site) - 1;
	     i++)
		found->site[i] = key->site.ptr[i] == 0 ? '|' : key->site.ptr[i];
	return true;
}

/* Takes all that is there. */
static struct found
collect(const char *operation)
{
	struct found found = { .operation = operation };

	counts_collect(take, &found);
	return found;
}

/* Each test begins with nothing pending and a table. */
static void
begin(void)
{
	(void)collect(NULL);
	(void)counts_take_lost();
	CHECK(counts_begin());
	CHECK(!counts_pending());
}

static void
is_collected_once(void)
{
	struct found found;

	begin();
	counts_add_named("a.c", 7, "f", "Kind.get", 2);
	counts_add_named("a.c", 7, "f", "Kind.get", 3);
	CHECK(counts_pending());
	found = collect(NULL);
	CHECK_INT(found.sum, 5);
	CHECK_INT(found.keys, 1);
	CHECK_INT(found.kind, COUNTS_NAMED);
	CHECK_STR(found.site, "a.c|f|7");
	CHECK(!counts_pending());
	CHECK_INT(collect(NULL).keys, 0);
	counts_add_named("a.c", 7, "f", "Kind.get", 1);
	CHECK_INT(collect(NULL).sum, 1);
}

static void
has_one_cell_for_a_key(void)
{
	static const char site[] = "a.c\0f\0"
				   "4294967295";
	struct counts_key key = { COUNTS_NAMED, SLICE(site),
		SLICE("Kind.put\0") };
	struct found found;

	begin();
	counts_add_named("a.c", UINT32_MAX, "f", "Kind.put", 1);
	counts_add(&key, 2);
	found = collect(NULL);
	CHECK_INT(found.keys, 1);
	CHECK_INT(found.sum, 3);
	key.kind = COUNTS_PLACES;
	counts_add(&key, 4);
	found = collect(NULL);
	CHECK_INT(found.kind, COUNTS_PLACES);
	CHECK_INT(found.sum, 4);
}

static void
counts_places(void)
{
	static const char *const operations[] = { "Place.get\0",
		"Place.put\0" };
	struct counts_place place = { (const void *)operations, 0 };
	struct counts_key key = { COUNTS_PLACES,
		slice_make((const char *)&place, sizeof(place)), { 0 } };
	struct found found;

	begin();
	for (unsigned i = 0; i < 3 * 5000; i++) {
		place.offset = i % 5000;
		place.module = (const void *)&operations[i % 7 == 0];
		counts_add_place(&place, slice_make(operations[i % 2], 10), 1);
	}
	CHECK_INT(collect(NULL).sum, 3 * 5000);
	key.operations = slice_make(operations[1], 10);
	counts_add(&key, 1);
	counts_add_place(&place, key.operations, 2);
	found = collect("Place.put");
	CHECK_INT(found.keys, 1);
	CHECK_INT(found.sum, 3);
	CHECK_INT(found.kind, COUNTS_PLACES);
	CHECK(found.site_len == sizeof(place));
}

/* The last few are remembered. */
static void
tells_places_apart(void)
{
	static const char operations[2][12] = { "Apart.get", "Apart.put" };
	struct counts_place places[3] = { { (const void *)operations, 1 },
		{ (const void *)operations, 2 },
		{ (const void *)operations[1], 1 } };

	begin();
	for (int i = 0; i < 30; i++) {
		struct counts_place place = places[i % 3];
		struct slice operation = slice_make(operations[i % 2], 10);
		struct found found;

		counts_add_place(&place, operation, 1);
		found = collect(operations[i % 2]);
		CHECK_INT(found.sum, 1);
		CHECK(memcmp(found.bytes, &place, sizeof(place)) == 0);
	}
	CHECK_INT(counts_take_lost(), 0);
}

static void
copies_texts(void)
{
	char file[8] = "a.c";
	char function[8] = "f";
	char operation[16] = "Copied.get";

	begin();
	for (int i = 0; i < 3; i++) {
		file[0] = (char)('a' + i);
		counts_add_named(file, 1, function, operation, 1);
		CHECK_INT(collect("Copied.get").site[0], file[0]);
		function[0] = (char)('g' + i);
		counts_add_named(file, 1, function, operation, 1);
		CHECK_INT(collect("Copied.get").site[4], function[0]);
		operation[7] = 'p';
		counts_add_named(file, 1, function, operation, 10);
		CHECK_INT(collect("Copied.pet").sum, 10);
		operation[7] = 'g';
	}
	CHECK_INT(counts_take_lost(), 0);
}

static void
finds_each_of_many(void)
{
	char file[16];
	uint64_t sum = 0;
	unsigned keys = 0;

	begin();
	for (int round = 0; round < 3; round++)
		for (unsigned i = 0; i < 5000; i++) {
			(void)snprintf(file, sizeof(file), "%u.c", i);
			counts_add_named(file, i % 7, "", "Many.get", 1);
			counts_add_named("one.c", i, "", "Many.get", 1);
		}
	for (struct found found; (found = collect("Many.get")).keys > 0;) {
		sum += found.sum;
		keys += found.keys;
	}
	CHECK_INT(sum, 30000);
	CHECK_INT(keys, 10000);
}

static bool
take_one(void *context, const struct counts_key *key, uint64_t n)
{
	unsigned *left = context;

	(void)key;
	(void)n;
	return (*left)-- > 0;
}

static void
may_be_refused(void)
{
	unsigned left = 2;

	begin();
	for (unsigned line = 1; line <= 5; line++)
		counts_add_named("a.c", line, "", "Refused.get", 1);
	counts_collect(take_one, &left);
	CHECK(counts_pending());
	CHECK_INT(collect("Refused.get").keys, 3);
}

static void
goes_beyond_its_type(void)
{
	begin();
	counts_add_named("a.c", 1, "", "Large.get", UINT64_MAX - 1);
	counts_add_named("a.c", 1, "", "Large.get", 5);
	CHECK(collect("Large.get").sum == UINT64_MAX);
	CHECK_INT(counts_take_lost(), 4);
	counts_add_named("a.c", 1, "", "Large.get", 5);
	CHECK_INT(collect("Large.get").sum, 5);
	counts_lose(UINT64_MAX);
	counts_lose(2);
	CHECK(counts_pending());
	CHECK(counts_take_lost() == UINT64_MAX);
	CHECK(!counts_pending());
}

static void
loses_long_sites(void)
{
	static char file[COUNTS_LONGEST];
	static char longer[3 * COUNTS_LONGEST];

	begin();
	memset(longer, 'x', sizeof(longer) - 1);
	counts_add_named(longer, 1, "", "Long.get", 1);
	counts_add_named("", 1, longer, "Long.get", 1);
	CHECK_INT(counts_take_lost(), 2);
	memset(file, 'x', sizeof(file) - 5);
	counts_add_named(file, 123, "", "Long.get", 1);
	CHECK_INT(collect("Long.get").site_len, COUNTS_LONGEST);
	counts_add_named(file, 1234, "", "Long.get", 2);
	counts_add_named(file, 123, "f", "Long.get", 3);
	counts_add_named("", 1, file, "Long.get", 4);
	CHECK_INT(counts_take_lost(), 5);
	CHECK_INT(collect("Long.get").sum, 4);
}

/* --- Threads. */

enum { THREADS = 4, ADDS = 30000, SITES = 50 };

static atomic_int adding;

static void *
add_many(void *context)
{
	(void)context;
	for (unsigned i = 0; i < ADDS; i++) {
		if (!counts_begin())
			counts_lose(1);
		else
			counts_add_named("t.c", i % SITES, "f", "Thread.get",
			    1);
	}
	atomic_fetch_sub(&adding, 1);
	return NULL;
}

static void
start(pthread_t *threads)
{
	atomic_store(&adding, THREADS);
	for (int i = 0; i < THREADS; i++)
		if (!CHECK(
			pthread_create(&threads[i], NULL, add_many, NULL) == 0))
			exit(EXIT_FAILURE);
}

static void
join(const pthread_t *threads)
{
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

static void
adds_up_over_threads(void)
{
	pthread_t threads[THREADS];
	uint64_t sum = 0;

	begin();
	for (int round = 0; round < 3; round++) {
		start(threads);
		while (atomic_load(&adding) > 0)
			sum += collect("Thread.get").sum;
		join(threads);
	}
	sum += collect("Thread.get").sum;
	CHECK_INT(sum, 3 * THREADS * ADDS);
	CHECK_INT(counts_take_lost(), 0);
}

static void *
hang(void *context)
{
	char **hung = context;

	CHECK(counts_mine == NULL);
	CHECK(counts_hang(100) == NULL);
	CHECK(counts_begin());
	*hung = counts_hang(100);
	CHECK(counts_hang(100) == *hung);
	counts_add_named("h.c", 1, "", "Handed.get", 1);
	return NULL;
}

static char *
run_and_hang(void)
{
	pthread_t thread;
	char *hung = NULL;

	if (CHECK(pthread_create(&thread, NULL, hang, &hung) == 0))
		(void)pthread_join(thread, NULL);
	return hung;
}

static void
hands_tables_on(void)
{
	struct found found;
	char *first;
	char *second;

	begin();
	first = run_and_hang();
	second = run_and_hang();
	if (!CHECK(first != NULL))
		return;
	CHECK(first == second);
	CHECK(first != counts_hang(100));
	found = collect("Handed.get");
	CHECK_INT(found.sum, 2);
	CHECK_INT(found.keys, 1);
	CHECK_INT(first[0], 0);
	first[0] = 'x';
	CHECK_INT(run_and_hang()[0], 'x');
}

static pthread_key_t late;

static void
count_late(void *context)
{
	(void)context;
	CHECK(counts_mine == NULL);
	if (counts_begin())
		counts_add_named("l.c", 1, "", "Late.get", 1);
}

static void *
end_late(void *context)
{
	(void)context;
	CHECK(counts_begin());
	CHECK(pthread_setspecific(late, &late) == 0);
	return NULL;
}

/* The key of the tables is older, so its destructor comes first. */
static void
counts_in_destructors(void)
{
	pthread_t thread;
	char *first;

	begin();
	first = run_and_hang();
	if (!CHECK(pthread_key_create(&late, count_late) == 0) ||
	    !CHECK(pthread_create(&thread, NULL, end_late, NULL) == 0))
		return;
	(void)pthread_join(thread, NULL);
	CHECK_INT(collect("Late.get").sum, 1);
	CHECK(run_and_hang() == first);
	(void)pthread_key_delete(late);
}

/* --- Forks. */

/* Runs a test in a forked child; what it checks is passed on. */
static void
in_child(void (*test)(void))
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	counts_before_fork();
	pid = fork();
	if (pid == 0) {
		counts_after_fork_in_child();
		test();
		(void)fflush(stdout);
		_exit(tap.failed);
	}
	counts_after_fork_in_parent();
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

/* Where a table's torn halves were used, this would not end. */
static void
count_in_child(void)
{
	CHECK(counts_mine == NULL);
	CHECK(!counts_pending());
	begin();
	for (unsigned i = 0; i < 2 * SITES; i++)
		counts_add_named("t.c", i % SITES, "f", "Thread.get", 1);
	counts_add_named("mine.c", 1, "", "Fork.get", 1);
	CHECK_INT(collect("Thread.get").sum, 2 * SITES);
	counts_add_named("mine.c", 1, "", "Fork.get", 2);
	CHECK_INT(collect("Fork.get").sum, 2);
	CHECK_INT(counts_take_lost(), 0);
}

static void *
begin_amid_a_fork(void *context)
{
	(void)context;
	counts_before_fork();
	CHECK(!counts_begin());
	counts_after_fork_in_parent();
	CHECK(counts_begin());
	return NULL;
}

/* It would wait for the lock that its own thread holds. */
static void
does_not_begin_amid_a_fork(void)
{
	pthread_t thread;

	if (CHECK(pthread_create(&thread, NULL, begin_amid_a_fork, NULL) == 0))
		(void)pthread_join(thread, NULL);
}

static void
forks_once(void)
{
	begin();
	counts_lose(3);
	counts_add_named("mine.c", 1, "", "Fork.get", 10);
	in_child(count_in_child);
	counts_add_named("mine.c", 1, "", "Fork.get", 1);
	CHECK_INT(collect("Fork.get").sum, 11);
	CHECK_INT(counts_take_lost(), 3);
}

static void
fork_again(void)
{
	begin();
	counts_add_named("mine.c", 1, "", "Fork.get", 7);
	in_child(count_in_child);
	CHECK_INT(collect("Fork.get").sum, 7);
}

static void
forks_twice(void)
{
	begin();
	counts_add_named("mine.c", 1, "", "Fork.get", 10);
	in_child(fork_again);
	CHECK_INT(collect("Fork.get").sum, 10);
}

static void
forks_while_threads_count(void)
{
	pthread_t threads[THREADS];
	uint64_t sum = 0;

	begin();
	start(threads);
	do {
		in_child(count_in_child);
		sum += collect("Thread.get").sum;
	} while (atomic_load(&adding) > 0);
	join(threads);
	sum += collect("Thread.get").sum;
	CHECK_INT(sum, THREADS * ADDS);
}

static void
keeps_its_table_after_a_fork(void)
{
	char *hung;

	begin();
	hung = counts_hang(100);
	in_child(count_in_child);
	CHECK(counts_hang(100) == hung);
}

static void
reuses_its_table_in_child(void)
{
	static char *hung;
	pid_t pid;
	int status = -1;

	begin();
	hung = counts_hang(100);
	counts_before_fork();
	pid = fork();
	if (pid == 0) {
		counts_after_fork_in_child();
		_exit(!counts_begin() || counts_hang(100) != hung);
	}
	counts_after_fork_in_parent();
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

/* --- Bounds. */

static void
fill(void)
{
	struct counts_key key = { .kind = COUNTS_PLACES,
		.operations = SLICE("Full.get\0") };
	unsigned n;

	begin();
	for (n = 0; counts_take_lost() == 0 && n <= COUNTS_MOST; n++) {
		key.site = slice_make((const char *)&n, sizeof(n));
		counts_add(&key, 1);
	}
	/* Those before it, of other tests, have some room. */
	CHECK(n > COUNTS_MOST - COUNTS_MOST / 8 && n <= COUNTS_MOST);
	CHECK_INT(collect("Full.get").sum, n - 1);
	counts_add(&key, 4);
	CHECK_INT(counts_take_lost(), 4);
	n = 0;
	counts_add(&key, 4);
	CHECK_INT(counts_take_lost(), 0);
	CHECK_INT(collect("Full.get").sum, 4);
}

static void
is_bounded(void)
{
	in_child(fill);
}

static void
fill_with_long_texts(void)
{
	static char text[1 << 16];
	struct counts_key key = { COUNTS_PLACES, { text, sizeof(text) },
		SLICE("Long.get\0") };
	unsigned n;

	begin();
	for (n = 0; counts_take_lost() == 0 && n <= COUNTS_MOST; n++) {
		memcpy(text, &n, sizeof(n));
		counts_add(&key, 1);
	}
	CHECK(n <= COUNTS_MOST / (sizeof(text) / 256));
}

static void
is_bounded_in_bytes(void)
{
	in_child(fill_with_long_texts);
}

/* --- Signal handlers. */

static char *trap; /* a page that can't be read until the handler came */

static void
count_in_handler(int signal)
{
	(void)signal;
	if (trap != NULL)
		(void)mprotect(trap, 4096, PROT_READ | PROT_WRITE);
	CHECK(counts_begin());
	counts_add_named("handler.c", 1, "", "Handler.get", 100);
	CHECK(counts_hang(100) == NULL);
}

static void
handle(int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	CHECK(sigaction(signal, &action, NULL) == 0);
}

/* The handler runs where the count reads its text: amid it. */
static void
breaks_in(void)
{
	begin();
	trap = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(trap, "trap.c", 7);
	handle(SIGSEGV, count_in_handler);
	CHECK(mprotect(trap, 4096, PROT_NONE) == 0);
	counts_add_named(trap, 1, "", "Trap.get", 1);
	handle(SIGSEGV, SIG_DFL);
	CHECK_INT(counts_take_lost(), 100);
	counts_add_named(trap, 1, "", "Trap.get", 1);
	CHECK_INT(counts_take_lost(), 0);
	CHECK_INT(collect("Trap.get").sum, 2);
	(void)munmap(trap, 4096);
	trap = NULL;
}

static jmp_buf outside;

static void
jump(int signal)
{
	(void)signal;
	siglongjmp(outside, 1);
}

static void *
count_and_jump(void *unused)
{
	begin();
	if (sigsetjmp(outside, 1) == 0)
		counts_add_named(trap, 1, "", "Trap.get", 1);
	return unused;
}

static void *
count_after_jump(void *unused)
{
	begin();
	counts_add_named("next.c", 1, "", "Next.get", 1);
	return unused;
}

/* The next thread must not have the torn table. */
static void
jumps_out(void)
{
	pthread_t thread;

	trap = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	handle(SIGSEGV, jump);
	CHECK_INT(pthread_create(&thread, NULL, count_and_jump, NULL), 0);
	(void)pthread_join(thread, NULL);
	handle(SIGSEGV, SIG_DFL);
	CHECK_INT(pthread_create(&thread, NULL, count_after_jump, NULL), 0);
	(void)pthread_join(thread, NULL);
	CHECK_INT(collect("Next.get").sum, 1);
}

static void
leaves_torn_tables(void)
{
	in_child(jumps_out);
}

/* Before others hang something on the table. */
static void
loses_in_handlers(void)
{
	in_child(breaks_in);
}

static volatile sig_atomic_t ticks;

static void
tick(int signal)
{
	(void)signal;
	if (counts_begin())
		counts_add_named("tick.c", (unsigned)ticks % 3, "", "Tick.get",
		    1);
	else
		counts_lose(1);
	ticks++;
}

/* At any place whatever, the sum is exact. */
static void
adds_up_over_handlers(void)
{
	struct itimerval often = { { 0, 50 }, { 0, 50 } };
	struct itimerval never = { 0 };
	uint64_t sum = 0;
	unsigned adds = 0;

	begin();
	handle(SIGALRM, tick);
	CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (; ticks < 300; adds++) {
		counts_add_named("tick.c", adds % 5, "", "Tick.get", 1);
		if (adds % 1000 == 0)
			sum += collect("Tick.get").sum;
	}
	CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
	sum += collect("Tick.get").sum;
	CHECK_INT(sum + counts_take_lost(), adds + (unsigned)ticks);
}

static const struct tap_test tests[] = {
	{ "a signal handler that breaks in on a count loses its own",
	    loses_in_handlers },
	{ "a table that a handler left amid a count is not handed on",
	    leaves_torn_tables },
	{ "what is added is collected once", is_collected_once },
	{ "a key has one cell, whichever way it came", has_one_cell_for_a_key },
	{ "places are found the quick way, and so is a key's one cell",
	    counts_places },
	{ "places and operations are told apart", tells_places_apart },
	{ "buffers may be used again for other texts", copies_texts },
	{ "each of many keys is found again", finds_each_of_many },
	{ "what the collector refuses comes again", may_be_refused },
	{ "a number beyond 64 bits is lost", goes_beyond_its_type },
	{ "so is a name that is too long", loses_long_sites },
	{ "no add of several threads is lost or doubled",
	    adds_up_over_threads },
	{ "a thread that ends hands its table to the next", hands_tables_on },
	{ "also one that counts while it ends", counts_in_destructors },
	{ "a child has nothing of its parent's", forks_once },
	{ "nor a child's child", forks_twice },
	{ "the parent's thread goes on with its table",
	    keeps_its_table_after_a_fork },
	{ "so does its copy in the child", reuses_its_table_in_child },
	{ "a thread that forks does not begin meanwhile",
	    does_not_begin_amid_a_fork },
	{ "forks while threads count neither double nor lose",
	    forks_while_threads_count },
	{ "cells are bounded, and what finds no room is lost", is_bounded },
	{ "so are the bytes of long texts", is_bounded_in_bytes },
	{ "counts and handlers' counts add up", adds_up_over_handlers },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

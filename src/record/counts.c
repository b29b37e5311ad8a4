/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/counts.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "record/cells.h"
#include "record/pages.h"
#include "record/quick.h"

struct counts {
	struct cells cells;
	void *hung;
	_Atomic(bool) busy; /* its owner changes these and quick; seen by the
			       owner's signal handlers */

	struct counts *next; /* among tables.all */
	struct counts *next_spare;
	bool is_listed; /* there; what comes from a fork's parent is not */

	_Alignas(64) struct quick quick; /* large: so what all need is on one
					    page; its sets are cache lines */
};

/*
 * Where threads meet. There is one, since a thread that ends, a fork and a
 * signal handler have nobody to ask for it.
 */
static struct {
	pthread_mutex_t lock; /* guards key, spare, and pushing to all */
	pthread_key_t key;    /* its destructor tells that a thread ends */
	bool has_key;
	struct counts *spare; /* without a thread, the last one first */
	_Atomic(struct counts *) all;
	_Atomic(uint64_t) lost;
} tables = { .lock = PTHREAD_MUTEX_INITIALIZER };

_Thread_local struct counts *counts_mine;

/* The thread may hold the lock, so a handler on it must not wait for it. */
static _Thread_local atomic_bool is_changing
    __attribute__((tls_model("initial-exec")));

/* --- The calling thread's table. */

/* NULL where it has none, or where a signal handler breaks in on its work. */
static struct counts *
enter(void)
{
	struct counts *counts = counts_mine;

	if (counts == NULL ||
	    atomic_load_explicit(&counts->busy, memory_order_relaxed))
		return NULL;
	atomic_store_explicit(&counts->busy, true, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	return counts;
}

static void
leave(struct counts *counts)
{
	atomic_signal_fence(memory_order_seq_cst);
	atomic_store_explicit(&counts->busy, false, memory_order_relaxed);
}

/* Returns what is lost. */
static uint64_t
add(struct cell *cell, uint64_t n)
{
	return cell == NULL ? n : cell_add(cell, n);
}

void
counts_add(const struct counts_key *key, uint64_t n)
{
	struct counts *counts = enter();
	uint64_t lost = n;

	if (counts != NULL) {
		lost = add(cells_find(&counts->cells, key), n);
		leave(counts);
	}
	if (lost > 0)
		counts_lose(lost);
}

void
counts_add_named(const char *file, unsigned line, const char *function,
    const char *operation, uint64_t n)
{
	struct quick_name name = { file, function, operation, line };
	struct counts *counts = enter();
	uint64_t lost = n;

	if (counts != NULL) {
		lost = add(quick_find(&counts->quick, &counts->cells, &name),
		    n);
		leave(counts);
	}
	if (lost > 0)
		counts_lose(lost);
}

void
counts_add_place(const struct counts_place *place, struct slice operations,
    uint64_t n)
{
	struct counts *counts = enter();
	uint64_t lost = n;

	if (counts != NULL) {
		lost = add(quick_find_place(&counts->quick, &counts->cells,
			       place, operations),
		    n);
		leave(counts);
	}
	if (lost > 0)
		counts_lose(lost);
}

void *
counts_hang(size_t size)
{
	struct counts *counts = counts_mine;

	if (counts != NULL && counts->hung != NULL)
		return counts->hung;
	counts = enter();
	if (counts == NULL)
		return NULL;
	counts->hung = pages_take(&counts->cells.pages, size);
	leave(counts);
	return counts->hung;
}

/* --- Tables come and go with threads. */

static struct counts *
new_table(void)
{
	struct pages pages = { 0 };
	struct counts *counts = pages_take(&pages, sizeof(*counts));

	if (counts != NULL)
		cells_init(&counts->cells, pages);
	return counts;
}

/* Under the lock: from now on the collector sees it. */
static void
publish(struct counts *counts)
{
	counts->next = atomic_load_explicit(&tables.all, memory_order_relaxed);
	counts->is_listed = true;
	atomic_store_explicit(&tables.all, counts, memory_order_release);
}

static void
give_table(struct counts *counts)
{
	(void)pthread_mutex_lock(&tables.lock);
	counts->next_spare = tables.spare;
	tables.spare = counts;
	(void)pthread_mutex_unlock(&tables.lock);
}

/* Not where a signal handler broke in on its owner's work, and never came
 * back, or forked. */
static bool
is_whole(const struct counts *counts)
{
	return !atomic_load_explicit(&counts->busy, memory_order_relaxed);
}

/* The key's value says only that there is something to do. A handler that forks
 * would wait for the lock. */
static void
end_thread(void *unused)
{
	struct counts *counts = counts_mine;
	sigset_t all;
	sigset_t signals;

	(void)unused;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &signals);
	counts_mine = NULL;
	if (counts != NULL && is_whole(counts))
		give_table(counts);
	(void)pthread_sigmask(SIG_SETMASK, &signals, NULL);
}

/* Under the lock. */
static struct counts *
find_table(void)
{
	struct counts *counts = tables.spare;

	if (!tables.has_key && pthread_key_create(&tables.key, end_thread) != 0)
		return NULL;
	tables.has_key = true;
	if (counts == NULL)
		counts = new_table();
	else
		tables.spare = counts->next_spare;
	if (counts != NULL && !counts->is_listed) {
		cells_forget(&counts->cells);
		publish(counts);
	}
	return counts;
}

static struct counts *
take_table(void)
{
	struct counts *counts;

	(void)pthread_mutex_lock(&tables.lock);
	counts = find_table();
	(void)pthread_mutex_unlock(&tables.lock);
	return counts;
}

bool
counts_begin(void)
{
	struct counts *counts;

	if (counts_mine != NULL)
		return true;
	if (atomic_load(&is_changing))
		return false;
	atomic_store(&is_changing, true);
	counts = take_table();
	if (counts != NULL && pthread_setspecific(tables.key, counts) != 0) {
		give_table(counts);
		counts = NULL;
	}
	counts_mine = counts;
	atomic_store(&is_changing, false);
	return counts != NULL;
}

/* --- The collector, and what is lost. */

void
counts_collect(bool (*take)(void *context, const struct counts_key *key,
		   uint64_t n),
    void *context)
{
	struct counts *counts = atomic_load_explicit(&tables.all,
	    memory_order_acquire);

	for (; counts != NULL; counts = counts->next) {
		struct cell *cell = cells_newest(&counts->cells);

		for (; cell != NULL; cell = cell->older) {
			uint64_t n = cell_news(cell);

			if (n == 0)
				continue;
			if (!take(context, &cell->key, n))
				return;
			cell_collect(cell, n);
		}
	}
}

static bool
has_news(const struct counts *counts)
{
	const struct cell *cell = cells_newest(&counts->cells);

	while (cell != NULL && cell_news(cell) == 0)
		cell = cell->older;
	return cell != NULL;
}

bool
counts_pending(void)
{
	const struct counts *counts = atomic_load_explicit(&tables.all,
	    memory_order_acquire);

	while (counts != NULL && !has_news(counts))
		counts = counts->next;
	return counts != NULL || atomic_load(&tables.lost) > 0;
}

void
counts_lose(uint64_t n)
{
	uint64_t lost = atomic_load(&tables.lost);
	uint64_t sum;

	do
		sum = n > UINT64_MAX - lost ? UINT64_MAX : lost + n;
	while (!atomic_compare_exchange_weak(&tables.lost, &lost, sum));
}

uint64_t
counts_take_lost(void)
{
	return atomic_exchange(&tables.lost, 0);
}

/*
 * --- Forks.
 *
 * The kernel copies a process page by page, while its other threads go on. So
 * in the child their tables may be torn, and are left alone for good. Whole are
 * those that are nobody's, because of the lock, and that of the thread that
 * forks, unless it does so in a signal handler, amid a count. These are used
 * again, and what they hold is looked at only when the child counts: most
 * children call execve(2) first.
 */

void
counts_before_fork(void)
{
	atomic_store(&is_changing, true);
	(void)pthread_mutex_lock(&tables.lock);
}

void
counts_after_fork_in_parent(void)
{
	(void)pthread_mutex_unlock(&tables.lock);
	atomic_store(&is_changing, false);
}

void
counts_after_fork_in_child(void)
{
	struct counts *counts = counts_mine;

	if (counts != NULL && is_whole(counts)) {
		counts->next_spare = tables.spare;
		tables.spare = counts;
	}
	counts_mine = NULL;
	for (counts = tables.spare; counts != NULL; counts = counts->next_spare)
		counts->is_listed = false;
	atomic_store(&tables.all, NULL);
	atomic_store(&tables.lost, 0);
	(void)pthread_mutex_unlock(&tables.lock);
	atomic_store(&is_changing, false);
}

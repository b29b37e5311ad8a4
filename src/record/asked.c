/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/asked.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/upto.h"
#include "model/shape.h"
#include "model/sql.h"
#include "model/words.h"
#include "record/counts.h"
#include "record/guard.h"
#include "record/pages.h"

enum {
	CHAINS = ASKED_MOST / 8,
	REMEMBERED = 512,            /* texts of a thread */
	LONGEST_REMEMBERED = 1 << 14 /* longer ones seldom come again */
};

/* Does not change once it is in its chain. */
struct interned {
	struct interned *older;
	uint64_t hash;
	struct slice operations; /* the text lies behind it */
};

/* A text that asks for one thing, or for nothing. All zero it is the empty
 * text, should that have the hash 0. Two of them fill a cache line. */
struct remembered {
	uint64_t hash;
	uint32_t len;
	uint32_t times; /* 0: there is no item */
	struct slice operations;
};

/* What it takes to read a text; kept, so that no memory need be taken. */
struct desk {
	struct sql_operations statement;
	struct buf joined; /* the same as a key of counts */
	struct desk *next;
};

/* Hangs on a thread's table. */
struct memory {
	struct remembered texts[REMEMBERED]; /* and shapes */
	_Atomic(bool) busy; /* seen by signal handlers of the thread */
	struct desk *desk;  /* NULL: none yet */
	char shape[LONGEST_REMEMBERED + UPTO_ROOM];
};

struct reading {
	struct slice text;
	struct asked *asked;
	struct desk *desk;
};

/* What was ever asked for: one for the process, since its threads share it. */
static struct {
	_Atomic(struct interned *) chains[CHAINS]; /* the newest first */
	pthread_mutex_t lock; /* guards what follows, and adding to chains */
	struct pages pages;
	size_t count;
	size_t bytes;
	struct desk *desks; /* of all threads; else leak checkers miss them */
} known = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Sorted. A table may be called transaction too. */
static const char *const left_out[] = { "transaction.begin",
	"transaction.commit", "transaction.prepare", "transaction.release",
	"transaction.rollback", "transaction.savepoint", "transaction.xa" };

static const struct interned *
find(uint64_t hash, struct slice operations)
{
	const struct interned *interned = atomic_load_explicit(
	    &known.chains[hash % CHAINS], memory_order_acquire);

	while (interned != NULL &&
	    (interned->hash != hash ||
		!slice_equal(interned->operations, operations)))
		interned = interned->older;
	return interned;
}

/* Under the lock. NULL when there is no room. */
static const struct interned *
keep(uint64_t hash, struct slice operations)
{
	_Atomic(struct interned *) *chain = &known.chains[hash % CHAINS];
	struct interned *interned;

	if (known.count == ASKED_MOST ||
	    operations.len > ASKED_BYTES - known.bytes)
		return NULL;
	interned = pages_take(&known.pages, sizeof(*interned) + operations.len);
	if (interned == NULL)
		return NULL;
	memcpy(interned + 1, operations.ptr, operations.len);
	interned->older = atomic_load_explicit(chain, memory_order_relaxed);
	interned->hash = hash;
	interned->operations = slice_make((const char *)(interned + 1),
	    operations.len);
	atomic_store_explicit(chain, interned, memory_order_release);
	known.count++;
	known.bytes += operations.len;
	return interned;
}

static const struct interned *
intern(struct slice operations)
{
	uint64_t hash = hash_bytes(operations);
	const struct interned *interned = find(hash, operations);

	if (interned != NULL)
		return interned;
	(void)pthread_mutex_lock(&known.lock);
	interned = find(hash, operations);
	if (interned == NULL)
		interned = keep(hash, operations);
	(void)pthread_mutex_unlock(&known.lock);
	return interned;
}

/* False where there are items enough. */
static bool
add(struct asked *asked, struct slice operations)
{
	const struct interned *interned = intern(operations);
	unsigned i = 0;

	while (interned != NULL && i < asked->count &&
	    asked->items[i].operations.ptr != interned->operations.ptr)
		i++;
	if (interned == NULL) {
		asked->lost++;
		return true;
	}
	if (i == ASKED_STATEMENTS)
		return false;
	if (i == asked->count) {
		asked->items[i].operations = interned->operations;
		asked->items[i].times = 0;
		asked->count++;
	}
	asked->items[i].times++;
	return true;
}

/* The operations of a statement, but those that are lost: a name with a NUL in
 * it cannot be told from two. Returns how many are. */
static uint32_t
join(struct desk *desk)
{
	uint32_t lost = 0;

	buf_clear(&desk->joined);
	for (size_t i = 0; i < desk->statement.count; i++) {
		struct slice operation = desk->statement.items[i];

		if (WORDS_HAVE(left_out, operation))
			continue;
		if (slice_chr(operation, '\0') != NULL) {
			lost++;
			continue;
		}
		buf_add(&desk->joined, operation);
		buf_add_char(&desk->joined, '\0');
	}
	return lost;
}

/* Under guard_run(). */
static void
read_statements(void *context)
{
	struct reading *reading = context;
	struct asked *asked = reading->asked;
	struct desk *desk = reading->desk;
	struct sql_rest rest = { .lexer = { .rest = reading->text } };
	struct slice begin = reading->text;

	for (; sql_read_next(&rest, &desk->statement);
	     begin = rest.lexer.rest) {
		uint32_t lost = join(desk);

		if (desk->joined.len > 0 &&
		    !add(asked, buf_slice(&desk->joined))) {
			asked->rest = begin;
			return;
		}
		asked->lost += lost;
	}
}

static void
read_text(struct slice text, struct asked *asked, struct desk *desk)
{
	struct reading reading = { text, asked, desk };
	int saved = errno;

	asked->count = 0;
	asked->lost = 0;
	asked->rest = slice_make(NULL, 0);
	if (!guard_run(read_statements, &reading))
		asked->lost++;
	errno = saved;
}

static struct desk *
new_desk(void)
{
	int saved = errno;
	struct desk *desk = calloc(1, sizeof(*desk));

	errno = saved;
	if (desk == NULL)
		return NULL;
	(void)pthread_mutex_lock(&known.lock);
	desk->next = known.desks;
	known.desks = desk;
	(void)pthread_mutex_unlock(&known.lock);
	return desk;
}

/* A long text may make the desk large, which is not kept then. */
static void
read_once(struct slice text, struct asked *asked)
{
	struct desk desk = { 0 };

	read_text(text, asked, &desk);
	sql_operations_release(&desk.statement);
	buf_release(&desk.joined);
}

/* How a text, or a shape, is remembered. */
struct mark {
	uint64_t hash;
	size_t len;
};

static struct mark
mark_of(struct slice text)
{
	return (struct mark){ hash_bytes(text), text.len };
}

static void
remember(struct memory *memory, struct mark mark, const struct asked *asked)
{
	struct remembered *at = &memory->texts[mark.hash % REMEMBERED];

	if (asked->count > 1 || asked->lost > 0)
		return;
	at->hash = mark.hash;
	at->len = (uint32_t)mark.len;
	at->times = 0;
	if (asked->count == 0)
		return;
	at->times = asked->items[0].times;
	at->operations = asked->items[0].operations;
}

static bool
recall(const struct memory *memory, struct mark mark, struct asked *asked)
{
	const struct remembered *at = &memory->texts[mark.hash % REMEMBERED];

	if (at->hash != mark.hash || at->len != mark.len)
		return false;
	asked->count = at->times > 0;
	asked->lost = 0;
	asked->rest = slice_make(NULL, 0);
	asked->items[0].operations = at->operations;
	asked->items[0].times = at->times;
	return true;
}

static void
read_at_desk(struct slice text, struct asked *asked, struct memory *memory)
{
	if (memory->desk == NULL)
		memory->desk = new_desk();
	if (memory->desk == NULL)
		read_once(text, asked);
	else
		read_text(text, asked, memory->desk);
}

/* A statement and its shape ask for the same. The buffer never grows. */
static void
read_shape(struct slice text, struct asked *asked, struct memory *memory)
{
	struct buf shape = { memory->shape, 0, sizeof(memory->shape) };
	struct mark mark;

	if (!shape_of(text, &shape, NULL, NULL)) {
		read_at_desk(text, asked, memory);
		return;
	}
	mark = mark_of(buf_slice(&shape));
	if (recall(memory, mark, asked))
		return;
	read_at_desk(text, asked, memory);
	remember(memory, mark, asked);
}

static void
read_or_recall(struct slice text, struct asked *asked, struct memory *memory)
{
	struct mark mark = mark_of(text);

	if (recall(memory, mark, asked))
		return;
	read_shape(text, asked, memory);
	remember(memory, mark, asked);
}

void
asked_read(struct slice text, struct asked *asked)
{
	struct memory *memory = NULL;

	if (text.len <= LONGEST_REMEMBERED)
		memory = counts_hang(sizeof(*memory));
	if (memory == NULL) {
		read_once(text, asked);
		return;
	}
	if (atomic_load_explicit(&memory->busy, memory_order_relaxed)) {
		asked->count = 0;
		asked->lost = 1;
		asked->rest = slice_make(NULL, 0);
		return;
	}
	atomic_store_explicit(&memory->busy, true, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	read_or_recall(text, asked, memory);
	atomic_signal_fence(memory_order_seq_cst);
	atomic_store_explicit(&memory->busy, false, memory_order_relaxed);
}

void
asked_before_fork(void)
{
	(void)pthread_mutex_lock(&known.lock);
}

void
asked_after_fork(void)
{
	(void)pthread_mutex_unlock(&known.lock);
}

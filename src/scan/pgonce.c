/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgonce.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/alloc.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/wire.h"
#include "scan/carried.h"

enum {
	MOST_YOUNG = 50000, /* sessions in one generation, of which are two */
	REMEMBERED = 4      /* counted texts of a session */
};

/* Of 128 bits, so that texts need not be kept. */
struct pghash {
	uint64_t half[2];
};

/* A text that was counted, and how many plans may still come of it. */
struct counted {
	struct pghash hash;
	unsigned plans;
};

/*
 * A text that is not counted yet, since what follows may count it: its plans
 * so far, at most as many as it has statements, and whether it was mentioned.
 */
struct held {
	struct pghash hash;
	unsigned plans;
	bool is_mentioned;
	struct buf sql;
	struct buf lines;
	struct buf host;
	struct stamp stamp;
	double milliseconds;
};

struct session {
	struct counted counted[REMEMBERED]; /* a ring, filled from the first */
	unsigned next;                      /* the oldest of them */
	unsigned running;  /* STARTED and not ended: counted[running - 1],
			    * which the next that is counted sets anew; or 0 */
	struct held *held; /* NULL: none */
};

/*
 * Sessions in two generations: one that is not in the young is looked for in
 * the old and moves over; when the young is full it becomes the old, and what
 * was left in the old is forgotten.
 */
struct pgonce {
	struct pgonce_sink sink;
	struct table young;
	struct table old;
	struct buf key;
	struct buf plain; /* a text without its blanks */
};

/* A sign with what is known of its text. */
struct seen {
	struct pghash hash;
	unsigned statements; /* in the text */
	const struct statement *statement;
	double milliseconds;
};

struct pgonce *
pgonce_new(const struct pgonce_sink *sink)
{
	struct pgonce *self = xcalloc(1, sizeof(*self));

	self->sink = *sink;
	table_init(&self->young, sizeof(struct session));
	table_init(&self->old, sizeof(struct session));
	return self;
}

static bool
is_same(const struct pghash *a, const struct pghash *b)
{
	return a->half[0] == b->half[0] && a->half[1] == b->half[1];
}

#ifdef __SSE2__

enum { WIDTH = 16 }; /* bytes of a vector */

/* A bit for each of 16 bytes that is a blank. */
static inline unsigned
find_blanks(__m128i bytes)
{
	const __m128i controls = _mm_sub_epi8(bytes, _mm_set1_epi8('\t'));
	const __m128i last = _mm_set1_epi8('\r' - '\t');

	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
		_mm_cmpeq_epi8(_mm_min_epu8(controls, last), controls)));
}

/* Copies the text without blanks but for its last few bytes, and returns where
 * they begin. More is written than what counts, over which the next goes. */
static size_t
drop_blanks(char *bytes, size_t *len, struct slice text)
{
	size_t at = 0;

	while (text.len - at >= WIDTH) {
		__m128i next = _mm_loadu_si128(
		    (const __m128i_u *)(text.ptr + at));
		unsigned blanks = find_blanks(next);
		size_t n = blanks == 0 ? WIDTH : (size_t)__builtin_ctz(blanks);

		_mm_storeu_si128((__m128i_u *)(bytes + *len), next);
		*len += n;
		at += n + (blanks != 0);
	}
	return at;
}

#else

static size_t
drop_blanks(char *bytes, size_t *len, struct slice text)
{
	(void)bytes;
	(void)len;
	(void)text;
	return 0;
}

#endif

/* The text without its blanks, and with NULs behind it in self->plain to a
 * multiple of 16 bytes. */
static struct slice
without_blanks(struct pgonce *self, struct slice text)
{
	struct buf *plain = &self->plain;
	char *bytes;
	size_t len = 0;

	buf_clear(plain);
	bytes = buf_reserve(plain, text.len + 16);
	for (size_t i = drop_blanks(bytes, &len, text); i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		bytes[len] = (char)c;
		len += !(c == ' ' || (c >= '\t' && c <= '\r'));
	}
	memset(bytes + len, 0, 16);
	plain->len = (len + 15) / 16 * 16;
	return slice_make(bytes, len);
}

/* Two hashes of 64 bits, as base/hash.h has them, over the same words. */
static struct pghash
hash_of(struct pgonce *self, struct slice text)
{
	const uint64_t p[] = { 0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL,
		0x8ebc6af09c88c6e3ULL, 0x589965cc75374cc3ULL };
	struct slice plain = without_blanks(self, text);
	struct pghash hash = { { p[0] ^ plain.len, p[2] ^ plain.len } };
	uint64_t word[2];

	for (size_t i = 0; i < self->plain.len; i += sizeof(word)) {
		memcpy(word, plain.ptr + i, sizeof(word));
		hash.half[0] = hash_mix(hash.half[0] ^ word[0], p[1] ^ word[1]);
		hash.half[1] = hash_mix(hash.half[1] ^ word[1], p[3] ^ word[0]);
	}
	return hash;
}

static void
free_held(struct session *session)
{
	struct held *held = session->held;

	if (held == NULL)
		return;
	buf_release(&held->sql);
	buf_release(&held->lines);
	buf_release(&held->host);
	free(held);
	session->held = NULL;
}

/* Counts what is held, n times. */
static void
count_held(struct pgonce *self, const struct held *held, unsigned n)
{
	struct statement statement = {
		.sql = buf_slice(&held->sql),
		.lines = buf_slice(&held->lines),
		.host = buf_slice(&held->host),
		.stamp = held->stamp,
		.weight = 1,
	};

	for (; n > 0; n--)
		self->sink.count(self->sink.context, &statement,
		    held->milliseconds);
}

static void
repeat_held(struct pgonce *self, const struct held *held, unsigned n)
{
	for (; n > 0; n--)
		self->sink.repeat(self->sink.context, buf_slice(&held->lines));
}

/* Nothing else shows what is held: it counts. */
static void
flush(struct pgonce *self, struct session *session)
{
	const struct held *held = session->held;

	if (held == NULL)
		return;
	count_held(self, held, held->plans);
	if (held->is_mentioned)
		(held->plans > 0 ? repeat_held : count_held)(self, held, 1);
	free_held(session);
}

static void
fill(struct buf *buf, struct slice bytes)
{
	buf_clear(buf);
	buf_add(buf, bytes);
}

/* What is held of the text; what is held of another counts now. */
static struct held *
hold(struct pgonce *self, struct session *session, const struct seen *seen)
{
	struct held *held;

	if (session->held != NULL &&
	    !is_same(&session->held->hash, &seen->hash))
		flush(self, session);
	if (session->held == NULL) {
		session->held = xcalloc(1, sizeof(*session->held));
		session->held->hash = seen->hash;
		session->held->milliseconds = -1;
	}
	held = session->held;
	fill(&held->sql, seen->statement->sql);
	fill(&held->lines, seen->statement->lines);
	fill(&held->host, seen->statement->host);
	held->stamp = seen->statement->stamp;
	return held;
}

/*
 * The statement counts by itself now: what is held of its text was said of it
 * already, up to `most` plans. Returns how many of them there were.
 */
static unsigned
claim(struct pgonce *self, struct session *session, const struct seen *seen,
    unsigned most)
{
	struct held *held = session->held;
	unsigned plans;

	if (held == NULL)
		return 0;
	if (!is_same(&held->hash, &seen->hash)) {
		flush(self, session);
		return 0;
	}
	plans = held->plans < most ? held->plans : most;
	repeat_held(self, held, plans + held->is_mentioned);
	held->plans -= plans;
	held->is_mentioned = false;
	flush(self, session);
	return plans;
}

static struct counted *
find_counted(struct session *session, const struct pghash *hash)
{
	for (int i = 0; i < REMEMBERED; i++) {
		if (is_same(&session->counted[i].hash, hash))
			return &session->counted[i];
	}
	return NULL;
}

static struct counted *
remember(struct session *session, const struct pghash *hash, unsigned plans)
{
	struct counted *counted = find_counted(session, hash);

	if (counted == NULL) {
		counted = &session->counted[session->next];
		session->next = (session->next + 1) % REMEMBERED;
	}
	counted->hash = *hash;
	counted->plans = plans;
	return counted;
}

static bool
is_running(const struct session *session, const struct pghash *hash)
{
	return session->running > 0 &&
	    is_same(&session->counted[session->running - 1].hash, hash);
}

static void
count(struct pgonce *self, const struct seen *seen)
{
	self->sink.count(self->sink.context, seen->statement,
	    seen->milliseconds);
}

static void
repeat(struct pgonce *self, const struct seen *seen)
{
	self->sink.repeat(self->sink.context, seen->statement->lines);
}

static struct counted *
see_counted(struct pgonce *self, struct session *session,
    const struct seen *seen)
{
	unsigned plans = claim(self, session, seen, seen->statements);

	count(self, seen);
	return remember(session, &seen->hash, seen->statements - plans);
}

static void
see_plan(struct pgonce *self, struct session *session, const struct seen *seen)
{
	struct counted *counted = find_counted(session, &seen->hash);
	struct held *held = session->held;

	if (counted != NULL && counted->plans > 0) {
		counted->plans--;
		repeat(self, seen);
		return;
	}
	/* more than one run of it can have: the first was of a run before */
	if (held != NULL && is_same(&held->hash, &seen->hash) &&
	    held->plans >= seen->statements) {
		count_held(self, held, 1);
		held->plans--;
	}
	held = hold(self, session, seen);
	held->milliseconds = seen->milliseconds;
	held->plans++;
}

/* The last statement of the text failed, so it has no plan. */
static void
see_failure(struct pgonce *self, struct session *session,
    const struct seen *seen)
{
	if (is_running(session, &seen->hash)) {
		repeat(self, seen);
	} else {
		(void)claim(self, session, seen, seen->statements - 1);
		count(self, seen);
	}
	session->running = 0;
}

static void
see_mention(struct pgonce *self, struct session *session,
    const struct seen *seen)
{
	struct held *held = session->held;

	if (is_running(session, &seen->hash)) {
		repeat(self, seen);
		return;
	}
	/* all its plans are there: that run was over */
	if (held != NULL && held->plans >= seen->statements)
		flush(self, session);
	held = session->held;
	if (held != NULL && is_same(&held->hash, &seen->hash) &&
	    held->is_mentioned)
		repeat(self, seen);
	else
		hold(self, session, seen)->is_mentioned = true;
}

static void
see(struct pgonce *self, struct session *session, enum pgsign sign,
    const struct seen *seen)
{
	const struct counted *counted;

	switch (sign) {
	case PGSIGN_STARTED:
		counted = see_counted(self, session, seen);
		session->running = (unsigned)(counted - session->counted) + 1;
		break;
	case PGSIGN_TIMED:
		see_counted(self, session, seen);
		session->running = 0;
		break;
	case PGSIGN_ENDED:
		session->running = 0;
		break;
	case PGSIGN_PLANNED:
		see_plan(self, session, seen);
		break;
	case PGSIGN_FAILED:
		see_failure(self, session, seen);
		break;
	case PGSIGN_MENTIONED:
		see_mention(self, session, seen);
		break;
	}
}

/* Counts what all sessions of a generation hold, in the order of their names,
 * and forgets them. */
static void
forget(struct pgonce *self, struct table *generation)
{
	struct table_entry **entries = table_sorted(generation);

	for (size_t i = 0; i < generation->count; i++)
		flush(self, (struct session *)entries[i]->value);
	free(entries);
	table_release(generation);
}

static struct session *
find_session(struct pgonce *self, struct slice session, struct slice host)
{
	struct session *found;
	struct session *former;
	bool is_new;

	fill(&self->key, host);
	buf_add_char(&self->key, '\0');
	buf_add(&self->key, session);
	if (self->young.count >= MOST_YOUNG &&
	    table_find(&self->young, buf_slice(&self->key)) == NULL) {
		forget(self, &self->old);
		self->old = self->young;
		table_init(&self->young, sizeof(struct session));
	}
	found = table_add(&self->young, buf_slice(&self->key), &is_new);
	former = is_new ? table_find(&self->old, buf_slice(&self->key)) : NULL;
	if (former != NULL) {
		*found = *former;
		*former = (struct session){ 0 };
	}
	return found;
}

void
pgonce_see(struct pgonce *self, struct slice session, enum pgsign sign,
    const struct statement *statement, double milliseconds)
{
	struct seen seen = {
		.hash = hash_of(self, statement->sql),
		.statements = statement_count(statement->sql),
		.statement = statement,
		.milliseconds = milliseconds,
	};

	see(self, find_session(self, session, statement->host), sign, &seen);
}

void
pgonce_end(struct pgonce *self)
{
	forget(self, &self->old);
	forget(self, &self->young);
}

/* --- what is carried --- */

static void
save_counted(const struct counted *counted, struct buf *bytes)
{
	wire_add_bytes(bytes,
	    slice_make((const char *)counted->hash.half,
		sizeof(counted->hash.half)));
	wire_add_number(bytes, counted->plans);
}

static bool
load_counted(struct counted *counted, struct slice *rest)
{
	struct slice hash;
	uint64_t plans;

	if (!wire_bytes(rest, &hash) ||
	    hash.len != sizeof(counted->hash.half) ||
	    !wire_number_upto(rest, UINT_MAX, &plans))
		return false;
	memcpy(counted->hash.half, hash.ptr, hash.len);
	counted->plans = (unsigned)plans;
	return true;
}

/* Its hash is made again of its text. */
static void
save_held(const struct held *held, struct buf *bytes)
{
	uint64_t milliseconds;

	memcpy(&milliseconds, &held->milliseconds, sizeof(milliseconds));
	wire_add_bytes(bytes, buf_slice(&held->sql));
	wire_add_bytes(bytes, buf_slice(&held->lines));
	wire_add_bytes(bytes, buf_slice(&held->host));
	carried_add_stamp(bytes, &held->stamp);
	wire_add_number(bytes, milliseconds);
	wire_add_number(bytes, held->plans);
	wire_add_bool(bytes, held->is_mentioned);
}

/* No text has more statements than this, whatever its blanks. */
static uint64_t
most_statements(struct slice sql)
{
	uint64_t n = 1;
	const char *end;

	for (; (end = slice_chr(sql, ';')) != NULL; n++)
		sql = slice_from(sql, (size_t)(end - sql.ptr) + 1);
	return n;
}

static bool
load_held(struct pgonce *self, struct held *held, struct slice *rest)
{
	uint64_t milliseconds;
	uint64_t plans;

	if (!wire_buf(rest, &held->sql) || !wire_buf(rest, &held->lines) ||
	    !wire_buf(rest, &held->host) ||
	    !carried_stamp(rest, &held->stamp) ||
	    !wire_number(rest, &milliseconds) ||
	    !wire_number_upto(rest, most_statements(buf_slice(&held->sql)),
		&plans) ||
	    !wire_bool(rest, &held->is_mentioned))
		return false;
	memcpy(&held->milliseconds, &milliseconds, sizeof(milliseconds));
	held->hash = hash_of(self, buf_slice(&held->sql));
	held->plans = (unsigned)plans;
	return held->milliseconds >= -1 && held->milliseconds <= 1e18;
}

/* How many of the ring are in use: they never become less. */
static unsigned
counted_count(const struct session *session)
{
	const struct pghash none = { { 0 } };
	unsigned n = 0;

	while (n < REMEMBERED && !is_same(&session->counted[n].hash, &none))
		n++;
	return n;
}

static void
save_session(const struct session *session, struct buf *bytes)
{
	unsigned n = counted_count(session);

	wire_add_number(bytes, n);
	for (unsigned i = 0; i < n; i++)
		save_counted(&session->counted[i], bytes);
	wire_add_number(bytes, session->next);
	wire_add_number(bytes, session->running);
	wire_add_bool(bytes, session->held != NULL);
	if (session->held != NULL)
		save_held(session->held, bytes);
}

static bool
load_session(struct pgonce *self, struct session *session, struct slice *rest)
{
	uint64_t n, next, running;
	bool is_holding;

	if (!wire_number_upto(rest, REMEMBERED, &n))
		return false;
	for (uint64_t i = 0; i < n; i++)
		if (!load_counted(&session->counted[i], rest))
			return false;
	if (!wire_number_upto(rest, REMEMBERED - 1, &next) ||
	    !wire_number_upto(rest, n, &running) ||
	    !wire_bool(rest, &is_holding))
		return false;
	session->next = (unsigned)next;
	session->running = (unsigned)running;
	if (!is_holding)
		return true;
	session->held = xcalloc(1, sizeof(*session->held));
	return load_held(self, session->held, rest);
}

/* One of which nothing is remembered is as good as new. */
static bool
is_blank(const struct session *session)
{
	return session->held == NULL && counted_count(session) == 0;
}

/* The sessions in the order of their names, and an empty name behind them:
 * each has a NUL in it. */
static void
save_generation(const struct table *generation, struct buf *bytes)
{
	struct table_entry **entries = table_sorted(generation);

	for (size_t i = 0; i < generation->count; i++) {
		const struct session *session = (const void *)entries[i]->value;

		if (is_blank(session))
			continue;
		wire_add_bytes(bytes, entries[i]->key);
		save_session(session, bytes);
	}
	wire_add_bytes(bytes, (struct slice){ 0 });
	free(entries);
}

static bool
load_generation(struct pgonce *self, struct table *generation,
    struct slice *rest)
{
	struct slice key;
	bool is_new;

	while (wire_bytes(rest, &key)) {
		struct session *session;

		if (key.len == 0)
			return true;
		session = table_add(generation, key, &is_new);
		if (!is_new || generation->count > MOST_YOUNG ||
		    !load_session(self, session, rest))
			return false;
	}
	return false;
}

void
pgonce_save(const struct pgonce *self, struct buf *bytes)
{
	save_generation(&self->old, bytes);
	save_generation(&self->young, bytes);
}

bool
pgonce_load(struct pgonce *self, struct slice *rest)
{
	return load_generation(self, &self->old, rest) &&
	    load_generation(self, &self->young, rest);
}

/* --- */

/* Frees what the sessions of a generation hold without counting it. */
static void
drop(struct table *generation)
{
	struct table_entry **entries = table_sorted(generation);

	for (size_t i = 0; i < generation->count; i++)
		free_held((struct session *)entries[i]->value);
	free(entries);
	table_release(generation);
}

void
pgonce_free(struct pgonce *self)
{
	if (self == NULL)
		return;
	drop(&self->old);
	drop(&self->young);
	buf_release(&self->key);
	buf_release(&self->plain);
	free(self);
}

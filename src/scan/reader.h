/* SPDX-License-Identifier: MIT */
#ifndef SCAN_READER_H
#define SCAN_READER_H

/*
 * A reader takes the text of one input, block by block, and gives the entries
 * that it finds. There is one type for each way to read (callcount, arrow,
 * tags, json, regex ...); a preset names its type and sets its keys. A reader
 * belongs to one thread; what it carries from line to line (a date, a
 * statement that waits for its caller) starts empty at each input.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/find.h"
#include "base/slice.h"
#include "scan/lines.h"
#include "scan/preset.h"
#include "scan/stamp.h"
#include "scan/tag.h"

/* One thing a log says. All slices are valid only during the call. */
struct entry {
	struct caller caller;
	const struct slice *operations; /* "Kind.verb" each; none: unknown */
	size_t operation_count;
	uint64_t count;     /* its weight: 1 where the log gives none */
	struct stamp stamp; /* the last one seen, all zero when there is none */
	struct slice host;  /* empty where the log does not say */
	struct slice revision; /* of the program; the same */
	struct slice text;     /* the line it stands in, as read */

	/* All that the caller, the operations, the host and the revision were
	 * made of: of the same bytes this reader makes the same again. Empty
	 * where the reader does not know that of any bytes. */
	struct slice source;
};

/* Whom a reader tells; every function gets context first. */
struct reader_events {
	void *context;
	void (*entry)(void *context, const struct entry *entry);
	/* Counts an entry again by its source alone, with a count and a stamp
	 * of its own. False where it is not known what that would make: then
	 * the reader makes the entry. */
	bool (*again)(void *context, struct slice source, uint64_t count,
	    const struct stamp *stamp);
	/* an operation whose caller the log does not name: it makes no row */
	void (*no_caller)(void *context, struct slice line);
	/* the format's own line, but wrong */
	void (*malformed)(void *context, struct slice line, const char *reason);
	/* said already: the same statement in another dress */
	void (*repeat)(void *context, struct slice line);
	/* a line that was not read to its end, so an entry may be missing */
	void (*given_up)(void *context, struct slice line, const char *reason);
	/* a statement was logged with its duration, because of it; any one
	 * that was logged whatever its duration calls it with 0 */
	void (*duration)(void *context, double milliseconds);
};

/* What the command line says to readers. */
struct reader_options {
	size_t max_line;      /* bytes; longer lines are given up on */
	size_t match_bytes;   /* of a line that patterns see */
	uint32_t match_limit; /* PCRE2's */
	bool fold_queries;    /* callcount: Kind.prop is Kind.query */
};

struct reader;

struct reader_type {
	const char *name;

	/* Whether it makes use of reader->wanted. */
	bool can_filter;

	/* The keys it understands in a preset, NULL-terminated. */
	const char *const *keys;

	/* Checks the preset's values and prepares what its readers share
	 * (compiled patterns), once, before threads start. May be NULL.
	 * Returns 0, or -1 with err set. */
	int (*prepare)(struct preset *preset, struct err *err);
	void (*unprepare)(void *prepared);

	/* The preset was chosen for some input: what is prepared is made
	 * ready for much text, if that pays only now. Before threads start;
	 * maybe more than once. May be NULL. */
	void (*choose)(void *prepared);

	/* events and options outlive the reader. */
	struct reader *(*new)(const struct preset *preset,
	    const struct reader_options *options,
	    const struct reader_events *events);
	void (*free)(struct reader *reader);

	/* Reads a block of whole lines, the next of its input. The very last
	 * line of an input may lack its line end. */
	void (*read)(struct reader *reader, struct slice block);

	/* The input ended: gives what still waits, forgets what it carried,
	 * so that the next input finds the reader as new. May be NULL: the
	 * stamp is forgotten by reader_end(). */
	void (*end)(struct reader *reader);

	/*
	 * What is carried behind the last block, so that another process can
	 * read on: save() adds it to bytes (base/wire.h), load() sets a reader
	 * that is as new to it, so that from then on it gives what it would
	 * have, had it read all itself. load() takes what save() added off the
	 * front of *bytes and trusts nothing: false where they are damaged;
	 * then the reader is of no more use, but can be freed. The stamp is
	 * looked after by reader_save() and reader_load(). Both NULL: only
	 * the stamp is carried.
	 */
	void (*save)(const struct reader *reader, struct buf *bytes);
	bool (*load)(struct reader *reader, struct slice *bytes);

	/*
	 * Whether a line sets anew all that is carried, so that reading may
	 * begin there and give what reading from the start would. NULL: no
	 * line does, and one worker reads the whole input.
	 */
	bool (*is_sync)(const struct preset *preset, struct slice line);
};

/*
 * Every type begins with this, so that reader_*() can call it. The last stamp
 * seen, which entries take that have none, is here for an envelope (JSON
 * around the log's own text): it sets its own stamp before each text.
 */
struct reader {
	const struct reader_type *type;
	struct stamp stamp;
	const char *at; /* in the block: the line that is being read */

	/* What the selection needs of a line, as it stands there; NULL: all
	 * lines are wanted. A reader whose entries hold letters and blanks only
	 * as their lines do may pass over all lines with none of these, but for
	 * what it carries. */
	const struct find_any *wanted;
	bool wanted_begins; /* an operation that is wanted begins with it */
};

/* Takes the next line off the front of a block, for read() of a type. Events
 * may tell of texts put together elsewhere; `at` says where that was. */
static inline bool
reader_next(struct reader *reader, struct slice *block, struct slice *line)
{
	reader->at = block->ptr;
	return lines_next(block, line);
}

/*
 * Takes note of a stamp: all of it where it has a date, else only its time,
 * which goes with the date carried. So a line with a stamp that has a date
 * sets the stamp anew, and is a sync line where nothing else is carried.
 */
void reader_see(struct reader *reader, const struct stamp *seen);

/* How many bytes of a line are looked at for its stamp. */
enum { READER_HEAD = 128 };

/* Takes note of the first stamp in the head of a line. */
void reader_see_line(struct reader *reader, struct slice line);

/* Whether reader_see_line() finds a stamp with a date in it: is_sync of types
 * that carry only the stamp. */
bool reader_line_is_dated(struct slice line);

/* Counts an entry again, where someone knows how: events->again(). */
static inline bool
reader_again(const struct reader *reader, const struct reader_events *events,
    struct slice source, uint64_t count)
{
	return events->again != NULL &&
	    events->again(events->context, source, count, &reader->stamp);
}

static inline void
reader_read(struct reader *reader, struct slice block)
{
	reader->type->read(reader, block);
}

static inline void
reader_end(struct reader *reader)
{
	if (reader->type->end != NULL)
		reader->type->end(reader);
	reader->stamp = (struct stamp){ 0 };
}

/*
 * Adds all that the reader carries, behind a block and before reader_end(); and
 * sets a reader that is as new to what was added. Bytes of another type of
 * reader, of another release's form, or damaged ones are not taken: false, and
 * the reader must be freed. Texts are carried whole: an unfinished statement of
 * 16 MB makes as many bytes.
 */
void reader_save(const struct reader *reader, struct buf *bytes);
bool reader_load(struct reader *reader, struct slice bytes);

static inline void
reader_free(struct reader *reader)
{
	if (reader != NULL)
		reader->type->free(reader);
}

/* The type of a name, or NULL. */
const struct reader_type *reader_type_find(const char *name);

/* The n-th type, or NULL behind the last. */
const struct reader_type *reader_type_at(size_t n);

extern const struct reader_type reader_callcount; /* read_callcount.c */
extern const struct reader_type reader_arrow;     /* read_arrow.c */
extern const struct reader_type reader_ahead;     /* read_ahead.c */
extern const struct reader_type reader_tags;      /* read_tags.c */
extern const struct reader_type reader_postgres;  /* read_postgres.c */
extern const struct reader_type reader_mysql;     /* read_mysql.c */
extern const struct reader_type reader_json;      /* read_json.c */
extern const struct reader_type reader_regex;     /* read_regex.c */

#endif

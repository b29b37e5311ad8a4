/* SPDX-License-Identifier: MIT */
#ifndef SCAN_KNOWN_H
#define SCAN_KNOWN_H

/*
 * Which inputs were read before, and how far: what `tallyman scan --store`
 * asks so that every byte counts once, whatever becomes of the files.
 *
 * An input is known by what it holds, decoded: its first KiB, and the KiB
 * before the position up to which it was read (of less, all there is). So it
 * is the same after a rename, a compression, a copy by rsync. Device and inode
 * are hints: they say what to look at first; a file that has both, and the
 * size and the time of modification of the last look, was not touched, and is
 * not looked at. What paths tell of the host (known_input.host) tells inputs
 * apart before all: of two hosts no two are the same.
 *
 * Of two inputs of one scan where one begins with all of the other, only the
 * longer is read: the other is a copy of it, or one that is being made (gzip
 * writes FILE.gz while FILE is still there). When they differ later each
 * counts for itself, from its beginning.
 *
 * Logs that hold the same bytes without being copies, as of two hosts whose
 * banners are equal, are one input until they differ, and two from then on;
 * both count whole.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/source.h"
#include "model/days.h"

enum known_kind {
	KNOWN_NEW,       /* not read before */
	KNOWN_MORE,      /* read up to record.position; more may be there */
	KNOWN_UNTOUCHED, /* as it was at the last look: nothing to read */
	KNOWN_COPY,      /* of `same_as`, which is read instead */
	KNOWN_EMPTY,     /* it holds nothing */
	KNOWN_BAD        /* err says why */
};

struct known_input {
	/* set by the caller, who keeps them */
	const char *path;
	struct slice host; /* told by the path; empty: not known */

	/* set by known_tell() */
	enum known_kind kind;
	bool was_cut; /* its file was an input before, and was cut in place:
			 with KNOWN_NEW. What is left of that one is told
			 by is_lost */
	bool is_lost; /* and no other input continues it: lines that were
			 written before it was cut may have been missed */
	const char *same_as;
	struct err err;

	/* With KNOWN_NEW and KNOWN_MORE: an input whose device and inode are
	 * this file's now, and that no other input of this scan continues. The
	 * caller saves it: it has none anymore. Else NULL. */
	struct days_input *stale;

	/* KNOWN_NEW, KNOWN_MORE: the file, open, known_release() closes it */
	int fd;
	bool is_plain; /* else compressed */
	uint64_t device, inode, size;
	int64_t modified; /* nanoseconds since 1970 */

	/* Maybe: the file's source, from which all before the position is
	 * taken (so that a compressed one is not decoded again); the caller
	 * may take it and set it NULL. */
	struct source *source;

	/* What is known; of KNOWN_NEW host and path, and no id. All but
	 * KNOWN_NEW, _COPY, _EMPTY and _BAD have an id. */
	struct days_input record;

	/* Its first bytes, as many as there are (KNOWN_NEW, KNOWN_MORE). */
	size_t head_len;
	char head[DAYS_KIB];
	/* The bytes before the position (KNOWN_MORE). */
	size_t tail_len;
	char tail[DAYS_KIB];
};

/*
 * Tells of all inputs of a scan what they are. Only regular files can be
 * inputs: another one is KNOWN_BAD ("PATH: no regular file; --store knows
 * inputs by what they hold"). One file that two operands name, or two links,
 * is KNOWN_COPY the second time. All that are to be read are open then, so the
 * process is allowed as many open files, as far as its hard limit goes.
 * Returns 0, or -1 with err set when the store cannot be read.
 */
int known_tell(struct days *days, struct known_input *inputs, size_t count,
    struct err *err) CHECKED;

/*
 * After reading: sets the record's position, head and tail; and path, device,
 * inode, size and modified to what was seen. `tail` has the last bytes before
 * the position, DAYS_KIB of them or all there are; of a plain file it may be
 * empty: then they are read from the file. When the position is the record's
 * own, nothing is read, and it may be KNOWN_UNTOUCHED, which may have been
 * renamed. Returns 0, or -1 with err set: the file is shorter than the
 * position, or cannot be read.
 */
int known_advance(struct known_input *input, uint64_t position,
    struct slice tail, struct err *err) CHECKED;

/* Closes and frees what the inputs hold. */
void known_release(struct known_input *inputs, size_t count);

#endif

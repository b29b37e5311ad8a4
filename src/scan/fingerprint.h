/* SPDX-License-Identifier: MIT */
#ifndef SCAN_FINGERPRINT_H
#define SCAN_FINGERPRINT_H

/*
 * What a file holds at some places, decoded: enough to tell whether it is one
 * that was read before, or begins as another does. Of a plain file a KiB can be
 * had anywhere; a compressed one is decoded forwards, and from its beginning
 * again when a place behind is asked for: so ask in ascending order.
 *
 * What is seen on the way is kept: the hashes of the KiB before 1, 2, 4, 8 ...
 * KiB, the steps. Two files are compared by those, then, if they are plain, at
 * finer places, and at last by the KiB before the end of the shorter. Places
 * are the same for many files, and the last hashes are kept, too: so files with
 * equal banners cost a few reads each, however many they are.
 *
 * A compressed file that is damaged or ends too soon holds what can be decoded
 * of it. When a file cannot be read, `failed` is set, *err says why, and it
 * holds nothing more.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/source.h"
#include "model/days.h"

enum {
	FINGERPRINT_STEPS = 48, /* up to 128 PiB */
	FINGERPRINT_MARKS = 16
};

/* A place that was compared, and the hash there. */
struct fingerprint_mark {
	uint64_t at;
	uint64_t hash;
};

struct decoding;

struct fingerprint {
	/* set by the caller, who keeps them */
	const char *path;
	int fd; /* -1: the file is opened when it is needed, where
		   device and inode are still the same */
	uint64_t device, inode;
	uint64_t size; /* on disk; what a plain file grows by is not seen */
	struct err *err;

	bool failed;
	bool has_head;
	bool is_plain;
	bool has_len; /* always, of plain ones */
	bool is_own;  /* fd was opened here */
	uint64_t len;
	uint64_t reached; /* so much was looked through, decoded */
	struct decoding *decoding;

	size_t head_len;
	size_t step_count;
	uint64_t steps[FINGERPRINT_STEPS]; /* steps[k]: before 2^k KiB */
	size_t mark_count; /* that there ever were: the last ones are kept */
	struct fingerprint_mark marks[FINGERPRINT_MARKS];
	char head[DAYS_KIB];
};

/* Reads the first KiB, if that was not done: before anything else. */
bool fingerprint_head(struct fingerprint *print) CHECKED;

/* fnv_add() of the first len bytes, at most head_len of them. */
uint64_t fingerprint_head_hash(const struct fingerprint *print, size_t len);

/* The bytes before a position, DAYS_KIB of them or all there are, and fnv_add()
 * of them. False where the file is shorter. */
bool fingerprint_tail(struct fingerprint *print, uint64_t position,
    char into[DAYS_KIB], size_t *len) CHECKED;
bool fingerprint_hash(struct fingerprint *print, uint64_t position,
    uint64_t *hash) CHECKED;

/* Whether one of two files begins with all of the other; *order is then <0 when
 * a is the shorter, 0 when they are the same, >0 when b is. */
bool fingerprint_match(struct fingerprint *a, struct fingerprint *b,
    int *order) CHECKED;

/* The source of a compressed file, given to the caller, if it stands at a
 * position; else NULL. */
struct source *fingerprint_take_source(struct fingerprint *print,
    uint64_t position);

/* Gives back what it takes to read on. What was seen stays known. */
void fingerprint_rest(struct fingerprint *print);

#endif

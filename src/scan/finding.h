/* SPDX-License-Identifier: MIT */
#ifndef SCAN_FINDING_H
#define SCAN_FINDING_H

/*
 * The inputs of a scan while scan/known finds out what they are: their files
 * and what the store may know of them. scan/decide decides.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/table.h"
#include "model/days.h"
#include "scan/fingerprint.h"
#include "scan/known.h"

/* What the store knows of an input, and which one of this scan goes on with
 * it: at most one. */
struct record {
	struct days_input known;
	struct finding *holder;
};

/* The records that begin as a file does, by position: least first. */
struct likes {
	struct record **items;
	size_t count;
	size_t room;
	bool is_loaded;
};

/*
 * What an input is while it is looked at. It is undecided; or kept: untouched,
 * or read, from the position of the record it takes or, without one, from its
 * beginning; or a copy of one that was kept when that was found out.
 */
struct finding {
	struct known_input *input;
	struct record *at; /* has its device and inode */
	struct record *takes;
	struct finding *copy_of;
	struct likes *likes;
	struct record *by_path; /* that of likes which has its path */
	bool is_open;           /* undecided */
	bool is_kept;
	struct fingerprint print;
};

struct findings {
	struct days *days;
	struct finding *items;
	size_t count;
	struct table files; /* device and inode: the struct finding * first */
	struct table likes; /* host and head: struct likes */
	struct table by_id; /* struct record * */
	struct record **records;
	size_t record_count;
	size_t record_room;
	size_t sources; /* that inputs have */
};

void findings_init(struct findings *findings, struct days *days,
    struct known_input *inputs, size_t count);
void findings_release(struct findings *findings);

/* Opens the file of an input; false with its err set: it cannot be one. */
bool finding_open(struct finding *finding) CHECKED;

/* The one that opened the same file first, maybe this one. */
struct finding *finding_first(struct findings *findings,
    struct finding *finding);

/* Get of the store what has the device and inode of a file, or begins as it
 * does (its head is known). Of another host is nothing. */
int finding_load_at(struct findings *findings, struct finding *finding,
    struct err *err) CHECKED;
int finding_load_likes(struct findings *findings, struct finding *finding,
    struct err *err) CHECKED;

/* A source that was made ready for the caller; and all that is open. */
void finding_drop_source(struct findings *findings, struct finding *finding);
void finding_close(struct findings *findings, struct finding *finding);

/* A copy of its own: days_input_release(). */
void record_copy(struct days_input *to, const struct days_input *from);

bool record_has_path(const struct record *record, struct slice path);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef SCAN_INPUT_H
#define SCAN_INPUT_H

/*
 * The inputs of a scan: the files that the operands stand for, in order, and
 * what is known of each before it is read.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/source.h"
#include "model/tally.h"
#include "scan/place.h"
#include "scan/preset.h"
#include "scan/scan.h"
#include "scan/when.h"

struct input {
	char *path;     /* "-" is standard input */
	bool is_listed; /* found in a directory, not named by the user */
	struct when_input when;
	struct place place; /* what is known of its entries beforehand */

	/* An input that earlier scans read: it is open already (the caller's,
	 * with has_fd), and is read from `begin` on with what its reader
	 * carried there. */
	bool has_fd;
	bool is_plain; /* and not compressed */
	int fd;
	uint64_t begin; /* decoded bytes */
	struct slice state;

	/* Kept from looking at it to reading it, where it cannot be opened
	 * twice (a pipe); else NULL. So are its first bytes, for telling
	 * what it looks like when nothing was found. */
	struct source *source;
	struct buf sample;
	uint64_t size; /* of the file as it lies on disk; 0: not known */

	bool is_bad;   /* told already: it is not read */
	bool is_known; /* what follows is: it is not looked at */
	bool is_tally; /* then tally_keys are its columns */
	struct tally_keys tally_keys;
	const struct preset *preset; /* NULL: no format fits */
	bool is_guess;               /* no line of it was sure */
	const char *json_pointer;    /* its text lies inside JSON, or NULL */
};

struct inputs {
	struct input *items;
	size_t count;
	size_t room;

	/* A file of a directory that is gone when it is looked at is no
	 * trouble: it was renamed, and will be found. */
	bool ignore_gone;
};

/*
 * Adds the files of the operands; what cannot be found is told at once and
 * stays in the list as bad. Without operands, standard input, unless that is
 * a terminal. Returns 0, or -1 with err set when there is nothing to read.
 */
int inputs_add(struct inputs *inputs, const struct scan_options *options,
    char *const *operands, size_t count, struct err *err) CHECKED;
/* Fills in what the path tells; revision (may be NULL) where it does not. */
void input_place(struct input *input, const struct place_pattern *pattern,
    const char *revision);
void inputs_place(struct inputs *inputs, const struct place_pattern *pattern,
    const char *revision);

/* Adds an input, all zero; valid until the next is added. */
struct input *inputs_append(struct inputs *inputs);

void inputs_release(struct inputs *inputs);
void input_release(struct input *input);

/* For who keeps many files open: as many as the system allows, instead of the
 * usual 1024. */
void inputs_allow_many(void);

/* What messages call it: its path, or "standard input". */
const char *input_name(const struct input *input);

/* Opens an input at its begin, or hands over the source that was kept, which
 * stands there. */
struct source *input_open(struct input *input, struct err *err);

/* After looking at an input: keeps the source if it must be, else closes. */
void input_put_back(struct input *input, struct source *source);

/* The first bytes of an input that was read, into *bytes. Returns 0, or -1
 * with err set. */
int input_sample(const struct input *input, struct buf *bytes,
    struct err *err) CHECKED;

#endif

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/fingerprint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fnv.h"
#include "base/inflate.h"

enum {
	CHUNK = 64 * 1024,
	FINEST = 64, /* bytes between places that are compared */
	AHEAD = 4 /* steps that are looked at with one: who begins again decodes
		     16 times as much, so that all of it costs little more */
};

/* A compressed file that is read: bytes has the last `len` before `at`. */
struct decoding {
	struct source *source;
	uint64_t at;
	size_t len;
	char bytes[DAYS_KIB + CHUNK];
};

static bool
fail(struct fingerprint *print)
{
	print->failed = true;
	return false;
}

/* --- opening --- */

static bool
is_same_file(const struct fingerprint *print)
{
	struct stat st;

	return fstat(print->fd, &st) == 0 && st.st_dev == print->device &&
	    st.st_ino == print->inode;
}

static bool
open_again(struct fingerprint *print)
{
	if (print->fd >= 0 || print->failed)
		return !print->failed;
	print->fd = open(print->path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	print->is_own = print->fd >= 0;
	if (print->fd < 0) {
		(void)err_errno(print->err, "%s", print->path);
		return fail(print);
	}
	if (is_same_file(print))
		return true;
	(void)err_set(print->err, "%s: replaced meanwhile", print->path);
	return fail(print);
}

static void
stop_decoding(struct fingerprint *print)
{
	if (print->decoding != NULL)
		source_close(print->decoding->source);
	free(print->decoding);
	print->decoding = NULL;
}

void
fingerprint_rest(struct fingerprint *print)
{
	stop_decoding(print);
	if (!print->is_own)
		return;
	(void)close(print->fd);
	print->fd = -1;
	print->is_own = false;
}

/* --- reading --- */

/* How many bytes there are at an offset of the file itself; -1: failed. */
static ssize_t
read_plain(struct fingerprint *print, uint64_t offset, char *into, size_t room)
{
	size_t done = 0;

	while (done < room) {
		ssize_t n = pread(print->fd, into + done, room - done,
		    (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)err_errno(print->err, "%s", print->path);
			(void)fail(print);
			return -1;
		}
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static bool
start_decoding(struct fingerprint *print)
{
	struct decoding *decoding;
	struct source *source;

	stop_decoding(print);
	if (!open_again(print))
		return false;
	source = source_open_fd(print->fd, print->path, print->err);
	if (source == NULL)
		return fail(print);
	print->decoding = decoding = xmalloc(sizeof(*decoding));
	decoding->source = source;
	decoding->at = 0;
	decoding->len = 0;
	return true;
}

static void
note_end(struct fingerprint *print, uint64_t len)
{
	print->len = len;
	print->has_len = true;
}

static void
note_step(struct fingerprint *print, struct slice kib)
{
	print->steps[print->step_count++] = fnv_add(FNV_START, kib);
}

/* Where the next step is that is not known. */
static uint64_t
next_step(const struct fingerprint *print)
{
	return print->step_count == FINGERPRINT_STEPS ?
	    UINT64_MAX :
	    (uint64_t)DAYS_KIB << print->step_count;
}

/* Decodes some bytes, up to a position. False at the end, or what is like it:
 * damage. Of that err tells, where nothing came before it. */
static bool
decode_some(struct fingerprint *print, uint64_t position)
{
	struct decoding *decoding = print->decoding;
	uint64_t left = position - decoding->at;
	struct err err;
	ssize_t n = source_read(decoding->source,
	    decoding->bytes + decoding->len,
	    left < CHUNK ? (size_t)left : CHUNK, &err);

	if (n <= 0) {
		note_end(print, decoding->at);
		if (n == 0 || decoding->at > 0)
			return false;
		*print->err = err;
		return fail(print);
	}
	decoding->at += (uint64_t)n;
	decoding->len += (size_t)n;
	if (decoding->len > DAYS_KIB) {
		memmove(decoding->bytes,
		    decoding->bytes + decoding->len - DAYS_KIB, DAYS_KIB);
		decoding->len = DAYS_KIB;
	}
	if (decoding->at > print->reached)
		print->reached = decoding->at;
	return true;
}

/* Decodes up to a position, noting the steps on the way. */
static bool
decode_to(struct fingerprint *print, uint64_t position)
{
	if (print->has_len && position > print->len)
		return false;
	if ((print->decoding == NULL || print->decoding->at > position) &&
	    !start_decoding(print))
		return false;
	while (print->decoding->at < position) {
		uint64_t step = next_step(print);

		if (!decode_some(print, position < step ? position : step))
			return false;
		if (print->decoding->at == step)
			note_step(print,
			    slice_make(print->decoding->bytes, DAYS_KIB));
	}
	return true;
}

/* --- places --- */

static bool
read_compressed_head(struct fingerprint *print)
{
	(void)decode_to(print, DAYS_KIB);
	if (print->failed)
		return false;
	print->head_len = print->decoding->len;
	memcpy(print->head, print->decoding->bytes, print->head_len);
	return true;
}

static bool
read_plain_head(struct fingerprint *print, size_t len)
{
	/* It may have been cut, or have grown, meanwhile. */
	note_end(print,
	    len < DAYS_KIB || print->size < len ? len : print->size);
	print->reached = print->len;
	print->head_len = len;
	if (len == DAYS_KIB)
		note_step(print, slice_make(print->head, len));
	return true;
}

bool
fingerprint_head(struct fingerprint *print)
{
	ssize_t n;

	if (print->has_head || print->failed)
		return !print->failed;
	if (!open_again(print))
		return false;
	n = read_plain(print, 0, print->head, DAYS_KIB);
	if (n < 0)
		return false;
	print->has_head = true;
	print->is_plain = inflate_format(slice_make(print->head, (size_t)n)) ==
	    NULL;
	return print->is_plain ? read_plain_head(print, (size_t)n) :
				 read_compressed_head(print);
}

uint64_t
fingerprint_head_hash(const struct fingerprint *print, size_t len)
{
	if (len == DAYS_KIB && print->step_count > 0)
		return print->steps[0];
	return fnv_add(FNV_START, slice_make(print->head, len));
}

bool
fingerprint_tail(struct fingerprint *print, uint64_t position,
    char into[DAYS_KIB], size_t *len)
{
	*len = position < DAYS_KIB ? (size_t)position : DAYS_KIB;
	if (print->failed || (print->has_len && position > print->len))
		return false;
	if (print->is_plain)
		return open_again(print) &&
		    read_plain(print, position - *len, into, *len) ==
		    (ssize_t)*len;
	if (!decode_to(print, position))
		return false;
	memcpy(into, print->decoding->bytes, *len);
	return true;
}

bool
fingerprint_hash(struct fingerprint *print, uint64_t position, uint64_t *hash)
{
	char tail[DAYS_KIB];
	size_t len;

	if (position <= print->head_len) {
		*hash = fingerprint_head_hash(print, (size_t)position);
		return true;
	}
	if (!fingerprint_tail(print, position, tail, &len))
		return false;
	*hash = fnv_add(FNV_START, slice_make(tail, len));
	return true;
}

struct source *
fingerprint_take_source(struct fingerprint *print, uint64_t position)
{
	struct decoding *decoding = print->decoding;
	struct source *source = NULL;

	if (decoding != NULL && decoding->at == position) {
		source = decoding->source;
		decoding->source = NULL;
		stop_decoding(print);
	}
	return source;
}

/* --- comparing --- */

/* Makes steps[k] known; false where the file ends before. */
static bool
has_step(struct fingerprint *print, size_t k)
{
	uint64_t at = (uint64_t)DAYS_KIB << k;

	if (k < print->step_count)
		return true;
	if (k == FINGERPRINT_STEPS || (print->has_len && at > print->len))
		return false;
	if (!print->is_plain)
		(void)decode_to(print, at << AHEAD);
	else if (fingerprint_hash(print, at, &print->steps[k]))
		print->step_count = k + 1;
	return k < print->step_count;
}

/* As fingerprint_hash(), keeping the last few. */
static bool
find_mark(struct fingerprint *print, uint64_t at, uint64_t *hash)
{
	struct fingerprint_mark *mark;

	for (size_t i = 0; i < print->mark_count && i < FINGERPRINT_MARKS; i++)
		if (print->marks[i].at == at) {
			*hash = print->marks[i].hash;
			return true;
		}
	if (!fingerprint_hash(print, at, hash))
		return false;
	mark = &print->marks[print->mark_count++ % FINGERPRINT_MARKS];
	*mark = (struct fingerprint_mark){ .at = at, .hash = *hash };
	return true;
}

static bool
match_at(struct fingerprint *a, struct fingerprint *b, uint64_t at)
{
	uint64_t in_a;
	uint64_t in_b;

	return find_mark(a, at, &in_a) && find_mark(b, at, &in_b) &&
	    in_a == in_b;
}

/* Compares what is before len, the end of the shorter: all steps are equal.
 * Places in between have fewer bits of it, so that they come again. */
static bool
match_end(struct fingerprint *a, struct fingerprint *b, uint64_t len)
{
	uint64_t bit = DAYS_KIB;

	while (bit <= len / 2)
		bit *= 2;
	if (len > DAYS_KIB && a->is_plain && b->is_plain)
		for (bit /= 2; bit >= FINEST; bit /= 2)
			if ((len & bit) != 0 &&
			    !match_at(a, b, len & ~(bit - 1)))
				return false;
	return match_at(a, b, len);
}

bool
fingerprint_match(struct fingerprint *a, struct fingerprint *b, int *order)
{
	bool has_a = fingerprint_head(a);
	bool has_b = fingerprint_head(b);

	for (size_t k = 0; has_a && has_b; k++) {
		if (k > 0 && a->steps[k - 1] != b->steps[k - 1])
			return false;
		has_a = has_step(a, k);
		has_b = has_step(b, k);
	}
	if (a->failed || b->failed)
		return false;
	if (has_a != has_b)
		*order = has_a ? 1 : -1;
	else
		*order = (a->len > b->len) - (a->len < b->len);
	return match_end(a, b, *order < 0 ? a->len : b->len);
}

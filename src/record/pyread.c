/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pywalk.h"

#include <sys/uio.h>
#include <unistd.h>

/* An instruction lies this far in its code at most. */
#define FARTHEST (INT64_C(1) << 28)

static bool
peek(const struct pywalk *walk, uintptr_t from, void *to, size_t size)
{
	struct iovec local = { to, size };
	struct iovec remote = { (void *)from, size };

	if (!walk->careful) {
		memcpy(to, (const void *)from, size);
		return true;
	}
	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) ==
	    (ssize_t)size;
}

/* A pointer; 0: it is NULL, or can't be read. */
static uintptr_t
peek_pointer(const struct pywalk *walk, uintptr_t from, int offset)
{
	uintptr_t pointer;

	if (!peek(walk, from + offset, &pointer, sizeof(pointer)))
		return 0;
	return pointer;
}

/* Of a frame that has no owner: the number of the instruction. */
static bool
read_number(struct pywalk *walk)
{
	const struct pylayout *layout = walk->api->layout;
	int32_t number = 0;

	if (!peek(walk, walk->frame + layout->frame_at, &number,
		sizeof(number)))
		return false;
	walk->at = (int64_t)number * layout->unit;
	return true;
}

/*
 * Of a frame that has one: the address of the instruction. A frame that has not
 * come to its first traceable instruction is none yet; nor is one that stands
 * for C code.
 */
static bool
read_address(struct pywalk *walk)
{
	const struct pylayout *layout = walk->api->layout;
	uintptr_t at = peek_pointer(walk, walk->frame, layout->frame_at);
	unsigned char owner;
	int32_t first;

	if (!peek(walk, walk->frame + layout->frame_owner, &owner, 1) ||
	    !peek(walk, walk->code + layout->code_first, &first, sizeof(first)))
		return false;
	walk->at = (int64_t)(at - walk->code - layout->code_bytes);
	if (owner == PYLAYOUT_CSTACK)
		return false;
	return owner == PYLAYOUT_GENERATOR || walk->at >= INT64_C(2) * first;
}

/* Whether the frame runs code that Python knows of. */
static bool
read_frame(struct pywalk *walk)
{
	const struct pylayout *layout = walk->api->layout;

	walk->code = peek_pointer(walk, walk->frame, layout->frame_code);
	if (walk->code == 0 ||
	    peek_pointer(walk, walk->code, PYLAYOUT_TYPE) !=
		(uintptr_t)walk->api->PyCode_Type)
		return false;
	if (layout->frame_owner == PYLAYOUT_NONE)
		return read_number(walk);
	return read_address(walk);
}

/* From walk->frame on, to one that counts. */
static bool
go_on(struct pywalk *walk)
{
	while (walk->frame != 0 && walk->left > 0) {
		walk->left--;
		if (read_frame(walk))
			return true;
		walk->frame = peek_pointer(walk, walk->frame,
		    walk->api->layout->frame_back);
	}
	return false;
}

static bool
read_begin(struct pywalk *walk, void *thread)
{
	const struct pylayout *layout = walk->api->layout;

	walk->left = PYWALK_MOST;
	walk->frame = peek_pointer(walk, (uintptr_t)thread,
	    layout->thread_frame);
	if (walk->frame != 0 && layout->cframe_frame != PYLAYOUT_NONE)
		walk->frame = peek_pointer(walk, walk->frame,
		    layout->cframe_frame);
	return go_on(walk);
}

static bool
read_next(struct pywalk *walk)
{
	walk->frame = peek_pointer(walk, walk->frame,
	    walk->api->layout->frame_back);
	return go_on(walk);
}

/* Characters of a width of 1, 2 or 4 bytes. */
static struct slice
read_wide(const struct pywalk *walk, uintptr_t from, size_t count,
    unsigned width, char *room, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++, from += width) {
		uint32_t c = 0; /* the machine's low bytes come first */

		if (!peek(walk, from, &c, width))
			return slice_make(NULL, 0);
		if (!pywalk_put(c, room, size, &len))
			break;
	}
	room[len] = '\0';
	return slice_make(room, len);
}

static struct slice
read_ascii(const struct pywalk *walk, uintptr_t from, size_t count, char *room,
    size_t size)
{
	size_t len = count < size ? count : size - 1;

	if (!walk->careful)
		return slice_make((const char *)from, count);
	if (!peek(walk, from, room, len))
		return slice_make(NULL, 0);
	room[len] = '\0';
	return slice_make(room, len);
}

struct slice
pyread_string(const struct pywalk *walk, uintptr_t object, char *room,
    size_t size)
{
	const struct pylayout *layout = walk->api->layout;
	const struct slice none = { NULL, 0 };
	unsigned width;
	uint32_t state;
	size_t count;

	if (object == 0 ||
	    !peek(walk, object + layout->text_state, &state, sizeof(state)) ||
	    !peek(walk, object + layout->text_length, &count, sizeof(count)) ||
	    (state & PYLAYOUT_COMPACT) == 0)
		return none;
	width = state >> PYLAYOUT_KIND_SHIFT & PYLAYOUT_KIND_MASK;
	if ((state & PYLAYOUT_ASCII) != 0)
		return read_ascii(walk, object + layout->text_ascii, count,
		    room, size);
	if (width != 1 && width != 2 && width != 4)
		return none;
	return read_wide(walk, object + layout->text_wide, count, width, room,
	    size);
}

static struct slice
read_text(const struct pywalk *walk, enum pywalk_text which, char *room,
    size_t size)
{
	const struct pylayout *layout = walk->api->layout;
	int offset = which == PYWALK_FILE ? layout->code_file :
					    layout->code_name;

	return pyread_string(walk, peek_pointer(walk, walk->code, offset), room,
	    size);
}

/* PyCode_Addr2Line() reads the code's table of lines, which never changes; but
 * for a code that is traced it may read what another thread is changing. */
static int
read_line(const struct pywalk *walk)
{
	int traced = walk->api->layout->code_traced;

	if (traced != PYLAYOUT_NONE &&
	    peek_pointer(walk, walk->code, traced) != 0)
		return PYWALK_UNKNOWN;
	if (walk->at < -2 || walk->at > FARTHEST)
		return PYWALK_UNKNOWN;
	return walk->api->PyCode_Addr2Line((const void *)walk->code,
	    (int)walk->at);
}

static void
read_end(struct pywalk *walk)
{
	(void)walk;
}

const struct pyway pyread_way = {
	.begin = read_begin,
	.next = read_next,
	.text = read_text,
	.line = read_line,
	.end = read_end,
};

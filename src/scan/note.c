/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/note.h"

#include <inttypes.h>

#include "base/find.h"
#include "base/msg.h"
#include "base/source.h"

struct packed {
	uint64_t size; /* of all of it */
	enum note_kind kind;
	const char *path;
	uint64_t line;
	uint64_t offset;
	size_t reason_len;
};

void
note_pack(struct buf *bytes, const struct note *note)
{
	struct packed packed = {
		.size = sizeof(packed) + note->reason.len + note->text.len,
		.kind = note->kind,
		.path = note->path,
		.line = note->line,
		.offset = note->offset,
		.reason_len = note->reason.len,
	};

	buf_add(bytes, slice_make((char *)&packed, sizeof(packed)));
	buf_add(bytes, note->reason);
	buf_add(bytes, note->text);
}

/* The lines of files are not counted as they are read, in parts; for the few
 * notes that are printed those before the place are counted now. 0 when that
 * cannot be done. */
static uint64_t
line_at(const char *path, uint64_t offset)
{
	char bytes[16 * 1024];
	struct err err;
	struct source *source = source_open(path, &err);
	uint64_t line = 1;
	uint64_t size;

	if (source == NULL || !source_can_seek(source, &size) || offset > size)
		line = 0;
	for (uint64_t at = 0; line > 0 && at < offset;) {
		ssize_t n = source_read_at(source, at, bytes,
		    offset - at < sizeof(bytes) ? (size_t)(offset - at) :
						  sizeof(bytes),
		    &err);

		line = n <= 0 ?
		    0 :
		    line + find_count(slice_make(bytes, (size_t)n), '\n');
		at += n <= 0 ? 0 : (uint64_t)n;
	}
	source_close(source);
	return line;
}

static void
tell(struct note *note)
{
	if (note->kind == NOTE_TROUBLE) {
		msg_error("%.*s", SLICE_ARG(note->reason));
		return;
	}
	if (note->line == 0)
		note->line = line_at(note->path, note->offset);
	if (note->line != 0)
		msg_note("%s:%" PRIu64 ": %.*s", note->path, note->line,
		    SLICE_ARG(note->reason));
	else
		msg_note("%s: at byte %" PRIu64 ": %.*s", note->path,
		    note->offset, SLICE_ARG(note->reason));
}

static void
keep(struct output *rejects, const struct note *note)
{
	struct buf head = { 0 };

	buf_add_visible(&head, slice_str(note->path));
	if (note->line != 0)
		output_format(rejects, "# %.*s:%" PRIu64 ": %.*s\n",
		    SLICE_ARG(buf_slice(&head)), note->line,
		    SLICE_ARG(note->reason));
	else
		output_format(rejects, "# %.*s: at byte %" PRIu64 ": %.*s\n",
		    SLICE_ARG(buf_slice(&head)), note->offset,
		    SLICE_ARG(note->reason));
	output_add(rejects, note->text);
	output_str(rejects, "\n");
	buf_release(&head);
}

static void
take_one(struct notes *notes, struct note *note)
{
	bool is_told = note->kind == NOTE_TROUBLE ||
	    note->kind == NOTE_MALFORMED || note->kind == NOTE_GIVEN_UP;

	if (is_told &&
	    (notes->told[note->kind]++ < NOTES_TOLD ||
		note->kind == NOTE_TROUBLE))
		tell(note);
	if (notes->rejects != NULL && note->kind != NOTE_TROUBLE)
		keep(notes->rejects, note);
}

void
notes_take(struct notes *notes, struct slice bytes)
{
	struct packed packed;
	size_t used = 0;

	buf_add(&notes->pending, bytes);
	while (notes->pending.len - used >= sizeof(packed)) {
		const char *at = notes->pending.ptr + used;
		struct note note;

		memcpy(&packed, at, sizeof(packed));
		if (notes->pending.len - used < packed.size)
			break;
		note = (struct note){
			.kind = packed.kind,
			.path = packed.path,
			.line = packed.line,
			.offset = packed.offset,
			.reason = slice_make(at + sizeof(packed),
			    packed.reason_len),
			.text = slice_make(at + sizeof(packed) +
				packed.reason_len,
			    packed.size - sizeof(packed) - packed.reason_len),
		};
		take_one(notes, &note);
		used += packed.size;
	}
	buf_drop(&notes->pending, used);
}

void
notes_release(struct notes *notes)
{
	buf_release(&notes->pending);
}

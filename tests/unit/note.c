/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/note.h"

#include "base/msg.h"
#include "scratch.h"
#include "tap.h"

/* Notes are told on standard error: into a file, to be read. */
static int real_stderr;

static void
hush(void)
{
	int fd = open(scratch_path("said"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	scratch_need(fd >= 0, "said");
	real_stderr = dup(STDERR_FILENO);
	scratch_need(dup2(fd, STDERR_FILENO) >= 0, "dup2");
	close(fd);
}

static const char *
said(void)
{
	scratch_need(dup2(real_stderr, STDERR_FILENO) >= 0, "dup2");
	close(real_stderr);
	return scratch_read(scratch_path("said"));
}

static void
pack(struct buf *bytes, enum note_kind kind, const char *path, uint64_t line,
    uint64_t offset, const char *reason, const char *text)
{
	const struct note note = {
		.kind = kind,
		.path = path,
		.line = line,
		.offset = offset,
		.reason = slice_str(reason),
		.text = slice_str(text),
	};

	note_pack(bytes, &note);
}

/* Notes of every kind. */
static void
pack_all(struct buf *bytes)
{
	pack(bytes, NOTE_TROUBLE, "a.log", 0, 0, "a.log: it broke", "");
	pack(bytes, NOTE_MALFORMED, "a.log", 7, 99, "wrong", "the line");
	pack(bytes, NOTE_GIVEN_UP, "a.log", 0, 99, "too long", "");
	pack(bytes, NOTE_NO_CALLER, "b\033.log", 8, 0, "no caller", "SELECT 1");
	pack(bytes, NOTE_REPEAT, "b.log", 9, 0, "counted already", "x");
}

static void
told(void)
{
	struct notes notes = { 0 };
	struct buf bytes = { 0 };

	pack_all(&bytes);
	scratch_make();
	hush();
	notes_take(&notes, buf_slice(&bytes));
	CHECK_STR(said(),
	    "t: a.log: it broke\n"
	    "t: a.log:7: wrong\n"
	    "t: a.log: at byte 99: too long\n");
	notes_release(&notes);
	buf_release(&bytes);
	scratch_remove();
}

static void
kept(void)
{
	static const char want[] = "# a.log:7: wrong\nthe line\n"
				   "# a.log: at byte 99: too long\n\n"
				   "# b\\033.log:8: no caller\nSELECT 1\n"
				   "# b.log:9: counted already\nx\n";
	struct buf bytes = { 0 };

	pack_all(&bytes);
	for (size_t step = 1; step <= bytes.len; step += 6) {
		struct notes notes = { 0 };
		struct slice rest = buf_slice(&bytes);
		const char *path;
		struct err err;

		scratch_make();
		path = scratch_path("rejects");
		notes.rejects = output_open(path, &err);
		hush();
		while (rest.len > 0) {
			struct slice piece = slice_head(rest, step);

			rest = slice_from(rest, piece.len);
			notes_take(&notes, piece);
		}
		(void)said();
		CHECK(output_commit(notes.rejects, &err) == 0);
		CHECK_STR(scratch_read(path), want);
		notes_release(&notes);
		scratch_remove();
	}
	buf_release(&bytes);
}

static void
few(void)
{
	struct notes notes = { 0 };
	struct buf bytes = { 0 };

	for (uint64_t i = 1; i <= NOTES_TOLD + 3; i++) {
		pack(&bytes, NOTE_MALFORMED, "a", i, 0, "m", "");
		pack(&bytes, NOTE_TROUBLE, "a", 0, 0, "t", "");
	}
	scratch_make();
	hush();
	notes_take(&notes, buf_slice(&bytes));
	CHECK_STR(said(),
	    "t: a:1: m\nt: t\nt: a:2: m\nt: t\nt: a:3: m\nt: t\n"
	    "t: a:4: m\nt: t\nt: a:5: m\nt: t\nt: t\nt: t\nt: t\n");
	notes_release(&notes);
	buf_release(&bytes);
	scratch_remove();
}

/* A file that can seek is not counted through: the line is found when it is
 * told. */
static void
numbered(void)
{
	struct notes notes = { 0 };
	struct buf bytes = { 0 };
	struct buf want = { 0 };
	const char *path;

	scratch_make();
	path = scratch_write("log", slice_str("one\ntwo\nthree\nfour"));
	pack(&bytes, NOTE_MALFORMED, path, 0, 0, "m", "");
	pack(&bytes, NOTE_MALFORMED, path, 0, 4, "m", "");
	pack(&bytes, NOTE_MALFORMED, path, 0, 14, "m", "");
	pack(&bytes, NOTE_MALFORMED, path, 0, 1000, "m", "");
	hush();
	notes_take(&notes, buf_slice(&bytes));
	buf_add_format(&want,
	    "t: %s:1: m\nt: %s:2: m\nt: %s:4: m\nt: %s: at byte 1000: m\n",
	    path, path, path, path);
	buf_add_char(&want, '\0');
	CHECK_STR(said(), want.ptr);
	notes_release(&notes);
	buf_release(&bytes);
	buf_release(&want);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "trouble, malformed and given up lines are told", told },
	{ "rejects keep all but trouble, from any pieces", kept },
	{ "only the first few of a kind are told, but all trouble", few },
	{ "a place in a file is told as its line", numbered },
	{ 0 },
};

int
main(void)
{
	msg_init("t");
	return tap_run(tests);
}

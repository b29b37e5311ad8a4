/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/source.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "pack.h"
#include "scratch.h"
#include "tap.h"

/* Reads all that is left, room bytes at a time. Returns what source_read()
 * said last. */
static ssize_t
read_all(struct source *source, size_t room, struct buf *into, struct err *err)
{
	ssize_t n;

	while (
	    (n = source_read(source, buf_reserve(into, room), room, err)) > 0)
		into->len += (size_t)n;
	return n;
}

/* Reads path and wants these bytes, then this error (NULL: none). */
static void
check_reads(const char *path, struct slice bytes, const char *why)
{
	struct err err = { "" };
	struct source *source = source_open(path, &err);
	struct buf got = { 0 };

	if (!CHECK(source != NULL))
		return;
	CHECK_INT(read_all(source, 777, &got, &err), why == NULL ? 0 : -1);
	CHECK_BYTES(got.ptr, got.len, bytes.ptr, bytes.len);
	CHECK_STR(err.text, why == NULL ? "" : why);
	/* and again */
	CHECK_INT(read_all(source, 777, &got, &err), why == NULL ? 0 : -1);
	buf_release(&got);
	source_close(source);
}

static void
plain_can_seek(void)
{
	struct slice text = slice_str("a line\nand another\n");
	const char *path = scratch_write("plain", text);
	struct err err;
	struct source *source = source_open(path, &err);
	char bytes[64];
	uint64_t size;
	struct stat st;

	if (!CHECK(source != NULL && source_can_seek(source, &size)))
		return;
	CHECK_INT(size, text.len);
	CHECK_STR(source_format(source), "plain");
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(source_mtime(source), st.st_mtime);
	CHECK_SLICE(source_peek(source, 6), "a line");
	for (size_t at = 0; at <= text.len + 1; at++) {
		size_t left = at < text.len ? text.len - at : 0;
		ssize_t n = source_read_at(source, at, bytes, 7, &err);

		if (CHECK_INT(n, left < 7 ? left : 7))
			CHECK_BYTES(bytes, (size_t)n,
			    text.ptr + (n == 0 ? 0 : at), (size_t)n);
	}
	CHECK(!source_was_cut(source));
	source_close(source);
	check_reads(path, text, NULL);
}

/* What is written behind it later is not read at a place. */
static void
growth_is_left(void)
{
	const char *path = scratch_write("grows", slice_str("12345"));
	struct err err;
	struct source *source = source_open(path, &err);
	uint64_t size;
	char bytes[64];

	if (!CHECK(source != NULL))
		return;
	(void)scratch_write("grows", slice_str("1234567890"));
	CHECK(source_can_seek(source, &size));
	CHECK_INT(size, 5);
	CHECK_INT(source_read_at(source, 3, bytes, sizeof(bytes), &err), 2);
	CHECK_INT(source_read_at(source, 5, bytes, sizeof(bytes), &err), 0);
	CHECK(!source_was_cut(source));
	source_close(source);
}

static void
empty_is_plain(void)
{
	const char *path = scratch_write("empty", slice_str(""));
	struct err err;
	struct source *source = source_open(path, &err);
	uint64_t size;

	if (!CHECK(source != NULL))
		return;
	CHECK_STR(source_format(source), "plain");
	CHECK(!source_can_seek(source, &size));
	CHECK_SLICE(source_peek(source, 10), "");
	source_close(source);
	check_reads(path, slice_str(""), NULL);
}

static void
proc_is_streamed(void)
{
	struct err err;
	struct source *source = source_open("/proc/self/status", &err);
	uint64_t size;
	struct buf got = { 0 };

	if (!CHECK(source != NULL))
		return;
	CHECK(!source_can_seek(source, &size));
	CHECK_INT(read_all(source, 100, &got, &err), 0);
	CHECK(slice_starts(buf_slice(&got), "Name:"));
	CHECK(slice_find(buf_slice(&got), "\nPid:") != NULL);
	buf_release(&got);
	source_close(source);
}

/* Takes fd as standard input while check_reads() runs. */
static void
check_stdin(int fd, struct slice bytes, const char *why)
{
	int old = dup(STDIN_FILENO);

	scratch_need(dup2(fd, STDIN_FILENO) == STDIN_FILENO, "dup2");
	(void)close(fd);
	check_reads("-", bytes, why);
	/* It is not ours to close. */
	CHECK(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	(void)dup2(old, STDIN_FILENO);
	(void)close(old);
}

struct feed {
	int fd;
	struct slice bytes;
	size_t piece;
};

static void *
feed_pipe(void *argument)
{
	const struct feed *feed = argument;
	struct slice rest = feed->bytes;

	while (rest.len > 0) {
		struct slice piece = slice_head(rest, feed->piece);
		ssize_t n = write(feed->fd, piece.ptr, piece.len);

		scratch_need(n > 0, "write");
		rest = slice_from(rest, (size_t)n);
	}
	(void)close(feed->fd);
	return NULL;
}

/* Reads bytes that come through a pipe, some at a time. */
static void
check_pipe(struct slice packed, size_t piece, struct slice plain,
    const char *why)
{
	struct feed feed = { .bytes = packed, .piece = piece };
	int ends[2];
	pthread_t thread;

	scratch_need(pipe(ends) == 0, "pipe");
	feed.fd = ends[1];
	scratch_need(pthread_create(&thread, NULL, feed_pipe, &feed) == 0,
	    "pthread_create");
	check_stdin(ends[0], plain, why);
	(void)pthread_join(thread, NULL);
}

static void
pipes(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 5000, 1);
	check_pipe(buf_slice(&plain), 1, buf_slice(&plain), NULL);
	check_pipe(buf_slice(&plain), 5000, buf_slice(&plain), NULL);
	check_pipe(slice_str("ab"), 1, slice_str("ab"), NULL);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		pack_add(&packed, pack_formats[i], slice_str("more"));
		buf_add_str(&plain, "more");
		check_pipe(buf_slice(&packed), 1, buf_slice(&plain), NULL);
		plain.len -= 4;
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
interrupted(int number)
{
	(void)number;
}

struct bother {
	pthread_t reader;
	int fd;
};

/* Interrupts the reader again and again, and lets it go on at last. */
static void *
bother_reader(void *argument)
{
	const struct bother *bother = argument;

	for (int i = 0; i < 1000; i++) {
		(void)pthread_kill(bother->reader, SIGUSR1);
		(void)sched_yield();
	}
	scratch_need(write(bother->fd, "at last", 7) == 7, "write");
	(void)close(bother->fd);
	return NULL;
}

static void
interruptions(void)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct bother bother = { .reader = pthread_self() };
	int ends[2];
	pthread_t thread;

	scratch_need(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
	scratch_need(pipe(ends) == 0, "pipe");
	bother.fd = ends[1];
	scratch_need(pthread_create(&thread, NULL, bother_reader, &bother) == 0,
	    "pthread_create");
	check_stdin(ends[0], slice_str("at last"), NULL);
	(void)pthread_join(thread, NULL);
}

static void
stdin_where_it_stands(void)
{
	const char *path = scratch_write("list", slice_str("first\nsecond\n"));
	int fd = open(path, O_RDONLY);

	CHECK_INT(lseek(fd, 6, SEEK_SET), 6);
	check_stdin(fd, slice_str("second\n"), NULL);
	fd = open(path, O_RDONLY);
	CHECK_INT(lseek(fd, 0, SEEK_END), 13);
	check_stdin(fd, slice_str(""), NULL);
}

static void
formats(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 2000000, 2);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };
		struct err err;
		struct source *source;
		uint64_t seekable;
		off_t done;
		off_t size;

		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		(void)scratch_write("packed.txt", buf_slice(&packed));
		check_reads(scratch_path("packed.txt"), buf_slice(&plain),
		    NULL);
		source = source_open(scratch_path("packed.txt"), &err);
		if (CHECK(source != NULL)) {
			CHECK_STR(source_format(source), pack_formats[i]);
			CHECK(!source_can_seek(source, &seekable));
			CHECK_INT(source_peek(source, plain.len + 1).len,
			    plain.len);
			source_progress(source, &done, &size);
			CHECK_INT(done, packed.len);
			CHECK_INT(size, packed.len);
			CHECK(!source_was_cut(source));
		}
		source_close(source);
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
members_anywhere(void)
{
	/* What the first two reads take. */
	enum { READ_SIZE = 6 + 256 * 1024 };
	static const char zeros[READ_SIZE];

	for (size_t before = 0; before < 8; before++) {
		struct buf packed = { 0 };

		pack_add(&packed, "gzip", slice_str("one"));
		buf_add(&packed,
		    slice_make(zeros, READ_SIZE - before - packed.len));
		pack_add(&packed, "gzip", slice_str("two"));
		(void)scratch_write("packed", buf_slice(&packed));
		check_reads(scratch_path("packed"), slice_str("onetwo"), NULL);
		buf_release(&packed);
	}
}

/* The error that packed, in a file, ends with after the plain bytes. */
static void
check_damage(struct slice packed, struct slice plain, const char *why)
{
	const char *path = scratch_write("damaged", packed);
	char text[256];

	(void)snprintf(text, sizeof(text), "%s: %s", path, why);
	check_reads(path, plain, text);
}

static void
damage(void)
{
	struct buf packed = { 0 };
	struct slice plain = slice_str("what was good");

	pack_add(&packed, "gzip", plain);
	packed.len--;
	check_damage(buf_slice(&packed), plain, "unexpected end of gzip data");
	packed.len++;
	packed.ptr[packed.len - 8] ^= 1;
	check_damage(buf_slice(&packed), plain,
	    "corrupt gzip data: checksum does not match");
	packed.ptr[packed.len - 8] ^= 1;
	buf_add_str(&packed, "rubbish");
	check_damage(buf_slice(&packed), plain,
	    "trailing garbage after the compressed data");
	buf_release(&packed);
}

static void
peek_then_read(void)
{
	struct buf plain = { 0 };
	struct buf packed = { 0 };
	struct buf got = { 0 };
	struct err err = { "" };
	struct source *source;

	pack_add_text(&plain, 300000, 3);
	pack_add(&packed, "gzip", buf_slice(&plain));
	packed.len -= 5;
	source = source_open_memory(buf_slice(&packed), &err);
	if (!CHECK(source != NULL))
		return;
	for (size_t n = 1; n <= plain.len; n *= 3) {
		struct slice seen = source_peek(source, n);

		CHECK(slice_equal(seen, slice_head(buf_slice(&plain), n)));
	}
	CHECK_INT(source_read(source, buf_reserve(&got, 10), 10, &err), 10);
	got.len += 10;
	/* All of it and the damage behind it, which is not told yet. */
	CHECK_INT(source_peek(source, plain.len).len, plain.len - 10);
	CHECK_INT(read_all(source, 1000, &got, &err), -1);
	CHECK(slice_equal(buf_slice(&got), buf_slice(&plain)));
	CHECK_STR(err.text, "memory: unexpected end of gzip data");
	CHECK_SLICE(source_peek(source, 10), "");
	source_close(source);
	buf_release(&plain);
	buf_release(&packed);
	buf_release(&got);
}

static void
no_entry(void)
{
	struct err err;
	char text[256];

	CHECK(source_open(scratch_path("missing"), &err) == NULL);
	(void)snprintf(text, sizeof(text), "%s: No such file or directory",
	    scratch_path("missing"));
	CHECK_STR(err.text, text);
	CHECK(source_open(scratch_folder, &err) == NULL);
	(void)snprintf(text, sizeof(text), "%s: Is a directory",
	    scratch_folder);
	CHECK_STR(err.text, text);
}

static void
read_error(void)
{
	check_reads("/proc/self/mem", slice_str(""),
	    "/proc/self/mem: Input/output error");
}

static void
cut_while_read(void)
{
	const char *path = scratch_write("cut", slice_str("1234567890"));
	struct err err;
	struct source *source = source_open(path, &err);
	struct source *other = source_open(path, &err);
	char bytes[10];

	scratch_need(source != NULL && other != NULL, "source_open");
	CHECK_INT(truncate(path, 4), 0);
	CHECK_INT(source_read_at(source, 0, bytes, 3, &err), 3);
	CHECK_INT(source_read_at(source, 1, bytes, 9, &err), 3);
	CHECK_INT(source_read_at(source, 7, bytes, 3, &err), 0);
	/* Nobody sees it who looks at the size alone. */
	CHECK_INT(truncate(path, 10), 0);
	CHECK(source_was_cut(source));
	CHECK(!source_was_cut(other));
	source_close(source);
	source_close(other);
}

static void
cut_and_not_read(void)
{
	const char *path = scratch_write("cut", slice_str("1234567890"));
	struct err err;
	struct source *source = source_open(path, &err);

	scratch_need(source != NULL, "source_open");
	CHECK(!source_was_cut(source));
	CHECK_INT(truncate(path, 5), 0);
	CHECK(source_was_cut(source));
	source_close(source);
}

static void
memory(void)
{
	struct err err;
	struct source *source;
	uint64_t size;
	char bytes[64];

	source = source_open_memory(slice_str("in memory"), &err);
	if (!CHECK(source != NULL && source_can_seek(source, &size)))
		return;
	CHECK_INT(size, 9);
	CHECK_INT(source_read_at(source, 3, bytes, sizeof(bytes), &err), 6);
	CHECK_BYTES(bytes, 6, "memory", 6);
	CHECK_INT(source_mtime(source), 0);
	CHECK(!source_was_cut(source));
	source_close(source);
	source = source_open_memory(slice_make(NULL, 0), &err);
	CHECK_SLICE(source_peek(source, 9), "");
	source_close(source);
	source_close(NULL);
}

/* The source is as if it began at `from` of `all`, be it that it can seek. */
static void
check_rest(struct source *source, struct slice all, size_t from)
{
	struct slice rest = slice_from(all, from);
	struct buf got = { 0 };
	struct err err = { "" };
	uint64_t size = rest.len;
	char bytes[7];
	off_t done;
	off_t file;

	if (source_can_seek(source, &size)) {
		CHECK_INT(size, rest.len);
		CHECK_INT(source_read_at(source, 1, bytes, 7, &err),
		    rest.len < 2         ? 0 :
			rest.len < 7 + 1 ? rest.len - 1 :
					   7);
		if (rest.len > 1)
			CHECK(bytes[0] == rest.ptr[1]);
		source_progress(source, &done, &file);
		CHECK_INT(done, from);
	}
	CHECK(slice_equal(source_peek(source, 3), slice_head(rest, 3)));
	CHECK_INT(read_all(source, 777, &got, &err), 0);
	CHECK(slice_equal(buf_slice(&got), rest));
	CHECK(!source_was_cut(source));
	source_progress(source, &done, &file);
	if (file != 0)
		CHECK_INT(done, file);
	buf_release(&got);
}

/* Skips to here and there in a file whose bytes, decoded, are these. */
static void
check_skips(const char *path, struct slice plain)
{
	const size_t places[] = { 0, 1, 2, plain.len / 2, plain.len };
	struct source *source;
	struct err err;
	char text[256];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		source = source_open(path, &err);
		scratch_need(source != NULL, path);
		CHECK_INT(source_skip(source, places[i], &err), 0);
		check_rest(source, plain, places[i]);
		source_close(source);
	}
	source = source_open(path, &err);
	scratch_need(source != NULL, path);
	CHECK_INT(source_skip(source, plain.len + 1, &err), -1);
	(void)snprintf(text, sizeof(text), "%s: ends before byte %zu", path,
	    plain.len + 1);
	CHECK_STR(err.text, text);
	source_close(source);
}

static void
skips_plain(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 1000000, 4);
	check_skips(scratch_write("plain", buf_slice(&plain)),
	    buf_slice(&plain));
	check_skips(scratch_write("plain", slice_head(buf_slice(&plain), 12)),
	    slice_head(buf_slice(&plain), 12));
	buf_release(&plain);
	/* The end of this one is seen with its head. */
	check_skips(scratch_write("plain", slice_str("ab\n")),
	    slice_str("ab\n"));
}

/* In several members, and the skip ends within each of them, or between. */
static void
skips_encoded(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 600000, 5);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct slice rest = buf_slice(&plain);
		struct buf packed = { 0 };

		for (; rest.len > 0; rest = slice_from(rest, 150000))
			pack_add(&packed, pack_formats[i],
			    slice_head(rest, 150000));
		check_skips(scratch_write("packed", buf_slice(&packed)),
		    buf_slice(&plain));
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
skips_in_memory(void)
{
	struct slice text = slice_str("in memory");
	struct source *source;
	struct err err;

	for (size_t at = 0; at <= text.len; at++) {
		source = source_open_memory(text, &err);
		CHECK_INT(source_skip(source, at, &err), 0);
		check_rest(source, text, at);
		source_close(source);
	}
	source = source_open_memory(text, &err);
	CHECK_INT(source_skip(source, 10, &err), -1);
	CHECK_STR(err.text, "memory: ends before byte 10");
	source_close(source);
}

/* Damage in front of the place is told, behind it only when it is met. */
static void
skips_before_damage(void)
{
	struct buf packed = { 0 };
	struct source *source;
	struct err err;
	char bytes[64];

	pack_add(&packed, "gzip", slice_str("what was good"));
	packed.len--;
	source = source_open_memory(buf_slice(&packed), &err);
	CHECK_INT(source_skip(source, 9, &err), 0);
	CHECK_INT(source_read(source, bytes, 64, &err), 4);
	CHECK_BYTES(bytes, 4, "good", 4);
	CHECK_INT(source_read(source, bytes, 64, &err), -1);
	source_close(source);
	source = source_open_memory(buf_slice(&packed), &err);
	CHECK_INT(source_skip(source, 14, &err), -1);
	CHECK_STR(err.text, "memory: unexpected end of gzip data");
	source_close(source);
	buf_release(&packed);
}

/* A file that is open is read, whatever has become of its name, and from its
 * beginning, wherever others left it. */
static void
open_already(void)
{
	struct slice text = slice_str("1234567890");
	int fd = open(scratch_write("log", text), O_RDONLY);
	struct source *source;
	struct err err;

	CHECK_INT(rename(scratch_write("new", slice_str("another one")),
		      scratch_path("log")),
	    0);
	CHECK_INT(lseek(fd, 7, SEEK_SET), 7);
	for (size_t at = 0; at <= text.len; at += 5) {
		source = source_open_fd(fd, "LOG", &err);
		if (!CHECK(source != NULL))
			return;
		CHECK_STR(source_format(source), "plain");
		CHECK(source_mtime(source) > 0);
		CHECK_INT(source_skip(source, at, &err), 0);
		check_rest(source, text, at);
		source_close(source);
	}
	source = source_open_fd(fd, "LOG", &err);
	CHECK_INT(source_skip(source, 11, &err), -1);
	CHECK_STR(err.text, "LOG: ends before byte 11");
	source_close(source);
	/* It is the caller's to close. */
	CHECK_INT(close(fd), 0);
	CHECK(source_open_fd(fd, "LOG", &err) == NULL);
	CHECK_STR(err.text, "LOG: Bad file descriptor");
}

static void
open_already_and_packed(void)
{
	struct slice text = slice_str("1234567890");
	struct buf packed = { 0 };
	struct source *source;
	struct err err;
	int fd;

	pack_add(&packed, "gzip", text);
	fd = open(scratch_write("log.gz", buf_slice(&packed)), O_RDONLY);
	for (int i = 0; i < 2; i++) {
		source = source_open_fd(fd, "LOG", &err);
		if (!CHECK(source != NULL))
			return;
		CHECK_STR(source_format(source), "gzip");
		CHECK_INT(source_skip(source, 4, &err), 0);
		check_rest(source, text, 4);
		source_close(source);
	}
	CHECK_INT(close(fd), 0);
	buf_release(&packed);
}

static void
open_already_and_empty(void)
{
	int fd = open(scratch_write("log", slice_str("")), O_RDONLY);
	struct err err;
	struct source *source = source_open_fd(fd, "LOG", &err);
	uint64_t size;

	if (!CHECK(source != NULL))
		return;
	CHECK(source_can_seek(source, &size));
	CHECK_INT(size, 0);
	CHECK_INT(source_skip(source, 0, &err), 0);
	check_rest(source, slice_str(""), 0);
	(void)scratch_write("log", slice_str("grows"));
	CHECK_INT(source_read_at(source, 0, (char[9]){ 0 }, 9, &err), 0);
	source_close(source);
	(void)close(fd);
}

static void
cut_while_open(void)
{
	const char *path = scratch_write("cut", slice_str("1234567890"));
	int fd = open(path, O_RDONLY);
	struct err err;
	struct source *source = source_open_fd(fd, "LOG", &err);
	struct source *other = source_open_fd(fd, "LOG", &err);
	char bytes[10];

	scratch_need(source != NULL && other != NULL, "source_open_fd");
	CHECK_INT(truncate(path, 6), 0);
	CHECK_INT(source_skip(source, 4, &err), 0);
	CHECK_INT(source_skip(other, 8, &err), 0);
	CHECK_INT(source_read_at(source, 0, bytes, 2, &err), 2);
	CHECK_BYTES(bytes, 2, "56", 2);
	CHECK_INT(source_read_at(source, 1, bytes, 9, &err), 1);
	CHECK_INT(source_read_at(other, 0, bytes, 9, &err), 0);
	CHECK(source_was_cut(source));
	CHECK(source_was_cut(other));
	source_close(source);
	source_close(other);
	(void)close(fd);
}

static void
missing_format(void)
{
#ifdef HAVE_ZSTD
	SKIP("this build has them all");
#else
	struct err err;
	const char *path = scratch_write("z", slice_str("\x28\xb5\x2f\xfd"));
	char text[256];

	CHECK(source_open(path, &err) == NULL);
	(void)snprintf(text, sizeof(text),
	    "%s: zstd input, but this build has no zstd", path);
	CHECK_STR(err.text, text);
#endif
}

static const struct tap_test tests[] = {
	{ "a plain file can be read anywhere", plain_can_seek },
	{ "what a file grows by is left", growth_is_left },
	{ "an empty file is plain and empty", empty_is_plain },
	{ "a file that says it is empty is a stream", proc_is_streamed },
	{ "a pipe is a stream, of any format", pipes },
	{ "a signal does not end the reading", interruptions },
	{ "a file as standard input is read from where it stands",
	    stdin_where_it_stands },
	{ "a compressed file is decoded, whatever its name", formats },
	{ "a member may begin anywhere in what was read", members_anywhere },
	{ "damage is told after the good bytes, with the path", damage },
	{ "what was peeked at is read again, and damage in its place",
	    peek_then_read },
	{ "a missing file and a directory are refused", no_entry },
	{ "a read error is told with the path", read_error },
	{ "a file that is cut ends early, and says so", cut_while_read },
	{ "a file that became shorter was cut", cut_and_not_read },
	{ "bytes in memory are a source, too", memory },
	{ "a plain file begins where it is skipped to", skips_plain },
	{ "a compressed one does, too, whatever its members", skips_encoded },
	{ "so do bytes in memory", skips_in_memory },
	{ "damage is told in its place, also when it is passed over",
	    skips_before_damage },
	{ "a file that is open already is read, not what has its name now",
	    open_already },
	{ "such a file may be compressed", open_already_and_packed },
	{ "an empty one stays empty", open_already_and_empty },
	{ "and it says that it was cut", cut_while_open },
	{ "a format that was not built in is refused", missing_format },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/known.h"

#include <sys/resource.h>
#include <time.h>

#include "base/alloc.h"
#include "base/fnv.h"
#include "pack.h"
#include "scratch.h"
#include "tap.h"

enum { MOST = 3000, KIB = DAYS_KIB };

static struct days *days;
static struct known_input inputs[MOST];
static size_t input_count;
static char *host_of_all;   /* or NULL: none */
static uint64_t read_bytes; /* by all scans of a test */
static size_t open_sources; /* that the last scan gave */
static struct buf said;
static struct buf text;

/* --- files --- */

/* Lines of ten bytes, of which the last may be shorter, other ones for each
 * seed; valid until the next call. */
static struct slice
lines(unsigned seed, size_t len)
{
	buf_clear(&text);
	for (unsigned i = 0; text.len < len; i++)
		buf_add_format(&text, "%04u %04u\n", seed,
		    (i + seed) * 2654435761U % 10000);
	text.len = len;
	if (len > 0)
		text.ptr[len - 1] = '\n';
	return buf_slice(&text);
}

/* The same first bytes, then others. */
static struct slice
banner_and(size_t banner, unsigned seed, size_t len)
{
	struct buf both = { 0 };

	buf_add(&both, lines(0, banner));
	buf_add(&both, lines(seed, len));
	buf_clear(&text);
	buf_add(&text, buf_slice(&both));
	buf_release(&both);
	return buf_slice(&text);
}

static void
append(const char *name, struct slice bytes)
{
	FILE *file = fopen(scratch_path(name), "ab");

	scratch_need(file != NULL &&
		fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len,
	    name);
	scratch_need(fclose(file) == 0, name);
}

static void
move(const char *from, const char *to)
{
	scratch_need(rename(scratch_path(from), scratch_path(to)) == 0, from);
}

/* In place, as copytruncate does. */
static void
cut(const char *name)
{
	scratch_need(truncate(scratch_path(name), 0) == 0, name);
}

/* Compresses, of which only some bytes are written yet. */
static void
write_packed(const char *name, const char *format, struct slice bytes,
    size_t percent)
{
	struct buf packed = { 0 };

	pack_add(&packed, format, bytes);
	(void)scratch_write(name,
	    slice_head(buf_slice(&packed), packed.len * percent / 100));
	buf_release(&packed);
}

/* --- scans --- */

/* Where the last whole line of a file ends, decoded. */
static uint64_t
end_of_lines(const struct known_input *input)
{
	struct err err;
	struct source *source = source_open(input->path, &err);
	char bytes[4096];
	uint64_t at = 0;
	uint64_t end = 0;
	ssize_t n;

	scratch_need(source != NULL, input->path);
	while ((n = source_read(source, bytes, sizeof(bytes), &err)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (bytes[i] == '\n')
				end = at + (uint64_t)i + 1;
		at += (uint64_t)n;
	}
	source_close(source);
	return input->is_plain ? end : at;
}

/* The bytes before a position, by other means than the module's. */
static struct slice
bytes_before(const struct known_input *input, uint64_t position)
{
	static char bytes[8192 * KIB];
	struct err err;
	struct source *source = source_open(input->path, &err);
	size_t len = 0;
	ssize_t n = 1;

	scratch_need(source != NULL && position <= sizeof(bytes), input->path);
	for (; len < position && n > 0; len += (size_t)n)
		n = source_read(source, bytes + len, (size_t)position - len,
		    &err);
	source_close(source);
	return len < KIB ? slice_make(bytes, len) :
			   slice_make(bytes + len - KIB, KIB);
}

/* What is promised of one that goes on. */
static void
check_more(struct known_input *input)
{
	uint64_t position = input->record.position;
	struct slice before = bytes_before(input, position);
	struct err err;
	char rest[4096];
	ssize_t n;

	CHECK(input->record.id != 0);
	CHECK(slice_equal(slice_make(input->tail, input->tail_len), before));
	CHECK(fnv_add(FNV_START, before) == input->record.tail);
	if (input->source == NULL)
		return;
	open_sources++;
	CHECK(!input->is_plain);
	while ((n = source_read(input->source, rest, sizeof(rest), &err)) > 0)
		position += (uint64_t)n;
	CHECK_INT(n, 0);
	CHECK_INT(position, end_of_lines(input));
}

static void
check_file(const struct known_input *input)
{
	struct stat st;

	CHECK(fstat(input->fd, &st) == 0);
	CHECK_INT(st.st_ino, input->inode);
	CHECK_BYTES(input->head, input->head_len,
	    bytes_before(input, input->head_len).ptr, input->head_len);
}

/* Reads an input to its last line, and saves that. */
static void
read_on(struct known_input *input)
{
	uint64_t end = end_of_lines(input);
	struct slice tail = slice_make(NULL, 0);
	struct err err;

	if (!input->is_plain)
		tail = bytes_before(input, end);
	read_bytes += end - input->record.position;
	if (!CHECK_INT(known_advance(input, end, tail, &err), 0))
		printf("# %s\n", err.text);
	if (input->stale != NULL)
		CHECK_INT(days_save(days, input->stale, &err), 0);
	if (end > 0)
		CHECK_INT(days_save(days, &input->record, &err), 0);
}

static const char *
base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void
say(const struct known_input *input)
{
	static const char *const kinds[] = { "new", "more", "untouched", "copy",
		"empty", "bad" };

	buf_add_format(&said, "%s%s:%s", said.len > 0 ? " " : "",
	    base_name(input->path), kinds[input->kind]);
	if (input->kind == KNOWN_COPY)
		buf_add_format(&said, "=%s", base_name(input->same_as));
	if (input->kind == KNOWN_MORE)
		buf_add_format(&said, "@%" PRIu64, input->record.position);
	if (input->was_cut)
		buf_add_str(&said, input->is_lost ? ",cut,lost" : ",cut");
	if (input->stale != NULL)
		buf_add_str(&said, ",stale");
}

/* Asks, checks what is promised, reads and saves what is new. */
static void
tell_all(void)
{
	struct err err;

	open_sources = 0;
	CHECK_INT(days_begin(days, &err), 0);
	CHECK_INT(known_tell(days, inputs, input_count, &err), 0);
	for (size_t i = 0; i < input_count; i++) {
		struct known_input *input = &inputs[i];

		say(input);
		if (input->kind == KNOWN_MORE)
			check_more(input);
		if (input->kind == KNOWN_MORE || input->kind == KNOWN_NEW) {
			check_file(input);
			read_on(input);
		} else {
			CHECK_INT(input->fd, -1);
		}
	}
	CHECK_INT(days_commit(days, &err), 0);
	known_release(inputs, input_count);
	buf_add_char(&said, '\0');
}

/* A scan of some files, by their names between blanks: what it says. */
static const char *
scan(const char *names)
{
	struct slice rest = slice_str(names);
	struct slice name;
	char *paths[16];

	input_count = 0;
	buf_clear(&said);
	while (slice_cut(&rest, ' ', &name)) {
		char *copy = xmemdup(name.ptr, name.len);

		paths[input_count] = xstrdup(scratch_path(copy));
		inputs[input_count] = (struct known_input){
			.path = paths[input_count],
		};
		if (host_of_all != NULL)
			inputs[input_count].host = slice_make(host_of_all +
				input_count,
			    1);
		input_count++;
		free(copy);
	}
	tell_all();
	while (input_count > 0)
		free(paths[--input_count]);
	return said.ptr;
}

static void
start(void)
{
	struct err err;

	scratch_make();
	scratch_need(mkdir(scratch_path("store"), 0700) == 0, "mkdir");
	days = days_open(scratch_path("store"), DB_WRITE, &err);
	scratch_need(days != NULL, "days_open");
	host_of_all = NULL;
	read_bytes = 0;
}

static void
stop(void)
{
	days_close(days);
	buf_release(&said);
	buf_release(&text);
	scratch_remove();
}

/* --- growth and rotation --- */

static void
grows(void)
{
	start();
	(void)scratch_write("log", lines(1, 5000));
	CHECK_STR(scan("log"), "log:new");
	CHECK_STR(scan("log"), "log:untouched");
	append("log", lines(2, 3000));
	CHECK_STR(scan("log"), "log:more@5000");
	append("log", slice_str("no end"));
	CHECK_STR(scan("log"), "log:more@8000");
	CHECK_STR(scan("log"), "log:untouched");
	append("log", slice_str(" yet\n"));
	CHECK_STR(scan("log"), "log:more@8000");
	CHECK_INT(read_bytes, 8011);
	stop();
}

static void
grows_when_short(void)
{
	start();
	(void)scratch_write("log", slice_str("a\n"));
	CHECK_STR(scan("log"), "log:new");
	append("log", lines(2, 500));
	CHECK_STR(scan("log"), "log:more@2");
	append("log", lines(3, 522));
	CHECK_STR(scan("log"), "log:more@502");
	append("log", lines(4, 1));
	CHECK_STR(scan("log"), "log:more@1024");
	append("log", lines(5, 5000));
	move("log", "log.1");
	CHECK_STR(scan("log.1"), "log.1:more@1025");
	CHECK_INT(read_bytes, 6025);
	stop();
}

static void
is_renamed(void)
{
	start();
	(void)scratch_write("log", lines(1, 5000));
	CHECK_STR(scan("log"), "log:new");
	move("log", "log.1");
	(void)scratch_write("log", lines(2, 3000));
	CHECK_STR(scan("log log.1"), "log:new log.1:untouched");
	append("log.1", lines(3, 100));
	move("log.1", "log.2");
	move("log", "log.1");
	(void)scratch_write("log", lines(4, 200));
	CHECK_STR(scan("log log.1 log.2"),
	    "log:new log.1:untouched log.2:more@5000");
	CHECK_INT(read_bytes, 5000 + 3000 + 100 + 200);
	stop();
}

static void
is_compressed_after_rename(void)
{
	start();
	for (int i = 0; pack_formats[i] != NULL; i++) {
		const char *name = pack_formats[i];
		unsigned seed = 1 + (unsigned)i;

		(void)scratch_write("log", lines(seed, 50000));
		CHECK_STR(scan("log"), "log:new");
		write_packed(name, name, lines(seed, 50000), 100);
		scratch_need(remove(scratch_path("log")) == 0, "remove");
		CHECK(strstr(scan(name), ":more@50000") != NULL);
		CHECK_INT(open_sources, 1);
		CHECK(strstr(scan(name), ":untouched") != NULL);
	}
	stop();
}

static void
gets_another_member(void)
{
	struct buf member = { 0 };

	start();
	write_packed("log.gz", "gzip", lines(1, 30000), 100);
	CHECK_STR(scan("log.gz"), "log.gz:new");
	pack_add(&member, "gzip", lines(2, 5000));
	append("log.gz", buf_slice(&member));
	buf_release(&member);
	CHECK_STR(scan("log.gz"), "log.gz:more@30000");
	CHECK_INT(read_bytes, 35000);
	stop();
}

static void
has_more_when_compressed(void)
{
	start();
	(void)scratch_write("log", lines(1, 300000));
	CHECK_STR(scan("log"), "log:new");
	write_packed("log.gz", "gzip", lines(1, 370000), 100);
	CHECK_STR(scan("log.gz"), "log.gz:more@300000");
	CHECK_INT(open_sources, 1);
	CHECK_INT(read_bytes, 370000);
	stop();
}

static void
is_compressed_beside(void)
{
	start();
	(void)scratch_write("log", lines(1, 200000));
	CHECK_STR(scan("log"), "log:new");
	write_packed("log.gz", "gzip", lines(1, 200000), 50);
	CHECK_STR(scan("log log.gz"), "log:untouched log.gz:copy=log");
	write_packed("log.gz", "gzip", lines(1, 200000), 100);
	CHECK_STR(scan("log.gz log"), "log.gz:copy=log log:untouched");
	scratch_need(remove(scratch_path("log")) == 0, "remove");
	CHECK_STR(scan("log.gz"), "log.gz:more@200000");
	CHECK_STR(scan("log.gz"), "log.gz:untouched");
	CHECK_INT(read_bytes, 200000);
	stop();
}

/* A first scan sees both. */
static void
is_compressed_beside_at_first(void)
{
	start();
	(void)scratch_write("log", lines(1, 200000));
	write_packed("log.gz", "gzip", lines(1, 200000), 50);
	CHECK_STR(scan("log.gz log"), "log.gz:copy=log log:new");
	(void)scratch_write("short", lines(2, 900));
	write_packed("short.gz", "gzip", lines(2, 900), 100);
	CHECK_STR(scan("short.gz short"), "short.gz:copy=short short:new");
	write_packed("few.gz", "gzip", slice_head(lines(1, 200000), 700), 100);
	CHECK_STR(scan("few.gz log short"),
	    "few.gz:copy=log log:untouched short:untouched");
	CHECK_INT(read_bytes, 200900);
	stop();
}

static void
is_copied(void)
{
	start();
	(void)scratch_write("log", lines(1, 5000));
	CHECK_STR(scan("log"), "log:new");
	(void)scratch_write(".log.x", lines(1, 9000));
	move(".log.x", "log");
	CHECK_STR(scan("log"), "log:more@5000");
	(void)scratch_write("other", lines(1, 7000));
	CHECK_STR(scan("other log"), "other:copy=log log:untouched");
	(void)scratch_write("other", lines(1, 9500));
	CHECK_STR(scan("other log"), "other:more@9000 log:copy=other");
	CHECK_INT(read_bytes, 9500);
	stop();
}

static void
takes_the_furthest_of_several(void)
{
	static const size_t lens[] = { 3000, 9000, 6000 };

	start();
	for (size_t i = 0; i < 3; i++) {
		char name[] = { 'a', (char)('0' + i), '\0' };

		(void)scratch_write(name,
		    banner_and(2000, 1 + (unsigned)i, lens[i]));
	}
	CHECK_STR(scan("a0 a1 a2"), "a0:new a1:new a2:new");
	write_packed("z0.gz", "gzip", banner_and(2000, 1, 3000), 100);
	write_packed("z1.gz", "gzip", banner_and(2000, 2, 9000), 100);
	write_packed("z2.gz", "gzip", banner_and(2000, 3, 6500), 100);
	CHECK_STR(scan("z0.gz z1.gz z2.gz"),
	    "z0.gz:more@5000 z1.gz:more@11000 z2.gz:more@8000");
	CHECK_INT(open_sources, 3);
	CHECK_INT(read_bytes, 3 * 2000 + 18000 + 500);
	stop();
}

/* An old time of modification does not hide what is new. */
static void
grows_at_once(void)
{
	struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	start();
	(void)scratch_write("log", lines(1, 50));
	(void)utimensat(AT_FDCWD, scratch_path("log"), times, 0);
	CHECK_STR(scan("log"), "log:new");
	append("log", lines(2, 50));
	(void)utimensat(AT_FDCWD, scratch_path("log"), times, 0);
	CHECK_STR(scan("log"), "log:more@50");
	stop();
}

/* One that was read to its banner, one that was read further. */
static void
takes_the_further_of_two(void)
{
	start();
	(void)scratch_write("a", lines(0, 2000));
	CHECK_STR(scan("a"), "a:new");
	append("a", lines(1, 10));
	(void)scratch_write("b", banner_and(2000, 2, 4000));
	host_of_all = NULL;
	CHECK_STR(scan("a b"), "a:more@2000 b:new");
	write_packed("c.gz", "gzip", banner_and(2000, 2, 4100), 100);
	CHECK_STR(scan("c.gz"), "c.gz:more@6000");
	stop();
}

/* --- equal heads --- */

static void
write_hosts(size_t len)
{
	for (unsigned i = 0; i < 12; i++) {
		char name[] = { (char)('a' + i), '\0' };

		(void)scratch_write(name, banner_and(3070, 1 + i, len));
	}
}

#define TWELVE "a b c d e f g h i j k l"

static size_t
count_of(const char *in, const char *word)
{
	size_t count = 0;

	for (; (in = strstr(in, word)) != NULL; in++)
		count++;
	return count;
}

static void
has_twelve_hosts(void)
{
	start();
	host_of_all = (char[]){ "ABCDEFGHIJKL" };
	write_hosts(0);
	CHECK_INT(count_of(scan(TWELVE), "new"), 12);
	write_hosts(500);
	CHECK_INT(count_of(scan(TWELVE), "more@3070"), 12);
	CHECK_INT(count_of(scan(TWELVE), "untouched"), 12);
	CHECK_INT(read_bytes, 12 * 3570);
	host_of_all = (char[]){ "XBCDEFGHIJKL" };
	CHECK_STR(scan("a b"), "a:new b:untouched");
	stop();
}

static void
has_twelve_of_no_host(void)
{
	start();
	write_hosts(0);
	CHECK_STR(scan("a b c"), "a:new b:copy=a c:copy=a");
	write_hosts(500);
	CHECK_INT(count_of(scan(TWELVE), "new"), 11);
	CHECK_INT(count_of(scan(TWELVE), "untouched"), 12);
	for (unsigned i = 0; i < 12; i++) {
		char name[] = { (char)('a' + i), '\0' };
		char packed[] = { (char)('l' - i), '.', 'z', '\0' };

		write_packed(packed, "gzip", banner_and(3070, 12 - i, 900),
		    100);
		scratch_need(remove(scratch_path(name)) == 0, name);
	}
	CHECK_INT(count_of(scan("a.z b.z c.z d.z e.z f.z g.z h.z i.z j.z k.z "
				"l.z"),
		      "more@3570"),
	    12);
	CHECK_INT(read_bytes, 12 * 3970);
	stop();
}

/* An idle day's log is the beginning of the next day's. */
static void
has_an_idle_day(void)
{
	start();
	(void)scratch_write("log.1", lines(0, 2000));
	CHECK_STR(scan("log.1"), "log.1:new");
	(void)scratch_write("log", lines(0, 2000));
	CHECK_STR(scan("log log.1"), "log:copy=log.1 log.1:untouched");
	append("log", lines(1, 300));
	CHECK_STR(scan("log log.1"), "log:more@2000 log.1:copy=log");
	append("log.1", lines(2, 400));
	CHECK_STR(scan("log log.1"), "log:untouched log.1:new");
	CHECK_INT(read_bytes, 2300 + 2400);
	stop();
}

static void
has_equal_files(void)
{
	start();
	(void)scratch_write("a", lines(1, 4000));
	(void)scratch_write("b", lines(1, 4000));
	(void)scratch_write("c", lines(1, 3000));
	(void)scratch_write("d", lines(1, 900));
	CHECK_STR(scan("d c b a"), "d:copy=b c:copy=b b:new a:copy=b");
	CHECK_STR(scan("d c b a"), "d:copy=b c:copy=b b:untouched a:copy=b");
	append("a", lines(2, 10));
	append("b", lines(3, 20));
	CHECK_STR(scan("d c b a"), "d:copy=b c:copy=b b:more@4000 a:new");
	stop();
}

static void
differs_only_in_the_end(void)
{
	start();
	(void)scratch_write("a", lines(1, 9000));
	append("a", slice_str("one\n"));
	(void)scratch_write("b", lines(1, 9000));
	append("b", slice_str("two\n"));
	CHECK_STR(scan("a b"), "a:new b:new");
	(void)scratch_write("c", slice_str("x\none\n"));
	(void)scratch_write("d", slice_str("x\ntwo\n"));
	CHECK_STR(scan("c d"), "c:new d:new");
	stop();
}

static void
write_middle(const char *name, const char *format, unsigned seed)
{
	struct buf all = { 0 };

	buf_add(&all, lines(0, 2000));
	buf_add(&all, lines(seed, 3000));
	buf_add(&all, lines(0, 2000));
	if (format == NULL)
		(void)scratch_write(name, buf_slice(&all));
	else
		write_packed(name, format, buf_slice(&all), 100);
	buf_release(&all);
}

static void
differs_only_in_the_middle(void)
{
	start();
	write_middle("a", NULL, 1);
	write_middle("b", NULL, 2);
	write_middle("c", "gzip", 3);
	write_middle("d", "gzip", 4);
	CHECK_STR(scan("a b c d"), "a:new b:new c:new d:new");
	stop();
}

/* Of compressed ones nothing tells the length but decoding. */
static void
has_compressed_copies(void)
{
	start();
	write_packed("a.gz", "gzip", lines(1, 90000), 100);
	CHECK_STR(scan("a.gz"), "a.gz:new");
	write_packed("b.gz", "zstd", lines(1, 90000), 100);
	write_packed("c.gz", "gzip", lines(1, 40000), 100);
	write_packed("d.gz", "gzip", lines(1, 200), 100);
	write_packed("e.gz", "gzip", banner_and(2000, 7, 2000), 100);
	CHECK_STR(scan("a.gz b.gz c.gz d.gz e.gz"),
	    "a.gz:untouched b.gz:copy=a.gz c.gz:copy=a.gz d.gz:copy=a.gz "
	    "e.gz:new");
	write_packed("b.gz", "gzip", lines(1, 90010), 100);
	CHECK_STR(scan("a.gz b.gz d.gz"),
	    "a.gz:copy=b.gz b.gz:more@90000 d.gz:copy=b.gz");
	CHECK_INT(read_bytes, 94010);
	write_packed("b.gz", "gzip", lines(1, 8000000), 100);
	write_packed("c.gz", "gzip", lines(1, 4000000), 100);
	CHECK_STR(scan("c.gz b.gz"), "c.gz:copy=b.gz b.gz:more@90010");
	stop();
}

/* A longer compressed one after a shorter plain one that is new, too. */
static void
takes_over_from_a_copy_of_its_beginning(void)
{
	start();
	(void)scratch_write("part", lines(1, 4000));
	(void)scratch_write("less", lines(1, 3000));
	write_packed("log.gz", "gzip", lines(1, 90000), 100);
	CHECK_STR(scan("less part log.gz"),
	    "less:copy=log.gz part:copy=log.gz log.gz:new");
	CHECK_INT(read_bytes, 90000);
	stop();
}

/* --- cut in place --- */

static void
is_cut_with_its_copy(void)
{
	start();
	(void)scratch_write("log", lines(1, 5000));
	CHECK_STR(scan("log"), "log:new");
	(void)scratch_write("log.1", lines(1, 5600));
	cut("log");
	CHECK_STR(scan("log log.1"), "log:empty log.1:more@5000");
	append("log", lines(3, 100));
	CHECK_STR(scan("log log.1"), "log:new log.1:untouched");
	(void)scratch_write("log.2", lines(3, 180));
	cut("log");
	append("log", lines(4, 2000));
	CHECK_STR(scan("log log.1 log.2"),
	    "log:new,cut log.1:untouched log.2:more@100");
	CHECK_INT(read_bytes, 5600 + 180 + 2000);
	stop();
}

static void
is_cut_without_copy(void)
{
	start();
	(void)scratch_write("log", lines(1, 5000));
	CHECK_STR(scan("log"), "log:new");
	cut("log");
	append("log", lines(1, 2000));
	CHECK_STR(scan("log"), "log:new,cut,lost,stale");
	append("log", lines(2, 2000));
	CHECK_STR(scan("log"), "log:more@2000");
	(void)scratch_write("log", lines(3, 9000));
	CHECK_STR(scan("log"), "log:new,cut,lost,stale");
	CHECK_STR(scan("log"), "log:untouched");
	stop();
}

/* A file that got the inode of one that is gone, at another path. */
static void
has_an_old_inode(void)
{
	start();
	(void)scratch_write("a", lines(1, 5000));
	CHECK_STR(scan("a"), "a:new");
	cut("a");
	append("a", lines(2, 2000));
	move("a", "b");
	CHECK_STR(scan("b"), "b:new,stale");
	CHECK_STR(scan("b"), "b:untouched");
	(void)scratch_write("c", lines(1, 5500));
	CHECK_STR(scan("b c"), "b:untouched c:more@5000");
	stop();
}

/* --- what is no input --- */

static void
is_no_input(void)
{
	start();
	scratch_need(mkfifo(scratch_path("fifo"), 0600) == 0, "mkfifo");
	scratch_need(mkdir(scratch_path("folder"), 0700) == 0, "mkdir");
	scratch_need(symlink("loop", scratch_path("loop")) == 0, "symlink");
	(void)scratch_write("bad.gz", slice_str("\x1f\x8bnonsense, all of it"));
	(void)scratch_write("none", slice_str(""));
	write_packed("none.gz", "gzip", slice_str(""), 100);
	CHECK_STR(scan("fifo folder loop gone none none.gz bad.gz"),
	    "fifo:bad folder:bad loop:bad gone:bad none:empty none.gz:empty "
	    "bad.gz:bad");
	stop();
}

static void
says_what_is_bad(void)
{
	struct err err;
	char *text_wanted;

	start();
	inputs[0] = (struct known_input){ .path = scratch_path("gone") };
	inputs[1] = (struct known_input){ .path = scratch_folder };
	CHECK_INT(known_tell(days, inputs, 2, &err), 0);
	text_wanted = xasprintf("%s: No such file or directory",
	    inputs[0].path);
	CHECK_STR(inputs[0].err.text, text_wanted);
	free(text_wanted);
	text_wanted = xasprintf("%s: no regular file; --store knows inputs by "
				"what they hold",
	    scratch_folder);
	CHECK_STR(inputs[1].err.text, text_wanted);
	free(text_wanted);
	known_release(inputs, 2);
	stop();
}

static void
has_two_names(void)
{
	start();
	(void)scratch_write("a", lines(1, 4000));
	scratch_need(link(scratch_path("a"), scratch_path("b")) == 0, "link");
	scratch_need(symlink("a", scratch_path("c")) == 0, "symlink");
	CHECK_STR(scan("a a b c"), "a:new a:copy=a b:copy=a c:copy=a");
	CHECK_STR(scan("b a c"), "b:untouched a:copy=b c:copy=b");
	CHECK_INT(read_bytes, 4000);
	stop();
}

/* --- advancing --- */

static void
advances_no_further_than_the_file(void)
{
	struct err err;

	start();
	inputs[0] = (struct known_input){
		.path = scratch_write("log", lines(1, 2000)),
	};
	CHECK_INT(known_tell(days, inputs, 1, &err), 0);
	CHECK_INT(known_advance(inputs, 2001, slice_make(NULL, 0), &err), -1);
	CHECK(strstr(err.text, "log: ends before byte 2001") != NULL);
	/* What it grows by after the look counts. */
	append("log", lines(2, 500));
	CHECK_INT(known_advance(inputs, 2400, slice_make(NULL, 0), &err), 0);
	CHECK_INT(inputs[0].record.position, 2400);
	CHECK_INT(inputs[0].record.head_len, KIB);
	CHECK_INT(inputs[0].record.size, 2000);
	known_release(inputs, 1);
	stop();
}

/* The first KiB came to be after the look. */
static void
advances_over_a_head_that_grew(void)
{
	struct err err;

	start();
	inputs[0] = (struct known_input){
		.path = scratch_write("log", lines(1, 100)),
	};
	CHECK_INT(known_tell(days, inputs, 1, &err), 0);
	append("log", lines(2, 1900));
	CHECK_INT(known_advance(inputs, 2000, bytes_before(inputs, 2000), &err),
	    0);
	CHECK_INT(days_save(days, &inputs[0].record, &err), 0);
	known_release(inputs, 1);
	CHECK_STR(scan("log"), "log:more@2000");
	stop();
}

static void
advances_to_another_path(void)
{
	struct err err;

	start();
	(void)scratch_write("log", lines(1, 100));
	CHECK_STR(scan("log"), "log:new");
	move("log", "log.1");
	inputs[0] = (struct known_input){ .path = scratch_path("log.1") };
	CHECK_INT(known_tell(days, inputs, 1, &err), 0);
	CHECK_INT(inputs[0].kind, KNOWN_UNTOUCHED);
	CHECK_INT(known_advance(inputs, 100, slice_make(NULL, 0), &err), 0);
	CHECK_SLICE(inputs[0].record.path, inputs[0].path);
	CHECK_INT(inputs[0].record.position, 100);
	CHECK_INT(days_save(days, &inputs[0].record, &err), 0);
	known_release(inputs, 1);
	CHECK_STR(scan("log.1"), "log.1:untouched");
	stop();
}

/* --- many --- */

/* Asks for all of them; the processor's milliseconds that it took. */
static long
tell_many(enum known_kind want)
{
	struct timespec from;
	struct timespec to;
	struct err err;
	size_t count = 0;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	CHECK_INT(days_begin(days, &err), 0);
	CHECK_INT(known_tell(days, inputs, MOST, &err), 0);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	for (size_t i = 0; i < MOST; i++) {
		count += inputs[i].kind == want;
		if (inputs[i].kind == KNOWN_NEW || inputs[i].kind == KNOWN_MORE)
			read_on(&inputs[i]);
	}
	CHECK_INT(days_commit(days, &err), 0);
	known_release(inputs, MOST);
	CHECK_INT(count, MOST);
	return (to.tv_sec - from.tv_sec) * 1000 +
	    (to.tv_nsec - from.tv_nsec) / 1000000;
}

static void
write_many(char *paths[MOST], const char *suffix, size_t len)
{
	for (unsigned i = 0; i < MOST; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%u%s", i, suffix);
		(void)scratch_write(name,
		    banner_and(3070, 1 + i, len + UINT64_C(10) * (i % 97)));
		free(paths[i]);
		paths[i] = xstrdup(scratch_path(name));
		inputs[i] = (struct known_input){ .path = paths[i] };
	}
}

/* More than a process may have open at first. The limits of time are wide:
 * reading of each pair of files takes several seconds. */
static void
has_many(void)
{
	static char *paths[MOST];
	struct rlimit limit;

	start();
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < MOST + 64) {
		stop();
		SKIP("too few files may be open");
	}
	limit.rlim_cur = 256;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	write_many(paths, "", 900);
	CHECK(tell_many(KNOWN_NEW) < 1500);
	CHECK(tell_many(KNOWN_UNTOUCHED) < 1500);
	/* With other inodes, at their paths. */
	write_many(paths, ".x", 1000);
	for (unsigned i = 0; i < MOST; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%u", i);
		scratch_need(rename(paths[i], scratch_path(name)) == 0, name);
		paths[i][strlen(paths[i]) - 2] = '\0';
	}
	CHECK(tell_many(KNOWN_MORE) < 1500);
	for (unsigned i = 0; i < MOST; i++) {
		free(paths[i]);
		paths[i] = NULL;
	}
	stop();
}

static const struct tap_test tests[] = {
	{ "an input that grows goes on where it ended", grows },
	{ "though its time be the same", grows_at_once },
	{ "one that is shorter than a KiB does, too", grows_when_short },
	{ "a renamed one is the same", is_renamed },
	{ "one that is compressed after that is, too",
	    is_compressed_after_rename },
	{ "a compressed one grows, too", gets_another_member },
	{ "what was written before it was compressed is read",
	    has_more_when_compressed },
	{ "one that is being compressed counts once", is_compressed_beside },
	{ "and so at a first scan", is_compressed_beside_at_first },
	{ "a copy goes on, where it is longer", is_copied },
	{ "of several that a compressed one may be, the furthest counts",
	    takes_the_furthest_of_several },
	{ "and not one that ends in its banner", takes_the_further_of_two },
	{ "twelve hosts with the same head are twelve inputs",
	    has_twelve_hosts },
	{ "without hosts they are, when they differ", has_twelve_of_no_host },
	{ "a log of an idle day is the beginning of the next",
	    has_an_idle_day },
	{ "of files that are equal, or begin so, the longest is read",
	    has_equal_files },
	{ "files that differ only in the end are two",
	    differs_only_in_the_end },
	{ "and those that do only in the middle", differs_only_in_the_middle },
	{ "of compressed ones the longest is read, too",
	    has_compressed_copies },
	{ "a compressed one may be longer than what was copied of it",
	    takes_over_from_a_copy_of_its_beginning },
	{ "a file that is cut goes on in its copy", is_cut_with_its_copy },
	{ "without a copy something is lost", is_cut_without_copy },
	{ "an inode that comes again is not told", has_an_old_inode },
	{ "only regular files are inputs", is_no_input },
	{ "of others it says why", says_what_is_bad },
	{ "one file of two names is one input", has_two_names },
	{ "a position is in the file", advances_no_further_than_the_file },
	{ "and may be in what it grew by", advances_over_a_head_that_grew },
	{ "an untouched one may be at another path", advances_to_another_path },
	{ "3,000 files with the same head take no time", has_many },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

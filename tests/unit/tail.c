/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/tail.h"

#include "base/alloc.h"
#include "scratch.h"
#include "tap.h"

static const char *const names[] = { "nothing", "new", "before", "lines",
	"long", "cut", "gone", "trouble", "end" };

static struct tail tail;
static struct buf said;

/* All that the tail says, as words, lines with \n as |. */
static const char *
steps(void)
{
	enum tail_kind kind;

	buf_clear(&said);
	while ((kind = tail_step(&tail)) != TAIL_NOTHING) {
		buf_add_format(&said, "%s%s", said.len > 0 ? " " : "",
		    names[kind]);
		if (kind == TAIL_LINES || kind == TAIL_BEFORE)
			buf_add_format(&said, ":%.*s", SLICE_ARG(tail.text));
		if (kind == TAIL_TOO_LONG)
			buf_add_format(&said, ":%" PRIu64 "@%" PRIu64,
			    tail.too_long, tail.offset);
	}
	for (size_t i = 0; i < said.len; i++)
		if (said.ptr[i] == '\n')
			said.ptr[i] = '|';
	buf_add_char(&said, '\0');
	return said.ptr;
}

static void
append(const char *name, const char *text)
{
	FILE *file = fopen(scratch_path(name), "ab");

	scratch_need(file != NULL && fputs(text, file) >= 0, name);
	scratch_need(fclose(file) == 0, name);
}

static void
write_file(const char *name, const char *text)
{
	(void)scratch_write(name, slice_str(text));
}

static void
move(const char *from, const char *to)
{
	scratch_need(rename(scratch_path(from), scratch_path(to)) == 0, from);
}

static void
start(bool from_end)
{
	tail_init(&tail, scratch_path("log"), from_end, 100);
}

static void
end(void)
{
	tail_release(&tail);
	buf_release(&said);
	scratch_remove();
}

static void
follows_from_the_end(void)
{
	scratch_make();
	write_file("log", "a\nb\n");
	start(true);
	CHECK_STR(steps(), "new before:a|b|");
	CHECK_STR(steps(), "");
	append("log", "c\nd\n");
	CHECK_STR(steps(), "lines:c|d|");
	CHECK_INT(tail.line, 5);
	append("log", "e\n");
	CHECK_INT(tail_step(&tail), TAIL_LINES);
	CHECK_INT(tail.offset, 8);
	CHECK_INT(tail.line, 5);
	end();
}

static void
follows_from_the_beginning(void)
{
	scratch_make();
	write_file("log", "a\nb");
	start(false);
	CHECK_STR(steps(), "new lines:a|");
	append("log", "c\n");
	CHECK_STR(steps(), "lines:bc|");
	end();
}

static void
follows_an_empty_file(void)
{
	scratch_make();
	write_file("log", "");
	start(true);
	CHECK_STR(steps(), "new");
	append("log", "a\n");
	CHECK_STR(steps(), "lines:a|");
	end();
}

static void
waits_for_line_ends(void)
{
	scratch_make();
	write_file("log", "a\nb");
	start(true);
	CHECK_STR(steps(), "new before:a|");
	append("log", "b");
	CHECK_STR(steps(), "");
	append("log", "b\nc");
	CHECK_STR(steps(), "lines:bbb|");
	append("log", "\n");
	CHECK_STR(steps(), "lines:c|");
	end();
}

/* More than TAIL_BEFORE_SIZE of 'x', in lines of len. */
static void
write_much(size_t len)
{
	struct buf text = { 0 };

	for (size_t i = 1; i <= (size_t)TAIL_BEFORE_SIZE + len; i++)
		buf_add_char(&text, i % len == 0 ? '\n' : 'x');
	(void)scratch_write("log", buf_slice(&text));
	buf_release(&text);
}

static void
shows_whole_lines_before(void)
{
	scratch_make();
	write_much(100);
	start(true);
	CHECK_INT(tail_step(&tail), TAIL_NEW);
	CHECK_INT(tail_step(&tail), TAIL_BEFORE);
	CHECK_INT(tail.text.len, TAIL_BEFORE_SIZE / 100 * 100 - 100);
	CHECK_INT(tail.offset, 200);
	CHECK_INT(tail.line, 0);
	append("log", "\na\n");
	CHECK_INT(tail_step(&tail), TAIL_LINES);
	CHECK_INT(tail.text.len, 36 + 3);
	end();
}

static void
passes_over_a_line_without_its_head(void)
{
	scratch_make();
	write_much((size_t)TAIL_BEFORE_SIZE * 2);
	start(true);
	CHECK_STR(steps(), "new");
	append("log", "xx");
	CHECK_STR(steps(), "");
	append("log", "x\na\n");
	CHECK_STR(steps(), "lines:a|");
	end();
}

static void
passes_over_long_lines(void)
{
	char text[152];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	scratch_make();
	write_file("log", "a\n");
	start(false);
	CHECK_STR(steps(), "new lines:a|");
	append("log", text);
	CHECK_STR(steps(), "");
	append("log", text);
	CHECK_STR(steps(), "");
	append("log", "y\nb\n");
	CHECK_STR(steps(), "long:303@2 lines:b|");
	CHECK_INT(tail.line, 4);
	end();
}

static void
sees_rotation(void)
{
	scratch_make();
	write_file("log", "a\n");
	start(true);
	CHECK_STR(steps(), "new before:a|");
	move("log", "log.1");
	CHECK_STR(steps(), "gone");
	append("log.1", "b\n");
	CHECK_STR(steps(), "lines:b|");
	write_file("log", "");
	append("log.1", "c\n");
	CHECK_STR(steps(), "lines:c|");
	append("log.1", "d\ne");
	append("log", "f\n");
	CHECK_STR(steps(), "lines:d| lines:e new lines:f|");
	CHECK_INT(tail.line, 2);
	CHECK_STR(steps(), "");
	end();
}

static void
sees_a_smaller_file(void)
{
	scratch_make();
	write_file("log", "aaaaaaaaaaaa\n");
	start(true);
	CHECK_STR(steps(), "new before:aaaaaaaaaaaa|");
	write_file("log.new", "b\n");
	move("log.new", "log");
	CHECK_STR(steps(), "new lines:b|");
	end();
}

static void
leaves_a_file_that_has_no_name(void)
{
	struct tail_id id;

	scratch_make();
	write_file("log", "a\n");
	start(true);
	CHECK_STR(steps(), "new before:a|");
	id = tail.id;
	append("log", "b\n");
	scratch_need(unlink(scratch_path("log")) == 0, "unlink");
	CHECK_STR(steps(), "lines:b| gone");
	CHECK_INT(tail.fd, -1);
	write_file("log", "c\n");
	CHECK_STR(steps(), "new lines:c|");
	scratch_need(unlink(scratch_path("log")) == 0, "unlink");
	write_file("log", "");
	CHECK_STR(steps(), "new");
	CHECK(memcmp(&id, &tail.id, sizeof(id)) != 0);
	end();
}

static void
sees_a_cut(void)
{
	scratch_make();
	write_file("log", "a\nb\nc");
	start(true);
	CHECK_STR(steps(), "new before:a|b|");
	write_file("log", "d\n");
	CHECK_STR(steps(), "cut lines:d|");
	CHECK_INT(tail.line, 2);
	end();
}

static void
waits_for_the_name(void)
{
	scratch_make();
	start(true);
	CHECK_STR(steps(), "gone");
	CHECK_STR(steps(), "");
	write_file("log", "a\n");
	CHECK_STR(steps(), "new lines:a|");
	move("log", "away");
	CHECK_STR(steps(), "gone");
	CHECK_STR(steps(), "");
	move("away", "log");
	append("log", "b\n");
	CHECK_STR(steps(), "lines:b|");
	move("log", "away");
	CHECK_STR(steps(), "gone");
	end();
}

static void
tells_trouble_once(void)
{
	scratch_make();
	scratch_need(mkdir(scratch_path("log"), 0700) == 0, "mkdir");
	start(true);
	CHECK_STR(steps(), "trouble");
	CHECK(strstr(tail.err.text, "/log: Is a directory") != NULL);
	CHECK_STR(steps(), "");
	scratch_need(rmdir(scratch_path("log")) == 0, "rmdir");
	write_file("log", "a\n");
	CHECK_INT(tail_step(&tail), TAIL_NEW);
	end();
}

static void
skips(void)
{
	scratch_make();
	write_file("log", "a\n");
	start(false);
	CHECK_INT(tail_step(&tail), TAIL_NEW);
	tail_skip(&tail);
	CHECK_STR(steps(), "before:a|");
	append("log", "b\n");
	CHECK_STR(steps(), "lines:b|");
	end();
}

static void
reads_a_fifo_to_its_end(void)
{
	int fd;

	scratch_make();
	scratch_need(mkfifo(scratch_path("log"), 0600) == 0, "mkfifo");
	start(true);
	CHECK_STR(steps(), "new");
	CHECK(tail.is_stream);
	fd = open(scratch_path("log"), O_WRONLY | O_CLOEXEC);
	CHECK_STR(steps(), "");
	CHECK_INT(write(fd, "a\nb", 3), 3);
	CHECK_STR(steps(), "lines:a|");
	CHECK_INT(write(fd, "b\nc", 3), 3);
	(void)close(fd);
	CHECK(tail_fd(&tail) >= 0);
	CHECK_STR(steps(), "lines:bb| lines:c end");
	CHECK_STR(steps(), "");
	CHECK_INT(tail_fd(&tail), -1);
	end();
}

static void
looks(void)
{
	struct tail_id id;
	char head[4];
	size_t len;

	scratch_make();
	write_file("log", "abcdef\n");
	start(false);
	CHECK_INT(tail_step(&tail), TAIL_NEW);
	CHECK(tail_look(scratch_path("log"), &id, head, sizeof(head), &len));
	CHECK_BYTES(head, len, "abcd", 4);
	CHECK(memcmp(&id, &tail.id, sizeof(id)) == 0);
	CHECK(!tail_look(scratch_folder, &id, head, sizeof(head), &len));
	end();
}

static const struct tap_test tests[] = {
	{ "a file is followed from its end, with what stood before",
	    follows_from_the_end },
	{ "or from its beginning", follows_from_the_beginning },
	{ "an empty file has nothing before", follows_an_empty_file },
	{ "a line that is not ended waits", waits_for_line_ends },
	{ "of a long file its last whole lines are shown",
	    shows_whole_lines_before },
	{ "a line that began far before the start is passed over in silence",
	    passes_over_a_line_without_its_head },
	{ "a line that is too long is passed over and told",
	    passes_over_long_lines },
	{ "a renamed file is read to its end, then the new one",
	    sees_rotation },
	{ "a file may be replaced by a smaller one", sees_a_smaller_file },
	{ "a file that was removed is left for an empty one",
	    leaves_a_file_that_has_no_name },
	{ "a file that was cut is read from its beginning", sees_a_cut },
	{ "a name that is not there is told once and waited for",
	    waits_for_the_name },
	{ "trouble is told once and tried again", tells_trouble_once },
	{ "what a file holds can be passed over", skips },
	{ "a FIFO is read to its end", reads_a_fifo_to_its_end },
	{ "a path is looked at", looks },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

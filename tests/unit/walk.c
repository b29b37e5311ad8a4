/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/walk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "scratch.h"
#include "tap.h"

static void
add_message(void *context, const char *message)
{
	struct buf *messages = context;

	buf_add_str(messages, message);
	buf_add_char(messages, '\n');
}

/* Adds text, in it "~" for the scratch folder; ends it with a NUL. */
static void
add_expanded(struct buf *buf, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '~')
			buf_add_str(buf, scratch_folder);
		else
			buf_add_char(buf, *text);
	}
	buf_add_char(buf, '\0');
}

/* Walks below dir and wants these paths and these messages, one a line, with
 * "~" for the scratch folder. */
static void
check_walk(const char *dir, const struct walk_filter *filter, const char *paths,
    const char *messages)
{
	struct walk walk = { 0 };
	struct buf got_paths = { 0 };
	struct buf got_messages = { 0 };
	struct buf want = { 0 };
	struct err err;

	CHECK_INT(walk_add(&walk, dir, filter, add_message, &got_messages,
		      &err),
	    0);
	for (size_t i = 0; i < walk.count; i++)
		buf_add_format(&got_paths, "%s\n", walk.paths[i]);
	add_expanded(&want, paths);
	CHECK_SLICE(buf_slice(&got_paths), want.ptr);
	buf_clear(&want);
	add_expanded(&want, messages);
	CHECK_SLICE(buf_slice(&got_messages), want.ptr);
	walk_release(&walk);
	buf_release(&got_paths);
	buf_release(&got_messages);
	buf_release(&want);
}

static void
folder(const char *name)
{
	scratch_need(mkdir(scratch_path(name), 0700) == 0, name);
}

static void
file(const char *name)
{
	(void)scratch_write(name, slice_str(""));
}

static void
make_link(const char *to, const char *name)
{
	scratch_need(symlink(to, scratch_path(name)) == 0, name);
}

static void
order(void)
{
	folder("order");
	folder("order/a");
	file("order/a/z");
	file("order/a-b");
	file("order/a.b");
	file("order/B");
	file("order/\303\251");
	/* '-' and '.' come before '/', and bytes are unsigned. */
	check_walk(scratch_path("order"), NULL,
	    "~/order/B\n~/order/a-b\n~/order/a.b\n~/order/a/z\n"
	    "~/order/\303\251\n",
	    "");
	check_walk(scratch_path("order/a/"), NULL, "~/order/a/z\n", "");
}

static void
left_out(void)
{
	folder("left");
	folder("left/.git");
	file("left/.git/config");
	file("left/.hidden");
	file("left/seen");
	scratch_need(mkfifo(scratch_path("left/fifo"), 0600) == 0, "mkfifo");
	check_walk(scratch_path("left"), NULL, "~/left/seen\n", "");
	check_walk(scratch_path("left/.git"), NULL, "~/left/.git/config\n", "");
}

static void
links(void)
{
	folder("links");
	folder("links/dir");
	file("links/dir/file");
	make_link("dir/file", "links/to-file");
	make_link("dir", "links/to-dir");
	make_link("..", "links/dir/up");
	check_walk(scratch_path("links"), NULL,
	    "~/links/dir/file\n~/links/to-file\n", "");
	check_walk(scratch_path("links/to-dir"), NULL, "~/links/to-dir/file\n",
	    "");
}

static void
dangling_links(void)
{
	static const char *const logs[] = { "*.log", NULL };
	struct walk_filter filter = { .include = logs };

	folder("dangling");
	make_link("nothing", "dangling/link");
	make_link("loop", "dangling/loop");
	check_walk(scratch_path("dangling"), NULL, "",
	    "~/dangling/link: No such file or directory\n"
	    "~/dangling/loop: Too many levels of symbolic links\n");
	check_walk(scratch_path("dangling"), &filter, "", "");
}

static void
filters(void)
{
	static const char *const logs[] = { "*.log", "*/old/x*", NULL };
	static const char *const old[] = { "old", "b.*", NULL };
	static const char *const dirs[] = { "*/filters/o*", "filters", NULL };
	static const char *const none[] = { NULL };
	struct walk_filter filter = { .include = logs };

	folder("filters");
	folder("filters/old");
	file("filters/a.log");
	file("filters/b.log");
	file("filters/c.txt");
	file("filters/old/d.log");
	file("filters/old/x");
	check_walk(scratch_path("filters"), &filter,
	    "~/filters/a.log\n~/filters/b.log\n~/filters/old/d.log\n"
	    "~/filters/old/x\n",
	    "");
	filter.exclude = old;
	check_walk(scratch_path("filters"), &filter, "~/filters/a.log\n", "");
	filter.include = none;
	check_walk(scratch_path("filters"), &filter,
	    "~/filters/a.log\n~/filters/c.txt\n", "");
	filter.exclude = dirs;
	check_walk(scratch_path("filters"), &filter,
	    "~/filters/a.log\n~/filters/b.log\n~/filters/c.txt\n", "");
}

/* Runs the check as another user than root, who may read all. */
static void
unreadable(void)
{
	uid_t user = geteuid();

	folder("locked");
	folder("locked/a");
	folder("locked/b");
	file("locked/c");
	scratch_need(chmod(scratch_folder, 0755) == 0, "chmod");
	scratch_need(chmod(scratch_path("locked"), 0755) == 0, "chmod");
	scratch_need(chmod(scratch_path("locked/a"), 0) == 0, "chmod");
	scratch_need(chmod(scratch_path("locked/b"), 0) == 0, "chmod");
	if (user == 0)
		scratch_need(seteuid(65534) == 0, "seteuid");
	check_walk(scratch_path("locked"), NULL, "~/locked/c\n",
	    "~/locked/a: Permission denied\n~/locked/b: Permission denied\n");
	if (user == 0)
		scratch_need(seteuid(user) == 0, "seteuid");
	scratch_need(chmod(scratch_path("locked/a"), 0700) == 0, "chmod");
	scratch_need(chmod(scratch_path("locked/b"), 0700) == 0, "chmod");
}

static void
check_refused(const char *dir, const char *why)
{
	struct walk walk = { 0 };
	struct buf messages = { 0 };
	struct err err = { "" };
	char text[256];

	CHECK_INT(walk_add(&walk, dir, NULL, add_message, &messages, &err), -1);
	(void)snprintf(text, sizeof(text), "%s: %s", dir, why);
	CHECK_STR(err.text, text);
	CHECK_INT(walk.count, 0);
	CHECK_INT(messages.len, 0);
	walk_release(&walk);
	buf_release(&messages);
}

static void
refused(void)
{
	uid_t user = geteuid();

	file("file");
	folder("closed");
	check_refused(scratch_path("missing"), "No such file or directory");
	check_refused(scratch_path("file"), "Not a directory");
	scratch_need(chmod(scratch_folder, 0755) == 0, "chmod");
	scratch_need(chmod(scratch_path("closed"), 0) == 0, "chmod");
	if (user == 0)
		scratch_need(seteuid(65534) == 0, "seteuid");
	check_refused(scratch_path("closed"), "Permission denied");
	if (user == 0)
		scratch_need(seteuid(user) == 0, "seteuid");
}

static void
added_to(void)
{
	struct walk walk = { 0 };
	struct err err;
	char last[64];

	folder("one");
	file("one/z");
	folder("more");
	file("more/a");
	CHECK_INT(walk_add(&walk, scratch_path("one"), NULL, NULL, NULL, &err),
	    0);
	CHECK_INT(walk_add(&walk, scratch_path("more"), NULL, NULL, NULL, &err),
	    0);
	if (CHECK_INT(walk.count, 2)) {
		/* in the order in which they were named */
		(void)snprintf(last, sizeof(last), "%s/more/a", scratch_folder);
		CHECK_STR(walk.paths[1], last);
	}
	walk_release(&walk);
	CHECK_INT(walk.count, 0);
}

/* Folders in folders until no path can name the innermost. */
static void
long_paths(void)
{
	char name[201];
	struct walk walk = { 0 };
	struct buf messages = { 0 };
	struct err err;
	int depth;
	int fd;

	memset(name, 'd', 200);
	name[200] = '\0';
	folder("deep");
	fd = open(scratch_path("deep"), O_RDONLY | O_DIRECTORY);
	for (depth = 0; depth < 25; depth++) {
		int inner;

		(void)close(openat(fd, "f", O_WRONLY | O_CREAT, 0600));
		scratch_need(mkdirat(fd, name, 0700) == 0, "mkdirat");
		inner = openat(fd, name, O_RDONLY | O_DIRECTORY);
		(void)close(fd);
		fd = inner;
	}
	(void)close(fd);
	CHECK_INT(walk_add(&walk, scratch_path("deep"), NULL, add_message,
		      &messages, &err),
	    0);
	CHECK_INT(walk.count, 21); /* 20 * 201 + the first ones < 4096 */
	CHECK(
	    slice_find(buf_slice(&messages), ": File name too long\n") != NULL);
	walk_release(&walk);
	buf_release(&messages);
}

static const struct tap_test tests[] = {
	{ "files come in the order of the bytes of their paths", order },
	{ "names with a dot and what is no file are passed over", left_out },
	{ "links to files are taken, to directories not entered", links },
	{ "links to nothing are told, where they are wanted", dangling_links },
	{ "patterns choose by name, or by path with a slash", filters },
	{ "directories that cannot be read are told and passed over",
	    unreadable },
	{ "what is no readable directory itself is refused", refused },
	{ "a walk is added to what is there", added_to },
	{ "paths that are too long are told", long_paths },
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

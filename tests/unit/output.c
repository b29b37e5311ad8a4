/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

/* How many names the folder holds. */
static int
names_in_folder(void)
{
	DIR *dir = opendir(scratch_folder);
	int count = 0;

	scratch_need(dir != NULL, "opendir");
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	return count - 2; /* . and .. */
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode : 0;
}

/* Writes text to path; what output_commit() or output_open() says. */
static int
write_text(const char *path, const char *text, struct err *err)
{
	struct output *output = output_open(path, err);

	if (output == NULL)
		return -1;
	output_str(output, text);
	return output_commit(output, err);
}

/* As another user than root, who may do all. */
static int
write_text_as_nobody(const char *path, const char *text, struct err *err)
{
	uid_t user = geteuid();
	int status;

	if (user == 0)
		scratch_need(seteuid(65534) == 0, "seteuid");
	status = write_text(path, text, err);
	if (user == 0)
		scratch_need(seteuid(user) == 0, "seteuid");
	return status;
}

static void
new_file(void)
{
	const char *path = scratch_path("new");
	mode_t mask = umask(027);
	struct output *output;
	struct err err;

	output = output_open(path, &err);
	if (!CHECK(output != NULL))
		return;
	output_str(output, "one ");
	output_add(output, slice_make("t\0wo", 4));
	output_format(output, " %s%d\n", "three", 3);
	CHECK(!output_failed(output));
	CHECK(!output_is_terminal(output));
	CHECK_INT(access(path, F_OK), -1); /* not before it is whole */
	CHECK_INT(output_commit(output, &err), 0);
	(void)umask(mask);
	CHECK(scratch_read(path) != NULL);
	CHECK_BYTES(scratch_read(path), 16, "one t\0wo three3\n", 16);
	CHECK_INT(mode_of(path), S_IFREG | 0640);
	CHECK_INT(names_in_folder(), 1);
}

static void
private_file(void)
{
	const char *path = scratch_path("private");
	mode_t mask = umask(0);
	struct err err;

	for (int i = 0; i < 2; i++) {
		struct output *output = output_open_private(path, &err);

		if (!CHECK(output != NULL))
			break;
		output_str(output, "secret");
		CHECK_INT(output_commit(output, &err), 0);
		CHECK_INT(mode_of(path), S_IFREG | 0600);
		CHECK_INT(chmod(path, 0644), 0);
	}
	(void)umask(mask);
}

static void
large_file(void)
{
	const char *path = scratch_path("large");
	struct output *output;
	struct stat st;
	struct err err;
	size_t size = 200001;
	char *bytes = malloc(size);

	scratch_need(bytes != NULL, "malloc");
	memset(bytes, 'y', size);
	output = output_open(path, &err);
	output_str(output, "x");
	output_add(output, slice_make(bytes, size));
	CHECK_INT(output_commit(output, &err), 0);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_size, size + 1);
	free(bytes);
}

static void
replaced_file(void)
{
	const char *path = scratch_write("old", slice_str("old"));
	struct err err;

	CHECK_INT(chmod(path, 0604), 0);
	CHECK_INT(write_text(path, "new", &err), 0);
	CHECK_STR(scratch_read(path), "new");
	CHECK_INT(mode_of(path), S_IFREG | 0604);
}

static void
owner_is_kept(void)
{
	const char *path = scratch_write("theirs", slice_str("old"));
	struct stat st;
	struct err err;

	if (geteuid() != 0)
		SKIP("only root can give files away");
	CHECK_INT(chown(path, 1234, 1235), 0);
	CHECK_INT(write_text(path, "new", &err), 0);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_uid, 1234);
	CHECK_INT(st.st_gid, 1235);
}

static void
links_are_followed(void)
{
	struct err err;

	(void)scratch_write("target", slice_str("old"));
	CHECK_INT(symlink("target", scratch_path("link")), 0);
	CHECK_INT(symlink(scratch_path("link"), scratch_path("link2")), 0);
	CHECK_INT(write_text(scratch_path("link2"), "new", &err), 0);
	CHECK_STR(scratch_read(scratch_path("target")), "new");
	CHECK(S_ISLNK(mode_of(scratch_path("link"))));
	CHECK(S_ISLNK(mode_of(scratch_path("link2"))));
}

static void
dangling_link(void)
{
	struct err err;

	CHECK_INT(symlink("not-yet", scratch_path("dangling")), 0);
	CHECK_INT(write_text(scratch_path("dangling"), "new", &err), 0);
	CHECK_STR(scratch_read(scratch_path("not-yet")), "new");
	CHECK(S_ISLNK(mode_of(scratch_path("dangling"))));
}

static void
link_loop(void)
{
	struct err err;
	char text[256];

	CHECK_INT(symlink("loop", scratch_path("loop")), 0);
	CHECK_INT(write_text(scratch_path("loop"), "new", &err), -1);
	(void)snprintf(text, sizeof(text),
	    "%s: Too many levels of symbolic links", scratch_path("loop"));
	CHECK_STR(err.text, text);
}

static void
name_alone(void)
{
	struct err err;
	char old[4096];

	scratch_need(getcwd(old, sizeof(old)) != NULL, "getcwd");
	CHECK_INT(chdir(scratch_folder), 0);
	CHECK_INT(write_text("alone", "here", &err), 0);
	CHECK_INT(chdir(old), 0);
	CHECK_STR(scratch_read(scratch_path("alone")), "here");
}

static void
long_name(void)
{
	char name[256];
	struct err err;

	memset(name, 'n', 255);
	name[255] = '\0';
	CHECK_INT(write_text(scratch_path(name), "text", &err), 0);
	CHECK_STR(scratch_read(scratch_path(name)), "text");
}

/* Not as root, so that a mistake cannot replace the device. */
static void
full_device(void)
{
	char text[200001];
	struct err err;

	CHECK_INT(write_text_as_nobody("/dev/full", "text", &err), -1);
	CHECK_STR(err.text, "/dev/full: No space left on device");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	CHECK_INT(write_text_as_nobody("/dev/full", text, &err), -1);
}

static void
failure_is_known(void)
{
	struct output *output;
	struct err err;
	int fd = open("/dev/full", O_WRONLY);
	int old = dup(STDOUT_FILENO);

	(void)fflush(stdout);
	scratch_need(dup2(fd, STDOUT_FILENO) == STDOUT_FILENO, "dup2");
	output = output_open(NULL, &err);
	for (int i = 0; i < 100000 && !output_failed(output); i++)
		output_str(output, "it never ends\n");
	scratch_need(dup2(old, STDOUT_FILENO) == STDOUT_FILENO, "dup2");
	(void)close(old);
	(void)close(fd);
	CHECK(output_failed(output));
	CHECK_INT(output_commit(output, &err), -1);
}

static void
fifo_in_place(void)
{
	const char *path = scratch_path("fifo");
	struct err err;
	char got[5] = "";
	int fd;

	CHECK_INT(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	CHECK_INT(write_text(path, "text", &err), 0);
	CHECK_INT(read(fd, got, 4), 4);
	CHECK_STR(got, "text");
	(void)close(fd);
	CHECK(S_ISFIFO(mode_of(path)));
}

/* Writes text to standard output while that is fd. */
static int
write_stdout(int fd, const char *path, const char *text, struct err *err)
{
	int old = dup(STDOUT_FILENO);
	int status;

	(void)fflush(stdout);
	scratch_need(dup2(fd, STDOUT_FILENO) == STDOUT_FILENO, "dup2");
	status = write_text(path, text, err);
	scratch_need(fcntl(STDOUT_FILENO, F_GETFD) >= 0, "still open");
	(void)dup2(old, STDOUT_FILENO);
	(void)close(old);
	(void)close(fd);
	return status;
}

static void
standard_output(void)
{
	const char *path = scratch_path("stdout");
	struct err err;

	CHECK_INT(write_stdout(open(path, O_WRONLY | O_CREAT, 0600), NULL,
		      "by NULL", &err),
	    0);
	CHECK_STR(scratch_read(path), "by NULL");
	CHECK_INT(write_stdout(open(path, O_WRONLY), "-", "by dash", &err), 0);
	CHECK_STR(scratch_read(path), "by dash");
	CHECK_INT(write_stdout(open("/dev/full", O_WRONLY), "-", "x", &err),
	    -1);
	CHECK_STR(err.text, "standard output: No space left on device");
}

static void
broken_pipe(void)
{
	struct err err;
	int ends[2];

	(void)signal(SIGPIPE, SIG_IGN);
	scratch_need(pipe(ends) == 0, "pipe");
	(void)close(ends[0]);
	CHECK_INT(write_stdout(ends[1], "-", "x", &err), -1);
	CHECK_STR(err.text, "standard output: Broken pipe");
	(void)signal(SIGPIPE, SIG_DFL);
}

static void
no_folder(void)
{
	struct err err;
	char text[256];

	CHECK_INT(write_text(scratch_path("no/such"), "x", &err), -1);
	(void)snprintf(text, sizeof(text), "%s: No such file or directory",
	    scratch_path("no/such"));
	CHECK_STR(err.text, text);
	CHECK_INT(write_text(scratch_folder, "x", &err), -1);
	(void)snprintf(text, sizeof(text), "%s: Is a directory",
	    scratch_folder);
	CHECK_STR(err.text, text);
}

static void
forbidden_folder(void)
{
	struct err err;
	char text[256];

	CHECK_INT(mkdir(scratch_path("locked"), 0555), 0);
	CHECK_INT(chmod(scratch_folder, 0755), 0);
	CHECK_INT(write_text_as_nobody(scratch_path("locked/new"), "x", &err),
	    -1);
	(void)snprintf(text, sizeof(text), "%s: Permission denied",
	    scratch_path("locked/new"));
	CHECK_STR(err.text, text);
}

static void
forbidden_file(void)
{
	const char *path = scratch_write("fixed", slice_str("old"));
	struct err err;

	CHECK_INT(chmod(path, 0444), 0);
	CHECK_INT(chmod(scratch_folder, 0777), 0);
	CHECK_INT(write_text_as_nobody(path, "x", &err), -1);
	CHECK_STR(scratch_read(path), "old");
	CHECK(strstr(err.text, ": Permission denied") != NULL);
}

static void
discarded(void)
{
	const char *path = scratch_write("kept", slice_str("old"));
	int names = names_in_folder();
	struct output *output;
	struct err err;

	output = output_open(path, &err);
	if (!CHECK(output != NULL))
		return;
	output_str(output, "new");
	CHECK_INT(names_in_folder(), names + 1);
	output_discard(output);
	output_discard(NULL);
	CHECK_STR(scratch_read(path), "old");
	CHECK_INT(names_in_folder(), names);
}

/* A folder that vanishes makes the rename fail. */
static void
failed_commit(void)
{
	int names = names_in_folder();
	struct output *output;
	struct err err;

	CHECK_INT(mkdir(scratch_path("place"), 0700), 0);
	output = output_open(scratch_path("place/file"), &err);
	output_str(output, "x");
	CHECK_INT(mkdir(scratch_path("place/file"), 0700), 0);
	CHECK_INT(output_commit(output, &err), -1);
	CHECK(strstr(err.text, "place/file: Is a directory") != NULL);
	CHECK_INT(rmdir(scratch_path("place/file")), 0);
	CHECK_INT(rmdir(scratch_path("place")), 0); /* it is empty */
	CHECK_INT(names_in_folder(), names);
}

static void
all_discarded(void)
{
	int names = names_in_folder();
	struct output *first;
	struct output *second;
	struct err err;

	first = output_open(scratch_path("first"), &err);
	second = output_open(scratch_path("second"), &err);
	CHECK_INT(names_in_folder(), names + 2);
	output_discard_all();
	CHECK_INT(names_in_folder(), names);
	CHECK_INT(output_commit(first, &err), -1);
	output_discard(second);
	CHECK_INT(names_in_folder(), names);
}

static void
too_many(void)
{
	struct output *outputs[200];
	struct err err;
	size_t count = 0;
	int names = names_in_folder();

	while (count < 200) {
		outputs[count] = output_open(scratch_path("many"), &err);
		if (outputs[count] == NULL)
			break;
		count++;
	}
	CHECK_INT(names_in_folder(), names + (int)count);
	CHECK(count >= 16 && count < 200);
	CHECK(strstr(err.text, ": Too many open files") != NULL);
	while (count > 0)
		output_discard(outputs[--count]);
	CHECK_INT(names_in_folder(), names);
}

static const struct tap_test tests[] = {
	{ "a new file appears when it is whole, with the umask's mode",
	    new_file },
	{ "a private one is its owner's alone, old or new", private_file },
	{ "a large file is written in pieces", large_file },
	{ "a replaced file keeps its mode", replaced_file },
	{ "a replaced file keeps its owner, where allowed", owner_is_kept },
	{ "a link stays and its target is replaced", links_are_followed },
	{ "a link may lead to a file that is not there yet", dangling_link },
	{ "a link to itself is told", link_loop },
	{ "a name without a folder is in the working folder", name_alone },
	{ "a name may be as long as names can be", long_name },
	{ "a full device is told", full_device },
	{ "that a write failed is known before the end", failure_is_known },
	{ "a FIFO is written in place", fifo_in_place },
	{ "no path, or a dash, is standard output", standard_output },
	{ "a broken pipe is an error", broken_pipe },
	{ "a folder that is missing, or in the way, is told", no_folder },
	{ "a folder that may not be written to is told", forbidden_folder },
	{ "a file that may not be written to is left", forbidden_file },
	{ "what is discarded leaves the old file", discarded },
	{ "a commit that fails leaves nothing behind", failed_commit },
	{ "all that are open can be discarded at once", all_discarded },
	{ "too many at once are refused", too_many },
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

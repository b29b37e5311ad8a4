/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/folder.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "scratch.h"
#include "tap.h"

static const int64_t ms = 1000000;

static void
set(const char *name, const char *value)
{
	if (value == NULL)
		scratch_need(unsetenv(name) == 0, name);
	else
		scratch_need(setenv(name, value, 1) == 0, name);
}

/* What is chosen with these variables; NULL is unset. */
static void
check_store(const char *ours, const char *services, const char *state,
    const char *home, const char *want)
{
	struct err err = { "" };
	char *folder;

	set("TALLYMAN_DB", ours);
	set("STATE_DIRECTORY", services);
	set("XDG_STATE_HOME", state);
	set("HOME", home);
	folder = folder_store(NULL, &err);
	CHECK_STR(folder, want);
	CHECK((folder == NULL) == (err.text[0] != '\0'));
	free(folder);
	folder = folder_store("/option", &err);
	CHECK_STR(folder, "/option");
	free(folder);
}

static void
chooses(void)
{
	check_store("/a", "/b", "/c", "/d", "/a");
	check_store(NULL, "/b", "/c", "/d", "/b");
	check_store("", "/b:/x", "/c", "/d", "/b");
	check_store(NULL, "", "/c", "/d", "/c/tallyman");
	check_store(NULL, NULL, "c", "/d", "/d/.local/state/tallyman");
	check_store(NULL, NULL, NULL, "/d", "/d/.local/state/tallyman");
	check_store(NULL, NULL, NULL, NULL, NULL);
}

static void
makes(void)
{
	struct err err = { "" };
	struct stat st;
	mode_t mask = umask(0);

	scratch_make();
	CHECK_INT(folder_make(scratch_path("a/b//c"), &err), 0);
	CHECK_INT(folder_make(scratch_path("a/b/c/"), &err), 0);
	CHECK_INT(folder_make("/", &err), 0);
	CHECK(stat(scratch_path("a"), &st) == 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK(stat(scratch_path("a/b/c"), &st) == 0 && S_ISDIR(st.st_mode));
	CHECK_STR(err.text, "");

	(void)scratch_write("file", slice_str("x"));
	CHECK_INT(folder_make(scratch_path("file"), &err), -1);
	CHECK(strstr(err.text, "/file: Not a directory") != NULL);
	CHECK_INT(folder_make(scratch_path("file/b"), &err), -1);
	scratch_remove();
	(void)umask(mask);
}

static void
locks(void)
{
	struct err err = { "" };
	struct stat st;
	int first;
	int second;

	scratch_make();
	first = folder_lock(scratch_path("lock"), 0, &err);
	CHECK(first >= 0);
	CHECK(fcntl(first, F_GETFD) == FD_CLOEXEC);
	CHECK(fstat(first, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(folder_lock(scratch_path("lock"), 0, &err), FOLDER_BUSY);
	CHECK_STR(err.text, "");
	(void)close(first);
	second = folder_lock(scratch_path("lock"), 0, &err);
	CHECK(second >= 0);
	(void)close(second);
	scratch_remove();
}

static void
waits(void)
{
	struct err err = { "" };
	int64_t start = clock_now();
	int fd;

	scratch_make();
	fd = folder_lock(scratch_path("lock"), 0, &err);
	CHECK_INT(folder_lock(scratch_path("lock"), 80 * ms, &err),
	    FOLDER_BUSY);
	CHECK(clock_now() - start >= 80 * ms);
	(void)close(fd);
	scratch_remove();
}

/* A child holds the lock until it is killed, which it is while its parent
 * waits. */
static void
gets_it_from_the_killed(void)
{
	struct err err = { "" };
	int ready[2];
	char byte;
	pid_t child;
	int fd;

	scratch_make();
	scratch_need(pipe(ready) == 0, "pipe");
	child = fork();
	if (child == 0) {
		scratch_need(folder_lock(scratch_path("lock"), 0, &err) >= 0,
		    "folder_lock");
		scratch_need(write(ready[1], "x", 1) == 1, "write");
		(void)poll(NULL, 0, 100);
		(void)raise(SIGKILL);
	}
	scratch_need(read(ready[0], &byte, 1) == 1, "read");
	fd = folder_lock(scratch_path("lock"), -1, &err);
	CHECK(fd >= 0);
	CHECK(waitpid(child, NULL, 0) == child);
	(void)close(fd);
	(void)close(ready[0]);
	(void)close(ready[1]);
	scratch_remove();
}

static void
do_nothing(int signal)
{
	(void)signal;
}

static void
gives_up_at_a_signal(void)
{
	struct sigaction action = { .sa_handler = do_nothing };
	struct itimerval soon = { .it_value = { .tv_usec = 20000 } };
	struct err err = { "" };
	int fd;

	scratch_make();
	fd = folder_lock(scratch_path("lock"), 0, &err);
	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &soon, NULL);
	CHECK_INT(folder_lock(scratch_path("lock"), -1, &err), FOLDER_BUSY);
	(void)close(fd);
	scratch_remove();
}

static void
refuses_links(void)
{
	struct err err = { "" };

	scratch_make();
	scratch_need(symlink("elsewhere", scratch_path("lock")) == 0,
	    "symlink");
	CHECK_INT(folder_lock(scratch_path("lock"), 0, &err), -1);
	CHECK(strstr(err.text, "/lock: ") != NULL);
	CHECK_INT(folder_lock(scratch_path("none/lock"), 0, &err), -1);
	CHECK(access(scratch_path("elsewhere"), F_OK) != 0);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "option, TALLYMAN_DB, STATE_DIRECTORY, XDG_STATE_HOME, HOME",
	    chooses },
	{ "folders are made with those above them, for the user alone", makes },
	{ "a lock is exclusive until it is closed", locks },
	{ "a lock is waited for as long as asked", waits },
	{ "a killed process holds no lock", gets_it_from_the_killed },
	{ "a signal ends the wait", gives_up_at_a_signal },
	{ "no link is followed to a lock", refuses_links },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

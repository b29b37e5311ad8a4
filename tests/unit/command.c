/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/command.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "tap.h"

enum { OUTPUT_MAX = 65536 };

static const int64_t long_enough = 30 * DURATION_S;
static const struct slice nothing = { NULL, 0 };

/* What a shell's script prints; NULL with err set where it failed. */
static const char *
run(const char *script, struct slice input, int64_t timeout, struct err *err)
{
	static char text[200000];
	const char *argv[] = { "sh", "-c", script, NULL };
	struct buf output = { 0 };
	int status = command_run(argv, input, NULL, timeout, OUTPUT_MAX,
	    &output, err);

	(void)snprintf(text, sizeof(text), "%.*s",
	    SLICE_ARG(buf_slice(&output)));
	buf_release(&output);
	return status == 0 ? text : NULL;
}

static void
prints(const char *script, const char *want)
{
	struct err err = { "" };

	if (!CHECK_STR(run(script, nothing, long_enough, &err), want))
		printf("# %s: %s\n", script, err.text);
}

static void
fails(const char *script, const char *want)
{
	struct err err = { "no error" };

	CHECK(run(script, nothing, long_enough, &err) == NULL);
	CHECK_STR(err.text, want);
}

static void
gives_output(void)
{
	prints("printf token", "token");
	prints("echo a; echo b", "a\nb\n");
	prints("true", "");
	prints("exec >&-; sleep 0.05", "");
}

static void
adds_to_output(void)
{
	const char *argv[] = { "echo", "more", NULL };
	struct buf output = { 0 };
	struct err err;

	buf_add_str(&output, "some ");
	CHECK_INT(command_run(argv, nothing, NULL, long_enough, 5, &output,
		      &err),
	    0);
	CHECK_SLICE(buf_slice(&output), "some more\n");
	buf_release(&output);
}

static void
uses_no_shell(void)
{
	const char *argv[] = { "printf", "%s,", "$HOME", "*", "a b", NULL };
	struct buf output = { 0 };
	struct err err;

	CHECK_INT(command_run(argv, nothing, NULL, long_enough, 100, &output,
		      &err),
	    0);
	CHECK_SLICE(buf_slice(&output), "$HOME,*,a b,");
	buf_release(&output);
}

static void
reads_input(void)
{
	struct buf big = { 0 };
	struct err err;

	CHECK_STR(run("cat", slice_str("line\n"), long_enough, &err), "line\n");
	CHECK_STR(run("cat", nothing, long_enough, &err), "");
	CHECK_STR(run("cat /dev/stdin", slice_str("line\n"), long_enough, &err),
	    "line\n");
	for (size_t i = 0; i < 300000; i++)
		buf_add_char(&big, 'x');
	CHECK_STR(run("wc -c | tr -d ' '", buf_slice(&big), long_enough, &err),
	    "300000\n");
	/* Nobody reads it: no signal, no waiting. */
	CHECK_STR(run("echo done", buf_slice(&big), long_enough, &err),
	    "done\n");
	CHECK_STR(run("read a; exec <&-; sleep 0.05; echo done",
		      buf_slice(&big), long_enough, &err),
	    "done\n");
	buf_release(&big);
}

static void
says_how_it_failed(void)
{
	fails("exit 3", "exit status 3");
	fails("echo printed; exit 1", "exit status 1");
	fails("kill -9 $$", "killed by signal 9");
	fails("kill $$", "killed by signal 15");
}

static void
says_what_cannot_run(void)
{
	const char *argv[] = { "no-such-command-of-tallyman", NULL };
	const char *folder[] = { "/", NULL };
	struct err err;

	CHECK_INT(command_run(argv, nothing, NULL, long_enough, 0, NULL, &err),
	    -1);
	CHECK_STR(err.text, "cannot be run: No such file or directory");
	CHECK_INT(command_run(folder, nothing, NULL, long_enough, 0, NULL,
		      &err),
	    -1);
	CHECK_STR(err.text, "cannot be run: Permission denied");
}

static void
bounds_output(void)
{
	const char *argv[] = { "sh", "-c",
		"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done",
		NULL };
	const char *exactly[] = { "printf", "%2048s", "", NULL };
	const char *over[] = { "printf", "%2049s", "", NULL };
	struct buf output = { 0 };
	struct err err;

	CHECK_INT(command_run(argv, nothing, NULL, long_enough, OUTPUT_MAX,
		      &output, &err),
	    -1);
	CHECK_STR(err.text, "prints more than 64 KiB");
	CHECK(output.len <= OUTPUT_MAX);
	buf_clear(&output);
	CHECK_INT(command_run(exactly, nothing, NULL, long_enough, 2048,
		      &output, &err),
	    0);
	CHECK_INT(output.len, 2048);
	CHECK_INT(command_run(over, nothing, NULL, long_enough, 2048, &output,
		      &err),
	    -1);
	CHECK_STR(err.text, "prints more than 2 KiB");
	buf_release(&output);
}

/* Whether process number text is running, or still is in a second. */
static bool
is_running(const char *text)
{
	pid_t pid = (pid_t)strtol(text, NULL, 10);

	CHECK(pid > 1);
	for (int i = 0; i < 100; i++) {
		char path[64];
		char state = 'Z';
		FILE *file;

		(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		file = fopen(path, "r");
		if (file == NULL)
			return false;
		if (fscanf(file, "%*d %*s %c", &state) != 1)
			state = 0;
		(void)fclose(file);
		if (state == 'Z')
			return false;
		(void)usleep(10000);
	}
	return true;
}

static void
kills_the_group(void)
{
	const char *argv[] = { "sh", "-c",
		"trap '' TERM; sleep 100 & echo $!; wait; sleep 100", NULL };
	struct buf output = { 0 };
	int64_t began = clock_now();
	struct err err;

	CHECK_INT(command_run(argv, nothing, NULL, 300 * DURATION_MS, 100,
		      &output, &err),
	    -1);
	CHECK_STR(err.text, "no answer within 0.3s");
	CHECK(clock_now() - began >= 300 * DURATION_MS);
	CHECK(clock_now() - began < 10 * DURATION_S);
	buf_add_char(&output, '\0');
	CHECK(!is_running(output.ptr));
	buf_release(&output);
}

/* A slow trickle does not put the end off. */
static void
keeps_the_deadline(void)
{
	struct err err;

	CHECK(run("while :; do echo; sleep 0.02; done", nothing,
		  200 * DURATION_MS, &err) == NULL);
	CHECK_STR(err.text, "no answer within 0.2s");
}

static void
leaves_children_behind(void)
{
	int64_t began = clock_now();
	struct err err;

	CHECK_STR(run("echo done; sleep 3 2>/dev/null &", nothing, long_enough,
		      &err),
	    "done\n");
	CHECK(clock_now() - began < 2 * DURATION_S);
}

static void
adds_to_the_environment(void)
{
	const char *argv[] = { "sh", "-c",
		"echo $TALLYMAN_A $TALLYMAN_AB $TALLYMAN_B; "
		"env | grep -c ^TALLYMAN_A=",
		NULL };
	const char *more[] = { "TALLYMAN_A=new", "TALLYMAN_B=b", NULL };
	struct buf output = { 0 };
	struct err err;

	(void)setenv("TALLYMAN_A", "old", 1);
	(void)setenv("TALLYMAN_AB", "ours", 1);
	CHECK_INT(command_run(argv, nothing, more, long_enough, 100, &output,
		      &err),
	    0);
	CHECK_SLICE(buf_slice(&output), "new ours b\n1\n");
	CHECK_STR(getenv("TALLYMAN_A"), "old");
	buf_release(&output);
}

static void
starts_clean(void)
{
	const char *argv[] = { "grep", "SigBlk", "/proc/self/status", NULL };
	int fd = open("/dev/null", O_RDONLY); /* not close-on-exec */
	struct buf output = { 0 };
	struct err err;
	sigset_t blocked;

	CHECK(fd > 2 && fd < 10);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
	prints("for f in 3 4 5 6 7 8 9; do"
	       " test -e /proc/$$/fd/$f && echo $f; done; true",
	    "");
	prints("test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo leader",
	    "leader\n");
	fails("kill -PIPE $$; sleep 1", "killed by signal 13");
	CHECK_INT(command_run(argv, nothing, NULL, long_enough, 100, &output,
		      &err),
	    0);
	CHECK_SLICE(buf_slice(&output), "SigBlk:\t0000000000000000\n");
	buf_release(&output);
	(void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)close(fd);
}

static void
prints_to_standard_error(void)
{
	const char *argv[] = { "echo", "words", NULL };
	int saved = dup(STDERR_FILENO);
	int pipes[2];
	char text[100] = "";
	struct err err;

	CHECK_INT(pipe(pipes), 0);
	(void)dup2(pipes[1], STDERR_FILENO);
	CHECK_INT(command_run(argv, nothing, NULL, long_enough, 0, NULL, &err),
	    0);
	(void)dup2(saved, STDERR_FILENO);
	CHECK_INT(read(pipes[0], text, sizeof(text) - 1), 6);
	CHECK_STR(text, "words\n");
	(void)close(saved);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

static void
keeps_no_descriptors(void)
{
	int before = dup(STDIN_FILENO);
	int after;

	(void)close(before);
	gives_output();
	says_how_it_failed();
	says_what_cannot_run();
	bounds_output();
	after = dup(STDIN_FILENO);
	(void)close(after);
	CHECK_INT(after, before);
}

static const struct tap_test tests[] = {
	{ "what a command prints is its output", gives_output },
	{ "it is added behind what was there", adds_to_output },
	{ "no shell reads its words", uses_no_shell },
	{ "it reads its input, or leaves it, however long", reads_input },
	{ "a failure is told by its exit status or signal",
	    says_how_it_failed },
	{ "what cannot be run is an error", says_what_cannot_run },
	{ "one that prints too much is killed", bounds_output },
	{ "at the timeout its whole group is killed", kills_the_group },
	{ "a trickle of output does not put the timeout off",
	    keeps_the_deadline },
	{ "a child that it leaves behind is not waited for",
	    leaves_children_behind },
	{ "the environment is ours with more in it", adds_to_the_environment },
	{ "it begins with no descriptor or blocked signal of ours, "
	  "in a group of its own",
	    starts_clean },
	{ "without output it prints to standard error",
	    prints_to_standard_error },
	{ "no descriptor stays open", keeps_no_descriptors },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/git.h"

#include "base/clock.h"
#include "base/duration.h"
#include "repository.h"
#include "tap.h"

static const struct slice nothing = { NULL, 0 };

/* Two commits and a tag of the first, in the folder "r". */
static void
make_two(void)
{
	repository_run("git init -q r; cd r; mkdir sub\n"
		       "echo one >sub/a; git add .; git commit -qm first\n"
		       "git tag -a -m tag v1\n"
		       "echo two >sub/a; git commit -qam second");
}

/* What git says to arguments, trimmed, in a static buffer; for the tests'
 * expectations. */
static const char *
says(const char *script)
{
	char *command = NULL;
	const char *text;

	scratch_need(asprintf(&command, "{ %s; } >says", script) > 0,
	    "asprintf");
	repository_run(command);
	free(command);
	text = scratch_read(scratch_path("says"));
	((char *)(uintptr_t)text)[strcspn(text, "\n")] = '\0';
	return text;
}

static void
opens(const char *dir, bool is_bare)
{
	struct err err = { "" };
	struct git git;
	char id[GIT_ID_SIZE];

	if (CHECK_INT(git_open(&git, scratch_path(dir), &err), 0)) {
		CHECK_INT(git.is_bare, is_bare);
		CHECK_INT(git_resolve(&git, "HEAD", id, &err), 0);
		CHECK_STR(id, says("git -C r rev-parse main"));
	}
	CHECK_STR(err.text, "");
	git_release(&git);
}

static void
finds_repositories(void)
{
	REPOSITORY_NEEDED;
	make_two();
	repository_run("git clone -q --bare r bare.git\n"
		       "git -C r worktree add -q ../tree 2>/dev/null\n"
		       "mkdir 'r/-x'");
	opens("r", false);
	opens("r/sub", false);
	opens("r/.git", false);
	opens("r/-x", false);
	opens("bare.git", true);
	opens("bare.git/refs", true);
	opens("tree", false);
	opens("tree/sub", false);
	scratch_remove();
}

static void
refuses(const char *dir, const char *want)
{
	struct err err = { "" };
	struct git git;

	CHECK_INT(git_open(&git, dir, &err), -1);
	if (!CHECK(strstr(err.text, want) != NULL))
		printf("# %s\n", err.text);
	git_release(&git);
}

static void
tells_what_is_no_repository(void)
{
	REPOSITORY_NEEDED;
	refuses(scratch_folder, "not a git repository");
	refuses(scratch_path("no/such"), "No such file or directory");
	refuses("", "has no name");
	repository_run("mkdir bad; echo 'gitdir: /nowhere' >bad/.git");
	refuses(scratch_path("bad"), "not a git repository");
	scratch_remove();
}

static void
refuses_what_is_of_others(void)
{
	REPOSITORY_NEEDED;
	if (geteuid() == 0) {
		make_two();
		repository_run("chown -R 12345:12345 r");
		refuses(scratch_path("r"), "dubious ownership");
	}
	scratch_remove();
	if (geteuid() != 0)
		SKIP("not root");
}

static void
needs_git(void)
{
	char *path = repository_path();

	(void)setenv("PATH", "/nowhere", 1);
	refuses("/", "git is not installed");
	(void)setenv("PATH", path, 1);
	free(path);
}

static void
resolves(const struct git *git, const char *revision, const char *want)
{
	struct err err = { "" };
	char id[GIT_ID_SIZE] = "";

	CHECK_INT(git_resolve(git, revision, id, &err), 0);
	CHECK_STR(id, want);
	CHECK_STR(err.text, "");
}

static void
resolves_revisions(void)
{
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	make_two();
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0)) {
		const char *first = says("git -C r rev-parse main~1");
		char start[8];

		resolves(&git, "main~", first);
		resolves(&git, "v1", first);
		resolves(&git, ":/first", first);
		resolves(&git, "HEAD^{/first}", first);
		(void)snprintf(start, sizeof(start), "%.7s", first);
		resolves(&git, start, first);
	}
	git_release(&git);
	scratch_remove();
}

static void
resolves_sha256(void)
{
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	repository_run("git init -q --object-format=sha256 r; cd r\n"
		       "git commit -q --allow-empty -m first");
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0)) {
		const char *id = says("git -C r rev-parse main");

		CHECK_INT(strlen(id), 64);
		resolves(&git, "main", id);
	}
	git_release(&git);
	scratch_remove();
}

static void
refuses_revisions(void)
{
	static const char *const revisions[] = { "", "nosuch", "-h", "--help",
		"--all", "--", "--output=out", "--git-dir", "@{upstream}",
		":/nosuch", ":sub/a", "HEAD:sub/a", "HEAD:sub",
		"HEAD:", "HEAD^{tree}", "HEAD~1..HEAD", "HEAD~1...HEAD", "..",
		"^HEAD", "HEAD^@", "HEAD^!", "HEAD\n", "HEAD\nHEAD~1",
		"HEAD HEAD", "1234567",
		"0000000000000000000000000000000000000000", NULL };
	struct err err;
	struct git git;
	char id[GIT_ID_SIZE];

	REPOSITORY_NEEDED;
	make_two();
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0))
		for (size_t i = 0; revisions[i] != NULL; i++) {
			err.text[0] = '\0';
			if (!CHECK_INT(git_resolve(&git, revisions[i], id,
					   &err),
				-1))
				printf("# %s is %s\n", revisions[i], id);
			CHECK(
			    slice_starts(slice_str(err.text), "no revision "));
		}
	CHECK(access("out", F_OK) != 0);
	CHECK_INT(git_resolve(&git, "a\033b", id, &err), -1);
	CHECK(strstr(err.text, "no revision a\\033b in /tmp/") != NULL);
	git_release(&git);
	scratch_remove();
}

static void
tells_of_shallow_ones(void)
{
	struct err err;
	struct git git;
	char id[GIT_ID_SIZE];
	char first[GIT_ID_SIZE];

	REPOSITORY_NEEDED;
	make_two();
	(void)snprintf(first, sizeof(first), "%s",
	    says("git -C r rev-parse main~1"));
	repository_run("git clone -q --depth=1 \"file://$PWD/r\" shallow");
	if (CHECK_INT(git_open(&git, scratch_path("shallow"), &err), 0)) {
		CHECK(git.is_shallow);
		CHECK_INT(git_resolve(&git, first, id, &err), -1);
		CHECK(slice_ends(slice_str(err.text),
		    "it is a shallow clone, its history ends early"));
	}
	git_release(&git);
	scratch_remove();
}

static void
tells_of_ambiguous_ids(void)
{
	struct err err;
	struct git git;
	char id[GIT_ID_SIZE];

	REPOSITORY_NEEDED;
	repository_run("git init -q r; cd r; for i in $(seq 600); do\n"
		       "echo $i >$i; done\n"
		       "seq 600 | git hash-object -w --stdin-paths |"
		       "cut -c1-4 | sort | uniq -d >../starts");
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0)) {
		CHECK_INT(git_resolve(&git, says("cat starts"), id, &err), -1);
		CHECK(slice_ends(slice_str(err.text),
		    ": several objects begin like it"));
	}
	git_release(&git);
	scratch_remove();
}

/* A blob whose id begins as that of the only commit. */
static void
prefers_commits(void)
{
	struct err err;
	struct git git;
	char id[GIT_ID_SIZE];

	REPOSITORY_NEEDED;
	repository_run("git init -q r; cd r; git commit -q --allow-empty -m "
		       "first\necho 37088 | git hash-object -w --stdin >id");
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0)) {
		CHECK_INT(git_resolve(&git, "f8ca", id, &err), 0);
		CHECK_STR(id, "f8caa96af51f084d53b010c34055a3afa115a786");
	}
	git_release(&git);
	scratch_remove();
}

static void
knows_ancestors(void)
{
	struct err err;
	struct git git;
	char old[GIT_ID_SIZE];
	char new[GIT_ID_SIZE];

	REPOSITORY_NEEDED;
	make_two();
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0) &&
	    CHECK_INT(git_resolve(&git, "main~1", old, &err), 0) &&
	    CHECK_INT(git_resolve(&git, "main", new, &err), 0)) {
		CHECK_INT(git_is_ancestor(&git, old, new, &err), 1);
		CHECK_INT(git_is_ancestor(&git, new, old, &err), 0);
		CHECK_INT(git_is_ancestor(&git, new, new, &err), 1);
		new[0] = new[0] == '0' ? '1' : '0';
		CHECK_INT(git_is_ancestor(&git, old, new, &err), -1);
		CHECK(strstr(err.text, "git rev-list in /tmp/") == err.text);
	}
	git_release(&git);
	scratch_remove();
}

/* Puts a script in the place of git, first in PATH; a repository that it is
 * run on. */
static struct git
pretend(const char *script)
{
	static char text[1024];

	(void)snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	(void)scratch_write("git", slice_str(text));
	repository_run("chmod +x git");
	(void)snprintf(text, sizeof(text), "%s:/usr/local/bin:/usr/bin:/bin",
	    scratch_folder);
	(void)setenv("PATH", text, 1);
	return (struct git){ .dir = scratch_folder,
		.git_dir = scratch_folder,
		.silence = 30 * DURATION_S };
}

static void
no_more_pretending(void)
{
	(void)setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	scratch_remove();
}

static int
run(const struct git *git, size_t max, struct buf *output, struct err *err)
{
	static const char *const arguments[] = { "cat-file", NULL };

	err->text[0] = '\0';
	buf_clear(output);
	return git_run(git, arguments, nothing, max, output, err);
}

static void
runs_it_alone(void)
{
	struct buf output = { 0 };
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	(void)setenv("GIT_DIR", "/nowhere", 1);
	(void)setenv("GIT_EXTERNAL_DIFF", "touch it", 1);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	git = pretend("ls /proc/self/fd; env | grep -c '^GIT_.*nowhere'\n"
		      "env | grep '^LC_ALL'; env | grep DIFF; wc -c\n"
		      "sleep 0.1; ulimit -d");
	CHECK_INT(run(&git, 1000, &output, &err), 0);
	/* The fourth is that of ls for the folder. */
	CHECK_SLICE(buf_slice(&output),
	    "0\n1\n2\n3\n0\nLC_ALL=C\n0\n"
	    "1048576\n");
	(void)unsetenv("GIT_DIR");
	(void)unsetenv("GIT_EXTERNAL_DIFF");
	(void)unsetenv("LC_ALL");
	buf_release(&output);
	no_more_pretending();
}

static void
tells_its_words(void)
{
	struct buf output = { 0 };
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	git = pretend("printf 'fatal: oh\\033[1m\\nmore\\n' >&2; exit 128");
	CHECK_INT(run(&git, 1000, &output, &err), -1);
	CHECK(slice_ends(slice_str(err.text), ": oh\\033[1m"));
	git = pretend("exit 3");
	CHECK_INT(run(&git, 1000, &output, &err), -1);
	CHECK(slice_ends(slice_str(err.text), ": exit status 3"));
	git = pretend("kill -9 $$");
	CHECK_INT(run(&git, 1000, &output, &err), -1);
	CHECK(slice_ends(slice_str(err.text), ": killed by signal 9"));
	git = pretend("echo all is well; echo warning: no >&2");
	CHECK_INT(run(&git, 1000, &output, &err), 0);
	CHECK_SLICE(buf_slice(&output), "all is well\n");
	buf_release(&output);
	no_more_pretending();
}

/* More than any pipe holds on both sides, and input that nobody reads. */
static void
never_waits_for_itself(void)
{
	static const char *const arguments[] = { "cat-file", NULL };
	static char input[1 << 20];
	struct buf output = { 0 };
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	git = pretend("yes no | head -c 1000000 >&2; yes | head -c 1000000\n"
		      "yes no | head -c 1000000 >&2; wc -c");
	CHECK_INT(git_run(&git, arguments, slice_make(input, sizeof(input)),
		      2000000, &output, &err),
	    0);
	CHECK_INT(output.len, 1000000 + strlen("1048576\n"));
	git = pretend("exit 0");
	CHECK_INT(git_run(&git, arguments, slice_make(input, sizeof(input)),
		      2000000, &output, &err),
	    0);
	buf_release(&output);
	no_more_pretending();
}

static void
stops_one_that_prints_too_much(void)
{
	struct buf output = { 0 };
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	git = pretend("printf 0123456789");
	CHECK_INT(run(&git, 10, &output, &err), 0);
	git = pretend("yes");
	CHECK_INT(run(&git, 102400, &output, &err), -1);
	CHECK(slice_ends(slice_str(err.text), "prints more than 100 KiB"));
	CHECK(output.len <= 102400);
	buf_release(&output);
	no_more_pretending();
}

static void
stops_one_that_is_silent(void)
{
	struct buf output = { 0 };
	int64_t start = clock_now();
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	git = pretend("sleep 1000 & echo $! >\"$(dirname \"$0\")/pid\"\n"
		      "echo some; wait");
	git.silence = 200 * DURATION_MS;
	CHECK_INT(run(&git, 1000, &output, &err), -1);
	CHECK(slice_ends(slice_str(err.text), ": says nothing for 0.2s"));
	repository_run("! kill -0 $(cat pid) 2>/dev/null ||"
		       "grep -q Z /proc/$(cat pid)/status");
	/* It may be silent for so long again after each thing it says. */
	git = pretend("for i in 1 2 3 4; do sleep 0.1; echo >&2; done");
	git.silence = 350 * DURATION_MS;
	CHECK_INT(run(&git, 1000, &output, &err), 0);
	/* What it leaves running is not waited for. */
	git = pretend("sleep 30 & echo");
	CHECK_INT(run(&git, 1000, &output, &err), 0);
	CHECK(clock_now() - start < 20 * DURATION_S);
	buf_release(&output);
	no_more_pretending();
}

/* Each of these ruins one thing of a repository that was well. */
static void
tells_of_damage(void)
{
	static const char *const ruins[] = { "echo garbage >.git/HEAD",
		"printf '\\0\\1\\377' >.git/refs/heads/main",
		"rm -r .git/objects; mkdir .git/objects", "rm -r .git/objects",
		"git gc -q; for p in .git/objects/pack/*.pack; do"
		" chmod +w $p; truncate -s 40 $p; done",
		"git gc -q; for p in .git/objects/pack/*.idx; do"
		" chmod +w $p; truncate -s 1000 $p; done",
		"echo '[' >>.git/config", NULL };
	struct err err;
	struct git git;
	char id[GIT_ID_SIZE];

	for (size_t i = 0; ruins[i] != NULL; i++) {
		char script[256];

		REPOSITORY_NEEDED;
		make_two();
		(void)snprintf(script, sizeof(script), "cd r; %s", ruins[i]);
		repository_run(script);
		err.text[0] = '\0';
		if (git_open(&git, scratch_path("r"), &err) == 0 &&
		    git_resolve(&git, "main~1", id, &err) == 0)
			CHECK_INT(git_is_ancestor(&git, id, id, &err), -1);
		if (!CHECK(err.text[0] != '\0'))
			printf("# %s\n", ruins[i]);
		git_release(&git);
		scratch_remove();
	}
}

static const struct tap_test tests[] = {
	{ "repositories are found: work trees, bare ones, below them",
	    finds_repositories },
	{ "what is no repository is told", tells_what_is_no_repository },
	{ "a repository of somebody else is refused, in git's words",
	    refuses_what_is_of_others },
	{ "without git, that is said", needs_git },
	{ "a revision is resolved to the id of its commit",
	    resolves_revisions },
	{ "ids may be SHA-256", resolves_sha256 },
	{ "what names no commit is no revision, nor an option of git's",
	    refuses_revisions },
	{ "that the history of a shallow clone ends is said",
	    tells_of_shallow_ones },
	{ "that an id is too short to be of one object is said",
	    tells_of_ambiguous_ids },
	{ "an id that is short of one commit and other objects is the commit's",
	    prefers_commits },
	{ "ancestors are known", knows_ancestors },
	{ "git gets no descriptors and variables of ours, and little memory",
	    runs_it_alone },
	{ "git's first line on standard error is the error, made visible",
	    tells_its_words },
	{ "neither much output, nor many errors, nor input block",
	    never_waits_for_itself },
	{ "a git that prints too much is stopped",
	    stops_one_that_prints_too_much },
	{ "a git that says nothing is stopped with what it started",
	    stops_one_that_is_silent },
	{ "a damaged repository is told", tells_of_damage },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

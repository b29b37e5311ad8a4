/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/changes.h"

#include "repository.h"
#include "tap.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ZEROS "0000000000000000000000000000000000000000"

/* A literal that may hold NULs. */
#define BYTES(literal) slice_make((literal), sizeof(literal) - 1)

static void
parses_commits(void)
{
	struct slice text = BYTES(
	    ID_A "\0001617600000\0A U\0a \001\377 \"subject\": here\0\n"
		 ":100644 100755 " ID_A " " ID_B " M\0a\tb\nc\0"
		 ":100644 100644 " ID_A " " ID_B " R086\0old\0new\0" ID_B
		 "\0\0\0\0" ID_B "\0005\0B\0\n:\0\n"
		 ":000000 100644 " ZEROS " " ID_B " A\0a\0"
		 ":100644 000000 " ID_A " " ZEROS " D\0b\0"
		 ":100644 120000 " ID_A " " ID_B " T\0c\0"
		 ":160000 160000 " ID_A " " ID_B " M\0d\0");
	struct changes changes;
	struct err err = { "" };

	CHECK_INT(changes_parse(&changes, text, &err), 0);
	CHECK_STR(err.text, "");
	if (CHECK_INT(changes.count, 3) &&
	    CHECK_INT(changes.commits[0].file_count, 2) &&
	    CHECK_INT(changes.commits[1].file_count, 0) &&
	    CHECK_INT(changes.commits[2].file_count, 4)) {
		const struct changes_commit *commit = changes.commits;
		const struct changes_file *file = commit->files;

		CHECK_SLICE(commit->id, ID_A);
		CHECK_INT(commit->time, 1617600000);
		CHECK_SLICE(commit->author, "A U");
		CHECK_SLICE(commit->subject, "a \001\377 \"subject\": here");
		CHECK_INT(file[0].status, 'M');
		CHECK_SLICE(file[0].old_path, "a\tb\nc");
		CHECK_SLICE(file[0].new_path, "a\tb\nc");
		CHECK_SLICE(file[0].old_id, ID_A);
		CHECK_SLICE(file[0].new_id, ID_B);
		CHECK_INT(file[1].status, 'R');
		CHECK_SLICE(file[1].old_path, "old");
		CHECK_SLICE(file[1].new_path, "new");
		CHECK_INT(commit[1].time, 0);
		CHECK_SLICE(commit[1].author, "");
		CHECK_SLICE(commit[2].subject, "\n:");
		file = commit[2].files;
		CHECK_SLICE(file[0].old_id, "");
		CHECK_SLICE(file[0].new_id, ID_B);
		CHECK_SLICE(file[1].old_id, ID_A);
		CHECK_SLICE(file[1].new_id, "");
		CHECK_SLICE(file[2].old_id, ID_A);
		CHECK_SLICE(file[2].new_id, "");
		CHECK_SLICE(file[3].old_id, "");
		CHECK_SLICE(file[3].new_id, "");
	}
	changes_release(&changes);
}

static void
refuses(struct slice text)
{
	struct changes changes;
	struct err err = { "" };

	if (!CHECK_INT(changes_parse(&changes, text, &err), -1))
		printf("# %.*s\n", SLICE_ARG(text));
	CHECK(slice_starts(slice_str(err.text), "git diff-tree prints "));
	changes_release(&changes);
}

static void
refuses_what_is_malformed(void)
{
	refuses(BYTES("\0"));
	refuses(BYTES("\n"));
	refuses(BYTES(ID_A));
	refuses(BYTES(ID_A "\0"));
	refuses(BYTES(ID_A "\0001\0a\0"));
	refuses(BYTES(ID_A "\0001\0a\0b"));
	refuses(BYTES("HEAD\0001\0a\0b\0"));
	refuses(BYTES(ID_A "\0-1\0a\0b\0"));
	refuses(BYTES(ID_A "\00018446744073709551616\0a\0b\0"));
	refuses(BYTES(ID_A "\0001\0a\0b\0\n"));
	refuses(BYTES(":\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " M\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " M\0\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " M\0a"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " U\0a\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " Mx\0a\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " \0a\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B "\0a\0"));
	refuses(BYTES(":100644 100644 " ID_A " abc M\0a\0"));
	refuses(BYTES(":100644 " ID_A " " ID_B " M\0a\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " R100\0a\0"));
	refuses(BYTES(":100644 100644 " ID_A " " ID_B " R100\0a\0\0"));
}

static const char history[] =
    "git init -q r; cd r; mkdir app; seq 50 >app/a; echo one >b\n"
    "git add .; git commit -qm 'first\nline\n\nbody'\n"
    "git checkout -q -b side; echo side >side; git add .\n"
    "git commit -qm side; git checkout -q main\n"
    "echo two >b; ln -s b link; git add .; git commit -qm second\n"
    "git merge -q -m merge side\n"
    "git mv app/a app/moved; echo 51 >>app/moved; echo three >b\n"
    "git commit -qam 'third\1'\n"
    "git commit -q --allow-empty -m empty";

static void
open_at(struct git *git, char old[GIT_ID_SIZE], char new[GIT_ID_SIZE],
    const char *dir)
{
	struct err err = { "" };

	CHECK_INT(git_open(git, scratch_path(dir), &err), 0);
	CHECK_INT(git_resolve(git, "main", new, &err), 0);
	CHECK_INT(git_resolve(git, "main~3", old, &err), 0);
	CHECK_STR(err.text, "");
}

static void
tells_what_lies_between(void)
{
	struct changes changes;
	struct err err = { "" };
	char old[GIT_ID_SIZE];
	char new[GIT_ID_SIZE];
	struct git git;

	REPOSITORY_NEEDED;
	repository_run(history);
	open_at(&git, old, new, "r/app");
	CHECK_INT(changes_between(&changes, &git, old, new, &err), 0);
	if (CHECK_INT(changes.count, 1) &&
	    CHECK_INT(changes.commits[0].file_count, 3)) {
		const struct changes_file *file = changes.commits[0].files;

		CHECK_SLICE(changes.commits[0].id, "");
		CHECK_INT(file[0].status, 'R');
		CHECK_SLICE(file[0].old_path, "app/a");
		CHECK_SLICE(file[0].new_path, "app/moved");
		CHECK_SLICE(file[1].new_path, "b");
		CHECK_INT(file[2].status, 'A');
		CHECK_SLICE(file[2].new_path, "side");
	}
	changes_release(&changes);
	CHECK_INT(changes_between(&changes, &git, new, new, &err), 0);
	CHECK_INT(changes.count, 1);
	CHECK_INT(changes.commits[0].file_count, 0);
	changes_release(&changes);
	new[0] = new[0] == '0' ? '1' : '0';
	CHECK_INT(changes_between(&changes, &git, old, new, &err), -1);
	CHECK(slice_starts(slice_str(err.text), "git diff-tree in /tmp/"));
	changes_release(&changes);
	git_release(&git);
	scratch_remove();
}

static void
tells_the_commits(void)
{
	struct changes changes;
	struct err err = { "" };
	char old[GIT_ID_SIZE];
	char new[GIT_ID_SIZE];
	struct git git;

	REPOSITORY_NEEDED;
	repository_run(history);
	open_at(&git, old, new, "r");
	CHECK_INT(changes_commits(&changes, &git, old, new, &err), 0);
	if (CHECK_INT(changes.count, 3)) {
		const struct changes_commit *commit = changes.commits;

		CHECK_SLICE(commit[0].subject, "empty");
		CHECK_SLICE(commit[0].id, new);
		CHECK_INT(commit[0].file_count, 0);
		CHECK_SLICE(commit[1].subject, "third\001");
		CHECK_SLICE(commit[1].author, "A U Thor");
		CHECK_INT(commit[1].time, 1617600000);
		CHECK_INT(commit[1].file_count, 2);
		CHECK_SLICE(commit[2].subject, "side");
		CHECK_INT(commit[2].file_count, 1);
	}
	changes_release(&changes);
	CHECK_INT(changes_commits(&changes, &git, new, old, &err), 0);
	CHECK_INT(changes.count, 0);
	changes_release(&changes);
	CHECK_INT(changes_commits(&changes, &git, "HEAD", "--all", &err), -1);
	changes_release(&changes);
	git_release(&git);
	scratch_remove();
}

/* The moved file cannot be compared, the other one need not be. */
static void
makes_do_with_exact_renames(void)
{
	struct changes changes;
	struct err err = { "" };
	char old[GIT_ID_SIZE];
	char new[GIT_ID_SIZE];
	struct git git;

	REPOSITORY_NEEDED;
	repository_run(history);
	repository_run("cd r; git mv b c; git commit -qm move\n"
		       "rm -f .git/objects/$(git rev-parse HEAD:app/moved |"
		       "sed 's|^..|&/|')");
	open_at(&git, old, new, "r");
	CHECK_INT(changes_between(&changes, &git, old, new, &err), 0);
	if (CHECK_INT(changes.commits[0].file_count, 4)) {
		const struct changes_file *file = changes.commits[0].files;

		CHECK_INT(file[0].status, 'D');
		CHECK_INT(file[1].status, 'A');
	}
	changes_release(&changes);
	CHECK_INT(changes_commits(&changes, &git, old, new, &err), 0);
	if (CHECK_INT(changes.count, 3) &&
	    CHECK_INT(changes.commits[0].file_count, 1))
		CHECK_INT(changes.commits[0].files[0].status, 'R');
	CHECK_STR(err.text, "");
	changes_release(&changes);
	git_release(&git);
	scratch_remove();
}

/* How many files the first of the commits since a revision added. */
static size_t
files_of_first(const char *dir, const char *revision)
{
	struct changes changes;
	struct err err = { "" };
	char new[GIT_ID_SIZE];
	char old[GIT_ID_SIZE];
	struct git git;
	size_t count = 0;

	CHECK_INT(git_open(&git, scratch_path(dir), &err), 0);
	CHECK_INT(git_resolve(&git, "main", new, &err), 0);
	CHECK_INT(git_resolve(&git, revision, old, &err), 0);
	CHECK_INT(changes_commits(&changes, &git, old, new, &err), 0);
	if (CHECK(changes.count > 0))
		count = changes.commits[changes.count - 1].file_count;
	CHECK_STR(err.text, "");
	changes_release(&changes);
	git_release(&git);
	return count;
}

static void
says_what_first_ones_added(void)
{
	REPOSITORY_NEEDED;
	repository_run(history);
	repository_run("cd r; git checkout -q --orphan other\n"
		       "git commit -q -m orphan; git checkout -q main; cd ..\n"
		       "git clone -q --depth=1 -b other \"file://$PWD/r\" s\n"
		       "cd s; git fetch -q --depth=2 origin main:main");
	CHECK_INT(files_of_first("r", "other"), 2);
	CHECK_INT(files_of_first("s", "other"), 0);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "commits and their files are parsed, whatever bytes they hold",
	    parses_commits },
	{ "what is malformed is refused", refuses_what_is_malformed },
	{ "the files that differ between two commits, from the top",
	    tells_what_lies_between },
	{ "the commits between two, without merges, the newest first",
	    tells_the_commits },
	{ "where files are missing, renames are seen that need no reading",
	    makes_do_with_exact_renames },
	{ "first commits added all they have, but for a shallow border",
	    says_what_first_ones_added },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

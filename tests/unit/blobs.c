/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/blobs.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/duration.h"
#include "repository.h"
#include "tap.h"

/* The files of the repository "r" as blobs, whose ids are in the file "ids":
 * one a line, in the order of names. */
static struct slice
id_of(int line)
{
	static char ids[8][GIT_ID_SIZE];
	struct slice rest = slice_str(scratch_read(scratch_path("ids")));
	struct slice id = { NULL, 0 };

	for (int i = 0; i <= line; i++)
		(void)slice_cut(&rest, '\n', &id);
	(void)snprintf(ids[line % 8], GIT_ID_SIZE, "%.*s", SLICE_ARG(id));
	return slice_str(ids[line % 8]);
}

/* Runs a script in a new repository, which leaves files. */
static void
make(const char *script)
{
	char *all = NULL;

	scratch_need(asprintf(&all,
			 "[ -d r ] || git init -q r; cd r; %s\n"
			 "git hash-object -w -- * >../ids",
			 script) > 0,
	    "asprintf");
	repository_run(all);
	free(all);
}

static struct git
open_git(void)
{
	struct err err = { "" };
	struct git git;

	CHECK_INT(git_open(&git, scratch_path("r"), &err), 0);
	CHECK_STR(err.text, "");
	return git;
}

static void
finds(struct blobs *blobs, struct slice id, size_t max, enum blobs_found want,
    const char *text)
{
	struct err err = { "" };
	struct buf buf = { 0 };

	buf_add_str(&buf, "what was there");
	if (!CHECK_INT(blobs_read(blobs, id, max, &buf, &err), want))
		printf("# %s\n", err.text);
	CHECK_SLICE(buf_slice(&buf), text);
	CHECK_INT(err.text[0] != '\0', want == BLOBS_ERROR);
	buf_release(&buf);
}

static void
reads_blobs(void)
{
	struct blobs *blobs;
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	make("printf '' >a; echo one >b; printf 'x blob 3\\nabc' >c");
	git = open_git();
	blobs = blobs_open(&git, &err);
	if (CHECK(blobs != NULL)) {
		finds(blobs, id_of(0), 100, BLOBS_READ, "");
		finds(blobs, id_of(1), 100, BLOBS_READ, "one\n");
		finds(blobs, id_of(2), 100, BLOBS_READ, "x blob 3\nabc");
		finds(blobs, id_of(1), 4, BLOBS_READ, "one\n");
	}
	blobs_close(blobs);
	blobs_close(NULL);
	git_release(&git);
	scratch_remove();
}

static void
reads_sha256(void)
{
	struct blobs *blobs;
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	repository_run("git init -q --object-format=sha256 r");
	make("echo one >a");
	git = open_git();
	blobs = blobs_open(&git, &err);
	if (CHECK(blobs != NULL))
		finds(blobs, id_of(0), 100, BLOBS_READ, "one\n");
	blobs_close(blobs);
	git_release(&git);
	scratch_remove();
}

static void
knows_what_is_missing(void)
{
	static const char long_id[] = "12345678123456781234567812345678"
				      "12345678123456781234567812345678";
	static const char *const ids[] = { "", "HEAD", "HEAD:a", "-h", "\n",
		"1234567812345678123456781234567812345678",
		"123456781234567812345678123456781234567\n", long_id };
	struct blobs *blobs;
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	make("echo one >a; git add .; git commit -qm first");
	git = open_git();
	blobs = blobs_open(&git, &err);
	if (CHECK(blobs != NULL)) {
		char commit[GIT_ID_SIZE];

		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
			finds(blobs, slice_str(ids[i]), 100, BLOBS_MISSING, "");
		CHECK_INT(git_resolve(&git, "HEAD", commit, &err), 0);
		finds(blobs, slice_str(commit), 1000, BLOBS_MISSING, "");
		finds(blobs, id_of(0), 100, BLOBS_READ, "one\n");
	}
	blobs_close(blobs);
	git_release(&git);
	scratch_remove();
}

static size_t
own_memory(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (size_t)usage.ru_maxrss * 1024;
}

static void
passes_large_ones_over(void)
{
	size_t before;
	struct blobs *blobs;
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	make("truncate -s 300M a; echo one >b");
	git = open_git();
	blobs = blobs_open(&git, &err);
	before = own_memory();
	if (CHECK(blobs != NULL)) {
		finds(blobs, id_of(0), 1 << 20, BLOBS_TOO_LARGE, "");
		finds(blobs, id_of(1), 1 << 20, BLOBS_READ, "one\n");
		finds(blobs, id_of(1), 3, BLOBS_TOO_LARGE, "");
		finds(blobs, id_of(1), 4, BLOBS_READ, "one\n");
	}
	CHECK(own_memory() - before < (size_t)8 << 20);
	blobs_close(blobs);
	git_release(&git);
	scratch_remove();
}

/* One whose rest is cut off, one of garbage; and a large one. */
static void
goes_on_after_damage(void)
{
	struct blobs *blobs;
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	make("echo one >a; seq 100000 | sha1sum >b; seq 200000 >c");
	repository_run("cd r; damage() {\n"
		       "f=.git/objects/$(sed -n ${1}p ../ids |"
		       " sed 's|^..|&/|'); chmod +w $f; }\n"
		       "damage 2; echo garbage >$f\n"
		       "damage 3; truncate -s 30000 $f");
	git = open_git();
	blobs = blobs_open(&git, &err);
	if (CHECK(blobs != NULL))
		for (int i = 0; i < 3; i++) {
			finds(blobs, id_of(1), 1 << 21, BLOBS_MISSING, "");
			finds(blobs, id_of(2), 1 << 21, BLOBS_MISSING, "");
			finds(blobs, id_of(0), 100, BLOBS_READ, "one\n");
		}
	blobs_close(blobs);
	git_release(&git);
	scratch_remove();
}

static void
tells_when_git_fails(void)
{
	struct blobs *blobs;
	struct err err;
	struct git git;

	REPOSITORY_NEEDED;
	make("echo one >a");
	git = open_git();
	blobs = blobs_open(&git, &err);
	repository_run("rm -r r/.git; cat r/a >/dev/null");
	if (CHECK(blobs != NULL)) {
		struct buf buf = { 0 };

		/* This one may have been read before. */
		(void)!blobs_read(blobs, id_of(0), 0, &buf, &err);
		buf_release(&buf);
		blobs_close(blobs);
	}
	err.text[0] = '\0';
	CHECK(blobs_open(&git, &err) == NULL);
	CHECK(strstr(err.text, "not a git repository") != NULL);
	git_release(&git);
	scratch_remove();
}

/* A cat-file that knows one object, then breaks in the way of the script. */
static void
breaks(const char *script, enum blobs_found want, const char *words)
{
	static const struct slice id = SLICE(
	    "1234567812345678123456781234567812345678");
	static char text[1024];
	struct err err = { "" };
	struct buf buf = { 0 };
	struct blobs *blobs;
	struct git git = { .dir = scratch_folder,
		.git_dir = scratch_folder,
		.silence = 300 * DURATION_MS };

	(void)snprintf(text, sizeof(text),
	    "#!/bin/sh\nread id; echo $id missing\nread id\n%s\n", script);
	(void)scratch_write("git", slice_str(text));
	repository_run("chmod +x git");
	blobs = blobs_open(&git, &err);
	if (CHECK(blobs != NULL) &&
	    !CHECK_INT(blobs_read(blobs, id, 1000, &buf, &err), want))
		printf("# %s\n", script);
	CHECK_INT(buf.len, 0);
	if (!CHECK(strstr(err.text, words) != NULL))
		printf("# %s\n", err.text);
	buf_release(&buf);
	blobs_close(blobs);
}

static void
trusts_no_answer(void)
{
	char *pretended = NULL;
	char *path;

	REPOSITORY_NEEDED;
	path = repository_path();
	scratch_need(asprintf(&pretended, "%s:%s", scratch_folder, path) > 0,
	    "asprintf");
	(void)setenv("PATH", pretended, 1);
	breaks("exit 1", BLOBS_MISSING, "");
	breaks("exec >&- 2>&-; exit", BLOBS_MISSING, "");
	breaks("exec sleep 30", BLOBS_ERROR, "says nothing for 0.3s");
	breaks("echo $id blob 5; echo abc", BLOBS_MISSING, "");
	breaks("echo $id blob 5; exec sleep 30", BLOBS_ERROR, "says nothing");
	breaks("echo $id blob 3; echo abcde; sleep 1", BLOBS_ERROR,
	    "longer than it says");
	breaks("printf '%s blob 3\\nabcd' $id; sleep 1", BLOBS_ERROR,
	    "longer than it says");
	breaks("yes | tr -d '\\n'", BLOBS_ERROR, "no line");
	breaks("yes", BLOBS_MISSING, "");
	breaks("echo; sleep 1", BLOBS_MISSING, "");
	breaks("echo $id blob 18446744073709551615; yes", BLOBS_TOO_LARGE, "");
	breaks("echo $id blob 18446744073709551616; yes", BLOBS_TOO_LARGE, "");
	breaks("echo $id blob -1; yes", BLOBS_MISSING, "");
	(void)setenv("PATH", path, 1);
	free(pretended);
	free(path);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "blobs are read by their ids", reads_blobs },
	{ "ids may be SHA-256", reads_sha256 },
	{ "what is no id, no object or no blob is missing",
	    knows_what_is_missing },
	{ "large blobs are passed over in little memory",
	    passes_large_ones_over },
	{ "damaged blobs are missing, and the others are read",
	    goes_on_after_damage },
	{ "a repository that has gone is told", tells_when_git_fails },
	{ "no answer of git's is trusted", trusts_no_answer },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/harmless.h"

#include "repo/blobs.h"
#include "repo/changes.h"
#include "repo/tree.h"
#include "repository.h"
#include "tap.h"

/*
 * A repository in which all that git can be told to run is told to leave a file
 * in the folder "ran": commands of its configuration (also of an included
 * file), drivers of its attributes, hooks, remotes from which it would fetch
 * the object that it lacks, a signed commit.
 */
static const char trap[] =
    "mkdir ran; run=$PWD/run; git init -q r; cd r\n"
    "printf '#!/bin/sh\\n: >\"%s/ran/$1\"\\n' \"${PWD%/r}\" >$run\n"
    "sed 's/$1/gpg.program/' $run >$run-gpg; chmod +x $run $run-gpg\n"
    "printf '* diff=d filter=f merge=m\\n' >.gitattributes\n"
    "mkdir sub; seq 50 >sub/a; echo two >b; seq 60 90 >lost\n"
    "git add .; git commit -qm first\n"
    "git mv sub/a moved; seq 61 91 >lost; echo one >>b; seq 9 >c\n"
    "git add .; git commit -qm second\n"
    "{ git cat-file commit HEAD | sed '/^$/,$d'\n"
    "printf 'gpgsig -----BEGIN PGP SIGNATURE-----\\n \\n abc\\n"
    " -----END PGP SIGNATURE-----\\n\\nsigned\\n'; } >../signed\n"
    "git update-ref HEAD $(git hash-object -t commit -w ../signed)\n"
    "git replace $(git rev-parse HEAD:b) $(git rev-parse HEAD:c)\n"
    "git cat-file -e HEAD:lost; lost=$(git rev-parse HEAD:lost)\n"
    "rm -f .git/objects/$(echo $lost | sed 's|^..|&/|')\n"
    "cat >.git/more <<EOF\n"
    "[core]\n fsmonitor = $run core.fsmonitor\n pager = $run core.pager\n"
    " editor = $run core.editor\n askPass = $run-gpg\n"
    " sshCommand = $run core.sshCommand\n"
    " gitProxy = $run core.gitProxy\n hooksPath = $PWD/.git/ours\n"
    " alternateRefsCommand = $run core.alternateRefsCommand\n"
    " attributesFile = $PWD/.gitattributes\n"
    "[diff]\n external = $run diff.external\n"
    "[diff \"d\"]\n command = $run diff.d.command\n"
    " textconv = $run diff.d.textconv\n"
    "[filter \"f\"]\n smudge = $run filter.smudge\n"
    " clean = $run filter.clean\n process = $run filter.process\n"
    " required = true\n"
    "[merge \"m\"]\n driver = $run merge.driver\n"
    "[gpg]\n program = $run-gpg\n[log]\n showSignature = true\n"
    "[format]\n pretty = %G?\n"
    "[credential]\n helper = !$run credential.helper\n"
    "[sequence]\n editor = $run sequence.editor\n"
    "[pager]\n rev-list = $run pager.rev-list\n ls-tree = $run pager\n"
    " diff-tree = $run pager.diff-tree\n rev-parse = $run pager\n"
    "[alias]\n rev-parse = !$run alias\n ls-tree = !$run alias\n"
    " diff-tree = !$run alias\n cat-file = !$run alias\n"
    " rev-list = !$run alias\n"
    "[protocol]\n allow = always\n[protocol \"ext\"]\n allow = always\n"
    "[extensions]\n partialClone = origin\n"
    "[remote \"origin\"]\n url = ext::$run remote.url\n promisor = true\n"
    " partialclonefilter = blob:none\n uploadpack = $run uploadpack\n"
    " vcs = ext\n"
    "EOF\n"
    "git config core.repositoryFormatVersion 1\n"
    "git config include.path more\n"
    "git config includeIf.gitdir:/.path more\n"
    "cp .gitattributes .git/info/attributes; mkdir .git/ours\n"
    "for hook in post-index-change fsmonitor-watchman post-checkout"
    " reference-transaction pre-auto-gc; do\n"
    "printf '#!/bin/sh\\n%s hook\\n' $run >.git/ours/$hook\n"
    "chmod +x .git/ours/$hook; cp .git/ours/$hook .git/hooks; done\n"
    "rm -rf ../ran; mkdir ../ran";

/* What has run, in a static buffer. */
static const char *
what_ran(void)
{
	repository_run("ls ran >list");
	return scratch_read(scratch_path("list"));
}

/* The commands that people use, on the same repository. */
static void
falls_into_the_trap(void)
{
	REPOSITORY_NEEDED;
	repository_run(trap);
	repository_run(
	    "cd r; { touch b; git status\n"
	    "log='-c filter.f.required=false -c filter.f.process='\n"
	    "git $log log -p --ext-diff b; git $log log -p --no-ext-diff b\n"
	    "git cat-file -p HEAD:lost\n"
	    "} </dev/null >/dev/null 2>&1 || :");
	CHECK(strstr(what_ran(), "core.fsmonitor\n") != NULL);
	CHECK(strstr(what_ran(), "diff.d.command\n") != NULL);
	CHECK(strstr(what_ran(), "diff.d.textconv\n") != NULL);
	CHECK(strstr(what_ran(), "filter.") != NULL);
	CHECK(strstr(what_ran(), "gpg.program\n") != NULL);
	CHECK(strstr(what_ran(), "remote.url\n") != NULL);
	scratch_remove();
}

static void
read_blobs(const struct git *git, const struct tree *tree)
{
	struct err err = { "" };
	struct blobs *blobs = blobs_open(git, &err);
	const struct tree_file *files = tree_files(tree);
	struct buf buf = { 0 };
	size_t missing = 0;

	if (!CHECK(blobs != NULL))
		return;
	for (size_t i = 0; i < tree_count(tree); i++) {
		enum blobs_found found = blobs_read(blobs, files[i].id, 10000,
		    &buf, &err);

		missing += found == BLOBS_MISSING;
		CHECK_INT(found == BLOBS_MISSING,
		    slice_is(files[i].path, "lost"));
		if (slice_is(files[i].path, "b"))
			CHECK_SLICE(buf_slice(&buf), "two\none\n");
	}
	CHECK_INT(missing, 1);
	CHECK_STR(err.text, "");
	buf_release(&buf);
	blobs_close(blobs);
}

/* All that this layer does with git. */
static void
use_all(const struct git *git)
{
	struct err err = { "" };
	char old[GIT_ID_SIZE];
	char new[GIT_ID_SIZE];
	struct tree *tree;
	struct changes changes;

	CHECK_INT(git_resolve(git, "main~1", old, &err), 0);
	CHECK_INT(git_resolve(git, "main", new, &err), 0);
	CHECK_INT(git_resolve(git, "main@{upstream}", new, &err), -1);
	CHECK_INT(git_resolve(git, "main:lost", new, &err), -1);
	CHECK_INT(git_resolve(git, "main", new, &err), 0);
	CHECK_INT(git_is_ancestor(git, old, new, &err), 1);
	tree = tree_open(git, new, &err);
	if (CHECK(tree != NULL)) {
		CHECK_INT(tree_count(tree), 5);
		read_blobs(git, tree);
	}
	tree_free(tree);
	CHECK_INT(changes_commits(&changes, git, old, new, &err), 0);
	CHECK_INT(changes.count, 1);
	changes_release(&changes);
	/* A rename can only be seen in what is there: this may fail. */
	(void)!changes_between(&changes, git, old, new, &err);
	changes_release(&changes);
}

static void
runs_nothing(void)
{
	struct err err = { "" };
	struct git git;

	REPOSITORY_NEEDED;
	repository_run(trap);
	(void)setenv("GIT_EXTERNAL_DIFF", "false", 1);
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0))
		use_all(&git);
	git_release(&git);
	if (CHECK_INT(git_open(&git, scratch_path("r/.git"), &err), 0))
		use_all(&git);
	git_release(&git);
	CHECK_STR(what_ran(), "");
	(void)unsetenv("GIT_EXTERNAL_DIFF");
	scratch_remove();
}

static void
changes_nothing(void)
{
	struct err err = { "" };
	struct git git;

	REPOSITORY_NEEDED;
	repository_run(trap);
	repository_run("chmod +t r; find r -type f -newer ran >/dev/null\n"
		       "tar cf before.tar r");
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0))
		use_all(&git);
	git_release(&git);
	repository_run("tar cf after.tar r; cmp before.tar after.tar");
	scratch_remove();
}

static void
needs_no_index_nor_work_tree(void)
{
	struct err err = { "" };
	struct git git;

	REPOSITORY_NEEDED;
	repository_run(trap);
	repository_run("cd r; echo garbage >.git/index; rm -rf b c .gitattr*\n"
		       "mkfifo .gitattributes");
	if (CHECK_INT(git_open(&git, scratch_path("r"), &err), 0))
		use_all(&git);
	git_release(&git);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "a hostile repository makes plain git run what it likes",
	    falls_into_the_trap },
	{ "here it runs nothing", runs_nothing },
	{ "nothing of a repository is changed", changes_nothing },
	{ "index and work tree may be ruined", needs_no_index_nor_work_tree },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

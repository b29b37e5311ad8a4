/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/tokenfile.h"

#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

static char path[256];

static void
place(const char *name)
{
	(void)snprintf(path, sizeof(path), "%s/%s", scratch_folder, name);
}

static int
load(const char *old, struct buf *token)
{
	struct err err;

	return tokenfile_load(path, old, token, &err);
}

static void
has_none(void)
{
	struct buf token = { 0 };

	place("none.token");
	CHECK_INT(load("old", &token), 0);
	CHECK_INT(token.len, 0);
}

static void
keeps(void)
{
	struct buf token = { 0 };
	struct stat stat_;
	struct err err;

	place("kept.token");
	CHECK_INT(tokenfile_save(path, "old", "first", &err), 0);
	CHECK_INT(tokenfile_save(path, "old", "second", &err), 0);
	CHECK_INT(load("old", &token), 1);
	CHECK_SLICE(token, "second");
	CHECK_INT(stat(path, &stat_), 0);
	CHECK_INT(stat_.st_mode & 0777, 0600);
	tokenfile_wipe(&token);
	CHECK_INT(load("another of the job's own", &token), 0);
}

static void
refuses(void)
{
	struct buf token = { 0 };
	struct err err;

	place("open.token");
	CHECK_INT(tokenfile_save(path, "old", "new", &err), 0);
	CHECK_INT(chmod(path, 0640), 0);
	CHECK_INT(load("old", &token), -1);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(symlink("/dev/null", path), 0);
	CHECK_INT(load("old", &token), -1);
}

static void
fails_whole(void)
{
	struct err err;

	place("no/such/folder.token");
	CHECK_INT(tokenfile_save(path, "old", "new", &err), -1);
	CHECK(strstr(err.text, "folder.token") != NULL);
}

static const struct tap_test tests[] = {
	{ "there may be none", has_none },
	{ "the last one is kept, for the chain it belongs to", keeps },
	{ "a file that others may read, or a link, is refused", refuses },
	{ "a failure names the file", fails_whole },
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

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/track.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "commits.h"
#include "tap.h"

#define BADGE                                 \
	"class Badge(Model):\n"               \
	"    def award(self, user_id):\n"     \
	"        user = User.get(user_id)\n"  \
	"        self.points += user.bonus\n" \
	"        return self.put()\n"

#define VIDEO                                         \
	"class Video(Model):\n"                       \
	"    def watch(self, user_id, seconds):\n"    \
	"        log = VideoLog.find(user_id)\n"      \
	"        log.seconds += min(seconds, 3600)\n" \
	"        log.put()\n"                         \
	"        return log.seconds\n"

/* What is followed, from one commit to another. */
static struct git git;
static struct track *track;
static struct track_report report;
static struct match_target targets[8];

static struct site
site(const char *file, const char *line, const char *operation)
{
	return (struct site){ .file = slice_str(file),
		.line = slice_str(line),
		.operation = slice_str(operation),
		.count = 10 };
}

static bool
follow_to(const char *old, const char *new, const struct site *sites,
    size_t count, const struct site *new_sites, size_t new_count)
{
	struct err err = { "" };

	if (!CHECK(git_open(&git, scratch_folder, &err) == 0))
		return false;
	track = track_open(&git, old, new, &err);
	if (!CHECK(track != NULL))
		return false;
	CHECK(track_sites(track, sites, count, new_sites, new_count, targets,
		  &report, &err) == 0);
	CHECK_STR(err.text, "");
	return true;
}

static bool
follow(const char *old, const char *new, const struct site *sites, size_t count)
{
	return follow_to(old, new, sites, count, NULL, 0);
}

static void
end(char *old, char *new)
{
	track_close(track);
	track = NULL;
	git_release(&git);
	free(old);
	free(new);
	scratch_remove();
}

/* That sites[at] is now there, and how it is told. */
static void
is_at(size_t at, const char *file, const char *line, enum match_kind kind)
{
	CHECK(targets[at].is_known);
	CHECK_SLICE(targets[at].file, file);
	CHECK_SLICE(targets[at].line, line);
	CHECK_STR(match_name(targets[at].kind), match_name(kind));
}

static void
finds_what_stays(void)
{
	struct site sites[] = { site("badge.py", "3", "User.get"),
		site("video.py", "3", "VideoLog.find") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", BADGE);
	commits_write("video.py", VIDEO);
	old = commits_add("begin");
	commits_write("video.py", VIDEO "\n    def unwatch(self):\n");
	new = commits_add("more");
	if (follow(old, new, sites, 2)) {
		is_at(0, "badge.py", "3", MATCH_EXACT);
		is_at(1, "video.py", "3", MATCH_EXACT);
	}
	end(old, new);
}

static void
finds_what_shifts(void)
{
	struct site sites[] = { site("badge.py", "3", "User.get"),
		site("badge.py", "5", "Badge.put"),
		site("badge.py", "5", "Video.erase") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", BADGE);
	old = commits_add("begin");
	commits_write("badge.py", "import log\n\n" BADGE);
	new = commits_add("log");
	if (follow(old, new, sites, 3)) {
		is_at(0, "badge.py", "5", MATCH_SHIFTED);
		is_at(1, "badge.py", "7", MATCH_SHIFTED);
		CHECK(targets[0].score == 1);
		CHECK(targets[0].names_operation);
		CHECK(targets[1].names_operation);
		CHECK(!targets[2].names_operation);
	}
	end(old, new);
}

static void
finds_what_was_edited(void)
{
	struct site sites[] = { site("badge.py", "3", "User.get"),
		site("badge.py", "4", "User.bonus") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", BADGE);
	old = commits_add("begin");
	commits_write("badge.py",
	    "class Badge(Model):\n"
	    "    def award(self, user_id):\n"
	    "        user = User.get(user_id, cached=True)\n"
	    "        return self.put()\n");
	new = commits_add("cache");
	if (follow(old, new, sites, 2)) {
		is_at(0, "badge.py", "3", MATCH_EDITED);
		CHECK(targets[0].score > .6 && targets[0].score < 1);
		CHECK(targets[1].is_known);
		CHECK_STR(match_name(targets[1].kind), "none");
		CHECK_SLICE(targets[1].line, "");
	}
	end(old, new);
}

/* Renamed and changed at once, and renamed twice by small steps until git's
 * own comparison of the two revisions sees no likeness any more. */
static void
follows_renames(void)
{
	struct site sites[] = { site("badge.py", "3", "User.get"),
		site("video.py", "3", "VideoLog.find") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", BADGE);
	commits_write("video.py", VIDEO);
	old = commits_add("begin");
	CHECK(commits_git("mv badge.py award.py"));
	CHECK(commits_git("mv video.py film.py"));
	free(commits_add("rename"));
	commits_write("award.py", "# Awards.\n" BADGE);
	commits_write("film.py",
	    "import a\nimport b\nimport c\nimport d\nimport e\n"
	    "import f\nimport g\nimport h\nimport i\nimport j\n"
	    "class Film(Base):\n"
	    "    def watch(self, user_id, seconds):\n"
	    "        log = VideoLog.find(user_id, True)\n"
	    "        return log.add(seconds)\n");
	free(commits_add("rewrite"));
	CHECK(commits_git("mv film.py cinema.py"));
	new = commits_add("rename again");
	if (follow(old, new, sites, 2)) {
		is_at(0, "award.py", "4", MATCH_MOVED);
		CHECK(targets[0].score == 1);
		is_at(1, "cinema.py", "13", MATCH_MOVED);
	}
	end(old, new);
}

/* What only a merge renamed, no commit that is looked at tells. */
static void
follows_renames_of_merges(void)
{
	struct site sites[] = { site("video.py", "3", "VideoLog.find") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("video.py", VIDEO);
	old = commits_add("begin");
	CHECK(commits_git("checkout -q -b side"));
	commits_write("notes.txt", "nothing\n");
	free(commits_add("side"));
	CHECK(commits_git("checkout -q main"));
	CHECK(commits_git("merge -q --no-ff --no-commit side"));
	CHECK(commits_git("mv video.py film.py"));
	commits_write("film.py",
	    "class Video(Model):\n"
	    "    def watch(self, user_id, seconds):\n"
	    "        log = VideoLog.find(user_id, True)\n"
	    "        log.seconds += min(seconds, 3600)\n"
	    "        return log.seconds\n");
	new = commits_add("merge");
	if (follow(old, new, sites, 1))
		is_at(0, "film.py", "3", MATCH_MOVED);
	end(old, new);
}

/* Without a rename that git sees: the same base name, a third in common. */
static void
follows_base_names(void)
{
	struct site sites[] = { site("a/badge.py", "3", "User.get") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("a/badge.py", BADGE);
	old = commits_add("begin");
	CHECK(commits_git("rm -q a/badge.py"));
	commits_write("c/badge.py", "nothing = 1\nof = 2\nthat = 3\n");
	commits_write("b/badge.py",
	    "one = 1\ntwo = 2\nthree = 3\nfour = 4\nfive = 5\nsix = 6\n"
	    "seven = 7\neight = 8\nnine = 9\nten = 10\n"
	    "        user = User.get(user_id)\n"
	    "        self.points += user.bonus\n");
	new = commits_add("anew");
	if (follow(old, new, sites, 1))
		is_at(0, "b/badge.py", "11", MATCH_MOVED);
	end(old, new);
}

static void
finds_lines_in_other_files(void)
{
	struct site sites[] = { site("video.py", "3", "VideoLog.find"),
		site("video.py", "3", "VideoLog.get"),
		site("video.py", "6", "VideoLog.get") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", BADGE);
	commits_write("video.py", VIDEO);
	/* This line was here before, so it is not the one that moved. */
	commits_write("other.py", VIDEO "a = 1\n");
	old = commits_add("begin");
	commits_write("badge.py",
	    BADGE "\n"
		  "    def watch(self, user_id, seconds):\n"
		  "        log = VideoLog.find(user_id)\n"
		  "        log.seconds += min(seconds, 3600)\n"
		  "        log.put()\n");
	commits_write("video.py",
	    "class Video(Model):\n    def count(self):\n        return 1\n");
	commits_write("other.py", VIDEO "a = 2\n");
	new = commits_add("move");
	if (follow(old, new, sites, 3)) {
		is_at(0, "badge.py", "8", MATCH_MOVED);
		is_at(1, "badge.py", "8", MATCH_MOVED);
		CHECK(targets[0].names_operation);
		CHECK_STR(match_name(targets[2].kind), "none");
	}
	end(old, new);
}

static void
speaks_as_the_new_log(void)
{
	struct site sites[] = { site("/app/v1/lib/badge.py", "3", "User.get"),
		site("/app/v1/lib/video.py", "3", "VideoLog.find") };
	struct site news[] = { site("/app/v2/lib/video.py", "3",
	    "VideoLog.find") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("lib/badge.py", BADGE);
	commits_write("lib/video.py", VIDEO);
	old = commits_add("begin");
	new = commits_add("nothing");
	if (follow_to(old, new, sites, 2, news, 1)) {
		is_at(0, "/app/v2/lib/badge.py", "3", MATCH_EXACT);
		is_at(1, "/app/v2/lib/video.py", "3", MATCH_EXACT);
		CHECK_SLICE(report.front, "/app/v1/");
		CHECK_INT(report.unresolved, 0);
	}
	end(old, new);
}

/* Two releases ran on the new day, and one of them on the old one too; one
 * line is gone, which both may count still. */
static void
speaks_of_each_release(void)
{
	struct site sites[] = { site("/app/v1/lib/badge.py", "3", "User.get"),
		site("/app/v2/lib/badge.py", "3", "User.get"),
		site("/app/v0/lib/badge.py", "5", "Badge.put") };
	struct site news[] = { site("/app/v1/lib/badge.py", "4", "User.get"),
		site("/app/v2/lib/badge.py", "4", "User.get") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("lib/badge.py", BADGE);
	old = commits_add("begin");
	commits_write("lib/badge.py",
	    "import log\n"
	    "class Badge(Model):\n"
	    "    def award(self, user_id):\n"
	    "        user = User.get(user_id)\n");
	new = commits_add("cut");
	if (follow_to(old, new, sites, 3, news, 2)) {
		is_at(0, "/app/v1/lib/badge.py", "4", MATCH_SHIFTED);
		is_at(1, "/app/v2/lib/badge.py", "4", MATCH_SHIFTED);
		CHECK_SLICE(targets[1].old_file, "/app/v2/lib/badge.py");
		CHECK(targets[2].kind == MATCH_NONE);
		CHECK_SLICE(targets[2].old_file, "/app/v1/lib/badge.py");
	}
	end(old, new);
}

enum { MANY = 12000 };

/* A file of many equal lines, each of which may have become each. */
static void
bounds_what_it_looks_at(void)
{
	static struct site sites[MANY];
	static struct match_target many[MANY];
	static char lines[MANY][8];
	struct err err = { "" };
	struct buf text = { 0 };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	for (size_t i = 0; i < MANY; i++) {
		buf_add_str(&text, "        user = User.get(user_id)\n");
		(void)snprintf(lines[i], sizeof(lines[i]), "%zu", i + 1);
		sites[i] = site("a.py", lines[i], "User.get");
	}
	(void)scratch_write("a.py", buf_slice(&text));
	commits_write("b.py", BADGE);
	old = commits_add("begin");
	CHECK(commits_git("rm -q a.py"));
	buf_add_str(&text, BADGE);
	(void)scratch_write("b.py", buf_slice(&text));
	buf_release(&text);
	new = commits_add("move");
	if (CHECK(git_open(&git, scratch_folder, &err) == 0)) {
		track = track_open(&git, old, new, &err);
		CHECK(track_sites(track, sites, MANY, NULL, 0, many, &report,
			  &err) == 0);
		CHECK_SLICE(many[0].file, "b.py");
	}
	end(old, new);
}

static void
tells_what_it_cannot_follow(void)
{
	struct site sites[] = { site("gone.py", "3", "User.get"),
		site("gone.py", "4", "User.get"),
		site("badge.py", "30", "User.get"),
		site("badge.py", "", "User.get"),
		site("data.py", "1", "User.get") };
	char *old;
	char *new;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", BADGE);
	(void)scratch_write("data.py", slice_make("a\0b\n", 4));
	old = commits_add("begin");
	commits_write("badge.py", BADGE "\n\nmore = 1\n");
	(void)scratch_write("data.py", slice_make("c\0b\n", 4));
	new = commits_add("more");
	if (follow(old, new, sites, 5)) {
		for (size_t i = 0; i < 5; i++)
			CHECK(!targets[i].is_known);
		CHECK_INT(report.unresolved, 1);
		CHECK_SLICE(report.first_unresolved, "gone.py");
		CHECK_INT(report.beyond, 1);
		CHECK_INT(report.unreadable, 1);
		CHECK_SLICE(report.first_unreadable, "data.py");
	}
	end(old, new);
}

static const struct tap_test tests[] = {
	{ "a line that stays is exact", finds_what_stays },
	{ "a line below others that came is shifted", finds_what_shifts },
	{ "a line with another text is edited, or gone",
	    finds_what_was_edited },
	{ "renames are followed, through the commits too", follows_renames },
	{ "so is a rename by a merge", follows_renames_of_merges },
	{ "a file made anew is known by its base name and lines",
	    follows_base_names },
	{ "a line that went to another file is found there",
	    finds_lines_in_other_files },
	{ "files are named as the new log does", speaks_as_the_new_log },
	{ "each release of the new log keeps its name",
	    speaks_of_each_release },
	{ "thousands of equal lines that left cost seconds",
	    bounds_what_it_looks_at },
	{ "what cannot be followed is told", tells_what_it_cannot_follow },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/touches.h"

#include "base/buf.h"
#include "commits.h"
#include "tap.h"

#define HEAD                    \
	"class Badge(Model):\n" \
	"    def award_all(self, ids):\n"

#define CALL "        user = User.get(user_id)\n"

#define TAIL                                  \
	"        user.points += self.bonus\n" \
	"        return user.put()\n"

#define OTHER                    \
	"\n"                     \
	"    def title(self):\n" \
	"        return self.name.upper()\n"

static struct suspects suspects;

/* Looks for what touched this site between two commits. */
static bool
look(const char *old, const char *new, struct touches_site site)
{
	struct err err = { "" };
	struct git git;
	int status;

	suspects = (struct suspects){ 0 };
	if (!CHECK(git_open(&git, scratch_folder, &err) == 0))
		return false;
	site.weight = 100;
	status = touches_find(&suspects, &git, old, new, &site, 1, &err);
	git_release(&git);
	CHECK_STR(err.text, "");
	return CHECK(status == 0);
}

static struct touches_site
site(const char *file, const char *line)
{
	return (struct touches_site){ .file = slice_str(file),
		.line = slice_str(line) };
}

/* That the suspect at this rank is a commit, and why. */
static void
is_suspect(size_t rank, const char *id, enum suspect_reason reason,
    const char *path, size_t line)
{
	if (!CHECK(rank < suspects.count))
		return;
	CHECK_SLICE(suspects.items[rank].id, id);
	CHECK_STR(suspect_reason_text(suspects.items[rank].reason),
	    suspect_reason_text(reason));
	CHECK_SLICE(suspects.items[rank].path, path);
	CHECK_INT(suspects.items[rank].line, line);
}

static void
end(char *ids[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(ids[i]);
	suspects_release(&suspects);
	scratch_remove();
}

static void
weighs_what_was_touched(void)
{
	char *ids[6];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", HEAD CALL TAIL OTHER);
	commits_write("jobs.py", "def nightly():\n    pass\n");
	ids[0] = commits_add("begin");
	commits_write("setup.cfg", "[app]\nworkers = 9\n");
	ids[1] = commits_add("settings");
	commits_write("jobs.py",
	    "def nightly():\n    Badge().award_all(everyone)\n");
	ids[2] = commits_add("caller");
	commits_write("badge.py", HEAD CALL TAIL OTHER "\nlimit = 3\n");
	ids[3] = commits_add("file");
	commits_write("badge.py",
	    HEAD "        log(self)\n" CALL TAIL OTHER "\nlimit = 3\n");
	ids[4] = commits_add("function");
	commits_write("badge.py",
	    HEAD "        log(self)\n"
		 "        user = User.get(self.owner_id)\n" TAIL OTHER
		 "\nlimit = 3\n");
	ids[5] = commits_add("line");
	if (look(ids[0], ids[5], site("badge.py", "4"))) {
		CHECK_INT(suspects.commits, 5);
		CHECK_INT(suspects.count, 5);
		is_suspect(0, ids[5], SUSPECT_LINE, "badge.py", 4);
		is_suspect(1, ids[4], SUSPECT_FUNCTION, "badge.py", 3);
		is_suspect(2, ids[3], SUSPECT_FILE, "badge.py", 10);
		is_suspect(3, ids[2], SUSPECT_CALLER, "jobs.py", 0);
		is_suspect(4, ids[1], SUSPECT_CONFIG, "setup.cfg", 0);
		CHECK_SLICE(suspects.items[0].subject, "line");
		CHECK_SLICE(suspects.items[0].author, "Ada");
		CHECK_INT(suspects.items[0].time, 1370000000 + 60 * 6);
	}
	end(ids, 6);
}

/* Deeper for a loop, and then all of the file by two columns. */
static void
sees_a_loop_put_around(void)
{
	char *ids[4];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.rb",
	    "class Badge\n  def award(ids)\n    user = User.find(id)\n"
	    "    user.save\n  end\nend\n");
	ids[0] = commits_add("begin");
	commits_write("badge.rb",
	    "class Badge\n  def award(ids)\n    ids.each do |id|\n"
	    "      user = User.find(id)\n    end\n"
	    "    user.save\n  end\nend\n");
	ids[1] = commits_add("loop");
	commits_write("badge.rb",
	    "class Badge\n    def award(ids)\n        ids.each do |id|\n"
	    "            user = User.find(id)\n        end\n"
	    "        user.save\n    end\nend\n");
	ids[2] = commits_add("indent");
	commits_write("badge.rb",
	    "class Badge\n  def award(ids)\n    ids.each do |id|\n"
	    "      user = User.find(id)\n    end\n"
	    "    user.touch\n  end\nend\n");
	ids[3] = commits_add("indent and touch");
	if (look(ids[0], ids[3], site("badge.rb", "4"))) {
		CHECK_INT(suspects.commits, 3);
		CHECK_INT(suspects.count, 2);
		is_suspect(0, ids[1], SUSPECT_LINE, "badge.rb", 4);
		is_suspect(1, ids[3], SUSPECT_FUNCTION, "badge.rb", 6);
	}
	end(ids, 4);
}

static void
sees_what_was_removed(void)
{
	char *ids[3];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", HEAD "        check(ids)\n" CALL TAIL OTHER);
	ids[0] = commits_add("begin");
	commits_write("badge.py", HEAD CALL TAIL OTHER);
	ids[1] = commits_add("no check");
	commits_write("badge.py", HEAD CALL TAIL);
	ids[2] = commits_add("no title");
	if (look(ids[0], ids[2], site("badge.py", "3"))) {
		CHECK_INT(suspects.count, 2);
		is_suspect(0, ids[1], SUSPECT_FUNCTION, "badge.py", 0);
		is_suspect(1, ids[2], SUSPECT_FILE, "badge.py", 0);
	}
	end(ids, 3);
}

static void
follows_renames_back(void)
{
	char *ids[4];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", HEAD CALL TAIL OTHER);
	ids[0] = commits_add("begin");
	commits_write("badge.py",
	    HEAD "        user = User.get(ids[0])\n" TAIL OTHER);
	ids[1] = commits_add("line");
	CHECK(commits_git("mv badge.py award.py"));
	ids[2] = commits_add("rename");
	/* A stranger of the old name is nothing to the site. */
	commits_write("badge.py", "nothing = 1\n");
	ids[3] = commits_add("stranger");
	if (look(ids[0], ids[3], site("/srv/app/award.py", "3")))
		CHECK_INT(suspects.count, 0);
	suspects_release(&suspects);
	if (look(ids[0], ids[3], site("award.py", "3"))) {
		CHECK_INT(suspects.count, 1);
		is_suspect(0, ids[1], SUSPECT_LINE, "badge.py", 3);
	}
	end(ids, 4);
}

static void
finds_what_removed_a_site(void)
{
	struct touches_site gone = site("badge.py", "3");
	char *ids[3];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", HEAD CALL TAIL OTHER);
	ids[0] = commits_add("begin");
	commits_write("badge.py", "import log\n" HEAD CALL TAIL OTHER);
	ids[1] = commits_add("import");
	commits_write("badge.py", "import log\n" HEAD TAIL OTHER);
	ids[2] = commits_add("no user");
	gone.is_old = true;
	if (look(ids[0], ids[2], gone)) {
		CHECK_INT(suspects.count, 2);
		is_suspect(0, ids[2], SUSPECT_LINE, "badge.py", 0);
		is_suspect(1, ids[1], SUSPECT_FILE, "badge.py", 1);
	}
	end(ids, 3);
}

static void
passes_over(void)
{
	char *ids[5];
	char *list;

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", HEAD CALL TAIL OTHER);
	ids[0] = commits_add("begin");
	commits_write("badge.py", HEAD "        user = User.get(1)\n" TAIL);
	ids[1] = commits_add("form");
	CHECK(commits_git("checkout -q -b side HEAD^"));
	commits_write("notes.txt", "nothing\n");
	ids[2] = commits_add("side");
	CHECK(commits_git("checkout -q main"));
	CHECK(commits_git("merge -q --no-ff -m merge side"));
	list = xasprintf("# Only the form.\n%s # indented\n", ids[1]);
	commits_write(".git-blame-ignore-revs", list);
	ids[3] = commits_add("list");
	commits_write("badge.py", HEAD "        user = User.get(2)\n" TAIL);
	ids[4] = commits_add("line");
	if (look(ids[0], ids[4], site("badge.py", "3"))) {
		CHECK_INT(suspects.commits, 3);
		CHECK_INT(suspects.count, 1);
		is_suspect(0, ids[4], SUSPECT_LINE, "badge.py", 3);
	}
	free(list);
	end(ids, 5);
}

/* Twenty files that call it: the name says nothing. */
/* Where each begins like the name of the function, in a line of megabytes. */
static void
reads_long_lines(void)
{
	struct buf text = { 0 };
	char *ids[2];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("a.py", "def win(user_id):\n" CALL);
	ids[0] = commits_add("begin");
	while (text.len < 2 << 20)
		buf_add_str(&text, "wins");
	(void)scratch_write("b.js", buf_slice(&text));
	ids[1] = commits_add("script");
	buf_release(&text);
	if (look(ids[0], ids[1], site("a.py", "2")))
		CHECK_INT(suspects.count, 0);
	end(ids, 2);
}

static void
knows_common_names(void)
{
	char *ids[3];

	if (!commits_begin())
		SKIP("there is no git");
	commits_write("badge.py", HEAD CALL TAIL);
	commits_write("perform.py",
	    "class A:\n    def perform(self):\n    " CALL);
	ids[0] = commits_add("begin");
	commits_write("use.py", "run(perform)\n");
	ids[1] = commits_add("use");
	for (int i = 0; i < 20; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "use%d.py", i);
		commits_write(name, "award_all([])\n");
	}
	ids[2] = commits_add("use a lot");
	if (look(ids[0], ids[2], site("perform.py", "3")))
		CHECK_INT(suspects.count, 0);
	suspects_release(&suspects);
	if (look(ids[0], ids[2], site("badge.py", "3")))
		CHECK_INT(suspects.count, 0);
	end(ids, 3);
}

/* What history.py prints, in a static buffer. */
static const char *
made_history(const char *options)
{
	const char *top = getenv("top_srcdir");
	char *command = xasprintf("python3 %s/tests/lib/history.py %s %s/h 7 "
				  ">%s/out 2>&1",
	    top == NULL ? "." : top, options, scratch_folder, scratch_folder);
	bool is_made = commits_shell(command);

	free(command);
	return is_made ? scratch_read(scratch_path("out")) : NULL;
}

/* The value of NAME= in what it prints; the caller frees it. */
static char *
value(const char *text, const char *name)
{
	char *key = xasprintf("%s=", name);
	const char *found = strstr(text, key);

	found = found == NULL ? "" : found + strlen(key);
	free(key);
	return xmemdup(found, strcspn(found, "\n"));
}

/* Looks for the culprit of a history, and checks who comes first. */
static void
look_into_history(const char *text)
{
	char *old = value(text, "old");
	char *new = value(text, "new");
	char *culprit = value(text, "culprit");
	char *file = value(text, "new_site");
	char *line = strrchr(file, ':');
	struct err err = { "" };
	struct git git;
	struct touches_site at;

	*line++ = '\0';
	at = site(file, line);
	at.weight = 100;
	CHECK(git_open(&git, scratch_path("h"), &err) == 0);
	CHECK(touches_find(&suspects, &git, old, new, &at, 1, &err) == 0);
	git_release(&git);
	CHECK(suspects.commits > 50);
	if (*culprit == '\0')
		CHECK_INT(suspects.count, 0);
	else if (CHECK(suspects.count > 3))
		CHECK_SLICE(suspects.items[0].id, culprit);
	suspects_release(&suspects);
	free(file);
	free(culprit);
	free(new);
	free(old);
}

static void
names_the_culprit(void)
{
	const char *text;

	scratch_make();
	text = made_history("");
	if (text != NULL)
		look_into_history(text);
	scratch_remove();
	if (text == NULL)
		SKIP("history.py does not run");
}

static void
names_nobody(void)
{
	const char *text;

	scratch_make();
	text = made_history("--innocent");
	if (text != NULL)
		look_into_history(text);
	scratch_remove();
	if (text == NULL)
		SKIP("history.py does not run");
}

static const struct tap_test tests[] = {
	{ "line, function, file, caller and settings weigh in this order",
	    weighs_what_was_touched },
	{ "a loop around a line touches it, indentation alone does not",
	    sees_a_loop_put_around },
	{ "lines that were removed count where they were",
	    sees_what_was_removed },
	{ "renames are followed back, and names used again are not",
	    follows_renames_back },
	{ "of a site that vanished the commit that removed it is found",
	    finds_what_removed_a_site },
	{ "merges and listed commits are passed over", passes_over },
	{ "names that are everywhere make no callers", knows_common_names },
	{ "a line of megabytes is looked through in no time",
	    reads_long_lines },
	{ "a planted N+1 comes first, in a history of 240 commits",
	    names_the_culprit },
	{ "where no commit touches the site, none is named", names_nobody },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

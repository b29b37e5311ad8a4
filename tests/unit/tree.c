/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/tree.h"

#include "repository.h"
#include "tap.h"

/* Commits empty files of these names, and opens that commit's tree, seen from a
 * folder of the repository. */
static struct tree *
make_tree(const char *names, const char *dir)
{
	struct err err = { "" };
	struct tree *tree;
	struct git git;
	char id[GIT_ID_SIZE];

	(void)scratch_write("names", slice_str(names));
	repository_run("git init -q r; cd r; while IFS= read -r name; do\n"
		       "mkdir -p \"$(dirname \"$name\")\"; echo >\"$name\"\n"
		       "done <../names; ln -s b link; git add .\n"
		       "git commit -q --allow-empty -m first");
	CHECK_INT(git_open(&git, scratch_path(dir), &err), 0);
	CHECK_INT(git_resolve(&git, "main", id, &err), 0);
	tree = tree_open(&git, id, &err);
	CHECK(tree != NULL);
	CHECK_STR(err.text, "");
	git_release(&git);
	return tree;
}

static void
holds_files(void)
{
	const struct tree_file *files;
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree("b\na/b\na.b\na b/\303\251\n", "r/a");
	CHECK_INT(tree_count(tree), 4);
	files = tree_files(tree);
	CHECK_SLICE(files[0].path, "a b/\303\251");
	CHECK_SLICE(files[1].path, "a.b");
	CHECK_SLICE(files[2].path, "a/b");
	CHECK_SLICE(files[3].path, "b");
	CHECK_SLICE(files[3].id, "8b137891791fe96927ad78e64b0aad7bded08bdc");
	CHECK(tree_find(tree, slice_str("a/b")) == &files[2]);
	CHECK(tree_find(tree, slice_str("a")) == NULL);
	CHECK(tree_find(tree, slice_str("link")) == NULL);
	CHECK(tree_find(tree, slice_str("")) == NULL);
	tree_free(tree);
	scratch_remove();
}

static void
may_be_empty(void)
{
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree("", "r");
	CHECK_INT(tree_count(tree), 0);
	CHECK(tree_find(tree, slice_str("a")) == NULL);
	CHECK(tree_resolve(tree, slice_str("a")) == NULL);
	CHECK_SLICE(tree_front(tree), "");
	tree_free(tree);
	tree_free(NULL);
	scratch_remove();
}

static void
tells_what_is_no_commit(void)
{
	struct err err = { "" };
	struct git git;

	REPOSITORY_NEEDED;
	tree_free(make_tree("a\n", "r"));
	CHECK_INT(git_open(&git, scratch_path("r"), &err), 0);
	CHECK(tree_open(&git, "1234567812345678123456781234567812345678",
		  &err) == NULL);
	CHECK(slice_starts(slice_str(err.text), "git ls-tree in /tmp/"));
	CHECK(tree_open(&git, "--help", &err) == NULL);
	git_release(&git);
	scratch_remove();
}

static void
means(const struct tree *tree, const char *path, const char *want)
{
	const struct tree_file *file = tree_resolve(tree, slice_str(path));

	if (want == NULL ? !CHECK(file == NULL) : !CHECK(file != NULL))
		printf("# %s\n", path);
	if (want != NULL && file != NULL)
		CHECK_SLICE(file->path, want);
}

static const char rails[] = "app/models/badge.rb\napp/models/user.rb\n"
			    "app/jobs/user.rb\nlib/version.rb\nmanage.rb\n"
			    "shop/__init__.py\nvendor/gems/x/lib/x.rb\n"
			    "app/app/models/deep.rb\n";

static void
resolves_paths(void)
{
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree(rails, "r");
	means(tree, "app/models/badge.rb", "app/models/badge.rb");
	means(tree, "./app//models/./badge.rb", "app/models/badge.rb");
	means(tree, "/app/app/models/badge.rb", "app/models/badge.rb");
	means(tree, "/app/app/models/deep.rb", "app/app/models/deep.rb");
	means(tree, "/srv/x/releases/123/app/models/user.rb",
	    "app/models/user.rb");
	means(tree, "models/badge.rb", "app/models/badge.rb");
	means(tree, "badge.rb", "app/models/badge.rb");
	means(tree, "jobs/user.rb", "app/jobs/user.rb");
	means(tree, "manage.rb", "manage.rb");
	means(tree, "/app/vendor/gems/x/lib/x.rb", "vendor/gems/x/lib/x.rb");
	/* More than one, a part of a name, none. */
	means(tree, "user.rb", NULL);
	means(tree, "adge.rb", NULL);
	means(tree, "models/nosuch.rb", NULL);
	means(tree, "app/models", NULL);
	means(tree, "", NULL);
	means(tree, "/", NULL);
	means(tree, ".", NULL);
	tree_free(tree);
	scratch_remove();
}

static void
climbs_nowhere(void)
{
	static char path[5000];
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree(rails, "r");
	means(tree, "app/../app/models/badge.rb", NULL);
	means(tree, "../app/models/badge.rb", NULL);
	means(tree, "app/models/badge.rb/..", NULL);
	means(tree, "..", NULL);
	means(tree, "/x/..y/app/models/badge.rb", "app/models/badge.rb");
	memset(path, '/', sizeof(path) - 1);
	means(tree, path, NULL);
	memset(path, 'x', sizeof(path) - 1);
	means(tree, path, NULL);
	for (size_t i = 0; i < 4095; i += 2)
		path[i] = '/';
	memcpy(path + 4095 - strlen("/lib/version.rb"), "/lib/version.rb",
	    sizeof("/lib/version.rb"));
	means(tree, path, "lib/version.rb");
	tree_free(tree);
	scratch_remove();
}

static void
leaves_packages_alone(void)
{
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree(rails, "r");
	means(tree, "/usr/lib/python3/dist-packages/shop/__init__.py", NULL);
	means(tree, "/venv/lib/python3.11/site-packages/shop/__init__.py",
	    NULL);
	means(tree, "/usr/lib/python3.11/shop/__init__.py", NULL);
	means(tree, "/usr/local/bundle/gems/foo-1.2/lib/version.rb", NULL);
	means(tree, "gems/foo-1.2/lib/version.rb", NULL);
	means(tree, "/usr/local/lib/ruby/3.1.0/lib/version.rb", NULL);
	means(tree, "/root/go/pkg/mod/x@v1/lib/version.rb", NULL);
	means(tree, "/app/node_modules/x/lib/version.rb", NULL);
	means(tree, "/app/shop/__init__.py", "shop/__init__.py");
	tree_free(tree);
	scratch_remove();
}

/* What a tree learns of paths, one a line. */
static void
learns(struct tree *tree, const char *text)
{
	struct slice rest = slice_str(text);
	struct slice paths[16];
	size_t count = 0;

	while (count < 16 && slice_cut(&rest, '\n', &paths[count]))
		count++;
	tree_learn(tree, paths, count);
}

static void
learns_fronts(void)
{
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree(rails, "r");
	means(tree, "/srv/x/releases/124/manage.rb", NULL);
	learns(tree,
	    "/srv/x/releases/124/manage.rb\n"
	    "/srv/x/releases/123/app/models/user.rb\n"
	    "/srv/x/releases/125/app/models/badge.rb\n"
	    "/app/lib/version.rb\n/other/manage.rb\n/other/nosuch.rb\n"
	    "manage.rb\n");
	CHECK_SLICE(tree_front(tree), "/srv/x/releases/123/");
	means(tree, "/srv/x/releases/124/manage.rb", "manage.rb");
	means(tree, "/app/manage.rb", "manage.rb");
	means(tree, "/other/manage.rb", NULL);
	means(tree, "/srv/y/releases/124/manage.rb", NULL);
	means(tree, "/srv/x/releases/manage.rb", NULL);
	means(tree, "/srv/x/beta/124/manage.rb", NULL);
	tree_free(tree);
	scratch_remove();
}

static void
learns_that_there_is_no_front(void)
{
	struct tree *tree;

	REPOSITORY_NEEDED;
	tree = make_tree(rails, "r");
	learns(tree,
	    "app/models/user.rb\napp/jobs/user.rb\n"
	    "/app/lib/version.rb\n");
	CHECK_SLICE(tree_front(tree), "");
	tree_free(tree);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "a tree holds the files of a commit, from the top, by path",
	    holds_files },
	{ "a tree may be empty", may_be_empty },
	{ "what is no commit is told", tells_what_is_no_commit },
	{ "paths of a log are resolved: fronts, ends, names alone",
	    resolves_paths },
	{ "\"..\" is not followed, and paths may be of any length",
	    climbs_nowhere },
	{ "installed packages are not taken for the project",
	    leaves_packages_alone },
	{ "fronts are learnt, whatever the release", learns_fronts },
	{ "most paths may have no front", learns_that_there_is_no_front },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

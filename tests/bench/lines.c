/* SPDX-License-Identifier: MIT */
/*
 * lines [-v] PAIRS.tsv: how many lines of known fate does compare/align find?
 *
 * PAIRS.tsv has a row of column names and one row for each pair; those named
 * old_path, old_line, new_path, new_line, old_blob and new_blob are needed. An
 * empty new_line: the line was deleted, and with an empty new_blob all of its
 * file. The files lie in blobs/ beside it. For each pair the whole files are
 * aligned. It prints how many lines were found
 * (exact), found elsewhere (wrong) and not found (missed), and the precision by
 * score; and the same for `git diff --no-index --histogram -w` on the same
 * files, through whose hunks a line that is in none has its new place.
 *
 * -v prints each pair that is not exact.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "compare/align.h"

enum column {
	OLD_PATH,
	OLD_LINE,
	NEW_PATH,
	NEW_LINE,
	OLD_BLOB,
	NEW_BLOB,
	COLUMNS,
	FIELDS_MOST = 64
};

static const char *const names[COLUMNS] = { "old_path", "old_line", "new_path",
	"new_line", "old_blob", "new_blob" };

struct pair {
	struct slice fields[COLUMNS];
	uint64_t old_line, new_line; /* from 1; 0: none */
};

struct answer {
	size_t line; /* 0: gone */
	double score;
};

/* How answers turned out; moved: for pairs with another path. */
struct outcome {
	size_t exact, wrong, missed;
};

enum { BANDS = 7 };
static const double bands[BANDS] = { 1, .9, .8, .7, .6, .45, 0 };

struct result {
	const char *name;
	struct outcome all, same, moved;
	struct outcome band[BANDS];
};

static bool
read_file(const char *path, struct buf *bytes)
{
	FILE *file = fopen(path, "rb");
	size_t n;

	buf_clear(bytes);
	if (file == NULL)
		return false;
	do {
		n = fread(buf_reserve(bytes, 65536), 1, 65536, file);
		bytes->len += n;
	} while (n > 0);
	(void)fclose(file);
	return true;
}

static void
outcome_add(struct outcome *outcome, size_t want, size_t got)
{
	if (got == want)
		outcome->exact++;
	else if (got == 0)
		outcome->missed++;
	else
		outcome->wrong++;
}

static void
result_add(struct result *result, const struct pair *pair, struct answer answer)
{
	size_t band = 0;
	struct slice path = pair->fields[NEW_PATH];
	bool same = path.len == 0 || slice_equal(pair->fields[OLD_PATH], path);

	outcome_add(&result->all, pair->new_line, answer.line);
	outcome_add(same ? &result->same : &result->moved, pair->new_line,
	    answer.line);
	while (band < BANDS - 1 && answer.score < bands[band])
		band++;
	if (answer.line != 0)
		outcome_add(&result->band[band], pair->new_line, answer.line);
}

/* Lines first to first + count - 1 of each file; where there are none, first is
 * the line that would be the first behind them. */
struct hunk {
	size_t old, old_count;
	size_t new, new_count;
};

/* Takes A,B or A, where B is 1. */
static void
take_range(char **at, size_t *first, size_t *count)
{
	*first = strtoul(*at, at, 10);
	*count = **at == ',' ? strtoul(*at + 1, at, 10) : 1;
	*first += *count == 0;
}

/* @@ -A,B +C,D @@ */
static bool
read_hunk(char *text, struct hunk *hunk)
{
	char *at = text + 4;

	if (strncmp(text, "@@ -", 4) != 0)
		return false;
	take_range(&at, &hunk->old, &hunk->old_count);
	if (strncmp(at, " +", 2) != 0)
		return false;
	at += 2;
	take_range(&at, &hunk->new, &hunk->new_count);
	return true;
}

/* Where line is, by the hunks that git prints; 0: in one of them. */
static size_t
map_hunks(FILE *git, size_t line)
{
	size_t found = line;
	char *text = NULL;
	size_t room = 0;

	while (getline(&text, &room, git) > 0) {
		struct hunk hunk;

		if (!read_hunk(text, &hunk) || line < hunk.old)
			continue;
		found = line < hunk.old + hunk.old_count ? 0 :
							   line + hunk.new +
			hunk.new_count - hunk.old - hunk.old_count;
	}
	free(text);
	return found;
}

static struct answer
ask_git(const char *old, const char *new, size_t line)
{
	struct answer answer = { 0, 1 };
	int ends[2];
	pid_t child;
	FILE *git;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		abort();
	if (child == 0) {
		(void)dup2(ends[1], 1);
		(void)close(ends[0]);
		(void)close(ends[1]);
		execlp("git", "git", "diff", "--no-index", "--histogram", "-w",
		    "-U0", "--no-color", "--no-ext-diff", "--text", old, new,
		    (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	git = fdopen(ends[0], "r");
	if (git == NULL)
		abort();
	answer.line = map_hunks(git, line);
	(void)fclose(git);
	(void)waitpid(child, NULL, 0);
	return answer;
}

static struct answer
ask_align(struct slice old, struct slice new, size_t line, double *seconds)
{
	struct answer answer = { 0 };
	struct text old_text;
	struct text new_text;
	struct align align;
	struct timespec began;
	struct timespec ended;

	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	text_init(&old_text, old);
	text_init(&new_text, new);
	align_init(&align, &old_text, &new_text);
	(void)clock_gettime(CLOCK_MONOTONIC, &ended);
	*seconds += (double)(ended.tv_sec - began.tv_sec) +
	    (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
	if (line <= align.count) {
		answer.line = align.lines[line - 1].to;
		answer.score = align.lines[line - 1].score;
	}
	align_release(&align);
	text_release(&old_text);
	text_release(&new_text);
	return answer;
}

static struct slice
line_at(struct slice bytes, size_t line)
{
	struct slice taken = { 0 };

	for (; line > 0 && slice_cut(&bytes, '\n', &taken); line--)
		continue;
	return line == 0 ? slice_trim(taken) : slice_str("-");
}

static void
print_failure(const struct pair *pair, struct slice old, struct slice new,
    struct answer answer)
{
	if (answer.line == pair->new_line)
		return;
	printf("%.*s:%ju -> %.*s:%ju, not %zu (%.3f)\n"
	       "    old  %.*s\n    new  %.*s\n    not  %.*s\n",
	    SLICE_ARG(pair->fields[OLD_BLOB]), (uintmax_t)pair->old_line,
	    SLICE_ARG(pair->fields[NEW_BLOB]), (uintmax_t)pair->new_line,
	    answer.line, answer.score, SLICE_ARG(line_at(old, pair->old_line)),
	    SLICE_ARG(line_at(new, pair->new_line)),
	    SLICE_ARG(line_at(new, answer.line)));
}

struct bench {
	const char *dir;
	bool verbose;
	size_t columns[FIELDS_MOST]; /* a field's column, COLUMNS: not needed */
	size_t pairs, missing, bad;
	double seconds;
	struct buf old, new; /* the files at hand */
	struct result align, git;
};

/* The caller frees it. */
static char *
blob_path(const struct bench *bench, struct slice blob)
{
	return blob.len == 0 ?
	    xstrdup("/dev/null") :
	    xasprintf("%s/blobs/%.*s", bench->dir, SLICE_ARG(blob));
}

static void
bench_pair(struct bench *bench, const struct pair *pair)
{
	char *old = blob_path(bench, pair->fields[OLD_BLOB]);
	char *new = blob_path(bench, pair->fields[NEW_BLOB]);
	struct answer answer;

	if (!read_file(old, &bench->old) || !read_file(new, &bench->new)) {
		bench->missing++;
	} else {
		bench->pairs++;
		answer = ask_align(buf_slice(&bench->old),
		    buf_slice(&bench->new), pair->old_line, &bench->seconds);
		result_add(&bench->align, pair, answer);
		if (bench->verbose)
			print_failure(pair, buf_slice(&bench->old),
			    buf_slice(&bench->new), answer);
		result_add(&bench->git, pair,
		    ask_git(old, new, pair->old_line));
	}
	free(old);
	free(new);
}

static bool
read_header(struct bench *bench, struct slice row)
{
	struct slice field;
	size_t known = 0;

	if (slice_starts(row, "\xef\xbb\xbf"))
		row = slice_from(row, 3);
	for (size_t i = 0; i < FIELDS_MOST; i++)
		bench->columns[i] = COLUMNS;
	for (size_t i = 0; i < FIELDS_MOST && slice_cut(&row, '\t', &field);
	     i++) {
		for (size_t column = 0; column < COLUMNS; column++) {
			if (slice_is(slice_trim(field), names[column])) {
				bench->columns[i] = column;
				known++;
			}
		}
	}
	return known == COLUMNS;
}

static bool
read_pair(const struct bench *bench, struct slice row, struct pair *pair)
{
	struct slice field;
	const struct slice *fields = pair->fields;

	*pair = (struct pair){ 0 };
	for (size_t i = 0; i < FIELDS_MOST && slice_cut(&row, '\t', &field);
	     i++) {
		if (bench->columns[i] != COLUMNS)
			pair->fields[bench->columns[i]] = slice_trim(field);
	}
	return slice_number(fields[OLD_LINE], &pair->old_line) == 0 &&
	    pair->old_line > 0 &&
	    (fields[NEW_LINE].len == 0 ||
		slice_number(fields[NEW_LINE], &pair->new_line) == 0) &&
	    fields[OLD_BLOB].len > 0 &&
	    (fields[NEW_BLOB].len > 0 || pair->new_line == 0) &&
	    slice_chr(fields[OLD_BLOB], '/') == NULL &&
	    slice_chr(fields[NEW_BLOB], '/') == NULL;
}

static double
percent(size_t part, size_t whole)
{
	return whole == 0 ? 0 : 100 * (double)part / (double)whole;
}

static void
print_outcome(const char *name, const char *what, const struct outcome *outcome)
{
	size_t all = outcome->exact + outcome->wrong + outcome->missed;

	printf("%-6s %-12s %6zu %6zu %5.1f %% %6zu %6zu\n", name, what, all,
	    outcome->exact, percent(outcome->exact, all), outcome->wrong,
	    outcome->missed);
}

static void
print_result(const struct result *result)
{
	print_outcome(result->name, "all", &result->all);
	print_outcome(result->name, "same file", &result->same);
	print_outcome(result->name, "other file", &result->moved);
}

static void
print_bands(const struct result *result)
{
	static const char *const labels[BANDS] = { "1.0", ".9-1", ".8-.9",
		".7-.8", ".6-.7", ".45-.6", "0-.45" };

	printf("\n%-12s %6s %6s  precision\n", "score", "found", "exact");
	for (size_t i = 0; i < BANDS; i++) {
		const struct outcome *band = &result->band[i];
		size_t all = band->exact + band->wrong;

		if (all > 0)
			printf("%-12s %6zu %6zu %6.1f %%\n", labels[i], all,
			    band->exact, percent(band->exact, all));
	}
}

static void
print_bench(const struct bench *bench)
{
	printf("%zu pairs", bench->pairs);
	if (bench->missing > 0)
		printf(", %zu without their files", bench->missing);
	if (bench->bad > 0)
		printf(", %zu rows that are none", bench->bad);
	printf("; aligned in %.0f ms\n\n%-6s %-12s %6s %6s %7s %6s %6s\n",
	    bench->seconds * 1e3, "by", "of", "pairs", "exact", "", "wrong",
	    "missed");
	print_result(&bench->align);
	print_result(&bench->git);
	print_bands(&bench->align);
}

static int
bench_run(struct bench *bench, struct slice rows)
{
	struct slice row;
	struct pair pair;

	if (!slice_cut(&rows, '\n', &row) || !read_header(bench, row)) {
		fprintf(stderr, "lines: the first row lacks a column\n");
		return 2;
	}
	while (slice_cut(&rows, '\n', &row)) {
		if (read_pair(bench, row, &pair))
			bench_pair(bench, &pair);
		else
			bench->bad++;
	}
	print_bench(bench);
	return 0;
}

int
main(int argc, char **argv)
{
	struct bench bench = { .align = { .name = "align" },
		.git = { .name = "git" } };
	struct buf rows = { 0 };
	char *dir;
	char *end;
	int status;

	bench.verbose = argc == 3 && strcmp(argv[1], "-v") == 0;
	if (argc != 2 && !bench.verbose) {
		fprintf(stderr, "usage: lines [-v] PAIRS.tsv\n");
		return 2;
	}
	if (!read_file(argv[argc - 1], &rows)) {
		perror(argv[argc - 1]);
		return 2;
	}
	dir = xstrdup(argv[argc - 1]);
	end = strrchr(dir, '/');
	if (end != NULL)
		*end = '\0';
	bench.dir = end == NULL ? "." : dir;
	status = bench_run(&bench, buf_slice(&rows));
	buf_release(&rows);
	buf_release(&bench.old);
	buf_release(&bench.new);
	free(dir);
	return status;
}

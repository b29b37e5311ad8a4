/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/opt.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "tap.h"

struct options {
	struct opt_common common;
	bool writes;
	bool invert;
	const char *output;
	struct opt_list kinds;
	uint64_t threads;
	uint64_t memory;
	int format;
	int64_t age;
	double share;
	bool waited;
	const char *wait;
	struct {
		const char *since;
		bool deep;
	} shared;
};

static const char *const formats[] = { "table", "csv", "json", NULL };

static int
store_wait(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	struct options *into = place;

	(void)opt;
	(void)err;
	into->waited = true;
	into->wait = argument;
	return 0;
}

static const struct opt rows[] = {
	{ 'w', "writes", NULL, "count writes", opt_flag,
	    offsetof(struct options, writes), NULL },
	{ 'i', "invert", NULL, "count the others", opt_flag,
	    offsetof(struct options, invert), NULL },
	{ 'o', "output", "FILE", "write to FILE", opt_string,
	    offsetof(struct options, output), NULL },
	{ 'k', "kind", "KIND", "count KIND", opt_list,
	    offsetof(struct options, kinds), NULL },
	{ 'j', "threads", "N", "use N threads", opt_number,
	    offsetof(struct options, threads), NULL },
	{ 0, "memory", "SIZE", "use SIZE bytes", opt_size,
	    offsetof(struct options, memory), NULL },
	{ 0, "format", "FORMAT", "write FORMAT", opt_choice,
	    offsetof(struct options, format), formats },
	{ 0, "age", "DURATION", "not older", opt_duration,
	    offsetof(struct options, age), NULL },
	{ 0, "share", "PERCENT", "not more", opt_percent,
	    offsetof(struct options, share), NULL },
	{ 'W', "wait", "[=TIME]", "wait for TIME", store_wait, 0, NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

/* What other commands have as well, each in a place of its own. */
static const struct opt shared_rows[] = {
	{ 0, "since", "DAY", "count from DAY", opt_string, 0, NULL },
	{ 'd', "deep", NULL, "go down", opt_flag, sizeof(const char *), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static char *
libraries(void)
{
	return xstrdup("csv 3.0.3");
}

static const struct opt_command command = {
	.name = "count",
	.summary = "count things",
	.usage = "[-k KIND] [FILE]...",
	.examples = "  tallyman count app.log\n",
	.options = rows,
	.shared = shared_rows,
	.shared_at = offsetof(struct options, shared),
	.libraries = libraries,
};

enum { MAX_WORDS = 16 };

/* A command line, cut at blanks, and what became of it. */
struct line {
	char text[256];
	char *argv[MAX_WORDS + 1];
	int argc;
	struct options options;
	struct err err;
	int first;
};

static void
parse_for(const struct opt_command *parsed, struct line *line, const char *text)
{
	struct slice rest;
	struct slice word;

	*line = (struct line){ .options.threads = 4 };
	(void)snprintf(line->text, sizeof(line->text), "count %s", text);
	rest = slice_str(line->text);
	while (slice_cut(&rest, ' ', &word)) {
		char *at = line->text + (word.ptr - line->text);

		at[word.len] = '\0';
		if (line->argc == MAX_WORDS)
			abort();
		line->argv[line->argc++] = at;
	}
	line->first = opt_parse(parsed, line->argc, line->argv, &line->options,
	    &line->err);
}

static void
parse(struct line *line, const char *text)
{
	parse_for(&command, line, text);
}

static void
check_error(const char *text, const char *want)
{
	struct line line;

	parse(&line, text);
	CHECK_INT(line.first, -1);
	if (!CHECK_STR(line.err.text, want))
		printf("# %s\n", text);
	opt_list_release(&line.options.kinds);
}

static void
stores_each_kind(void)
{
	struct line line;

	parse(&line,
	    "--writes --output a.csv --kind A --kind B --threads 8 "
	    "--memory 64K --format=json");
	CHECK_INT(line.first, line.argc);
	CHECK(line.options.writes);
	CHECK(!line.options.invert);
	CHECK_STR(line.options.output, "a.csv");
	if (CHECK_INT(line.options.kinds.count, 2)) {
		CHECK_STR(line.options.kinds.items[0], "A");
		CHECK_STR(line.options.kinds.items[1], "B");
	}
	CHECK_INT(line.options.threads, 8);
	CHECK_INT(line.options.memory, 65536);
	CHECK_INT(line.options.format, 2);
	opt_list_release(&line.options.kinds);
	CHECK_INT(line.options.kinds.count, 0);
}

static void
keeps_the_defaults(void)
{
	struct line line;

	parse(&line, "");
	CHECK_INT(line.first, 1);
	CHECK_INT(line.options.threads, 4);
	CHECK_STR(line.options.output, NULL);
	CHECK_INT(line.options.format, 0);
	CHECK(!line.options.common.quiet);
	CHECK_STR(line.err.text, "");
}

static void
takes_options_of_a_shared_table(void)
{
	struct line line;

	parse(&line, "-wd --since 2013-06-12 -q");
	CHECK_INT(line.first, line.argc);
	CHECK(line.options.writes);
	CHECK(line.options.shared.deep);
	CHECK_STR(line.options.shared.since, "2013-06-12");
	CHECK(line.options.common.quiet);
	msg_level(MSG_NORMAL);
	check_error("--sinec x",
	    "unknown option --sinec; did you mean --since?");
}

static void
takes_letters(void)
{
	struct line line;

	parse(&line, "-wi -j8 -k A -kB -wo a.csv");
	CHECK_INT(line.first, line.argc);
	CHECK(line.options.writes && line.options.invert);
	CHECK_INT(line.options.threads, 8);
	CHECK_INT(line.options.kinds.count, 2);
	CHECK_STR(line.options.output, "a.csv");
	opt_list_release(&line.options.kinds);
}

static void
takes_abbreviations(void)
{
	struct line line;

	parse(&line, "--wri --out=a.csv");
	CHECK(line.options.writes);
	CHECK_STR(line.options.output, "a.csv");
}

static void
lets_operands_stand_anywhere(void)
{
	struct line line;

	parse(&line, "a --writes b -j 8 - c");
	CHECK_INT(line.argc - line.first, 4);
	CHECK_STR(line.argv[line.first], "a");
	CHECK_STR(line.argv[line.first + 1], "b");
	CHECK_STR(line.argv[line.first + 2], "-");
	CHECK_STR(line.argv[line.first + 3], "c");
	CHECK(line.options.writes);
	CHECK_INT(line.options.threads, 8);
}

static void
ends_options_at_two_dashes(void)
{
	struct line line;

	parse(&line, "a -w -- -i --nothing");
	CHECK_INT(line.argc - line.first, 3);
	CHECK_STR(line.argv[line.first], "a");
	CHECK_STR(line.argv[line.first + 1], "-i");
	CHECK_STR(line.argv[line.first + 2], "--nothing");
	CHECK(line.options.writes);
	CHECK(!line.options.invert);
}

static void
leaves_a_program_its_own_options(void)
{
	struct opt_command runs = command;
	struct line line;

	runs.runs_program = true;
	parse_for(&runs, &line, "-w ls -i --nothing");
	CHECK_INT(line.first, 2);
	CHECK_STR(line.argv[2], "ls");
	CHECK_STR(line.argv[3], "-i");
	CHECK(line.options.writes);
	CHECK(!line.options.invert);
}

static void
takes_optional_arguments(void)
{
	struct line line;

	parse(&line, "--wait 5s");
	CHECK(line.options.waited);
	CHECK_STR(line.options.wait, NULL);
	CHECK_STR(line.argv[line.first], "5s");
	parse(&line, "--wait=5s");
	CHECK_STR(line.options.wait, "5s");
	parse(&line, "-W 5s");
	CHECK(line.options.waited);
	CHECK_STR(line.options.wait, NULL);
	parse(&line, "-W5s");
	CHECK_STR(line.options.wait, "5s");
}

static void
names_the_unknown_option(void)
{
	check_error("--thread=8 --outptu x",
	    "unknown option --outptu; did you mean --output?");
	check_error("--outptu=x",
	    "unknown option --outptu; "
	    "did you mean --output?");
	check_error("--nothing", "unknown option --nothing; -h lists them");
	check_error("--nothing=1", "unknown option --nothing; -h lists them");
	check_error("a b --nothing c",
	    "unknown option --nothing; "
	    "-h lists them");
	check_error("-w --output --x a --nothing",
	    "unknown option --nothing; -h lists them");
	check_error("--colour always",
	    "unknown option --colour; did you mean --color?");
}

static void
names_the_unknown_letter(void)
{
	check_error("-x", "unknown option -x; -h lists them");
	check_error("-wx", "unknown option -x; -h lists them");
	check_error("-wxi", "unknown option -x; -h lists them");
	check_error("-xw --writes", "unknown option -x; -h lists them");
	check_error("--writes -xw", "unknown option -x; -h lists them");
	check_error("--output --kind a -xw b",
	    "unknown option -x; -h lists them");
	check_error("a --writes b -wx", "unknown option -x; -h lists them");
	check_error("a --writes b -xw --", "unknown option -x; -h lists them");
}

static void
names_what_is_meant_by_too_few_letters(void)
{
	check_error("--w", "--w is short for --writes or --wait");
	check_error("--w=1", "--w is short for --writes or --wait");
	check_error("-w a --ver x",
	    "--ver is short for --version or "
	    "--verbose");
}

static void
tells_missing_and_needless_arguments(void)
{
	check_error("--output", "--output needs an argument");
	check_error("a --out", "--output needs an argument");
	check_error("a -wo", "-o needs an argument");
	check_error("-j", "-j needs an argument");
	check_error("--writes=yes", "--writes takes no argument");
	check_error("a --quiet=yes b", "--quiet takes no argument");
	check_error("--help=yes", "--help takes no argument");
}

static void
checks_numbers(void)
{
	struct line line;

	check_error("-j x", "--threads: 'x' is not a whole number");
	check_error("-j -1", "--threads: '-1' is not a whole number");
	check_error("--threads=", "--threads: '' is not a whole number");
	check_error("-j 18446744073709551616",
	    "--threads: '18446744073709551616' is not a whole number");
	parse(&line, "-j 18446744073709551615");
	CHECK(line.options.threads == UINT64_MAX);
	parse(&line, "-j 0");
	CHECK(line.options.threads == 0);
}

static void
checks_sizes(void)
{
	static const struct {
		const char *text;
		uint64_t size;
	} good[] = {
		{ "--memory 0", 0 },
		{ "--memory 4096", 4096 },
		{ "--memory 64K", 65536 },
		{ "--memory 16M", 16777216 },
		{ "--memory 2G", 2147483648 },
		{ "--memory 1T", 1099511627776 },
		{ "--memory 16777215T", 16777215ULL << 40 },
		{ NULL, 0 },
	};
	static const char *const bad[] = { "", "K", "64k", "64KB", "64 K", "-1",
		"1.5G", "16777216T", "18446744073709551616", "64K ", "x",
		NULL };
	struct line line;

	for (size_t i = 0; good[i].text != NULL; i++) {
		parse(&line, good[i].text);
		if (!CHECK(line.options.memory == good[i].size))
			printf("# %s\n", good[i].text);
	}
	for (size_t i = 0; bad[i] != NULL; i++) {
		struct err err = { "" };
		uint64_t size = 7;

		if (!CHECK_INT(opt_size(&rows[5], bad[i], &size, &err), -1) ||
		    !CHECK(slice_starts(slice_str(err.text), "--memory: '")))
			printf("# %s\n", bad[i]);
		CHECK_INT(size, 7);
	}
}

static void
checks_choices(void)
{
	check_error("--format jsn", "--format: no 'jsn'; did you mean json?");
	check_error("--format spreadsheet",
	    "--format: no 'spreadsheet'; one of table, csv, json");
	check_error("--color=sometimes",
	    "--color: no 'sometimes'; one of auto, always, never");
}

static void
understands_the_common_ones(void)
{
	struct line line;

	parse(&line, "-q --color=never");
	CHECK(line.options.common.quiet);
	CHECK_INT(line.options.common.color, COLOR_NEVER);
	parse(&line, "--verbose");
	CHECK(line.options.common.verbose);
	CHECK(msg_is_verbose());
	msg_level(MSG_NORMAL);
}

static void
colours_as_asked(void)
{
	struct opt_common common = { .color = COLOR_ALWAYS };
	int fds[2];

	if (pipe(fds) != 0)
		abort();
	CHECK(opt_use_color(&common, fds[1]));
	common.color = COLOR_NEVER;
	CHECK(!opt_use_color(&common, fds[1]));
	common.color = COLOR_AUTO;
	CHECK(!opt_use_color(&common, fds[1]));
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* What a command line prints that ends the program with status 0. */
static void
run_command_and_exit(const struct opt_command *run, const char *text,
    struct buf *printed)
{
	struct line line;
	int fds[2];
	int status;
	pid_t child;
	ssize_t got;

	(void)fflush(stdout);
	if (pipe(fds) != 0)
		abort();
	child = fork();
	if (child < 0)
		abort();
	if (child == 0) {
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)close(fds[0]);
		parse_for(run, &line, text);
		_exit(3);
	}
	(void)close(fds[1]);
	while ((got = read(fds[0], buf_reserve(printed, 4096), 4096)) > 0)
		printed->len += (size_t)got;
	(void)close(fds[0]);
	if (!CHECK(waitpid(child, &status, 0) == child && status == 0))
		printf("# %s: %d\n", text, status);
}

static void
run_and_exit(const char *text, struct buf *printed)
{
	run_command_and_exit(&command, text, printed);
}

static void
shows_the_short_help(void)
{
	struct buf text = { 0 };

	run_and_exit("a -h", &text);
	CHECK_SLICE(text,
	    "usage: tallyman count [-k KIND] [FILE]...\n"
	    "count things\n\n"
	    "  -w, --writes                 count writes\n"
	    "  -i, --invert                 count the others\n"
	    "  -o, --output FILE            write to FILE\n"
	    "  -k, --kind KIND              count KIND\n"
	    "  -j, --threads N              use N threads\n"
	    "      --memory SIZE            use SIZE bytes\n"
	    "      --format FORMAT          write FORMAT\n"
	    "      --age DURATION           not older\n"
	    "      --share PERCENT          not more\n"
	    "  -W, --wait[=TIME]            wait for TIME\n"
	    "      --since DAY              count from DAY\n"
	    "  -d, --deep                   go down\n"
	    "  -h, --help                   show this; --help shows the "
	    "manual\n"
	    "      --version                show the version, libraries too\n"
	    "  -q, --quiet                  say only what went wrong\n"
	    "      --verbose                say more\n"
	    "      --color WHEN             auto, always or never\n"
	    "\nexamples:\n  tallyman count app.log\n");
	buf_release(&text);
}

static void
shows_the_version(void)
{
	struct buf text = { 0 };

	run_and_exit("--version", &text);
	CHECK_SLICE(text, "tallyman " PACKAGE_VERSION "\ncsv 3.0.3\n");
	buf_release(&text);
}

static void
dumps_its_table(void)
{
	struct buf text = { 0 };
	struct slice all;

	run_and_exit("--dump-options", &text);
	all = buf_slice(&text);
	CHECK(slice_starts(all,
	    "command\tcount\tcount things\n"
	    "w\twrites\t-\tcount writes\t-\n"));
	CHECK(slice_find(all,
		  "-\tformat\tFORMAT\twrite FORMAT\t"
		  "table,csv,json\n") != NULL);
	CHECK(slice_find(all, "dump-options") == NULL);
	buf_release(&text);
}

static void
checks_durations_and_shares(void)
{
	struct line line;

	parse(&line, "--age 1h30m --share 12.5");
	CHECK_INT(line.options.age, INT64_C(5400000000000));
	CHECK(line.options.share == 12.5);
	parse(&line, "--share 1%");
	CHECK(line.options.share == 1);
	check_error("--age 26",
	    "--age: '26' is no duration; write 90s, 26h or 1h30m");
	check_error("--share=-1", "--share: '-1' is no percentage; write 50%");
	check_error("--share 0x1",
	    "--share: '0x1' is no percentage; write "
	    "50%");
	check_error("--share 1e999",
	    "--share: '1e999' is no percentage; write 50%");
}

/* Options of subcommands: one of its own each, one that both have. */
static void
describes_subcommands(void)
{
	static const struct opt put_rows[] = {
		{ 0, "deep", NULL, "go down", opt_flag, 0, NULL },
		{ 'a', "append", NULL, "put behind", opt_flag, 0, NULL },
		{ 0 },
	};
	static const struct opt get_rows[] = {
		{ 0, "deep", NULL, "go down too", opt_flag, 0, NULL },
		{ 0, "stale", NULL, "old ones too", opt_flag, 0, NULL },
		{ 0 },
	};
	static const struct opt no_rows[] = { { 0 } };
	static const struct opt_command put = { .name = "keep put",
		.summary = "put it",
		.options = put_rows };
	static const struct opt_command get = { .name = "keep get",
		.summary = "get it",
		.options = get_rows };
	static const struct opt_command *const both[] = { &put, &get, NULL };
	static const struct opt_command keep = {
		.name = "keep",
		.summary = "keep things",
		.usage = "put|get",
		.options = no_rows,
		.subcommands = both,
	};
	struct buf text = { 0 };

	run_command_and_exit(&keep, "-h", &text);
	CHECK(slice_ends(buf_slice(&text),
	    "\ncommands:\n  put       put it\n  get       get it\n"));
	buf_clear(&text);
	run_command_and_exit(&keep, "--dump-options", &text);
	CHECK(slice_ends(buf_slice(&text),
	    "-\tdeep\t-\tgo down\t-\na\tappend\t-\tput behind\t-\n"
	    "-\tstale\t-\told ones too\t-\n"));
	CHECK(slice_starts(buf_slice(&text), "command\tkeep\tkeep things\n"));
	buf_release(&text);
}

static const struct tap_test tests[] = {
	{ "each kind of option is stored", stores_each_kind },
	{ "what is not given keeps its default", keeps_the_defaults },
	{ "a table may be shared by commands",
	    takes_options_of_a_shared_table },
	{ "letters may be bundled, arguments joined", takes_letters },
	{ "long names may be shortened", takes_abbreviations },
	{ "operands may stand anywhere", lets_operands_stand_anywhere },
	{ "two dashes end the options", ends_options_at_two_dashes },
	{ "where a program is run, its options are its own",
	    leaves_a_program_its_own_options },
	{ "an optional argument is joined to its option",
	    takes_optional_arguments },
	{ "an unknown option is named, and the nearest",
	    names_the_unknown_option },
	{ "an unknown letter is named, in a bundle too",
	    names_the_unknown_letter },
	{ "a name too short names what it may be short for",
	    names_what_is_meant_by_too_few_letters },
	{ "arguments missing or needless are told",
	    tells_missing_and_needless_arguments },
	{ "numbers are checked", checks_numbers },
	{ "sizes are checked, their units are powers of 1024", checks_sizes },
	{ "choices are checked, and the nearest named", checks_choices },
	{ "every command has the common options", understands_the_common_ones },
	{ "colours are used only where asked for or seen", colours_as_asked },
	{ "-h shows the short help", shows_the_short_help },
	{ "--version names the libraries", shows_the_version },
	{ "--dump-options shows the table", dumps_its_table },
	{ "durations and percentages are checked",
	    checks_durations_and_shares },
	{ "subcommands stand in the help, their options in the dump",
	    describes_subcommands },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

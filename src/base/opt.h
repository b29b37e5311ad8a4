/* SPDX-License-Identifier: MIT */
#ifndef BASE_OPT_H
#define BASE_OPT_H

/*
 * A command line as a table, over getopt_long(3). One table gives the parser,
 * the short help (-h), the shell completions (the hidden --dump-options), and
 * what the manual page is checked against.
 *
 * A command's options land in a struct of its own: each row names a function
 * that stores and the place where it stores. Texts stored are argv's own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct opt;

/* Stores an argument (NULL for a flag) at place. Returns 0, or -1 with err. */
typedef int opt_store(const struct opt *opt, const char *argument, void *place,
    struct err *err);

struct opt {
	char letter;      /* 0: has no short form */
	const char *name; /* its long form; the last row has NULL */
	const char *arg;  /* what the argument is called; NULL: takes none */
	const char *help; /* one line, no capital, no full stop */
	opt_store *store;
	size_t offset;              /* of the place in the options struct */
	const char *const *choices; /* for opt_choice: NULL at the end */
};

/* An option that may be given several times. Freed by opt_list_release(). */
struct opt_list {
	const char **items;
	size_t count;
	size_t room;
};

enum opt_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What every command understands; the options struct begins with it. */
struct opt_common {
	bool quiet;
	bool verbose;
	int color; /* enum opt_color */
};

struct opt_command {
	const char *name;     /* "scan"; "" for tallyman itself */
	const char *summary;  /* one line */
	const char *usage;    /* "[-p PRESET] [FILE|DIR|-]..." */
	const char *examples; /* whole lines, shown by -h */
	/* The first operand ends the options: it is a program, and what stands
	 * behind it is the program's own. */
	bool runs_program;
	const struct opt *options;
	/* A table that several commands share, whose offsets count from
	 * shared_at in the options struct; or NULL. */
	const struct opt *shared;
	size_t shared_at;
	const struct opt *also; /* another one; or NULL */
	size_t also_at;
	/* Its subcommands ("fetch run"), each parsed by a call of its own, NULL
	 * at the end; or NULL. They stand in -h; completions offer their
	 * options too. */
	const struct opt_command *const *subcommands;
	/* For --version: "pcre2 10.42, zlib 1.2.13", which is freed; or NULL.
	 */
	char *(*libraries)(void);
};

opt_store opt_flag;   /* bool */
opt_store opt_string; /* const char * */
opt_store opt_list;   /* struct opt_list */
opt_store opt_number; /* uint64_t */
opt_store opt_size;   /* uint64_t, bytes: 4096, 64K, 16M, 2G (powers of 1024) */
opt_store opt_duration; /* int64_t, nanoseconds: 90s, 26h, 1h30m */
opt_store opt_percent;  /* double: 50, 12.5, 1% */
opt_store opt_choice;   /* int, an index of choices */

/*
 * Parses argv into *into, which the caller has filled with the defaults and
 * whose first member is a struct opt_common. Options may stand behind operands,
 * but for runs_program; "--" ends them. Handles -h, --help, --version and
 * --dump-options itself: prints and exits 0. Sets the level of messages.
 *
 * Returns the index in argv of the first operand (argv is permuted), or -1
 * with err set (an unknown option's nearest is named).
 */
int opt_parse(const struct opt_command *command, int argc, char **argv,
    void *into, struct err *err) CHECKED;

/* Whether to colour: as asked, else only on a terminal without NO_COLOR. */
bool opt_use_color(const struct opt_common *common, int fd);

/* Shows the manual page of a command ("" for tallyman's own), does not
 * return: man(1) on the page of the source tree or the installed one; the
 * short help where there is none. */
_Noreturn void opt_manual(const struct opt_command *command);

void opt_list_release(struct opt_list *list);

#endif

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/db_check.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/msg.h"
#include "cmd/db_place.h"
#include "model/days.h"

enum exit_status { EXIT_WHOLE, EXIT_DAMAGED, EXIT_TROUBLE };

struct check {
	struct opt_common common;
	const char *db;
};

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

const struct opt_command db_check_command = {
	.name = "db check",
	.summary = "Look whether the store is whole.",
	.usage = "[OPTION]...",
	.examples = "  tallyman db check\n",
	.options = options,
	.shared = db_place_options,
	.shared_at = offsetof(struct check, db),
};

static void
complain(void *context, const char *what)
{
	uint64_t *complaints = context;

	msg_error("%s", what);
	++*complaints;
}

/* The exit status, or -1 with err set. */
static int
run(const struct check *check, struct err *err)
{
	struct days *days = db_place_open(check->db, err);
	uint64_t complaints = 0;
	uint64_t parts = 0;
	int status;

	if (days == NULL)
		return -1;
	status = days_check(days, complain, &complaints, &parts, err);
	days_close(days);
	if (status != 0)
		return -1;
	if (complaints == 0) {
		msg_note("all is whole: %" PRIu64 " part%s of days", parts,
		    parts == 1 ? "" : "s");
		return EXIT_WHOLE;
	}
	msg_note("damaged: %" PRIu64 " complaint%s; %" PRIu64
		 " part%s of days %s whole",
	    complaints, complaints == 1 ? "" : "s", parts,
	    parts == 1 ? "" : "s", parts == 1 ? "is" : "are");
	return EXIT_DAMAGED;
}

int
db_check_run(int argc, char **argv)
{
	struct check check = { 0 };
	struct err err;
	int first = opt_parse(&db_check_command, argc, argv, &check, &err);
	int status;

	if (first < 0)
		msg_die("%s", err.text);
	if (first < argc)
		msg_die("check takes no '%s'; it looks at all of the store",
		    argv[first]);
	status = run(&check, &err);
	if (status < 0)
		msg_error("%s", err.text);
	return status < 0 ? EXIT_TROUBLE : status;
}

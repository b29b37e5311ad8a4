/* SPDX-License-Identifier: MIT */
#ifndef CMD_COMMON_H
#define CMD_COMMON_H

/*
 * What every program of the suite does first, and what some share.
 */

#include <stdbool.h>

#include "base/opt.h"
#include "base/output.h"

/*
 * Call it first thing in main(). Messages begin with name ("tallyman scan";
 * kept, not copied). Standard input, output and error are open from then on,
 * though the caller closed them: reading from or writing to one that was
 * closed fails, and no file of ours takes its number. A signal that ends the
 * program (SIGHUP, SIGINT, SIGPIPE, SIGTERM) kills what was started beside it,
 * removes half-written files, and then ends it as if there were no handler; one
 * that the caller ignores, as nohup(1) does, stays ignored, SIGPIPE excepted.
 * The locale is left at "C", so that numbers are the same everywhere.
 */
void command_init(const char *name);

/* Whether to colour what goes to an output: as asked, else only where it is a
 * terminal: a file gets no colours of itself, though a terminal stands by. */
bool command_use_color(const struct opt_common *common,
    const struct output *output);

/* Stores --wait[=DURATION] (base/opt.h) in an int64_t: nanoseconds, -1 where no
 * duration is given. */
opt_store command_wait;

#endif

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/setup.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/msg.h"
#include "scan/unwrap.h"

static int
check_options(const struct scan_options *options, struct err *err)
{
	if (options->match_limit == 0 || options->match_limit > UINT32_MAX)
		return err_set(err, "--match-limit: from 1 to 4294967295");
	if (options->max_line == 0 || options->max_line > SIZE_MAX / 4)
		return err_set(err, "--max-line: at least 1");
	if (options->match_bytes == 0)
		return err_set(err, "--match-bytes: at least 1");
	if (options->threads > 1024)
		return err_set(err, "--threads: at most 1024");
	if (options->json_text != NULL &&
	    unwrap_check(options->json_text, err) != 0)
		return err_wrap(err, "--json-text");
	if (options->regex != NULL && options->preset != NULL)
		return err_set(err,
		    "-p and -x both say what the format is; "
		    "give one");
	return 0;
}

int
setup_open(struct scan_run *run, struct survey *survey,
    const struct scan_options *options, struct err *err)
{
	run->options = options;
	run->keys = options->keys;
	run->keep_rejects = options->rejects != NULL;
	run->count_lines = msg_is_verbose();
	run->least_duration = HUGE_VAL;
	run->reader_options = (struct reader_options){
		.max_line = options->max_line,
		.match_bytes = options->match_bytes,
		.match_limit = (uint32_t)options->match_limit,
		.fold_queries = options->fold_queries,
	};
	if (check_options(options, err) != 0 ||
	    survey_open(survey, options, err) != 0 ||
	    select_open(&run->select, options, err) != 0 ||
	    when_open(&run->when, options->timezone, options->log_timezone,
		options->day, options->since, options->until, clock_wall(),
		err) != 0)
		return -1;
	run->when.has_minutes = options->minutes;
	survey->must_look = run->select.wanted.count > 0;
	if (options->path_pattern == NULL)
		return 0;
	run->places = place_new(options->path_pattern, err);
	return run->places == NULL ? -1 : 0;
}

void
setup_close(struct scan_run *run, struct survey *survey)
{
	select_close(&run->select);
	place_free(run->places);
	when_close(&run->when);
	inputs_release(&run->inputs);
	survey_close(survey);
	free(run->input_entries);
}

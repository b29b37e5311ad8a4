/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/scan.h"

#include "scan/pass.h"
#include "scan/rows.h"

/* Finds the inputs and tells their formats. */
static int
find_inputs(struct pass *pass, const struct scan_options *options,
    char *const *operands, size_t count, struct err *err)
{
	struct inputs *inputs = &pass->run.inputs;
	struct scan_report *report = pass->run.report;

	if (inputs_add(inputs, options, operands, count, err) != 0)
		return -1;
	inputs_place(inputs, pass->run.places, options->revision);
	survey_inputs(&pass->survey, &pass->run.reader_options, inputs);
	report->bad_inputs = pass_drop_bad(pass);
	report->inputs = inputs->count;
	if (inputs->count == 0 && report->bad_inputs > 0)
		return err_set(err, "nothing could be read");
	survey_choose_keys(inputs, &pass->run.keys);
	report->keys = pass->run.keys;
	survey_tell_lacks(&pass->survey, inputs, &pass->run.keys);
	return 0;
}

int
scan_run(const struct scan_options *options, char *const *operands,
    size_t operand_count, tally_take *row, void *context,
    struct scan_report *report, struct err *err)
{
	struct pass pass;
	struct rows rows = {
		.keys = &pass.run.keys,
		.take = row,
		.context = context,
		.report = report,
	};
	int status = -1;

	if (pass_open(&pass, options, report, err) == 0 &&
	    find_inputs(&pass, options, operands, operand_count, err) == 0)
		status = pass_run(&pass, rows_take, &rows, err);
	if (status == 0)
		status = pass_finish(&pass, err);
	report->is_trouble |= status != 0;
	rows_release(&rows);
	pass_close(&pass);
	return status;
}

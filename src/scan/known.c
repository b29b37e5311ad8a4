/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/known.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fnv.h"
#include "scan/decide.h"
#include "scan/fingerprint.h"
#include "scan/finding.h"
#include "scan/input.h"

/* --- what is told --- */

/* Of an input that has the device and inode of a record that it is not. */
static void
tell_stale(struct finding *finding)
{
	struct known_input *input = finding->input;
	struct record *at = finding->at;

	if (at == NULL || at == finding->takes ||
	    (input->kind != KNOWN_NEW && input->kind != KNOWN_MORE))
		return;
	input->was_cut = input->kind == KNOWN_NEW &&
	    record_has_path(at, slice_str(input->path));
	input->is_lost = input->was_cut && at->holder == NULL;
	if (at->holder != NULL)
		return;
	input->stale = xmalloc(sizeof(*input->stale));
	record_copy(input->stale, &at->known);
	input->stale->device = 0;
	input->stale->inode = 0;
}

static void
tell(struct finding *finding)
{
	struct known_input *input = finding->input;
	const struct finding *of = finding;

	while (of->copy_of != NULL)
		of = of->copy_of;
	if (input->kind == KNOWN_COPY)
		input->same_as = of->input->path;
	if (!finding->is_kept)
		return;
	tell_stale(finding);
	input->head_len = finding->print.head_len;
	memcpy(input->head, finding->print.head, input->head_len);
	if (finding->takes != NULL) {
		record_copy(&input->record, &finding->takes->known);
		return;
	}
	buf_add(&input->record.host, input->host);
	buf_add(&input->record.path, slice_str(input->path));
}

/* --- all of it --- */

int
known_tell(struct days *days, struct known_input *inputs, size_t count,
    struct err *err)
{
	struct findings findings;
	int status;

	for (size_t i = 0; i < count; i++)
		inputs[i] = (struct known_input){
			.path = inputs[i].path,
			.host = inputs[i].host,
			.fd = -1,
		};
	inputs_allow_many(); /* all that are read stay open */
	findings_init(&findings, days, inputs, count);
	status = decide_all(&findings, err);
	for (size_t i = 0; i < count && status == 0; i++)
		tell(&findings.items[i]);
	findings_release(&findings);
	return status;
}

/* --- after reading --- */

static void
see(struct known_input *input)
{
	struct days_input *record = &input->record;

	buf_clear(&record->path);
	buf_add(&record->path, slice_str(input->path));
	record->device = input->device;
	record->inode = input->inode;
	record->size = input->size;
	record->modified = input->modified;
}

/* Reads what is not there, from the file as it is now. */
static int
read_ends(struct known_input *input, uint64_t position, struct slice *tail,
    char into[DAYS_KIB], struct err *err)
{
	struct fingerprint print = {
		.path = input->path,
		.fd = input->fd,
		.device = input->device,
		.inode = input->inode,
		.size = UINT64_MAX,
		.err = err,
	};
	bool is_read = fingerprint_head(&print);

	if (is_read) {
		input->head_len = print.head_len;
		memcpy(input->head, print.head, print.head_len);
		if (tail->len == 0) {
			is_read = fingerprint_tail(&print, position, into,
			    &tail->len);
			tail->ptr = into;
		}
	}
	fingerprint_rest(&print);
	if (is_read && input->head_len < DAYS_KIB && position > input->head_len)
		is_read = false;
	if (!is_read && !print.failed)
		return err_set(err, "%s: ends before byte %" PRIu64,
		    input->path, position);
	return is_read ? 0 : -1;
}

int
known_advance(struct known_input *input, uint64_t position, struct slice tail,
    struct err *err)
{
	struct days_input *record = &input->record;
	size_t len = position < DAYS_KIB ? (size_t)position : DAYS_KIB;
	char bytes[DAYS_KIB];

	if (record->id == 0 || position != record->position) {
		if ((tail.len == 0 || input->head_len < len) &&
		    read_ends(input, position, &tail, bytes, err) != 0)
			return -1;
		assert(tail.len >= len);
		record->position = position;
		record->head_len = len;
		record->head = fnv_add(FNV_START, slice_make(input->head, len));
		record->tail = fnv_add(FNV_START,
		    slice_from(tail, tail.len - len));
	}
	see(input);
	return 0;
}

void
known_release(struct known_input *inputs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct known_input *input = &inputs[i];

		source_close(input->source);
		input->source = NULL;
		if (input->fd >= 0)
			(void)close(input->fd);
		input->fd = -1;
		days_input_release(&input->record);
		input->record = (struct days_input){ 0 };
		if (input->stale != NULL)
			days_input_release(input->stale);
		free(input->stale);
		input->stale = NULL;
	}
}

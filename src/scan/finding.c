/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/finding.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

/* For the functions that get records of the store. */
struct getting {
	struct findings *findings;
	struct finding *finding;
};

/* --- records --- */

static void
copy_text(struct buf *to, const struct buf *from)
{
	*to = (struct buf){ 0 };
	buf_add(to, buf_slice(from));
}

void
record_copy(struct days_input *to, const struct days_input *from)
{
	*to = *from;
	copy_text(&to->host, &from->host);
	copy_text(&to->path, &from->path);
	copy_text(&to->preset, &from->preset);
	copy_text(&to->pointer, &from->pointer);
	copy_text(&to->state, &from->state);
	copy_text(&to->problem, &from->problem);
}

/* The one struct of a record, made the first time it is seen. */
static struct record *
record_of(struct findings *findings, const struct days_input *known)
{
	struct slice id = slice_make((const char *)&known->id,
	    sizeof(known->id));
	bool is_new;
	struct record **record = table_add(&findings->by_id, id, &is_new);

	if (!is_new)
		return *record;
	*record = xcalloc(1, sizeof(**record));
	record_copy(&(*record)->known, known);
	xgrow(&findings->records, &findings->record_room,
	    findings->record_count + 1, sizeof(*findings->records));
	findings->records[findings->record_count++] = *record;
	return *record;
}

static bool
is_of_host(const struct days_input *known, const struct finding *finding)
{
	return slice_equal(buf_slice(&known->host), finding->input->host);
}

bool
record_has_path(const struct record *record, struct slice path)
{
	return slice_equal(buf_slice(&record->known.path), path);
}

/* --- files --- */

bool
finding_open(struct finding *finding)
{
	struct known_input *input = finding->input;
	struct stat st;

	input->fd = open(input->path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (input->fd < 0 || fstat(input->fd, &st) != 0) {
		(void)err_errno(&input->err, "%s", input->path);
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		(void)err_set(&input->err,
		    "%s: no regular file; --store knows inputs by what they "
		    "hold",
		    input->path);
		return false;
	}
	input->device = st.st_dev;
	input->inode = st.st_ino;
	input->size = (uint64_t)st.st_size;
	input->modified = (int64_t)st.st_mtim.tv_sec * INT64_C(1000000000) +
	    st.st_mtim.tv_nsec;
	finding->print = (struct fingerprint){
		.path = input->path,
		.fd = input->fd,
		.device = input->device,
		.inode = input->inode,
		.size = input->size,
		.err = &input->err,
	};
	return true;
}

struct finding *
finding_first(struct findings *findings, struct finding *finding)
{
	uint64_t id[2] = { finding->input->device, finding->input->inode };
	struct finding **first = table_add(&findings->files,
	    slice_make((const char *)id, sizeof(id)), NULL);

	if (*first == NULL)
		*first = finding;
	return *first;
}

void
finding_drop_source(struct findings *findings, struct finding *finding)
{
	findings->sources -= finding->input->source != NULL;
	source_close(finding->input->source);
	finding->input->source = NULL;
}

void
finding_close(struct findings *findings, struct finding *finding)
{
	struct known_input *input = finding->input;

	fingerprint_rest(&finding->print);
	finding_drop_source(findings, finding);
	if (input->fd >= 0)
		(void)close(input->fd);
	input->fd = finding->print.fd = -1;
}

/* --- what the store knows --- */

static int
get_at(void *context, const struct days_input *known, struct err *err)
{
	const struct getting *getting = context;

	(void)err;
	if (!is_of_host(known, getting->finding))
		return 0;
	getting->finding->at = record_of(getting->findings, known);
	return 1;
}

int
finding_load_at(struct findings *findings, struct finding *finding,
    struct err *err)
{
	struct getting getting = { findings, finding };

	return days_inputs_at(findings->days, finding->input->device,
	    finding->input->inode, get_at, &getting, err);
}

static int
get_like(void *context, const struct days_input *known, struct err *err)
{
	const struct getting *getting = context;
	struct likes *likes = getting->finding->likes;

	(void)err;
	xgrow(&likes->items, &likes->room, likes->count + 1,
	    sizeof(struct record *));
	likes->items[likes->count++] = record_of(getting->findings, known);
	return 0;
}

static int
compare_positions(const void *a, const void *b)
{
	const struct record *const *x = a;
	const struct record *const *y = b;
	uint64_t p = (*x)->known.position;
	uint64_t q = (*y)->known.position;

	return (p > q) - (p < q);
}

/* Inputs of one host with the same head have the same likes. */
static struct likes *
likes_of(struct findings *findings, const struct finding *finding)
{
	struct buf key = { 0 };
	struct likes *likes;

	buf_add(&key, slice_make(finding->print.head, finding->print.head_len));
	buf_add(&key, finding->input->host);
	likes = table_add(&findings->likes, buf_slice(&key), NULL);
	buf_release(&key);
	return likes;
}

int
finding_load_likes(struct findings *findings, struct finding *finding,
    struct err *err)
{
	struct getting getting = { findings, finding };
	struct likes *likes = finding->likes = likes_of(findings, finding);
	struct slice path = slice_str(finding->input->path);

	if (!likes->is_loaded &&
	    days_inputs_like(findings->days, finding->input->host,
		slice_make(finding->print.head, finding->print.head_len),
		get_like, &getting, err) != 0)
		return -1;
	if (!likes->is_loaded && likes->count > 1)
		qsort(likes->items, likes->count, sizeof(struct record *),
		    compare_positions);
	likes->is_loaded = true;
	for (size_t i = 0; i < likes->count; i++)
		if (record_has_path(likes->items[i], path))
			finding->by_path = likes->items[i];
	return 0;
}

/* --- all of them --- */

void
findings_init(struct findings *findings, struct days *days,
    struct known_input *inputs, size_t count)
{
	*findings = (struct findings){ .days = days, .count = count };
	findings->items = xcalloc(count + 1, sizeof(*findings->items));
	table_init(&findings->files, sizeof(struct finding *));
	table_init(&findings->likes, sizeof(struct likes));
	table_init(&findings->by_id, sizeof(struct record *));
	for (size_t i = 0; i < count; i++) {
		findings->items[i].input = &inputs[i];
		findings->items[i].is_open = true;
		findings->items[i].print.fd = -1;
	}
}

void
findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->items[i];

		fingerprint_rest(&finding->print);
		/* Many may have the same. */
		if (finding->likes != NULL) {
			free(finding->likes->items);
			finding->likes->items = NULL;
		}
	}
	for (size_t i = 0; i < findings->record_count; i++) {
		days_input_release(&findings->records[i]->known);
		free(findings->records[i]);
	}
	free(findings->records);
	free(findings->items);
	table_release(&findings->files);
	table_release(&findings->likes);
	table_release(&findings->by_id);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/run.h"

#include <string.h>

#include "base/temp.h"

enum { RUN_BLOCK = 64 * 1024 };

struct record_head {
	uint32_t key_len;
	uint32_t state_len;
};

static int
flush(struct run_writer *writer, struct err *err)
{
	if (temp_write(writer->fd, buf_slice(&writer->pending), writer->run.end,
		err) != 0)
		return -1;
	writer->run.end += (off_t)writer->pending.len;
	buf_clear(&writer->pending);
	return 0;
}

int
run_write(struct run_writer *writer, struct slice key, struct slice state,
    struct err *err)
{
	struct record_head head = {
		.key_len = (uint32_t)key.len,
		.state_len = (uint32_t)state.len,
	};

	if (key.len > UINT32_MAX || state.len > UINT32_MAX)
		return err_set(err, "a key or state beyond 4 GiB");
	buf_add(&writer->pending, slice_make((char *)&head, sizeof(head)));
	buf_add(&writer->pending, key);
	buf_add(&writer->pending, state);
	return writer->pending.len < RUN_BLOCK ? 0 : flush(writer, err);
}

int
run_finish(struct run_writer *writer, struct err *err)
{
	int status = flush(writer, err);

	buf_release(&writer->pending);
	return status;
}

/* Makes sure that n unread bytes are in memory. Returns 1, 0 at the very end,
 * -1 with err set. */
static int
fill(struct run_reader *reader, size_t n, struct err *err)
{
	while (reader->bytes.len - reader->used < n) {
		size_t room = n > RUN_BLOCK ? n : RUN_BLOCK;
		ssize_t got;

		buf_drop(&reader->bytes, reader->used);
		reader->used = 0;
		room -= reader->bytes.len;
		if ((off_t)room > reader->end - reader->next)
			room = (size_t)(reader->end - reader->next);
		if (room == 0)
			return reader->bytes.len == 0 ?
			    0 :
			    err_set(err, "temporary file: a run is cut");
		got = temp_read(reader->fd, buf_reserve(&reader->bytes, room),
		    room, reader->next, err);
		if (got < 0)
			return -1;
		if (got == 0)
			return err_set(err, "temporary file: a run is cut");
		reader->bytes.len += (size_t)got;
		reader->next += got;
	}
	return 1;
}

int
run_read(struct run_reader *reader, struct slice *key, struct slice *state,
    struct err *err)
{
	struct record_head head;
	int status = fill(reader, sizeof(head), err);

	if (status <= 0)
		return status;
	memcpy(&head, reader->bytes.ptr + reader->used, sizeof(head));
	status = fill(reader,
	    sizeof(head) + (size_t)head.key_len + head.state_len, err);
	if (status <= 0)
		return status;
	*key = slice_make(reader->bytes.ptr + reader->used + sizeof(head),
	    head.key_len);
	*state = slice_make(key->ptr + key->len, head.state_len);
	reader->used += sizeof(head) + key->len + state->len;
	return 1;
}

void
run_reader_release(struct run_reader *reader)
{
	buf_release(&reader->bytes);
}

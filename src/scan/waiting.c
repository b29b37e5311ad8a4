/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/waiting.h"

#include "base/wire.h"

enum { SQL_MOST = 64 * 1024 }; /* bytes of a statement that are kept */

void
waiting_release(struct waiting_list *list)
{
	for (size_t i = 0; i < WAITING_MOST; i++) {
		buf_release(&list->items[i].tags);
		buf_release(&list->items[i].name);
		buf_release(&list->items[i].sql);
	}
}

struct waiting *
waiting_find(struct waiting_list *list, struct slice tags)
{
	for (size_t i = 0; list->used > 0 && i < WAITING_MOST; i++) {
		size_t at = (list->newest + WAITING_MOST - i) % WAITING_MOST;
		struct waiting *waiting = &list->items[at];

		if (waiting->is_used &&
		    slice_equal(buf_slice(&waiting->tags), tags))
			return waiting;
	}
	return NULL;
}

struct waiting *
waiting_oldest(struct waiting_list *list)
{
	for (size_t i = 1; list->used > 0 && i <= WAITING_MOST; i++) {
		size_t at = (list->newest + i) % WAITING_MOST;

		if (list->items[at].is_used)
			return &list->items[at];
	}
	return NULL;
}

void
waiting_add(struct waiting_list *list, struct waiting *place, struct slice tags,
    struct slice name, struct slice sql)
{
	buf_clear(&place->tags);
	buf_clear(&place->name);
	buf_clear(&place->sql);
	buf_add(&place->tags, tags);
	buf_add(&place->name, name);
	buf_add(&place->sql, slice_head(sql, SQL_MOST));
	place->is_used = true;
	list->used++;
	list->is_open = true;
}

void
waiting_go_on(struct waiting_list *list, struct slice tags, struct slice text)
{
	struct waiting *waiting = &list->items[list->newest];

	list->is_open = list->is_open && waiting->is_used &&
	    slice_equal(buf_slice(&waiting->tags), tags) && text.len > 0 &&
	    waiting->sql.len + text.len < SQL_MOST;
	if (!list->is_open)
		return;
	if (waiting->sql.len > 0)
		buf_add_char(&waiting->sql, '\n');
	buf_add(&waiting->sql, text);
}

static void
save_item(const struct waiting *waiting, struct buf *bytes)
{
	wire_add_bool(bytes, waiting->is_used);
	if (!waiting->is_used)
		return;
	wire_add_bytes(bytes, buf_slice(&waiting->tags));
	wire_add_bytes(bytes, buf_slice(&waiting->name));
	wire_add_bytes(bytes, buf_slice(&waiting->sql));
}

static bool
load_item(struct waiting *waiting, struct slice *bytes)
{
	return wire_bool(bytes, &waiting->is_used) &&
	    (!waiting->is_used ||
		(wire_buf(bytes, &waiting->tags) &&
		    wire_buf(bytes, &waiting->name) &&
		    wire_buf(bytes, &waiting->sql)));
}

void
waiting_save(const struct waiting_list *list, struct buf *bytes)
{
	wire_add_number(bytes, list->newest);
	wire_add_bool(bytes, list->is_open);
	for (size_t i = 0; i < WAITING_MOST; i++)
		save_item(&list->items[i], bytes);
}

bool
waiting_load(struct waiting_list *list, struct slice *bytes)
{
	uint64_t newest;

	if (!wire_number_upto(bytes, WAITING_MOST - 1, &newest) ||
	    !wire_bool(bytes, &list->is_open))
		return false;
	list->newest = (size_t)newest;
	for (size_t i = 0; i < WAITING_MOST; i++) {
		if (!load_item(&list->items[i], bytes))
			return false;
		list->used += list->items[i].is_used;
	}
	return true;
}

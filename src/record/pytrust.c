/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pytrust.h"

#include <stdatomic.h>
#include <sys/types.h>
#include <unistd.h>

#include "record/pywalk.h"

/* Bytes of texts that are compared. */
enum { COMPARED = 512 };

/* Of the process: an enum pytrust; above 0, the process one of whose threads is
 * comparing. In a child that was forked meanwhile nobody is. */
static _Atomic pid_t trust;

static bool
same_text(const struct pywalk *read, const struct pywalk *asked,
    enum pywalk_text which)
{
	char one[COMPARED];
	char other[COMPARED];
	struct slice a = read->way->text(read, which, one, sizeof(one));
	struct slice b = asked->way->text(asked, which, other, sizeof(other));

	return a.ptr != NULL && b.ptr != NULL && slice_equal(a, b);
}

/* The code comes first: the line is asked of it. */
static bool
same_frame(const struct pywalk *read, const struct pywalk *asked)
{
	return read->code == asked->code &&
	    read->way->line(read) == asked->way->line(asked) &&
	    same_text(read, asked, PYWALK_FILE) &&
	    same_text(read, asked, PYWALK_FUNCTION);
}

/* Whether strings of each width are read as they are. */
static bool
same_strings(const struct pywalk *read)
{
	static const char *const texts[] = { "a", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x90\x8d" };
	bool same = true;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && same; i++) {
		void *object = read->api->PyUnicode_FromString(texts[i]);
		char room[8];
		struct slice text;

		if (object == NULL)
			return false;
		text = pyread_string(read, (uintptr_t)object, room,
		    sizeof(room));
		same = text.ptr != NULL && slice_is(text, texts[i]);
		read->api->Py_DecRef(object);
	}
	return same;
}

enum pytrust
pytrust_compare(const struct pyapi *api, void *thread)
{
	struct pywalk asked = { .way = &pyask_way, .api = api };
	struct pywalk read = { .way = &pyread_way,
		.api = api,
		.careful = true };
	bool more = asked.way->begin(&asked, thread);
	enum pytrust verdict = PYTRUST_UNDECIDED;

	if (more) {
		bool same = read.way->begin(&read, thread) &&
		    same_strings(&read);

		while (same && more) {
			same = same_frame(&read, &asked);
			more = asked.way->next(&asked);
			same = same && more == read.way->next(&read);
		}
		verdict = same ? PYTRUST_YES : PYTRUST_NO;
	}
	asked.way->end(&asked);
	return verdict;
}

bool
pytrust_is(const struct pyapi *api, void *thread, bool may_wait)
{
	pid_t state = atomic_load_explicit(&trust, memory_order_acquire);
	pid_t self;

	if (state == PYTRUST_YES || state == PYTRUST_NO ||
	    api->layout == NULL || !may_wait)
		return state == PYTRUST_YES;
	self = getpid();
	if (state == self ||
	    !atomic_compare_exchange_strong(&trust, &state, self))
		return false;
	state = (pid_t)pytrust_compare(api, thread);
	atomic_store_explicit(&trust, state, memory_order_release);
	return state == PYTRUST_YES;
}

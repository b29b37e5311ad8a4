/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pywalk.h"

/* walk->frame is a reference of ours; walk->code is the frame's. */
static bool
ask_frame(struct pywalk *walk, void *frame)
{
	void *code;

	walk->frame = (uintptr_t)frame;
	if (frame == NULL)
		return false;
	code = walk->api->PyFrame_GetCode(frame);
	if (code != NULL)
		walk->api->Py_DecRef(code);
	walk->code = (uintptr_t)code;
	return code != NULL;
}

static bool
ask_begin(struct pywalk *walk, void *thread)
{
	const struct pyapi *api = walk->api;

	walk->left = PYWALK_MOST;
	walk->state = api->PyGILState_Ensure();
	api->PyErr_Fetch(&walk->error[0], &walk->error[1], &walk->error[2]);
	return ask_frame(walk, api->PyThreadState_GetFrame(thread));
}

static bool
ask_next(struct pywalk *walk)
{
	void *frame = (void *)walk->frame;
	void *back = NULL;

	if (--walk->left > 0)
		back = walk->api->PyFrame_GetBack(frame);
	walk->api->Py_DecRef(frame);
	return ask_frame(walk, back);
}

struct slice
pyask_string(const struct pywalk *walk, void *object, char *room, size_t size)
{
	ptrdiff_t count = walk->api->PyUnicode_GetLength(object);
	size_t len = 0;

	if (count < 0)
		return slice_make(NULL, 0);
	for (ptrdiff_t i = 0; i < count; i++) {
		unsigned c = walk->api->PyUnicode_ReadChar(object, i);

		if (!pywalk_put(c, room, size, &len))
			break;
	}
	room[len] = '\0';
	return slice_make(room, len);
}

static struct slice
ask_text(const struct pywalk *walk, enum pywalk_text which, char *room,
    size_t size)
{
	const char *name = which == PYWALK_FILE ? "co_filename" : "co_name";
	void *object = walk->api->PyObject_GetAttrString((void *)walk->code,
	    name);
	struct slice text;

	if (object == NULL)
		return slice_make(NULL, 0);
	text = pyask_string(walk, object, room, size);
	walk->api->Py_DecRef(object);
	return text;
}

static int
ask_line(const struct pywalk *walk)
{
	return walk->api->PyFrame_GetLineNumber((void *)walk->frame);
}

/* What failed meanwhile is forgotten with it. */
static void
ask_end(struct pywalk *walk)
{
	const struct pyapi *api = walk->api;

	if (walk->frame != 0)
		api->Py_DecRef((void *)walk->frame);
	api->PyErr_Restore(walk->error[0], walk->error[1], walk->error[2]);
	api->PyGILState_Release(walk->state);
}

const struct pyway pyask_way = {
	.begin = ask_begin,
	.next = ask_next,
	.text = ask_text,
	.line = ask_line,
	.end = ask_end,
};

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pylayout.h"

#include <stddef.h>
#include <string.h>

#include "base/slice.h"

/*
 * Taken with offsetof() from Include/ of 3.9.18, 3.10.13, 3.11.7, 3.12.1 and
 * 3.13.0: cpython/pystate.h (struct _ts, _PyCFrame), cpython/frameobject.h
 * (struct _frame, until 3.10), internal/pycore_frame.h (_PyInterpreterFrame,
 * from 3.11), cpython/code.h (PyCodeObject), cpython/unicodeobject.h
 * (PyASCIIObject, PyCompactUnicodeObject).
 */
static const struct pylayout layouts[] = {
	{
	    .version = "3.9.",
	    .thread_frame = 24, /* _ts.frame */
	    .cframe_frame = PYLAYOUT_NONE,
	    .frame_code = 32, /* _frame.f_code */
	    .frame_back = 24, /* _frame.f_back */
	    .frame_at = 104,  /* _frame.f_lasti */
	    .frame_owner = PYLAYOUT_NONE,
	    .unit = 1,
	    .code_file = 104,
	    .code_name = 112,
	    .code_traced = PYLAYOUT_NONE,
	    .code_first = PYLAYOUT_NONE,
	    .code_bytes = PYLAYOUT_NONE,
	    .text_length = 16,
	    .text_state = 32,
	    .text_ascii = 48,
	    .text_wide = 72,
	},
	{
	    .version = "3.10.",
	    .thread_frame = 24, /* _ts.frame */
	    .cframe_frame = PYLAYOUT_NONE,
	    .frame_code = 32, /* _frame.f_code */
	    .frame_back = 24, /* _frame.f_back */
	    .frame_at = 96,   /* _frame.f_lasti */
	    .frame_owner = PYLAYOUT_NONE,
	    .unit = 2,
	    .code_file = 104,
	    .code_name = 112,
	    .code_traced = PYLAYOUT_NONE,
	    .code_first = PYLAYOUT_NONE,
	    .code_bytes = PYLAYOUT_NONE,
	    .text_length = 16,
	    .text_state = 32,
	    .text_ascii = 48,
	    .text_wide = 72,
	},
	{
	    .version = "3.11.",
	    .thread_frame = 56, /* _ts.cframe */
	    .cframe_frame = 8,  /* _PyCFrame.current_frame */
	    .frame_code = 32,   /* _PyInterpreterFrame.f_code */
	    .frame_back = 48,   /* _PyInterpreterFrame.previous */
	    .frame_at = 56,     /* _PyInterpreterFrame.prev_instr */
	    .frame_owner = 69,
	    .unit = 1,
	    .code_file = 112,
	    .code_name = 120,
	    .code_traced = 160, /* PyCodeObject._co_linearray */
	    .code_first = 168,
	    .code_bytes = 184,
	    .text_length = 16,
	    .text_state = 32,
	    .text_ascii = 48,
	    .text_wide = 72,
	},
	{
	    .version = "3.12.",
	    .thread_frame = 56, /* _ts.cframe */
	    .cframe_frame = 0,  /* _PyCFrame.current_frame */
	    .frame_code = 0,    /* _PyInterpreterFrame.f_code */
	    .frame_back = 8,    /* _PyInterpreterFrame.previous */
	    .frame_at = 56,     /* _PyInterpreterFrame.prev_instr */
	    .frame_owner = 70,
	    .unit = 1,
	    .code_file = 112,
	    .code_name = 120,
	    .code_traced = 168, /* PyCodeObject._co_monitoring */
	    .code_first = 176,
	    .code_bytes = 192,
	    .text_length = 16,
	    .text_state = 32,
	    .text_ascii = 40,
	    .text_wide = 56,
	},
	{
	    .version = "3.13.",
	    .thread_frame = 72, /* _ts.current_frame */
	    .cframe_frame = PYLAYOUT_NONE,
	    .frame_code = 0, /* _PyInterpreterFrame.f_executable */
	    .frame_back = 8, /* _PyInterpreterFrame.previous */
	    .frame_at = 56,  /* _PyInterpreterFrame.instr_ptr */
	    .frame_owner = 70,
	    .unit = 1,
	    .code_file = 112,
	    .code_name = 120,
	    .code_traced = 176, /* PyCodeObject._co_monitoring */
	    .code_first = 184,
	    .code_bytes = 200,
	    .text_length = 16,
	    .text_state = 32,
	    .text_ascii = 40,
	    .text_wide = 56,
	},
};

const struct pylayout *
pylayout_find(const char *version)
{
	struct slice text = slice_str(version);

	if (slice_find(text, "free-threading") != NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (slice_starts(text, layouts[i].version))
			return &layouts[i];
	}
	return NULL;
}

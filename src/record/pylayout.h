/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PYLAYOUT_H
#define RECORD_PYLAYOUT_H

/*
 * Where CPython keeps what record/python.h reads: offsets in its structs on a
 * machine of 64 bits, for each version from 3.9 to 3.13. They are those of the
 * releases' own headers, and the same in every patch release; builds that have
 * other structs (debugging builds that trace references) are found out, since
 * no layout is trusted before it was tried.
 *
 *	thread (PyThreadState) -> frame -> ... the caller's frame -> ... NULL
 *	frame -> code (PyCodeObject) -> its file and name (PyUnicodeObject)
 */

#include <stdint.h>

enum { PYLAYOUT_NONE = -1 };

/* What stands in a frame's `owner` (enum _frameowner). */
enum { PYLAYOUT_GENERATOR = 1, PYLAYOUT_CSTACK = 3 };

/* Bits in PyASCIIObject.state, the same in all versions. */
enum {
	PYLAYOUT_KIND_SHIFT = 2, /* three bits: bytes a character */
	PYLAYOUT_KIND_MASK = 7,
	PYLAYOUT_COMPACT = 1 << 5,
	PYLAYOUT_ASCII = 1 << 6
};

enum { PYLAYOUT_TYPE = 8 }; /* PyObject.ob_type */

struct pylayout {
	const char *version;
	int16_t thread_frame; /* PyThreadState: its frame or its _PyCFrame */
	int16_t cframe_frame; /* _PyCFrame; NONE: there is none */
	int16_t frame_code;
	int16_t frame_back;
	int16_t frame_at;    /* the instruction that runs: its number, or where
				there are owners its address */
	int16_t frame_owner; /* NONE: frames have none */
	int16_t unit;        /* bytes that a number counts by */
	int16_t code_file;
	int16_t code_name;
	int16_t code_traced; /* set where tracing changes a code; or NONE */
	int16_t code_first;  /* _co_firsttraceable; or NONE */
	int16_t code_bytes;  /* co_code_adaptive; or NONE */
	int16_t text_length; /* PyASCIIObject */
	int16_t text_state;
	int16_t text_ascii; /* where the characters begin */
	int16_t text_wide;
};

/* That of an interpreter, by what Py_GetVersion() says: "3.11.2 (main, ...".
 * NULL where none is known; free-threaded builds have none. */
const struct pylayout *pylayout_find(const char *version);

#endif

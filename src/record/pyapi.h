/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PYAPI_H
#define RECORD_PYAPI_H

/*
 * The functions of the Python interpreter in this process, found by dlsym(3):
 * among the program's global symbols, or in a libpython3 that was loaded
 * RTLD_LOCAL. They bear their own names; what they take is opaque here, so that
 * no Python headers are needed. All of them exist since 3.9.
 */

#include <stdbool.h>
#include <stddef.h>

#include "record/pylayout.h"

struct pyapi {
	/* No lock is needed for these. They only read. */
	const char *(*Py_GetVersion)(void);
	int (*Py_IsInitialized)(void);
	int (*Py_IsFinalizing)(void); /* until 3.12 with _ in front */
	void *(*PyGILState_GetThisThreadState)(void);
	void *(*PyThreadState_GetInterpreter)(void *thread);
	void *(*PyInterpreterState_Main)(void);
	void *(*PyInterpreterState_Head)(void);
	int (*PyCode_Addr2Line)(const void *code, int at);
	const void *PyCode_Type;

	int (*PyGILState_Ensure)(void);
	void (*PyGILState_Release)(int state);

	/* With the interpreter lock (GIL) held. A new reference is the
	 * caller's, until Py_DecRef(). */
	void *(*PyThreadState_GetFrame)(void *thread); /* new */
	void *(*PyFrame_GetBack)(void *frame);         /* new */
	void *(*PyFrame_GetCode)(void *frame);         /* new */
	int (*PyFrame_GetLineNumber)(void *frame);
	void *(*PyObject_GetAttrString)(void *object, const char *name);
	void *(*PyUnicode_FromString)(const char *text); /* new */
	ptrdiff_t (*PyUnicode_GetLength)(void *text);    /* -1: no text */
	unsigned (*PyUnicode_ReadChar)(void *text, ptrdiff_t i);
	void (*Py_DecRef)(void *object);
	void (*PyErr_Fetch)(void **type, void **value, void **traceback);
	void (*PyErr_Restore)(void *type, void *value, void *traceback);

	const struct pylayout *layout; /* NULL: none is known */
};

/* That of this process: the one copy that was published, else *room, filled in.
 * NULL where there is no interpreter, or an older one. A process may load one
 * later, so it is looked for again once more was loaded. */
const struct pyapi *pyapi_get(struct pyapi *room);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef RECORD_MODULE_H
#define RECORD_MODULE_H

/*
 * The files that machine code was loaded from: the program and its shared
 * objects. What is known of one is kept for good, also when it is unloaded: a
 * count may still name it. Reading takes no lock (_dl_find_object(3) takes
 * none either), noting a new one a short one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "record/skip.h"

enum module_kind {
	MODULE_OWN,     /* the program's own code */
	MODULE_LIBRARY, /* not */
	MODULE_CLIENT,  /* a client library: a call from inside does not count.
			   Known by its name, or made one when a real function
			   is found in it (record/call.h) */
	MODULE_PYTHON,  /* a Python interpreter */
	MODULE_EXTENSION, /* loaded by Python: its caller is Python code */
	MODULE_RECORDER   /* this very code */
};

/* Of functions that were found; on_*.c have an enum of their own. */
enum { MODULE_MOST_REAL = 64 };

struct module {
	const char *path; /* absolute; the program's too */
	uintptr_t base;   /* what addresses in its file are short of */
	uintptr_t begin;  /* where it lies */
	uintptr_t end;
	const void *link_map;
	_Atomic(enum module_kind) kind;
	bool is_program;
	_Atomic(bool) stays; /* it is never unloaded */
	/* Of this module's calls: the real functions, NULL until asked for. */
	_Atomic(void *) real[MODULE_MOST_REAL];
};

/* Once, before all else; *skip is kept. NULL: nothing is skipped. */
void module_init(const struct skip *skip);

/* The module that an address lies in; NULL where none does (code made at run
 * time), or there is no memory. */
struct module *module_of(const void *address);

/* Around fork(2), as counts.h has it. */
void module_before_fork(void);
void module_after_fork(void);

#endif

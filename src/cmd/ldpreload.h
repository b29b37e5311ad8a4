/* SPDX-License-Identifier: MIT */
#ifndef CMD_LDPRELOAD_H
#define CMD_LDPRELOAD_H

/* The shared object that counts inside other programs, and ld.so(8), which
 * loads it there. */

#include "base/err.h"

/*
 * Puts the preload behind what LD_PRELOAD holds, where AddressSanitizer's may
 * have to be the first: record.so beside this program, as in a build, else
 * where it was installed. Returns 0, or -1 with err: it is missing, or ld.so
 * could not be told its path (a blank or a colon).
 */
int ldpreload_set(struct err *err) __attribute__((warn_unused_result));

/* Notes where ld.so will not load it: PROGRAM, looked for as execvp(3) does, is
 * linked statically, or changes its user or group. */
void ldpreload_warn(const char *program);

#endif

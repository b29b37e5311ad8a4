/* SPDX-License-Identifier: MIT */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

/*
 * The folder of the local store, and locks in it.
 */

#include <stdint.h>

#include "base/err.h"

/*
 * Which folder: option (--db) if not NULL, else $TALLYMAN_DB, else
 * $STATE_DIRECTORY (its first folder, as systemd sets it), else
 * $XDG_STATE_HOME/tallyman, else ~/.local/state/tallyman. NULL with err set
 * where HOME is needed and unset. The caller frees it.
 */
char *folder_store(const char *option, struct err *err);

/* Makes a folder and those above it, mode 0700, where they are not there. */
int folder_make(const char *path, struct err *err) CHECKED;

/*
 * Takes an exclusive lock on a file (flock(2): gone with the process, whatever
 * kills it), which is made, mode 0600, and never removed. Waits at most wait
 * nanoseconds, in steps; negative: for as long as it takes, or until a signal
 * is caught. Returns its descriptor (closed on exec; closing it is unlocking),
 * -1 with err set, or FOLDER_BUSY where another process holds it.
 */
enum { FOLDER_BUSY = -2 };
int folder_lock(const char *path, int64_t wait, struct err *err) CHECKED;

#endif

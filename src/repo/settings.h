/* SPDX-License-Identifier: MIT */
#ifndef REPO_SETTINGS_H
#define REPO_SETTINGS_H

/* Files that change what a program does without being its code. */

#include <stdbool.h>

#include "base/slice.h"

/* Whether a path is, by its name, one of versions of libraries, of settings, of
 * a schema or its migrations, or of cron; tests and translations are not. */
bool settings_path(struct slice path);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef CMD_SCREEN_H
#define CMD_SCREEN_H

/*
 * A picture on the whole terminal that standard output is, on its second
 * screen, so that what was there before comes back: what xterm, and all that
 * take after it, understand. The terminal's settings are left alone.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* Whether there is one to draw on. Returns 0, or -1 with err set. */
int screen_check(struct err *err) CHECKED;

/* Begins and ends the picture. Ending it is safe in a signal handler, and does
 * nothing where there is none; whatever ends the program by exit(3), SIGQUIT
 * or abort(3) ends the picture too. */
void screen_enter(void);
void screen_leave(void);

/* Its size now; 80 by 24 where the terminal does not say. */
void screen_size(size_t *width, size_t *height);

/*
 * Shows a text: its lines, none of which may be wider than the screen, from
 * the top on, in place of what was there; those for which there is no room
 * are left out. Returns 0, or -1 with err set.
 */
int screen_show(struct slice text, size_t height, struct err *err) CHECKED;

#endif

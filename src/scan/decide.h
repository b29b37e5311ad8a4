/* SPDX-License-Identifier: MIT */
#ifndef SCAN_DECIDE_H
#define SCAN_DECIDE_H

/*
 * Decides what the inputs of a scan are:
 *
 *	1. what no file can be, is bad; a file that was opened is a copy; one
 *	   that has device, inode, size and time of an input is untouched
 *	2. one that has device and inode, and what it holds fits, goes on
 *	3. others go on with the input they fit that was read furthest, those
 *	   first that are at its path, then plain ones, the largest first
 *	4. where another goes on with that already, or holds more than they do
 *	   and begins alike, the two are compared: the longer is read
 *
 * What fits none is new. Two that go on each with an input of their own differ
 * since they were told apart, and are not compared.
 */

#include "base/err.h"
#include "scan/finding.h"

/* Sets the kinds of all, and which ones are copies of which; with KNOWN_MORE
 * tail and source, too. Returns 0, or -1 with err set. */
int decide_all(struct findings *findings, struct err *err) CHECKED;

#endif

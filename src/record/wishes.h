/* SPDX-License-Identifier: MIT */
#ifndef RECORD_WISHES_H
#define RECORD_WISHES_H

/*
 * What the environment asks of the recorder: how `tallyman record` tells the
 * preload, and how an operator tells a program that uses libtallyman.
 *
 *	TALLYMAN_LOG=WHERE       a path to append to, "syslog" or
 *	                         "syslog:SOCKET"; "stderr", as if unset
 *	TALLYMAN_INTERVAL=5m     a duration (base/duration.h); 0: never by
 *	                         itself
 *	TALLYMAN_REVISION=TEXT   of the program
 *	TALLYMAN_SIGNAL=USR1     flush on it: a name with or without SIG, or a
 *	                         number
 *	TALLYMAN_SKIP=A:B, TALLYMAN_OWN=A:B, TALLYMAN_ROOT=DIR
 *	                         record/skip.h
 *
 * Not read in a set-user-ID program (secure_getenv(3)). What can't be
 * understood is as if unset: a host is not told off.
 */

#include <stdbool.h>
#include <stdint.h>

#include "record/recorder.h"

#define WISHES_INTERVAL (INT64_C(300) * 1000000000) /* 5 min */

/* Fills in all but the resolver and `ends`. Returns 0 or sink_open()'s errno.
 */
int wishes_read(struct recorder_settings *settings);

/* Opens what TALLYMAN_LOG names; NULL is unset. As sink_open(). */
int wishes_sink(struct sink *sink, const char *log);

#endif

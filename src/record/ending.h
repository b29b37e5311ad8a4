/* SPDX-License-Identifier: MIT */
#ifndef RECORD_ENDING_H
#define RECORD_ENDING_H

/*
 * Signals: those that end the program (SIGTERM, SIGINT, SIGHUP), where nobody
 * handles or ignores them, and the one that asks for a flush. A handler wakes
 * the flusher. Where the signal is to end the program its thread waits until
 * that has flushed, and never comes back: what returned from pause(2) or
 * poll(2) might end it in another way, or complain. After two seconds or so it
 * does come back, to a program that lives on until all is written, or until a
 * second signal was waited for in vain; its system calls are restarted.
 *
 * A host's handler may call the one it found here: that ends the program too.
 */

#include "record/recorder.h"

/* Handles those that the settings name. */
void ending_init(const struct recorder_settings *settings);

/* Raises a signal again, in the whole process, as if it had not been handled
 * here: so the program ends, and its status says by which. A handler that the
 * host has meanwhile set is left in place. For signal handlers too. */
void ending_die(int number);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* The only reader of clocks: what decides takes the time as a parameter. */

#include <stdint.h>
#include <time.h>

/* Nanoseconds of a clock that only goes forward; its zero means nothing. */
int64_t clock_now(void);

/* Seconds since 1970 UTC. */
int64_t clock_wall(void);

/* Nanoseconds since 1970 UTC; may jump either way. */
int64_t clock_real(void);

/* For pthread_cond_timedwait(): so many milliseconds from now. */
struct timespec clock_deadline(unsigned ms);

#endif

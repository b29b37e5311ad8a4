/* SPDX-License-Identifier: MIT */

/*
 * A clock that is ahead, for commands that are started with
 *
 *	LD_PRELOAD=.../later.so LATER=TIME COMMAND
 *
 * where TIME is how far: 90s, 59m, 2h or 8d; or @SECONDS since 1970, which the
 * clock then shows at the start. Only the clock that tells the date is. tests/
 * lib/fetch.sh compiles it. (libfaketime does not start under sanitizers, and
 * pretends more than is wanted.)
 */

#define _GNU_SOURCE

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static time_t ahead;

/* At the start: a program may empty its environment. */
static void __attribute__((constructor)) read_ahead(void)
{
	static const struct {
		char letter;
		time_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	const char *text = getenv("LATER");
	char *unit;

	if (text == NULL)
		return;
	if (text[0] == '@') {
		ahead = strtol(text + 1, NULL, 10) - time(NULL);
		return;
	}
	ahead = strtol(text, &unit, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (*unit == units[i].letter)
			ahead *= units[i].seconds;
	}
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, clock, now);

	if (status == 0 && clock == CLOCK_REALTIME)
		now->tv_sec += ahead;
	return status;
}

time_t
time(time_t *into)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (into != NULL)
		*into = now.tv_sec;
	return now.tv_sec;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"

enum { NS_PER_MS = 1000000 };
static const int64_t ns_per_second = 1000000000;

int64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * ns_per_second + now.tv_nsec;
}

int64_t
clock_wall(void)
{
	return time(NULL);
}

int64_t
clock_real(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * ns_per_second + now.tv_nsec;
}

struct timespec
clock_deadline(unsigned ms)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * NS_PER_MS;
	at.tv_sec += at.tv_nsec / ns_per_second;
	at.tv_nsec %= ns_per_second;
	return at;
}

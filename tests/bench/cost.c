/* SPDX-License-Identifier: MIT */
/*
 * cost FILE COMMAND [ARGUMENT]...: runs COMMAND and adds a line to FILE: its
 * seconds on the wall, those of the processors, and the most KiB of memory it
 * had. Exits as COMMAND does.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	double began = now();
	FILE *file = argc < 3 ? NULL : fopen(argv[1], "a");
	pid_t child = file == NULL ? -1 : fork();
	struct rusage usage;
	int status;

	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child) {
		fprintf(stderr, "usage: cost FILE COMMAND [ARGUMENT]...\n");
		return 127;
	}
	fprintf(file, "%.6f %.6f %ld\n", now() - began,
	    seconds(&usage.ru_utime) + seconds(&usage.ru_stime),
	    usage.ru_maxrss);
	(void)fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

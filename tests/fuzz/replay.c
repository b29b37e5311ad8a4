/* SPDX-License-Identifier: MIT */
/*
 * A main() for fuzz targets where libFuzzer is not linked: gives each file
 * named on the command line to the target, in a block of just its size, so
 * that sanitizers and valgrind see a read past its end.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MAX_INPUT (1 << 20)

static uint8_t input[MAX_INPUT];

static int
replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *copy;
	size_t size;

	if (file == NULL) {
		perror(path);
		return -1;
	}
	size = fread(input, 1, sizeof(input), file);
	(void)fclose(file);
	copy = malloc(size == 0 ? 1 : size);
	if (copy == NULL)
		abort();
	memcpy(copy, input, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	return 0;
}

int
main(int argc, char **argv)
{
	int status = EXIT_SUCCESS;

	for (int i = 1; i < argc; i++) {
		if (replay(argv[i]) != 0)
			status = EXIT_FAILURE;
	}
	return status;
}

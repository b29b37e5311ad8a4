/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_H
#define FUZZ_H

/*
 * What each fuzz target defines. It must take any bytes, return 0, and leave
 * nothing behind: no memory, no file, no global state. Whatever it finds to
 * be wrong it reports by abort(). clang's libFuzzer calls it (make fuzz), or
 * replay.c with the files of its corpus (make check).
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

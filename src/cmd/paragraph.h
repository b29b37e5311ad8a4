/* SPDX-License-Identifier: MIT */
#ifndef CMD_PARAGRAPH_H
#define CMD_PARAGRAPH_H

/*
 * Sentences for people, wrapped at blanks to the width of the terminal.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/output.h"
#include "base/slice.h"

/*
 * Prints each line of a text, at most width characters wide (0: however wide);
 * what does not fit goes to further lines, indented by so many blanks. A word
 * that is wider than that is not cut. The text was made visible before. A
 * missing newline at its end is added; an empty text is no line.
 */
void paragraph_print(struct output *output, struct slice text, size_t width,
    size_t indent, bool is_dim);

#endif

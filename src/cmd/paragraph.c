/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/paragraph.h"

#include "base/buf.h"

/* Takes the words that fit into width off the front of a line, one at least:
 * with the blanks between them, without those behind. A number keeps its %. */
static struct slice
take_words(struct slice *line, size_t width)
{
	size_t end = 0;
	size_t next;

	for (size_t i = 0; i <= line->len; i++) {
		bool is_end = i == line->len ||
		    (line->ptr[i] == ' ' &&
			!slice_starts(slice_from(*line, i), " %"));

		if (!is_end || (i > 0 && line->ptr[i - 1] == ' '))
			continue;
		if (end > 0 && utf8_count(slice_head(*line, i)) > width)
			break;
		end = i;
	}
	next = end;
	while (next < line->len && line->ptr[next] == ' ')
		next++;
	*line = slice_from(*line, next);
	return slice_make(line->ptr - next, end);
}

static void
print_piece(struct output *output, struct slice piece, size_t indent,
    bool is_dim)
{
	output_format(output, "%*s%s", (int)indent, "",
	    is_dim ? "\033[2m" : "");
	output_add(output, piece);
	output_str(output, is_dim ? "\033[0m\n" : "\n");
}

static void
print_line(struct output *output, struct slice line, size_t width,
    size_t indent, bool is_dim)
{
	size_t used = 0;

	if (width == 0) {
		print_piece(output, line, 0, is_dim);
		return;
	}
	do {
		size_t room = width > used ? width - used : 1;

		print_piece(output, take_words(&line, room), used, is_dim);
		used = indent;
	} while (line.len > 0);
}

void
paragraph_print(struct output *output, struct slice text, size_t width,
    size_t indent, bool is_dim)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line))
		print_line(output, line, width, indent, is_dim);
}

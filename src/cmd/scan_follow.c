/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/scan_follow.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/msg.h"
#include "cmd/screen.h"
#include "scan/follow.h"
#include "scan/recent.h"
#include "scan/scan_report.h"

enum {
	HEAD_LINES = 3,  /* the state, the last message, the table's header */
	DRAW_SHARE = 10, /* of the time, at most one part in so many */
	NARROW = 8       /* what a column keeps on a narrow terminal */
};

/* A row that is shown, the largest count first. */
struct shown {
	struct buf key;
	uint64_t count;
	double speed; /* a second; negative where it is not known */
};

struct view {
	const struct scan_follow *command;
	struct follow *follow;
	struct recent *recent;
	int64_t began;
	int64_t next_draw;

	struct shown *rows;
	size_t count;
	size_t most; /* how many rows there is room for */
	size_t room;
	uint64_t all; /* rows in the tally */

	int64_t drawn; /* when the last picture was, and its bytes */
	uint64_t bytes;
	struct buf text; /* of the picture */
};

/* --- signals --- */

static volatile sig_atomic_t is_stopped;
static volatile sig_atomic_t is_resized;
static volatile sig_atomic_t is_suspended;

static void
note_signal(int number)
{
	if (number == SIGWINCH)
		is_resized = 1;
	else if (number == SIGTSTP)
		is_suspended = 1;
	else
		is_stopped = 1;
}

/* Signals come only while the follow waits, for which *waiting is the mask. */
static void
catch_signals(sigset_t *waiting)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM, SIGWINCH,
		SIGTSTP };
	struct sigaction action = { 0 };
	struct sigaction old;
	sigset_t set;

	action.sa_handler = note_signal;
	(void)sigemptyset(&action.sa_mask);
	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(numbers[i], &action, NULL);
		(void)sigaddset(&set, numbers[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &set, waiting);
}

/* The end has begun: a second signal is not to be waited for. */
static void
let_signals(const sigset_t *mask)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction old;

		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == note_signal)
			(void)signal(numbers[i], SIG_DFL);
	}
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
}

/* --- which rows --- */

/* Where a row with this count comes; those with as many stay before it. */
static size_t
place_of(const struct view *view, uint64_t count)
{
	size_t at = view->count;

	while (at > 0 && view->rows[at - 1].count < count)
		at--;
	return at;
}

static int
take_row(void *context, struct slice key, const void *state, struct err *err)
{
	struct view *view = context;
	const struct tally_sum *sum = state;
	double speed = recent_speed(view->recent, key, sum->count);
	size_t at = place_of(view, sum->count);
	struct shown spare;

	(void)err;
	view->all++;
	if (at >= view->most)
		return 0;
	if (view->count < view->most)
		view->count++;
	spare = view->rows[view->count - 1];
	memmove(&view->rows[at + 1], &view->rows[at],
	    (view->count - 1 - at) * sizeof(view->rows[0]));
	buf_clear(&spare.key);
	buf_add(&spare.key, key);
	spare.count = sum->count;
	spare.speed = speed;
	view->rows[at] = spare;
	return 0;
}

/* Makes room for so many rows. */
static void
resize(struct view *view, size_t most)
{
	size_t old = view->room;

	if (view->command->top > 0 && most > view->command->top)
		most = (size_t)view->command->top;
	xgrow(&view->rows, &view->room, most + 1, sizeof(view->rows[0]));
	if (view->room > old)
		memset(view->rows + old, 0,
		    (view->room - old) * sizeof(view->rows[0]));
	view->most = most;
	view->count = 0;
	view->all = 0;
}

/* --- the picture --- */

/* How many characters of a text fit, in bytes. */
static size_t
bytes_that_fit(struct slice text, size_t width)
{
	size_t at = 0;

	while (at < text.len) {
		bool is_start = ((unsigned char)text.ptr[at] & 0xc0) != 0x80;

		if (is_start && width-- == 0)
			break;
		at++;
	}
	return at;
}

/* Adds a line, cut to the width; style is an escape sequence or empty. */
static void
add_line(struct view *view, struct slice line, size_t width, const char *style)
{
	if (!view->command->use_color)
		style = "";
	buf_add_str(&view->text, style);
	buf_add(&view->text, slice_head(line, bytes_that_fit(line, width)));
	buf_add_str(&view->text, style[0] == '\0' ? "\n" : "\033[0m\n");
}

static void
add_state(struct view *view, int64_t now, size_t width)
{
	struct scan_report report;
	struct buf line = { 0 };
	char text[DURATION_TEXT];
	size_t files = follow_count(view->follow);
	double took = (double)(now - view->drawn) / (double)DURATION_S;

	follow_report(view->follow, &report);
	buf_add_format(&line, "%s, %zu file%s, ",
	    duration_text((now - view->began) / DURATION_S * DURATION_S, text),
	    files, files == 1 ? "" : "s");
	report_add_bytes(&line,
	    took <= 0 ?
		0 :
		(uint64_t)((double)(report.bytes - view->bytes) / took));
	buf_add_str(&line, "/s; ");
	scan_report_add(&line, &report);
	add_line(view, buf_slice(&line), width, "\033[7m");
	view->drawn = now;
	view->bytes = report.bytes;
	buf_release(&line);
}

static void
add_message(struct view *view, size_t width)
{
	struct buf line = { 0 };

	msg_last(&line);
	add_line(view, buf_slice(&line), width, "\033[2m");
	buf_release(&line);
}

/* Which of the keys' columns hold anything in the rows that are shown. */
static void
find_columns(const struct view *view, struct tally_keys *used)
{
	const struct tally_keys *keys = &view->command->options->keys;
	bool is_used[TALLY_COLUMNS] = { false };
	struct buf values = { 0 };

	for (size_t i = 0; i < view->count; i++) {
		struct tally_row row = { 0 };

		tally_key_read(buf_slice(&view->rows[i].key), keys, &values,
		    &row);
		for (size_t k = 0; k < TALLY_COLUMNS; k++)
			is_used[k] |= row.value[k].len > 0;
	}
	used->count = 0;
	for (size_t i = 0; i < keys->count; i++)
		if (is_used[keys->column[i]])
			used->column[used->count++] = keys->column[i];
	buf_release(&values);
}

static void
add_speed(struct grid *grid, double speed)
{
	char text[32] = "";

	if (speed >= 0)
		(void)snprintf(text, sizeof(text), "%.*f", speed < 9.95 ? 1 : 0,
		    speed);
	grid_add_str(grid, text);
}

static void
fill_grid(const struct view *view, const struct tally_keys *used,
    struct grid *grid)
{
	struct buf values = { 0 };

	for (size_t i = 0; i < view->count; i++) {
		const struct shown *shown = &view->rows[i];
		struct tally_row row = { 0 };

		tally_key_read(buf_slice(&shown->key),
		    &view->command->options->keys, &values, &row);
		grid_add_count(grid, shown->count);
		add_speed(grid, shown->speed);
		for (size_t k = 0; k < used->count; k++)
			grid_add(grid, row.value[used->column[k]]);
	}
	buf_release(&values);
}

/* Numbers stand first, so that a narrow terminal does not cut them off. */
static int
draw_grid(const struct view *view, size_t width, struct buf *text,
    struct err *err)
{
	struct grid_column columns[TALLY_COLUMNS + 2] = {
		{ "COUNT", .right = true },
		{ "/S", .right = true },
	};
	struct output *output = output_open_buffer(text);
	struct tally_keys used;
	struct grid grid;

	find_columns(view, &used);
	for (size_t i = 0; i < used.count; i++) {
		columns[i + 2] = scan_columns[used.column[i]];
		if (columns[i + 2].narrowest > NARROW)
			columns[i + 2].narrowest = NARROW;
	}
	grid_init(&grid, columns, used.count + 2);
	fill_grid(view, &used, &grid);
	grid_print(&grid, output, width, false);
	grid_release(&grid);
	return output_commit(output, err);
}

static int
add_table(struct view *view, size_t width, struct err *err)
{
	struct buf text = { 0 };
	struct slice rest;
	struct slice line;
	const char *style = "\033[1m";
	int status = draw_grid(view, width, &text, err);

	for (rest = buf_slice(&text); slice_cut(&rest, '\n', &line); style = "")
		add_line(view, line, width, style);
	buf_release(&text);
	return status;
}

static int
draw(struct view *view, struct err *err)
{
	int64_t now = clock_now();
	int64_t pause;
	size_t width;
	size_t height;

	screen_size(&width, &height);
	resize(view, height > HEAD_LINES ? height - HEAD_LINES : 0);
	recent_look(view->recent, now);
	if (follow_give(view->follow, take_row, view, err) != 0)
		return -1;
	buf_clear(&view->text);
	add_state(view, now, width);
	add_message(view, width);
	if (add_table(view, width, err) != 0 ||
	    screen_show(buf_slice(&view->text), height, err) != 0)
		return -1;
	/* A tally of millions of rows is drawn less often. */
	pause = (clock_now() - now) * DRAW_SHARE;
	view->next_draw = now + (pause < DURATION_S ? DURATION_S : pause);
	return 0;
}

/* --- the loop --- */

/* Gives the terminal back while the program is stopped. */
static void
suspend(void)
{
	screen_leave();
	(void)raise(SIGSTOP);
	screen_enter();
}

/* Lets signals come, and waits for more where nothing came: for a while, but
 * not longer than until the next picture. */
static void
pause_for(const struct view *view, bool has_come, const sigset_t *waiting)
{
	int64_t left = view->next_draw - clock_now();
	struct timespec pause = { 0 };
	struct pollfd *fds;
	size_t count;

	if (left > FOLLOW_PAUSE * DURATION_MS)
		left = FOLLOW_PAUSE * DURATION_MS;
	if (!has_come && left > 0)
		pause.tv_nsec = (long)left;
	fds = follow_fds(view->follow, &count);
	(void)ppoll(fds, count, &pause, waiting);
}

static int
loop(struct view *view, const sigset_t *waiting, struct err *err)
{
	while (!is_stopped && !follow_ended(view->follow)) {
		bool has_come = follow_round(view->follow, clock_now());

		if ((is_resized || clock_now() >= view->next_draw) &&
		    draw(view, err) != 0)
			return -1;
		is_resized = 0;
		pause_for(view, has_come, waiting);
		if (is_suspended)
			suspend();
		is_resized |= is_suspended;
		is_suspended = 0;
	}
	return 0;
}

/* Shows what comes until the end of it. */
static int
show(struct view *view, struct err *err)
{
	sigset_t waiting;
	int status;

	view->began = view->drawn = clock_now();
	view->recent = recent_new(view->began);
	catch_signals(&waiting);
	msg_hold(screen_leave);
	screen_enter();
	status = loop(view, &waiting, err);
	screen_leave();
	msg_release();
	let_signals(&waiting);
	return status;
}

static void
view_release(struct view *view)
{
	for (size_t i = 0; i < view->room; i++)
		buf_release(&view->rows[i].key);
	free(view->rows);
	buf_release(&view->text);
	recent_free(view->recent);
	follow_close(view->follow);
}

int
scan_follow_run(const struct scan_follow *command, char *const *operands,
    size_t count, struct scan_printer *printer, struct scan_report *report,
    struct err *err)
{
	struct view view = { .command = command };
	int status = -1;

	report->keys = command->options->keys;
	view.follow = follow_open(command->options, operands, count, err);
	if (view.follow != NULL && show(&view, err) == 0) {
		follow_end(view.follow);
		status = follow_rows(view.follow, scan_printer_row, printer,
		    err);
		follow_report(view.follow, report);
	}
	view_release(&view);
	return status;
}

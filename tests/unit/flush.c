/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/flush.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/msg.h"
#include "model/callcount.h"
#include "record/counts.h"

#include "tap.h"

/* A sink that keeps what it gets, or fails. */
static struct {
	struct buf lines;
	int calls;
	int error;
} got;

static int
keep(void *context, const char *lines, size_t size)
{
	(void)context;
	got.calls++;
	if (got.error == 0)
		buf_add(&got.lines, slice_make(lines, size));
	return got.error;
}

static struct recorder_settings settings = {
	.sink = { .kind = SINK_CALLBACK, .callback = keep },
};

/* An interval that began so many seconds behind 1970-01-02T00:00:00Z. */
static struct flush
begin(int64_t seconds)
{
	struct flush flush;

	buf_clear(&got.lines);
	got.calls = 0;
	got.error = 0;
	settings.resolver = NULL;
	settings.revision = NULL;
	flush_init(&flush, &settings, slice_str("app"),
	    DURATION_D + seconds * DURATION_S);
	CHECK(counts_begin());
	return flush;
}

/* The sum of what the lines say of a file. */
static uint64_t
sum_of(const char *file)
{
	struct slice lines = buf_slice(&got.lines);
	struct callcount found;
	struct slice line;
	uint64_t sum = 0;

	while (slice_cut(&lines, '\n', &line))
		if (callcount_find(line, &found) == CALLCOUNT_FOUND &&
		    slice_is(found.file, file))
			sum += found.count;
	return sum;
}

static void
check_lines(const char *format, long pid)
{
	struct buf want = { 0 };
	struct slice rest = slice_str(format);
	struct slice part;

	while (slice_cut(&rest, '$', &part)) {
		buf_add(&want, part);
		if (rest.len > 0)
			buf_add_format(&want, "%ld", pid);
	}
	CHECK_BYTES(got.lines.ptr, got.lines.len, want.ptr, want.len);
	buf_release(&want);
}

static void
writes_lines(void)
{
	struct flush flush = begin(-1);

	settings.revision = "3f2c1ab";
	counts_add_named("a.c", 3, "", "User.get", 1);
	counts_add_named("a.c", 12, "save", "Feed.put", 5);
	counts_add_named("a.c", 12, "save", "Feed.put", 2);
	CHECK_INT(flush_run(&flush), 0);
	check_lines("1970-01-01T23:59:59Z app[$]: 7: a.c:12 in save -- "
		    "Feed.put [revision 3f2c1ab]\n"
		    "1970-01-01T23:59:59Z app[$]: 1: a.c:3 -- "
		    "User.get [revision 3f2c1ab]\n",
	    getpid());
	CHECK(flush.lines.ptr == NULL);
}

static void
writes_no_news(void)
{
	struct flush flush = begin(0);

	CHECK_INT(flush_run(&flush), 0);
	counts_add_named("a.c", 3, "", "User.get", 1);
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(got.calls, 1);
	CHECK_INT(sum_of("a.c"), 1);
}

static void
begins_an_interval(void)
{
	struct flush flush = begin(0);
	int64_t before = clock_real();

	CHECK_INT(flush_run(&flush), 0);
	CHECK(flush.begun >= before);
	CHECK(flush.begun <= clock_real());
}

static void
keeps_what_fails(void)
{
	struct flush flush = begin(-1);

	counts_add_named("a.c", 3, "", "User.get", 1);
	got.error = EIO;
	CHECK_INT(flush_run(&flush), EIO);
	CHECK_INT(flush_run(&flush), EIO);
	flush.begun = DURATION_D;
	counts_add_named("a.c", 3, "", "User.get", 2);
	CHECK_INT(flush_run(&flush), EIO);
	got.error = 0;
	flush.begun = DURATION_D + DURATION_M;
	counts_add_named("a.c", 3, "", "User.get", 4);
	CHECK_INT(flush_run(&flush), 0);
	check_lines("1970-01-01T23:59:59Z app[$]: 1: a.c:3 -- User.get\n"
		    "1970-01-02T00:00:00Z app[$]: 2: a.c:3 -- User.get\n"
		    "1970-01-02T00:01:00Z app[$]: 4: a.c:3 -- User.get\n",
	    getpid());
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(got.calls, 4);
}

/* Longer than the backlog, all of them. */
enum { LONG = 2000, LONG_NAMES = 3 * (RECORDER_BACKLOG / LONG) / 2 };

static void
count_long_names(void)
{
	char function[LONG + 1];

	memset(function, 'f', LONG);
	function[LONG] = '\0';
	for (unsigned line = 0; line < LONG_NAMES; line++)
		counts_add_named("long.c", line, function, "User.get", 3);
}

static void
loses_beyond_the_backlog(void)
{
	struct flush flush = begin(0);
	uint64_t kept;

	count_long_names();
	got.error = ENOSPC;
	CHECK_INT(flush_run(&flush), ENOSPC);
	CHECK(flush.lines.len <= RECORDER_BACKLOG);
	CHECK(flush.lines.len > RECORDER_BACKLOG - 2 * LONG);
	CHECK_INT(flush.lines.ptr[flush.lines.len - 1], '\n');
	got.error = 0;
	CHECK_INT(flush_run(&flush), 0);
	kept = sum_of("long.c");
	CHECK(kept > LONG_NAMES && kept < UINT64_C(3) * LONG_NAMES);
	CHECK_INT(sum_of("(lost)"), UINT64_C(3) * LONG_NAMES - kept);
}

/* What is lost and told, and is lost again, was lost once. */
static void
loses_once(void)
{
	struct flush flush = begin(0);

	count_long_names();
	got.error = ENOSPC;
	for (int i = 0; i < 3; i++)
		CHECK_INT(flush_run(&flush), ENOSPC);
	got.error = 0;
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(sum_of("(lost)") + sum_of("long.c"), 3 * LONG_NAMES);
}

static void
tells_what_was_lost(void)
{
	struct flush flush = begin(0);

	counts_lose(312);
	CHECK_INT(flush_run(&flush), 0);
	check_lines("1970-01-02T00:00:00Z app[$]: 312: (lost):0 -- "
		    "tallyman.lost\n",
	    getpid());
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(got.calls, 1);
}

static void
loses_what_cannot_be(void)
{
	struct flush flush = begin(0);

	counts_add_named("b.c", 1, "", "nodot", 1);
	counts_add_named("b.c", 1, "", "", 2);
	counts_add_named("b.c", 1, "", ".get", 4);
	counts_add_named("b.c", 1, "", "User.", 8);
	counts_add_named("", 1, "", "User.get", 16);
	counts_add_named("b.c", 0, "", "shop.User.get", 32);
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(sum_of("(lost)"), 31);
	CHECK_INT(sum_of("b.c"), 32);
}

static int resolved;

static void
run_out_at_second(struct sums *sums, const struct counts_key *key,
    struct slice revision, uint64_t n)
{
	if (++resolved == 2)
		msg_out_of_memory();
	recorder_resolve_named(sums, key, revision, n);
}

static void
keeps_what_memory_fails_for(void)
{
	struct flush flush = begin(0);

	resolved = 0;
	settings.resolver = run_out_at_second;
	counts_add_named("c.c", 1, "", "User.get", 1);
	counts_add_named("c.c", 2, "", "User.get", 10);
	counts_add_named("c.c", 3, "", "User.get", 100);
	CHECK_INT(flush_run(&flush), ENOMEM);
	CHECK_INT(got.calls, 1);
	CHECK(sum_of("c.c") < 111);
	CHECK_INT(flush.begun, DURATION_D);
	CHECK_INT(flush_run(&flush), 0);
	CHECK_INT(sum_of("c.c"), 111);
}

/* A socket that syslog's lines come to; the folder is made. */
static int
listen_in(char *folder, struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CHECK(mkdtemp(folder) != NULL);
	at->sun_family = AF_UNIX;
	(void)snprintf(at->sun_path, sizeof(at->sun_path), "%s/log", folder);
	CHECK_INT(bind(fd, (const struct sockaddr *)at, sizeof(*at)), 0);
	return fd;
}

static void
check_received(int fd, const char *end)
{
	char line[1024];
	ssize_t len = recv(fd, line, sizeof(line), MSG_DONTWAIT);

	if (CHECK(len > 0))
		CHECK(slice_ends(slice_make(line, (size_t)len), end));
}

static void
loses_a_line_that_syslog_never_takes(void)
{
	char folder[] = "/tmp/tallyman-flush.XXXXXX";
	char operation[400000];
	struct sockaddr_un at = { 0 };
	struct recorder_settings own = { 0 };
	struct flush flush = begin(0);
	int fd = listen_in(folder, &at);

	memset(operation, 'x', sizeof(operation));
	memcpy(operation + sizeof(operation) - 5, ".put", 5);
	CHECK_INT(sink_open(&own.sink, SINK_SYSLOG, at.sun_path), 0);
	flush_init(&flush, &own, slice_str("app"), DURATION_D);
	counts_add_named("a.c", 1, "", operation, 7);
	counts_add_named("b.c", 1, "", "User.get", 2);
	CHECK_INT(flush_run(&flush), 0);
	check_received(fd, ": 2: b.c:1 -- User.get");
	CHECK_INT(flush_run(&flush), 0);
	check_received(fd, ": 7: (lost):0 -- tallyman.lost");
	sink_close(&own.sink);
	(void)close(fd);
	(void)unlink(at.sun_path);
	(void)rmdir(folder);
}

static const struct tap_test tests[] = {
	{ "what was counted is written, with the interval's begin",
	    writes_lines },
	{ "where nothing was, nothing is", writes_no_news },
	{ "the next interval begins when one was collected",
	    begins_an_interval },
	{ "what a sink refuses is kept, with its own time", keeps_what_fails },
	{ "as much as there is room for; the rest is lost, and told",
	    loses_beyond_the_backlog },
	{ "what was lost is lost once", loses_once },
	{ "what others lost is told", tells_what_was_lost },
	{ "no operation, or no file, is lost", loses_what_cannot_be },
	{ "news for which memory ran out come the next time",
	    keeps_what_memory_fails_for },
	{ "a line that syslog never takes is lost, and told",
	    loses_a_line_that_syslog_never_takes },
	{ 0 },
};

int
main(void)
{
	int status = tap_run(tests);

	buf_release(&got.lines);
	return status;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

/* What the header declares is all that the library shows. */
#pragma GCC visibility push(default)
#include "record/tallyman.h"
#pragma GCC visibility pop

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/duration.h"
#include "base/signame.h"
#include "record/counts.h"
#include "record/recorder.h"
#include "record/wishes.h"

#define FLUSH_WAIT (10 * DURATION_S)

/* Once in a process; in vain where tallyman_start() was called. */
static void
start_as_wished(void)
{
	struct recorder_settings settings;

	if (wishes_read(&settings) == 0 && recorder_start(&settings) != 0)
		sink_close(&settings.sink);
}

/* For the first count of a thread. */
static bool
begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int saved = errno;

	(void)pthread_once(&once, start_as_wished);
	errno = saved;
	return recorder_begin();
}

void
tallyman_count(const char *operation, const char *file, unsigned line,
    const char *function, uint64_t n)
{
	bool is_ready = counts_mine != NULL || begin();

	if (!is_ready || operation == NULL || file == NULL)
		counts_lose(n);
	else
		counts_add_named(file, line, function == NULL ? "" : function,
		    operation, n);
}

static int
choose_sink(struct sink *sink, const struct tallyman_options *options)
{
	int error;

	if (options->sink == NULL && options->log == NULL)
		return 0;
	sink_close(sink);
	if (options->sink == NULL)
		return wishes_sink(sink, options->log);
	error = sink_open(sink, SINK_CALLBACK, NULL);
	sink->callback = options->sink;
	sink->context = options->context;
	return error;
}

static int64_t
interval_of(uint64_t ms)
{
	uint64_t most = DURATION_MAX / DURATION_MS;

	return (int64_t)(ms < most ? ms : most) * DURATION_MS;
}

static int
choose(struct recorder_settings *settings,
    const struct tallyman_options *options)
{
	if (options->interval_ms != 0)
		settings->interval = interval_of(options->interval_ms);
	if (options->revision != NULL)
		settings->revision = options->revision;
	if (options->flush_signal != 0)
		settings->signal = options->flush_signal;
	settings->ends = options->flush_before_ending != 0;
	return choose_sink(&settings->sink, options);
}

/* A size other than ours is another library's. */
static bool
can_be(const struct tallyman_options *options)
{
	return options != NULL && options->size == sizeof(*options) &&
	    (options->flush_signal == 0 ||
		signame_is_handled(options->flush_signal));
}

static int
start(const struct tallyman_options *options)
{
	struct recorder_settings settings;
	int error;

	if (!can_be(options))
		return EINVAL;
	error = wishes_read(&settings);
	if (error != 0)
		return error;
	error = choose(&settings, options);
	if (error == 0)
		error = recorder_start(&settings);
	if (error != 0)
		sink_close(&settings.sink);
	return error;
}

/* 0 for 0, else -1 and errno. */
static int
result(int error)
{
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

int
tallyman_start(const struct tallyman_options *options)
{
	int saved = errno;
	int error = start(options);

	errno = saved;
	return result(error);
}

int
tallyman_flush(void)
{
	return result(recorder_flush(FLUSH_WAIT));
}

__attribute__((destructor)) static void
end(void)
{
	recorder_end();
}

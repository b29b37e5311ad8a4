/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/wishes.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/signame.h"
#include "base/slice.h"

int
wishes_sink(struct sink *sink, const char *log)
{
	struct slice text = slice_str(log == NULL ? "" : log);

	if (text.len == 0 || slice_is(text, "stderr"))
		return sink_open(sink, SINK_STDERR, NULL);
	if (slice_is(text, "syslog") || slice_is(text, "syslog:"))
		return sink_open(sink, SINK_SYSLOG, NULL);
	if (slice_starts(text, "syslog:"))
		return sink_open(sink, SINK_SYSLOG, log + strlen("syslog:"));
	return sink_open(sink, SINK_FILE, log);
}

int
wishes_read(struct recorder_settings *settings)
{
	const char *interval = secure_getenv("TALLYMAN_INTERVAL");
	const char *number = secure_getenv("TALLYMAN_SIGNAL");

	*settings = (struct recorder_settings){
		.interval = WISHES_INTERVAL,
		.revision = secure_getenv("TALLYMAN_REVISION"),
		.signal = number == NULL ? 0 : signame_read(number),
	};
	if (interval != NULL)
		(void)duration_read(slice_str(interval), &settings->interval);
	return wishes_sink(&settings->sink, secure_getenv("TALLYMAN_LOG"));
}

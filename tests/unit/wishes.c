/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/wishes.h"

#include <signal.h>
#include <stdlib.h>

#include "base/duration.h"

#include "tap.h"

static struct recorder_settings
read_with(const char *name, const char *value)
{
	struct recorder_settings settings;

	CHECK_INT(setenv(name, value, 1), 0);
	CHECK_INT(wishes_read(&settings), 0);
	CHECK_INT(unsetenv(name), 0);
	return settings;
}

static enum sink_kind
kind_of(const char *log)
{
	struct recorder_settings settings = read_with("TALLYMAN_LOG", log);
	enum sink_kind kind = settings.sink.kind;

	sink_close(&settings.sink);
	return kind;
}

static void
check_path(const char *log, const char *path)
{
	struct recorder_settings settings = read_with("TALLYMAN_LOG", log);

	CHECK_STR(settings.sink.path, path);
	sink_close(&settings.sink);
}

static int64_t
interval_of(const char *text)
{
	struct recorder_settings settings = read_with("TALLYMAN_INTERVAL",
	    text);

	sink_close(&settings.sink);
	return settings.interval;
}

static int
signal_of(const char *text)
{
	struct recorder_settings settings = read_with("TALLYMAN_SIGNAL", text);

	sink_close(&settings.sink);
	return settings.signal;
}

static void
wants_nothing(void)
{
	struct recorder_settings settings;

	CHECK_INT(wishes_read(&settings), 0);
	CHECK_INT(settings.sink.kind, SINK_STDERR);
	CHECK_INT(settings.interval, 5 * DURATION_M);
	CHECK(settings.revision == NULL);
	CHECK_INT(settings.signal, 0);
	CHECK(!settings.ends);
	CHECK(settings.resolver == NULL);
	sink_close(&settings.sink);
}

static void
says_where(void)
{
	CHECK_INT(kind_of(""), SINK_STDERR);
	CHECK_INT(kind_of("stderr"), SINK_STDERR);
	CHECK_INT(kind_of("syslog"), SINK_SYSLOG);
	CHECK_INT(kind_of("syslog:/run/log"), SINK_SYSLOG);
	CHECK_INT(kind_of("syslogs"), SINK_FILE);
	CHECK_INT(kind_of("/var/log/app"), SINK_FILE);
	check_path("/var/log/app", "/var/log/app");
	check_path("syslog", "/dev/log");
	check_path("syslog:", "/dev/log");
	check_path("syslog:/run/log", "/run/log");
}

static void
says_how_often(void)
{
	CHECK_INT(interval_of("90s"), 90 * DURATION_S);
	CHECK_INT(interval_of("0"), 0);
	CHECK_INT(interval_of("soon"), 5 * DURATION_M);
	CHECK_INT(interval_of("-5m"), 5 * DURATION_M);
	CHECK_INT(interval_of(""), 5 * DURATION_M);
}

static void
says_the_revision(void)
{
	struct recorder_settings settings;

	CHECK_INT(setenv("TALLYMAN_REVISION", "3f2c1ab", 1), 0);
	CHECK_INT(wishes_read(&settings), 0);
	CHECK_STR(settings.revision, "3f2c1ab");
	CHECK_INT(unsetenv("TALLYMAN_REVISION"), 0);
	sink_close(&settings.sink);
}

static void
says_the_signal(void)
{
	CHECK_INT(signal_of("USR1"), SIGUSR1);
	CHECK_INT(signal_of("SIGUSR2"), SIGUSR2);
	CHECK_INT(signal_of("10"), 10);
	CHECK_INT(signal_of("40"), 40);
}

static void
knows_what_is_no_signal(void)
{
	static const char *const texts[] = { "", "0", "KILL", "SIGSTOP", "9",
		"19", "32", "33", "65", "64000000000", "18446744073709551616",
		"-1", "SIG", "SIG10", "usr1", "USR", "USR11", "SIGSIGUSR1" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!CHECK_INT(signal_of(texts[i]), 0))
			printf("# %s\n", texts[i]);
}

static const struct tap_test tests[] = {
	{ "nothing is wanted: standard error, every five minutes",
	    wants_nothing },
	{ "a log is a path, syslog or standard error", says_where },
	{ "an interval is a duration; another text is as if unset",
	    says_how_often },
	{ "a revision is any text", says_the_revision },
	{ "a signal is a name or a number", says_the_signal },
	{ "one that nobody can handle is none", knows_what_is_no_signal },
	{ 0 },
};

int
main(void)
{
	static const char *const names[] = { "TALLYMAN_LOG",
		"TALLYMAN_INTERVAL", "TALLYMAN_REVISION", "TALLYMAN_SIGNAL" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]);
	return tap_run(tests);
}

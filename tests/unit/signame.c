/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/signame.h"

#include <signal.h>

#include "tap.h"

static void
reads_names_and_numbers(void)
{
	CHECK_INT(signame_read("USR1"), SIGUSR1);
	CHECK_INT(signame_read("SIGUSR1"), SIGUSR1);
	CHECK_INT(signame_read("15"), SIGTERM);
}

static void
knows_what_is_no_signal(void)
{
	static const char *const texts[] = { "", "SIG", "USR9", "usr1", "0",
		"-1", "65", "99999999999999999999", "USR1 ", "SIGSIGUSR1" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!CHECK_INT(signame_read(texts[i]), 0))
			printf("# %s\n", texts[i]);
}

static void
leaves_what_nobody_can_handle(void)
{
	CHECK_INT(signame_read("KILL"), 0);
	CHECK_INT(signame_read("19"), 0);
	CHECK_INT(signame_read("32"), 0); /* the C library's own */
	CHECK(!signame_is_handled(SIGSTOP));
	CHECK(!signame_is_handled(-1));
	CHECK(signame_is_handled(SIGTERM));
}

static const struct tap_test tests[] = {
	{ "a signal is a name or a number", reads_names_and_numbers },
	{ "other texts are none", knows_what_is_no_signal },
	{ "what nobody can handle is none", leaves_what_nobody_can_handle },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

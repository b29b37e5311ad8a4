/* SPDX-License-Identifier: MIT */
/* The text of a job, which is refused with a reason, or stands. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/jobfile.h"

#include "fuzz.h"

enum { TEXT_MOST = 4096 };

#define CANARY "CANARY7f3a"

/* A job that stands can be asked for something. */
static void
check_job(const struct job *job)
{
	const struct slice id = SLICE("i\r\n\"d");
	const struct template_values values = { &id, 1, id };
	struct buf url = { 0 };
	struct err err;

	if (!job_name_is_valid(job->name) || job->batch < 1 ||
	    template_has_each(job->request.url))
		abort();
	if (job->together != (job->split != NULL && job->key != NULL))
		abort();
	if (template_add(job->request.url, &values, &url, &err) != 0)
		abort();
	if (slice_chr(buf_slice(&url), '\n') != NULL)
		abort();
	buf_release(&url);
	for (size_t i = 0; i < job->limit_count; i++) {
		if (job->limits[i].amount < 1)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	struct secrets *secrets;
	struct job *job;
	struct err err = { "" };

	/* A file that a job names as its secrets is no matter of this. */
	if (size > TEXT_MOST || memmem(data, size, "secrets", 7) != NULL)
		return 0;
	setenv("CANARY", CANARY, 1);
	secrets = secrets_new();
	job = job_parse(text, "FILE", secrets, &err);
	if (job != NULL)
		check_job(job);
	else if (strncmp(err.text, "FILE:", 5) != 0 ||
	    (memmem(data, size, "7f3a", 4) == NULL &&
		strstr(err.text, "7f3a") != NULL))
		abort();
	job_free(job);
	secrets_free(secrets);
	return 0;
}

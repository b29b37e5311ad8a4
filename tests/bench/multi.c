/* SPDX-License-Identifier: MIT */
/*
 * multi PREFIX COUNT PARALLEL: gets PREFIX1 to PREFIXCOUNT, so many at once,
 * and throws the bodies away: the least that libcurl can do. It is what
 * fetch.sh compares with. Exits 1 when one of them is not answered by 200.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <curl/curl.h>

struct run {
	CURLM *multi;
	const char *prefix;
	long next; /* to be started */
	long count;
	long ended;
	long bad;
};

static size_t
throw_away(char *bytes, size_t size, size_t count, void *user)
{
	(void)bytes, (void)user;
	return size * count;
}

/* Gives a handle its next URL, while there is one. */
static void
start(struct run *run, CURL *easy)
{
	char url[256];

	if (run->next > run->count)
		return;
	(void)snprintf(url, sizeof(url), "%s%ld", run->prefix, run->next++);
	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_multi_add_handle(run->multi, easy);
}

static void
take_ended(struct run *run)
{
	struct CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(run->multi, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		long status = 0;

		(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		run->bad += status != 200;
		run->ended++;
		(void)curl_multi_remove_handle(run->multi, easy);
		start(run, easy);
	}
}

int
main(int argc, char **argv)
{
	struct run run = { .next = 1 };
	long parallel;
	int running;

	if (argc != 4)
		return 2;
	run.prefix = argv[1];
	run.count = strtol(argv[2], NULL, 10);
	parallel = strtol(argv[3], NULL, 10);
	run.multi = curl_multi_init();
	for (long i = 0; i < parallel; i++) {
		CURL *easy = curl_easy_init();

		(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
		(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
		start(&run, easy);
	}
	while (run.ended < run.count) {
		(void)curl_multi_poll(run.multi, NULL, 0, 1000, NULL);
		(void)curl_multi_perform(run.multi, &running);
		take_ended(&run);
	}
	return run.bad > 0;
}

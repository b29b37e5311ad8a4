/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobfile.h"

#include "base/duration.h"
#include "base/zone.h"
#include "fetch/query.h"

#include "scratch.h"
#include "tap.h"

/* The least that a job needs; MORE is further keys, each with a comma. */
#define JOB(MORE)                                   \
	"{" MORE "\"source\": {\"file\": \"ids\"}," \
	"\"request\": {\"url\": \"https://h.example/{id}\"}}"
#define WITH_REQUEST(REQUEST) \
	"{\"source\": {\"file\": \"ids\"}, \"request\": " REQUEST "}"
#define WITH_SOURCE(SOURCE)                                     \
	"{\"request\": {\"url\": \"https://h.example/v/{id}\"," \
	"\"headers\": {\"X-Key\": \"k\", \"X-Id\": \"{id}\"}}," \
	"\"source\": " SOURCE "}"

static struct err err;
static struct secrets *secrets;
static struct buf buf;

/* NULL with err set; err.text is empty after a success. */
static struct job *
parse(const char *text)
{
	err.text[0] = '\0';
	return job_parse(slice_str(text), "dir/video.json", secrets, &err);
}

/* What the job is refused with, behind its path. */
static const char *
refused(const char *text)
{
	struct job *job = parse(text);

	job_free(job);
	if (job != NULL)
		return "(accepted)";
	if (strncmp(err.text, "dir/video.json:", 15) != 0)
		return "(no path)";
	return err.text + 15 + (err.text[15] == ' ' ? 1 : 0);
}

/* A template of a job with an id in it; valid until the next call. */
static const char *
filled(const struct template *template)
{
	const struct slice id = SLICE("i\"d");
	const struct template_values values = { &id, 1, id };
	struct err unused;

	buf_clear(&buf);
	if (template == NULL || template_add(template, &values, &buf, &unused))
		return NULL;
	buf_add_char(&buf, '\0');
	return buf.ptr;
}

static void
has_defaults(void)
{
	struct job *job = parse(JOB(""));

	if (!CHECK(job != NULL))
		return;
	CHECK_STR(job->name, "video");
	CHECK_STR(job->path, "dir/video.json");
	CHECK_STR(job->source.path, "dir/ids");
	CHECK_INT(job->source.kind, SOURCE_FILE);
	CHECK_INT(job->batch, 25);
	CHECK_STR(job->request.method, "GET");
	CHECK_INT(job->request.cost, 1);
	CHECK(job->request.repeatable);
	CHECK(!job->request.idempotency_key);
	CHECK(job->request.expect_type == NULL);
	CHECK(!job->together);
	CHECK_INT(job->limit_count, 0);
	CHECK_INT(job->concurrency, 0);
	CHECK_INT(job->retry.max_attempts, 8);
	CHECK_INT(job->cache.ttl, 20 * DURATION_H);
	CHECK_INT(job->cache.stale_if_error, 7 * DURATION_D);
	CHECK_INT(job->cache.negative_ttl, 7 * DURATION_D);
	CHECK(job->cache.absent_is_gone);
	CHECK(job->cache.obey);
	CHECK_INT(job->auth.kind, AUTH_NONE);
	CHECK(job->origins[0] == NULL);
	CHECK(job->hook[0] == NULL);
	CHECK(job->share == NULL);
	CHECK_INT(job->timeout, 60 * DURATION_S);
	CHECK_INT(job->connect_timeout, 10 * DURATION_S);
	CHECK_INT(job->max_body, 16 << 20);
	job_free(job);
}

static const char design_example[] =
    "{ \"name\": \"video-stats\","
    "  \"source\":  { \"each\": { \"file\": \"channels.txt\" }, \"url\": "
    "\"https://api.example.com/uploads?channel={each}&pageSize=50\", "
    "\"items\": \".items[].id\", \"next\": { \"parameter\": \"pageToken\", "
    "\"from\": \".nextPageToken\" }, \"cost\": 1 },"
    "  \"batch\": 25,"
    "  \"request\": { \"url\": \"https://api.example.com/videos\", "
    "\"params\": { \"id\": \"{id}\" }, \"headers\": { \"Authorization\": "
    "\"Bearer ${API_TOKEN}\" }, \"cost\": 1, \"expect\": { \"type\": "
    "\"application/json\", \"jq\": \".items\" } },"
    "  \"limits\":  [ { \"requests\": 50, \"per\": \"1s\", \"burst\": 25 }, { "
    "\"units\": 10000, \"per\": \"day\", \"zone\": \"UTC\", \"reserve\": "
    "2000 } ],"
    "  \"concurrency\": 16,"
    "  \"retry\":   { \"max_attempts\": 8, \"backoff\": \"1s\", \"factor\": "
    "2, \"max_backoff\": \"5m\", \"jitter\": \"full\" },"
    "  \"cache\":   { \"ttl\": \"20h\", \"stale_if_error\": \"7d\", "
    "\"absent\": \"gone\", \"negative_ttl\": \"7d\" } }";

static void
reads_example(void)
{
	struct job *job;

	setenv("API_TOKEN", "CANARY-7f3a", 1);
	job = parse(design_example);
	if (!CHECK(job != NULL))
		return;
	CHECK_STR(job->name, "video-stats");
	CHECK_INT(job->source.kind, SOURCE_URL);
	CHECK_STR(job->source.each->path, "dir/channels.txt");
	CHECK_STR(filled(job->source.request.url),
	    "https://api.example.com/uploads?channel=i%22d&pageSize=50");
	CHECK_STR(query_text(job->source.items), ".items[].id");
	CHECK_INT(job->source.next.kind, NEXT_TOKEN);
	CHECK_STR(job->source.next.parameter, "pageToken");
	CHECK_INT(job->source.max_pages, 100000);
	CHECK_INT(job->request.param_count, 1);
	CHECK_STR(job->request.params[0].name, "id");
	CHECK_STR(filled(job->request.params[0].value), "i\"d");
	CHECK_STR(filled(job->request.headers[0].value), "Bearer CANARY-7f3a");
	CHECK(job->request.headers[0].secret);
	CHECK_STR(job->request.expect_type, "application/json");
	CHECK_INT(job->limit_count, 2);
	CHECK_INT(job->limits[0].kind, RATE_PER);
	CHECK_INT(job->limits[0].amount, 50);
	CHECK_INT(job->limits[0].burst, 25);
	CHECK_INT(job->limits[1].kind, RATE_DAY);
	CHECK(job->limits[1].units);
	CHECK_INT(job->limits[1].reserve, 2000);
	CHECK(job->limits[1].zone != NULL);
	CHECK_INT(job->concurrency, 16);
	job_free(job);
}

static void
names_lines(void)
{
	CHECK_STR(refused("{\n\"a\": 1,\n}"),
	    "3: string or '}' expected near '}'");
	CHECK_STR(refused("{\"a\": 1,\n\"a\": 2}"),
	    "2: duplicate object key near '\"a\"'");
	CHECK(strncmp(refused(""), "1: ", 3) == 0);
	CHECK_STR(refused("[]"), "must be an object");
}

static void
names_keys(void)
{
	CHECK_STR(refused(JOB("\"limts\": [],")),
	    "limts: there is no such key here; did you mean limits?");
	CHECK_STR(refused(JOB("\"retry\": {\"bakoff\": \"1s\"},")),
	    "retry.bakoff: there is no such key here; did you mean backoff?");
	CHECK_STR(refused(JOB("\"zzz\": 1,")),
	    "zzz: there is no such key here");
	CHECK_STR(refused("{\"source\": {\"file\": \"a\"}}"),
	    "request: must be given");
	CHECK_STR(refused(WITH_REQUEST("{}")), "request.url: must be given");
	CHECK_STR(refused(JOB("\"limits\": [{\"concurrent\": 1},"
			      "{\"requests\": 1, \"per\": \"1x\"}],")),
	    "limits[1].per: must be a duration such as \"1.5s\", \"20h\", "
	    "\"7d\"");
}

static const struct {
	const char *text;
	const char *why;
} wrong[] = {
	{ JOB("\"batch\": 0,"), "batch: must be at least 1" },
	{ JOB("\"batch\": 1001,"), "batch: must be at most 1000" },
	{ JOB("\"batch\": 1.5,"), "batch: must be a whole number" },
	{ JOB("\"batch\": \"1\","), "batch: must be a whole number" },
	{ JOB("\"concurrency\": 0,"), "concurrency: must be at least 1" },
	{ JOB("\"timeout\": 60,"),
	    "timeout: must be a duration such as \"1.5s\", \"20h\", \"7d\"" },
	{ JOB("\"timeout\": \"0\","), "timeout: must be at least 0.1s" },
	{ JOB("\"retry\": {\"factor\": 0.5},"),
	    "retry.factor: must be at least 1, at most 100" },
	{ JOB("\"retry\": {\"jitter\": \"ful\"},"),
	    "retry.jitter: is no word that is known here; did you mean "
	    "full?" },
	{ JOB("\"retry\": 3,"), "retry: must be an object" },
	{ JOB("\"name\": \"../x\","),
	    "name: must be at most 64 letters, digits, '.', '_' and '-', none "
	    "of '.' and '-' first" },
	{ JOB("\"max_body\": \"16X\","),
	    "max_body: must be a number of bytes, or one with K, M or G as "
	    "\"16M\"" },
	{ JOB("\"max_body\": \"99999999999G\","),
	    "max_body: must be at most 536870912" },
	{ JOB("\"origins\": \"x\","), "origins: must be a list of strings" },
	{ JOB("\"origins\": [\"a\", 1],"), "origins[1]: must be a string" },
	{ JOB("\"hook\": [],"), "hook: must be a list of strings" },
	{ JOB("\"proxy\": \"a\\nb\","),
	    "proxy: must not hold control characters" },
	{ JOB("\"tls\": {\"cert\": \"c\"},"),
	    "tls: must have both of cert and key, or neither" },
	{ JOB("\"cache\": {\"absent\": \"yes\"},"),
	    "cache.absent: is no word that is known here" },
	{ JOB("\"split\": \".\", \"key\": \".id\","),
	    "split: goes with {ids} only" },
	/* limits */
	{ JOB("\"limits\": {},"), "limits: must be a list" },
	{ JOB("\"limits\": [{}],"),
	    "limits[0]: must have one of requests, units, concurrent" },
	{ JOB("\"limits\": [{\"requests\": 1, \"units\": 1}],"),
	    "limits[0]: must have one of requests, units, concurrent" },
	{ JOB("\"limits\": [{\"requests\": 1}],"),
	    "limits[0].per: must be given" },
	{ JOB("\"limits\": [{\"requests\": 0, \"per\": \"1s\"}],"),
	    "limits[0].requests: must be at least 1" },
	{ JOB("\"limits\": [{\"requests\": 1, \"per\": \"1s\","
	      "\"reserve\": 1}],"),
	    "limits[0].reserve: goes with \"day\" only" },
	{ JOB("\"limits\": [{\"requests\": 1, \"per\": \"1s\","
	      "\"zone\": \"UTC\"}],"),
	    "limits[0].zone: goes with \"day\" only" },
	{ JOB("\"limits\": [{\"requests\": 1, \"per\": \"day\","
	      "\"burst\": 1}],"),
	    "limits[0].burst: does not go with \"day\"" },
	{ JOB("\"limits\": [{\"requests\": 5, \"per\": \"day\","
	      "\"reserve\": 5}],"),
	    "limits[0].reserve: leaves nothing" },
	{ JOB("\"limits\": [{\"requests\": 100000000, \"per\": \"10ms\"}],"),
	    "limits[0].per: is too short for so many" },
	{ JOB("\"limits\": [{\"requests\": 1, \"per\": \"300d\","
	      "\"burst\": 1000}],"),
	    "limits[0].burst: is too large" },
	{ JOB("\"limits\": [{\"concurrent\": 1, \"per\": \"1s\"}],"),
	    "limits[0].per: there is no such key here" },
	/* classify */
	{ JOB("\"classify\": [{\"class\": \"gone\"}],"),
	    "classify[0]: must have one of status, jq, match at least" },
	{ JOB("\"classify\": [{\"status\": 403}],"),
	    "classify[0].class: must be given" },
	{ JOB("\"classify\": [{\"status\": 99, \"class\": \"gone\"}],"),
	    "classify[0].status: must be a status such as 403, \"4xx\" or "
	    "\"500-599\"" },
	{ JOB("\"classify\": "
	      "[{\"status\": \"500-400\", \"class\": \"gone\"}],"),
	    "classify[0].status: must be a status such as 403, \"4xx\" or "
	    "\"500-599\"" },
	{ JOB("\"classify\": [{\"status\": 403, \"class\": \"gon\"}],"),
	    "classify[0].class: is no word that is known here; did you mean "
	    "gone?" },
	{ JOB("\"classify\": [{\"match\": \"a(\", \"class\": \"gone\"}],"),
	    "classify[0].match: at its byte 3: missing closing parenthesis" },
	/* auth */
	{ JOB("\"auth\": {},"),
	    "auth: must have one of oauth2, command, basic, negotiate" },
	{ JOB("\"auth\": {\"negotiate\": false},"),
	    "auth.negotiate: must be true" },
	{ JOB("\"auth\": {\"oauth2\": {\"token_url\": \"ftp://h/\"}},"),
	    "auth.oauth2.token_url: not a http or https URL" },
	{ JOB("\"auth\": {\"oauth2\": {\"token_url\": \"https://h/\"}},"),
	    "auth.oauth2.client_id: must be given" },
	{ JOB("\"auth\": {\"basic\": {\"user\": \"u:\", \"password\": "
	      "\"p\"}},"),
	    "auth: a user has no ':' in the name" },
	{ "{\"auth\": {\"negotiate\": true}, \"source\": {\"file\": \"a\"},"
	  "\"request\": {\"url\": \"http://h/{id}\","
	  "\"headers\": {\"authorization\": \"x\"}}}",
	    "auth: does not go with a header Authorization" },
	/* request */
	{ WITH_REQUEST("{\"url\": \"https://h.example/\"}"),
	    "request: must have {id} or {ids} in it, and not both" },
	{ WITH_REQUEST("{\"url\": \"https://h.example/{id}{ids}\"}"),
	    "request: must have {id} or {ids} in it, and not both" },
	{ WITH_REQUEST("{\"url\": \"https://h.example/{ids}\"}"),
	    "split: must be given where {ids} is" },
	{ WITH_REQUEST("{\"url\": \"https://h.example/{ids}\","
		       "\"split\": \".\"}"),
	    "key: must be given where {ids} is" },
	{ WITH_REQUEST("{\"url\": \"https://h.example/{id}/{each}\"}"),
	    "request: {each} is for the source" },
	{ WITH_REQUEST("{\"url\": \"https://h.example/{foo}\"}"),
	    "request.url: {foo} is neither {id}, {ids} nor {each}; a brace is "
	    "{{" },
	{ WITH_REQUEST("{\"url\": \"https://{id}.example/\"}"),
	    "request.url: must say scheme, host and \"/\" before any "
	    "{place}" },
	{ WITH_REQUEST("{\"url\": \"https://h.example{id}\"}"),
	    "request.url: must say scheme, host and \"/\" before any "
	    "{place}" },
	{ WITH_REQUEST("{\"url\": \"{id}\"}"),
	    "request.url: must say scheme, host and \"/\" before any "
	    "{place}" },
	{ WITH_REQUEST("{\"url\": \"file:///etc/{id}\"}"),
	    "request.url: not a http or https URL" },
	{ WITH_REQUEST("{\"url\": \"https://u:p@h.example/{id}\"}"),
	    "request.url: a URL with a user or password in it" },
	{ WITH_REQUEST("{\"url\": \"https://h.example/{id}/a b\"}"),
	    "request.url: a URL with blanks or control bytes in it" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\", \"method\": \"get\"}"),
	    "request.method: is no word that is known here" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\","
		       "\"headers\": {\"X Y\": \"a\"}}"),
	    "request.headers.X Y: is no name of a header" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\","
		       "\"headers\": {\"content-length\": \"1\"}}"),
	    "request.headers.content-length: is a header that is set without "
	    "you" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\","
		       "\"headers\": {\"A\": \"1\", \"a\": \"2\"}}"),
	    "request.headers.a: stands there already" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\","
		       "\"headers\": {\"A\": \"1\\r\\nB: 2\"}}"),
	    "request.headers.A: must not hold control characters" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\","
		       "\"params\": {\"a\": true}}"),
	    "request.params.a: must be a string or a whole number" },
	{ WITH_REQUEST("{\"url\": \"https://h/{id}\", \"body\": 1}"),
	    "request.body: must be a string, an object or an array" },
	/* source */
	{ WITH_SOURCE("{}"), "source: must have one of file, job, url" },
	{ WITH_SOURCE("\"x\""), "source: must be an object" },
	{ WITH_SOURCE("{\"file\": \"a\", \"items\": \".\"}"),
	    "source.items: there is no such key here" },
	{ WITH_SOURCE("{\"job\": \"other\"}"), "source.items: must be given" },
	{ WITH_SOURCE("{\"job\": \"video\", \"items\": \".\"}"),
	    "source: a job cannot be its own source" },
	{ WITH_SOURCE("{\"url\": \"https://h/{each}\", \"items\": \".\"}"),
	    "source: {each} stands there without 'each'" },
	{ WITH_SOURCE("{\"url\": \"https://h/\", \"items\": \".\","
		      "\"each\": {\"file\": \"a\"}}"),
	    "source: 'each' stands there without {each}" },
	{ WITH_SOURCE("{\"url\": \"https://h/{id}\", \"items\": \".\"}"),
	    "source: {id} and {ids} are for the request; the source has "
	    "{each}" },
	{ WITH_SOURCE("{\"url\": \"https://h/{each}\", \"items\": \".\","
		      "\"each\": {\"url\": \"https://h/\"}}"),
	    "source.each: must be a file or a job" },
	{ WITH_SOURCE("{\"url\": \"https://h/\", \"items\": \".\","
		      "\"next\": {\"pge\": \"p\"}}"),
	    "source.next: must have one of parameter, url, link, page, "
	    "offset" },
	{ WITH_SOURCE("{\"url\": \"https://h/\", \"items\": \".\","
		      "\"next\": {\"page\": \"p\", \"step\": 1}}"),
	    "source.next.step: there is no such key here" },
};

static void
refuses_mistakes(void)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (!CHECK_STR(refused(wrong[i].text), wrong[i].why))
			printf("# in %s\n", wrong[i].text);
	}
}

static void
refuses_expressions(void)
{
	CHECK(strncmp(refused(WITH_SOURCE(
			  "{\"job\": \"other\", \"items\": \".[\"}")),
		  "source.items: not a jq expression", 33) == 0);
}

static void
asks_together(void)
{
	struct job *job = parse(
	    WITH_REQUEST("{\"url\": \"https://h/\", \"params\": "
			 "{\"id\": \"{ids}\", \"max\": 50},"
			 "\"split\": \".items[]\", \"key\": \".id\"}"));

	if (!CHECK(job != NULL))
		return;
	CHECK(job->together);
	CHECK_STR(query_text(job->split), ".items[]");
	CHECK_STR(query_text(job->key), ".id");
	CHECK_STR(filled(job->request.params[1].value), "50");
	job_free(job);
}

static void
makes_json_bodies(void)
{
	struct job *job;

	setenv("BODY_KEY", "q\"{id}", 1);
	job = parse(WITH_REQUEST(
	    "{\"url\": \"https://h/\", \"method\": \"POST\", \"body\":"
	    "{\"id\": \"{id}\", \"n\": [1, \"{{\"], \"k\": \"${BODY_KEY}\"}}"));
	if (!CHECK(job != NULL))
		return;
	CHECK_STR(filled(job->request.body),
	    "{\"id\":\"i\\\"d\",\"n\":[1,\"{\"],\"k\":\"q\\\"{id}\"}");
	CHECK_INT(job->request.header_count, 1);
	CHECK_STR(job->request.headers[0].name, "Content-Type");
	CHECK_STR(filled(job->request.headers[0].value), "application/json");
	CHECK(job->request.idempotency_key);
	CHECK(job->request.repeatable);
	job_free(job);
}

static void
keeps_given_content_type(void)
{
	struct job *job = parse(WITH_REQUEST(
	    "{\"url\": \"https://h/\", \"method\": \"PUT\","
	    " \"body\": [\"{id}\"],"
	    "\"headers\": {\"content-type\": \"application/x\"}}"));

	if (!CHECK(job != NULL))
		return;
	CHECK_INT(job->request.header_count, 1);
	CHECK_STR(filled(job->request.headers[0].value), "application/x");
	CHECK(!job->request.idempotency_key);
	CHECK(job->request.repeatable);
	job_free(job);
}

static void
makes_text_bodies(void)
{
	struct job *job = parse(WITH_REQUEST(
	    "{\"url\": \"https://h/\", \"method\": \"POST\", \"body\": "
	    "\"a={id}\\n\", \"idempotency_key\": false}"));

	if (!CHECK(job != NULL))
		return;
	CHECK_STR(filled(job->request.body), "a=i\"d\n");
	CHECK_INT(job->request.header_count, 0);
	CHECK(!job->request.repeatable);
	job_free(job);
}

static void
reads_sources(void)
{
	struct job *job = parse(
	    WITH_SOURCE("{\"job\": \"other\", \"items\": \".x\"}"));

	if (CHECK(job != NULL)) {
		CHECK_INT(job->source.kind, SOURCE_JOB);
		CHECK_STR(job->source.job, "other");
	}
	job_free(job);
	job = parse(WITH_SOURCE("{\"file\": \"-\"}"));
	CHECK(job != NULL && strcmp(job->source.path, "-") == 0);
	job_free(job);
	job = parse(WITH_SOURCE("{\"file\": \"/abs/ids\"}"));
	CHECK(job != NULL && strcmp(job->source.path, "/abs/ids") == 0);
	job_free(job);
}

static const struct {
	const char *text;
	struct job_next next;
} nexts[] = {
	{ "{\"url\": \".next\"}", { .kind = NEXT_URL } },
	{ "{\"link\": \"next\"}", { .kind = NEXT_LINK, .rel = "next" } },
	{ "{\"page\": \"p\"}",
	    { .kind = NEXT_PAGE, .parameter = "p", .first = 1 } },
	{ "{\"page\": \"p\", \"first\": 0}",
	    { .kind = NEXT_PAGE, .parameter = "p" } },
	{ "{\"offset\": \"o\"}", { .kind = NEXT_OFFSET, .parameter = "o" } },
	{ "{\"offset\": \"o\", \"first\": 1, \"step\": 50}",
	    { .kind = NEXT_OFFSET, .parameter = "o", .first = 1, .step = 50 } },
};

static void
reads_nexts(void)
{
	for (size_t i = 0; i < sizeof(nexts) / sizeof(nexts[0]); i++) {
		const struct job_next *want = &nexts[i].next;
		char text[512];
		struct job *job;

		(void)snprintf(text, sizeof(text),
		    WITH_SOURCE("{\"url\": \"https://h/\", \"items\": \".\","
				"\"next\": %s}"),
		    nexts[i].text);
		job = parse(text);
		if (!CHECK(job != NULL))
			continue;
		CHECK_INT(job->source.next.kind, want->kind);
		CHECK_STR(job->source.next.parameter, want->parameter);
		CHECK_STR(job->source.next.rel, want->rel);
		CHECK_INT(job->source.next.first, want->first);
		CHECK_INT(job->source.next.step, want->step);
		CHECK((job->source.next.from != NULL) ==
		    (want->kind == NEXT_URL));
		job_free(job);
	}
}

static size_t
source_headers(const char *text)
{
	struct job *job = parse(text);
	size_t count;

	if (!CHECK(job != NULL))
		return 99;
	count = job->source.request.header_count;
	if (count > 0)
		CHECK_STR(job->source.request.headers[0].name, "X-Key");
	job_free(job);
	return count;
}

static void
inherits_headers(void)
{
	CHECK_INT(source_headers(WITH_SOURCE(
		      "{\"url\": \"https://h.example/l\", \"items\": \".\"}")),
	    1);
	CHECK_INT(source_headers(WITH_SOURCE(
		      "{\"url\": \"https://other/l\", \"items\": \".\"}")),
	    0);
	CHECK_INT(source_headers(WITH_SOURCE(
		      "{\"url\": \"https://h.example/l\", \"items\": \".\","
		      "\"headers\": {}}")),
	    0);
}

static void
reads_the_rest(void)
{
	struct job *job = parse(JOB(
	    "\"proxy\": \"http://p:1\", \"no_proxy\": \"a,b\","
	    " \"share\": \"s\","
	    "\"tls\": {\"ca\": \"ca.pem\", \"cert\": \"/c\", \"key\": \"k\"},"
	    "\"origins\": [\"https://*.e.com\"], \"hook\": [\"a\", \"${B}\"],"
	    "\"max_body\": \"2K\", \"auth\": {\"command\": [\"c\"]},"
	    "\"cache\": {\"absent\": \"fail\", \"cache_control\": \"ignore\"},"
	    "\"retry\": {\"jitter\": \"none\", \"factor\": 1.5},"
	    "\"classify\": [{\"status\": \"4xx\", \"match\": \"a.c\","
	    "\"class\": \"throttle\"}, {\"status\": \"500-503\","
	    "\"jq\": \".e\", \"class\": \"quota\"}],"));

	if (!CHECK(job != NULL))
		return;
	CHECK_STR(job->proxy, "http://p:1");
	CHECK_STR(job->tls.ca, "dir/ca.pem");
	CHECK_STR(job->tls.cert, "/c");
	CHECK_STR(job->origins[0], "https://*.e.com");
	CHECK_STR(job->hook[1], "${B}");
	CHECK(job->hook[2] == NULL);
	CHECK_INT(job->max_body, 2048);
	CHECK_INT(job->auth.kind, AUTH_COMMAND);
	CHECK(!job->cache.absent_is_gone);
	CHECK(!job->cache.obey);
	CHECK_INT(job->retry.jitter, JITTER_NONE);
	CHECK(job->retry.factor == 1.5);
	CHECK_INT(job->rules[0].status_low, 400);
	CHECK_INT(job->rules[0].status_high, 499);
	CHECK(job->rules[0].pattern != NULL);
	CHECK_INT(job->rules[0].outcome, OUTCOME_THROTTLE);
	CHECK_INT(job->rules[1].status_high, 503);
	CHECK(job->rules[1].query != NULL);
	job_free(job);
}

static void
reads_auth(void)
{
	struct job *job;

	setenv("PASS", "CANARY-pass", 1);
	job = parse(JOB("\"auth\": {\"basic\": {\"user\": \"u\","
			"\"password\": \"${PASS}\"}},"));
	if (CHECK(job != NULL)) {
		CHECK_INT(job->auth.kind, AUTH_BASIC);
		CHECK_STR(job->auth.password, "CANARY-pass");
		/* printf 'u:CANARY-pass' | base64 */
		buf_clear(&buf);
		secrets_redact(secrets, slice_str("dTpDQU5BUlktcGFzcw=="),
		    &buf);
		CHECK_SLICE(buf, "${basic}==");
	}
	job_free(job);
	job = parse(
	    JOB("\"auth\": {\"oauth2\": {\"token_url\": "
		"\"https://t/\", \"client_id\": \"i\","
		"\"client_secret\": \"s\", \"refresh_token\": \"r\"}},"));
	if (CHECK(job != NULL)) {
		CHECK_INT(job->auth.kind, AUTH_OAUTH2);
		CHECK_STR(job->auth.refresh_token, "r");
		CHECK_STR(job->auth.scope, NULL);
	}
	job_free(job);
}

/* Jobs that are wrong because of a secret, or beside one. */
static const char *const leaky[] = {
	WITH_REQUEST("{\"url\": \"https://h/{id}{${CANARY}}\"}"),
	WITH_REQUEST("{\"url\": \"${CANARY}://h/{id}\"}"),
	WITH_REQUEST("{\"url\": \"https://${CANARY}@h/{id}\"}"),
	WITH_REQUEST("{\"url\": \"https://h/{id}\","
		     "\"headers\": {\"A\": \"{${CANARY}}\"}}"),
	WITH_REQUEST("{\"url\": \"https://h/{id}\", \"body\": "
		     "{\"a\": \"{${CANARY}}\"}}"),
	JOB("\"auth\": {\"oauth2\": {\"token_url\": \"${CANARY}\"}},"),
	JOB("\"auth\": {\"basic\": {\"user\": \"${CANARY}:\","
	    "\"password\": \"${CANARY}\"}},"),
	JOB("\"proxy\": \"${CANARY}\", \"batch\": 0,"),
	WITH_REQUEST("{\"url\": \"https://h/{${CUT}/{id}\"}"),
	WITH_REQUEST("{\"url\": \"https://h/{id}\", \"body\": "
		     "[\"{${CUT}\"]}"),
};

static void
hides_secrets(void)
{
	setenv("CANARY", "CANARY7f3a", 1);
	setenv("CUT", "HIDDEN7f3a}rest", 1);
	for (size_t i = 0; i < sizeof(leaky) / sizeof(leaky[0]); i++) {
		struct job *job = parse(leaky[i]);

		if (!CHECK(job == NULL) ||
		    !CHECK(strstr(err.text, "7f3a") == NULL))
			printf("# %zu: %s\n", i, err.text);
		job_free(job);
	}
}

static void
names_missing_secrets(void)
{
	setenv("XDG_CONFIG_HOME", "/nowhere", 1);
	CHECK_STR(refused(JOB("\"proxy\": \"${NOT_THERE}\",")),
	    "proxy: secret NOT_THERE: neither a credential, nor in the "
	    "environment, nor in a file of secrets");
	unsetenv("XDG_CONFIG_HOME");
}

static const char named_job[] = JOB("\"secrets\": \"s\","
				    "\"proxy\": \"${FILE_SECRET}\",");

static void
loads_files(void)
{
	struct job *job;
	const char *path;

	scratch_make();
	scratch_need(mkdir(scratch_path("tallyman"), 0700) == 0, "mkdir");
	scratch_need(mkdir(scratch_path("tallyman/jobs"), 0700) == 0, "mkdir");
	path = scratch_write("tallyman/jobs/s", slice_str("FILE_SECRET=fs\n"));
	scratch_need(chmod(path, 0600) == 0, path);
	path = scratch_write("tallyman/jobs/my.json", slice_str(named_job));
	setenv("XDG_CONFIG_HOME", scratch_folder, 1);
	job = job_load("my", secrets, &err);
	if (CHECK(job != NULL)) {
		CHECK_STR(job->name, "my");
		CHECK_STR(job->path, path);
		CHECK_STR(job->proxy, "fs");
	}
	job_free(job);
	job = job_load(path, secrets, &err);
	CHECK(job != NULL);
	job_free(job);
	CHECK(job_load("you", secrets, &err) == NULL);
	CHECK(strncmp(err.text, "no job 'you': neither /", 23) == 0);
	CHECK(job_load("..", secrets, &err) == NULL);
	CHECK_STR(err.text, "'..' is no name of a job");
	CHECK(job_load("none.json", secrets, &err) == NULL);
	CHECK_STR(err.text, "none.json: No such file or directory");
	unsetenv("XDG_CONFIG_HOME");
	scratch_remove();
}

static void
bounds_files(void)
{
	static char text[1024 * 1024 + 1];
	struct slice whole = { text, sizeof(text) };

	memset(text, ' ', sizeof(text));
	CHECK(job_parse(whole, "a.json", secrets, &err) == NULL);
	CHECK_STR(err.text, "a.json: longer than 1 MiB");
}

static void
checks_names(void)
{
	CHECK(job_name_is_valid("a"));
	CHECK(job_name_is_valid("_A-9.x"));
	CHECK(!job_name_is_valid(""));
	CHECK(!job_name_is_valid(".a"));
	CHECK(!job_name_is_valid("-a"));
	CHECK(!job_name_is_valid("a/b"));
	CHECK(job_name_is_valid("0123456789012345678901234567890123456789"
				"012345678901234567890123"));
	CHECK(!job_name_is_valid("0123456789012345678901234567890123456789"
				 "0123456789012345678901234"));
	CHECK(job_parse(slice_str(JOB("")), "a b.json", secrets, &err) == NULL);
	CHECK_STR(err.text,
	    "a b.json: name: must be given, since the name of the file is "
	    "none");
}

static const struct tap_test tests[] = {
	{ "a job needs a source and a request; the rest has defaults",
	    has_defaults },
	{ "the example of the design is read", reads_example },
	{ "broken JSON and double keys are told by their line", names_lines },
	{ "a mistake is told by the way to its key, the nearest named",
	    names_keys },
	{ "what is out of bounds or does not go together is refused",
	    refuses_mistakes },
	{ "an expression is compiled while loading", refuses_expressions },
	{ "{ids} asks for a batch together, with split and key",
	    asks_together },
	{ "a body that is JSON is a template with its strings escaped",
	    makes_json_bodies },
	{ "a Content-Type of the job's own stays", keeps_given_content_type },
	{ "a body that is text is one as it is", makes_text_bodies },
	{ "a source is a job, a file or standard input", reads_sources },
	{ "next pages are found in five ways", reads_nexts },
	{ "a source of the same origin sends the request's headers",
	    inherits_headers },
	{ "all other keys are read", reads_the_rest },
	{ "authorisation is read, and hidden", reads_auth },
	{ "no error holds a secret", hides_secrets },
	{ "a secret that is missing is named", names_missing_secrets },
	{ "a name is looked for in the user's folder, a path is taken",
	    loads_files },
	{ "a file over 1 MiB is refused", bounds_files },
	{ "a name is of few characters, and not long", checks_names },
	{ 0 },
};

int
main(void)
{
	int status;

	unsetenv("CREDENTIALS_DIRECTORY");
	secrets = secrets_new();
	status = tap_run(tests);
	secrets_free(secrets);
	buf_release(&buf);
	return status;
}

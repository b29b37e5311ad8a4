/* SPDX-License-Identifier: MIT */
#ifndef FETCH_EXCHANGE_H
#define FETCH_EXCHANGE_H

/*
 * From a task to the bytes of its request, from the bytes of the answer to an
 * outcome; redirects between them. Decides which origin gets secrets: those
 * that the job names (its URLs and "origins"), and nobody else. To others a
 * redirect or link leads only where they are public, where TLS is kept, and
 * where no secret stands in the URL.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "fetch/auth.h"
#include "fetch/http.h"
#include "fetch/jobfile.h"
#include "fetch/outcome.h"
#include "fetch/page.h"
#include "fetch/plan.h"

/* One request on its way; hangs on its task. */
struct exchange {
	struct buf url;
	struct buf body;
	bool has_body;
	const char *method;
	unsigned redirects;
	bool trusted;     /* the origin of url is one the job names */
	bool conditional; /* asks only whether it has changed */
};

struct exchanger;

/* All are borrowed. NULL with err set when an origin of the job cannot be
 * read. */
struct exchanger *exchanger_new(const struct job *job, struct auth *auth,
    const struct secrets *secrets, struct err *err);
void exchanger_free(struct exchanger *exchanger); /* NULL is allowed */

/* The origins of the job's own URLs: of its items (0), its listing and its
 * tokens; NULL behind the last. */
const char *exchanger_origin(const struct exchanger *exchanger, size_t n);

/* Makes the request of a task anew, without redirects, and writes its origin
 * into origin (ORIGIN_MAX bytes). -1 with err set when an id cannot stand in
 * it. */
int exchange_prepare(struct exchanger *exchanger, struct task *task,
    char *origin, struct err *err) CHECKED;

/* Starts the transfer of a prepared task; its tag is the task. */
int exchange_send(struct exchanger *exchanger, struct http *http,
    struct task *task, struct err *err) CHECKED;

/*
 * A reply has come. If it is a redirect that may be followed, prepares the
 * task for its target, writes the new origin and returns true. Else decides
 * the outcome and returns false.
 */
bool exchange_finish(struct exchanger *exchanger, struct task *task,
    struct http_reply *reply, int64_t now, char *origin,
    struct outcome_result *result);

void exchange_free(struct exchange *exchange); /* NULL is allowed */

/* Whether 401s can be answered by a new token. */
bool exchanger_can_renew(const struct exchanger *exchanger);

/* Adds "GET https://..." and a body, one line, for --dry-run. */
void exchange_show(const struct task *task, struct buf *buf);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FETCH_SECRET_H
#define FETCH_SECRET_H

/*
 * Secrets: what "${NAME}" in a job stands for. NAME is looked for, in this
 * order, as a systemd credential ($CREDENTIALS_DIRECTORY/NAME), in the
 * environment, and in the file of secrets ("secrets" of the job, else
 * $XDG_CONFIG_HOME/tallyman/secrets, else /etc/tallyman/secrets), which has
 * lines NAME=VALUE and must be readable by its owner alone.
 *
 * A name that was asked for is overwritten in the environment and unset there,
 * so that no child, expression or /proc/PID/environ shows it. All text that
 * leaves the program passes secrets_redact(). secrets_harden() keeps memory
 * out of core files.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct secrets;

struct secrets *secrets_new(void);
void secrets_free(struct secrets *secrets); /* overwrites them; NULL is fine */

/* Reads a file of secrets (later files add). -1 with err set: not a regular
 * file, owned by another user than us or root, readable by others, or a line
 * that is no NAME=VALUE (its number is told, not its text). */
int secrets_add_file(struct secrets *secrets, const char *path,
    struct err *err) CHECKED;

/* The value of a name, [A-Za-z_][A-Za-z0-9_]*; valid until secrets_free().
 * NULL with err set when it is nowhere, empty, or holds CR, LF or NUL (one
 * line end at the end of a credential's file is dropped). */
const char *secrets_find(struct secrets *secrets, const char *name,
    struct err *err);

/* A value that is secret though it has no name in the job, such as a token
 * that was just handed out. Kept as NAME for redacting. */
void secrets_add(struct secrets *secrets, const char *name, struct slice value);

/* Replaces "${NAME}" in text by values; "$${" is "${". Adds to buf. *secret
 * (may be NULL) says whether there was one. -1 with err set. */
int secrets_expand(struct secrets *secrets, struct slice text, struct buf *buf,
    bool *secret, struct err *err) CHECKED;

/* The same of text that template_new() is to have next: each "{" that comes
 * from here is doubled, so that none of it is taken for a place. */
int secrets_expand_template(struct secrets *secrets, struct slice text,
    struct buf *buf, bool *secret, struct err *err) CHECKED;

/* Adds text with each secret in it, plain, percent-encoded, in base64 (all of
 * it alone) or escaped as in JSON, as "${NAME}". Values shorter than 4 bytes
 * are not looked for. */
void secrets_redact(const struct secrets *secrets, struct slice text,
    struct buf *buf);
void secrets_redact_err(const struct secrets *secrets, struct err *err);

/* Whether one stands there, in any of those forms. */
bool secrets_stand_in(const struct secrets *secrets, struct slice text);

/* No core files of this process, no ptrace by others of the same user. */
void secrets_harden(void);

#endif

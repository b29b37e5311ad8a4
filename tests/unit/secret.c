/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/secret.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "scratch.h"
#include "tap.h"

#define VALUE "s3cr/t&\"x"

static struct err err;
static struct buf buf;

/* What a line of text is, expanded; NULL with err set. */
static const char *
expanded(struct secrets *secrets, const char *text, bool *secret)
{
	buf_clear(&buf);
	if (secrets_expand(secrets, slice_str(text), &buf, secret, &err) != 0)
		return NULL;
	buf_add_char(&buf, '\0');
	return buf.ptr;
}

static const char *
redacted(const struct secrets *secrets, const char *text)
{
	buf_clear(&buf);
	secrets_redact(secrets, slice_str(text), &buf);
	buf_add_char(&buf, '\0');
	return buf.ptr;
}

/* A file of secrets, readable by us alone. */
static const char *
write_private(const char *name, const char *text)
{
	const char *path = scratch_write(name, slice_str(text));

	scratch_need(chmod(path, 0600) == 0, path);
	return path;
}

static void
reads_environment(void)
{
	struct secrets *secrets = secrets_new();
	const char *found;
	char *place;

	setenv("TOKEN", VALUE, 1);
	place = getenv("TOKEN");
	found = secrets_find(secrets, "TOKEN", &err);
	CHECK_STR(found, VALUE);
	CHECK_STR(getenv("TOKEN"), NULL);
	/* setenv()'s copy is never freed, so it may be looked at. */
	if (CHECK(place != NULL))
		CHECK(place[0] == '\0' && place[strlen(VALUE) - 1] == '\0');
	CHECK(secrets_find(secrets, "TOKEN", &err) == found);
	secrets_free(secrets);
}

static bool
own_environ_holds(const char *needle)
{
	static char text[65536];
	FILE *file = fopen("/proc/self/environ", "rb");
	size_t len = fread(text, 1, sizeof(text), file);

	(void)fclose(file);
	return memmem(text, len, needle, strlen(needle)) != NULL;
}

/* In a program that was started with it: see main(). */
static void
leaves_no_trace(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		setenv("PLANTED", "CANARY-7f3a", 1);
		(void)execl("/proc/self/exe", "secret", "--environ", NULL);
		_exit(99);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
}

static int
look_at_environ(void)
{
	struct secrets *secrets = secrets_new();

	if (!own_environ_holds("CANARY-7f3a"))
		return 1;
	if (secrets_find(secrets, "PLANTED", &err) == NULL)
		return 2;
	if (own_environ_holds("CANARY-7f3a"))
		return 3;
	secrets_free(secrets);
	return 0;
}

static void
prefers_credentials(void)
{
	struct secrets *secrets;

	scratch_make();
	(void)scratch_write("A", slice_str("credential\n"));
	(void)scratch_write("TWO", slice_str("one\ntwo\n"));
	setenv("CREDENTIALS_DIRECTORY", scratch_folder, 1);
	setenv("A", "environment", 1);
	secrets = secrets_new();
	CHECK_STR(expanded(secrets, "${CREDENTIALS_DIRECTORY}", NULL),
	    scratch_folder);
	CHECK_STR(secrets_find(secrets, "A", &err), "credential");
	CHECK_STR(getenv("A"), NULL);
	CHECK(secrets_find(secrets, "TWO", &err) == NULL);
	CHECK_STR(err.text, "secret TWO: holds CR, LF or NUL");
	secrets_free(secrets);
	scratch_remove();
}

static void
reads_file(void)
{
	struct secrets *secrets = secrets_new();
	const char *path;

	scratch_make();
	path = write_private("s", "# ours\n\nA=one=two \nB=\nA=three\n");
	CHECK_INT(secrets_add_file(secrets, path, &err), 0);
	CHECK_STR(secrets_find(secrets, "A", &err), "one=two ");
	CHECK(secrets_find(secrets, "B", &err) == NULL);
	CHECK_STR(err.text, "secret B: is empty");
	setenv("C", "environment", 1);
	CHECK_INT(secrets_add_file(secrets, write_private("t", "C=file\nD=d"),
		      &err),
	    0);
	CHECK_STR(secrets_find(secrets, "C", &err), "environment");
	CHECK_STR(secrets_find(secrets, "D", &err), "d");
	secrets_free(secrets);
	scratch_remove();
}

static void
finds_users_file(void)
{
	struct secrets *secrets = secrets_new();

	scratch_make();
	setenv("XDG_CONFIG_HOME", scratch_folder, 1);
	scratch_need(mkdir(scratch_path("tallyman"), 0700) == 0, "mkdir");
	(void)write_private("tallyman/secrets", "A=of the user\n");
	CHECK_STR(secrets_find(secrets, "A", &err), "of the user");
	unsetenv("XDG_CONFIG_HOME");
	secrets_free(secrets);
	scratch_remove();
}

static void
refuses_open_files(void)
{
	struct secrets *secrets = secrets_new();
	const char *path;

	scratch_make();
	path = write_private("s", "A=" VALUE "\n");
	scratch_need(chmod(path, 0640) == 0, path);
	CHECK_INT(secrets_add_file(secrets, path, &err), -1);
	CHECK(strstr(err.text,
		  "/s: others than its owner may use it "
		  "(mode 0640): chmod 600 it") != NULL);
	if (geteuid() == 0) {
		scratch_need(chmod(path, 0600) == 0, path);
		scratch_need(chown(path, 12345, 0) == 0, path);
		CHECK_INT(secrets_add_file(secrets, path, &err), -1);
		CHECK(strstr(err.text, "belongs to another user") != NULL);
	}
	CHECK_INT(secrets_add_file(secrets, scratch_folder, &err), -1);
	CHECK_INT(secrets_add_file(secrets, scratch_path("none"), &err), -1);
	CHECK(strstr(err.text, "none: No such file") != NULL);
	secrets_free(secrets);
	scratch_remove();
}

static void
tells_line_not_text(void)
{
	struct secrets *secrets = secrets_new();
	const char *path;

	scratch_make();
	path = write_private("s", "A=b\n1" VALUE "\n");
	CHECK_INT(secrets_add_file(secrets, path, &err), -1);
	CHECK(strstr(err.text, "/s: line 2: not NAME=VALUE") != NULL);
	CHECK(strstr(err.text, "s3cr") == NULL);
	secrets_free(secrets);
	scratch_remove();
}

static void
refuses_values(void)
{
	struct secrets *secrets = secrets_new();

	setenv("XDG_CONFIG_HOME", "/nowhere", 1);
	CHECK(secrets_find(secrets, "NOT_THERE", &err) == NULL);
	CHECK_STR(err.text,
	    "secret NOT_THERE: neither a credential, nor in the environment, "
	    "nor in a file of secrets");
	CHECK(secrets_find(secrets, "1A", &err) == NULL);
	CHECK(secrets_find(secrets, "", &err) == NULL);
	CHECK(secrets_find(secrets, "../A", &err) == NULL);
	CHECK_STR(err.text, "'../A' is no name of a secret");
	setenv("BAD", "a\nb", 1);
	CHECK(secrets_find(secrets, "BAD", &err) == NULL);
	CHECK_STR(getenv("BAD"), NULL);
	unsetenv("XDG_CONFIG_HOME");
	secrets_free(secrets);
}

static void
expands(void)
{
	struct secrets *secrets = secrets_new();
	bool secret = false;

	setenv("A", "x{id}", 1);
	CHECK_STR(expanded(secrets, "<${A}>${A}", &secret), "<x{id}>x{id}");
	CHECK(secret);
	CHECK_STR(expanded(secrets, "$A $${A} $ {id}", &secret),
	    "$A ${A} $ {id}");
	CHECK(!secret);
	CHECK_STR(expanded(secrets, "", &secret), "");
	buf_clear(&buf);
	CHECK_INT(secrets_expand_template(secrets, slice_str("{id}${A}$${id}"),
		      &buf, &secret, &err),
	    0);
	CHECK_SLICE(buf, "{id}x{{id}${{id}");
	secrets_free(secrets);
}

static void
refuses_places(void)
{
	struct secrets *secrets = secrets_new();

	CHECK_STR(expanded(secrets, "ab${A", NULL), NULL);
	CHECK_INT(buf.len, 0);
	CHECK_STR(err.text,
	    "'${' without a NAME and '}'; '$${' stands for '${'");
	CHECK_STR(expanded(secrets, "${}", NULL), NULL);
	CHECK_STR(expanded(secrets, "${a b}", NULL), NULL);
	secrets_free(secrets);
}

static void
redacts(void)
{
	struct secrets *secrets = secrets_new();

	secrets_add(secrets, "K", slice_str(VALUE));
	secrets_add(secrets, "K", slice_str(VALUE));
	secrets_add(secrets, "SHORT", slice_str("abc"));
	secrets_add(secrets, "LONG", slice_str(VALUE "more"));
	CHECK_STR(redacted(secrets, "a " VALUE " b"), "a ${K} b");
	CHECK_STR(redacted(secrets, VALUE VALUE), "${K}${K}");
	CHECK_STR(redacted(secrets, "?k=s3cr%2Ft%26%22x&"), "?k=${K}&");
	CHECK_STR(redacted(secrets, "?k=s3cr%2ft%26%22x"), "?k=${K}");
	CHECK_STR(redacted(secrets, "\"s3cr/t&\\\"x\""), "\"${K}\"");
	/* printf 's3cr/t&"x' | base64 */
	CHECK_STR(redacted(secrets, "Basic czNjci90JiJ4"), "Basic ${K}");
	CHECK_STR(redacted(secrets, VALUE "more"), "${LONG}");
	CHECK_STR(redacted(secrets, "S3CR/T&\"X"), "${K}");
	CHECK_STR(redacted(secrets, "abc s3cr/t& d"), "abc s3cr/t& d");
	CHECK_STR(redacted(secrets, "abc s3cr/"), "abc ${K}");
	CHECK_STR(redacted(secrets, "abc s3c"), "abc s3c");
	CHECK_STR(redacted(secrets, ""), "");
	CHECK(secrets_stand_in(secrets, slice_str("?k=s3cr%2ft%26%22x&b")));
	CHECK(!secrets_stand_in(secrets, slice_str("?k=s3crt&b")));
	secrets_free(secrets);
}

static void
redacts_padded_base64(void)
{
	struct secrets *secrets = secrets_new();

	secrets_add(secrets, "basic", slice_str("user:password"));
	CHECK_STR(redacted(secrets, "dXNlcjpwYXNzd29yZA=="), "${basic}==");
	secrets_free(secrets);
}

static void
redacts_errors(void)
{
	struct secrets *secrets = secrets_new();

	secrets_add(secrets, "K", slice_str(VALUE));
	(void)err_set(&err, "cannot reach https://h/?k=%s", VALUE);
	secrets_redact_err(secrets, &err);
	CHECK_STR(err.text, "cannot reach https://h/?k=${K}");
	secrets_free(secrets);
	secrets_free(NULL);
}

static void
hardens(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		struct rlimit core;

		secrets_harden();
		(void)getrlimit(RLIMIT_CORE, &core);
		_exit(
		    core.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
}

static const struct tap_test tests[] = {
	{ "a secret is taken out of the environment", reads_environment },
	{ "/proc/PID/environ shows it no more", leaves_no_trace },
	{ "a credential goes before the environment", prefers_credentials },
	{ "a file has lines NAME=VALUE, the first of a name counts",
	    reads_file },
	{ "the user's file is there without being named", finds_users_file },
	{ "a file that others may use is refused", refuses_open_files },
	{ "a bad line is told by number, not by text", tells_line_not_text },
	{ "a secret that is nowhere, or has line ends, is refused",
	    refuses_values },
	{ "${NAME} becomes the value, $${ becomes ${", expands },
	{ "${ without a name is refused", refuses_places },
	{ "secrets are found plain, percent-encoded, in base64 and in JSON, "
	  "the longest first",
	    redacts },
	{ "base64 with padding is found", redacts_padded_base64 },
	{ "errors are redacted in place", redacts_errors },
	{ "hardened, there is no core file and no ptrace", hardens },
	{ 0 },
};

int
main(int argc, char **argv)
{
	int status;

	if (argc > 1 && strcmp(argv[1], "--environ") == 0)
		return look_at_environ();
	unsetenv("CREDENTIALS_DIRECTORY");
	status = tap_run(tests);
	buf_release(&buf);
	return status;
}

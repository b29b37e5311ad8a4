/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Stores the text and frees it. Of a longer one a quarter of the room keeps
 * the start, the rest the end. */
static int
store(struct err *err, char *text)
{
	size_t size = sizeof(err->text);
	size_t head = size / 4;
	size_t len = strlen(text);
	const char *mark = "...";

	if (len < size)
		memcpy(err->text, text, len + 1);
	else
		(void)snprintf(err->text, size, "%.*s%s%s", (int)head, text,
		    mark, text + len - (size - 1 - head - strlen(mark)));
	free(text);
	return -1;
}

static char *__attribute__((format(printf, 1, 0)))
format_text(const char *format, va_list args)
{
	char *text;

	return vasprintf(&text, format, args) < 0 ? xstrdup("out of memory") :
						    text;
}

int
err_set(struct err *err, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	return store(err, text);
}

int
err_errno(struct err *err, const char *format, ...)
{
	int error = errno;
	va_list args;
	char *what;
	char *text;

	va_start(args, format);
	what = format_text(format, args);
	va_end(args);
	text = xasprintf("%s: %s", what, strerror(error));
	free(what);
	errno = error;
	return store(err, text);
}

int
err_wrap(struct err *err, const char *format, ...)
{
	va_list args;
	char *where;
	char *text;

	va_start(args, format);
	where = format_text(format, args);
	va_end(args);
	text = xasprintf("%s: %s", where, err->text);
	free(where);
	return store(err, text);
}

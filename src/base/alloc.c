/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static void *
check(void *ptr)
{
	if (ptr == NULL)
		msg_out_of_memory();
	return ptr;
}

void *
xmalloc(size_t size)
{
	return check(malloc(size == 0 ? 1 : size));
}

void *
xcalloc(size_t n, size_t size)
{
	return check(calloc(n == 0 ? 1 : n, size == 0 ? 1 : size));
}

void *
xrealloc(void *ptr, size_t size)
{
	return check(realloc(ptr, size == 0 ? 1 : size));
}

void *
xreallocarray(void *ptr, size_t n, size_t size)
{
	return check(reallocarray(ptr, n == 0 ? 1 : n, size == 0 ? 1 : size));
}

char *
xstrdup(const char *string)
{
	return xmemdup(string, strlen(string));
}

char *
xmemdup(const void *ptr, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		msg_out_of_memory();
	copy = xmalloc(len + 1);
	if (len > 0)
		memcpy(copy, ptr, len);
	copy[len] = '\0';
	return copy;
}

char *
xasprintf(const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return check(len < 0 ? NULL : text);
}

void
xgrow(void *array, size_t *room, size_t n, size_t size)
{
	void *old;
	void *grown;
	size_t want = *room < 8 ? 8 : *room;

	if (n <= *room)
		return;
	while (want < n)
		want = want > SIZE_MAX / 2 ? n : want * 2;
	memcpy(&old, array, sizeof(old));
	grown = xreallocarray(old, want, size);
	memcpy(array, &grown, sizeof(grown));
	*room = want;
}

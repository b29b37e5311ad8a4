/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/secretform.h"

#include <strings.h>

#include "base/json.h"
#include "base/percent.h"
#include "fetch/secretplace.h"

/* Takes the quotes off the string that buf is. */
static void
unquote(struct buf *buf)
{
	buf_drop(buf, 1);
	buf->len--;
}

/* Without its "=", which some writers leave out. */
static void
add_base64(struct buf *buf, struct slice value)
{
	json_add_base64(buf, value);
	unquote(buf);
	while (buf->len > 0 && buf->ptr[buf->len - 1] == '=')
		buf->len--;
}

void
secret_forms_make(struct secret_forms *forms, struct slice value)
{
	struct buf *texts = forms->texts;

	if (value.len < SECRET_LOOKED_FOR_LEAST)
		return;
	buf_add(&texts[0], value);
	percent_add(&texts[1], value);
	add_base64(&texts[2], value);
	(void)json_add_string(&texts[3], value);
	unquote(&texts[3]);
}

void
secret_forms_release(struct secret_forms *forms)
{
	for (size_t i = 0; i < SECRET_FORMS; i++)
		secret_wipe(&forms->texts[i]);
}

size_t
secret_forms_match(const struct secret_forms *forms, struct slice text)
{
	size_t longest = 0;

	for (size_t i = 0; i < SECRET_FORMS; i++) {
		struct slice form = buf_slice(&forms->texts[i]);
		size_t len = form.len < text.len ? form.len : text.len;

		if (len > longest && len >= SECRET_LOOKED_FOR_LEAST &&
		    len >= form.len - form.len / 2 &&
		    strncasecmp(text.ptr, form.ptr, len) == 0)
			longest = len;
	}
	return longest;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/requesturl.h"

#include "base/percent.h"

/* Percent-encoded but for commas, which stand between ids and are allowed in
 * a query (RFC 3986, section 3.4). */
static void
add_encoded(struct buf *url, struct slice value)
{
	const char *comma;

	while ((comma = slice_chr(value, ',')) != NULL) {
		struct slice head = slice_between(value.ptr, comma);

		percent_add(url, head);
		buf_add_char(url, ',');
		value = slice_from(value, head.len + 1);
	}
	percent_add(url, value);
}

static int
add_parameter(const struct job_parameter *param,
    const struct template_values *values, struct buf *url, struct err *err)
{
	struct buf value = { 0 };
	int status = template_add(param->value, values, &value, err);

	buf_add_char(url, slice_chr(buf_slice(url), '?') == NULL ? '?' : '&');
	percent_add(url, slice_str(param->name));
	buf_add_char(url, '=');
	add_encoded(url, buf_slice(&value));
	buf_release(&value);
	return status;
}

int
request_url(const struct job_request *request,
    const struct template_values *values, struct buf *url, struct err *err)
{
	if (template_add(request->url, values, url, err) != 0)
		return -1;
	for (size_t i = 0; i < request->param_count; i++)
		if (add_parameter(&request->params[i], values, url, err) != 0)
			return -1;
	return 0;
}

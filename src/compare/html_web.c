/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/html_web.h"

/* Of each NAME of the files: the array web_NAME_bytes, a 0 behind its text,
 * and the string WEB_NAME_HASH. */
#include "compare/web.inc"

#define TEXT(bytes)                                      \
	{                                                \
		(const char *)(bytes), sizeof(bytes) - 1 \
	}

const struct web_file web_style = { TEXT(web_style_bytes), WEB_STYLE_HASH };
const struct web_file web_script = { TEXT(web_script_bytes), WEB_SCRIPT_HASH };
const struct web_file web_chart = { TEXT(web_chart_bytes), WEB_CHART_HASH };

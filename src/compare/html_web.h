/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_HTML_WEB_H
#define COMPARE_HTML_WEB_H

/*
 * What each page brings along, put in at build time by web/embed.sh: its
 * style and script (web/page.css, web/page.js), and Chart.js with its licence
 * (https://www.chartjs.org). It goes into the page byte for byte: the hashes
 * are of these bytes.
 */

#include "base/slice.h"

struct web_file {
	struct slice text; /* empty: there was none at build time */
	const char *hash;  /* as a content security policy names it */
};

extern const struct web_file web_style;
extern const struct web_file web_script;
extern const struct web_file web_chart;

#endif

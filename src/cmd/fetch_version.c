/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_version.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <curl/curl.h>
#include <jansson.h>
#include <pcre2.h>
#include <sqlite3.h>

#include "base/alloc.h"

char *
fetch_version_libraries(void)
{
	char pcre2[64];

	if (pcre2_config(PCRE2_CONFIG_VERSION, pcre2) < 0)
		pcre2[0] = '\0';
	return xasprintf("%s, sqlite %s, jansson %s, pcre2 %s", curl_version(),
	    sqlite3_libversion(), jansson_version_str(), pcre2);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/version.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <csv.h>
#include <pcre2.h>
#include <sqlite3.h>
#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ISAL
#include <isa-l.h>
#endif

#include "base/alloc.h"
#include "base/buf.h"

char *
version_libraries(void)
{
	struct buf text = { 0 };
	char pcre2[64];
	char *copy;

	if (pcre2_config(PCRE2_CONFIG_VERSION, pcre2) < 0)
		pcre2[0] = '\0';
	buf_add_format(&text, "pcre2 %s, zlib %s, sqlite %s, libcsv %d.%d.%d",
	    pcre2, zlibVersion(), sqlite3_libversion(), CSV_MAJOR, CSV_MINOR,
	    CSV_RELEASE);
#ifdef HAVE_ISAL
	buf_add_format(&text, ", isa-l %d.%d.%d", ISAL_MAJOR_VERSION,
	    ISAL_MINOR_VERSION, ISAL_PATCH_VERSION);
#endif
#ifdef HAVE_ZSTD
	buf_add_format(&text, ", zstd %s", ZSTD_versionString());
#endif
#ifdef HAVE_BZIP2
	buf_add_format(&text, ", bzip2 %s", BZ2_bzlibVersion());
#endif
#ifdef HAVE_LZMA
	buf_add_format(&text, ", lzma %s", lzma_version_string());
#endif
	copy = xmemdup(text.ptr, text.len);
	buf_release(&text);
	return copy;
}

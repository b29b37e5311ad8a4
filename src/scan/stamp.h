/* SPDX-License-Identifier: MIT */
#ifndef SCAN_STAMP_H
#define SCAN_STAMP_H

/*
 * Time stamps as logs write them. Pure. A stamp may lack its date (a bare
 * time), its year (syslog, klog), its time of day, or its offset; what is
 * missing is filled in by whoever knows (the file's path, its modification
 * time), never guessed here.
 *
 * Understood, anywhere the scan looks:
 *   2013-06-12 05:04:03.123456789  2013-06-12T05:04:03,123Z  2013/06/12 05:04
 *   2013-06-12 05:04:03 -0700      ...+02:00   ...UTC   ...CEST (see below)
 *   2013-06-12                     (a date alone)
 *   12/Jun/2013:05:04:03 -0700     Apache, nginx
 *   Wed Jun 12 05:04:03 2013       ctime;  Wed, 12 Jun 2013 05:04:03 GMT
 *   Jun 12 05:04:03                syslog (RFC 3164), no year
 *   I0612 05:04:03.123456          klog and glog, no year
 *   I20130612 05:04:03.123456      glog since 0.5
 *   I130612 05:04:03.123456        CockroachDB
 *   130612  5:04:03                MySQL 5.6
 *   1371013443.123, 1371013443123, 1371013443  seconds, milliseconds (also
 *                                  micro- and nanoseconds by their length);
 *                                  only where asked for (STAMP_EPOCH)
 * Zone names other than UTC, GMT and Z are no offsets: many mean several
 * things. A stamp with one counts as one without offset. Years are 1970 to
 * 2199 (of two digits, 70 to 99 are 1970 to 1999): what programs write where
 * they know no time, such as 0001-01-01, is no stamp. Fractions of a second
 * are stepped over.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/zone.h"

struct stamp {
	struct civil civil;
	int32_t offset; /* seconds east of UTC, where has_offset */
	bool has_date;  /* month and day */
	bool has_year;
	bool has_time;
	bool has_offset;
};

enum { STAMP_EPOCH = 1 };

/*
 * Reads a stamp at the front of text. Returns how many bytes it takes, 0 when
 * there is none. Dates and times that do not exist are no stamps.
 */
size_t stamp_read(struct slice text, unsigned flags, struct stamp *stamp);

/*
 * Most lines of a log have the stamp of the line above. Its usual text is
 * "2013-06-12 05:04:03", at the very beginning, with a fraction or without, and
 * surely without an offset. stamp_read_usual() keeps it; false where the text
 * begins otherwise. stamp_is_usual() says whether another text begins with the
 * same, so that stamp_find() would find the same in it.
 */
enum { STAMP_USUAL = 19 };

bool stamp_read_usual(struct slice text, char usual[STAMP_USUAL]);
bool stamp_is_usual(struct slice text, const char usual[STAMP_USUAL]);

/*
 * The first stamp in text that begins within its first `within` bytes, at the
 * start of a word (behind a blank, tab, bracket, quote, '=', ':' or '>' and
 * the like, not behind a letter or digit, nor inside a path, an address or a
 * version). The time of a date that is no stamp ("0000-00-00 00:00:00") is
 * none either. With STAMP_EPOCH bare epochs too, which have the offset 0.
 */
bool stamp_find(struct slice text, size_t within, unsigned flags,
    struct stamp *stamp);

/*
 * A date in a file's path, the last one that is whole: 2013/06/12,
 * 2013-06-12, 2013.06.12, 20130612 (also 2013061205, with the hour); a year
 * and month alone (2013/06, 2013-06) give has_year but not has_date, which
 * stamps without a year take their year from.
 */
bool stamp_of_path(struct slice path, struct stamp *stamp);

#endif

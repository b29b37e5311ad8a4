/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_VERSION_H
#define CMD_FETCH_VERSION_H

/* "libcurl/7.88.1 OpenSSL/3.0.17 ..., sqlite 3.40.1, ...": as in version.h, of
 * `tallyman fetch`. */
char *fetch_version_libraries(void);

#endif

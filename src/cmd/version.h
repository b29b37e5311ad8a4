/* SPDX-License-Identifier: MIT */
#ifndef CMD_VERSION_H
#define CMD_VERSION_H

/* "pcre2 10.42, zlib 1.2.13, ...": the libraries that run, not those that it
 * was built with, where they can be asked. The caller frees it. */
char *version_libraries(void);

#endif

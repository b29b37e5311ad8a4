/* SPDX-License-Identifier: MIT */
#ifndef SANITIZED_H
#define SANITIZED_H

/* Whether AddressSanitizer or ThreadSanitizer is compiled in, for gcc and
 * clang: they take memory of their own, and stand before functions. */

#ifndef __has_feature
#define __has_feature(name) 0
#endif

#if __has_feature(address_sanitizer) || defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#else
#define HAS_ASAN 0
#endif

#if __has_feature(thread_sanitizer) || defined(__SANITIZE_THREAD__)
#define HAS_TSAN 1
#else
#define HAS_TSAN 0
#endif

#define IS_SANITIZED (HAS_ASAN || HAS_TSAN)

#endif

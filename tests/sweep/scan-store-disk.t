#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/scan-store-disk.t with every call.
: "${FIRST:=100000}" "${FAULTS:=ENOSPC ENOSPC+ EIO EIO+}"
: "${CALLS:=pwrite64 fdatasync ftruncate openat pread64 fcntl fchmod mkdir}"
: "${ROOMS:=4 8 12 16 20 24 28 32 36 40 44 48 56 64 72 80 88 96 104 112 120}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/scan-store-disk.t"

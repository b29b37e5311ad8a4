#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/fetch-disk.t with every call.
: "${FIRST:=100000}"
: "${CALLS:=pwrite64 fdatasync ftruncate openat pread64 fcntl fchmod mkdir}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/fetch-disk.t"

#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/scan-memory.t with ten million sites, a line of 1 GB, and 10 GB of
# zeros in a small file.
: "${MEMORY_SITES:=10000000}" "${MEMORY_LINE:=1000}" "${MEMORY_ZEROS:=10000}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/scan-memory.t"

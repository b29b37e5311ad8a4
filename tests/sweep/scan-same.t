#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/scan-same.t with larger logs, more options and threads, and
# races tried more often.
: "${SAME_MB:=70}" "${SAME_THREADS:=1 2 3 8}" "${SAME_TIMES:=100}" "${SAME_ALL:=1}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/scan-same.t"

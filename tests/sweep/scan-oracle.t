#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/scan-oracle.t with more to count.
: "${ORACLE_MB:=200}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/scan-oracle.t"

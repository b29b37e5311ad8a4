#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/scan-store-crash.t with more kills, and at every call that writes.
: "${KILLS:=100}" "${FIRST:=100000}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/scan-store-crash.t"

#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/fetch-crash.t with more kills, and at more instants.
: "${KILLS:=200}" "${TERMS:=20}" "${ITEMS:=2000}" "${PASSES:=3}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/fetch-crash.t"

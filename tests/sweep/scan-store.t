#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/scan-store.t with other seeds and 100 rotations of each kind.
: "${STORE_SEEDS:=11}" "${STORE_ROTATIONS:=100}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/scan-store.t"

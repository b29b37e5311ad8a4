#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cmd/db-year.t with a year of 100,000 sites a day: about 1.1 GB.
: "${YEAR_DAYS:=365}" "${YEAR_SITES:=100000}" "${YEAR_HOURS:=1}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/cmd/db-year.t"

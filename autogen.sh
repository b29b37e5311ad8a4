#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes configure and Makefile.in. Needs autoconf, automake and
# autoconf-archive: tools/deps build
set -eu
cd "$(dirname "$0")"
exec autoreconf --install --warnings=all,error "$@"

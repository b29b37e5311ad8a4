#!/bin/sh
# SPDX-License-Identifier: MIT
# lines.sh [PAIRS]: how many lines of known fate are found in files that
# changed, beside git diff (see lines.c). PAIRS is a .tsv with blobs/ beside it,
# or a tar archive with one such; without it, the training pairs of the data.
set -eu
build=$(cd "${top_builddir:-.}" && pwd)
source=${top_srcdir:-.}
pairs=${1:-${TALLYMAN_DATA:-$source/../shared/data}/lines/line-pairs.tar.xz}

if [ ! -e "$pairs" ]; then
	echo "lines.sh: there is no $pairs" >&2
	exit 0
fi
case $pairs in
*.tsv)
	exec "$build/tests/bench/lines" "$pairs"
	;;
esac
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-lines.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tar -xf "$pairs" -C "$dir"
for tsv in $(find "$dir" -name '*.tsv' | sort); do
	"$build/tests/bench/lines" "$tsv"
done

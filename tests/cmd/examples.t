#!/bin/sh
# SPDX-License-Identifier: MIT
# Every command in the EXAMPLES of a manual page runs, in order, in a folder
# with the logs of tools/demo-logs; 0 and 1 are answers, 2 is trouble.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

command -v mandoc >/dev/null || skip_all 'mandoc is not installed'
set -- "$top_srcdir"/man/*.[1357]
[ -f "$1" ] || skip_all 'there are no manual pages'

"$top_srcdir/tools/demo-logs" "$work/logs"

# A store with today and yesterday, and a week before each.
for day in today yesterday; do
	new=$(date -d "$day" +%F)
	old=$(date -d "$day - 7 days" +%F)
	mkdir -p "$work/live/$new" "$work/live/$old"
	sed "s/2013-06-05/$old/" "$work/logs/2013-06-05/app.log" \
		>"$work/live/$old/app.log"
	sed "s/2013-06-12/$new/" "$work/logs/2013-06-12/app.log" \
		>"$work/live/$new/app.log"
done
tallyman scan -q --store --db "$work/store" "$work/live" "$work"/logs/2013-* ||
    exit 2

# Programs that pages show are compiled against the build.
cp "$top_srcdir"/examples/* "$work/logs"
CPATH=$top_srcdir/src/record
LIBRARY_PATH=$top_builddir
LD_LIBRARY_PATH=$top_builddir
export CPATH LIBRARY_PATH LD_LIBRARY_PATH

# examples PAGE: its commands, one a line; a line that ends in \ goes on.
examples()
{
	mandoc -Tascii -O width=500 "$1" | sed 's/.\x08//g' | awk '
		/^[A-Z]/ { here = /^EXAMPLES/ }
		here && (more || /^ *\$ /) {
			more = sub(/\\$/, "")
			sub(/^ *\$ /, "")
			printf "%s%s", $0, more ? " " : "\n"
		}'
}

answers()
{
	sh -c "$1"
	[ $? -le 1 ]
}

# A sandbox a page, so that one page's files do not help another's.
for page do
	name=$(basename "$page")
	cp -R "$work/logs" "$work/$name"
	cp -R "$work/store" "$work/$name.store"
	TALLYMAN_DB=$work/$name.store
	export TALLYMAN_DB
	cd "$work/$name" || exit 2
	examples "$page" >"$work/examples"
	recorded=
	while read -r example <&3; do
		case $recorded$example in
		# And what comes behind, which reads what was recorded.
		*'tallyman record'* | cc\ * | *feed*)
			[ -f "$top_builddir/record.so" ] || {
				recorded='tallyman record'
				skip 'tallyman record is not built' \
				    "$name: $example"
				continue
			} ;;
		*--repo*) command -v git >/dev/null || {
			skip 'git is not installed' "$name: $example"
			continue
		} ;;
		esac
		check "$name: $example" answers "$example"
	done 3<"$work/examples"
done

# A check that cannot fail is none.
check_not 'a command that fails is seen' answers 'tallyman scan nothing'
done_testing

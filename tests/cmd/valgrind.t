#!/bin/sh
# SPDX-License-Identifier: MIT
# A sample of scans and comparisons under valgrind: no bad access, no leak.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

command -v valgrind >/dev/null || skip_all 'valgrind is not installed'
# Sanitizers take the memory that valgrind would watch.
valgrind -q tallyman-scan --version >"$out" 2>&1 ||
	skip_all 'valgrind cannot run this build'

"$top_srcdir/tools/demo-logs" "$work/logs"
cd "$work/logs" || exit 2
for day in 2013-06-05 2013-06-12; do
	head -n 3000 "$day/app.log" >"$day.log"
	gzip -dc "$day/app.log.1.gz" | head -n 3000 | gzip -c >"$day.log.1.gz"
done

under_valgrind()
{
	valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,possible "$@"
}

scan()
{
	under_valgrind tallyman-scan "$@"
}

check 'a scan of plain and gzipped parts is clean' \
	scan -j2 -o new.csv 2013-06-12.log 2013-06-12.log.1.gz
check 'and of the other day' \
	scan -j1 -o old.csv 2013-06-05.log 2013-06-05.log.1.gz
check 'a scan that spills is clean' \
	scan --memory 1 --by day,hour,site,operation 2013-06-12.log
# Compiled patterns read whole vectors, a little beyond the text.
check 'patterns are' scan -p callcount -e '(*NO_JIT)put$' \
	--line-pattern '(*NO_JIT)INFO.*py' 2013-06-12.log
check 'rejects and JSON are' scan --rejects rejects --format json rails
check 'tagged statements are' scan postgres
check 'tallies are' scan --by operation --format table old.csv new.csv
check_status 2 'a wrong pattern is' scan -e '(' 2013-06-12.log
head -c 20000 2013-06-12.log.1.gz >cut.gz
check_status 2 'a cut gzip file is' scan cut.gz
check_status 1 'a diff is' \
	under_valgrind tallyman-diff --format table old.csv new.csv
check_status 1 'a page is' \
	under_valgrind tallyman-diff --format html -o page.html old.csv new.csv
check_status 1 'an annotated source is' \
	under_valgrind tallyman-annotate --root src badges.py old.csv new.csv
# Not with --repo: valgrind 3.19 does not know pidfd_open().
check_status 1 'a reason is' \
	under_valgrind tallyman-why UserData.put old.csv new.csv
done_testing

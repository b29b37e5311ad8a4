#!/bin/sh
# SPDX-License-Identifier: MIT
# A signal that ends a scan leaves nothing half written; kill -9 leaves the
# old file whole. One that ends a comparison ends its git too.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# begin: starts a scan that waits for its input with -o old.csv half made.
begin()
{
	echo old >old.csv
	rm -f pipe
	mkfifo pipe
	tallyman-scan -q -p callcount -o old.csv pipe &
	scan=$!
	# Opening waits for the reader; the scan makes its file before that.
	exec 3>pipe
	echo '2013-06-12 7: a.py:1 -- A.put' >&3
}

# ends_by NUMBER: sends the signal; succeeds when the scan died of it.
ends_by()
{
	begin
	kill "-$1" "$scan"
	exec 3>&- # where the signal is ignored the scan ends all the same
	status=0
	wait "$scan" || status=$?
	[ "$status" -eq $((128 + $1)) ]
}

left_over()
{
	ls -A | grep tallyman-
}

# Not INT, which shells make their background jobs ignore, nor HUP, which
# nohup(1) does.
check 'SIGTERM ends a scan' ends_by 15
check_not 'it leaves no half-written file' left_over
check_output 'it leaves the old file' old cat old.csv

check 'kill -9 ends a scan' ends_by 9
check 'it leaves what it wrote' left_over
check_output 'and the old file' old cat old.csv
rm -f .old.csv.tallyman-*

ends_well()
{
	begin
	exec 3>&-
	wait "$scan"
}
check 'without a signal it ends well' ends_well
check_output 'and the file is new' \
    'day,file,line,function,operation,count,entries
2013-06-12,a.py,1,,A.put,7,1' cat old.csv
check_not 'and nothing else is left' left_over

# A git that never answers, and holds a pipe open as long as it lives.
mkdir bin
cat >bin/git <<'EOS'
#!/bin/sh
exec 3>"$HELD"
exec sleep 60
EOS
chmod +x bin/git
HELD=$work/held
export HELD
git_ends()
{
	mkfifo held
	PATH=$work/bin:$PATH tallyman-diff --repo . --old-rev a --new-rev b \
	    old.csv old.csv 2>/dev/null &
	diff=$!
	exec 4<held # waits for it
	kill -15 "$diff"
	timeout 20 cat <&4
	ended=$?
	exec 4<&-
	status=0
	wait "$diff" || status=$?
	[ "$ended" -eq 0 ] && [ "$status" -eq $((128 + 15)) ]
}
check 'SIGTERM ends a comparison and the git that it waits for' git_ends
done_testing

#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan: the mistakes that people make first, and what each one is
# told; exit statuses.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

header=day,file,line,function,operation,count,entries

mkdir logs nologs empty
echo '2013-06-12 7: a.py:1 -- UserData.put' >logs/a.log
echo 'nothing of the kind' >nologs/readme

# says PATTERN COMMAND...: exits 2 with just one line on standard error,
# which begins with the command's name and matches.
says()
{
	says_pattern="^tallyman scan: $1\$"
	shift
	"$@" 2>said >printed
	says_status=$?
	cat said >&2
	[ "$says_status" -eq 2 ] && [ "$(wc -l <said)" -eq 1 ] &&
	    [ ! -s printed ] && grep -qE -e "$says_pattern" said
}

# --- Operands.

check_status 2 'exit 2: a missing file' tallyman scan missing.log
check_message 'a missing file is named' \
    '^tallyman scan: missing\.log: No such file or directory$' \
    tallyman scan missing.log
check_message 'it is told that nothing is left' 'nothing could be read' \
    tallyman scan missing.log
check_output 'nothing is printed then' '' tallyman scan missing.log

check_status 2 'exit 2: one of two files is missing' \
    tallyman scan missing.log logs/a.log
check_output 'what is there is counted' "$header
2013-06-12,a.py,1,,UserData.put,7,1" tallyman scan missing.log logs/a.log
check_message 'only what was read has a preset' 'callcount for 1 file$' \
    tallyman scan missing.log logs/a.log

check_message 'a kind is no operand' \
    'UserData: no such file; to select a kind: -k UserData; an operation: -e UserData$' \
    tallyman scan UserData logs/
check_message 'nor is an operation' \
    "UserData\.put: no such file; to select an operation: -e 'UserData\.put'$" \
    tallyman scan UserData.put logs/
check_message 'also as the 2013 hook wrote it' \
    "to select an operation: -e 'UserData\.<put>'$" \
    tallyman scan 'UserData.<put>' logs/
check_status 2 'exit 2: a kind for an operand' tallyman scan UserData logs/

check_status 1 'exit 1: a directory without logs' tallyman scan nologs
check_message 'its files are listed' \
    '1 file without call sites: nologs/readme$' tallyman scan nologs
check_message 'it is told where help is' \
    'nologs/readme: no call sites found; tallyman-callers\(7\)' \
    tallyman scan nologs
check_status 1 'exit 1: an empty directory' tallyman scan empty
check_message 'an empty directory is told' \
    '^tallyman scan: empty: a directory without files$' tallyman scan empty
check_output 'once' 1 \
    sh -c 'tallyman scan empty 2>&1 | grep -c "without files"'
check_message 'a filter may leave nothing' \
    'logs: a directory without files that --include and --exclude leave$' \
    tallyman scan --include '*.txt' logs
: >empty.log
check_message 'an empty file is told' 'empty\.log: empty$' \
    tallyman scan empty.log
check_message 'empty standard input too' 'standard input: empty$' \
    tallyman scan
echo "$header" >quiet.csv
check_message 'a tally without rows is told' \
    'quiet\.csv: a tally without rows$' tallyman scan quiet.csv

if script -qec true /dev/null >/dev/null 2>&1; then
	on_terminal()
	{
		script -qec 'tallyman scan; echo $?' /dev/null </dev/null |
		    tr -d '\r'
	}
	check_output 'a terminal is not waited for' \
	    'tallyman scan: give a log file or directory, or - for standard input
2' on_terminal
else
	skip 'there is no script(1)' 'a terminal is not waited for'
fi

# --- The wrong format, and logs that name no callers.

check_status 1 'exit 1: the wrong preset' tallyman scan -p rails logs/a.log
check_message 'the one that fits is told' \
    'logs/a\.log: rails finds nothing here; -p callcount would$' \
    tallyman scan -p rails logs/a.log
check_message 'for -x too' '-x finds nothing here; -p callcount would$' \
    tallyman scan -x '(?<file>nowhere):(?<line>\d+)' logs/a.log

cat >production.log <<'EOF'
I, [2026-11-21T10:00:00.123456 #12]  INFO -- : [f00] Started GET "/cities" for 192.0.2.1 at 2026-11-21 10:00:00 +0000
I, [2026-11-21T10:00:00.223456 #12]  INFO -- : [f00] Completed 200 OK in 5ms (ActiveRecord: 1.0ms)
EOF
looks='looks like a Rails log without callers; see RAILS in'
looks="$looks tallyman-callers\\(7\\) for how to make it name them\$"
check_status 1 "exit 1: production's Rails" tallyman scan production.log
check_message "production's Rails is told what it lacks" \
    "production\\.log: $looks" tallyman scan production.log
check_message 'with the right preset as well' "production\\.log: $looks" \
    tallyman scan -p rails production.log
check_message 'through a pipe too' "standard input: $looks" \
    sh -c 'cat production.log | tallyman scan'
mkfifo pipe
through_pipe()
{
	cat production.log >pipe &
	tallyman scan pipe
}
check_message 'a named one is read but once' "pipe: $looks" through_pipe
check_output 'the tally is a header' "$header" tallyman scan production.log

printf '2026-11-21 20:00:00 UTC [1] LOG:  statement: SELECT 1\n' >pg.log
check_message 'PostgreSQL without tags is told' \
    'no tag; see POSTGRESQL in tallyman-callers' tallyman scan pg.log
check_message 'where statements are, they are counted' \
    '0 of 0 entries counted, 1 statement without a caller$' \
    tallyman scan pg.log

# --- Tallies.

echo day,fil,line,operation,count,entries >wrong.csv
check_status 2 'exit 2: a wrong header' tallyman scan wrong.csv
check_message 'the wrong column and the nearest are told' \
    "wrong\\.csv: line 1: no column 'fil'; did you mean file\\?\$" \
    tallyman scan wrong.csv
echo day,file,count >short.csv
check_message 'a header must end as it should' \
    "short\\.csv: line 1: a tally's header ends in count,entries\$" \
    tallyman scan short.csv
echo day,file,day,count,entries >twice.csv
check_message 'no column stands twice' 'the column day stands twice$' \
    tallyman scan twice.csv
echo day,file,count,entries >lines.csv
check_message 'a tally has no lines to match' \
    'lines\.csv: a tally has no lines for --line-pattern$' \
    tallyman scan --line-pattern x lines.csv

# --- Options.

check 'an unknown option: the nearest is told' \
    says 'unknown option --prest; did you mean --preset\?' \
    tallyman scan --prest rails logs
check 'an unknown letter' says 'unknown option -Z; .*' tallyman scan -Z logs
check 'an option lacks its argument' says '.*--top.*' tallyman scan logs --top
check 'an unknown preset: the nearest is told' \
    says "no preset 'rial'; did you mean rails\\?" \
    tallyman scan -p rial logs
check 'an unknown key: the nearest is told' \
    says "--by: no column 'fiel'; did you mean file\\?" \
    tallyman scan --by day,fiel logs
check 'a key twice' says '--by: the column file stands twice' \
    tallyman scan --by file,site logs
check 'no key' says '--by: nothing to group by' tallyman scan --by '' logs
check 'a pattern that is none, and where' \
    says "pattern 'a\\(b': missing closing parenthesis at byte 3" \
    tallyman scan -e 'a(b' logs
check 'the pattern of a file' says "pattern '\\[': .* at byte 1" \
    tallyman scan --file-pattern '[' logs
check 'the pattern of a line' says "pattern '\\*': .* at byte 0" \
    tallyman scan --line-pattern '*' logs
check '-x that is no pattern' says "-x: pattern 'a\\(b': .* at byte 3" \
    tallyman scan -x 'a(b' logs
check '-x without groups' says "-x: pattern 'a' names no group .*file.*" \
    tallyman scan -x a logs
check '-x with an unknown group: the nearest is told' \
    says "-x: .*unknown group 'fil'; did you mean file\\?" \
    tallyman scan -x '(?<fil>a):(?<line>\d+)' logs
check '-x and -p' says '-p and -x both say .*' \
    tallyman scan -x '(?<file>a):(?<line>\d+)' -p rails logs
check '--json-text that is no pointer' \
    says "--json-text: 'text' is no JSON pointer .*" \
    tallyman scan --json-text text logs
check 'a time zone that is none' says "--timezone: time zone 'Mars/Base': .*" \
    tallyman scan --timezone Mars/Base logs
check 'so for the log' says "--log-timezone: time zone '\\.\\./x': .*" \
    tallyman scan --log-timezone ../x logs
check '--since later than --until' \
    says '--since 2013-06-12 is later than --until 2013-06-11' \
    tallyman scan --since 2013-06-12 --until 2013-06-11 logs
check '--since that is no time' says "--since: 'lately' is no time; .*" \
    tallyman scan --since lately logs
check '--until that does not exist' \
    says "--until: '2013-02-30' is no time; .*" \
    tallyman scan --until 2013-02-30 logs
check '--day that is none' says "--day: '12 June' is no day; .*" \
    tallyman scan --day '12 June' logs
check 'a form that is none' says "--format: no 'jsno'; did you mean json\\?" \
    tallyman scan --format jsno logs
check 'an order that is none' says "--sort: no 'file'.*" \
    tallyman scan --sort file logs
check 'a number that is none' says "--threads: 'many' is not .*" \
    tallyman scan -j many logs
check 'too many threads' says '--threads: at most 1024' \
    tallyman scan -j 1025 logs
check 'a size that is none' says "--memory: '12Q' is not a size; .*" \
    tallyman scan --memory 12Q logs
check 'lines of no length' says '--max-line: at least 1' \
    tallyman scan --max-line 0 logs
check 'matches without a step' says '--match-limit: from 1 .*' \
    tallyman scan --match-limit 0 logs
check '--all and --top' says '--all and --top exclude each other' \
    tallyman scan --all --top 3 logs
check '--safe-csv is for CSV' says '--safe-csv is for --format csv' \
    tallyman scan --safe-csv --format json logs
check 'an output that cannot be made' says 'nowhere/x: No such file.*' \
    tallyman scan -o nowhere/x logs
check 'an output that is a directory' says 'logs: Is a directory' \
    tallyman scan -o logs logs
check 'rejects that cannot be kept' says 'nowhere/y: No such file.*' \
    tallyman scan --rejects nowhere/y logs

# --- Exit statuses.

check_status 0 'exit 0: entries were counted' tallyman scan logs
check_status 1 'exit 1: none was selected' tallyman scan -k Nothing logs
check_message 'then nothing is said of formats' \
    'kB, 0 entries counted$|bytes, 0 entries counted$' tallyman scan -k Nothing logs
check_output '-q is silent' '' sh -c 'tallyman scan -q nologs 2>&1 |
	grep -v ^day,'

done_testing

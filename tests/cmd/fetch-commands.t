#!/bin/sh
# SPDX-License-Identifier: MIT
# What is done with the answers once they are there, and around a run.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"

[ -x "$top_builddir/tallyman-fetch" ] || skip_all 'built without fetch'
httpd_find || skip_all 'there is no test server, or no curl'
httpd_start --log-headers || exit 2

TALLYMAN_DB=$work/db
API_KEY=CANARY-7f3a9c
export TALLYMAN_DB API_KEY

# job NAME STEPS IDS...: writes NAME.json, whose items are /STEPS/ID.
job()
{
	job_name=$1
	job_steps=$2
	shift 2
	printf '%s\n' "$@" >"$job_name.ids"
	cat >"$job_name.json" <<-EOF
		{ "name": "$job_name",
		  "source": { "file": "$job_name.ids" },
		  "request": {
		    "url": "http://127.0.0.1:$port/$job_steps/{id}",
		    "headers": { "X-Key": "\${API_KEY}" } },
		  "retry": { "max_attempts": 2, "backoff": "1ms" },
		  "hook": [ "sh", "-c", "$job_hook" ] }
	EOF
}
job_hook='cat >hook.in; env >hook.env; echo from the hook'

fetch()
{
	tallyman fetch "$@"
}

# --- A run

job good ok 1 2 3
check_output 'a run that is fine says nothing' '' \
    sh -c 'tallyman fetch run ./good.json 2>&1 | grep -v "from the hook"'
check 'the hook gets the summary' \
    grep -q '^{"job":"good",.*"fetched":3,' hook.in
check 'it knows the job and the exit status' \
    grep -qx 'TALLYMAN_STATUS=0' hook.env
check_not 'it cannot see the secrets' grep -q CANARY hook.env
check 'the server has got them' grep -q 'X-Key: CANARY' "$httpd_log"
check_not 'the store has not' grep -qr CANARY "$work/db"
check_output '--json prints the summary, of one line' 1 \
    sh -c 'tallyman fetch run --json good.json 2>/dev/null | grep -c fresh'
job_hook='exit 3'
job hooked ok 1
check_message 'a hook that fails is told' 'hooked: hook sh: exit status 3' \
    fetch run hooked.json
check_status 0 'and the exit status is that of the run' fetch run hooked.json
job_hook='exit 0'
check_message 'a full disk is told' 'No space left on device' \
    sh -c 'tallyman fetch run --json good.json >/dev/full'

# --- Answers

check_output 'get prints the body' '{"id":"2","n":1}' fetch get good 2
check_status 1 'an id that is not there is answered by 1' fetch get good 9
check_output 'export prints them as they were first seen' '"1" "2" "3"' \
    sh -c 'tallyman fetch export good | cut -d: -f2 | cut -d, -f1 |
	paste -sd" "'
check_output 'and picks columns out of them' 'id,status,n
1,200,1
2,200,1
3,200,1' fetch export --columns 'id,status,n=.n' good
check_status 1 'cells that cannot be filled are told' \
    fetch export --columns 'a=.id.b' good
check 'export -o writes a file' fetch export -o good.jsonl good
check_output 'of all answers' 3 grep -c . good.jsonl

job text 'body/caf%C3%A9/type=text%2Fplain' 1
fetch run text.json 2>/dev/null
check 'text is exported as a string' \
    sh -c 'tallyman fetch export text | grep -q "\"body\":\"caf.*\"}$"'
job bytes 'gzip/body/%FF%00/type=image%2Fpng' 1
fetch run bytes.json 2>/dev/null
check 'other bytes as base64' \
    sh -c 'tallyman fetch export bytes | grep -q "{\"base64\":\"/.*\"}}$"'

# --- What failed

job bad 'status/500' 1 2
check_status 1 'items that fail make 1' fetch run bad.json
check_message 'the line says how many and why' \
    'bad: 2 failed \(2 HTTP 500\); 4 requests' fetch retry bad.json
check_message 'get says why there is no answer' '1: no answer yet: HTTP 500' \
    fetch get bad 1
check_status 1 'a monitor is told' fetch status --check bad
check_status 0 'what it allows is fine' \
    fetch status --check --max-age 1h --max-failed 100% bad
check_status 1 'a run long ago is not' \
    fetch status --check --max-age 0.001ms good
check_status 2 'no run at all is trouble' fetch status --check none
check_message 'a name that is nearly right is answered by the right one' \
    "no job 'goot' has run; did you mean good[?]" fetch status goot
check 'status tells all of them' \
    sh -c '[ "$(tallyman fetch status --json | wc -l)" -eq 5 ]'
check 'and their causes' \
    sh -c 'tallyman fetch status --verbose bad | grep -q "2  HTTP 500"'
check 'metrics are written to a file' fetch status --metrics metrics.prom
check 'with each state' grep -qx \
    'tallyman_fetch_items{job="bad",state="failed"} 2' metrics.prom

# --- Forgetting

check_message 'forget says how many' 'good: 2 ids forgotten' \
    fetch forget good 1 2 9
check_output 'and the others stay' 3 \
    sh -c 'tallyman fetch export good | cut -d\" -f4'
printf '4\n' >good.ids
fetch run good.json 2>/dev/null
check_output 'ids no longer listed are left out' 4 \
    sh -c 'tallyman fetch export good | cut -d\" -f4'
check_output 'but for --all' '3 4' \
    sh -c 'tallyman fetch export --all good | cut -d\" -f4 | paste -sd" "'
check_message 'and are forgotten by --unlisted' 'good: 1 id forgotten' \
    fetch forget --unlisted good

# --- A run that is under way

job hang hang 1
tallyman fetch run hang.json 2>hang.err &
running=$!
httpd_ask "/seen/$(($(grep -vc '^	' "$httpd_log") + 1))" >/dev/null
check_status 75 'a second run ends with 75' fetch run hang.json
check_status 75 'forget does too' fetch forget hang 1
check 'status needs no lock' fetch status hang
check_status 75 '--wait waits so long' fetch run --wait=10ms hang.json
kill "$running"
wait "$running"
check_output 'a signal ends a run with 75' 75 echo $?
check 'and it says so' grep -q 'stopped: by a signal' hang.err

# --- Mistakes

check_message 'a command that is nearly right' 'did you mean export[?]' \
    fetch exprot good
check_message 'no command' 'tallyman fetch run good' fetch good
check_message 'no job' 'give a job' fetch run
check_message 'an option of another command' 'unknown option --columns' \
    fetch run --columns id good.json
check_message 'columns that cannot be' 'write NAME=EXPRESSION' \
    fetch export --columns views good
check_status 0 'alone it shows what there is' fetch

done_testing

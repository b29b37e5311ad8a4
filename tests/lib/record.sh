# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # tests/lib/tap.sh comes before
#
# Programs that are run under `tallyman record`, for tests that source it
# behind tests/lib/tap.sh.
#
#	record_needs            skips the test where there is no preload
#	record_take NAME...     copies files of tests/lib here: paths are short
#	record_compile PROGRAM PACKAGE FLAG...
#	                        from PROGRAM.c, for a pkg-config PACKAGE; always
#	                        plain, also where tallyman itself is built with
#	                        a sanitizer
#	record_expected N FILE...
#	                        what the marks in FILEs say, N times
#	record_counts [OPTION]... LOG...
#	                        what a scan of LOGs says, in the same form
#
#	record_same N LOG FILE...
#	                whether both are the same
#	record_run LOG [OPTION]... -- PROGRAM...
#	                runs it; it must end well, and say nothing
#	record_check FILE [OPTION]... -- PROGRAM...
#	                does so, and compares with the marks in FILE, 40 times:
#	                those of eight threads of five processes, as
#	                tests/lib/record_workers.h has them
#
# A mark is a comment that tells how often its line issues what:
#
#	insert(db); /* 5 shop.insert 1 cart.update */
#	shop.insert(db)  # 5 shop.insert
#
# Alone on a line it tells of the next. The function is the last that began in
# the first column (C), or anywhere (Python); "function NAME:" at the start of a
# mark tells another. "once" at the start: not N times, but once.

record_needs()
{
	command -v tallyman-record >/dev/null ||
		skip_all 'tallyman record is not built here'
	tallyman record -o "$tap_dir/log" -- true 2>"$err" ||
		skip_all "tallyman record does not run here: $(head -n 1 "$err")"
	: "${CC:=cc}"
	command -v "${CC%% *}" >/dev/null 2>&1 || CC=cc
}

record_take()
{
	for record_name in "$@"; do
		cp "$top_srcdir/tests/lib/$record_name" . || return
	done
}

record_compile()
{
	record_program=$1
	record_package=$2
	shift 2
	# shellcheck disable=SC2046 # several words
	${CC:-cc} -std=gnu11 -g -o "$record_program" \
	    "${record_program%-*}.c" "$@" \
	    $(pkg-config --cflags --libs "$record_package") -pthread
}

record_expected()
{
	record_times=$1
	shift
	awk -v times="$record_times" '
	function add(text, line,   n, name, operation, factor) {
		name = called
		factor = times
		if (sub(/^once /, "", text))
			factor = 1
		if (match(text, /^function [^:]*: /)) {
			name = substr(text, 10, RLENGTH - 11)
			text = substr(text, RLENGTH + 1)
		}
		while (match(text, /^[0-9]+ [^.]+\.[a-z_]+ ?/)) {
			n = text
			sub(/ .*/, "", n)
			operation = substr(text, length(n) + 2,
			    RLENGTH - length(n) - 1)
			sub(/ $/, "", operation)
			text = substr(text, RLENGTH + 1)
			counts[FILENAME "," line "," name "," operation] += \
			    n * factor
		}
	}
	FNR == 1 {
		called = FILENAME ~ /\.py$/ ? "<module>" : ""
	}
	/^[a-z_0-9]+\(.*[^;]$/ {
		called = $0
		sub(/\(.*/, "", called)
	}
	/^ *def / {
		called = $2
		sub(/\(.*/, "", called)
	}
	/^[^ \t#]/ && FILENAME ~ /\.py$/ && !/^def |^@/ {
		called = "<module>"
	}
	match($0, /(\/\*|#) (once |function [^:]*: )?[0-9]+ [^*]*\.[a-z_]+( \*\/)?$/) {
		text = substr($0, RSTART)
		gsub(/^(\/\*|#) | \*\/$/, "", text)
		add(text, FNR + ($0 ~ /^[ \t]*(\/\*|#)/))
	}
	END {
		for (key in counts)
			print key "," counts[key]
	}' "$@" | sort
}

record_counts()
{
	tallyman scan --by file,line,function,operation "$@" >counts.csv ||
		return
	sed 1d counts.csv | cut -d, -f1-5 | sort
}

record_same()
{
	record_times=$1
	record_log=$2
	shift 2
	record_expected "$record_times" "$@" >wanted.csv
	record_counts "$record_log" >got.csv || return
	[ -s wanted.csv ] && diff -u wanted.csv got.csv
}

record_run()
{
	record_log=$1
	shift
	timeout 120 tallyman record -o "$record_log" "$@" \
	    >"$record_log.said" 2>&1
	record_status=$?
	cat "$record_log.said"
	[ "$record_status" -eq 0 ] && [ ! -s "$record_log.said" ]
}

record_check()
{
	record_file=$1
	shift
	rm -f log
	record_run log "$@" && record_same 40 log "$record_file"
}

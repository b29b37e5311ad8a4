#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan of generated callcount logs: every cell equals what their
# maker wrote down, however the logs are cut, packed, ordered or read.
# ORACLE_MB says how many megabytes are made.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

megabytes=${ORACLE_MB:-10}
parts=8

# Writes part.0, part.1 ... and the rows they hold, summed and unsorted. The
# truth comes from what is drawn, not from reading the lines again.
make_logs()
{
	awk -v bytes="$((megabytes * 1000000))" -v parts="$parts" '
	function draw(n) {
		seed = (seed * 16807) % 2147483647
		return seed % n
	}
	function pick(list, n) {
		return list[1 + draw(n)]
	}
	function write(line) {
		print line >part
		written += length(line) + 1
	}
	function set_stamp() {
		day = sprintf("2013-06-%02d", 11 + draw(3))
		stamp = sprintf("%s %02d:%02d:%02d,%03d", day, draw(24),
		    draw(60), draw(60), draw(1000))
	}
	# Lines that look like entries to a careless reader.
	function noise(    kind) {
		kind = draw(10)
		if (kind == 0)
			write("Traceback (most recent call last):")
		else if (kind == 1)
			write("  File \"x.py\", line 12, in save -- a.put")
		else if (kind == 2)
			write(stamp " INFO 12: a.py:9 - UserData.put")
		else if (kind == 3)
			write(stamp " INFO 12: a.py:b -- UserData.put")
		else if (kind == 4)
			write(stamp " INFO x: a.py:12 -- UserData.put")
		else if (kind == 5)
			write("12: a.py:12 -- no operation here")
		else if (kind == 6)
			write("")
		else if (kind == 7)
			write("3: 12:30 -- UserData.put")
		else
			write(stamp " GET /" pick(files, 9) "/" draw(10000) \
			    " HTTP/1.1 200 cpu_ms=" draw(900) \
			    " \"Mozilla/5.0: a -- b\"")
	}
	function add(name) {
		if (name in drawn)
			return
		drawn[name] = 1
		key = day "," file "," line "," in_function "," name
		counts[key] += count
		entries[key]++
	}
	function entry(    text, n, i, verb, kind) {
		count = draw(4) ? 1 + draw(9) : draw(5000000)
		file = pick(files, 9)
		line = 1 + draw(60)
		in_function = draw(3) ? "" : pick(functions, 4)
		text = count ": " (draw(9) ? file : escape(file)) ":" line \
		    (in_function == "" ? "" : " in " in_function) " --"
		n = draw(3) ? 1 : 1 + draw(6)
		split("", drawn)
		for (i = 1; i <= n; i++) {
			verb = pick(verbs, 5)
			kind = pick(kinds, 5)
			add(kind "." verb)
			text = text (i > 1 && draw(2) ? "," : "") " " kind \
			    "." (draw(3) ? verb : "<" verb ">")
		}
		if (!draw(5))
			text = text " and so on"
		if (draw(4)) {
			set_day()
			text = stamp (draw(2) ? " INFO " : " ") text
		}
		write(text)
	}
	# A stamp that says the same day again, so that the entry, whose day
	# is drawn already, keeps it.
	function set_day() {
		stamp = day substr(stamp, 11)
	}
	function escape(name) {
		gsub(/[.]/, "\\056", name)
		return name
	}
	BEGIN {
		seed = 20130612
		split("api/users.py app/cache.py web/login.py feed.py " \
		    "app/badge.py lib/video.py b topic-list.rb x/y/z.ex",
		    files, " ")
		split("save load <lambda> Shop::Cart#add", functions, " ")
		split("UserData ProblemLog Video Shop::Cart a.b.c", kinds,
		    " ")
		split("put get delete query exists?", verbs, " ")
		for (p = 0; p < parts; p++) {
			part = "part." p
			written = 0
			set_stamp()
			write(stamp " INFO start")
			while (written < bytes / parts) {
				if (!draw(8)) {
					set_stamp()
					write(stamp " INFO tick")
				}
				if (draw(3))
					noise()
				else
					entry()
			}
			close(part)
		}
		for (key in counts)
			printf "%s,%.0f,%.0f\n", key, counts[key],
			    entries[key]
	}'
}

rows()
{
	echo day,file,line,function,operation,count,entries
	sort -t, -k1,1 -k2,2 -k3,3n -k4,4 -k5,5
}

make_logs | rows >want.csv
cat part.* >whole.log
seq 4 | while read -r _; do cat whole.log; done >four.log
awk -F, -v OFS=, 'NR > 1 { $6 *= 4; $7 *= 4 } 1' OFMT=%.0f CONVFMT=%.0f \
    want.csv >want-four.csv

cell_count=$(($(wc -l <want.csv) - 1))
check 'there is something to count' test "$cell_count" -gt 10000

# same WANT [OPTION|FILE]...: the scan prints just the rows of WANT.
same()
{
	same_want=$1
	shift
	tallyman scan -q "$@" >got.csv || return
	cmp "$same_want" got.csv
}

check 'every cell of one file is right' same want.csv -p callcount whole.log
check 'the preset is found by itself' same want.csv whole.log
for threads in 1 2 8; do
	check "-j $threads gives the same bytes for parts" \
	    same want.csv -j "$threads" part.*
	check "-j $threads gives the same bytes for ranges of a file" \
	    same want-four.csv -j "$threads" four.log
done
check 'hardly any memory: counts are spilled and merged' \
    same want-four.csv --memory 1 -j 2 four.log
check 'the order of the parts does not matter' \
    same want.csv part.7 part.2 part.0 part.5 part.1 part.6 part.4 part.3
check 'a directory is its files' \
    sh -c 'mkdir parts && mv part.* parts && tallyman scan -q parts |
	cmp want.csv -'
mv parts/* .

# --- Other ways in.

from_file()
{
	tallyman scan -q "$@" <whole.log | cmp want.csv -
}
check 'standard input may be a file' from_file
check 'and be named -' from_file -

# piped BYTES: in pieces of so many bytes.
piped()
{
	dd if=whole.log bs="$1" 2>/dev/null | tallyman scan -q -j 2 |
	    cmp want.csv -
}
for bytes in 977 65537; do
	check "pieces of $bytes bytes come through a pipe" piped "$bytes"
done

# pack TOOL PART NAME: skips when there is no such tool.
pack()
{
	command -v "$1" >/dev/null 2>&1 && "$1" -c <"$2" >"$3" 2>/dev/null &&
	    tallyman scan -q "$3" >/dev/null 2>"$err"
}
cp part.0 rotated.log
cp part.1 rotated.log.1
for packing in gzip:2:gz zstd:3:zst bzip2:4:bz2 xz:5:xz gzip:6:gz; do
	tool=${packing%%:*}
	n=${packing#*:}
	name=rotated.log.${n%:*}.${n#*:}
	n=${n%:*}
	pack "$tool" "part.$n" "$name" || cp "part.$n" "$name"
done
head -c 700000 part.7 | gzip -c >rotated.log.7.gz
tail -c +700001 part.7 | gzip -c >>rotated.log.7.gz
for threads in 1 8; do
	check "packed and rotated parts, -j $threads" \
	    same want.csv -j "$threads" rotated.log*
done

# --- Tallies are added up.

tallies()
{
	for n in 0 1 2 3 4 5 6 7; do
		tallyman scan -q -o "tally.$n.csv" "part.$n" || return
	done
}
check 'each part is scanned by itself' tallies
check 'the tallies of the parts give the tally of the whole' \
    same want.csv tally.*.csv
check 'in any order' same want.csv tally.7.csv tally.3.csv tally.0.csv \
    tally.6.csv tally.1.csv tally.5.csv tally.2.csv tally.4.csv
check 'tallies and logs go together' same want.csv tally.[0-3].csv part.[4-7]
check 'a tally of a tally is the same' same want.csv want.csv

by_file()
{
	awk -F, 'NR > 1 { count[$2] += $6; entries[$2] += $7 }
	END {
		for (file in count)
			printf "%s,%.0f,%.0f\n", file, count[file],
			    entries[file]
	}' want.csv | sort -t, -k1,1 | sed '1i file,count,entries'
}
by_file >want-by-file.csv
check 'by file, from the log' same want-by-file.csv --by file whole.log
check 'by file, from the tally' same want-by-file.csv --by file want.csv

done_testing

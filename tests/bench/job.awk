# SPDX-License-Identifier: MIT
# job.awk: scan.sh's job for awk. Sums the counts of lines like
#
#	2013-06-12 05:00:00,123 INFO audit 17: a/b.py:31 in save -- X.put, Y.get
#
# by file, line and operation; with -v kind=X only operations of that kind. It
# finds a callcount by its form, as tallyman does; with -v trust=1 it relies on
# where the words stand in this log, which is faster.

function add(count, place, operations,    n, i, name)
{
	sub(/:/, ",", place)
	n = split(operations, name, ", ")
	for (i = 1; i <= n; i++)
		if (kind == "" || index(name[i], kind ".") == 1)
			sum[place "," name[i]] += count
}

trust {
	if ($4 == "audit")
		add($5, $6, substr($0, index($0, " -- ") + 4))
	next
}

match($0, /[0-9]+: [^ :]+:[0-9]+( in [^ ]+)? -- /) {
	split(substr($0, RSTART, RLENGTH), word, " ")
	add(word[1], word[2], substr($0, RSTART + RLENGTH))
}

END {
	for (key in sum)
		printf "%s,%.0f\n", key, sum[key]
}

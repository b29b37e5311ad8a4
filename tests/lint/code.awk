# SPDX-License-Identifier: MIT
# Prints FILE:LINE:CODE for each line of C sources that holds code, without
# its comments, and with the insides of strings and characters taken out.
# A comment that begins with // is code here, so that it can be found.

FNR == 1 { comment = 0 }

{
	rest = $0
	code = ""
	while (rest != "") {
		if (comment) {
			at = index(rest, "*/")
			if (at == 0)
				break
			rest = substr(rest, at + 2)
			comment = 0
		} else if (match(rest, /^"([^"\\]|\\.)*"/)) {
			code = code "\"\""
			rest = substr(rest, RLENGTH + 1)
		} else if (match(rest, /^'([^'\\]|\\.)+'/)) {
			code = code "' '"
			rest = substr(rest, RLENGTH + 1)
		} else if (substr(rest, 1, 2) == "/*") {
			comment = 1
			rest = substr(rest, 3)
		} else {
			match(rest, /^[^"'\/]+|^./)
			code = code substr(rest, 1, RLENGTH)
			rest = substr(rest, RLENGTH + 1)
		}
	}
	if (code ~ /[^ \t]/)
		print FILENAME ":" FNR ":" code
}

#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh style=FILE script=FILE chart=FILE
#
# Prints each FILE as a C array of its bytes, web_NAME_bytes, with a 0 behind
# them, and WEB_NAME_HASH, the SHA-256 with which a content security policy
# allows it. No FILE (chart=): an empty text.
set -eu
echo '/* SPDX-License-Identifier: MIT */'
echo '/* Made by src/compare/web/embed.sh. */'
for argument do
	name=${argument%%=*}
	file=${argument#*=}
	file=${file:-/dev/null}
	# What would end its element, or what a browser would change as it
	# reads, so that the hash were another.
	if LC_ALL=C grep -qi -e '</script' -e '</style' -e '<!--' "$file" ||
		[ "$(tr -d '\r\000' <"$file" | wc -c)" != "$(wc -c <"$file")" ]
	then
		echo "embed.sh: $file: cannot stand in a page" >&2
		exit 1
	fi
	hash=$(sha256sum "$file" | cut -c -64 | tr '[:lower:]' '[:upper:]' |
		basenc -d --base16 | basenc --base64)
	printf '#define WEB_%s_HASH "sha256-%s"\n' \
	    "$(echo "$name" | tr '[:lower:]' '[:upper:]')" "$hash"
	printf 'static const unsigned char web_%s_bytes[] = {\n' "$name"
	od -A n -v -t u1 "$file" | sed 's/[0-9][0-9]*/&,/g'
	printf '0 };\n'
done

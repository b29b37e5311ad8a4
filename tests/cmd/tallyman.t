#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman itself: finds the program of a command.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

check_output 'alone it shows three examples' 3 \
    sh -c "tallyman | grep -c '^  tallyman '"
check 'alone it is content' tallyman
check_output 'it lists the commands' 2 \
    sh -c "tallyman -h | grep -cE '^  (scan|diff)  '"
check_output 'it knows its version' tallyman \
    sh -c 'tallyman --version | head -n 1 | cut -d" " -f 1'

check_status 2 'exit 2: no such command' tallyman scna
check_message 'the nearest command is named' \
    "^tallyman: no command 'scna'; did you mean scan\\?\$" tallyman scna
check_message 'a path is no command' "no command 'a/b'" tallyman a/b
check_message 'an unknown option is told' 'unknown option --quick' \
    tallyman --quick

mkdir programs
cat >programs/tallyman-hello <<'EOF'
#!/bin/sh
echo "hello $*"
EOF
chmod +x programs/tallyman-hello
hello()
{
	TALLYMAN_EXEC_PATH=$work/programs tallyman "$@"
}
check_output 'programs in TALLYMAN_EXEC_PATH are commands' \
    'hello --some thing' hello hello --some thing
check_output 'options before the command are handed on' \
    'hello -q --verbose thing' hello -q --verbose hello thing
check_output 'help shows the manual of a command' 'hello --help' \
    hello help hello
check_message 'programs beside tallyman are commands' '^tallyman diff: ' \
    tallyman diff
check_message 'a program that cannot be run is told' \
    'tallyman-broken: Permission denied' \
    sh -c 'mkdir -p p/tallyman-broken && TALLYMAN_EXEC_PATH=p tallyman broken'

# A copy of the programs with and without the manual beside them.
mkdir installed
cp "$top_builddir/tallyman" "$top_builddir/tallyman-scan" installed/
manual()
{
	PATH=$work/installed:$PATH MANPAGER=cat tallyman scan --help | sed 's/.\x08//g'
}
finds()
{
	manual | grep -q "$@"
}
# An installed one would do.
check 'without the manual --help shows the short help' \
    finds -e 'usage: tallyman' -e 'EXIT STATUS'
if command -v man >/dev/null && [ -d "$top_srcdir/man" ]; then
	cp -R "$top_srcdir/man" installed/
	check 'the manual of the source tree is shown' finds 'EXIT STATUS'
else
	skip 'man is not installed' 'the manual of the source tree is shown'
fi

check_status 2 'a closed standard output is told' sh -c 'tallyman >&-'
check_status 2 'a full disk is told' sh -c 'tallyman >/dev/full'

done_testing

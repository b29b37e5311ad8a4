#!/bin/sh
# SPDX-License-Identifier: MIT
# scan --follow: the table that is drawn while logs are written.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

python3 -c 'import pty' 2>/dev/null || skip_all 'needs python3'
PYTHONPATH=$top_srcdir/tests/lib
PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE

# scene: runs a script from standard input, in a folder of its own.
scene()
{
	rm -rf scene && mkdir scene && cd scene || return
	{
		echo 'import os, re, signal, subprocess, time'
		echo 'from terminal import Terminal, append, check'
		cat
	} >scene.py
	python3 scene.py
}

line='2013-06-12 05:00:00 INFO'
export line

check 'what is written from now on is counted' scene <<'EOF'
line = os.environ['line']
append('log', f'{line} 100: old.py:1 -- Old.put\n')
t = Terminal(['tallyman-scan', '--follow', 'log'])
t.start()
append('log', f'{line} 5: a.py:1 -- A.put\n{line} 7: b.py:2 -- B.put\n')
t.expect('^ +7 .* b.py +2 +B.put$')
t.expect('^ +5 .* a.py +1 +A.put$')
append('log', f'{line} 4: a.py:1 -- A.put\n{line} 1000: c.py:3 -- C.')
t.expect('^ +9 .* a.py')
check('old.py' not in t.shown(), 'old lines do not count')
check('c.py' not in t.shown(), 'a line that has not ended waits')
append('log', 'put\n')
t.expect('^1,000 .* c.py +3 +C.put$')
order = re.findall('[abc].py', t.shown())
check(order == ['c.py', 'a.py', 'b.py'], 'the largest count comes first')
t.expect('4 of 4 entries counted')
check(t.end() == 0, 'exit status 0')
t.expect('^FILE +LINE +FUNCTION +OPERATION +COUNT +ENTRIES *$')
t.expect('^c.py +3 +C.put +1,000 +1$')
t.expect('^a.py +1 +A.put +9 +2$')
t.expect('^tallyman scan: .*4 of 4 entries counted$')
EOF

check 'the path tells the host' scene <<'EOF'
line = os.environ['line']
os.mkdir('web1')
append('web1/log', '')
t = Terminal(['tallyman-scan', '--follow', '--by', 'host,operation',
              '--path-pattern', r'^(?<host>\w+)/', 'web1/log'])
t.start()
append('web1/log', f'{line} 5: a.py:1 -- A.put\n')
t.expect('^ +5 .* web1 +A.put$')
check(t.end() == 0, 'exit status 0')
EOF

check 'a rotated log is followed, and one that is cut' scene <<'EOF'
line = os.environ['line']
append('log', '')
t = Terminal(['tallyman-scan', '--follow', 'log'])
t.start()
append('log', f'{line} 1: a.py:1 -- A.put\n')
t.expect('^ +1 .* a.py')
os.rename('log', 'log.1')
append('log.1', f'{line} 2: a.py:1 -- A.put\n')
t.expect('^ +3 .* a.py')
append('log', f'{line} 4: a.py:1 -- A.put\n{line} 0: a.py:1 -- A.put\n')
t.expect('^ +7 .* a.py')
os.truncate('log', 0)
t.expect('log: it was cut, and is read from its beginning')
append('log', f'{line} 8: a.py:1 -- A.put\n')
t.expect('^ +15 .* a.py')
os.remove('log')
t.expect('log: No such file or directory; waiting for it')
append('log', f'{line} 16: a.py:1 -- A.put\n')
t.expect('^ +31 .* a.py')
check(t.end() == 0, 'exit status 0')
t.expect('^tallyman scan: log: it was cut')
EOF

check 'a directory is looked through again' scene <<'EOF'
line = os.environ['line']
os.mkdir('logs')
append('logs/app.log', f'{line} 100: old.py:1 -- Old.put\n')
append('logs/app.log.1', f'{line} 100: old.py:1 -- Old.put\n')
subprocess.run(['gzip', '-k', 'logs/app.log.1'], check=True)
t = Terminal(['tallyman-scan', '--follow', 'logs'])
t.start()
t.expect(', 2 files, ')
append('logs/app.log', f'{line} 1: a.py:1 -- A.put\n')
t.expect('^ +1 .* a.py')
os.rename('logs/app.log.1', 'logs/app.log.2')
os.rename('logs/app.log', 'logs/app.log.1')
append('logs/app.log', f'{line} 2: a.py:1 -- A.put\n')
t.expect('^ +3 .* a.py')
append('logs/new.log', f'{line} 4: new.py:1 -- New.put\n')
t.expect('^ +4 .* new.py')
check('old.py' not in t.shown(), 'rotated files do not count again')
t.expect('^ +3 .* a.py')
check(t.end() == 0, 'exit status 0')
EOF

check 'a picture fits its terminal, whatever its size' scene <<'EOF'
line = os.environ['line']
append('log', '')
t = Terminal(['tallyman-scan', '--follow', 'log'], 80, 24)
t.start()
for i in range(1, 51):
    append('log', f'{line} {i}: path/to/a/longer/name/of/file/{i}.py:{i} -- '
           f'SomeKindOfEntity.put, AnotherKindOfEntity.get\n')
t.expect('50 of 50 entries')
t.wait(lambda: len(t.lines) == 24, '24 lines')
check(max(map(len, t.lines)) <= 80, 'lines of 80')
t.expect('SomeKind')
t.resize(40, 10)
t.wait(lambda: len(t.lines) == 10, '10 lines')
t.expect('^ +50 ')
check(max(map(len, t.lines)) <= 40, 'lines of 40')
check(not t.too_wide, 'nothing beyond the edge')
t.resize(200, 50)
t.wait(lambda: len(t.lines) == 50, '50 lines')
t.expect('path/to/a/longer/name/of/file/50.py +50 +SomeKindOfEntity.put$')
t.resize(10, 2)
t.wait(lambda: len(t.lines) == 2, '2 lines')
check(t.end() == 0, 'exit status 0')
EOF

check 'SIGTERM and SIGHUP end it as SIGINT does' scene <<'EOF'
append('log', '')
for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
    t = Terminal(['tallyman-scan', '--follow', 'log'])
    t.start()
    check(t.is_hidden, 'the cursor is hidden')
    check(t.end(number) == 1, 'exit status 1: nothing was counted')
    t.expect('0 of 0 entries counted')
EOF

check 'SIGQUIT restores the terminal too' scene <<'EOF'
append('log', '')
t = Terminal(['sh', '-c', 'ulimit -c 0; exec tallyman-scan --follow log'])
t.start()
check(t.end(signal.SIGQUIT) == -signal.SIGQUIT, 'killed by it')
EOF

check '^Z gives the terminal back for a while' scene <<'EOF'
append('log', '')
t = Terminal(['tallyman-scan', '--follow', 'log'])
t.start()
t.send(signal.SIGTSTP)
t.wait(lambda: not t.is_second, 'the first screen')
check(not t.is_hidden, 'the cursor is there')
os.waitpid(t.command.pid, os.WUNTRACED)
t.send(signal.SIGCONT)
t.start()
check(t.end() == 1, 'exit status 1')
EOF

check 'a pipe is counted to its end' scene <<'EOF'
line = os.environ['line']
read, write = os.pipe()
t = Terminal(['tallyman-scan', '--follow', '-'], stdin=read)
os.close(read)
t.start()
os.write(write, f'{line} 5: a.py:1 -- A.put\n'.encode())
t.expect('^ +5 .* a.py')
os.write(write, (f'{line} 1: a.py:1 -- A.put\n' * 50000).encode())
os.write(write, f'{line} 3: a.py:1 -- A.put'.encode())
os.close(write)
check(t.end(None) == 0, 'exit status 0')
t.expect('^a.py +1 +A.put +50,008 +50,002$')
EOF

check 'what is wrong is counted in the head, and told at the end' scene <<'EOF'
line = os.environ['line']
append('log', '')
t = Terminal(['tallyman-scan', '--follow', '-p', 'callcount', 'log'])
t.start()
append('log', f'{line} 99999999999999999999: a.py:1 -- A.put\n')
t.expect('1 malformed line')
append('log', f'{line} 3: a.py:1 -- A.put\n')
t.expect('^ +3 .* a.py')
check(t.end() == 0, 'exit status 0')
t.expect('^tallyman scan: log:1: ')
t.expect('^tallyman scan: .*, 1 malformed line$')
EOF

check 'a file that never came is trouble' scene <<'EOF'
line = os.environ['line']
append('log', '')
t = Terminal(['tallyman-scan', '--follow', 'log', 'missing.log'])
t.start()
append('log', f'{line} 3: a.py:1 -- A.put\n')
t.expect('^ +3 .* a.py')
check(t.end() == 2, 'exit status 2')
t.expect('missing.log: No such file or directory')
t.expect('missing.log: waiting for it')
t.expect('1 input not read to its end')
EOF

check 'a file that comes is read from its beginning' scene <<'EOF'
line = os.environ['line']
t = Terminal(['tallyman-scan', '--follow', 'log'])
t.start()
append('log', f'{line} 3: a.py:1 -- A.put\n')
t.expect('^ +3 .* a.py')
check(t.end() == 0, 'exit status 0')
EOF

check 'a line inherits the date of those before the start' scene <<'EOF'
append('log', '2013-06-12 05:00:00 INFO 1: a.py:1 -- A.put\n')
t = Terminal(['tallyman-scan', '--follow', '--by', 'day,file', 'log'])
t.start()
append('log', '2: b.py:1 -- B.put\n')
t.expect('^ +2 .* 2013-06-12 +b.py')
check('a.py' not in t.shown(), 'it does not count')
check(t.end() == 0, 'exit status 0')
t.expect('1 of 1 entry counted')
EOF

check 'the format is told by what comes' scene <<'EOF'
append('log', '')
t = Terminal(['tallyman-scan', '--follow', '--by', 'file,operation', 'log'])
t.start()
append('log', '  City Load (0.4ms)  SELECT "cities".* FROM "cities"\n')
append('log', '  \u21b3 app/models/city.rb:12:in `all\'\n')
append('log', '  City Load (0.4ms)  SELECT "cities".* FROM "cities"\n')
append('log', '  \u21b3 app/models/city.rb:12:in `all\'\n')
t.expect('^ +2 .* app/models/city.rb +City.load')
t.expect('preset: rails for 1 file')
check(t.end() == 0, 'exit status 0')
EOF

check 'selecting, grouping and --top hold' scene <<'EOF'
line = os.environ['line']
append('log', '')
t = Terminal(['tallyman-scan', '--follow', '--writes', '-v', '-k', 'C',
              '--by', 'kind', '--top', '1', 'log'])
t.start()
append('log', f'{line} 3: a.py:1 -- A.put, B.get\n{line} 2: a.py:1 -- D.put\n'
       f'{line} 9: a.py:1 -- C.put\n')
t.expect('^ +3 .* A$')
check(not re.search('^ .* [BCD]$', t.shown(), re.M), 'no other row')
check(t.end() == 0, 'exit status 0')
t.expect(r'^\.\.\. 1 more')
EOF

check_message 'without a terminal it says what to use instead' \
    'standard output is no terminal; .*--top N' tallyman-scan --follow log
check_status 2 'and exits with 2' tallyman-scan --follow log

# on_terminal PATTERN OPTION...: succeeds when it exits with 2 and says so.
on_terminal()
{
	python3 - "$@" <<'EOF'
import sys
from terminal import Terminal, check
t = Terminal(['tallyman-scan', '--follow'] + sys.argv[2:])
check(t.end(None) == 2, 'exit status 2')
t.expect(sys.argv[1])
EOF
}

echo "$line 5: a.py:1 -- A.put" >log
gzip -k log
tallyman-scan -q -o tally.csv log
check 'a compressed file is refused' on_terminal \
    'log.gz: gzip, which is whole: scan it without --follow' log.gz
check 'a tally is refused' on_terminal \
    'tally.csv: a tally, which is whole' log tally.csv
check '-o is refused' on_terminal 'follow and -o exclude' -o x log
check '--rejects is refused' on_terminal 'and --rejects exclude' \
    --rejects x log
check '--format csv is refused' on_terminal 'draws a table, no csv' \
    --format csv log
check '--sort key is refused' on_terminal 'sorts by count' --sort key log
check 'a bad pattern is refused' on_terminal "pattern '[(]': missing" -e '(' log
TERM=dumb
done_testing

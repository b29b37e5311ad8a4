#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan gives the same bytes for any number of threads and any way in:
# from a file, from a pipe, packed in one member or many. Of callcount logs the
# bytes are also those of another program, which reads line by line by patterns.
# The logs are made of what a fast reader could get wrong, and span several
# ranges: SAME_MB megabytes each. SAME_THREADS are the numbers of threads that
# each way is tried with, SAME_TIMES is how often a race is, SAME_ALL tries all
# options, SAME_SEED makes other logs.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

megabytes=${SAME_MB:-17}
threads_to_try=${SAME_THREADS:-2}
times=${SAME_TIMES:-20}
seed=${SAME_SEED:-1}

perl -e 1 2>/dev/null || skip_all 'perl is missing'

# --- The logs.

# make.pl KIND BYTES: writes a log.
cat >make.pl <<'EOF'
use strict;
my ($kind, $bytes, $seed) = @ARGV;
my $state = $seed;
sub draw { $state = ($state * 48271) % 2147483647; return $state % $_[0] }
sub pick { return $_[draw(scalar @_)] }

my ($day, $hour, $written) = (11, 0, 0);
sub put {
	my $line = $_[0] . (draw(60) ? "\n" : "\r\n");
	$written += length $line;
	print $line;
}

sub date { return sprintf '2013-06-%02d', $day }
sub clock { return sprintf '%02d:%02d:%02d', $hour, draw(60), draw(60) }
sub stamp {
	if (!draw(400)) { $hour = draw(24) }
	if (!draw(9000)) { $day = 10 + draw(4) }
	return pick(date() . ' ' . clock() . ',' . (100 + draw(900)),
	    date() . ' ' . clock(), date() . 'T' . clock() . 'Z',
	    date() . 'T' . clock() . '+02:00');
}

my @files = ('app.py', 'x/app.py', 'app.p', 'a\\040b.py', 'feed.py', 'b',
    'C:/x.py', 'a:1:b.rb', '1x.py', 'UserData.put', '--', 'q' x 70 . '.py',
    "\303\251.py", "\351.py", 'f.py,', 'in');
my @functions = ('save', 'load', '<lambda>', 'Shop::Cart#add', 'in', '--',
    'a\\040b', 'f:1', '3041:');
my @operations = ('UserData.put', 'OldUserData.put', 'UserDataX.put',
    'User\\104ata.put', 'UserData.<put>', 'UserData.putX', 'UserData.pu',
    'serData.put', 'UserData.get', 'UserData.<get>', 'User.Data.put',
    'UserData::UserData.put', 'UserData.User.put', 'Feed.author_id',
    'Feed.(ancestor)', 'Feed.date (descending)', 'Feed.date(descending)',
    'a.b', 'Shop::Cart.delete_all', 'K.exists?', 'UserData.put!',
    "\303\251t\303\251.put", '\\125serData.put');
my @ends = ('.', 'UserData', 'UserData.', '.put', 'UserData.9put', 'and so on',
    'UserData.put:3', '(x)', '-- UserData.put', '1.put', 'UserData..', ',');

sub number {
	return pick(1 + draw(9), draw(5000000), '0', '007', '3041')
	    if draw(50);
	return pick('1' . '0' x 12, '0' x 30 . '5', '9' x 20, '9' x 21,
	    '18446744073709551616', '1' . '0' x 19, '1' x 15);
}
sub site {
	my $site = pick(@files) . ':' . pick(1 + draw(3), 312, '0', '0312');
	return $site . (draw(4) ? '' : ' in ' . pick(@functions));
}
sub operations {
	my $n = draw(4) ? 1 : 1 + draw(5);
	$n = 70 if !draw(3000);
	my $text = pick(@operations);
	$text .= pick(', ', ' ', ',', "\t", ' , ', ",\t ", '  ') .
	    pick(@operations) for 2 .. $n;
	$text .= pick(' ', ', ', ',', '  ', '') . pick(@ends) if !draw(9);
	return $text;
}
my @known;
sub entry {
	@known = map { number() . ': ' . site() . ' -- ' . operations() } 1 .. 40
	    if !@known || !draw(2000);
	return pick(@known) if draw(3);
	return number() . ': ' . site() . ' -- ' . operations();
}
# Before an entry; what holds no stamp leaves the day to the lines above.
sub front {
	return pick(stamp() . ' ', stamp() . ' INFO ', stamp() . ' [x] ', '',
	    clock() . ' ', 'INFO:root:', 'a -- b ', "\t", '[', '7: b -- ',
	    '3: b.py:9 -- nothing 4: ', 'x' x draw(200) . ' ', '(', 'k=');
}
# Lines that are none, but nearly.
sub noise {
	my $what = draw(16);
	return stamp() . ' GET /UserData.put/' . draw(10000) . ' -- UserData'
	    if $what < 5;
	return stamp() . ' ' . pick(@files) . ':12 -- UserData.put'
	    if $what == 5;
	return stamp() . ' 12: ' . site() . ' - UserData.put' if $what == 6;
	return stamp() . ' 12: ' . site() . ' --UserData.put' if $what == 7;
	return stamp() . ' 1.' . entry() if $what == 8;
	return stamp() . ' 12 : ' . site() . ' -- UserData.put'
	    if $what == 9;
	return '12: 12:30 -- UserData.put' if $what == 10;
	return '12: ' . site() . ' --  UserData.put' if $what == 11;
	return '' if $what == 12;
	return ' -- ' x (1 + draw(40)) if $what == 13;
	return "a\0b " . entry() if $what == 14;
	return stamp() . ' ' . 'y' x draw(9000) . ' ' . entry()
	    if !draw(40);
	return stamp() . ' -- UserData.put -- UserData.get';
}

if ($kind eq 'dense' || $kind eq 'sparse') {
	my $share = $kind eq 'dense' ? 20 : 1;
	# For long there is no date at all, then for long only at the top.
	put(pick(@operations)) while $written < 1000;
	put(entry()) while $written < 3000;
	put(stamp());
	while ($written < $bytes) {
		my $silent = $bytes / 2 < $written &&
		    $written < $bytes * 5 / 6;
		my $line = draw(20) < $share ? front() . entry() : noise();
		next if $silent && $line =~ /2013-/;
		put($line);
	}
	print entry(); # without an end
} elsif ($kind eq 'edges') {
	# An entry or a stamp at each of the places where a reader may cut,
	# some bytes before it or behind.
	my $at = 0;
	for (my $edge = 1 << 20; $edge < $bytes; $edge += 1 << 20) {
		my $entry = date() . ' ' . clock() . ' ' . number() .
		    ': edge.py:' . $edge . ' -- UserData.put';
		$entry = '7: edge.py:' . $edge . ' -- UserData.put'
		    if draw(2);
		my $back = pick(0, 1, 2, 3, draw(length($entry) + 2),
		    length $entry, length($entry) + 1);
		my $fill = $edge - $back - $written - 1;
		put(('z' x 99) . draw(10)), $fill -= 101 while $fill > 200;
		put('z' x $fill) if $fill >= 0;
		put($entry);
		if (!draw(5)) { $day = 10 + draw(9) }
	}
} elsif ($kind eq 'lengths') {
	# Entries in lines of each length around those that matter.
	for my $near (16, 32, 64, 128, 256, 4096, 8192, 65536, 1 << 20) {
		for my $more (-40 .. 40) {
			next if $near > 65536 && $more % 20;
			my $entry = '5: n.py:' . ($near + 50 + $more) .
			    ' -- UserData.put';
			my $fill = $near + $more - length($entry) - 1;
			put($entry), next if $fill < 0;
			put('w' x $fill . ' ' . $entry);
			put($entry . ' ' . 'w' x $fill);
			put(date() . ' ' . $entry . ' ' . '.' x ($fill - 11))
			    if $fill > 11;
			if (!($more % 8)) { $day = 10 + draw(9) }
		}
	}
} elsif ($kind eq 'rails') {
	my @tags = ('', '', '[ActiveJob] [Mailer] [f' . '0' x 12 . '] ');
	while ($written < $bytes) {
		my $at = pick(@tags);
		put('Started GET "/a -- b" for ::1 at ' . date() . ' ' .
		    clock() . ' ' . pick('-0700', '+0200')) if !draw(300);
		put($at . '  City Load (0.5ms)  SELECT "cities".* FROM "cities"' .
		    pick('', ' /*application:Shop,line:/app/city.rb:4*/',
		    "\n  WHERE id = 7"));
		put($at . '  CACHE City Load (0.0ms)  SELECT 1 FROM "cities"')
		    if !draw(3);
		put($at . '  Town Update (0.1ms)  UPDATE "towns" SET a = 1')
		    if !draw(3);
		put($at . pick('  ', '') . "\342\206\263 app/" .
		    pick('city.rb', 'town.rb') . ':' . draw(40) .
		    pick('', ":in `save'")) if draw(4);
		put("  \342\206\263 nonsense") if !draw(50);
		put('Completed 200 OK ' . 'x' x draw(300)) if !draw(5);
	}
} elsif ($kind eq 'json') {
	while ($written < $bytes) {
		my $time = draw(5) ? '"time":"' . stamp() . '",' : '';
		my $host = '"hostname":"' . pick('web1', 'web10', 'we') . '",';
		my $where = pick('"source":{"file":"/x/main.go","line":' .
		    draw(50) . ',"function":"main.main"}',
		    '"caller":"x.go:' . draw(50) . '"',
		    '"file":"a\\u0062.py","line":"' . draw(50) . '"',
		    '"lineno":7,"pathname":"y.py","funcName":"f"',
		    '"message":"caller"');
		put("{$time$host\"level\":\"" . pick('info', 'ERROR') .
		    '","msg":"{\\"caller\\":\\"z.go:1\\"}",' . $where . '}');
		put(pick('', '{"caller":"x.go:1"', 'panic: {}')) if !draw(40);
	}
} elsif ($kind eq 'tags') {
	while ($written < $bytes) {
		put((draw(3) ? stamp() . ' ' : '') . 'SELECT * FROM ' .
		    pick('users', 'users_x', '"Users"') . ' WHERE a = ' .
		    pick('1', "'/*'", "'--'") . pick(
		    " /*controller='a',route='%2Fx',file='s.py:" . draw(40) .
		    "'*/", ' /*application:Shop,line:/x.rb:' . draw(40) .
		    ":in `f'*/", ' /* none */', ' /*shop.py:' . draw(40) .
		    '*/', ''));
	}
} elsif ($kind eq 'postgres') {
	my $millis = 0;
	while ($written < $bytes) {
		$millis += draw(900);
		$day += 1, $millis = 0 if $millis > 86000000;
		my $at = sprintf '%s %02d:%02d:%02d.%03d UTC [%d] ', date(),
		    $millis / 3600000, $millis / 60000 % 60,
		    $millis / 1000 % 60, $millis % 1000, 100 + draw(7);
		my $sql = pick('SELECT * FROM things', 'BEGIN',
		    "UPDATE things SET a = 'x\n\ty -- z'",
		    "INSERT INTO t\n\tVALUES (1)") .
		    pick(' /*shop.py:' . draw(40) . '*/', '');
		put($at . 'LOG:  ' . pick('statement: ', 'execute p: ',
		    'duration: 0.123 ms  statement: ',
		    'duration: 1.5 ms  parse p: ',
		    'duration: 1.5 ms  bind p: ') . $sql);
		put($at . "DETAIL:  parameters: \$1 = '1'") if !draw(5);
		put($at . 'ERROR:  division by zero'),
		    put($at . "STATEMENT:  $sql") if !draw(20);
		put($at . "LOG:  duration: 0.04" . draw(10) . ' ms')
		    if !draw(3);
	}
}
EOF

# count.pl [OPERATION]: what a scan prints, of a log read line by line.
cat >count.pl <<'EOF'
use strict;
my $only = shift;
my $letter = qr/[A-Za-z_\\\x80-\xff]/;
my $verb = qr/(?!\d)(?:[A-Za-z0-9_\\\x80-\xff?!\$\@#~-])+/;
my $inner = qr/(?:[A-Za-z0-9_\\\x80-\xff?!\$\@#~-])+/;
my $kind = qr/[A-Za-z0-9_\\\x80-\xff?!\$\@#~.:-]/;
my $token = qr/(?=$letter)(?:$kind+\.(?:<$inner>|\($inner\))|
    $kind+\.$verb(?!$kind))/x;
my $operation = qr/$token(?:[ \t]*\($inner\))*/;
my (%count, %entries);
my $day = '';
my $stamp = qr/\d\d\d\d-\d\d-\d\d/;

# A letter is not written so: it stands as it is.
sub octal {
	my ($digits) = @_;
	my $byte = chr oct $digits;
	return $byte =~ /[A-Za-z_]/ ? "\\$digits" : $byte;
}
sub plain {
	my $name = shift;
	my %letters = ('a' => 7, 'b' => 8, 't' => 9, 'n' => 10, 'v' => 11,
	    'f' => 12, 'r' => 13);
	$name =~ s/\\(?:([0-3][0-7][0-7])|([abtnvfr])|(\\))/
	    defined $1 ? octal($1) :
	    defined $2 ? chr $letters{$2} : '\\'/gex;
	return $name;
}
sub cell {
	my $text = shift;
	$text =~ s/"/""/g;
	return $text =~ /[",\r\n]/ ? "\"$text\"" : $text;
}
while (my $line = <STDIN>) {
	$line =~ s/\r?\n\z//;
	my ($found, $number, $file, $at, $function, $rest);
	my $before = $line;
	my $from = 0;
	while ((my $dashes = index $line, ' -- ', $from) >= 0) {
		$from = $dashes + 3;
		next if substr($line, 0, $dashes) !~
		    /^(.*?)(?<!\d)(\d+):\ ([^ ]+):(\d+)(?:\ in\ ([^ ]*))?\z/sx;
		my @site = ($1, $2, $3, $4, $5);
		next if $site[2] =~ /^[0-9.:]*\z/;
		next if $site[0] =~ /[A-Za-z_\\\x80-\xff.,+\-\/%&]\z/;
		next if $site[0] =~ /(?:\A|[^A-Za-z_\\\x80-\xff]):\z/;
		next if substr($line, $from + 1) !~ /^$operation/;
		($before, $number, $file, $at, $function) = @site;
		$rest = substr $line, $from + 1;
		$found = 1;
		last;
	}
	$day = $1 if substr($before, 0, 512) =~ /(?<![\w\/.-])($stamp)(?!\d)/;
	next if !$found;
	$number =~ s/^0+(?=\d)//;
	next if length $number > 20 ||
	    (length $number == 20 && $number gt '18446744073709551615');
	my %seen;
	my $n = 0;
	while ($n++ < 64 && $rest =~ s/^($operation)(?:[ \t]*,[ \t]*|[ \t]+)?//) {
		my $name = plain($1);
		$name =~ s/[ \t]+/ /g;
		$name =~ s/[<>]//g;
		$seen{$name} = 1;
	}
	$at =~ s/^0+(?=\d)//;
	for my $name (keys %seen) {
		next if defined $only && $name ne $only;
		my $key = join "\0", $day, plain($file), sprintf('%020d', $at),
		    plain($function // ''), $name;
		$count{$key} //= 0;
		$count{$key} = $count{$key} > ~0 - $number ? ~0 :
		    $count{$key} + $number;
		$entries{$key}++;
	}
}
print "day,file,line,function,operation,count,entries\n";
for my $key (sort keys %count) {
	my @cells = split /\0/, $key, -1;
	$cells[2] =~ s/^0+(?=\d)//;
	printf "%s,%s,%s\n", join(',', map { cell($_) } @cells),
	    $count{$key}, $entries{$key};
}
EOF

# made KIND [TIMES]: KIND.log, its first part so many times.
made()
{
	perl make.pl "$1" "$((megabytes * 1000000 / ${2-1}))" "$seed" >part
	for _ in $(seq "${2-1}"); do
		cat part
	done >"$1.log"
	rm part
}

# packed LOG: the log in one member and in many, which begin anywhere.
packed()
{
	rm -f piece.*
	split -b 5000017 "$1" piece.
	if command -v gzip >/dev/null 2>&1; then
		gzip -1c "$1" >"$1.gz"
		for piece in piece.*; do gzip -1c "$piece"; done >"$1.many.gz"
	fi
	if command -v zstd >/dev/null 2>&1; then
		zstd -q1c "$1" >"$1.zst"
		for piece in piece.*; do zstd -q1c "$piece"; done \
		    >"$1.many.zst"
	fi
	rm -f piece.*
}

# scanned FILE COMMAND...: its output in FILE, its exit status behind it, what
# went wrong in messages; a crash and a sanitizer end here.
scanned()
{
	scanned_file=$1
	shift
	scanned_status=0
	"$@" >"$scanned_file" 2>messages || scanned_status=$?
	cat messages >&2
	echo "exit $scanned_status" >>"$scanned_file"
	[ "$scanned_status" -le 2 ]
}
piped()
{
	piped_log=$1
	shift
	# shellcheck disable=SC2002 # it is to be a pipe
	cat "$piped_log" | tallyman scan -q "$@"
}
from_file()
{
	from_log=$1
	shift
	tallyman scan -q "$@" <"$from_log"
}

# same WANT COMMAND...: prints the bytes that WANT holds.
same()
{
	same_want=$1
	shift
	scanned got "$@" && cmp "$same_want" got && return
	echo "$*" >&2
	return 1
}

# in_all_ways LOG [OPTION]...: as one thread does it.
in_all_ways()
{
	log=$1
	shift
	scanned want tallyman scan -q -j1 "$@" "$log" || return
	[ "$(wc -l <want)" -gt 3 ] || return
	for threads in 2 3 8; do
		same want tallyman scan -q -j$threads "$@" "$log" || return
	done
	for threads in $threads_to_try; do
		for file in "$log.gz" "$log.zst" "$log.many.gz" \
		    "$log.many.zst"; do
			[ ! -e "$file" ] || same want tallyman scan -q \
			    -j"$threads" "$@" "$file" || return
		done
		same want from_file "$log" -j"$threads" "$@" &&
		    same want piped "$log" -j"$threads" "$@" || return
	done
}

# in_ranges LOG [OPTION]...: by several threads, and in one piece.
in_ranges()
{
	log=$1
	shift
	scanned want piped "$log" "$@" && [ "$(wc -l <want)" -gt 2 ] &&
	    same want tallyman scan -q -j3 "$@" "$log"
}

# as_counted LOG [OPERATION]: as count.pl has it.
as_counted()
{
	perl count.pl ${2+"$2"} <"$1" >counted || return
	[ "$(wc -l <counted)" -gt 3 ] || return
	tallyman scan -q -p callcount -j2 ${2+-e "^\\Q$2\\E\$"} "$1" \
	    >got 2>messages
	[ $? -ne 1 ] && diff counted got >differences ||
	    ! head -n 20 differences >&2
}

# --- Lines of a counting hook.

made dense 3
made sparse 3
made edges
made lengths
for log in dense sparse edges lengths; do
	check "$log: line by line it is the same" as_counted $log.log
done
check 'the same of one operation' as_counted sparse.log UserData.put
packed dense.log
packed sparse.log
check 'dense: any threads, any way in' in_all_ways dense.log
check 'sparse: any threads, any way in' in_all_ways sparse.log
check 'of one kind too' in_all_ways sparse.log -p callcount -k UserData
rm -f ./*.gz ./*.zst
for log in edges lengths; do
	check "$log: in ranges, and from a pipe" in_ranges $log.log
done

# Those behind the blank line only with SAME_ALL.
while read -r options && [ "${SAME_ALL-}$options" ]; do
	[ "$options" ] || continue
	# shellcheck disable=SC2086 # is several words
	check "in ranges: $options" in_ranges sparse.log $options
done <<'EOF'
-e put
-v -e put -k Feed
-i -k userdata
-k UserData --reads --by hour,kind
--by hour,site --since 2013-06-11T05:30:00 --until 2013-06-12T17:15:30
--timezone Asia/Kolkata --log-timezone Europe/Berlin --by hour
--line-pattern INFO --fold-queries --by operation
--max-line 100
--memory 1

-e ^[A-Za-z]*\.pu -k OldUserData
-F -e a.b
--writes --by hour,kind
--by hour,host
--since 2013-06-11T05:30:00Z --until 2013-06-13
--timezone America/New_York --by hour,operation
--file-pattern ^a --by file,operation
--fold-queries --by operation
--day 2013-06-01 --by day
--max-line 4096 --by kind
--format json --by hour,function
EOF

# rejected FILE COMMAND...: what it rejects, without places.
rejected()
{
	rejected_file=$1
	shift
	scanned got "$@" --rejects rejects || return
	sed 's/^# [^:]*:[0-9]*: /# /; s/^# [^:]*: at byte [0-9]*: /# /' \
	    rejects >"$rejected_file"
}
rejects_the_same()
{
	rejected want tallyman scan -q -j1 "$@" || return
	[ "$(wc -l <want)" -gt 20 ] || return
	cp rejects places
	for threads in 2 3 8; do
		rejected bare tallyman scan -q -j$threads "$@" &&
		    cmp want bare && cmp places rejects || return
	done
	for log in "$@"; do :; done
	rejected bare piped "$log" "$@"
}
check 'the rejects are the same, in their order' rejects_the_same sparse.log
check 'those of lines that are too long' \
    rejects_the_same --max-line 900 sparse.log
check 'those of many inputs' rejects_the_same dense.log edges.log sparse.log

races()
{
	scanned want tallyman scan -q -j1 dense.log || return
	for _ in $(seq "$times"); do
		same want tallyman scan -q -j8 dense.log || return
	done
}
check "$times times with 8 threads" races

rm -f dense.log edges.log lengths.log

# --- The other formats.

for format in 'json json' 'postgres postgres' 'rails rails' \
    'tags sqlcomment'; do
	name=${format% *}
	preset=${format#* }
	made "$name" 6
	packed "$name.log"
	check "$preset: any threads, any way in" \
	    in_all_ways "$name.log" -p "$preset"
	check "$preset: by hour, as it is found" \
	    in_ranges "$name.log" --by hour,host,operation
	check "$preset: what it rejects" \
	    rejects_the_same -p "$preset" "$name.log"
	rm -f "$name.log" "$name.log".*
done
extract='INFO (?<count>[0-9]+): (?<caller>[^ ]+) -- (?<operation>[^ ,]+)'
check '-x: in ranges' in_ranges sparse.log -x "$extract"
check '-x: with a time and a host of its own' in_ranges sparse.log --by \
    hour,host,operation -x "^(?<time>[^ ]+) (?<host>[^ ]+) $extract"

if [ -r "$data/flavortown-rails6.log.gz" ]; then
	gzip -cd "$data/flavortown-rails6.log.gz" >real.log
	while [ "$(wc -c <real.log)" -lt $((megabytes * 1000000)) ]; do
		cat real.log real.log >twice.log
		mv twice.log real.log
	done
	check 'a real log of Rails: in ranges' in_ranges real.log
else
	skip 'the real logs are missing' 'a real log of Rails: in ranges'
fi

# --- Small packages of other kinds.

made lengths 9
for tool in bzip2 xz; do
	if command -v $tool >/dev/null 2>&1; then
		$tool -1c lengths.log >lengths.$tool
		tallyman scan -q lengths.log >want
		tallyman scan -q -j2 lengths.$tool >got 2>messages
		grep -q 'built without' messages && cp want got
		check "$tool gives the same" cmp want got
	else
		skip "$tool is missing" "$tool gives the same"
	fi
done

done_testing

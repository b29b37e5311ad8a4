# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # tests/lib/tap.sh comes before
#
# A PostgreSQL server of a test's own, for tests that source it behind
# tests/lib/tap.sh. It listens on a socket in its own folder, is owned by
# "postgres" where root runs the test (initdb refuses root), and is gone when
# the test ends, however it ends.
#
#	pg_find         false when there is no server to run
#	pg_init         makes the folder $pg and an empty cluster in it
#	pg_start ARG... starts the server; ARGs are postgres's own (-c NAME=VALUE)
#	pg_start_port ARG...
#	                starts it on a loopback port too, which PGPORT then
#	                tells to clients (tests/lib/port.sh comes before)
#	pg_stop         stops it, so that its logs are whole
#	pg_psql ARG...  psql, connected to it: the simple protocol
#	pg_bench ARG... pgbench, connected to it: -M extended, -M prepared
#
# A server logs to stderr, csvlog and jsonlog (since version 15) at once, into
# $pg/log/NAME.log, NAME.csv and NAME.json, NAME being what log_filename says.
# After pg_syslog_open NAME has succeeded, before pg_start, it logs through
# syslog too, into NAME.syslog.

pg_find()
{
	pg_bin=$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
	    /usr/local/pgsql/bin 2>/dev/null | sort -t/ -k5 -V | tail -n 1)
	if [ -z "$pg_bin" ] && command -v initdb >/dev/null; then
		pg_bin=$(dirname "$(command -v initdb)")
	fi
	[ -n "$pg_bin" ] && [ -x "$pg_bin/initdb" ] &&
	    [ -x "$pg_bin/pgbench" ] &&
	    { [ "$(id -u)" -ne 0 ] || id postgres >/dev/null 2>&1; }
}

# Runs a command as the server's owner.
pg_as()
{
	if [ "$(id -u)" -eq 0 ]; then
		(cd "$pg" && exec runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

pg_end()
{
	pg_stop
	pg_syslog_close
	rm -rf --one-file-system "$pg"
}

pg_init()
{
	# paths of sockets are short: not in $work
	pg=$(mktemp -d /tmp/tallyman-pg.XXXXXX) || return 2
	pg_syslogd=
	trap 'pg_end; chmod -R u+rwx "$tap_dir"; cd / && rm -rf "$tap_dir"' EXIT
	if [ "$(id -u)" -eq 0 ]; then
		chown postgres "$pg"
	fi
	pg_as mkdir "$pg/log"
	pg_as "$pg_bin/initdb" -D "$pg/data" -A trust -U postgres -E UTF8 \
	    --locale=C --no-sync >"$pg/initdb.out" 2>&1
}

pg_start()
{
	pg_words=
	for pg_word in "$@"; do
		pg_words="$pg_words '$pg_word'"
	done
	set -- "$pg_bin/pg_ctl" -D "$pg/data" -s -w -t 60 -l "$pg/start.out" \
	    -o "-k '$pg' -c listen_addresses= -c fsync=off \
	    -c log_directory='$pg/log' $pg_words" start
	if [ -n "$pg_syslogd" ]; then
		pg_with_syslog "$@"
	else
		pg_as "$@"
	fi
}

pg_start_port()
{
	for _ in 1 2 3 4 5; do
		PGPORT=$(port_free) || return
		export PGPORT
		pg_start -c listen_addresses=127.0.0.1 -c "port=$PGPORT" \
		    "$@" && return
		grep -q 'Address already in use' "$pg/start.out" || break
	done
	return 1
}

pg_stop()
{
	if [ -f "$pg/data/postmaster.pid" ]; then
		pg_as "$pg_bin/pg_ctl" -D "$pg/data" -s -w -m fast stop
	fi
}

pg_psql()
{
	PGHOST=$pg PGUSER=postgres "$pg_bin/psql" -X -q -d postgres "$@"
}

pg_bench()
{
	PGHOST=$pg PGUSER=postgres "$pg_bin/pgbench" -n "$@" postgres
}

# pg_syslog_open NAME: a syslog daemon, as far as the server sees: it adds the
# host behind the stamp and makes TABs printable, as rsyslog does. The server
# finds it at /dev/log of a file system of its own, which needs root.
pg_syslog_open()
{
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null || return 1
	rm -f "$pg/ready"
	mkfifo "$pg/ready"
	# shellcheck disable=SC2016 # perl's variables
	perl -MSocket -e '
		my ($path, $into) = @ARGV;
		socket(my $in, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
		bind($in, pack_sockaddr_un($path)) or die "$path: $!";
		chmod 0777, $path;
		open(my $out, ">", $into) or die "$into: $!";
		print "ready\n";
		close STDOUT;
		while (defined(recv($in, my $line, 65536, 0))) {
			last if $line eq "end";
			$line =~ s/\0$//;
			$line =~ s/^<\d+>(.{15}) /$1 db1 /s;
			$line =~ s/([\x00-\x1f])/sprintf("#%03o", ord($1))/ge;
			print $out "$line\n";
		}
		close($out) or die "$into: $!";
	' "$pg/syslog.socket" "$pg/log/$1.syslog" >"$pg/ready" &
	pg_syslogd=$!
	read -r pg_ready <"$pg/ready" && [ "$pg_ready" = ready ]
}

# Runs a command as the server's owner where /dev/log is ours. All else of
# /dev is reached through links.
pg_with_syslog()
{
	mkdir -p "$pg/dev"
	# shellcheck disable=SC2016 # the inner shell's variables
	unshare -m sh -c '
		pg=$1
		shift
		mount --rbind /dev "$pg/dev" &&
		    mount -t tmpfs -o mode=755 none /dev || exit 2
		for name in null zero full random urandom tty shm; do
			ln -s "$pg/dev/$name" /dev/
		done
		ln -s "$pg/syslog.socket" /dev/log
		cd "$pg" && exec runuser -u postgres -- "$@"
	' sh "$pg" "$@"
}

# Ends the daemon when it has written all that it was sent.
pg_syslog_close()
{
	[ -n "$pg_syslogd" ] || return 0
	# shellcheck disable=SC2016 # perl's variables
	perl -MSocket -e '
		socket(my $s, PF_UNIX, SOCK_DGRAM, 0);
		send($s, "end", 0, pack_sockaddr_un($ARGV[0]));
	' "$pg/syslog.socket"
	wait "$pg_syslogd"
	rm -f "$pg/syslog.socket"
	pg_syslogd=
}

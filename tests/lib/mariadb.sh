# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # tests/lib/tap.sh comes before
#
# A MariaDB server of a test's own, for tests that source it behind
# tests/lib/tap.sh and tests/lib/port.sh. It listens on a socket in its own
# folder and on a loopback port, is owned by "mysql" (else "nobody") where root
# runs the test, and is gone when the test ends, however it ends. Anybody may
# connect as its root, which needs no password.
#
#	maria_find         false when there is no server to run
#	maria_init         makes the folder $maria and an empty database in it
#	maria_start ARG... starts the server; ARGs are mariadbd's own; sets
#	                   MARIADB_PORT and MARIADB_SOCKET for clients
#	maria_stop         stops it

maria_find()
{
	PATH=$PATH:/usr/sbin:/usr/local/sbin
	command -v mariadbd >/dev/null &&
	    command -v mariadb-install-db >/dev/null || return
	maria_owner=$(id -un)
	if [ "$(id -u)" -eq 0 ]; then
		maria_owner=mysql
		id mysql >/dev/null 2>&1 || maria_owner=nobody
	fi
}

# Runs a command as the server's owner.
maria_as()
{
	if [ "$(id -u)" -eq 0 ]; then
		runuser -u "$maria_owner" -- "$@"
	else
		"$@"
	fi
}

maria_end()
{
	maria_stop
	rm -rf --one-file-system "$maria"
}

maria_init()
{
	# paths of sockets are short: not in $work
	maria=$(mktemp -d /tmp/tallyman-maria.XXXXXX) || return 2
	maria_pid=
	trap 'maria_end; chmod -R u+rwx "$tap_dir"; cd / && rm -rf "$tap_dir"' \
	    EXIT
	if [ "$(id -u)" -eq 0 ]; then
		chown "$maria_owner" "$maria"
	fi
	# its settings are ours alone, and nothing of it needs to last
	cat >"$maria/my.cnf" <<-END
		[mysqld]
		datadir = $maria/data
		socket = $maria/socket
		pid-file = $maria/pid
		tmpdir = $maria
		bind-address = 127.0.0.1
		skip-name-resolve
		innodb-buffer-pool-size = 8M
		innodb-log-file-size = 4M
		innodb-flush-log-at-trx-commit = 0
		innodb-flush-method = nosync
		innodb-doublewrite = 0
		key-buffer-size = 1M
		performance-schema = off
	END
	maria_as mariadb-install-db --defaults-file="$maria/my.cnf" \
	    --auth-root-authentication-method=normal \
	    --cross-bootstrap >"$maria/install.out" 2>&1
}

maria_ready()
{
	[ -S "$maria/socket" ] &&
	    grep -q 'ready for connections' "$maria/start.out"
}

# maria_try ARG...: on $MARIADB_PORT, which another may have taken meanwhile.
maria_try()
{
	: >"$maria/start.out"
	maria_as mariadbd --defaults-file="$maria/my.cnf" \
	    --port="$MARIADB_PORT" "$@" >"$maria/start.out" 2>&1 &
	maria_pid=$!
	for _ in $(seq 600); do
		if maria_ready; then
			return 0
		fi
		kill -0 "$maria_pid" 2>/dev/null || break
		sleep .1
	done
	maria_stop
	return 1
}

maria_start()
{
	MARIADB_SOCKET=$maria/socket
	for _ in 1 2 3 4 5; do
		MARIADB_PORT=$(port_free) || return
		export MARIADB_PORT MARIADB_SOCKET
		maria_try "$@" && return
		grep -q 'Address already in use' "$maria/start.out" || break
	done
	return 1
}

maria_stop()
{
	[ -n "$maria_pid" ] || return 0
	if [ -s "$maria/pid" ]; then
		kill "$(cat "$maria/pid")"
	else
		kill "$maria_pid"
	fi 2>/dev/null
	wait "$maria_pid"
	maria_pid=
}

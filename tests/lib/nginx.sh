# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # who sources it uses the variables
#
# An nginx of a test's or a benchmark's own, on loopback, with a folder and a
# port of its own.
#
#	nginx_find               false when there is none
#	nginx_start FOLDER HTTP  makes FOLDER and starts one; HTTP is what its
#	                         http block holds besides, @PORT@ standing for
#	                         the port. Sets $nginx_port and $nginx_log: a
#	                         line for each request, "SECONDS STATUS PATH"
#	nginx_stop               ends it, which whoever started it must do

nginx_dir=

nginx_find()
{
	nginx_bin=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx)
}

# nginx_write FOLDER HTTP: its configuration. The workers of root's nginx
# would be nobody's, who may not read FOLDER.
nginx_write()
{
	if [ "$(id -u)" -eq 0 ]; then
		echo 'user root;'
	fi
	cat <<-EOT
		worker_processes 1;
		pid $1/pid;
		error_log $1/error.log;
		events { worker_connections 1024; }
		http {
		  log_format arrival '\$msec \$status \$request_uri';
		  access_log $1/access.log arrival;
		  client_body_temp_path $1/body;
		  proxy_temp_path $1/proxy;
		  fastcgi_temp_path $1/fastcgi;
		  uwsgi_temp_path $1/uwsgi;
		  scgi_temp_path $1/scgi;
		  keepalive_requests 1000000;
		  $(echo "$2" | sed "s/@PORT@/$nginx_port/")
		}
	EOT
}

nginx_start()
{
	mkdir -p "$1" || return 2
	nginx_log=$1/access.log
	for nginx_try in 1 2 3 4 5 6 7 8 9; do
		nginx_port=$(awk -v seed="$$$nginx_try" 'BEGIN {
			srand(seed); print 20000 + int(rand() * 12000) }')
		nginx_write "$1" "$2" >"$1/conf"
		if "$nginx_bin" -p "$1" -c "$1/conf" 2>"$1/start.log"; then
			nginx_dir=$1
			return 0
		fi
	done
	cat "$1/start.log" >&2
	return 2
}

nginx_stop()
{
	[ -n "$nginx_dir" ] || return 0
	kill "$(cat "$nginx_dir/pid")"
	while [ -e "$nginx_dir/pid" ]; do
		sleep 0.1
	done
	nginx_dir=
}

# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
#	port_free       prints a port of 127.0.0.1 that nobody listens on now
#
# Another may take it before the server of a test does: try again then.

port_free()
{
	perl -MIO::Socket::INET -e '
		my $socket = IO::Socket::INET->new(
			LocalAddr => "127.0.0.1", Listen => 1) or die $!;
		print $socket->sockport, "\n";
	'
}

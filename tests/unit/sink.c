/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/clock.h"
#include "scratch.h"
#include "tap.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)

static void
need(bool held)
{
	scratch_need(held, "system call");
}

/* Opens a file sink for a name in the folder. */
static void
open_file(struct sink *sink, const char *name)
{
	scratch_make();
	CHECK_INT(sink_open(sink, SINK_FILE, scratch_path(name)), 0);
}

static void
end(struct sink *sink)
{
	sink_close(sink);
	scratch_remove();
}

/* Writes and expects an errno, and so many bytes. */
static void
gives(struct sink *sink, const char *lines, size_t want, int want_error)
{
	int error = -1;

	errno = EXDEV;
	CHECK_INT(sink_write(sink, slice_str(lines), SECOND / 5, &error), want);
	CHECK_INT(error, want_error);
	CHECK_INT(errno, EXDEV);
}

static void
goes(struct sink *sink, const char *lines)
{
	gives(sink, lines, strlen(lines), 0);
}

static void
file_has(const char *name, const char *want)
{
	CHECK_STR(scratch_read(scratch_path(name)), want);
}

/* Lines of 10 bytes: "000000000\n", "000000001\n", ... */
static void
add_lines(struct buf *lines, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_add_format(lines, "%09u\n", i);
}

/* --- files --- */

static void
appends(void)
{
	struct sink sink;
	struct stat st;
	mode_t mask = umask(027);

	open_file(&sink, "log");
	goes(&sink, "one\ntwo\n");
	goes(&sink, "three\n");
	file_has("log", "one\ntwo\nthree\n");
	need(stat(scratch_path("log"), &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0640);
	goes(&sink, "");
	end(&sink);
	(void)umask(mask);
}

static void
rotates(void)
{
	struct sink sink;

	open_file(&sink, "log");
	goes(&sink, "one\n");
	need(rename(scratch_path("log"), scratch_path("log.1")) == 0);
	goes(&sink, "two\n");
	need(unlink(scratch_path("log")) == 0);
	goes(&sink, "three\n");
	file_has("log.1", "one\n");
	file_has("log", "three\n");
	end(&sink);
}

static void
path_is_kept(void)
{
	char *folder = getcwd(NULL, 0);
	struct sink sink;

	need(folder != NULL);
	scratch_make();
	need(chdir(scratch_folder) == 0);
	CHECK_INT(sink_open(&sink, SINK_FILE, "log"), 0);
	need(chdir("/") == 0);
	goes(&sink, "one\n");
	file_has("log", "one\n");
	need(chdir(folder) == 0);
	end(&sink);
	free(folder);
	CHECK_INT(sink_open(&sink, SINK_FILE, NULL), EINVAL);
}

static void
cannot_open(void)
{
	struct sink sink;

	open_file(&sink, "none/log");
	gives(&sink, "one\n", 0, ENOENT);
	need(mkdir(scratch_path("none"), 0700) == 0);
	goes(&sink, "one\n");
	file_has("none/log", "one\n");
	end(&sink);
}

/* A child that writes 200 flushes of lines that all say who it is. */
static pid_t
write_many(struct sink *sink, int who)
{
	char lines[4 * 1000 + 1];
	pid_t pid = fork();

	need(pid >= 0);
	if (pid != 0)
		return pid;
	memset(lines, 'a' + who, sizeof(lines));
	for (size_t i = 999; i < sizeof(lines); i += 1000)
		lines[i] = '\n';
	for (int i = 0; i < 200; i++) {
		int error;

		if (sink_write(sink, slice_make(lines, sizeof(lines) - 1),
			10 * SECOND, &error) != sizeof(lines) - 1)
			_exit(1);
	}
	_exit(0);
}

static void
wait_for(pid_t pid)
{
	int status;

	need(waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

static void
shares(void)
{
	enum { WRITERS = 4 };
	pid_t pids[WRITERS];
	struct sink sink;
	char line[1002];
	size_t n = 0;
	FILE *file;

	open_file(&sink, "log");
	for (int i = 0; i < WRITERS; i++)
		pids[i] = write_many(&sink, i);
	for (int i = 0; i < WRITERS; i++)
		wait_for(pids[i]);
	file = fopen(scratch_path("log"), "r");
	need(file != NULL);
	for (; fgets(line, sizeof(line), file) != NULL; n++) {
		char all[] = { line[0], '\n', '\0' };

		CHECK_INT(strlen(line), 1000);
		CHECK_INT(strspn(line, all), 1000);
	}
	CHECK_INT(n, WRITERS * 200 * 4);
	(void)fclose(file);
	end(&sink);
}

/* How long a write took. */
static int64_t
time_of(struct sink *sink, const char *lines, int64_t timeout, int *error)
{
	int64_t begin = clock_now();

	(void)sink_write(sink, slice_str(lines), timeout, error);
	return clock_now() - begin;
}

static void
does_not_wait_for_ever(void)
{
	struct sink sink;
	int64_t took;
	int error;
	int fd;

	open_file(&sink, "log");
	fd = open(scratch_path("log"), O_WRONLY | O_CREAT, 0600);
	need(fd >= 0 && flock(fd, LOCK_EX) == 0);
	took = time_of(&sink, "one\n", 100 * MS, &error);
	CHECK_INT(error, 0);
	CHECK(took >= 100 * MS && took < 5 * SECOND);
	file_has("log", "one\n");
	(void)close(fd);
	CHECK(time_of(&sink, "two\n", 10 * SECOND, &error) < 5 * SECOND);
	CHECK_INT(error, 0);
	end(&sink);
}

struct rotation {
	int fd; /* holds the lock */
};

/* Gives the sink time to wait for the lock, renames the file, lets go. */
static void *
rotate(void *context)
{
	struct rotation *rotation = context;
	struct timespec time = { 0, 50 * MS };

	(void)nanosleep(&time, NULL);
	need(rename(scratch_path("log"), scratch_path("log.1")) == 0);
	(void)close(rotation->fd);
	return NULL;
}

static void
rotates_while_waiting(void)
{
	struct rotation rotation;
	struct sink sink;
	pthread_t thread;
	int error;

	open_file(&sink, "log");
	rotation.fd = open(scratch_path("log"), O_WRONLY | O_CREAT, 0600);
	need(rotation.fd >= 0 && flock(rotation.fd, LOCK_EX) == 0);
	need(pthread_create(&thread, NULL, rotate, &rotation) == 0);
	(void)time_of(&sink, "one\n", 10 * SECOND, &error);
	need(pthread_join(thread, NULL) == 0);
	CHECK_INT(error, 0);
	file_has("log", "one\n");
	file_has("log.1", "");
	end(&sink);
}

/* The limit of a file's size; the process must outlive SIGXFSZ. */
static void
limit(rlim_t size)
{
	struct rlimit rlimit;

	need(getrlimit(RLIMIT_FSIZE, &rlimit) == 0);
	rlimit.rlim_cur = size;
	need(setrlimit(RLIMIT_FSIZE, &rlimit) == 0);
}

static void
takes_back(void)
{
	struct sink sink;

	open_file(&sink, "log");
	goes(&sink, "one\n");
	limit(10);
	gives(&sink, "two\nthree\n", 4, EFBIG);
	file_has("log", "one\ntwo\n");
	gives(&sink, "three\n", 0, EFBIG);
	file_has("log", "one\ntwo\n");
	limit(RLIM_INFINITY);
	goes(&sink, "three\n");
	file_has("log", "one\ntwo\nthree\n");
	end(&sink);
}

static void
ends_a_torn_line(void)
{
	struct sink sink;
	int fd;

	open_file(&sink, "log");
	fd = open(scratch_path("log"), O_WRONLY | O_CREAT, 0600);
	need(fd >= 0 && flock(fd, LOCK_EX) == 0);
	limit(6);
	gives(&sink, "one\ntwo\n", 4, EFBIG);
	file_has("log", "one\ntw");
	gives(&sink, "two\n", 0, EFBIG);
	limit(RLIM_INFINITY);
	(void)close(fd);
	goes(&sink, "two\n");
	file_has("log", "one\ntw\ntwo\n");
	goes(&sink, "three\n");
	file_has("log", "one\ntw\ntwo\nthree\n");
	end(&sink);
}

static void
disk_is_full(void)
{
	struct sink sink;
	struct buf lines = { 0 };
	struct stat st;
	size_t done;
	int error;

	scratch_make();
	if (mount("none", scratch_folder, "tmpfs", 0, "size=64k") != 0) {
		scratch_remove();
		SKIP("no tmpfs can be mounted");
	}
	CHECK_INT(sink_open(&sink, SINK_FILE, scratch_path("log")), 0);
	add_lines(&lines, 10000);
	done = sink_write(&sink, buf_slice(&lines), SECOND, &error);
	CHECK_INT(error, ENOSPC);
	CHECK(done > 60000 && done <= 65536 && done % 10 == 0);
	need(stat(scratch_path("log"), &st) == 0);
	CHECK_INT(st.st_size, done);
	buf_release(&lines);
	sink_close(&sink);
	need(umount(scratch_folder) == 0);
	scratch_remove();
}

static void
device_is_full(void)
{
	struct sink sink;

	CHECK_INT(sink_open(&sink, SINK_FILE, "/dev/full"), 0);
	gives(&sink, "one\n", 0, ENOSPC);
	sink_close(&sink);
}

static void
fifo_does_not_block(void)
{
	struct sink sink;
	struct buf lines = { 0 };
	char got[8] = "";
	int error;
	int fd;

	open_file(&sink, "fifo");
	need(mkfifo(scratch_path("fifo"), 0600) == 0);
	gives(&sink, "one\n", 0, ENXIO);
	fd = open(scratch_path("fifo"), O_RDONLY | O_NONBLOCK);
	need(fd >= 0);
	goes(&sink, "two\n");
	CHECK_INT(read(fd, got, sizeof(got)), 4);
	CHECK_BYTES(got, 4, "two\n", 4);
	add_lines(&lines, 10000);
	CHECK(sink_write(&sink, buf_slice(&lines), 50 * MS, &error) < 70000);
	CHECK_INT(error, ETIMEDOUT);
	buf_release(&lines);
	(void)close(fd);
	end(&sink);
}

/* --- standard error --- */

/* What standard error is in the meantime. */
static int
replace_stderr(int fd)
{
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);

	need(kept >= 0 && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	return kept;
}

static void
restore_stderr(int kept)
{
	need(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
	(void)close(kept);
}

/* Opens a sink on a standard error that is fd, which is then put back. */
static void
open_stderr(struct sink *sink, int fd)
{
	int kept = replace_stderr(fd);
	int status = sink_open(sink, SINK_STDERR, NULL);

	restore_stderr(kept);
	CHECK_INT(status, 0);
}

static void
keeps_stderr(void)
{
	struct sink sink;
	int fd;

	scratch_make();
	fd = open(scratch_path("err"), O_WRONLY | O_CREAT, 0600);
	need(fd >= 0 && write(fd, "host\n", 5) == 5);
	open_stderr(&sink, fd);
	CHECK(sink.fd >= 64);
	CHECK((fcntl(sink.fd, F_GETFD) & FD_CLOEXEC) != 0);
	goes(&sink, "one\n");
	need(write(fd, "host\n", 5) == 5);
	(void)close(fd);
	goes(&sink, "two\n");
	file_has("err", "host\none\nhost\ntwo\n");
	end(&sink);
}

static void
no_stderr(void)
{
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
	struct sink sink;
	int status;

	need(kept >= 0);
	(void)close(STDERR_FILENO);
	status = sink_open(&sink, SINK_STDERR, NULL);
	restore_stderr(kept);
	CHECK_INT(status, 0);
	gives(&sink, "one\n", 0, EBADF);
	sink_close(&sink);
}

static void
few_descriptors(void)
{
	struct rlimit few, rlimit;
	struct sink sink;
	int fds[2];

	need(pipe(fds) == 0);
	need(getrlimit(RLIMIT_NOFILE, &rlimit) == 0);
	few = rlimit;
	few.rlim_cur = 32;
	need(setrlimit(RLIMIT_NOFILE, &few) == 0);
	CHECK_INT(sink_open(&sink, SINK_STDERR, NULL), 0);
	CHECK(sink.fd > STDERR_FILENO && sink.fd < 32);
	sink_close(&sink);
	need(setrlimit(RLIMIT_NOFILE, &rlimit) == 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
number_is_taken(void)
{
	struct sink sink;
	int fds[2];
	int number;
	int fd;

	scratch_make();
	need(pipe(fds) == 0);
	open_stderr(&sink, fds[1]);
	fd = open(scratch_path("data"), O_RDWR | O_CREAT, 0600);
	need(fd >= 0);
	number = sink.fd;
	(void)close(number);
	gives(&sink, "one\n", 0, EBADF);
	need(dup2(fd, number) == number);
	gives(&sink, "one\n", 0, EBADF);
	file_has("data", "");
	end(&sink);
	CHECK(fcntl(number, F_GETFD) >= 0);
	(void)close(number);
	(void)close(fd);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* A pipe whose reader sleeps; its own flags are not touched. */
static void
nobody_reads(void)
{
	struct buf lines = { 0 };
	char got[65536];
	struct sink sink;
	int64_t begin;
	size_t done;
	int fds[2];
	int error;

	need(pipe(fds) == 0);
	open_stderr(&sink, fds[1]);
	add_lines(&lines, 10000);
	begin = clock_now();
	done = sink_write(&sink, buf_slice(&lines), 100 * MS, &error);
	CHECK_INT(error, ETIMEDOUT);
	CHECK(clock_now() - begin >= 100 * MS);
	CHECK(clock_now() - begin < 5 * SECOND);
	CHECK(done > 0 && done % 10 == 0);
	CHECK_INT(fcntl(fds[1], F_GETFL) & O_NONBLOCK, 0);
	CHECK_INT(read(fds[0], got, sizeof(got)), done);
	CHECK_BYTES(got, done, lines.ptr, done);
	buf_drop(&lines, done);
	gives(&sink, "one\n", 4, 0);
	buf_release(&lines);
	sink_close(&sink);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* Reads packets to the end, and notes whether each ends in a whole line. */
struct reading {
	int fd;
	size_t bytes;
	bool whole;
};

static void *
read_packets(void *context)
{
	struct reading *reading = context;
	char got[2 * PIPE_BUF];
	ssize_t n;

	while ((n = read(reading->fd, got, sizeof(got))) > 0) {
		reading->bytes += (size_t)n;
		if (n > PIPE_BUF || got[n - 1] != '\n')
			reading->whole = false;
	}
	return NULL;
}

/* A socket of packets gives what was written at once, as to a pipe. */
static void
goes_in_pieces(void)
{
	struct reading reading = { .whole = true };
	struct buf lines = { 0 };
	struct sink sink;
	pthread_t thread;
	int fds[2];
	int error;

	need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == 0);
	reading.fd = fds[0];
	open_stderr(&sink, fds[1]);
	need(pthread_create(&thread, NULL, read_packets, &reading) == 0);
	add_lines(&lines, 2000);
	CHECK_INT(sink_write(&sink, buf_slice(&lines), 10 * SECOND, &error),
	    lines.len);
	sink_close(&sink);
	(void)close(fds[1]);
	need(pthread_join(thread, NULL) == 0);
	(void)close(fds[0]);
	CHECK(reading.whole);
	CHECK_INT(reading.bytes, 20000);
	buf_release(&lines);
}

static void
long_line_is_torn(void)
{
	enum { LONG = 200000 };
	struct buf lines = { 0 };
	static char got[LONG];
	struct sink sink;
	ssize_t n;
	int fds[2];
	int error;

	need(pipe(fds) == 0);
	open_stderr(&sink, fds[1]);
	buf_add_str(&lines, "one\n");
	memset(buf_reserve(&lines, LONG), 'x', LONG);
	lines.len += LONG;
	buf_add_char(&lines, '\n');
	CHECK_INT(sink_write(&sink, buf_slice(&lines), 50 * MS, &error), 4);
	CHECK_INT(error, ETIMEDOUT);
	n = read(fds[0], got, sizeof(got));
	CHECK(n > 4 && got[n - 1] == 'x');
	goes(&sink, "two\n");
	CHECK_INT(read(fds[0], got, sizeof(got)), 5);
	CHECK_BYTES(got, 5, "\ntwo\n", 5);
	buf_release(&lines);
	sink_close(&sink);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static bool
is_pending(int signal)
{
	sigset_t pending;

	need(sigpending(&pending) == 0);
	return sigismember(&pending, signal) == 1;
}

static void
broken_pipe(void)
{
	sigset_t mask, set;
	struct sink sink;
	int fds[2];

	need(pipe(fds) == 0);
	open_stderr(&sink, fds[1]);
	(void)close(fds[0]);
	gives(&sink, "one\n", 0, EPIPE);
	need(sigprocmask(SIG_SETMASK, NULL, &mask) == 0);
	CHECK(!sigismember(&mask, SIGPIPE) && !sigismember(&mask, SIGXFSZ));

	/* One that was there before is not taken. */
	need(sigemptyset(&set) == 0 && sigaddset(&set, SIGPIPE) == 0);
	need(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	gives(&sink, "one\n", 0, EPIPE);
	CHECK(!is_pending(SIGPIPE));
	need(raise(SIGPIPE) == 0);
	gives(&sink, "one\n", 0, EPIPE);
	CHECK(is_pending(SIGPIPE));
	need(sigwaitinfo(&set, NULL) == SIGPIPE);
	need(sigprocmask(SIG_SETMASK, &mask, NULL) == 0);
	sink_close(&sink);
	(void)close(fds[1]);
}

static void
socket_is_fine(void)
{
	struct buf lines = { 0 };
	struct sink sink;
	char got[8];
	int fds[2];
	int error;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	open_stderr(&sink, fds[1]);
	goes(&sink, "one\n");
	CHECK_INT(read(fds[0], got, sizeof(got)), 4);
	add_lines(&lines, 100000);
	CHECK(sink_write(&sink, buf_slice(&lines), 50 * MS, &error) % 10 == 0);
	CHECK_INT(error, ETIMEDOUT);
	(void)close(fds[0]);
	gives(&sink, "two\n", 0, EPIPE);
	buf_release(&lines);
	sink_close(&sink);
	(void)close(fds[1]);
}

/* --- syslog --- */

/* A socket that stands where a syslog daemon listens. */
static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	need(fd >= 0);
	need(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

/* Opens a sink where the clock shows what TZ says. */
static void
open_syslog(struct sink *sink, const char *zone)
{
	scratch_make();
	need(setenv("TZ", zone, 1) == 0);
	CHECK_INT(sink_open(sink, SINK_SYSLOG, scratch_path("log")), 0);
	need(unsetenv("TZ") == 0);
}

static void
comes(int fd, const char *want)
{
	char got[512];
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	CHECK(n >= 0);
	if (n >= 0)
		CHECK_BYTES(got, (size_t)n, want, strlen(want));
}

static void
is_syslog(void)
{
	struct sink sink;
	int fd;

	open_syslog(&sink, "UTC");
	fd = listen_at(scratch_path("log"));
	goes(&sink,
	    "2026-11-22T12:50:00Z app[4711]: 17: a.c:9 -- Feed.get\n"
	    "2026-01-02T03:04:05Z app[4711]: 18: a.c:9 -- Feed.get\n"
	    "no time\n2026-13-01T00:00:00Z x\n");
	comes(fd, "<14>Nov 22 12:50:00 app[4711]: 17: a.c:9 -- Feed.get");
	comes(fd, "<14>Jan  2 03:04:05 app[4711]: 18: a.c:9 -- Feed.get");
	comes(fd, "<14>no time");
	comes(fd, "<14>2026-13-01T00:00:00Z x");
	(void)close(fd);
	end(&sink);
}

static void
is_local(void)
{
	struct sink sink;
	int fd;

	open_syslog(&sink, "CET-1CEST,M3.5.0,M10.5.0/3");
	fd = listen_at(scratch_path("log"));
	goes(&sink,
	    "2026-11-22T12:50:00Z app[1]: x\n2026-07-31T23:30:00Z app[1]: y\n");
	comes(fd, "<14>Nov 22 13:50:00 app[1]: x");
	comes(fd, "<14>Aug  1 01:30:00 app[1]: y");
	(void)close(fd);
	end(&sink);
}

static void
daemon_comes_and_goes(void)
{
	struct sink sink;
	int fd;

	open_syslog(&sink, "UTC");
	gives(&sink, "one\n", 0, ENOENT);
	fd = listen_at(scratch_path("log"));
	goes(&sink, "two\n");
	(void)close(fd);
	gives(&sink, "three\n", 0, ECONNREFUSED);
	need(unlink(scratch_path("log")) == 0);
	fd = listen_at(scratch_path("log"));
	goes(&sink, "four\n");
	comes(fd, "<14>four");
	(void)close(fd);
	end(&sink);
}

static void
daemon_sleeps(void)
{
	struct buf lines = { 0 };
	struct sink sink;
	int64_t begin = clock_now();
	size_t done;
	int error;
	int fd;

	open_syslog(&sink, "UTC");
	fd = listen_at(scratch_path("log"));
	add_lines(&lines, 2000);
	done = sink_write(&sink, buf_slice(&lines), 100 * MS, &error);
	CHECK_INT(error, ETIMEDOUT);
	CHECK(done > 0 && done < lines.len && done % 10 == 0);
	CHECK(clock_now() - begin < 5 * SECOND);
	buf_release(&lines);
	(void)close(fd);
	end(&sink);
}

static void
line_is_too_long(void)
{
	enum { LONG = 4 << 20 };
	struct buf lines = { 0 };
	struct sink sink;
	int error;
	int fd;

	open_syslog(&sink, "UTC");
	fd = listen_at(scratch_path("log"));
	buf_add_str(&lines, "one\n");
	memset(buf_reserve(&lines, LONG), 'x', LONG);
	lines.len += LONG;
	buf_add_str(&lines, "\ntwo\n");
	CHECK_INT(sink_write(&sink, buf_slice(&lines), SECOND, &error), 4);
	CHECK_INT(error, EMSGSIZE);
	buf_release(&lines);
	(void)close(fd);
	end(&sink);
}

static void
path_is_too_long(void)
{
	char path[300];
	struct sink sink;

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	CHECK_INT(sink_open(&sink, SINK_SYSLOG, path), 0);
	gives(&sink, "one\n", 0, ENAMETOOLONG);
	sink_close(&sink);
	CHECK_INT(sink_open(&sink, SINK_SYSLOG, NULL), 0);
	CHECK_STR(sink.path, "/dev/log");
	sink_close(&sink);
}

/* --- a callback --- */

struct called {
	int answer;
	int times;
	struct buf got;
};

static int
answer(void *context, const char *lines, size_t size)
{
	struct called *called = context;

	called->times++;
	buf_add(&called->got, slice_make(lines, size));
	errno = ENOTTY;
	return called->answer;
}

static void
calls_back(void)
{
	struct called called = { .answer = EAGAIN };
	struct sink sink;

	CHECK_INT(sink_open(&sink, SINK_CALLBACK, NULL), 0);
	sink.callback = answer;
	sink.context = &called;
	gives(&sink, "one\ntwo\n", 0, EAGAIN);
	called.answer = 0;
	goes(&sink, "one\ntwo\n");
	CHECK_SLICE(called.got, "one\ntwo\none\ntwo\n");
	goes(&sink, "");
	CHECK_INT(called.times, 2);
	buf_release(&called.got);
	sink_close(&sink);
}

/* The number that the next descriptor gets. */
static int
next_number(void)
{
	int fd = dup(STDOUT_FILENO);

	need(fd >= 0);
	(void)close(fd);
	return fd;
}

static void
leaves_nothing_open(void)
{
	struct sink file, pipe_end, syslog;
	int fds[2];
	int number;
	int fd;

	open_syslog(&syslog, "UTC");
	fd = listen_at(syslog.path);
	CHECK_INT(sink_open(&file, SINK_FILE, scratch_path("file")), 0);
	need(pipe(fds) == 0);
	open_stderr(&pipe_end, fds[1]);
	number = next_number();
	goes(&file, "one\n");
	CHECK_INT(next_number(), number);
	goes(&pipe_end, "one\n");
	CHECK_INT(next_number(), number);
	goes(&syslog, "one\n");
	CHECK_INT(next_number(), number);
	(void)close(fd);
	(void)close(fds[0]);
	(void)close(fds[1]);
	sink_close(&file);
	sink_close(&pipe_end);
	end(&syslog);
}

/* A host that takes the number of what the sink is waiting for. */
struct theft {
	int number;
	int data;
	int pipe;
};

static void *
steal(void *context)
{
	const struct theft *theft = context;
	struct timespec time = { 0, 50 * MS };
	static char got[1 << 20];

	(void)nanosleep(&time, NULL);
	need(dup2(theft->data, theft->number) == theft->number);
	need(read(theft->pipe, got, sizeof(got)) > 0);
	return NULL;
}

static void
number_is_taken_meanwhile(void)
{
	struct buf lines = { 0 };
	struct theft theft;
	struct sink sink;
	pthread_t thread;
	int fds[2];
	int error;

	scratch_make();
	need(pipe(fds) == 0);
	open_stderr(&sink, fds[1]);
	theft.data = open(scratch_path("data"), O_RDWR | O_CREAT, 0600);
	theft.pipe = fds[0];
	theft.number = next_number();
	need(pthread_create(&thread, NULL, steal, &theft) == 0);
	add_lines(&lines, 10000);
	CHECK(sink_write(&sink, buf_slice(&lines), 10 * SECOND, &error) > 0);
	need(pthread_join(thread, NULL) == 0);
	CHECK_INT(error, EBADF);
	file_has("data", "");
	CHECK(fcntl(theft.number, F_GETFD) >= 0);
	(void)close(theft.number);
	(void)close(theft.data);
	(void)close(fds[0]);
	(void)close(fds[1]);
	buf_release(&lines);
	end(&sink);
}

static const struct tap_test tests[] = {
	{ "lines are appended to a file, which is made by the umask", appends },
	{ "a file that was renamed or removed is made anew", rotates },
	{ "a path is kept though the working directory changes", path_is_kept },
	{ "a file that can't be opened is tried again", cannot_open },
	{ "processes that share a file tear no line", shares },
	{ "a lock that is not let go is not waited for for ever",
	    does_not_wait_for_ever },
	{ "a file that is renamed meanwhile is not written to",
	    rotates_while_waiting },
	{ "a line that did not fit is taken back, and SIGXFSZ kills nobody",
	    takes_back },
	{ "without the lock it gets its end before the next line",
	    ends_a_torn_line },
	{ "a full disk holds whole lines", disk_is_full },
	{ "a full device is an error", device_is_full },
	{ "a FIFO holds nobody up", fifo_does_not_block },
	{ "standard error is kept as it was at the start", keeps_stderr },
	{ "without standard error there is an error, no more", no_stderr },
	{ "where descriptors are few the copy is a low one", few_descriptors },
	{ "a copy that the host closed, or took for something else, is not "
	  "written to",
	    number_is_taken },
	{ "nor is a descriptor that it took while a write waits",
	    number_is_taken_meanwhile },
	{ "a pipe that nobody reads takes what fits, in time", nobody_reads },
	{ "each write is of whole lines, as a pipe takes them at once",
	    goes_in_pieces },
	{ "a line that is longer than a pipe is torn, and ended",
	    long_line_is_torn },
	{ "a broken pipe kills nobody, and takes no signal of others",
	    broken_pipe },
	{ "standard error may be a socket", socket_is_fine },
	{ "syslog gets each line as a datagram", is_syslog },
	{ "its times are local", is_local },
	{ "a syslog daemon may come and go", daemon_comes_and_goes },
	{ "a syslog daemon that sleeps holds nobody up", daemon_sleeps },
	{ "a line too long for syslog is told apart", line_is_too_long },
	{ "a socket's path has its limit", path_is_too_long },
	{ "a callback takes all lines or none", calls_back },
	{ "a write leaves nothing open", leaves_nothing_open },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

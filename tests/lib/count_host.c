/* SPDX-License-Identifier: MIT */
/*
 * A program that counts, and does what programs do to a library or a preload
 * in them, for tests/cmd/libtallyman.t and tests/cmd/record-hostile.t. Its
 * arguments are what it does, one after the other:
 *
 *	log=WHERE interval=MS revision=TEXT signal=NAME ending=1 callback=FILE
 *	                options, for
 *	start           tallyman_start(); with callback lines go to the FILE
 *	flush           tallyman_flush(); says the errno where it fails
 *	count N         N counts at the line below that is marked
 *	add N           one count of N
 *	sites N         one count each of N lines
 *	text OPERATION FILE FUNCTION    one count, with these texts
 *	errno           one count, which must leave errno alone
 *	threads T N     T threads that count N each, and are waited for
 *	begin T N       the same, not waited for
 *	join            waits for them
 *	short N         N threads, one after the other, with one count each
 *	fork ... end    a child does what stands between, and exits; must end
 *well leave ... end   the same, not waited for forks N         N children that
 *do nothing, one after the other vfork COMMAND, spawn COMMAND, shell COMMAND
 *	                runs a command, which must end well
 *	exec COMMAND... becomes it
 *	plugin FILE     loads tallyman_count() from there, counts 5, unloads it
 *	daemon          daemon(3)
 *	mkdir DIR, rename OLD NEW, unlink FILE, chroot DIR, user ID
 *	                (user: with at most one thread more)
 *	close A B       closes descriptors from A to B
 *	open FILE N     opens a file N times
 *	clog            standard error is a pipe that is full; its reader sleeps
 *	broken          standard error is a pipe that nobody reads
 *	limit NAME N    setrlimit(2): as, fsize, nofile; -1 is as at first
 *	own NAME        handles a signal: exit(7)
 *	ignore NAME     ignores it
 *	block           blocks all signals
 *	kill NAME       sends itself a signal
 *	pause           until a signal comes, then goes on
 *	sleep           until it is ended
 *	listen SOCKET   a datagram socket
 *	hear N FILE     writes N datagrams that came there as lines
 *	grown FILE      waits until a file is longer than the last time
 *	made FILE       waits until it is there
 *	make FILE       makes it
 *	exit N, _exit N, quick_exit N, abort, crash
 *
 * It ends with 2 where one of these fails. Compiled with -DSQLITE it knows
 * nothing of libtallyman, and counts by asking SQLite.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void
must(int is_so, const char *what)
{
	if (is_so)
		return;
	dprintf(STDOUT_FILENO, "count_host: %s: %s\n", what, strerror(errno));
	_Exit(2);
}

static long
number(const char *text)
{
	return strtol(text, NULL, 0);
}

static int
signal_number(const char *name)
{
	for (int i = 1; i < NSIG; i++)
		if (sigabbrev_np(i) != NULL && !strcmp(sigabbrev_np(i), name))
			return i;
	must(0, name);
	return 0;
}

#ifdef SQLITE

#include <sqlite3.h>

/* Each thread has a connection of its own, and so has each process. */
static sqlite3 *
database(void)
{
	static _Thread_local sqlite3 *db;
	static _Thread_local pid_t owner;

	if (owner == getpid())
		return db;
	owner = getpid();
	must(sqlite3_open(":memory:", &db) == SQLITE_OK, "sqlite3_open");
	return db;
}

static void
count(long n)
{
	static const char text[] = "SELECT * FROM sqlite_master";

	while (n-- > 0)
		sqlite3_exec(database(), text, NULL, NULL, NULL); /* here */
}

#else

#include <tallyman.h>

static void
count(long n)
{
	while (n-- > 0)
		TALLYMAN_COUNT("Kind.put"); /* here */
}

static int sink_fd;

static int
sink(void *context, const char *lines, size_t size)
{
	must(context == &sink_fd, "the sink's context");
	return write(sink_fd, lines, size) == (ssize_t)size ? 0 : errno;
}

static struct tallyman_options options = { .size = sizeof(options) };

static void
do_start(char **arguments)
{
	(void)arguments;
	must(tallyman_start(&options) == 0, "tallyman_start");
}

/* NAME=VALUE, cut in two. */
static void
set_option(const char *name, const char *value)
{
	if (strcmp(name, "log") == 0)
		options.log = value;
	else if (strcmp(name, "interval") == 0)
		options.interval_ms = (uint64_t)number(value);
	else if (strcmp(name, "revision") == 0)
		options.revision = value;
	else if (strcmp(name, "signal") == 0)
		options.flush_signal = signal_number(value);
	else if (strcmp(name, "ending") == 0)
		options.flush_before_ending = 1;
	else if (strcmp(name, "callback") == 0) {
		sink_fd = open(value, O_WRONLY | O_CREAT | O_APPEND, 0666);
		options.sink = sink;
		options.context = &sink_fd;
	}
}

static void
do_flush(char **arguments)
{
	(void)arguments;
	if (tallyman_flush() != 0)
		dprintf(STDOUT_FILENO, "%s\n", strerrorname_np(errno));
}

static void
do_add(char **arguments)
{
	TALLYMAN_COUNT_N("Kind.put", strtoull(arguments[0], NULL, 0));
}

static void
do_sites(char **arguments)
{
	for (unsigned i = 1; i <= (unsigned)number(arguments[0]); i++)
		tallyman_count("Kind.put", "src/site.c", i, "work", 1);
}

static void
do_text(char **arguments)
{
	tallyman_count(arguments[0], arguments[1], 7, arguments[2], 1);
}

static void
do_errno(char **arguments)
{
	(void)arguments;
	errno = 4711;
	count(1);
	must(errno == 4711, "errno was changed");
}

static void
do_plugin(char **arguments)
{
	typedef void counter(const char *, const char *, unsigned, const char *,
	    uint64_t);
	void *plugin = dlopen(arguments[0], RTLD_NOW | RTLD_LOCAL);
	counter *put = NULL;

	must(plugin != NULL, arguments[0]);
	put = (counter *)dlsym(plugin, "tallyman_count");
	for (int i = 0; i < 5; i++)
		put("Kind.put", "src/plugin.c", 3, NULL, 1);
	must(dlclose(plugin) == 0, "dlclose");
}

#endif

static void
do_count(char **arguments)
{
	count(number(arguments[0]));
}

/* --- Threads. */

enum { MOST_THREADS = 64 };

static pthread_t threads[MOST_THREADS];
static size_t thread_count;

static void *
thread(void *context)
{
	count((long)(intptr_t)context);
	return NULL;
}

static void
start_thread(long n)
{
	must(thread_count < MOST_THREADS, "too many threads");
	must(pthread_create(&threads[thread_count++], NULL, thread,
		 (void *)(intptr_t)n) == 0,
	    "pthread_create");
}

static void
do_begin(char **arguments)
{
	for (long i = 0; i < number(arguments[0]); i++)
		start_thread(number(arguments[1]));
}

static void
do_join(char **arguments)
{
	(void)arguments;
	while (thread_count > 0)
		must(pthread_join(threads[--thread_count], NULL) == 0, "join");
}

static void
do_threads(char **arguments)
{
	do_begin(arguments);
	do_join(arguments);
}

static void
do_short(char **arguments)
{
	for (long i = 0; i < number(arguments[0]); i++) {
		start_thread(1);
		do_join(NULL);
	}
}

/* --- Processes. */

static void
reap(pid_t child)
{
	int status;

	must(child > 0, "fork");
	while (waitpid(child, &status, 0) < 0)
		must(errno == EINTR, "waitpid");
	must(status == 0, "a child failed");
}

static void
do_forks(char **arguments)
{
	for (long i = 0; i < number(arguments[0]); i++) {
		pid_t child = fork();

		if (child == 0)
			exit(0);
		reap(child);
	}
}

static void
do_vfork(char **arguments)
{
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t child = vfork();

	if (child == 0) {
		(void)execl("/bin/sh", "sh", "-c", arguments[0], (char *)NULL);
		_exit(127);
	}
	reap(child);
}

static void
do_spawn(char **arguments)
{
	char shell[] = "sh";
	char option[] = "-c";
	char *argv[] = { shell, option, arguments[0], NULL };
	pid_t child;

	must(posix_spawn(&child, "/bin/sh", NULL, NULL, argv, environ) == 0,
	    "posix_spawn");
	reap(child);
}

static void
do_shell(char **arguments)
{
	FILE *shell = popen(arguments[0], "r"); /* NOLINT(cert-env33-c) */
	char line[256];

	must(shell != NULL, "popen");
	while (fgets(line, sizeof(line), shell) != NULL)
		dprintf(STDOUT_FILENO, "%s", line);
	must(pclose(shell) == 0, "pclose");
}

static void
do_daemon(char **arguments)
{
	(void)arguments;
	must(daemon(1, 1) == 0, "daemon");
}

/* --- Files. */

static void
do_mkdir(char **arguments)
{
	must(mkdir(arguments[0], 0777) == 0, arguments[0]);
}

static void
do_rename(char **arguments)
{
	must(rename(arguments[0], arguments[1]) == 0, arguments[0]);
}

static void
do_unlink(char **arguments)
{
	must(unlink(arguments[0]) == 0, arguments[0]);
}

static void
do_chroot(char **arguments)
{
	must(chroot(arguments[0]) == 0 && chdir("/") == 0, arguments[0]);
}

static void
do_user(char **arguments)
{
	uid_t user = (uid_t)number(arguments[0]);
	struct rlimit none = { 0, 0 };

	must(setrlimit(RLIMIT_NPROC, &none) == 0 &&
		(geteuid() != 0 || setresuid(user, user, user) == 0),
	    "setuid");
}

static void
do_close(char **arguments)
{
	for (long fd = number(arguments[0]); fd <= number(arguments[1]); fd++)
		(void)close((int)fd);
}

static void
do_open(char **arguments)
{
	for (long i = 0; i < number(arguments[1]); i++)
		must(open(arguments[0], O_RDWR | O_CREAT, 0666) >= 0,
		    arguments[0]);
}

static void
do_clog(char **arguments)
{
	static const char bytes[4096];
	int ends[2];

	(void)arguments;
	must(pipe(ends) == 0, "pipe");
	must(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0, "O_NONBLOCK");
	while (write(ends[1], bytes, sizeof(bytes)) > 0)
		continue;
	must(fcntl(ends[1], F_SETFL, 0) == 0, "O_NONBLOCK");
	must(dup2(ends[1], STDERR_FILENO) >= 0, "dup2");
}

static void
do_broken(char **arguments)
{
	int ends[2];

	(void)arguments;
	must(pipe(ends) == 0, "pipe");
	must(dup2(ends[1], STDERR_FILENO) >= 0, "dup2");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
do_limit(char **arguments)
{
	const char *name = arguments[0];
	int resource = strcmp(name, "as") == 0 ? RLIMIT_AS :
	    strcmp(name, "fsize") == 0         ? RLIMIT_FSIZE :
						 RLIMIT_NOFILE;
	struct rlimit limit;

	must(getrlimit(resource, &limit) == 0, name);
	limit.rlim_cur = number(arguments[1]) < 0 ?
	    limit.rlim_max :
	    (rlim_t)number(arguments[1]);
	must(setrlimit(resource, &limit) == 0, name);
}

/* --- Signals. */

/* As hosts do, wrong as it is. */
static void
on_signal(int unused)
{
	(void)unused;
	exit(7); /* NOLINT(bugprone-signal-handler,cert-sig30-c) */
}

static void
do_own(char **arguments)
{
	must(signal(signal_number(arguments[0]), on_signal) != SIG_ERR, "own");
}

static void
do_ignore(char **arguments)
{
	must(signal(signal_number(arguments[0]), SIG_IGN) != SIG_ERR, "ignore");
}

static void
do_block(char **arguments)
{
	sigset_t all;

	(void)arguments;
	sigfillset(&all);
	must(sigprocmask(SIG_SETMASK, &all, NULL) == 0, "sigprocmask");
}

static void
do_kill(char **arguments)
{
	must(kill(getpid(), signal_number(arguments[0])) == 0, "kill");
}

static void
do_pause(char **arguments)
{
	(void)arguments;
	(void)pause();
}

static void
do_sleep(char **arguments)
{
	(void)arguments;
	for (;;)
		(void)pause();
}

/* --- Waiting. */

static int listener = -1;

static void
do_listen(char **arguments)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	must(strlen(arguments[0]) < sizeof(address.sun_path), arguments[0]);
	memcpy(address.sun_path, arguments[0], strlen(arguments[0]));
	listener = socket(AF_UNIX, SOCK_DGRAM, 0);
	must(bind(listener, (void *)&address, sizeof(address)) == 0, "bind");
}

static void
do_hear(char **arguments)
{
	FILE *file = fopen(arguments[1], "w");
	char line[65536];

	must(file != NULL, arguments[1]);
	for (long i = 0; i < number(arguments[0]); i++) {
		ssize_t len = recv(listener, line, sizeof(line), 0);

		must(len > 0, "recv");
		fprintf(file, "%.*s\n", (int)len, line);
	}
	must(fclose(file) == 0, arguments[1]);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

/* Comes back when it is longer than that; after ten seconds it fails. */
static off_t
wait_for(const char *path, off_t size)
{
	const struct timespec nap = { 0, 2000000 };

	for (int i = 0; i < 5000 && size_of(path) <= size; i++)
		(void)nanosleep(&nap, NULL);
	must(size_of(path) > size, path);
	return size_of(path);
}

static void
do_grown(char **arguments)
{
	static off_t last;

	last = wait_for(arguments[0], last);
}

static void
do_made(char **arguments)
{
	(void)wait_for(arguments[0], -1);
}

static void
do_make(char **arguments)
{
	int fd = open(arguments[0], O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	must(fd >= 0 && close(fd) == 0, arguments[0]);
}

/* --- Ending. */

static void
do_exit(char **arguments)
{
	exit((int)number(arguments[0]));
}

static void
do_raw_exit(char **arguments)
{
	_exit((int)number(arguments[0]));
}

static void
do_quick_exit(char **arguments)
{
	quick_exit((int)number(arguments[0]));
}

static void
do_abort(char **arguments)
{
	(void)arguments;
	abort();
}

static void
do_crash(char **arguments)
{
	(void)arguments;
	(void)raise(SIGSEGV);
}

static const struct word {
	const char *name;
	int arguments;
	void (*what)(char **arguments);
} words[] = {
#ifndef SQLITE
	{ "start", 0, do_start },
	{ "flush", 0, do_flush },
	{ "add", 1, do_add },
	{ "sites", 1, do_sites },
	{ "text", 3, do_text },
	{ "errno", 0, do_errno },
	{ "plugin", 1, do_plugin },
#endif
	{ "count", 1, do_count },
	{ "begin", 2, do_begin },
	{ "join", 0, do_join },
	{ "threads", 2, do_threads },
	{ "short", 1, do_short },
	{ "forks", 1, do_forks },
	{ "vfork", 1, do_vfork },
	{ "spawn", 1, do_spawn },
	{ "shell", 1, do_shell },
	{ "daemon", 0, do_daemon },
	{ "mkdir", 1, do_mkdir },
	{ "rename", 2, do_rename },
	{ "unlink", 1, do_unlink },
	{ "chroot", 1, do_chroot },
	{ "user", 1, do_user },
	{ "close", 2, do_close },
	{ "open", 2, do_open },
	{ "clog", 0, do_clog },
	{ "broken", 0, do_broken },
	{ "limit", 2, do_limit },
	{ "own", 1, do_own },
	{ "ignore", 1, do_ignore },
	{ "block", 0, do_block },
	{ "kill", 1, do_kill },
	{ "pause", 0, do_pause },
	{ "sleep", 0, do_sleep },
	{ "listen", 1, do_listen },
	{ "hear", 2, do_hear },
	{ "grown", 1, do_grown },
	{ "made", 1, do_made },
	{ "make", 1, do_make },
	{ "exit", 1, do_exit },
	{ "_exit", 1, do_raw_exit },
	{ "quick_exit", 1, do_quick_exit },
	{ "abort", 0, do_abort },
	{ "crash", 0, do_crash },
	{ NULL, 0, NULL },
};

static const struct word *
word_named(const char *name)
{
	const struct word *word = words;

	while (word->name != NULL && strcmp(word->name, name) != 0)
		word++;
	must(word->name != NULL, name);
	return word;
}

static int
is_fork(const char *word)
{
	return strcmp(word, "fork") == 0 || strcmp(word, "leave") == 0;
}

/* Behind the end of a fork's words. */
static char **
behind(char **at)
{
	for (int depth = 1; depth > 0; at++) {
		must(*at != NULL, "fork without end");
		depth += is_fork(*at) - (strcmp(*at, "end") == 0);
	}
	return at;
}

static char **
do_fork(char **at, int is_waited_for)
{
	pid_t child = fork();

	if (child == 0) {
		thread_count = 0;
		return at;
	}
	if (is_waited_for)
		reap(child);
	return behind(at);
}

/* Does what *at says; returns what comes next. */
static char **
do_next(char **at)
{
	const struct word *word;

	if (is_fork(*at))
		return do_fork(at + 1, strcmp(*at, "fork") == 0);
	if (strcmp(*at, "end") == 0)
		exit(0);
	if (strcmp(*at, "exec") == 0) {
		(void)execvp(at[1], at + 1);
		must(0, at[1]);
	}
#ifndef SQLITE
	if (strchr(*at, '=') != NULL) {
		char *value = strchr(*at, '=');

		*value = '\0';
		set_option(*at, value + 1);
		return at + 1;
	}
#endif
	word = word_named(*at);
	for (int i = 1; i <= word->arguments; i++)
		must(at[i] != NULL, word->name);
	word->what(at + 1);
	return at + 1 + word->arguments;
}

int
main(int argc, char **argv)
{
	(void)argc;
	for (char **at = argv + 1; *at != NULL;)
		at = do_next(at);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/flusher.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "model/callcount.h"
#include "record/recorder.h"

#include "sanitized.h"
#include "tap.h"

/* What a program of many threads forks may find a lock of ASan's allocator
 * held; TSan wants no threads in it, unless told, and gives it no signals. */
enum { FORKS_AT_ANY_TIME = !HAS_ASAN, SIGNALS_COME = !HAS_TSAN };

#if HAS_TSAN
const char *__tsan_default_options(void);

const char *
__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}
#endif

/*
 * A hook is for a whole process, so most tests are programs of their own: a
 * child's main function, whose lines come through a pipe. They end by
 * _exit(2), with status 0 if all their checks held.
 */
struct ran {
	int status;
	struct buf lines;
};

/* Of the process that a test runs in. */
static struct {
	int pipe[2];
	sem_t written; /* posted to after each write */
	sem_t may_go;  /* waited for before each, if it is slow */
	bool is_slow;
	atomic_int calls;
	atomic_int error; /* what the sink says; 0: it writes */
} sink;

static int
write_to_pipe(void *context, const char *lines, size_t size)
{
	(void)context;
	sink.calls++;
	if (sink.is_slow)
		(void)sem_wait(&sink.may_go);
	if (sink.error != 0)
		return sink.error;
	while (size > 0) {
		ssize_t n = write(sink.pipe[1], lines, size);

		if (n < 0)
			return errno;
		lines += n;
		size -= (size_t)n;
	}
	(void)sem_post(&sink.written);
	return 0;
}

static struct recorder_settings
settings_with(int64_t interval)
{
	return (struct recorder_settings){
		.sink = { .kind = SINK_CALLBACK, .callback = write_to_pipe },
		.interval = interval,
	};
}

static void
start(const struct recorder_settings *settings)
{
	CHECK_INT(recorder_start(settings), 0);
}

static void
start_on_demand(void)
{
	struct recorder_settings settings = settings_with(0);

	start(&settings);
}

static void
count(const char *file, uint64_t n)
{
	if (recorder_ready())
		counts_add_named(file, 1, "f", "User.get", n);
	else
		counts_lose(n);
}

static void
end(void)
{
	recorder_end();
	_exit(tap.failed);
}

static struct ran
run_program(void (*program)(void))
{
	struct ran ran = { 0 };
	ssize_t n = 1;
	pid_t pid;

	CHECK_INT(pipe(sink.pipe), 0);
	CHECK_INT(sem_init(&sink.written, 0, 0), 0);
	CHECK_INT(sem_init(&sink.may_go, 0, 0), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(sink.pipe[0]);
		program();
		end();
	}
	(void)close(sink.pipe[1]);
	while (n > 0) {
		n = read(sink.pipe[0], buf_reserve(&ran.lines, 4096), 4096);
		ran.lines.len += n > 0 ? (size_t)n : 0;
	}
	(void)close(sink.pipe[0]);
	CHECK_INT(waitpid(pid, &ran.status, 0), pid);
	return ran;
}

static uint64_t
sum_of(const struct ran *ran, const char *file)
{
	struct slice lines = buf_slice(&ran->lines);
	struct callcount found;
	struct slice line;
	uint64_t sum = 0;

	while (slice_cut(&lines, '\n', &line))
		if (callcount_find(line, &found) == CALLCOUNT_FOUND &&
		    slice_is(found.file, file))
			sum += found.count;
	return sum;
}

static size_t
count_lines(const struct ran *ran)
{
	struct slice lines = buf_slice(&ran->lines);
	struct slice line;
	size_t count = 0;

	while (slice_cut(&lines, '\n', &line))
		count++;
	return count;
}

/* What one that ended well said of one file. */
static void
check_sum(void (*program)(void), uint64_t sum)
{
	struct ran ran = run_program(program);

	CHECK_INT(ran.status, 0);
	CHECK_INT(sum_of(&ran, "a.c"), sum);
	buf_release(&ran.lines);
}

/* Waits for a child; whether a signal ended it, or 0. */
static int
wait_for(pid_t pid)
{
	int status = 0;

	CHECK_INT(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		CHECK_INT(WEXITSTATUS(status), 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static size_t
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	size_t count = 0;

	if (!CHECK(dir != NULL))
		return 0;
	for (struct dirent *entry = readdir(dir); entry != NULL;
	     entry = readdir(dir))
		count += entry->d_name[0] != '.';
	(void)closedir(dir);
	return count;
}

/* --- Threads. */

enum { THREADS = 4, ROUNDS = 2000 };

static void *
count_often(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		count("a.c", 1);
		count("b.c", 3);
	}
	return unused;
}

static void *
flush_often(void *unused)
{
	for (int i = 0; i < 50; i++)
		CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	return unused;
}

static void
count_on_threads(void)
{
	pthread_t threads[2 * THREADS];

	start_on_demand();
	for (int i = 0; i < 2 * THREADS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL,
			      i % 2 == 0 ? count_often : flush_often, NULL),
		    0);
	for (int i = 0; i < 2 * THREADS; i++)
		CHECK_INT(pthread_join(threads[i], NULL), 0);
}

static void
adds_up(void)
{
	struct ran ran = run_program(count_on_threads);

	CHECK_INT(ran.status, 0);
	CHECK_INT(sum_of(&ran, "a.c"), THREADS * ROUNDS);
	CHECK_INT(sum_of(&ran, "b.c"), 3 * THREADS * ROUNDS);
	buf_release(&ran.lines);
}

static void
count_before_start(void)
{
	count("a.c", 1);
	start_on_demand();
	CHECK_INT(recorder_start(&(struct recorder_settings){ 0 }), EALREADY);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK_INT(sink.calls, 1);
}

static void
keeps_what_was_before(void)
{
	check_sum(count_before_start, 1);
}

static void
end_errno(void)
{
	start_on_demand();
	errno = ENOTTY;
	count("a.c", 7);
	CHECK_INT(errno, ENOTTY);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK_INT(errno, ENOTTY);
	count("a.c", 8);
	recorder_end();
	CHECK_INT(errno, ENOTTY);
}

static void
ends(void)
{
	check_sum(end_errno, 15);
}

/* --- When it flushes. */

static void
tells_the_next(void)
{
	CHECK_INT(flusher_next(0, DURATION_M), DURATION_M);
	CHECK_INT(flusher_next(DURATION_M - 1, DURATION_M), DURATION_M);
	CHECK_INT(flusher_next(DURATION_M, DURATION_M), 2 * DURATION_M);
	CHECK(flusher_next(clock_real(), DURATION_MAX) > 0);
}

static void
wait_for_intervals(void)
{
	struct recorder_settings settings = settings_with(50 * DURATION_MS);
	int64_t next;

	start(&settings);
	for (int i = 0; i < 3; i++) {
		next = flusher_next(clock_real(), settings.interval);
		count("a.c", 1);
		CHECK_INT(sem_wait(&sink.written), 0);
		/* Or the one at the time of the count. */
		CHECK(clock_real() >= next - settings.interval);
	}
	CHECK(clock_real() >= next);
	_exit(tap.failed);
}

static void
comes_by_itself(void)
{
	check_sum(wait_for_intervals, 3);
}

static void
wait_for_signal(void)
{
	struct recorder_settings settings = settings_with(0);
	struct sigaction action;

	settings.signal = SIGUSR1;
	start(&settings);
	CHECK_INT(sigaction(SIGUSR1, NULL, &action), 0);
	CHECK((action.sa_flags & SA_ONSTACK) != 0);
	(void)raise(SIGUSR1);
	for (int i = 0; i < 2; i++) {
		count("a.c", 1);
		(void)raise(SIGUSR1);
		CHECK_INT(sem_wait(&sink.written), 0);
	}
	_exit(tap.failed);
}

static void
comes_on_signal(void)
{
	check_sum(wait_for_signal, 2);
}

static void
wait_for_slow_sink(void)
{
	start_on_demand();
	sink.is_slow = true;
	count("a.c", 1);
	CHECK_INT(recorder_flush(DURATION_MS), ETIMEDOUT);
	(void)sem_post(&sink.may_go);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK_INT(sink.calls, 1);
	_exit(tap.failed);
}

static void
does_not_wait_for_ever(void)
{
	check_sum(wait_for_slow_sink, 1);
}

static void
fail_first(void)
{
	start_on_demand();
	sink.error = EIO;
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), EIO);
	CHECK_INT(recorder_flush(10 * DURATION_S), EIO);
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), EIO);
	sink.error = 0;
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
}

/* Two intervals, two lines. */
static void
gives_later(void)
{
	struct ran ran = run_program(fail_first);

	CHECK_INT(ran.status, 0);
	CHECK_INT(sum_of(&ran, "a.c"), 2);
	CHECK_INT(count_lines(&ran), 2);
	buf_release(&ran.lines);
}

static int
flush_itself(void *context, const char *lines, size_t size)
{
	CHECK_INT(recorder_flush(10 * DURATION_S), EDEADLK);
	recorder_end();
	return write_to_pipe(context, lines, size);
}

static void
call_back(void)
{
	struct recorder_settings settings = settings_with(0);

	settings.sink.callback = flush_itself;
	start(&settings);
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
}

static void
does_not_wait_for_itself(void)
{
	check_sum(call_back, 1);
}

/* --- Where no thread can be started. */

static void
set_stack(size_t size)
{
	pthread_attr_t attr;

	CHECK_INT(pthread_attr_init(&attr), 0);
	CHECK_INT(pthread_attr_setstacksize(&attr, size), 0);
	CHECK_INT(pthread_setattr_default_np(&attr), 0);
	(void)pthread_attr_destroy(&attr);
}

/* More than there can be: so says pthread_create(3). */
static const size_t too_large = (size_t)1 << 50;

static void
count_without_thread(void)
{
	size_t before = count_threads();

	set_stack(too_large);
	start_on_demand();
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), EAGAIN);
	count("a.c", 1);
	recorder_end();
	CHECK_INT(sink.calls, 1);
	CHECK_INT(count_threads(), before);
}

static void
flushes_at_the_end(void)
{
	check_sum(count_without_thread, 2);
}

static void
count_with_thread_later(void)
{
	size_t before = count_threads();

	set_stack(too_large);
	start_on_demand();
	count("a.c", 1);
	set_stack((size_t)1 << 20);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK_INT(count_threads(), before + 1);
}

static void
tries_again(void)
{
	check_sum(count_with_thread_later, 1);
}

/* --- main() leaves by pthread_exit(3). */

static void *
count_after_main(void *unused)
{
	char c;

	CHECK_INT(read(sink.pipe[0], &c, 1), 1); /* main()'s line is written */
	count("a.c", 2);
	return unused;
}

/* The program ends with the last of its own threads, not with ours. */
static void
leave_main(void)
{
	struct recorder_settings settings = settings_with(0);
	pthread_t thread;
	int main_wrote[2];

	start(&settings);
	count("a.c", 1);
	CHECK_INT(pipe(main_wrote), 0);
	sink.pipe[0] = main_wrote[0];
	CHECK_INT(pthread_create(&thread, NULL, count_after_main, NULL), 0);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK_INT(write(main_wrote[1], "x", 1), 1);
	pthread_exit(NULL);
}

static void
ends_with_the_last(void)
{
	if (!SIGNALS_COME)
		SKIP("the thread sanitizer has a thread of its own");
	check_sum(leave_main, 3);
}

/* --- Children. */

/* Of a library that was there before the recorder. */
static bool counts_in_fork;

static void
count_before_fork(void)
{
	if (!counts_in_fork)
		return;
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), EDEADLK);
}

static __attribute__((constructor(101))) void
handle_forks(void)
{
	(void)pthread_atfork(count_before_fork, NULL, NULL);
}

static void
fork_from_thread(void)
{
	pid_t pid;

	start_on_demand();
	counts_in_fork = true;
	pid = fork(); /* before the thread has counted */
	if (pid == 0)
		_exit(0);
	CHECK_INT(wait_for(pid), 0);
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK(counts_take_lost() == 0);
}

static void
never_waits_in_fork_handlers(void)
{
	struct ran ran = run_program(fork_from_thread);

	CHECK_INT(ran.status, 0);
	CHECK_INT(sum_of(&ran, "a.c") + sum_of(&ran, "(lost)"), 2);
	buf_release(&ran.lines);
}

static void
flush_before_fork(void)
{
	count("a.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
}

static void
count_in_child_handler(void)
{
	count("a.c", 10);
}

static void
fork_with_handlers(void)
{
	pid_t pid;

	CHECK_INT(pthread_atfork(flush_before_fork, NULL,
		      count_in_child_handler),
	    0);
	start_on_demand();
	pid = fork();
	if (pid == 0)
		end();
	CHECK_INT(wait_for(pid), 0);
}

static void
lets_fork_handlers_count(void)
{
	check_sum(fork_with_handlers, 11);
}

/* The flusher has come up, and is at rest when the program forks. */
static void
count_first(void)
{
	count("first.c", 1);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
	CHECK_INT(sink.calls, 1);
}

static void
count_in_children(void)
{
	pid_t pids[3];

	start_on_demand();
	count_first();
	count("a.c", 1000);
	for (size_t i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			count("a.c", 1);
			end();
		}
	}
	count("a.c", 1000);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(wait_for(pids[i]), 0);
}

static void
counts_in_children(void)
{
	check_sum(count_in_children, 2003);
}

static void
fork_while_others_count(void)
{
	pthread_t threads[2];

	start_on_demand();
	CHECK_INT(pthread_create(&threads[0], NULL, count_often, NULL), 0);
	CHECK_INT(pthread_create(&threads[1], NULL, flush_often, NULL), 0);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			count("a.c", 1);
			CHECK_INT(recorder_flush(10 * DURATION_S), 0);
			count("a.c", 1);
			end();
		}
		CHECK_INT(wait_for(pid), 0);
	}
	CHECK_INT(pthread_join(threads[0], NULL), 0);
	CHECK_INT(pthread_join(threads[1], NULL), 0);
}

static void
forks_at_any_time(void)
{
	if (!FORKS_AT_ANY_TIME)
		SKIP("the address sanitizer may hold locks in a fork");
	check_sum(fork_while_others_count, ROUNDS + 40);
}

static void
fork_idle_children(void)
{
	pid_t pid;

	start_on_demand();
	count_first();
	count("a.c", 1);
	pid = fork();
	if (pid == 0) {
		CHECK_INT(recorder_flush(10 * DURATION_S), 0);
		recorder_end();
		CHECK_INT(count_threads(), 1);
		_exit(tap.failed);
	}
	CHECK_INT(wait_for(pid), 0);
	CHECK_INT(sink.calls, 1);
}

static void
starts_nothing_in_idle_children(void)
{
	check_sum(fork_idle_children, 1);
}

static void
end_in_vfork(void)
{
	pid_t pid;

	start_on_demand();
	count_first();
	count("a.c", 1);
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid = vfork();
	if (pid == 0) {
		recorder_end(); /* NOLINT(clang-analyzer-unix.Vfork) */
		_exit(0);
	}
	CHECK_INT(wait_for(pid), 0);
	CHECK_INT(sink.calls, 1);
}

static void
does_nothing_in_vfork(void)
{
	check_sum(end_in_vfork, 1);
}

/* --- Signals that end. */

static void
start_with_ends(void)
{
	struct recorder_settings settings = settings_with(0);

	settings.ends = true;
	start(&settings);
}

static void
die(void)
{
	start_with_ends();
	count("a.c", 5);
	(void)kill(getpid(), SIGTERM);
	for (;;)
		(void)pause();
}

static void
flushes_before_it_dies(void)
{
	struct ran ran = run_program(die);

	CHECK(WIFSIGNALED(ran.status));
	CHECK_INT(WTERMSIG(ran.status), SIGTERM);
	CHECK_INT(sum_of(&ran, "a.c"), 5);
	buf_release(&ran.lines);
}

static void
die_in_child(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };

	start_with_ends();
	count_first();
	count("a.c", 1);
	for (size_t i = 0; i < 6; i++) {
		int number = numbers[i % 3];
		pid_t pid = fork();

		if (pid == 0) {
			if (i < 3)
				count("a.c", 1);
			(void)kill(getpid(), number);
			for (;;)
				(void)pause();
		}
		CHECK_INT(wait_for(pid), number);
	}
}

static void
children_die_too(void)
{
	if (!SIGNALS_COME)
		SKIP("the thread sanitizer keeps signals from children");
	check_sum(die_in_child, 4);
}

static volatile sig_atomic_t handled;

static void
on_term(int number)
{
	handled = number;
	(void)sem_post(&sink.may_go);
}

static void
handle_itself(void)
{
	struct sigaction action = { .sa_handler = on_term };

	CHECK_INT(sigaction(SIGTERM, &action, NULL), 0);
	CHECK(signal(SIGHUP, SIG_IGN) != SIG_ERR);
	start_with_ends();
	count("a.c", 1);
	(void)raise(SIGHUP);
	(void)raise(SIGTERM);
	CHECK_INT(handled, SIGTERM);
	CHECK_INT(recorder_flush(10 * DURATION_S), 0);
}

static void
leaves_handlers(void)
{
	check_sum(handle_itself, 1);
}

static struct sigaction found;

static void
call_found(int number)
{
	if (++handled < 4)
		found.sa_handler(number);
}

static void
chain(void)
{
	struct sigaction action = { .sa_handler = call_found };

	start_with_ends();
	count("a.c", 5);
	CHECK_INT(sigaction(SIGTERM, &action, &found), 0);
	(void)raise(SIGTERM);
	CHECK(false); /* it came back */
}

static void
is_called_by_handlers(void)
{
	struct ran ran = run_program(chain);

	CHECK(WIFSIGNALED(ran.status));
	CHECK_INT(sum_of(&ran, "a.c"), 5);
	buf_release(&ran.lines);
}

/* Two seconds each. */
static void
hang(void)
{
	start_with_ends();
	sink.is_slow = true;
	count("a.c", 5);
	(void)raise(SIGTERM);
	(void)raise(SIGTERM);
	CHECK(false); /* it came back */
}

static void
dies_though_it_hangs(void)
{
	struct ran ran = run_program(hang);

	CHECK(WIFSIGNALED(ran.status));
	CHECK_INT(ran.lines.len, 0);
	buf_release(&ran.lines);
}

/* The flusher is held up until the program handles the signal itself. */
static void
handle_later(void)
{
	struct sigaction action = { .sa_handler = on_term };

	start_with_ends();
	sink.is_slow = true;
	count("a.c", 1);
	(void)raise(SIGTERM);
	CHECK_INT(sigaction(SIGTERM, &action, NULL), 0);
	(void)sem_post(&sink.may_go);
	CHECK_INT(sem_wait(&sink.written), 0);
	while (handled == 0)
		(void)sem_wait(&sink.may_go);
	CHECK_INT(handled, SIGTERM);
	_exit(tap.failed);
}

static void
leaves_later_handlers(void)
{
	check_sum(handle_later, 1);
}

static void
count_without_ends(void)
{
	start_on_demand();
	count("a.c", 1);
	(void)raise(SIGTERM);
}

static void
handles_only_if_asked(void)
{
	struct ran ran = run_program(count_without_ends);

	CHECK(WIFSIGNALED(ran.status));
	CHECK_INT(ran.lines.len, 0);
	buf_release(&ran.lines);
}

static const struct tap_test tests[] = {
	{ "what threads count adds up, flushed meanwhile or not", adds_up },
	{ "what was counted before the start is kept", keeps_what_was_before },
	{ "the end flushes, and errno is left alone", ends },
	{ "an interval ends at a multiple of its length", tells_the_next },
	{ "a flush comes by itself", comes_by_itself },
	{ "a flush comes when a signal asks for it", comes_on_signal },
	{ "a flush is not waited for longer than asked",
	    does_not_wait_for_ever },
	{ "what could not be written comes later, as lines of its own",
	    gives_later },
	{ "a callback that flushes does not wait for itself",
	    does_not_wait_for_itself },
	{ "where no thread can be started, the end flushes",
	    flushes_at_the_end },
	{ "or a thread that can be started later", tries_again },
	{ "where main() leaves, the program ends with its last thread",
	    ends_with_the_last },
	{ "a fork handler that is older than the recorder does not hang",
	    never_waits_in_fork_handlers },
	{ "others may count, and flush", lets_fork_handlers_count },
	{ "a child counts for itself alone", counts_in_children },
	{ "also when it forks amid counts and flushes", forks_at_any_time },
	{ "a child that counts nothing has no flusher",
	    starts_nothing_in_idle_children },
	{ "a child of vfork has none of it", does_nothing_in_vfork },
	{ "a signal flushes, and then ends the program",
	    flushes_before_it_dies },
	{ "a child too, whether it counted or not", children_die_too },
	{ "signals that the program handles or ignores are its own",
	    leaves_handlers },
	{ "also where it does so while it is being flushed",
	    leaves_later_handlers },
	{ "a handler that calls the one it found ends the program",
	    is_called_by_handlers },
	{ "where the flusher hangs, a second signal ends the program",
	    dies_though_it_hangs },
	{ "no signal is handled unless it was asked for",
	    handles_only_if_asked },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

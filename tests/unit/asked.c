/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/asked.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "model/shape.h"
#include "record/counts.h"

#include "sanitized.h"
#include "tap.h"

enum { THREADS = 8, TEXTS = 2000 };

/* "a.select 1x, b.update 2x," */
static void
add_asked(struct buf *buf, const struct asked *asked)
{
	for (unsigned i = 0; i < asked->count; i++) {
		struct slice operations = asked->items[i].operations;
		struct slice operation;

		while (slice_cut(&operations, '\0', &operation)) {
			buf_add_str(buf, buf->len == 0 ? "" : " ");
			buf_add(buf, operation);
		}
		buf_add_format(buf, " %ux,", (unsigned)asked->items[i].times);
	}
	if (asked->lost > 0)
		buf_add_format(buf, " lost %u", (unsigned)asked->lost);
}

static void
check_text(struct slice text, const char *want)
{
	struct asked asked;
	struct buf got = { 0 };

	/* The second time it is remembered. */
	for (int i = 0; i < 2; i++) {
		memset(&asked, 0xff, sizeof(asked));
		errno = ERANGE;
		asked_read(text, &asked);
		CHECK_INT(errno, ERANGE);
		buf_clear(&got);
		add_asked(&got, &asked);
		if (!CHECK_SLICE(got, want))
			printf("# of %.*s, time %d\n", SLICE_ARG(text), i + 1);
	}
	buf_release(&got);
}

static void
check_asked(const char *sql, const char *want)
{
	check_text(slice_str(sql), want);
}

static void
one(void)
{
	check_asked("SELECT * FROM t WHERE a = 1", "t.select 1x,");
	check_asked("insert into s.t values (1)", "s.t.insert 1x,");
	check_asked("SELECT 1", "sql.select 1x,");
}

static void
several(void)
{
	check_asked("SELECT 1; SELECT 2 ; ;", "sql.select 2x,");
	check_asked("UPDATE t SET a = 1; DELETE FROM u; UPDATE t SET b = 1",
	    "t.update 2x, u.delete 1x,");
	check_asked("WITH x AS (DELETE FROM t RETURNING a) INSERT INTO u "
		    "SELECT a FROM x",
	    "u.insert t.delete 1x,");
	check_asked("CREATE TRIGGER x INSERT ON t BEGIN DELETE FROM u; "
		    "DELETE FROM v; END; DELETE FROM w",
	    "t.create 1x, w.delete 1x,");
}

static void
transactions(void)
{
	static const char *const texts[] = { "BEGIN", "begin;", "COMMIT", "END",
		"ROLLBACK", "ROLLBACK TO SAVEPOINT a", "SAVEPOINT a",
		"RELEASE SAVEPOINT a", "START TRANSACTION READ ONLY",
		"BEGIN IMMEDIATE", "ABORT", "PREPARE TRANSACTION 'x'",
		"XA START 'x'", "BEGIN; COMMIT", "" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_asked(texts[i], "");
	check_asked("BEGIN; UPDATE t SET a = 1; COMMIT;", "t.update 1x,");
	check_asked("SELECT * FROM transaction", "transaction.select 1x,");
	check_asked("LOCK TABLE transaction", "transaction.lock 1x,");
}

static void
nonsense(void)
{
	check_asked("  -- nothing\n", "");
	check_asked("it is none", "");
	check_asked("it is none; DELETE FROM t", "t.delete 1x,");
}

static void
too_many(void)
{
	static const char text[] =
	    "DELETE FROM a; DELETE FROM b; DELETE FROM c; "
	    "DELETE FROM d; DELETE FROM e; DELETE FROM f; "
	    "DELETE FROM g; DELETE FROM h; DELETE FROM a; "
	    "DELETE FROM i; DELETE FROM a; DELETE FROM j";
	struct asked asked;

	check_asked(text,
	    "a.delete 2x, b.delete 1x, c.delete 1x, d.delete 1x, "
	    "e.delete 1x, f.delete 1x, g.delete 1x, h.delete 1x,");
	asked_read(slice_str(text), &asked);
	CHECK_SLICE(asked.rest, " DELETE FROM i; DELETE FROM a; DELETE FROM j");
	check_text(asked.rest, "i.delete 1x, a.delete 1x, j.delete 1x,");
	asked_read(asked.rest, &asked);
	CHECK_INT(asked.rest.len, 0);
}

static void
with_nul(void)
{
	static const char in_name[] = "DELETE FROM \"a\0b\"; DELETE FROM t";
	static const char in_string[] = "INSERT INTO t VALUES ('\0'); SELECT 1";

	check_text(slice_make(in_name, sizeof(in_name) - 1),
	    "t.delete 1x, lost 1");
	check_text(slice_make(in_string, sizeof(in_string) - 1),
	    "t.insert 1x, sql.select 1x,");
}

/* What differs in the last byte alone is another text. */
static void
many_texts(void)
{
	char sql[64];
	char want[32];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < TEXTS; i++) {
			(void)snprintf(sql, sizeof(sql),
			    "DELETE FROM of_many_texts_%04d", i);
			(void)snprintf(want, sizeof(want),
			    "of_many_texts_%04d.delete 1x,", i);
			check_asked(sql, want);
		}
	}
}

/* The first one is read, the others are known by their shape. */
static void
changing_literals(void)
{
	check_asked("INSERT INTO t VALUES (1, 'a')", "t.insert 1x,");
	check_asked("INSERT INTO t VALUES (25, 'b''c;')", "t.insert 1x,");
	check_asked("INSERT INTO t VALUES (0, '')", "t.insert 1x,");
	check_asked("INSERT INTO u VALUES (25, 'b''c;')", "u.insert 1x,");
	check_asked("SELECT /* a */ 1; SELECT 2", "sql.select 2x,");
	check_asked("SELECT /* b; */ 22; SELECT 3", "sql.select 2x,");
	check_asked("SELECT /* b */ 22; DELETE FROM t2",
	    "sql.select 1x, t2.delete 1x,");
	check_asked("SELECT /* c */ 23; DELETE FROM t3",
	    "sql.select 1x, t3.delete 1x,");
	check_asked("COMMIT /* 1 */", "");
	check_asked("COMMIT /* 2 */", "");
}

/* Pieces of SQL, one behind the other. */
static struct slice
some_text(struct buf *text, uint32_t *state)
{
	static const char *const pieces[] = { " ", " ", " ", "SELECT ", "FROM ",
		"UPDATE ", "SET ", "INSERT INTO ", "WITH x AS ", "DELETE FROM ",
		"VALUES ", "COPY ", "CALL ", "t", "a1 ", "7", "12 ", "$3", "(",
		")", ",", ".", "=", "<", "; ", "; ", "BEGIN ", "END ", "CASE ",
		"COMMIT ", "CREATE TRIGGER ", "CREATE TABLE ", "PREPARE x AS ",
		"''", "'x 5; '", "\"a = 5\"", "`b, 6`", "/*5*/", "-", "/",
		"\n" };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };

	buf_clear(text);
	*state = *state * 1103515245 + 12345;
	for (unsigned count = *state >> 16 & 31; count > 0; count--) {
		*state = *state * 1103515245 + 12345;
		buf_add_str(text, pieces[(*state >> 16) % PIECES]);
	}
	return buf_slice(text);
}

static void
ask(struct slice text, struct buf *got)
{
	struct asked asked;

	asked_read(text, &asked);
	buf_clear(got);
	add_asked(got, &asked);
}

/* Without a table nothing is remembered. */
static void
ask_afresh(struct slice text, struct buf *got)
{
	struct counts *mine = counts_mine;

	counts_mine = NULL;
	ask(text, got);
	counts_mine = mine;
}

/* The shape first: so what is known of it is taken for the text. */
static void
by_shape(void)
{
	struct buf text = { 0 };
	struct buf shape = { 0 };
	struct buf want = { 0 };
	struct buf got = { 0 };
	uint32_t state = 1;

	for (int n = 0; n < 50000; n++) {
		struct slice sql = some_text(&text, &state);

		ask_afresh(sql, &want);
		if (shape_of(sql, &shape, NULL, NULL))
			ask(buf_slice(&shape), &got);
		ask(sql, &got);
		if (slice_equal(buf_slice(&got), buf_slice(&want)))
			continue;
		CHECK(false);
		printf("# of %.*s\n", SLICE_ARG(sql));
		break;
	}
	buf_release(&text);
	buf_release(&shape);
	buf_release(&want);
	buf_release(&got);
}

static void
no_table(void)
{
	struct counts *mine = counts_mine;

	counts_mine = NULL;
	check_asked("DELETE FROM no_table", "no_table.delete 1x,");
	counts_mine = mine;
}

static void
long_texts(void)
{
	struct buf text = { 0 };

	buf_add_str(&text, "INSERT INTO t VALUES (0)");
	while (text.len < 1 << 20)
		buf_add_str(&text, ", (1), ('a;b')");
	check_text(buf_slice(&text), "t.insert 1x,");
	buf_release(&text);
}

/* In bytes; the kernel's own figure is rough. */
static long
resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "";
	char *second;

	if (file == NULL)
		return 0;
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	(void)fclose(file);
	(void)strtol(line, &second, 10);
	return strtol(second, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static void
read_values(unsigned from, unsigned to)
{
	struct asked asked;
	char sql[128];

	for (unsigned i = from; i < to; i++) {
		int len = snprintf(sql, sizeof(sql),
		    "INSERT INTO literals (a, b) VALUES (%u, 'b%u')", i, i);

		asked_read(slice_make(sql, (size_t)len), &asked);
		CHECK_INT(asked.count, 1);
	}
}

static void
literals(void)
{
	long before;

	if (IS_SANITIZED)
		SKIP("under a sanitizer");
	read_values(0, 5000);
	before = resident();
	read_values(5000, 100000);
	/* What is kept of each would be more than 40 bytes. */
	CHECK(before > 0 && resident() - before < 1 << 20);
}

struct visit {
	const char *operations[TEXTS];
	unsigned first;
};

static void *
visit(void *context)
{
	struct visit *visit = context;
	struct asked asked;
	char sql[64];

	(void)counts_begin();
	for (unsigned i = 0; i < TEXTS; i++) {
		unsigned n = (visit->first + i) % TEXTS;
		int len = snprintf(sql, sizeof(sql),
		    "UPDATE of_threads_%u SET a = %u", n, visit->first);

		asked_read(slice_make(sql, (size_t)len), &asked);
		visit->operations[n] = asked.count == 1 ?
		    asked.items[0].operations.ptr :
		    NULL;
	}
	return NULL;
}

/* All threads get the very same copy. */
static void
threads(void)
{
	static struct visit visits[THREADS];
	pthread_t ids[THREADS];
	char want[64];

	for (unsigned i = 0; i < THREADS; i++) {
		visits[i].first = i * TEXTS / THREADS;
		CHECK(pthread_create(&ids[i], NULL, visit, &visits[i]) == 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		CHECK(pthread_join(ids[i], NULL) == 0);
	for (unsigned n = 0; n < TEXTS; n++) {
		(void)snprintf(want, sizeof(want), "of_threads_%u.update", n);
		CHECK_STR(visits[0].operations[n], want);
		for (unsigned i = 1; i < THREADS; i++)
			CHECK(
			    visits[i].operations[n] == visits[0].operations[n]);
	}
}

static struct {
	volatile sig_atomic_t reads;
	volatile sig_atomic_t lost;
	volatile sig_atomic_t odd;
} handled;

static void
handle(int signal)
{
	struct asked asked;

	(void)signal;
	asked_read(slice_str("SELECT * FROM in_handler"), &asked);
	handled.reads++;
	handled.lost += asked.count == 0 && asked.lost == 1;
	handled.odd += asked.count + asked.lost != 1;
}

/* A handler breaks in on its own thread, and neither waits nor disturbs. */
static void
handlers(void)
{
	const struct sigaction action = { .sa_handler = handle };
	const struct itimerval often = { { 0, 50 }, { 0, 50 } };
	const struct itimerval never = { 0 };
	struct sigaction before;

	check_asked("SELECT * FROM in_handler", "in_handler.select 1x,");
	(void)sigaction(SIGALRM, &action, &before);
	(void)setitimer(ITIMER_REAL, &often, NULL);
	for (unsigned i = 0; i < 200 && handled.lost == 0; i++)
		read_values(i * 1000, (i + 1) * 1000);
	(void)setitimer(ITIMER_REAL, &never, NULL);
	(void)sigaction(SIGALRM, &before, NULL);
	CHECK(handled.reads > 0);
	CHECK_INT(handled.odd, 0);
}

/* Ends the child: 0 when all its checks held. */
static _Noreturn void
end_child(void)
{
	(void)fflush(stdout);
	_exit(tap.failed);
}

static void
wait_for_child(pid_t child)
{
	int status = -1;

	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK_INT(status, 0);
}

static void
before_fork(void)
{
	(void)fflush(stdout);
	asked_before_fork();
	counts_before_fork();
}

static pid_t
fork_with_handlers(void)
{
	pid_t child;

	before_fork();
	child = fork();
	if (child == 0)
		counts_after_fork_in_child();
	else
		counts_after_fork_in_parent();
	asked_after_fork();
	return child;
}

static bool stops; /* atomic by its builtins */

static void *
ask_on(void *unused)
{
	struct asked asked;
	char sql[64];

	(void)unused;
	(void)counts_begin();
	for (unsigned i = 0; !__atomic_load_n(&stops, __ATOMIC_RELAXED); i++) {
		int len = snprintf(sql, sizeof(sql),
		    "DELETE FROM before_fork_%u", i % 10000);

		asked_read(slice_make(sql, (size_t)len), &asked);
	}
	return NULL;
}

/* While another thread adds to what is known. */
static void
forks(void)
{
	pthread_t id;

	CHECK(pthread_create(&id, NULL, ask_on, NULL) == 0);
	for (int i = 0; i < 20; i++) {
		pid_t child = fork_with_handlers();

		if (child == 0) {
			check_asked("DELETE FROM in_child",
			    "in_child.delete 1x,");
			(void)counts_begin();
			check_asked("DELETE FROM in_child_again",
			    "in_child_again.delete 1x,");
			end_child();
		}
		wait_for_child(child);
		check_asked("DELETE FROM in_parent", "in_parent.delete 1x,");
	}
	__atomic_store_n(&stops, true, __ATOMIC_RELAXED);
	CHECK(pthread_join(id, NULL) == 0);
}

static bool answered; /* atomic by its builtins */

static void *
ask_once(void *unused)
{
	struct asked asked;

	(void)unused;
	asked_read(slice_str("DELETE FROM asked_once"), &asked);
	__atomic_store_n(&answered, true, __ATOMIC_RELAXED);
	return NULL;
}

static void
waits_for_fork(void)
{
	pthread_t id;

	asked_before_fork();
	CHECK(pthread_create(&id, NULL, ask_once, NULL) == 0);
	(void)usleep(20000);
	CHECK(!__atomic_load_n(&answered, __ATOMIC_RELAXED));
	asked_after_fork();
	CHECK(pthread_join(id, NULL) == 0);
	CHECK(answered);
}

/* In children, for what is known once is known for good. */
static void
no_room(void)
{
	char sql[64];
	struct asked asked;
	unsigned known = 0;
	pid_t child = fork_with_handlers();

	if (child != 0) {
		wait_for_child(child);
		return;
	}
	(void)counts_begin();
	do {
		int len = snprintf(sql, sizeof(sql), "DELETE FROM no_room_%u",
		    known++);

		asked_read(slice_make(sql, (size_t)len), &asked);
	} while (asked.lost == 0 && known <= ASKED_MOST);
	CHECK(known > ASKED_MOST / 2 && known <= ASKED_MOST);
	check_asked(sql, " lost 1");
	check_asked("DELETE FROM no_room_1", "no_room_1.delete 1x,");
	check_asked("DELETE FROM no_room_1; DELETE FROM no_room_x",
	    "no_room_1.delete 1x, lost 1");
	end_child();
}

static void
no_room_for_bytes(void)
{
	struct buf text = { 0 };
	struct asked asked;
	size_t bytes = 0;
	pid_t child = fork_with_handlers();

	if (child != 0) {
		wait_for_child(child);
		return;
	}
	do {
		buf_clear(&text);
		buf_add_format(&text, "DELETE FROM no_room_%zu_", bytes);
		while (text.len < 1 << 17)
			buf_add_char(&text, 'x');
		asked_read(buf_slice(&text), &asked);
		if (asked.count == 1)
			bytes += asked.items[0].operations.len;
	} while (asked.lost == 0 && bytes <= ASKED_BYTES);
	CHECK(bytes > ASKED_BYTES / 2 && bytes <= ASKED_BYTES);
	check_text(buf_slice(&text), " lost 1");
	check_asked("DELETE FROM small", "small.delete 1x,");
	buf_release(&text);
	end_child();
}

static void
no_memory(void)
{
	static const char statement[] = "DELETE FROM ";
	const size_t len = 64 << 20;
	struct rlimit limit = { len, len };
	pid_t child;
	char *text;

	if (IS_SANITIZED)
		SKIP("under a sanitizer");
	child = fork_with_handlers();
	if (child != 0) {
		wait_for_child(child);
		return;
	}
	text = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (CHECK(text != MAP_FAILED)) {
		memset(text, 'x', len);
		memcpy(text, statement, strlen(statement));
		CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
		check_text(slice_make(text, len), " lost 1");
		limit.rlim_cur = RLIM_INFINITY;
		check_asked("DELETE FROM t", "t.delete 1x,");
	}
	end_child();
}

static const struct tap_test tests[] = {
	{ "a statement asks for what it does, from and of its table", one },
	{ "a text of several statements asks for each of them", several },
	{ "the transaction's own statements are left out", transactions },
	{ "what is no statement is left out", nonsense },
	{ "what finds no room in the items is left to be read", too_many },
	{ "a NUL in a name loses it, elsewhere it is harmless", with_nul },
	{ "many texts are told apart", many_texts },
	{ "a statement whose literals change is told from others",
	    changing_literals },
	{ "a text asks for what its shape does", by_shape },
	{ "a thread without a table reads", no_table },
	{ "a long text is read", long_texts },
	{ "literals within texts take no memory", literals },
	{ "threads share one copy of an operation", threads },
	{ "a signal handler neither waits nor disturbs", handlers },
	{ "a fork is well while other threads ask", forks },
	{ "what is new waits for a fork to end", waits_for_fork },
	{ "operations beyond ASKED_MOST are lost", no_room },
	{ "operations beyond ASKED_BYTES are lost", no_room_for_bytes },
	{ "a statement is lost when memory runs out", no_memory },
	{ 0 },
};

int
main(void)
{
	(void)counts_begin();
	return tap_run(tests);
}

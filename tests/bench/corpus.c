/* SPDX-License-Identifier: MIT */
/*
 * corpus KIND BYTES: writes a log of about so many bytes, the same each time.
 * KIND is one of the kinds of log at the end of the tables below:
 *
 *	day	a day of a web application; each tenth line is a callcount
 *	dense	callcounts alone
 *	rails, postgres, zap-json ...	what the preset of that name reads
 *
 * A log is made of templates, picked by weight. In them %D and the like stand
 * for what differs: text_for() and add_blank() tell them. Each line has a call
 * site, drawn by Zipf's law from 3,000, and the time of the day goes on with
 * the bytes written. The phrases and the agents hold what a careless search
 * would take for a callcount.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum {
	SITES = 3000,
	DRAWS = 1 << 16,
	MOST_LINES = 1000, /* sum of the weights of a kind of log */
	OUT_SIZE = 1 << 18,
	LONGEST = 4096 /* of a template, filled in */
};

/* --- What lines are made of. */

static const char *const folders[] = { "app", "app/api", "app/jobs",
	"app/models", "shop", "mail", "admin", "app/web" };
static const char *const stems[] = { "activity_summary", "badges", "cart",
	"catalogue", "checkout", "exercise", "feedback", "goals", "login",
	"notify", "prefs", "profile", "progress", "reports", "search",
	"session", "users", "video" };
static const char *const functions[] = { "save", "load", "award_badges",
	"rename", "render", "on_login", "migrate", "recent", "sync", "finish",
	"find", "touch" };
static const char *const verbs[] = { "get", "put", "query", "count", "delete",
	"put_multi" };

/* The first is the one to look for, and the commonest; others share its
 * beginning or its end. */
static const struct {
	const char *kind;
	const char *table;
} entities[] = {
	{ "UserData", "user_data" },
	{ "UserDataCache", "user_data_caches" },
	{ "Badge", "badges" },
	{ "UserDatum", "user_datum" },
	{ "UserPrefs", "user_prefs" },
	{ "Exercise", "exercises" },
	{ "UserExercise", "user_exercises" },
	{ "Video", "videos" },
	{ "VideoLog", "video_logs" },
	{ "OldUserData", "old_user_data" },
	{ "Feedback", "feedback" },
	{ "Goal", "goals" },
	{ "GoalList", "goal_lists" },
	{ "Session", "sessions" },
	{ "Setting", "settings" },
	{ "User", "users" },
};

static const char *const phrases[] = {
	"cache miss, asked the datastore",
	"cache hit",
	"reloaded UserData from memcache",
	"request took longer than the budget of its handler allows",
	"could not parse the referrer -- ignored",
	"migrated OldUserData.profile to its new form",
	"mail queued",
	("no such exercise; showed the list of all exercises of the topic "
	 "instead"),
	"token refreshed for the next hour",
	"UserDataCache is full, dropped the oldest tenth of its entries",
	"rate limit near, backing off for a while before the next attempt",
	"session expired, sent the visitor to the login page",
	"done",
	"retrying after a transaction collision in the group of the parent",
	"loaded 12: templates/home.html -- from disk",
	"deadline of the back end exceeded, served what was there before",
};
static const char *const agents[] = {
	"Mozilla/5.0 (Windows NT 6.1; WOW64; rv:21.0) Gecko/20100101 "
	"Firefox/21.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_8_4) AppleWebKit/536.30.1 "
	"(KHTML, like Gecko) Version/6.0.5 Safari/536.30.1",
	"Mozilla/5.0 (iPad; CPU OS 6_1_3 like Mac OS X) AppleWebKit/536.26 "
	"(KHTML, like Gecko) Version/6.0 Mobile/10B329 Safari/8536.25",
	"Mozilla/5.0 (compatible; Googlebot/2.1; "
	"+http://www.google.com/bot.html)",
	"curl/7.30.0 -- probe",
	"Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.15",
};
static const char *const pages[] = { "/", "/cart", "/exercise/addition_1",
	"/video/the-beauty-of-algebra?playlist=algebra", "/profile/badges",
	"/api/v1/user/exercises/problems/attempt", "/search?q=fractions",
	"/stories", "/login?continue=%2Fprofile%2Fgoals" };

/* --- The kinds of log. A template may have several lines. */

struct line {
	unsigned weight;
	const char *text;
};

#define PYTHON "%D %T,%M "
#define CALLCOUNT PYTHON "INFO audit %n: %A\n"
#define PG "%D %T.%M UTC [%d] shop@shop "
#define TAG " /*application:Shop,controller:%F,line:/%f:%l:in `%F'*/"
#define READ "SELECT \"%t\".* FROM \"%t\" WHERE \"%t\".\"id\" = %i LIMIT 1"
#define WRITE "UPDATE \"%t\" SET \"seen\" = now(), \"score\" = %i WHERE id = %d"
#define SLOW                                                                \
	"# User@Host: shop[shop] @ app1 [10.0.0.%d]  Id: %d\n# Query_time"  \
	": 0.%U  Lock_time: 0.000012 Rows_sent: 1  Rows_examined: %d\nSET " \
	"timestamp=1371013200;\n"
#define PGCSV                                                             \
	"%D %T.%M UTC,\"shop\",\"shop\",%d,\"10.0.0.7:%d\",6740.%d,%d,"   \
	"\"SELECT\",%D 05:00:00 UTC,3/%d,0,LOG,00000,\"duration: 0.%d ms" \
	"  statement: SELECT * FROM \"\"%t\"\" WHERE id = %i"
#define PGCSV_END "\",,,,,,,,,\"puma\",\"client backend\",,0\n"

static const struct line day_lines[] = {
	{ 100, CALLCOUNT },
	{ 270,
	    PYTHON "INFO web %I - %u \"GET %p HTTP/1.1\" 200 %i %dms "
		   "\"http://www.example.com%p\" \"%a\" request=%x%x\n" },
	{ 100,
	    PYTHON "INFO web %I - - \"POST %p HTTP/1.1\" 302 %d %dms \"-\" "
		   "\"%a\" request=%x%x instance=%x%x%x%x\n" },
	{ 220, PYTHON "DEBUG cache %w, key=%x%x%x ttl=%d\n" },
	{ 80, PYTHON "WARNING tasks task %i of queue default: %w (%w)\n" },
	{ 20, PYTHON "INFO model UserData %i of %u: %w\n" },
	{ 3, PYTHON "ERROR model cannot read UserData. Will try again: %w\n" },
	{ 203,
	    PYTHON "INFO trace request=%x%x path=%p user=%u cpu_ms=%d "
		   "api_cpu_ms=%d datastore_ms=%d memcache_hits=%d "
		   "loading=0 throttle=1.%d exit=0 version=%x: %w\n" },
	{ 4,
	    PYTHON "ERROR web %w\nTraceback (most recent call last):\n"
		   "  File \"%f\", line %l, in %F\n    item = %w\n"
		   "DeadlineExceeded: UserData.get took %d ms\n" },
};
static const struct line dense_lines[] = { { 1, CALLCOUNT } };
static const struct line rails_lines[] = {
	{ 1,
	    "Started GET \"%p\" for %I at %D %T -0700\n"
	    "Processing by %FController#index as HTML\n" },
	{ 4,
	    "  \033[1m\033[36mLoad (0.%dms)\033[0m  \033[1m\033[34m" READ
	    "\033[0m  [[\"id\", %d]]\n  ↳ %f:%l:in `%F'\n" },
	{ 1, "  CACHE %t Load (0.0ms)  " READ "\n  ↳ %f:%l:in `%F'\n" },
	{ 1,
	    "Completed 200 OK in %dms (Views: 2.%dms | ActiveRecord: 1.%dms | "
	    "Allocations: %i)\n\n\n" },
};
static const struct line ecto_lines[] = {
	{ 1, "%T.%M [info] GET %p\n%T.%M [info] Sent 200 in %dms\n" },
	{ 3,
	    "%T.%M [debug] QUERY OK source=\"%t\" db=0.%dms idle=%d.%dms\n"
	    "SELECT u0.\"id\", u0.\"name\" FROM \"%t\" AS u0 WHERE (u0.\"id\" "
	    "= $1) [%i]\n↳ Shop.%F.index/2, at: %f:%l\n" },
};
static const struct line gorm_lines[] = {
	{ 3,
	    "\n2013/06/12 %T %f:%l\n[%d.%dms] [rows:%d] SELECT * FROM `%t` "
	    "WHERE `%t`.`id` = %i\n" },
	{ 1, "[GIN] 2013/06/12 - %T | 200 | %d.%dms | %I | GET \"%p\"\n" },
};
static const struct line log4jdbc_lines[] = {
	{ 3,
	    "%D %T.%M [http-%d] DEBUG jdbc.sqltiming -  com.shop.%F.save("
	    "%b:%l)\n%d. select * from %t where id = %i {executed in %d ms}"
	    "\n" },
	{ 1, "%D %T.%M [http-%d] INFO com.shop.Web - %w\n" },
};
static const struct line postgres_lines[] = {
	{ 4, PG "LOG:  statement: " READ TAG "\n" },
	{ 1,
	    PG "LOG:  duration: %d.%M ms  execute <unnamed>: " WRITE TAG "\n" PG
	       "DETAIL:  parameters: $1 = '%i'\n" },
	{ 1,
	    PG "LOG:  statement: SELECT *\n\tFROM \"%t\"\n\tWHERE id = %i\n\t"
	       "/*action='index',source_location='app%%2F%b%%3A%l'*/\n" },
	{ 1, PG "LOG:  statement: COMMIT\n" },
	{ 1, PG "LOG:  checkpoint complete: wrote %d buffers; %w\n" },
};
static const struct line pgcsv_lines[] = {
	{ 5, PGCSV TAG PGCSV_END },
	{ 1, PGCSV PGCSV_END },
};
static const struct line pgjson_lines[] = {
	{ 5,
	    "{\"timestamp\":\"%D %T.%M UTC\",\"user\":\"shop\",\"pid\":%d,"
	    "\"error_severity\":\"LOG\",\"message\":\"statement: SELECT * "
	    "FROM %t WHERE id = %i" TAG "\",\"backend_type\":\"client "
	    "backend\",\"query_id\":%i}\n" },
	{ 1,
	    "{\"timestamp\":\"%D %T.%M UTC\",\"pid\":%d,\"error_severity\":"
	    "\"LOG\",\"message\":\"checkpoint starting: time; %w\"}\n" },
};
static const struct line pgsyslog_lines[] = {
	{ 4,
	    "Jun 12 %T db1 postgres[%d]: [%d-1] LOG:  statement: " READ TAG
	    "\n" },
	{ 1,
	    "Jun 12 %T db1 postgres[7]: [9-1] LOG:  statement: SELECT *\n"
	    "Jun 12 %T db1 postgres[7]: [9-2] #011FROM %t" TAG "\n" },
};
static const struct line slow_lines[] = {
	{ 4, SLOW "SELECT * FROM `%t` WHERE `id` = %i" TAG ";\n" },
	{ 1, SLOW "UPDATE `%t`\nSET `score` = %i\nWHERE `id` = %d" TAG ";\n" },
};
static const struct line general_lines[] = {
	{ 5,
	    "%DT%T.%UZ\t%d Query\tSELECT * FROM `%t` WHERE `id` = %i" TAG
	    "\n" },
	{ 1, "%DT%T.%UZ\t%d Query\tCOMMIT\n" },
	{ 1, "%DT%T.%UZ\t%d Prepare\tSELECT * FROM `%t` WHERE `id` = ?\n" },
};
static const struct line pgstat_lines[] = {
	{ 1, " %i | SELECT * FROM %t WHERE id = $%d" TAG "\n" },
	{ 1, " %i | INSERT INTO %t (user_id, total) VALUES ($1, $2)" TAG "\n" },
};
static const struct line sql_lines[] = {
	{ 3, "%D %T [web-%d] DEBUG db - " READ TAG "\n" },
	{ 1,
	    "%D %T [web-%d] DEBUG db - INSERT INTO %t (a, b) VALUES (%i, %d) "
	    "/*file='app%%2F%b',line='%l'*/\n" },
	{ 4, "%D %T [web-%d] INFO web - %I \"GET %p\" 200 \"%a\": %w\n" },
};
static const struct line mongodb_lines[] = {
	{ 3,
	    "{\"t\":{\"$date\":\"%DT%T.%M+00:00\"},\"s\":\"I\",\"c\":"
	    "\"COMMAND\",\"id\":51803,\"ctx\":\"conn%d\",\"msg\":\"Slow query"
	    "\",\"attr\":{\"type\":\"command\",\"ns\":\"shop.%t\",\"command\":"
	    "{\"find\":\"%t\",\"filter\":{\"_id\":%i},\"comment\":\"%f:%l\"},"
	    "\"keysExamined\":%d,\"durationMillis\":%d}}\n" },
	{ 2,
	    "{\"t\":{\"$date\":\"%DT%T.%M+00:00\"},\"s\":\"I\",\"c\":\"NETWORK"
	    "\",\"id\":22943,\"ctx\":\"listener\",\"msg\":\"Connection "
	    "accepted\",\"attr\":{\"remote\":\"%I:%d\",\"connectionId\":%d}}"
	    "\n" },
};
static const struct line json_lines[] = {
	{ 4,
	    "{\"time\":\"%DT%T.%UZ\",\"level\":\"INFO\",\"source\":{"
	    "\"function\":\"main.%F\",\"file\":\"/srv/%f\",\"line\":%l},"
	    "\"msg\":\"%w\",\"path\":\"%p\",\"user\":%i,\"ms\":%d}\n" },
	{ 1, "{\"time\":\"%DT%T.%UZ\",\"level\":\"WARN\",\"msg\":\"%w\"}\n" },
};
static const struct line zapjson_lines[] = {
	{ 1,
	    "{\"level\":\"info\",\"ts\":\"%DT%T.%UZ\",\"caller\":\"%f:%l\","
	    "\"msg\":\"%w\",\"member\":\"%x%x\",\"took\":\"%dms\"}\n" },
};
static const struct line zapconsole_lines[] = {
	{ 1, "%DT%T.%MZ\tinfo\t%f:%l\t%w\t{\"key\": \"%x\", \"took\": %d}\n" },
	{ 1, "%DT%T.%MZ\terror\tshop.web\t%f:%l\t%w\n" },
};
static const struct line klog_lines[] = {
	{ 5, "I0612 %T.%U    %d %b:%l] \"%w\" pod=\"shop/%x\" node=%d\n" },
	{ 1, "Jun 12 %T n1 kubelet[%d]: E0612 %T.%U %d %b:%l] %w\n" },
};
static const struct line cockroach_lines[] = {
	{ 1, "I130612 %T.%U %d %f:%l  [n1,s%d,r%d] %d  %w\n" },
};
static const struct line tidb_lines[] = {
	{ 1,
	    "[2013/06/12 %T.%M +00:00] [INFO] [%b:%l] [\"%w\"] [conn=%i] "
	    "[cost=%dms]\n" },
};
static const struct line go_lines[] = {
	{ 1, "2013/06/12 %T.%U /srv/%f:%l: %w, request %x\n" },
	{ 1, "2013/06/12 %T %b:%l: GET %p from %I in %dms\n" },
};
static const struct line python_lines[] = {
	{ 3, PYTHON "INFO %b:%l %w, request %x\n" },
	{ 1, PYTHON "- shop.cart - WARNING - [%b:%l] - %w\n" },
};
static const struct line logback_lines[] = {
	{ 1, "DEBUG [Scheduled-%d] %D %T,%M %b:%l - %w, key %x\n" },
	{ 1, "INFO  [Native-Transport-Requests-%d] %D %T,%M %b:%l - %w\n" },
};
static const struct line log4j_lines[] = {
	{ 1,
	    "%D %T,%M - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:%F@%l] "
	    "- %w, session 0x%x%x\n" },
};
static const struct line oslo_lines[] = {
	{ 1,
	    "Jun 12 %T host nova-compute[%d]: DEBUG nova.compute [-] %w "
	    "{{(pid=%d) %F /opt/stack/%f:%l}}\n" },
	{ 1, "%D %T.%M %d DEBUG nova.compute [-] %w %F /usr/lib/%f:%l\n" },
};
static const struct line bracketed_lines[] = {
	{ 1, "Jun 12 %T sm1 opensm: [%b:%l]: %w, guid 0x%x%x\n" },
};

static const struct log {
	const char *name;
	const char *extension; /* of its files */
	const struct line *lines;
	size_t count;
} logs[] = {
	{ "day", "py", day_lines, LENGTH(day_lines) },
	{ "dense", "py", dense_lines, LENGTH(dense_lines) },
	{ "rails", "rb", rails_lines, LENGTH(rails_lines) },
	{ "ecto", "ex", ecto_lines, LENGTH(ecto_lines) },
	{ "gorm", "go", gorm_lines, LENGTH(gorm_lines) },
	{ "log4jdbc", "java", log4jdbc_lines, LENGTH(log4jdbc_lines) },
	{ "postgres", "rb", postgres_lines, LENGTH(postgres_lines) },
	{ "postgres-csv", "rb", pgcsv_lines, LENGTH(pgcsv_lines) },
	{ "postgres-json", "rb", pgjson_lines, LENGTH(pgjson_lines) },
	{ "postgres-syslog", "rb", pgsyslog_lines, LENGTH(pgsyslog_lines) },
	{ "mysql-slow", "rb", slow_lines, LENGTH(slow_lines) },
	{ "mysql-general", "rb", general_lines, LENGTH(general_lines) },
	{ "pgstat", "rb", pgstat_lines, LENGTH(pgstat_lines) },
	{ "sql", "rb", sql_lines, LENGTH(sql_lines) },
	{ "mongodb", "py", mongodb_lines, LENGTH(mongodb_lines) },
	{ "json", "go", json_lines, LENGTH(json_lines) },
	{ "zap-json", "go", zapjson_lines, LENGTH(zapjson_lines) },
	{ "zap-console", "go", zapconsole_lines, LENGTH(zapconsole_lines) },
	{ "klog", "go", klog_lines, LENGTH(klog_lines) },
	{ "cockroach", "go", cockroach_lines, LENGTH(cockroach_lines) },
	{ "tidb", "go", tidb_lines, LENGTH(tidb_lines) },
	{ "go", "go", go_lines, LENGTH(go_lines) },
	{ "python", "py", python_lines, LENGTH(python_lines) },
	{ "logback", "java", logback_lines, LENGTH(logback_lines) },
	{ "log4j", "java", log4j_lines, LENGTH(log4j_lines) },
	{ "oslo", "py", oslo_lines, LENGTH(oslo_lines) },
	{ "bracketed", "c", bracketed_lines, LENGTH(bracketed_lines) },
};

/* --- Writing them. */

struct site {
	char path[48];
	const char *base; /* the path's last part */
	char line[8];
	const char *function;
	const char *table;
	char audit[160]; /* a callcount from the path on */
	size_t audit_len;
};

struct corpus {
	uint64_t seed;
	uint64_t written;
	uint64_t bytes;          /* to be written */
	unsigned second;         /* that clock shows */
	unsigned micro;          /* of the second */
	char clock[9];           /* HH:MM:SS */
	const struct site *site; /* of this line */
	char *at;                /* in out */
	char out[OUT_SIZE];
	const char *lines[MOST_LINES]; /* each as often as its weight */
	size_t line_count;
	uint16_t draws[DRAWS]; /* each site as often as Zipf has it */
	struct site sites[SITES];
};

/* Steele, Lea and Flood's splitmix64; a number below n. */
static unsigned
below(struct corpus *corpus, size_t n)
{
	uint64_t z = corpus->seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (unsigned)(((z >> 32) * n) >> 32);
}

static void
add(struct corpus *corpus, const char *text, size_t len)
{
	memcpy(corpus->at, text, len);
	corpus->at += len;
}

static void
add_text(struct corpus *corpus, const char *text)
{
	add(corpus, text, strlen(text));
}

static const char *
one_of(struct corpus *corpus, const char *const *texts, size_t count)
{
	return texts[below(corpus, count)];
}

/* With zeros before it up to the width. */
static void
add_number(struct corpus *corpus, unsigned number, int width)
{
	char digits[10];
	int n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0 || n < width);
	while (n > 0)
		*corpus->at++ = digits[--n];
}

static void
add_hex(struct corpus *corpus)
{
	unsigned number = below(corpus, UINT32_MAX);

	for (int i = 0; i < 8; i++, number >>= 4)
		*corpus->at++ = "0123456789abcdef"[number & 15];
}

static void
add_address(struct corpus *corpus)
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*corpus->at++ = '.';
		add_number(corpus, 1 + below(corpus, 254), 1);
	}
}

static void
add_count(struct corpus *corpus)
{
	unsigned count = below(corpus, 8192);

	add_number(corpus, 1 + (count >> below(corpus, 13)), 1);
}

/* What stands for %BLANK in a template, where that is a text; else NULL. */
static const char *
text_for(struct corpus *corpus, char blank)
{
	switch (blank) {
	case 'D':
		return "2013-06-12";
	case 'F':
		return corpus->site->function;
	case 'T':
		return corpus->clock;
	case 'a':
		return one_of(corpus, agents, LENGTH(agents));
	case 'b':
		return corpus->site->base;
	case 'f':
		return corpus->site->path;
	case 'l':
		return corpus->site->line;
	case 'p':
		return one_of(corpus, pages, LENGTH(pages));
	case 't':
		return corpus->site->table;
	case 'w':
		return one_of(corpus, phrases, LENGTH(phrases));
	default:
		return NULL;
	}
}

static void
add_blank(struct corpus *corpus, char blank)
{
	const char *text = text_for(corpus, blank);

	if (text != NULL) {
		add_text(corpus, text);
		return;
	}
	switch (blank) {
	case 'A': /* site and operations, as in a callcount */
		add(corpus, corpus->site->audit, corpus->site->audit_len);
		break;
	case 'I':
		add_address(corpus);
		break;
	case 'M':
		add_number(corpus, corpus->micro / 1000, 3);
		break;
	case 'U':
		add_number(corpus, corpus->micro, 6);
		break;
	case 'd': /* small number */
		add_number(corpus, 1 + below(corpus, 999), 1);
		break;
	case 'i': /* large number */
		add_number(corpus, 1 + below(corpus, 9999999), 1);
		break;
	case 'n': /* count: the smaller the likelier */
		add_count(corpus);
		break;
	case 'u': /* user */
		add(corpus, "u", 1);
		add_number(corpus, below(corpus, 100000), 5);
		break;
	case 'x':
		add_hex(corpus);
		break;
	default:
		*corpus->at++ = blank;
	}
}

/* The time of the day is the share of the bytes that is written. */
static void
set_clock(struct corpus *corpus)
{
	double now = (double)corpus->written * 86400 / (double)corpus->bytes;
	unsigned second = now < 86399 ? (unsigned)now : 86399;
	double micro = (now - second) * 1e6;

	corpus->micro = micro < 999999 ? (unsigned)micro : 999999;
	if (second == corpus->second && corpus->clock[0] != '\0')
		return;
	corpus->second = second;
	(void)snprintf(corpus->clock, sizeof(corpus->clock), "%02u:%02u:%02u",
	    second / 3600 % 24, second / 60 % 60, second % 60);
}

static void
add_line(struct corpus *corpus)
{
	const char *text = corpus->lines[below(corpus, corpus->line_count)];
	const char *begin = corpus->at;

	set_clock(corpus);
	corpus->site = &corpus->sites[corpus->draws[below(corpus, DRAWS)]];
	for (;;) {
		const char *end = strchrnul(text, '%');

		add(corpus, text, (size_t)(end - text));
		if (*end == '\0')
			break;
		add_blank(corpus, end[1]);
		text = end + 2;
	}
	corpus->written += (uint64_t)(corpus->at - begin);
}

/* Returns 0, or -1 when nobody reads on or the disk is full. */
static int
flush(struct corpus *corpus)
{
	const char *from = corpus->out;

	while (from < corpus->at) {
		ssize_t n = write(STDOUT_FILENO, from,
		    (size_t)(corpus->at - from));

		if (n < 0)
			return -1;
		from += n;
	}
	corpus->at = corpus->out;
	return 0;
}

static int
write_corpus(struct corpus *corpus)
{
	corpus->at = corpus->out;
	while (corpus->written < corpus->bytes) {
		add_line(corpus);
		if (corpus->at > corpus->out + OUT_SIZE - LONGEST &&
		    flush(corpus) != 0)
			return -1;
	}
	return flush(corpus);
}

/* --- Making the world first. */

/* Every fourth site works on the first entity, every fifth on several. */
static void
make_operations(struct corpus *corpus, size_t i, char *text, size_t size)
{
	size_t count = i % 5 != 2 ? 1 : 2 + i % 2;
	size_t entity = i % 4 == 1 ? 0 : below(corpus, LENGTH(entities));
	size_t len = 0;

	corpus->sites[i].table = entities[entity].table;
	for (size_t n = 0; n < count; n++) {
		len += (size_t)snprintf(text + len, size - len, "%s%s.%s",
		    n > 0 ? ", " : "", entities[entity].kind,
		    verbs[below(corpus, LENGTH(verbs))]);
		entity = (entity + 1 + i % 3) % LENGTH(entities);
	}
}

static void
make_site(struct corpus *corpus, size_t i, const char *extension)
{
	struct site *site = &corpus->sites[i];
	char operations[96];
	const char *stem;
	const char *folder;

	stem = one_of(corpus, stems, LENGTH(stems));
	folder = one_of(corpus, folders, LENGTH(folders));
	(void)snprintf(site->path, sizeof(site->path), "%s/%s.%s", folder, stem,
	    extension);
	site->base = strrchr(site->path, '/') + 1;
	(void)snprintf(site->line, sizeof(site->line), "%u",
	    1 + below(corpus, 900));
	site->function = one_of(corpus, functions, LENGTH(functions));
	make_operations(corpus, i, operations, sizeof(operations));
	site->audit_len = (size_t)snprintf(site->audit, sizeof(site->audit),
	    "%s:%s%s%s -- %s", site->path, site->line, i % 3 == 0 ? " in " : "",
	    i % 3 == 0 ? site->function : "", operations);
}

/* Site i is drawn 1 / (i + 1) times as often as site 0. */
static void
make_draws(struct corpus *corpus)
{
	double whole = 0;
	double share = 0;
	size_t draw = 0;

	for (size_t i = 0; i < SITES; i++)
		whole += 1.0 / (double)(i + 1);
	for (size_t i = 0; i < SITES; i++) {
		share += 1.0 / (double)(i + 1) / whole;
		while (draw < DRAWS && (double)draw < share * DRAWS)
			corpus->draws[draw++] = (uint16_t)i;
	}
}

static void
make_world(struct corpus *corpus, const struct log *log)
{
	for (size_t i = 0; i < SITES; i++)
		make_site(corpus, i, log->extension);
	make_draws(corpus);
	for (size_t i = 0; i < log->count; i++)
		for (unsigned n = 0; n < log->lines[i].weight; n++)
			corpus->lines[corpus->line_count++] =
			    log->lines[i].text;
}

int
main(int argc, char **argv)
{
	static struct corpus corpus;

	if (argc == 3)
		corpus.bytes = strtoull(argv[2], NULL, 10);
	for (size_t i = 0; i < LENGTH(logs) && corpus.bytes > 0; i++)
		if (strcmp(argv[1], logs[i].name) == 0) {
			make_world(&corpus, &logs[i]);
			return write_corpus(&corpus) == 0 ? 0 : 2;
		}
	(void)fprintf(stderr, "usage: corpus KIND BYTES\nKIND:");
	for (size_t i = 0; i < LENGTH(logs); i++)
		(void)fprintf(stderr, " %s", logs[i].name);
	(void)fputc('\n', stderr);
	return 2;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/reader.h"

#include <math.h>

#include "base/source.h"
#include "base/wire.h"
#include "reading.h"
#include "resume_logs.h"
#include "tap.h"

/*
 * A reader that is saved behind any line, and another one that is loaded, tell
 * of a log what one reader tells of it.
 */

enum { MOST_LINES = 420, MOST_KNOWN = 64 };

/* A log that is read, by as many readers as it takes. */
struct reading {
	const char *name;
	const struct preset *preset;
	const char *pointer; /* of the JSON around it, or NULL */
	struct reader_options options;
	struct reader_events events;
	struct reader *reader;
	struct buf told;
	struct buf whole; /* what one reader told */

	struct slice log;
	size_t ends[MOST_LINES]; /* of the log's lines; ends[0] is 0 */
	size_t count;
};

static struct presets presets;

/* What the entries of one log were told to be, by their sources; and how many
 * were counted again. */
static struct {
	struct buf source;
	struct buf entry;
} known[MOST_KNOWN];
static size_t known_count;
static size_t again_count;

static void
forget_entries(void)
{
	for (; known_count > 0; known_count--) {
		buf_release(&known[known_count - 1].source);
		buf_release(&known[known_count - 1].entry);
	}
	again_count = 0;
}

static struct buf *
find_entry(struct slice source)
{
	for (size_t i = 0; i < known_count; i++)
		if (slice_equal(buf_slice(&known[i].source), source))
			return &known[i].entry;
	return NULL;
}

static void
tell_count(struct buf *told, uint64_t count, const struct stamp *stamp)
{
	buf_add_format(told, "\t%ju times", (uintmax_t)count);
	reading_add_stamp(told, stamp);
	buf_add_char(told, '\n');
}

/* An entry that may be counted again. */
static void
tell_known_entry(void *told, const struct entry *entry)
{
	struct entry plain = *entry;

	plain.count = 1;
	plain.stamp = (struct stamp){ 0 };
	reading_entry(told, &plain);
	tell_count(told, entry->count, &entry->stamp);
	if (entry->source.len == 0 || known_count == MOST_KNOWN ||
	    find_entry(entry->source) != NULL)
		return;
	buf_add(&known[known_count].source, entry->source);
	reading_entry(&known[known_count].entry, &plain);
	known_count++;
}

static bool
tell_again(void *told, struct slice source, uint64_t count,
    const struct stamp *stamp)
{
	const struct buf *entry = find_entry(source);

	if (entry == NULL)
		return false;
	buf_add(told, buf_slice(entry));
	tell_count(told, count, stamp);
	again_count++;
	return true;
}

static void
tell_line(void *told, struct slice line)
{
	buf_add_format(told, "\tof %.*s\n", SLICE_ARG(line));
}

/* What is told is something, be it of bytes that were damaged. */
static void
tell_entry(void *told, const struct entry *entry)
{
	CHECK(entry->caller.file.len > 0);
	reading_entry(told, entry);
	tell_line(told, entry->text);
}

static void
tell_malformed(void *told, struct slice line, const char *reason)
{
	reading_malformed(told, line, reason);
	tell_line(told, line);
}

static void
tell_repeat(void *told, struct slice line)
{
	reading_repeat(told, line);
	tell_line(told, line);
}

static void
tell_given_up(void *told, struct slice line, const char *reason)
{
	reading_given_up(told, line, reason);
	tell_line(told, line);
}

static void
tell_duration(void *told, double milliseconds)
{
	CHECK(milliseconds >= 0 && isfinite(milliseconds));
	reading_duration(told, milliseconds);
}

/* A reader as new in the place of the one that was. */
static void
renew(struct reading *reading)
{
	const struct preset *preset = reading->preset;

	reader_free(reading->reader);
	reading->reader = preset->reader->new (preset, &reading->options,
	    &reading->events);
	if (reading->pointer != NULL)
		reading->reader = unwrap_new(reading->pointer, reading->reader,
		    &reading->options, &reading->events);
}

/* Reads the lines from one on, up to another one. */
static void
read_lines(struct reading *reading, size_t from, size_t to)
{
	size_t begin = reading->ends[from];

	if (from < to)
		reader_read(reading->reader,
		    slice_make(reading->log.ptr + begin,
			reading->ends[to] - begin));
}

static void
read_whole(struct reading *reading)
{
	renew(reading);
	buf_clear(&reading->told);
	read_lines(reading, 0, reading->count);
	reader_end(reading->reader);
	buf_clear(&reading->whole);
	buf_add(&reading->whole, buf_slice(&reading->told));
}

static void
find_lines(struct reading *reading)
{
	struct slice rest = reading->log;
	struct slice line;

	while (reading->count + 1 < MOST_LINES && lines_next(&rest, &line))
		reading->ends[++reading->count] = reading->log.len - rest.len;
}

static bool
reading_open(struct reading *reading, const char *name, const char *pointer,
    size_t max_line, struct slice log)
{
	struct err err = { "" };

	*reading = (struct reading){
		.name = name,
		.preset = presets_find(&presets, name, &err),
		.pointer = pointer,
		.options = reading_options,
		.events = {
			.context = &reading->told,
			.entry = tell_entry,
			.no_caller = reading_no_caller,
			.malformed = tell_malformed,
			.repeat = tell_repeat,
			.given_up = tell_given_up,
			.duration = tell_duration,
		},
		.log = log,
	};
	if (!CHECK(reading->preset != NULL)) {
		printf("# %s\n", err.text);
		return false;
	}
	if (max_line > 0)
		reading->options.max_line = max_line;
	find_lines(reading);
	read_whole(reading);
	return true;
}

static bool
open_sample(struct reading *reading, const struct sample *sample)
{
	return reading_open(reading, sample->preset, sample->pointer,
	    sample->max_line, slice_str(sample->log));
}

static void
reading_close(struct reading *reading)
{
	reader_free(reading->reader);
	buf_release(&reading->told);
	buf_release(&reading->whole);
	forget_entries();
}

/* Begins anew, reads so many lines and saves what is carried. */
static void
read_and_save(struct reading *reading, size_t lines, struct buf *saved)
{
	renew(reading);
	buf_clear(&reading->told);
	read_lines(reading, 0, lines);
	buf_clear(saved);
	reader_save(reading->reader, saved);
}

/* Reads on with another reader. */
static bool
load(struct reading *reading, struct slice saved)
{
	renew(reading);
	return reader_load(reading->reader, saved);
}

static bool
check_told(const struct reading *reading, size_t first, size_t second)
{
	const struct buf *whole = &reading->whole;

	if (CHECK_BYTES(reading->told.ptr, reading->told.len, whole->ptr,
		whole->len))
		return true;
	printf("# %s, read on behind line %zu and %zu\n", reading->name, first,
	    second);
	return false;
}

/* Reads on behind two lines, which may be the same. */
static bool
check_resumed(struct reading *reading, size_t first, size_t second)
{
	struct buf saved = { 0 };
	bool is_loaded;

	read_and_save(reading, first, &saved);
	is_loaded = CHECK(load(reading, buf_slice(&saved)));
	read_lines(reading, first, second);
	buf_clear(&saved);
	reader_save(reading->reader, &saved);
	is_loaded = is_loaded && CHECK(load(reading, buf_slice(&saved)));
	read_lines(reading, second, reading->count);
	reader_end(reading->reader);
	buf_release(&saved);
	return is_loaded && check_told(reading, first, second);
}

/* Whether something is carried at all: a reader that is loaded with nothing
 * tells something else, behind some line. */
static bool
is_carrying(struct reading *reading)
{
	bool is_same = true;

	for (size_t i = 1; i < reading->count && is_same; i++) {
		renew(reading);
		buf_clear(&reading->told);
		read_lines(reading, 0, i);
		renew(reading);
		read_lines(reading, i, reading->count);
		reader_end(reading->reader);
		is_same = slice_equal(buf_slice(&reading->told),
		    buf_slice(&reading->whole));
	}
	return !is_same;
}

/* Saves and loads behind each line. */
static void
check_every_line(struct reading *reading, size_t step)
{
	bool is_same = true;

	for (size_t i = 0; i <= reading->count && is_same; i += step)
		is_same = check_resumed(reading, i, i);
}

static void
every_line(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct reading reading;

		if (!open_sample(&reading, &samples[i]))
			continue;
		check_every_line(&reading, 1);
		if (!CHECK(is_carrying(&reading) == samples[i].is_carrying))
			printf("# of %s\n", reading.name);
		reading_close(&reading);
	}
}

static void
any_two_lines(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct reading reading;
		bool is_same = true;

		if (!open_sample(&reading, &samples[i]))
			continue;
		for (size_t one = 0; one <= reading.count; one++)
			for (size_t two = one; two <= reading.count && is_same;
			     two++)
				is_same = check_resumed(&reading, one, two);
		reading_close(&reading);
	}
}

/* Where someone knows entries by their sources: all, so that they are told in
 * the same order each time. */
static void
counted_again(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct reading reading;

		if (!open_sample(&reading, &samples[i]))
			continue;
		reading.events.entry = tell_known_entry;
		reading.events.again = tell_again;
		read_whole(&reading);
		read_whole(&reading);
		check_every_line(&reading, 1);
		/* callcounts are not in the short texts of a wrapper */
		if (!CHECK(again_count > 0 || reading.pointer != NULL))
			printf("# of %s\n", reading.name);
		reading_close(&reading);
	}
}

static bool
has_sample(const struct preset *preset)
{
	size_t i = 0;

	while (i < SAMPLES && strcmp(samples[i].preset, preset->name) != 0)
		i++;
	return i < SAMPLES;
}

static void
all_presets(void)
{
	for (size_t i = 0; i < presets.count; i++) {
		const struct preset *preset = presets.items[i];

		if (preset->reader != NULL && !CHECK(has_sample(preset)))
			printf("# no log for %s\n", preset->name);
	}
}

/* A log that is made: as many statements as wait at a time, and more, each with
 * a tag of its own. */
static void
many_tags(void)
{
	struct buf log = { 0 };
	struct reading reading;

	for (int i = 0; i < 19; i++)
		buf_add_format(&log, "[t%d]   City Load (0.5ms)  SELECT %d\n",
		    i, i);
	for (int i = 18; i >= 0; i -= 2)
		buf_add_format(&log, "[t%d]   \xe2\x86\xb3 x.rb:%d\n", i,
		    i + 1);
	for (int i = 0; i < 12; i++)
		buf_add_format(&log, "[u%d]   City Load (0.5ms)  SELECT %d\n",
		    i, i);
	if (reading_open(&reading, "rails", NULL, 0, buf_slice(&log)))
		check_every_line(&reading, 1);
	reading_close(&reading);
	buf_release(&log);
}

/* A statement of more lines than are read, cut short by them. */
static void
many_lines(void)
{
	struct buf log = { 0 };
	struct reading reading;

	buf_add_str(&log, "2026-11-21 20:00:00 SELECT\n");
	for (int i = 0; i < 205; i++)
		buf_add_format(&log, "\ta%d,\n", i);
	buf_add_str(&log, "\tb FROM c /*x.py:1*/\n");
	if (reading_open(&reading, "sql", NULL, 0, buf_slice(&log)))
		check_every_line(&reading, 1);
	reading_close(&reading);
	buf_release(&log);
}

/* Bytes that may be damaged: no crash, whatever comes of them. */
static bool
try_bytes(struct reading *reading, struct slice saved, size_t line)
{
	bool is_loaded = load(reading, saved);

	if (is_loaded) {
		buf_clear(&reading->told);
		read_lines(reading, line, reading->count);
		reader_end(reading->reader);
	}
	return is_loaded;
}

/* The bytes with so many of them, from one on, replaced by others. */
static bool
try_replaced(struct reading *reading, struct slice saved, size_t begin,
    size_t len, struct slice by, size_t line)
{
	struct buf bytes = { 0 };
	bool is_loaded;

	buf_add(&bytes, slice_head(saved, begin));
	buf_add(&bytes, by);
	buf_add(&bytes, slice_from(saved, begin + len));
	is_loaded = try_bytes(reading, buf_slice(&bytes), line);
	buf_release(&bytes);
	return is_loaded;
}

/* What is saved behind a line with each of its strings, if a byte is the length
 * of one, empty and then of one byte. */
static void
shorten(struct reading *reading, struct slice saved, size_t line)
{
	for (size_t i = 0; i < saved.len; i++) {
		size_t len = (unsigned char)saved.ptr[i];

		if (len == 0 || len > 127 || len >= saved.len - i)
			continue;
		(void)try_replaced(reading, saved, i, len + 1,
		    slice_make("", 1), line);
		(void)try_replaced(reading, saved, i, len + 1,
		    slice_str("\1\n"), line);
	}
}

/* What is saved behind a line, each byte of it damaged, and cut off there. */
static void
damage(struct reading *reading, size_t line)
{
	struct buf saved = { 0 };
	bool is_cut_taken = false;

	read_and_save(reading, line, &saved);
	for (size_t i = 0; i < saved.len; i++) {
		char c = saved.ptr[i];

		saved.ptr[i] ^= (char)(1U << (i + line) % 8);
		(void)try_bytes(reading, buf_slice(&saved), line);
		saved.ptr[i] = (char)~c;
		(void)try_bytes(reading, buf_slice(&saved), line);
		saved.ptr[i] = c;
		is_cut_taken = is_cut_taken ||
		    try_bytes(reading, slice_head(buf_slice(&saved), i), line);
	}
	shorten(reading, buf_slice(&saved), line);
	buf_add_char(&saved, '\0');
	if (!CHECK(!is_cut_taken) || !CHECK(!load(reading, buf_slice(&saved))))
		printf("# of %s, behind line %zu\n", reading->name, line);
	buf_release(&saved);
}

static void
damaged_bytes(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct reading reading;

		if (!open_sample(&reading, &samples[i]))
			continue;
		for (size_t line = 1; line <= reading.count; line++)
			damage(&reading, line);
		reading_close(&reading);
	}
}

/* A number that is saved, the bits of a double. */
static void
add_bits(struct buf *bytes, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	wire_add_number(bytes, bits);
}

static void
durations(void)
{
	static const char log[] = "# Query_time: 2.500000  Lock_time: 0\n"
				  "SELECT 1;\n";
	static const double wrong[] = { -1, (double)INFINITY, (double)NAN };
	struct buf duration = { 0 };
	struct buf saved = { 0 };
	struct reading reading;
	const char *at;

	if (!reading_open(&reading, "mysql-slow", NULL, 0, slice_str(log)))
		return;
	read_and_save(&reading, 2, &saved);
	add_bits(&duration, 2500);
	at = memmem(saved.ptr, saved.len, duration.ptr, duration.len);
	for (size_t i = 0; CHECK(at != NULL) && i < 3; i++) {
		struct buf other = { 0 };

		add_bits(&other, wrong[i]);
		CHECK(!try_replaced(&reading, buf_slice(&saved),
		    (size_t)(at - saved.ptr), duration.len, buf_slice(&other),
		    2));
		buf_release(&other);
	}
	buf_release(&duration);
	buf_release(&saved);
	reading_close(&reading);
}

/* Loads what one reader saved, behind each of its lines, into another one:
 * that takes nothing of another type, and something of its own. */
static void
check_others(struct reading *from, struct reading *into)
{
	bool is_same_type;
	struct buf saved = { 0 };

	renew(from);
	renew(into);
	is_same_type = from->reader->type == into->reader->type;
	for (size_t line = 0; line <= from->count; line += 3) {
		bool is_loaded;

		read_and_save(from, line, &saved);
		is_loaded = try_bytes(into, buf_slice(&saved), 0);
		if (!CHECK(is_same_type || !is_loaded))
			printf("# %s takes %s\n", into->name, from->name);
	}
	buf_release(&saved);
}

static void
other_types(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct reading from;

		if (!open_sample(&from, &samples[i]))
			continue;
		for (size_t j = 0; j < SAMPLES; j++) {
			struct reading into;

			if (open_sample(&into, &samples[j]))
				check_others(&from, &into);
			reading_close(&into);
		}
		reading_close(&from);
	}
}

static void
other_releases(void)
{
	struct reading reading;
	struct buf saved = { 0 };
	struct slice rest;
	uint64_t version = 0;

	if (!open_sample(&reading, &samples[0]))
		return;
	read_and_save(&reading, 1, &saved);
	rest = buf_slice(&saved);
	CHECK(wire_number(&rest, &version));
	CHECK_INT(rest.len, saved.len - 1);
	saved.ptr[0] = (char)(version + 1);
	CHECK(!load(&reading, buf_slice(&saved)));
	buf_release(&saved);
	reading_close(&reading);
}

/* A log that may be there, as in tests/lib/reading.h. */
static struct source *
open_real(const char *name)
{
	const char *folder = getenv("TALLYMAN_DATA");
	const char *top = getenv("top_srcdir");
	struct buf path = { 0 };
	struct source *source;
	struct err err;

	if (folder != NULL)
		buf_add_format(&path, "%s/%s", folder, name);
	else
		buf_add_format(&path, "%s/../shared/data/%s",
		    top == NULL ? "." : top, name);
	buf_add_char(&path, '\0');
	source = source_open(path.ptr, &err);
	buf_release(&path);
	return source;
}

/* Of logs that are read as several formats one need not fit. */
static void
real_logs(void)
{
	static const struct {
		const char *preset;
		const char *log;
	} logs[] = {
		{ "rails", "flavortown-rails6.log.gz" },
		{ "sql", "flavortown-rails6.log.gz" },
		{ "gorm", "gorm-ego.log" },
		{ "klog", "glog-lnav.log" },
		{ "zap-json", "etcd_zap_json.log" },
		{ "zap-console", "lnav_logfile_zap_console.0" },
		{ "postgres-syslog", "postgres-logplex-pgbadger.log.gz" },
		{ "sql", "postgres-logplex-pgbadger.log.gz" },
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct source *source = open_real(logs[i].log);
		struct reading reading;

		if (source == NULL)
			continue;
		if (reading_open(&reading, logs[i].preset, NULL, 0,
			source_peek(source, 1 << 17)))
			check_every_line(&reading, 7);
		count += reading.whole.len > 0;
		reading_close(&reading);
		source_close(source);
	}
	if (count == 0)
		SKIP("no real logs");
}

static const struct tap_test tests[] = {
	{ "a reader reads on behind any line", every_line },
	{ "and once more behind another one", any_two_lines },
	{ "and where entries are counted again", counted_again },
	{ "readers of all presets do", all_presets },
	{ "all that wait for an arrow go on to wait", many_tags },
	{ "a statement goes on to its last line", many_lines },
	{ "damaged bytes do no harm, and cut ones are not taken",
	    damaged_bytes },
	{ "a duration is a number, and none below 0", durations },
	{ "no reader takes what one of another type saved", other_types },
	{ "what another release saved is not taken", other_releases },
	{ "real logs are read on behind any line", real_logs },
	{ 0 },
};

int
main(void)
{
	struct err err;
	int status;

	for (const struct preset_builtin *preset = preset_builtins;
	     preset->name != NULL; preset++) {
		if (presets_add(&presets, preset->name, "built in",
			slice_str(preset->text), &err) != 0) {
			printf("Bail out! %s\n", err.text);
			return EXIT_FAILURE;
		}
	}
	status = tap_run(tests);
	presets_release(&presets);
	return status;
}

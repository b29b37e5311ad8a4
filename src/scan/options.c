/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/scan.h"

const struct scan_options scan_defaults = {
	.memory = UINT64_C(512) * 1024 * 1024,
	.max_line = UINT64_C(16) * 1024 * 1024,
	.match_bytes = 8192,
	.match_limit = 100000,
};

const struct opt scan_option_rows[] = {
	{ 'e', "regexp", "PATTERN",
	    "count only operations that match (repeatable; PCRE2)", opt_list,
	    offsetof(struct scan_options, patterns), NULL },
	{ 'k', "kind", "KIND", "count only this kind (repeatable)", opt_list,
	    offsetof(struct scan_options, kinds), NULL },
	{ 'F', "fixed-strings", NULL, "patterns are plain text", opt_flag,
	    offsetof(struct scan_options, fixed), NULL },
	{ 'i', "ignore-case", NULL, "case does not matter in patterns",
	    opt_flag, offsetof(struct scan_options, nocase), NULL },
	{ 'v', "invert-match", NULL, "count what -e and -k do not select",
	    opt_flag, offsetof(struct scan_options, invert), NULL },
	{ 0, "file-pattern", "PATTERN", "count only sites in such files",
	    opt_string, offsetof(struct scan_options, file_pattern), NULL },
	{ 0, "line-pattern", "PATTERN", "count only such lines of the log",
	    opt_string, offsetof(struct scan_options, line_pattern), NULL },
	{ 0, "writes", NULL, "count only operations that write", opt_flag,
	    offsetof(struct scan_options, writes), NULL },
	{ 0, "reads", NULL, "count only operations that read", opt_flag,
	    offsetof(struct scan_options, reads), NULL },
	{ 0, "since", "TIME", "count from this day, hour or time on",
	    opt_string, offsetof(struct scan_options, since), NULL },
	{ 0, "until", "TIME", "count up to it; a day is included", opt_string,
	    offsetof(struct scan_options, until), NULL },
	{ 'p', "preset", "PRESET", "the format of the logs", opt_string,
	    offsetof(struct scan_options, preset), NULL },
	{ 'x', "extract", "REGEX", "a format of your own, with named groups",
	    opt_string, offsetof(struct scan_options, regex), NULL },
	{ 0, "json-text", "POINTER",
	    "the log text lies inside JSON lines, there", opt_string,
	    offsetof(struct scan_options, json_text), NULL },
	{ 0, "include", "GLOB", "in directories, only such files", opt_list,
	    offsetof(struct scan_options, include), NULL },
	{ 0, "exclude", "GLOB", "in directories, not such files", opt_list,
	    offsetof(struct scan_options, exclude), NULL },
	{ 0, "timezone", "ZONE", "days and hours of this zone", opt_string,
	    offsetof(struct scan_options, timezone), NULL },
	{ 0, "log-timezone", "ZONE", "the zone of time stamps that do not say",
	    opt_string, offsetof(struct scan_options, log_timezone), NULL },
	{ 0, "day", "DAY", "the day of entries where nothing tells", opt_string,
	    offsetof(struct scan_options, day), NULL },
	{ 0, "path-pattern", "PATTERN",
	    "what paths tell: the groups host and revision", opt_string,
	    offsetof(struct scan_options, path_pattern), NULL },
	{ 0, "revision", "REVISION", "of the program, where nothing tells",
	    opt_string, offsetof(struct scan_options, revision), NULL },
	{ 0, "fold-queries", NULL,
	    "callcount: one Kind.query for words that are no verb", opt_flag,
	    offsetof(struct scan_options, fold_queries), NULL },
	{ 0, "rejects", "FILE", "keep the lines that were not counted",
	    opt_string, offsetof(struct scan_options, rejects), NULL },
	{ 'j', "threads", "N", "use N threads (default: the cores)", opt_number,
	    offsetof(struct scan_options, threads), NULL },
	{ 0, "memory", "SIZE", "memory for counting, then disk (512M)",
	    opt_size, offsetof(struct scan_options, memory), NULL },
	{ 0, "max-line", "SIZE", "give up on longer lines (16M)", opt_size,
	    offsetof(struct scan_options, max_line), NULL },
	{ 0, "match-bytes", "SIZE", "how much of a line patterns see (8K)",
	    opt_size, offsetof(struct scan_options, match_bytes), NULL },
	{ 0, "match-limit", "N", "give up on a match after N steps (100000)",
	    opt_number, offsetof(struct scan_options, match_limit), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

void
scan_options_release(struct scan_options *options)
{
	opt_list_release(&options->patterns);
	opt_list_release(&options->kinds);
	opt_list_release(&options->include);
	opt_list_release(&options->exclude);
}

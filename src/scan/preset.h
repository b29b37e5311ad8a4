/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PRESET_H
#define SCAN_PRESET_H

/*
 * A preset says how to read one log format: a file of "key = value" lines,
 * tallyman-preset(5). The presets that come with tallyman are files of the
 * same form, built into the program. A family ("any = a b c") stands for
 * several formats; which of them an input has is told by looking at it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct reader_type;

struct preset_value {
	char *key;
	char *value;
	unsigned line; /* of the file, for messages */
};

struct preset {
	char *name;
	char *origin; /* its file, or "built in" */
	struct preset_value *values;
	size_t count;
	size_t room;
	const struct reader_type *reader; /* NULL for a family */
	void *prepared;    /* what the reader's prepare() made of it */
	unsigned priority; /* the special before the general: higher first */
};

/*
 * One preset from its text; presets_add() keeps it, nobody else needs this.
 * NULL with err set ("ORIGIN: line 3: ...").
 */
struct preset *preset_new(const char *name, const char *origin,
    struct slice text, struct err *err);
/* It was chosen for some input: see struct reader_type's choose(). NULL is
 * allowed. */
void preset_choose(const struct preset *preset);

void preset_free(struct preset *preset);

/* The value of a key, or NULL. */
const char *preset_get(const struct preset *preset, const char *key);

/* Steps through the values of a key that stands several times: pass NULL
 * first, then the last one returned. */
const struct preset_value *preset_next(const struct preset *preset,
    const char *key, const struct preset_value *last);

/* Takes the next word off the front of a value that is a list: words are
 * separated by blanks. False at its end. */
bool preset_word(struct slice *list, struct slice *word);

/* The presets that are built in: name and text, NULL-terminated. */
struct preset_builtin {
	const char *name;
	const char *text;
};
extern const struct preset_builtin preset_builtins[];

/* All presets known, in the order of their names. */
struct presets {
	struct preset **items;
	size_t count;
	size_t room;
};

/*
 * Loads the built-in ones and those of the user ($XDG_CONFIG_HOME/tallyman/
 * presets/NAME.preset, else below ~/.config) and of the machine
 * (/etc/tallyman/presets), the user's first: a name that is there already is
 * passed over. Returns 0, or -1 with err set ("FILE: line 3: ...").
 */
int presets_load(struct presets *presets, struct err *err) CHECKED;
void presets_release(struct presets *presets);

/* Adds a preset from its text; the built-in ones, files and -x come here. */
int presets_add(struct presets *presets, const char *name, const char *origin,
    struct slice text, struct err *err) CHECKED;

/* By name or alias, or by path where the name holds a slash (then it is
 * loaded now). NULL with err set: the nearest name is told. */
const struct preset *presets_find(struct presets *presets, const char *name,
    struct err *err);

/*
 * The formats that a preset stands for: itself, or the members of a family.
 * Returns how many were stored, at most room.
 */
size_t presets_expand(const struct presets *presets,
    const struct preset *preset, const struct preset **into, size_t room);

#endif

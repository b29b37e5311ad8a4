/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/preset.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/source.h"
#include "base/suggest.h"
#include "base/walk.h"

/* A file of more bytes is read no further: preset_new() refuses it. */
enum { READ_MOST = 64 * 1024 + 1, READ_SIZE = 4096 };

/* Where the name stands, or would stand. */
static size_t
place_of(const struct presets *presets, const char *name, bool *found)
{
	size_t i = 0;

	while (i < presets->count && strcmp(presets->items[i]->name, name) < 0)
		i++;
	*found = i < presets->count &&
	    strcmp(presets->items[i]->name, name) == 0;
	return i;
}

int
presets_add(struct presets *presets, const char *name, const char *origin,
    struct slice text, struct err *err)
{
	struct preset *preset;
	struct preset **at;
	bool found;
	size_t i = place_of(presets, name, &found);

	if (found)
		return 0;
	preset = preset_new(name, origin, text, err);
	if (preset == NULL)
		return -1;
	xgrow(&presets->items, &presets->room, presets->count + 1,
	    sizeof(presets->items[0]));
	at = presets->items + i;
	memmove(at + 1, at, (presets->count - i) * sizeof(*at));
	*at = preset;
	presets->count++;
	return 0;
}

static int
read_text(const char *path, struct buf *text, struct err *err)
{
	struct source *source = source_open(path, err);
	ssize_t n;

	if (source == NULL)
		return -1;
	do {
		n = source_read(source, buf_reserve(text, READ_SIZE), READ_SIZE,
		    err);
		text->len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && text->len < READ_MOST);
	source_close(source);
	return n < 0 ? -1 : 0;
}

static int
add_file(struct presets *presets, const char *name, const char *path,
    struct err *err)
{
	struct buf text = { 0 };
	int status = read_text(path, &text, err);

	if (status == 0)
		status = presets_add(presets, name, path, buf_slice(&text),
		    err);
	buf_release(&text);
	return status;
}

/* The name is the file's without its folder and ".preset". */
static int
add_named_file(struct presets *presets, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	char *name = xmemdup(base, strlen(base) - strlen(".preset"));
	int status = add_file(presets, name, path, err);

	free(name);
	return status;
}

static void
keep_trouble(void *context, const char *message)
{
	(void)err_set(context, "%s", message);
}

static int
add_folder(struct presets *presets, const char *folder, struct err *err)
{
	static const char *const include[] = { "*.preset", NULL };
	const struct walk_filter filter = { include, NULL };
	struct err trouble = { "" };
	struct walk walk = { 0 };
	int status = 0;

	if (access(folder, F_OK) != 0)
		return 0;
	status = walk_add(&walk, folder, &filter, keep_trouble, &trouble, err);
	if (status == 0 && trouble.text[0] != '\0')
		status = err_set(err, "%s", trouble.text);
	for (size_t i = 0; status == 0 && i < walk.count; i++)
		status = add_named_file(presets, walk.paths[i], err);
	walk_release(&walk);
	return status;
}

/* The user's folder, or NULL. The caller frees it. */
static char *
user_folder(void)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return xasprintf("%s/tallyman/presets", config);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.config/tallyman/presets", home);
	return NULL;
}

int
presets_load(struct presets *presets, struct err *err)
{
	char *folder = user_folder();
	int status = 0;

	if (folder != NULL)
		status = add_folder(presets, folder, err);
	free(folder);
	if (status == 0)
		status = add_folder(presets, "/etc/tallyman/presets", err);
	for (const struct preset_builtin *builtin = preset_builtins;
	     status == 0 && builtin->name != NULL; builtin++)
		status = presets_add(presets, builtin->name, "built in",
		    slice_str(builtin->text), err);
	return status;
}

void
presets_release(struct presets *presets)
{
	for (size_t i = 0; i < presets->count; i++)
		preset_free(presets->items[i]);
	free(presets->items);
	*presets = (struct presets){ 0 };
}

static bool
has_alias(const struct preset *preset, const char *name)
{
	const char *aliases = preset_get(preset, "aliases");
	struct slice list;
	struct slice word;

	if (aliases == NULL)
		return false;
	list = slice_str(aliases);
	while (preset_word(&list, &word)) {
		if (slice_is(word, name))
			return true;
	}
	return false;
}

/* Names go before aliases. */
static const struct preset *
look_up(const struct presets *presets, const char *name)
{
	bool found;
	size_t at = place_of(presets, name, &found);

	if (found)
		return presets->items[at];
	for (size_t i = 0; i < presets->count; i++) {
		if (has_alias(presets->items[i], name))
			return presets->items[i];
	}
	return NULL;
}

static int
unknown(const struct presets *presets, const char *name, struct err *err)
{
	struct suggest suggest;
	const char *nearest;

	suggest_init(&suggest, name);
	for (size_t i = 0; i < presets->count; i++)
		suggest_offer(&suggest, presets->items[i]->name);
	nearest = suggest_nearest(&suggest);
	if (nearest == NULL)
		return err_set(err, "no preset '%.64s'", name);
	return err_set(err, "no preset '%.64s'; did you mean %s?", name,
	    nearest);
}

/* Takes the next name off a family's list; NULL at the end. The caller frees
 * it. */
static char *
next_name(struct slice *list)
{
	struct slice word;

	if (!preset_word(list, &word))
		return NULL;
	return xmemdup(word.ptr, word.len);
}

static int
check_member(const struct presets *presets, const char *name, struct err *err)
{
	const struct preset *member = look_up(presets, name);

	if (member == NULL)
		return unknown(presets, name, err);
	if (member->reader == NULL)
		return err_set(err, "'%s' is a family itself", name);
	return 0;
}

static int
check_family(const struct presets *presets, const struct preset *preset,
    struct err *err)
{
	struct slice list = slice_str(preset_get(preset, "any"));
	int status = 0;
	char *name;

	while (status == 0 && (name = next_name(&list)) != NULL) {
		status = check_member(presets, name, err);
		free(name);
	}
	return status == 0 ? 0 : err_wrap(err, "%s: any", preset->origin);
}

const struct preset *
presets_find(struct presets *presets, const char *name, struct err *err)
{
	const struct preset *preset;

	if (strchr(name, '/') != NULL &&
	    add_file(presets, name, name, err) != 0)
		return NULL;
	preset = look_up(presets, name);
	if (preset == NULL) {
		(void)unknown(presets, name, err);
		return NULL;
	}
	if (preset->reader == NULL && check_family(presets, preset, err) != 0)
		return NULL;
	return preset;
}

size_t
presets_expand(const struct presets *presets, const struct preset *preset,
    const struct preset **into, size_t room)
{
	struct slice list;
	size_t count = 0;
	char *name;

	if (preset->reader != NULL) {
		if (room > 0)
			into[count++] = preset;
		return count;
	}
	list = slice_str(preset_get(preset, "any"));
	while (count < room && (name = next_name(&list)) != NULL) {
		const struct preset *member = look_up(presets, name);

		if (member != NULL && member->reader != NULL)
			into[count++] = member;
		free(name);
	}
	return count;
}

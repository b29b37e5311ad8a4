/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/versions.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/table.h"
#include "repo/blobs.h"

struct version {
	struct text text;
	bool is_text;
};

struct versions {
	struct blobs *blobs;
	struct table table;  /* from ids to struct version */
	uint64_t bytes_left; /* that may still be read */
	uint64_t bytes_kept; /* by the texts in the table */
	struct buf buf;
};

static const struct text no_lines;

struct versions *
versions_open(const struct git *git, uint64_t bytes_most, struct err *err)
{
	struct blobs *blobs = blobs_open(git, err);
	struct versions *versions;

	if (blobs == NULL)
		return NULL;
	versions = xcalloc(1, sizeof(*versions));
	versions->blobs = blobs;
	versions->bytes_left = bytes_most;
	table_init(&versions->table, sizeof(struct version));
	return versions;
}

static void
release_texts(struct versions *versions)
{
	struct table *table = &versions->table;

	for (size_t i = 0; i < table->room; i++) {
		struct table_entry *entry = table->slots[i].entry;
		struct version *version;

		if (entry == NULL)
			continue;
		version = (struct version *)entry->value;
		if (version->is_text)
			text_release(&version->text);
	}
	table_release(table);
}

void
versions_close(struct versions *versions)
{
	if (versions == NULL)
		return;
	release_texts(versions);
	buf_release(&versions->buf);
	blobs_close(versions->blobs);
	free(versions);
}

void
versions_trim(struct versions *versions, uint64_t bytes)
{
	if (versions->bytes_kept <= bytes)
		return;
	release_texts(versions);
	table_init(&versions->table, sizeof(struct version));
	versions->bytes_kept = 0;
}

int
versions_bytes(struct versions *versions, struct slice id, struct slice *bytes,
    struct err *err)
{
	size_t most = TEXT_BYTES_MOST;
	enum blobs_found found;

	if (versions->bytes_left == 0)
		return 0;
	if (versions->bytes_left < most)
		most = (size_t)versions->bytes_left;
	found = blobs_read(versions->blobs, id, most, &versions->buf, err);
	if (found == BLOBS_ERROR)
		return -1;
	/* What is too large costs a git: after one that is so only for what
	 * is left, none is asked for any more. */
	if (found == BLOBS_TOO_LARGE && most < TEXT_BYTES_MOST)
		versions->bytes_left = 0;
	if (found != BLOBS_READ)
		return 0;
	*bytes = buf_slice(&versions->buf);
	versions->bytes_left -= bytes->len;
	return 1;
}

/* Fills in what is not in the table yet. Returns 0, or -1 with err set. */
static int
read_version(struct versions *versions, struct slice id,
    struct version *version, struct err *err)
{
	struct slice bytes;
	int found = versions_bytes(versions, id, &bytes, err);

	if (found < 0)
		return -1;
	version->is_text = found > 0 && text_is_one(bytes);
	if (version->is_text) {
		text_init(&version->text, bytes);
		versions->bytes_kept += bytes.len +
		    version->text.count * sizeof(version->text.lines[0]);
	}
	return 0;
}

int
versions_text(struct versions *versions, struct slice id,
    const struct text **text, struct err *err)
{
	struct version *version;
	bool added;

	if (id.len == 0) {
		*text = &no_lines;
		return 1;
	}
	version = table_add(&versions->table, id, &added);
	if (added && read_version(versions, id, version, err) != 0)
		return -1;
	*text = &version->text;
	return version->is_text ? 1 : 0;
}

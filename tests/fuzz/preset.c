/* SPDX-License-Identifier: MIT */
/* The text of a preset, which is refused with a reason, or stands. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "scan/preset.h"

#include "fuzz.h"

enum { TEXT_MOST = 4096 };

/* What was kept can be found again, each key in its order. */
static void
check_values(const struct preset *preset)
{
	for (size_t i = 0; i < preset->count; i++) {
		const struct preset_value *value = &preset->values[i];
		const struct preset_value *last = NULL;

		if (preset_get(preset, value->key) == NULL)
			abort();
		do {
			last = preset_next(preset, value->key, last);
		} while (last != NULL && last != value);
		if (last == NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	struct presets presets = { 0 };
	const struct preset *members[4];
	struct err err = { "" };

	if (size > TEXT_MOST)
		return 0;
	if (presets_add(&presets, "fuzz", "FILE", text, &err) != 0) {
		if (strncmp(err.text, "FILE: ", 6) != 0)
			abort();
		return 0;
	}
	check_values(presets.items[0]);
	(void)presets_find(&presets, "fuzz", &err);
	(void)presets_expand(&presets, presets.items[0], members, 4);
	presets_release(&presets);
	return 0;
}

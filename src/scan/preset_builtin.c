/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/preset.h"

/* Made from scan/presets/NAME.preset by tools/embed-presets. */
const struct preset_builtin preset_builtins[] = {
#include "scan/presets.inc"
	{ NULL, NULL },
};

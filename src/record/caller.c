/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/caller.h"

#include <unwind.h>

#include "record/python.h"

/* Frames that are looked at. */
enum { DEPTH = 512 };

static struct {
	const struct skip *skip; /* the one of the process */
} state;

/* A walk up the stack. */
struct walk {
	struct caller *caller;
	const void *return_address; /* of the call: where the walk begins */
	size_t wanted;              /* own frames */
	size_t found;
	struct counts_place nearest; /* that is no client library's */
	unsigned depth;
	bool began;
	bool asked_python;
};

void
caller_init(const struct skip *skip)
{
	state.skip = skip;
}

static struct counts_place
place_of(const struct module *module, const void *address)
{
	return (
	    struct counts_place){ module, (uintptr_t)address - module->base };
}

static bool
find_python(struct caller *caller)
{
	size_t len = python_caller(state.skip, caller->text,
	    sizeof(caller->text));

	caller->kind = COUNTS_NAMED;
	caller->site = slice_make(caller->text, len);
	return len > 0;
}

static bool
set_places(struct caller *caller, size_t count)
{
	caller->kind = COUNTS_PLACES;
	caller->site = slice_make((const char *)caller->places,
	    count * sizeof(caller->places[0]));
	return count > 0;
}

/* One frame; true when the walk is over. Own frames that were found already
 * are nearer than any Python frame. */
static bool
look_at(struct walk *walk, const void *address)
{
	const struct module *module = module_of(address);

	if (module == NULL || module->kind == MODULE_RECORDER ||
	    module->kind == MODULE_CLIENT)
		return false;
	if (walk->nearest.module == NULL)
		walk->nearest = place_of(module, address);
	if (module->kind == MODULE_OWN) {
		walk->caller->places[walk->found++] = place_of(module, address);
		return walk->found == walk->wanted;
	}
	if (module->kind == MODULE_LIBRARY || walk->asked_python)
		return false;
	walk->asked_python = true;
	return walk->found > 0 || find_python(walk->caller);
}

static _Unwind_Reason_Code
step(struct _Unwind_Context *context, void *arg)
{
	struct walk *walk = arg;
	const void *address = (const void *)_Unwind_GetIP(context);

	if (address == walk->return_address)
		walk->began = true;
	if (++walk->depth > DEPTH || (walk->began && look_at(walk, address)))
		return _URC_NORMAL_STOP;
	return _URC_NO_REASON;
}

/* Where code has no unwind tables libgcc stops; what was found until then is
 * all there is. */
static bool
walk_up(struct caller *caller, const struct call *call, bool asked_python)
{
	struct walk walk = {
		.caller = caller,
		.return_address = call->return_address,
		.wanted = state.skip->has_patterns ? CALLER_MOST : 1,
		.asked_python = asked_python,
	};

	caller->site.len = 0;
	_Unwind_Backtrace(step, &walk);
	if (walk.found == 0 && caller->site.len > 0)
		return true;
	if (walk.found == 0 && walk.nearest.module != NULL)
		caller->places[walk.found++] = walk.nearest;
	return set_places(caller, walk.found);
}

static bool
is_python(const struct module *module)
{
	return module != NULL &&
	    (module->kind == MODULE_EXTENSION || module->kind == MODULE_PYTHON);
}

bool
caller_place(const struct call *call, struct counts_place *place)
{
	const struct module *module = call->module;

	if (module == NULL || module->kind != MODULE_OWN ||
	    state.skip->has_patterns)
		return false;
	*place = place_of(module, call->return_address);
	return true;
}

bool
caller_find(struct caller *caller, const struct call *call)
{
	const struct module *module = call->module;

	if (caller_place(call, &caller->places[0]))
		return set_places(caller, 1);
	if (is_python(module) && find_python(caller))
		return true;
	return walk_up(caller, call, is_python(module));
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/dwarf_frames.h"

#include <stdlib.h>

#include <dwarf.h>

/* How deep functions may be nested. */
enum { DEPTH = 64 };

/* Those that an address is in, the outermost first. */
struct functions {
	Dwarf_Die dies[DEPTH];
	size_t count;
};

/* clang writes no .debug_aranges, so that dwarf_addrdie() finds nothing. */
static bool
find_unit(Dwarf *dwarf, Dwarf_Addr address, Dwarf_Die *unit)
{
	Dwarf_CU *cu = NULL;

	if (dwarf_addrdie(dwarf, address, unit) != NULL)
		return true;
	while (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, unit, NULL) == 0) {
		if (dwarf_haspc(unit, address) == 1)
			return true;
	}
	return false;
}

/* What has the functions of a unit: itself, or with -gsplit-dwarf the unit in
 * another file that it stands for. */
static Dwarf_Die
unit_with_functions(Dwarf_Die *unit)
{
	Dwarf_Die split = { 0 };
	uint8_t type;

	if (dwarf_cu_info(unit->cu, NULL, &type, NULL, &split, NULL, NULL,
		NULL) == 0 &&
	    type == DW_UT_skeleton && split.addr != NULL)
		return split;
	return *unit;
}

static const char *
text_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr(die, name, &attribute));
}

static void
set_line(Dwarf_Die *unit, Dwarf_Addr address, struct dwarf_frame *frame)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	int number = 0;

	if (line == NULL)
		return;
	frame->file = dwarf_linesrc(line, NULL, NULL);
	if (dwarf_lineno(line, &number) == 0 && number > 0)
		frame->line = (unsigned)number;
}

/* The class of a function that was declared in one. */
static const char *
class_of(Dwarf_Die *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Die declaration;
	Dwarf_Die *scopes;
	const char *name = NULL;
	int count;
	int tag;

	if (dwarf_formref_die(dwarf_attr_integrate(function,
				  DW_AT_specification, &attribute),
		&declaration) == NULL)
		return NULL;
	count = dwarf_getscopes_die(&declaration, &scopes);
	if (count < 1)
		return NULL;
	tag = count > 1 ? dwarf_tag(&scopes[1]) : DW_TAG_invalid;
	if (tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	    tag == DW_TAG_union_type)
		name = dwarf_diename(&scopes[1]);
	free(scopes);
	return name;
}

static void
set_function(Dwarf_Die *function, struct dwarf_frame *frame)
{
	frame->function = dwarf_diename(function);
	frame->type = class_of(function);
}

static Dwarf_Word
number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word number;

	if (dwarf_formudata(dwarf_attr(die, name, &attribute), &number) != 0)
		return 0;
	return number;
}

/* Where a function was inlined to. */
static void
set_call_site(Dwarf_Die *inlined, struct dwarf_frame *frame)
{
	Dwarf_Die unit;
	Dwarf_Files *files;
	size_t count;

	if (dwarf_diecu(inlined, &unit, NULL, NULL) == NULL ||
	    dwarf_getsrcfiles(&unit, &files, &count) != 0)
		return;
	frame->file = dwarf_filesrc(files, number_of(inlined, DW_AT_call_file),
	    NULL, NULL);
	frame->line = (unsigned)number_of(inlined, DW_AT_call_line);
}

/* What may hold functions without being code itself. */
static bool
is_holder(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_module ||
	    tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	    tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

static bool
is_code_at(Dwarf_Die *die, int tag, Dwarf_Addr address)
{
	return (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
		   tag == DW_TAG_lexical_block || tag == DW_TAG_try_block ||
		   tag == DW_TAG_catch_block) &&
	    dwarf_haspc(die, address) == 1;
}

/*
 * Finds the functions whose code an address is in, from the outermost, which
 * has code of its own, to those that were inlined. (dwarf_getscopes() would go
 * from what was inlined to where that was defined, in the same unit only.)
 */
static void
find_functions(Dwarf_Die *parent, Dwarf_Addr address, struct functions *found,
    unsigned depth)
{
	size_t before = found->count;
	Dwarf_Die die;

	if (depth > DEPTH || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);

		if (is_code_at(&die, tag, address)) {
			if ((tag == DW_TAG_subprogram ||
				tag == DW_TAG_inlined_subroutine) &&
			    found->count < DEPTH)
				found->dies[found->count++] = die;
			find_functions(&die, address, found, depth + 1);
			return;
		}
		if (is_holder(tag))
			find_functions(&die, address, found, depth + 1);
	} while (found->count == before && dwarf_siblingof(&die, &die) == 0);
}

/* The first frame has its line; each function that was inlined tells the line
 * of the frame behind it. */
static size_t
add_functions(struct functions *found, struct dwarf_frame *frames, size_t most)
{
	size_t count = 1;

	for (size_t i = found->count; i-- > 0;) {
		Dwarf_Die *die = &found->dies[i];

		set_function(die, &frames[count - 1]);
		if (dwarf_tag(die) == DW_TAG_subprogram || count == most)
			break;
		frames[count] = (struct dwarf_frame){
			.directory = frames[0].directory,
		};
		set_call_site(die, &frames[count++]);
	}
	return count;
}

size_t
dwarf_frames_find(Dwarf *dwarf, Dwarf_Addr address, struct dwarf_frame *frames,
    size_t most)
{
	Dwarf_Die unit;
	Dwarf_Die split;
	struct functions found = { 0 };

	if (!find_unit(dwarf, address, &unit))
		return 0;
	frames[0].directory = text_of(&unit, DW_AT_comp_dir);
	set_line(&unit, address, &frames[0]);
	split = unit_with_functions(&unit);
	find_functions(&split, address, &found, 0);
	return add_functions(&found, frames, most);
}

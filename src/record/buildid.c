/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/buildid.h"

#include <link.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST_HEADERS = 32, MOST_NOTES = 1024 };

/* Copies memory of this process; false where some of it is not there. */
static bool
copy(void *to, uintptr_t from, size_t size)
{
	struct iovec local = { to, size };
	struct iovec remote = { (void *)from, size };

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) ==
	    (ssize_t)size;
}

/* How many bytes a part of a note takes: it is filled up to a word. */
static size_t
filled(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* Seeks the build id among notes, which have a header, a name and the rest. */
static size_t
find_among(const unsigned char *notes, size_t size,
    unsigned char id[BUILDID_MOST])
{
	ElfW(Nhdr) note;
	size_t at = 0;

	while (size - at > sizeof(note)) {
		size_t name = at + sizeof(note);
		size_t rest;

		memcpy(&note, notes + at, sizeof(note));
		if (note.n_namesz > size || note.n_descsz > size)
			return 0;
		rest = name + filled(note.n_namesz);
		at = rest + filled(note.n_descsz);
		if (at > size)
			return 0;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    memcmp(notes + name, "GNU", 4) == 0 &&
		    note.n_descsz <= BUILDID_MOST) {
			memcpy(id, notes + rest, note.n_descsz);
			return note.n_descsz;
		}
	}
	return 0;
}

static size_t
read_notes(const struct module *module, const ElfW(Phdr) * header,
    unsigned char id[BUILDID_MOST])
{
	_Alignas(8) unsigned char notes[MOST_NOTES];
	size_t size = header->p_memsz;

	if (header->p_type != PT_NOTE || size > sizeof(notes) ||
	    !copy(notes, module->base + header->p_vaddr, size))
		return 0;
	return find_among(notes, size, id);
}

size_t
buildid_read(const struct module *module, unsigned char id[BUILDID_MOST])
{
	ElfW(Ehdr) elf;
	ElfW(Phdr) headers[MOST_HEADERS];
	size_t len = 0;

	if (!copy(&elf, module->begin, sizeof(elf)) ||
	    memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
	    elf.e_phnum > MOST_HEADERS ||
	    !copy(headers, module->begin + elf.e_phoff,
		elf.e_phnum * sizeof(headers[0])))
		return 0;
	for (size_t i = 0; i < elf.e_phnum && len == 0; i++)
		len = read_notes(module, &headers[i], id);
	return len;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/debugfile.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <zlib.h>

#define ASIDE "/usr/lib/debug"

/* Private, but writable: libelf changes the header of a section in place when
 * it decompresses it. NULL: it can't be had. */
static void *
map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	void *map = MAP_FAILED;
	struct stat st;

	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		*size = (size_t)st.st_size;
		map = mmap(NULL, *size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	}
	(void)close(fd);
	return map == MAP_FAILED ? NULL : map;
}

bool
debugfile_open(struct debugfile *file, const char *path)
{
	*file = (struct debugfile){ 0 };
	file->map = map_file(path, &file->size);
	if (file->map == NULL)
		return false;
	file->elf = elf_memory(file->map, file->size);
	if (file->elf != NULL && elf_kind(file->elf) == ELF_K_ELF)
		return true;
	debugfile_close(file);
	return false;
}

void
debugfile_close(struct debugfile *file)
{
	if (file->elf != NULL)
		(void)elf_end(file->elf);
	if (file->map != NULL)
		(void)munmap(file->map, file->size);
	*file = (struct debugfile){ 0 };
}

bool
debugfile_is(const struct debugfile *file, const void *build_id, size_t len)
{
	const void *own;
	ssize_t own_len = dwelf_elf_gnu_build_id(file->elf, &own);

	return own_len <= 0 || len == 0 ||
	    ((size_t)own_len == len && memcmp(own, build_id, len) == 0);
}

bool
debugfile_has(const struct debugfile *file, const char *section)
{
	Elf_Scn *scn = NULL;
	size_t names;
	GElf_Shdr header;

	if (elf_getshdrstrndx(file->elf, &names) != 0)
		return false;
	while ((scn = elf_nextscn(file->elf, scn)) != NULL) {
		const char *name;

		if (gelf_getshdr(scn, &header) == NULL ||
		    header.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(file->elf, names, header.sh_name);
		if (name != NULL && strcmp(name, section) == 0)
			return true;
	}
	return false;
}

/* Opens what may have been put aside. crc is NULL where a build id led there.
 */
static bool
try(struct debugfile *found, const struct debugfile *file, const char *path,
    const GElf_Word *crc)
{
	const void *id;
	const void *found_id;
	ssize_t len = dwelf_elf_gnu_build_id(file->elf, &id);
	bool same;

	if (!debugfile_open(found, path))
		return false;
	if (len > 0 && dwelf_elf_gnu_build_id(found->elf, &found_id) > 0)
		same = debugfile_is(found, id, (size_t)len);
	else
		same = crc != NULL &&
		    crc32_z(0, found->map, found->size) == *crc;
	if (same &&
	    (debugfile_has(found, ".debug_info") ||
		debugfile_has(found, ".zdebug_info")))
		return true;
	debugfile_close(found);
	return false;
}

static bool
find_by_id(struct debugfile *found, const struct debugfile *file)
{
	char path[sizeof(ASIDE) + 256];
	const void *id;
	ssize_t len = dwelf_elf_gnu_build_id(file->elf, &id);
	const unsigned char *bytes = id;
	int at;

	if (len < 2 || len > 64)
		return false;
	at = snprintf(path, sizeof(path), ASIDE "/.build-id/%02x/", bytes[0]);
	for (ssize_t i = 1; i < len; i++)
		at += snprintf(path + at, sizeof(path) - (size_t)at, "%02x",
		    bytes[i]);
	(void)snprintf(path + at, sizeof(path) - (size_t)at, ".debug");
	return try(found, file, path, NULL);
}

static bool
find_by_link(struct debugfile *found, const struct debugfile *file,
    const char *path)
{
	static const char *const forms[][2] = { { "", "/" }, { "", "/.debug/" },
		{ ASIDE, "/" }, { NULL } };
	GElf_Word crc;
	const char *link = dwelf_elf_gnu_debuglink(file->elf, &crc);
	char directory[PATH_MAX];
	char aside[2 * PATH_MAX];

	if (link == NULL || strlen(link) > NAME_MAX ||
	    realpath(path, directory) == NULL)
		return false;
	*strrchr(directory, '/') = '\0';
	for (size_t i = 0; forms[i][0] != NULL; i++) {
		(void)snprintf(aside, sizeof(aside), "%s%s%s%s", forms[i][0],
		    directory, forms[i][1], link);
		if (try(found, file, aside, &crc))
			return true;
	}
	return false;
}

bool
debugfile_find(struct debugfile *found, const struct debugfile *file,
    const char *path)
{
	return find_by_id(found, file) || find_by_link(found, file, path);
}

/* The one of a table; size is that of an entry's function. */
static const char *
symbol_in(Elf *elf, Elf_Scn *scn, const GElf_Shdr *header, uint64_t address)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t count = header->sh_entsize == 0 ?
	    0 :
	    header->sh_size / header->sh_entsize;
	GElf_Sym symbol;

	for (size_t i = 0; data != NULL && i < count && i < INT_MAX; i++) {
		if (gelf_getsym(data, (int)i, &symbol) != NULL &&
		    GELF_ST_TYPE(symbol.st_info) == STT_FUNC &&
		    symbol.st_shndx != SHN_UNDEF &&
		    address - symbol.st_value < symbol.st_size)
			return elf_strptr(elf, header->sh_link, symbol.st_name);
	}
	return NULL;
}

static const char *
symbol_of_type(const struct debugfile *file, unsigned type, uint64_t address)
{
	const char *name = NULL;
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	while (name == NULL && (scn = elf_nextscn(file->elf, scn)) != NULL) {
		if (gelf_getshdr(scn, &header) != NULL &&
		    header.sh_type == type)
			name = symbol_in(file->elf, scn, &header, address);
	}
	return name;
}

const char *
debugfile_symbol(const struct debugfile *file, uint64_t address)
{
	const char *name = symbol_of_type(file, SHT_SYMTAB, address);

	if (name == NULL)
		name = symbol_of_type(file, SHT_DYNSYM, address);
	return name;
}

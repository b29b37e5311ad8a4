/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/buildid.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"

/* What stands in front of a module that has two notes. */
struct image {
	ElfW(Ehdr) elf;
	ElfW(Phdr) headers[2];
	struct {
		ElfW(Nhdr) note;
		char name[8];
		unsigned char rest[4];
	} other;
	struct {
		ElfW(Nhdr) note;
		char name[4];
		unsigned char rest[20];
	} id;
};

static struct image
make(void)
{
	struct image image = {
		.elf = { .e_phoff = offsetof(struct image, headers),
		    .e_phnum = 2 },
		.headers = { { .p_type = PT_LOAD },
		    { .p_type = PT_NOTE,
			.p_vaddr = offsetof(struct image, other),
			.p_memsz = sizeof(struct image) -
			    offsetof(struct image, other) } },
		.other = { { 5, 4, 3 }, "GNU!", "rest" },
		.id = { { 4, 20, NT_GNU_BUILD_ID }, "GNU",
		    "twenty bytes it is!" },
	};

	memcpy(image.elf.e_ident, ELFMAG, SELFMAG);
	return image;
}

static size_t
read_id(const struct image *image, unsigned char id[BUILDID_MOST])
{
	struct module module = { .base = (uintptr_t)image,
		.begin = (uintptr_t)image };

	return buildid_read(&module, id);
}

static void
found(void)
{
	struct image image = make();
	unsigned char id[BUILDID_MOST];
	size_t len = read_id(&image, id);

	CHECK_BYTES((const char *)id, len, "twenty bytes it is!", 20);
}

static void
not_there(void)
{
	struct image image = make();
	unsigned char id[BUILDID_MOST];

	image.id.note.n_type = NT_GNU_ABI_TAG;
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.id.name[0] = 'g';
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.headers[1].p_type = PT_LOAD;
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.elf.e_ident[0] = 0;
	CHECK_INT(read_id(&image, id), 0);
}

static void
lies(void)
{
	struct image image = make();
	unsigned char id[BUILDID_MOST];

	image.id.note.n_descsz = UINT32_MAX;
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.other.note.n_namesz = UINT32_MAX - 3;
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.id.note.n_descsz = 40;
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.headers[1].p_memsz = SIZE_MAX;
	CHECK_INT(read_id(&image, id), 0);
	image = make();
	image.elf.e_phnum = UINT16_MAX;
	CHECK_INT(read_id(&image, id), 0);
}

static void
unloaded(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct image *image = mmap(NULL, page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char id[BUILDID_MOST];

	if (!CHECK(image != MAP_FAILED))
		return;
	*image = make();
	CHECK_INT(read_id(image, id), 20);
	image->headers[1].p_vaddr = page;
	(void)munmap(image, page);
	CHECK_INT(read_id(image, id), 0);
}

static const struct tap_test tests[] = {
	{ "the build id is found among the notes", found },
	{ "a module without one has none", not_there },
	{ "notes that say they are longer than they are hold none", lies },
	{ "memory that is gone can be asked", unloaded },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}

/* SPDX-License-Identifier: MIT */
#ifndef RECORD_BUILDID_H
#define RECORD_BUILDID_H

/*
 * The build id of a module as it was loaded: from its notes in memory, since
 * the file may have been replaced meanwhile. The module may have been unloaded,
 * so memory is read by process_vm_readv(2), which can't crash; and dl_iterate_
 * phdr(3) would take the loader's lock.
 */

#include <stddef.h>

#include "record/module.h"

enum { BUILDID_MOST = 64 };

/* Returns its length; 0 when it has none or it can't be read. */
size_t buildid_read(const struct module *module,
    unsigned char id[BUILDID_MOST]);

#endif

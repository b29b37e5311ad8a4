/* SPDX-License-Identifier: MIT */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

/*
 * Named places at which a test lets the program die as by kill -9. Only where
 * configured with --enable-faults; elsewhere nothing is left of them.
 *
 * FAULT=store.commit:3 kills at the third time that fault_point("store.commit")
 * is passed. FAULT_LIST=FILE appends the name of every point that is passed to
 * FILE, so that a test knows them all.
 */

#ifdef ENABLE_FAULTS
void fault_point(const char *name);
#else
static inline void
fault_point(const char *name)
{
	(void)name;
}
#endif

#endif

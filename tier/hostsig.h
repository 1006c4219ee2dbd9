/* Host signals: faults of guest accesses, and what is to be passed on to the guest. */
#ifndef TIER_HOSTSIG_H
#define TIER_HOSTSIG_H

#include "tier/vm.h"

/* Installs the fault handlers for `vm`, on an alternate stack, and takes part in disposition changes.
 * false: one sentence in `why`. */
bool hostsig_install(struct vm *vm, char *why, size_t size);

/* Ends tierrun by the signal, with its default action. */
_Noreturn void hostsig_die(int signo);

#endif

/* Host signals: faults of guest accesses, and what is to be passed on to the guest. */
#ifndef TIER_HOSTSIG_H
#define TIER_HOSTSIG_H

#include "tier/vm.h"

/* Installs the fault handlers, this thread's alternate stack, and takes part in disposition changes. `v` is
 * the guest thread that runs in this one. false: one sentence in `why`. */
bool hostsig_install(struct vthread *v, char *why, size_t size);

/* The same for another thread: what is its own. And undoes it. */
bool hostsig_enter(struct vthread *v);
void hostsig_leave(void);

/* Ends tierrun by the signal, with its default action. */
_Noreturn void hostsig_die(int signo);

#endif

/* The report about a guest that died by a signal. */
#ifndef TIER_CRASH_H
#define TIER_CRASH_H

#include "tier/vm.h"

/* `trapped`: an exception of the guest's own caused it, and cpu.trap tells which. */
void crash_report(struct vthread *v, int signo, bool trapped, FILE *out);

#endif

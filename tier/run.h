/* The run loop. */
#ifndef TIER_RUN_H
#define TIER_RUN_H

#include "tier/vm.h"

/* How a guest ended. */
struct ending {
    enum sys_outcome how;  /* SYS_EXIT, SYS_THREAD_EXIT or SYS_KILLED */
    int status;            /* exit code or signal */
    enum exit_reason last; /* what the last tier came back for */
};

/* Runs a guest thread from cpu.eip to its end. */
struct ending run_guest(struct vthread *v);

#endif

/* struct rusage for the guest. */
#ifndef SYSCALLS_RUSAGE_H
#define SYSCALLS_RUSAGE_H

#include <sys/resource.h>

#include "syscalls/sys.h"

MUST_CHECK long rusage_put(struct call *c, gaddr to, const struct rusage *ru);

#endif

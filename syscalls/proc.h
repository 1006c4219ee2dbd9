/* Files of /proc/self that must tell of the guest, not of tierrun. */
#ifndef SYSCALLS_PROC_H
#define SYSCALLS_PROC_H

#include "syscalls/sys.h"

enum { PROC_NOT_OURS = -2 };

/* If `path` is such a file: a descriptor with the guest's text, or -1 with errno. Else PROC_NOT_OURS. */
int proc_open(struct call *c, const char *path, int host_flags);

#endif

/* ioctl requests by name, and terminal settings. */
#ifndef SYSCALLS_IOCTL_H
#define SYSCALLS_IOCTL_H

#include "syscalls/sys.h"

const char *ioctl_name(uint32_t guest_request); /* NULL if ioctl.def does not have it */

long termios_get(struct call *c, int fd, gaddr to);
long termios_set(struct call *c, int fd, unsigned long host_request, gaddr from);

#endif

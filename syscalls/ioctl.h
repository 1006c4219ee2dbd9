/* ioctl requests by name, and terminal settings. */
#ifndef SYSCALLS_IOCTL_H
#define SYSCALLS_IOCTL_H

#include "syscalls/sys.h"

const char *ioctl_name(uint32_t guest_request); /* NULL if ioctl.def does not have it */

long termios_get(struct call *c, int fd, gaddr to);
long termios_set(struct call *c, int fd, unsigned long host_request, gaddr from);
long termio_get(struct call *c, int fd, gaddr to);
long termio_set(struct call *c, int fd, unsigned long host_request, gaddr from);
long termios2_get(struct call *c, int fd, gaddr to);
long termios2_set(struct call *c, int fd, unsigned long host_request, gaddr from);
long termios_get_locked(struct call *c, int fd, gaddr to);
long termios_set_locked(struct call *c, int fd, gaddr from);

/* Requests whose structures the host lays out otherwise (ioctl_structs.c); the request is the host's. */
long ioctl_get_long(struct call *c, unsigned long request);
long ioctl_geometry(struct call *c, unsigned long request);
long ioctl_get_loop(struct call *c);
long ioctl_set_loop(struct call *c);
long ioctl_route(struct call *c, unsigned long request);
long ioctl_stamp(struct call *c, unsigned long request);
long ioctl_interfaces(struct call *c, unsigned long request);
long ioctl_ifmap(struct call *c, unsigned long request);

/* Requests whose argument leads to more (ioctl_sized.c). */
long ioctl_extents(struct call *c, unsigned long request);
long ioctl_partition(struct call *c, unsigned long request);
long ioctl_bridges(struct call *c, unsigned long request);
long ioctl_ethtool(struct call *c, unsigned long request);

#endif

/* signalfd, for read(). */
#ifndef SYSCALLS_FDS_H
#define SYSCALLS_FDS_H

#include "syscalls/sys.h"

bool fds_is_signalfd(int fd);
bool fds_is_eventfd(int fd);
long fds_read_signals(struct call *c); /* read(fd, buffer, size) of one */

#endif

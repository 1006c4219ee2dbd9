/* Asynchronous input and output, for who forks. */
#ifndef SYSCALLS_AIO_H
#define SYSCALLS_AIO_H

#include "syscalls/sys.h"

void aio_forked(struct process *p); /* in the child, which has no contexts */

#endif

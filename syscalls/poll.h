/* Time limits of calls that wait. */
#ifndef SYSCALLS_POLL_H
#define SYSCALLS_POLL_H

#include <time.h>

#include "syscalls/sys.h"

void poll_deadline(const struct timespec *left, struct timespec *end); /* on the monotonic clock */
void poll_left(const struct timespec *end, struct timespec *left);     /* never negative */

#endif

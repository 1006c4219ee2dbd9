/* Linux constants that the C library's headers lack or hide. Same numbers on every Linux host. */
#ifndef SYSCALLS_HOSTDEFS_H
#define SYSCALLS_HOSTDEFS_H

#include <linux/futex.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif
#ifndef MADV_COLD
#define MADV_COLD    20
#define MADV_PAGEOUT 21
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef PROT_GROWSDOWN
#define PROT_GROWSDOWN 0x01000000
#define PROT_GROWSUP   0x02000000
#endif

#endif

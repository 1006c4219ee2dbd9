/* What the C library's headers lack or hide of Linux: constants, with the same numbers on every host, and a
 * structure. */
#ifndef SYSCALLS_HOSTDEFS_H
#define SYSCALLS_HOSTDEFS_H

#include <linux/futex.h>
#include <stdint.h>
#include <sys/socket.h>

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

/* The kernel's own terminal settings, which the C library hides behind larger ones. */
#ifdef __mips__
enum { KERNEL_CC = 23 };
#else
enum { KERNEL_CC = 19 };
#endif
struct termios2 {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t line, cc[KERNEL_CC];
    uint32_t ispeed, ospeed;
};

/* From 424 on the machines' numbers differ by what their tables begin with. */
#ifndef SYS_cachestat
#define SYS_cachestat (SYS_pidfd_open - 434 + 451)
#define SYS_fchmodat2 (SYS_pidfd_open - 434 + 452)
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret (SYS_pidfd_open - 434 + 447)
#endif
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#define SO_PEERPIDFD 77
#endif

#endif

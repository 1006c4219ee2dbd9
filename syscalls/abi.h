/* The i386 kernel ABI as bytes: structures, and the few constants that handlers compare with.
 * Owns no conversions. Guest 64-bit members are aligned to 4 bytes, hence the packing. */
#ifndef SYSCALLS_ABI_H
#define SYSCALLS_ABI_H

#include <assert.h>
#include <stdint.h>

#include "mm/mm.h"

#define GUEST_STRUCT __attribute__((packed, aligned(4)))

/* Guest errno values beyond those of mm.h. */
enum {
    G_ENXIO = 6,
    G_ECHILD = 10,
    G_EXDEV = 18,
    G_EISDIR = 21,
    G_ENFILE = 23,
    G_EMFILE = 24,
    G_EFBIG = 27,
    G_EROFS = 30,
    G_EPIPE = 32,
    G_ELOOP = 40,
    G_ETIMEDOUT = 110,
    G_ELIBBAD = 80,
};

struct guest_stat { /* struct compat_stat */
    uint32_t dev, ino;
    uint16_t mode, nlink, uid, gid;
    uint32_t rdev, size, blksize, blocks;
    uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
    uint32_t unused4, unused5;
} GUEST_STRUCT;
static_assert(sizeof(struct guest_stat) == 64, "struct stat of i386");

struct guest_stat64 {
    uint64_t dev;
    uint32_t pad0, ino32;
    uint32_t mode, nlink, uid, gid;
    uint64_t rdev;
    uint32_t pad3;
    int64_t size;
    uint32_t blksize;
    uint64_t blocks;
    uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
    uint64_t ino;
} GUEST_STRUCT;
static_assert(sizeof(struct guest_stat64) == 96, "struct stat64 of i386");

struct guest_statfs {
    uint32_t type, bsize, blocks, bfree, bavail, files, ffree;
    uint32_t fsid[2];
    uint32_t namelen, frsize, flags, spare[4];
} GUEST_STRUCT;
static_assert(sizeof(struct guest_statfs) == 64, "struct statfs of i386");

struct guest_statfs64 {
    uint32_t type, bsize;
    uint64_t blocks, bfree, bavail, files, ffree;
    uint32_t fsid[2];
    uint32_t namelen, frsize, flags, spare[4];
} GUEST_STRUCT;
static_assert(sizeof(struct guest_statfs64) == 84, "struct statfs64 of i386");

struct guest_iovec {
    uint32_t base, len;
};

struct guest_timespec32 {
    int32_t sec, nsec;
};

struct guest_timespec64 {
    int64_t sec, nsec;
} GUEST_STRUCT;

struct guest_timeval32 {
    int32_t sec, usec;
};

struct guest_itimerval {
    struct guest_timeval32 interval, value;
};

struct guest_rusage {
    struct guest_timeval32 utime, stime;
    int32_t field[14]; /* maxrss … nivcsw, in the kernel's order */
};
static_assert(sizeof(struct guest_rusage) == 72, "struct rusage of i386");

struct guest_rlimit {
    uint32_t cur, max;
};

struct guest_rlimit64 {
    uint64_t cur, max;
} GUEST_STRUCT;

struct guest_sysinfo {
    int32_t uptime;
    uint32_t loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
    uint16_t procs, pad;
    uint32_t totalhigh, freehigh, mem_unit;
    char fill[8];
};
static_assert(sizeof(struct guest_sysinfo) == 64, "struct sysinfo of i386");

struct guest_flock {
    int16_t type, whence;
    int32_t start, len, pid;
};

struct guest_flock64 {
    int16_t type, whence;
    int64_t start, len;
    int32_t pid;
} GUEST_STRUCT;
static_assert(sizeof(struct guest_flock64) == 24, "struct flock64 of i386");

struct guest_user_desc {
    uint32_t entry_number, base_addr, limit, flags;
};
/* user_desc.flags */
enum {
    UD_SEG_32BIT = 1,
    UD_CONTENTS = 6,
    UD_READ_EXEC_ONLY = 8,
    UD_LIMIT_IN_PAGES = 16,
    UD_NOT_PRESENT = 32,
    UD_USEABLE = 64,
};

struct guest_siginfo { /* struct compat_siginfo */
    int32_t signo, err, code;
    union {
        uint32_t pad[29];
        struct {
            int32_t pid;
            uint32_t uid;
        } kill;
        struct {
            int32_t tid, overrun;
            uint32_t value;
        } timer;
        struct {
            int32_t pid;
            uint32_t uid, value;
        } rt;
        struct {
            int32_t pid;
            uint32_t uid;
            int32_t status, utime, stime;
        } chld;
        struct {
            uint32_t addr;
        } fault;
        struct {
            int32_t band, fd;
        } poll;
        struct {
            uint32_t call_addr;
            int32_t syscall;
            uint32_t arch;
        } sys;
    };
};
static_assert(sizeof(struct guest_siginfo) == 128, "siginfo of i386");

/* sigaction.sa_flags */
enum {
    G_SA_NOCLDSTOP = 1,
    G_SA_EXPOSE_TAGBITS = 0x800,
    G_SA_NOCLDWAIT = 2,
    G_SA_SIGINFO = 4,
    G_SA_RESTORER = 0x04000000,
    G_SA_ONSTACK = 0x08000000,
    G_SA_RESTART = 0x10000000,
    G_SA_NODEFER = 0x40000000,
};
#define G_SA_RESETHAND 0x80000000u

/* stack_t.ss_flags */
enum { G_SS_ONSTACK = 1, G_SS_DISABLE = 2 };
#define G_SS_AUTODISARM 0x80000000u

/* Guest signal numbers that handlers compare with; the whole list is signo.def. */
enum {
    G_SIGILL = 4,
    G_SIGTRAP = 5,
    G_SIGABRT = 6,
    G_SIGBUS = 7,
    G_SIGFPE = 8,
    G_SIGKILL = 9,
    G_SIGSEGV = 11,
    G_SIGALRM = 14,
    G_SIGCHLD = 17,
    G_SIGCONT = 18,
    G_SIGSTOP = 19,
    G_SIGTSTP = 20,
    G_SIGTTIN = 21,
    G_SIGTTOU = 22,
    G_SIGURG = 23,
    G_SIGWINCH = 28,
    G_SIGSYS = 31,
    G_SIGRTMIN = 32,
};
enum { G_SIG_DFL = 0, G_SIG_IGN = 1 };

static inline uint64_t sigbit(int signo)
{
    return (uint64_t)1 << (signo - 1);
}

#endif

/* Descriptors: duplicates, pipes, fcntl with record locks, flock. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

long call_dup(struct call *c)
{
    return fd_result(c, dup((int)c->arg[0]));
}

static long dup_to(struct call *c, int from, uint32_t to, int flags)
{
    if (to >= c->s->p->nofile) return -G_EBADF;
    return sys_result(dup3(from, (int)to, flags));
}

long call_dup2(struct call *c)
{
    if (c->arg[0] == c->arg[1])
        return sys_result(fcntl((int)c->arg[0], F_GETFD)) < 0 ? -G_EBADF : (int)c->arg[1];
    return dup_to(c, (int)c->arg[0], c->arg[1], 0);
}

enum { G_O_CLOEXEC = 02000000, G_O_NONBLOCK = 04000, G_O_DIRECT = 040000 };

long call_dup3(struct call *c)
{
    if (c->arg[2] & ~(uint32_t)G_O_CLOEXEC || c->arg[0] == c->arg[1]) return -G_EINVAL;
    return dup_to(c, (int)c->arg[0], c->arg[1], c->arg[2] ? O_CLOEXEC : 0);
}

static long make_pipe(struct call *c, gaddr to, uint32_t flags)
{
    int fd[2];
    if (flags & ~(uint32_t)(G_O_CLOEXEC | G_O_NONBLOCK | G_O_DIRECT)) return -G_EINVAL;
    if (pipe2(fd, (int)flags_to_host(FT_OPEN, flags))) return sys_result(-1);
    return fd_pair_result(c, fd, to);
}

long call_pipe(struct call *c)
{
    return make_pipe(c, c->arg[0], 0);
}

long call_pipe2(struct call *c)
{
    return make_pipe(c, c->arg[0], c->arg[1]);
}

long call_flock(struct call *c)
{
    long a[6] = {(int)c->arg[0], (int)c->arg[1]}; /* the same numbers everywhere */
    return sys_wait(c, RESTART_SYS, SYS_flock, a);
}

static bool is_own(struct call *c, uint32_t fd)
{
    return fd_usable(c->s, fd) < 0;
}

/* The host's call on each run of descriptors between tierrun's own. */
long call_close_range(struct call *c)
{
    enum { CLOEXEC = 4, UNSHARE = 2 };
    uint32_t first = c->arg[0], last = c->arg[1], above = (uint32_t)c->s->p->fd_base + RESERVED_FDS;
    if (c->arg[2] & ~(uint32_t)(CLOEXEC | UNSHARE) || first > last) return -G_EINVAL;
    uint32_t end = last < above ? last : above; /* nothing above is tierrun's */
    long r = first > end ? sys_result(syscall(SYS_close_range, first, last, c->arg[2])) : 0;
    for (uint32_t fd = first; !r && fd <= end; fd++) {
        uint32_t from = fd;
        while (fd <= end && !is_own(c, fd))
            fd++;
        if (fd > from) r = sys_result(syscall(SYS_close_range, from, fd > end ? last : fd - 1, c->arg[2]));
    }
    return r;
}

/* --- fcntl --------------------------------------------------------------------------------------------- */

enum fcntl_cmd {
    G_F_DUPFD = 0,
    G_F_GETFL = 3,
    G_F_SETFL = 4,
    G_F_GETLK = 5,
    G_F_SETLK = 6,
    G_F_SETLKW = 7,
    G_F_SETSIG = 10,
    G_F_GETSIG = 11,
    G_F_GETLK64 = 12,
    G_F_SETLK64 = 13,
    G_F_SETLKW64 = 14,
    G_F_SETOWN_EX = 15,
    G_F_GETOWN_EX = 16,
    G_F_OFD_GETLK = 36,
    G_F_OFD_SETLK = 37,
    G_F_OFD_SETLKW = 38,
    G_F_DUPFD_CLOEXEC = 1030,
    G_O_LARGEFILE = 0100000,
};

/* The host's lock commands, by guest command; all hosts are 64-bit, so they take 64-bit locks. */
static int host_lock_command(uint32_t cmd)
{
    switch (cmd) {
    case G_F_GETLK:
    case G_F_GETLK64: return F_GETLK;
    case G_F_SETLK:
    case G_F_SETLK64: return F_SETLK;
    case G_F_SETLKW:
    case G_F_SETLKW64: return F_SETLKW;
    case G_F_OFD_GETLK: return F_OFD_GETLK;
    case G_F_OFD_SETLK: return F_OFD_SETLK;
    default: return F_OFD_SETLKW;
    }
}

static long get_lock(struct call *c, bool wide, struct flock *l)
{
    struct guest_flock g;
    struct guest_flock64 g64;
    if (wide && mm_read(c->mm, c->arg[2], &g64, sizeof g64)) return -G_EFAULT;
    if (!wide && mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    if (!wide) g64 = (struct guest_flock64){g.type, g.whence, g.start, g.len, g.pid};
    memset(l, 0, sizeof *l);
    l->l_type = (short)value_to_host(FT_LOCK, (uint32_t)g64.type);
    l->l_whence = g64.whence;
    l->l_start = g64.start;
    l->l_len = g64.len;
    l->l_pid = g64.pid;
    return 0;
}

/* A lock beyond what a 32-bit off_t can say (fixup_compat_flock). */
static long put_lock(struct call *c, bool wide, const struct flock *l)
{
    int16_t type = (int16_t)value_to_guest(FT_LOCK, (uint32_t)l->l_type);
    if (wide) {
        struct guest_flock64 g = {type, l->l_whence, l->l_start, l->l_len, l->l_pid};
        return mm_write(c->mm, c->arg[2], &g, sizeof g);
    }
    if (l->l_start > INT32_MAX) return -G_EOVERFLOW;
    int64_t len = l->l_len > INT32_MAX ? INT32_MAX : l->l_len;
    struct guest_flock g = {type, l->l_whence, (int32_t)l->l_start, (int32_t)len, l->l_pid};
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

static long lock(struct call *c, uint32_t cmd)
{
    bool wide = cmd >= G_F_GETLK64;
    struct flock l;
    long r = get_lock(c, wide, &l);
    if (r) return r;
    int host = host_lock_command(cmd);
    long a[6] = {(int)c->arg[0], host, (long)&l};
    r = sys_wait(c, RESTART_SYS, SYS_fcntl, a);
    return r || (host != F_GETLK && host != F_OFD_GETLK) ? r : put_lock(c, wide, &l);
}

static long get_status_flags(struct call *c)
{
    int fl = fcntl((int)c->arg[0], F_GETFL);
    if (fl < 0) return sys_result(fl);
    uint32_t large = fl & c->s->p->host_largefile ? G_O_LARGEFILE : 0;
    return (long)(flags_to_guest(FT_OPEN, (uint32_t)fl & ~3u) | ((uint32_t)fl & 3) | large);
}

static long own_signal(struct call *c, uint32_t cmd)
{
    if (cmd == G_F_GETSIG) {
        int sig = fcntl((int)c->arg[0], F_GETSIG);
        return sig > 0 ? signo_to_guest(sig) : sys_result(sig);
    }
    if (c->arg[2] > G_NSIG) return -G_EINVAL;
    return sys_result(fcntl((int)c->arg[0], F_SETSIG, c->arg[2] ? signo_to_host((int)c->arg[2]) : 0));
}

/* struct f_owner_ex: a kind and a number, the same everywhere. */
static long owner_ex(struct call *c, int host)
{
    int owner[2];
    bool set = host == F_SETOWN_EX;
    if (set && mm_read(c->mm, c->arg[2], owner, sizeof owner)) return -G_EFAULT;
    long r = sys_result(fcntl((int)c->arg[0], host, owner));
    return r || set ? r : mm_write(c->mm, c->arg[2], owner, sizeof owner);
}

static long control(struct call *c, uint32_t cmd)
{
    int fd = (int)c->arg[0], host = value_to_host(FT_FCNTL, cmd);
    switch (cmd) {
    case G_F_DUPFD:
    case G_F_DUPFD_CLOEXEC:
        if (c->arg[2] >= c->s->p->nofile) return -G_EINVAL;
        return fd_result(c, fcntl(fd, host, (int)c->arg[2]));
    case G_F_GETFL: return get_status_flags(c);
    case G_F_SETFL: return sys_result(fcntl(fd, F_SETFL, (int)flags_to_host(FT_OPEN, c->arg[2])));
    case G_F_SETSIG:
    case G_F_GETSIG: return own_signal(c, cmd);
    case G_F_SETOWN_EX:
    case G_F_GETOWN_EX: return owner_ex(c, host);
    case G_F_GETLK64:
    case G_F_SETLK64:
    case G_F_SETLKW64:
    case G_F_OFD_GETLK:
    case G_F_OFD_SETLK:
    case G_F_OFD_SETLKW:
    case G_F_GETLK:
    case G_F_SETLK:
    case G_F_SETLKW: return lock(c, cmd);
    default:
        if (host < 0) return -G_EINVAL;
        return sys_result(fcntl(fd, host, (int)c->arg[2]));
    }
}

long call_fcntl64(struct call *c)
{
    return control(c, c->arg[1]);
}

/* The older call knows 32-bit locks only (compat_sys_fcntl). */
long call_fcntl(struct call *c)
{
    uint32_t cmd = c->arg[1];
    bool wide =
        (cmd >= G_F_GETLK64 && cmd <= G_F_SETLKW64) || (cmd >= G_F_OFD_GETLK && cmd <= G_F_OFD_SETLKW);
    return wide ? -G_EINVAL : control(c, cmd);
}

/* Modes, owners and times of files. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "syscalls/ids.h"
#include "syscalls/hostdefs.h"
#include "syscalls/sys.h"

enum { G_AT_SYMLINK_NOFOLLOW = 0x100 };

static long chmod_at(struct call *c, int dir, gaddr path, uint32_t mode)
{
    char p[PATH_MAX];
    long r = path_at(c, dir, path, PATH_FOLLOW, p);
    return r ? r : sys_result(syscall(SYS_fchmodat, dir, p, mode));
}

long call_chmod(struct call *c)
{
    return chmod_at(c, AT_FDCWD, c->arg[0], c->arg[1]);
}

long call_fchmodat(struct call *c)
{
    return chmod_at(c, (int)c->arg[0], c->arg[1], c->arg[2]);
}

long call_fchmodat2(struct call *c)
{
    char p[PATH_MAX];
    long r = path_at(c, (int)c->arg[0], c->arg[1], c->arg[3] & AT_SYMLINK_NOFOLLOW, p);
    return r ? r : sys_result(syscall(SYS_fchmodat2, (int)c->arg[0], p, c->arg[2], c->arg[3]));
}

long call_fchmod(struct call *c)
{
    return sys_result(fchmod((int)c->arg[0], c->arg[1]));
}

static long chown_at(struct call *c, int dir, gaddr path, uint32_t uid, uint32_t gid, uint32_t flags)
{
    char p[PATH_MAX];
    long r = path_at(c, dir, path, flags & G_AT_SYMLINK_NOFOLLOW, p);
    return r ? r : sys_result(fchownat(dir, p, uid, gid, (int)flags));
}

long call_chown(struct call *c)
{
    return chown_at(c, AT_FDCWD, c->arg[0], ids_from_16(c->arg[1]), ids_from_16(c->arg[2]), 0);
}

long call_lchown(struct call *c)
{
    return chown_at(c, AT_FDCWD, c->arg[0], ids_from_16(c->arg[1]), ids_from_16(c->arg[2]),
                    G_AT_SYMLINK_NOFOLLOW);
}

long call_fchown(struct call *c)
{
    return sys_result(fchown((int)c->arg[0], ids_from_16(c->arg[1]), ids_from_16(c->arg[2])));
}

long call_chown32(struct call *c)
{
    return chown_at(c, AT_FDCWD, c->arg[0], c->arg[1], c->arg[2], 0);
}

long call_lchown32(struct call *c)
{
    return chown_at(c, AT_FDCWD, c->arg[0], c->arg[1], c->arg[2], G_AT_SYMLINK_NOFOLLOW);
}

long call_fchown32(struct call *c)
{
    return sys_result(fchown((int)c->arg[0], c->arg[1], c->arg[2]));
}

long call_fchownat(struct call *c)
{
    return chown_at(c, (int)c->arg[0], c->arg[1], c->arg[2], c->arg[3], c->arg[4]);
}

/* --- Times --------------------------------------------------------------------------------------------- */

/* A null path means the descriptor itself. */
static long set_times(struct call *c, int dir, gaddr path, const struct timespec *ts, uint32_t flags)
{
    char p[PATH_MAX];
    long r = path ? path_at(c, dir, path, flags & G_AT_SYMLINK_NOFOLLOW, p) : 0;
    return r ? r : sys_result(syscall(SYS_utimensat, dir, path ? p : NULL, ts, flags));
}

long call_utime(struct call *c)
{
    int32_t g[2];
    if (!c->arg[1]) return set_times(c, AT_FDCWD, c->arg[0], NULL, 0);
    if (mm_read(c->mm, c->arg[1], g, sizeof g)) return -G_EFAULT;
    struct timespec ts[2] = {{.tv_sec = g[0]}, {.tv_sec = g[1]}};
    return set_times(c, AT_FDCWD, c->arg[0], ts, 0);
}

static long set_timevals(struct call *c, int dir, gaddr path, gaddr times)
{
    struct timeval tv;
    struct timespec ts[2];
    for (unsigned i = 0; times && i < 2; i++) {
        if (time_get_val32(c, times + i * (gaddr)sizeof(struct guest_timeval32), &tv)) return -G_EFAULT;
        if (tv.tv_usec < 0 || tv.tv_usec >= 1000000) return -G_EINVAL;
        ts[i] = (struct timespec){tv.tv_sec, tv.tv_usec * 1000};
    }
    return set_times(c, dir, path, times ? ts : NULL, 0);
}

long call_utimes(struct call *c)
{
    return set_timevals(c, AT_FDCWD, c->arg[0], c->arg[1]);
}

long call_futimesat(struct call *c)
{
    return set_timevals(c, (int)c->arg[0], c->arg[1], c->arg[2]);
}

static long set_timespecs(struct call *c, long (*get)(struct call *, gaddr, struct timespec *), gaddr size)
{
    struct timespec ts[2];
    for (unsigned i = 0; c->arg[2] && i < 2; i++)
        if (get(c, c->arg[2] + i * size, &ts[i])) return -G_EFAULT;
    return set_times(c, (int)c->arg[0], c->arg[1], c->arg[2] ? ts : NULL, c->arg[3]);
}

long call_utimensat(struct call *c)
{
    return set_timespecs(c, time_get_spec32, sizeof(struct guest_timespec32));
}

long call_utimensat_time64(struct call *c)
{
    return set_timespecs(c, time_get_spec64, sizeof(struct guest_timespec64));
}

/* Namespaces and mounts. Numbers and flags are the same on all machines. */
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { MAX_DATA = 4096 };

/* A path only if the mount is of a folder elsewhere; else a device, a server or just a word. */
static long source_arg(struct call *c, char out[PATH_MAX])
{
    if (c->arg[3] & (MS_BIND | MS_MOVE)) return path_arg(c, c->arg[0], PATH_FOLLOW, out);
    long n = mm_read_string(c->mm, c->arg[0], out, PATH_MAX);
    return n < 0 ? n : 0;
}

/* Options are a string for all file systems that a 32-bit program may mount. */
long call_mount(struct call *c)
{
    char source[PATH_MAX], target[PATH_MAX], type[256], data[MAX_DATA];
    long r = c->arg[0] ? source_arg(c, source) : 0;
    if (!r) r = path_arg(c, c->arg[1], PATH_FOLLOW, target);
    if (!r && c->arg[2]) r = mm_read_string(c->mm, c->arg[2], type, sizeof type);
    if (r >= 0 && c->arg[4]) r = mm_read_string(c->mm, c->arg[4], data, sizeof data);
    if (r < 0) return r;
    return sys_result(mount(c->arg[0] ? source : NULL, target, c->arg[2] ? type : NULL, c->arg[3],
                            c->arg[4] ? data : NULL));
}

long call_umount2(struct call *c)
{
    enum { NOFOLLOW = 8 }; /* UMOUNT_NOFOLLOW */
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], c->arg[1] & NOFOLLOW ? PATH_NOFOLLOW : PATH_FOLLOW, p);
    return r ? r : sys_result(umount2(p, (int)c->arg[1]));
}

long call_umount(struct call *c)
{
    char p[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, p);
    return r ? r : sys_result(umount2(p, 0));
}

long call_pivot_root(struct call *c)
{
    char to[PATH_MAX], old[PATH_MAX];
    long r = path_arg(c, c->arg[0], PATH_FOLLOW, to);
    if (!r) r = path_arg(c, c->arg[1], PATH_FOLLOW, old);
    return r ? r : sys_result(syscall(SYS_pivot_root, to, old));
}

long call_unshare(struct call *c)
{
    return sys_result(unshare((int)c->arg[0]));
}

long call_setns(struct call *c)
{
    return sys_result(setns((int)c->arg[0], (int)c->arg[1]));
}

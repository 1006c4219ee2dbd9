/* User and group numbers, in 32 and in 16 bits, and supplementary groups. Raw host calls: this is one
 * thread's kernel state, not the C library's. */
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/ids.h"
#include "syscalls/sys.h"

long call_getuid32(struct call *c)
{
    (void)c;
    return getuid();
}

long call_geteuid32(struct call *c)
{
    (void)c;
    return geteuid();
}

long call_getgid32(struct call *c)
{
    (void)c;
    return getgid();
}

long call_getegid32(struct call *c)
{
    (void)c;
    return getegid();
}

long call_getuid(struct call *c)
{
    return ids_to_16((uint32_t)call_getuid32(c));
}

long call_geteuid(struct call *c)
{
    return ids_to_16((uint32_t)call_geteuid32(c));
}

long call_getgid(struct call *c)
{
    return ids_to_16((uint32_t)call_getgid32(c));
}

long call_getegid(struct call *c)
{
    return ids_to_16((uint32_t)call_getegid32(c));
}

/* --- Setting: up to three numbers, widened first in the 16-bit forms ----------------------------------- */

static long set(struct call *c, long host_call, bool wide)
{
    unsigned id[3];
    for (int i = 0; i < 3; i++)
        id[i] = wide ? c->arg[i] : ids_from_16(c->arg[i]);
    return sys_result(syscall(host_call, id[0], id[1], id[2]));
}

#define SETTER(name, host_call)           \
    long call_##name##32(struct call * c) \
    {                                     \
        return set(c, host_call, true);   \
    }                                     \
    long call_##name(struct call *c)      \
    {                                     \
        return set(c, host_call, false);  \
    }

SETTER(setuid, SYS_setuid)
SETTER(setgid, SYS_setgid)
SETTER(setreuid, SYS_setreuid)
SETTER(setregid, SYS_setregid)
SETTER(setresuid, SYS_setresuid)
SETTER(setresgid, SYS_setresgid)
SETTER(setfsuid, SYS_setfsuid)
SETTER(setfsgid, SYS_setfsgid)

static long put_three(struct call *c, long host_call, bool wide)
{
    unsigned id[3];
    long r = sys_result(syscall(host_call, &id[0], &id[1], &id[2]));
    for (int i = 0; i < 3 && !r; i++) {
        uint16_t narrow = ids_to_16(id[i]);
        r = wide ? mm_write(c->mm, c->arg[i], &id[i], 4) : mm_write(c->mm, c->arg[i], &narrow, 2);
    }
    return r;
}

long call_getresuid32(struct call *c)
{
    return put_three(c, SYS_getresuid, true);
}

long call_getresuid(struct call *c)
{
    return put_three(c, SYS_getresuid, false);
}

long call_getresgid32(struct call *c)
{
    return put_three(c, SYS_getresgid, true);
}

long call_getresgid(struct call *c)
{
    return put_three(c, SYS_getresgid, false);
}

/* --- Groups -------------------------------------------------------------------------------------------- */

static long get_groups(struct call *c, bool wide)
{
    gid_t list[NGROUPS_MAX];
    int size = (int)c->arg[0];
    if (size < 0) return -G_EINVAL;
    if (size > NGROUPS_MAX) size = NGROUPS_MAX;
    long n = sys_result(getgroups(size, list));
    for (long i = 0; size && i < n; i++) {
        uint16_t narrow = ids_to_16(list[i]);
        gaddr to = c->arg[1] + (gaddr)(i * (wide ? 4 : 2));
        if (wide ? mm_write(c->mm, to, &list[i], 4) : mm_write(c->mm, to, &narrow, 2)) return -G_EFAULT;
    }
    return n;
}

long call_getgroups32(struct call *c)
{
    return get_groups(c, true);
}

long call_getgroups(struct call *c)
{
    return get_groups(c, false);
}

static long set_groups(struct call *c, bool wide)
{
    gid_t list[NGROUPS_MAX];
    uint32_t n = c->arg[0];
    if (n > NGROUPS_MAX) return -G_EINVAL;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = 0;
        if (mm_read(c->mm, c->arg[1] + i * (wide ? 4 : 2), &id, wide ? 4 : 2)) return -G_EFAULT;
        list[i] = wide ? id : ids_from_16(id);
    }
    return sys_result(syscall(SYS_setgroups, (size_t)n, list));
}

long call_setgroups32(struct call *c)
{
    return set_groups(c, true);
}

long call_setgroups(struct call *c)
{
    return set_groups(c, false);
}

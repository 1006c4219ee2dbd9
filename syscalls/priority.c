/* Scheduling by attributes, and priorities of input and output. */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { FIRST_SIZE = 48, MAX_SIZE = 4096 }; /* SCHED_ATTR_SIZE_VER0 */

/* struct sched_attr is the same everywhere, and says its own size. */
long call_sched_setattr(struct call *c)
{
    uint8_t attr[MAX_SIZE] = {0};
    uint32_t size;
    if (!c->arg[1]) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[1], &size, sizeof size)) return -G_EFAULT;
    if (size > MAX_SIZE) return -G_E2BIG;
    if (mm_read(c->mm, c->arg[1], attr, size < FIRST_SIZE ? FIRST_SIZE : size)) return -G_EFAULT;
    memcpy(attr, &size, sizeof size);
    return sys_result(syscall(SYS_sched_setattr, (int)c->arg[0], attr, c->arg[2]));
}

long call_sched_getattr(struct call *c)
{
    uint8_t attr[MAX_SIZE];
    uint32_t size = c->arg[2];
    if (!c->arg[1] || size < FIRST_SIZE || size > MAX_SIZE) return -G_EINVAL;
    memset(attr, 0, size);
    long r = sys_result(syscall(SYS_sched_getattr, (int)c->arg[0], attr, size, c->arg[3]));
    if (r) return r;
    memcpy(&size, attr, sizeof size);
    return mm_write(c->mm, c->arg[1], attr, size < c->arg[2] ? size : c->arg[2]);
}

long call_ioprio_set(struct call *c)
{
    return sys_result(syscall(SYS_ioprio_set, (int)c->arg[0], (int)c->arg[1], (int)c->arg[2]));
}

long call_ioprio_get(struct call *c)
{
    return sys_result(syscall(SYS_ioprio_get, (int)c->arg[0], (int)c->arg[1]));
}

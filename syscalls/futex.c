/* futex: wait and wake on guest words. The host's futex works on the same bytes, so processes that share
 * memory meet. A word that the host cannot reach directly (an emulated file page) is refused with EFAULT. */
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"
#include "syscalls/poll.h"
#include "syscalls/sys.h"

enum { COMMANDS = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) };

static long word(struct call *c, gaddr a, void **host)
{
    struct iovec iov[2];
    size_t n = 4;
    if (a & 3) return -G_EINVAL;
    int k = mm_span(c->mm, a, &n, false, iov);
    if (k != 1 || n != 4) return -G_EFAULT;
    *host = iov[0].iov_base;
    return 0;
}

typedef long get_spec(struct call *c, gaddr a, struct timespec *ts);

/* A relative wait with a limit waits until a point in time, so that it can go on after an interruption;
 * restart_arg: word, operation, value. FUTEX_WAIT is FUTEX_WAIT_BITSET with all bits. */
static long wait_until(struct call *c)
{
    struct sys *s = c->s;
    void *w;
    long r = word(c, s->restart_arg[0], &w);
    if (r) return r;
    int op = FUTEX_WAIT_BITSET | ((int)s->restart_arg[1] & FUTEX_PRIVATE_FLAG);
    long a[6] = {(long)w, op, s->restart_arg[2], (long)&s->restart_until, 0, UINT32_MAX};
    return sys_wait(c, RESTART_BLOCK, SYS_futex, a);
}

static long wait_for(struct call *c, void *w, get_spec *get)
{
    struct timespec ts, *limit = c->arg[3] ? &ts : NULL;
    if (limit && get(c, c->arg[3], &ts)) return -G_EFAULT;
    if (limit && (ts.tv_sec < 0 || (unsigned long)ts.tv_nsec >= 1000000000)) return -G_EINVAL;
    if (limit && ((int)c->arg[1] & COMMANDS) == FUTEX_WAIT) {
        poll_deadline(&ts, &c->s->restart_until);
        c->s->restart_fn = wait_until;
        memcpy(c->s->restart_arg, c->arg, 3 * sizeof *c->arg);
        return wait_until(c);
    }
    long a[6] = {(long)w, (int)c->arg[1], c->arg[2], (long)limit, 0, c->arg[5]};
    return sys_wait(c, RESTART_SYS, SYS_futex, a);
}

static long futex(struct call *c, get_spec *get)
{
    void *w, *w2;
    long r = word(c, c->arg[0], &w);
    if (r) return r;
    switch ((int)c->arg[1] & COMMANDS) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: return wait_for(c, w, get);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        return sys_result(syscall(SYS_futex, w, (int)c->arg[1], c->arg[2], NULL, NULL, c->arg[5]));
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP:
        r = word(c, c->arg[4], &w2);
        if (r) return r;
        return sys_result(syscall(SYS_futex, w, (int)c->arg[1], c->arg[2], (long)c->arg[3], w2, c->arg[5]));
    default: return -G_ENOSYS;
    }
}

long call_futex(struct call *c)
{
    return futex(c, time_get_spec32);
}

long call_futex_time64(struct call *c)
{
    return futex(c, time_get_spec64);
}

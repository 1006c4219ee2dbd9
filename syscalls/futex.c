/* futex: wait and wake on guest words. The host's futex works on the same bytes, so processes that share
 * memory meet. Where the host cannot reach a word (its page is emulated because host pages are larger),
 * waiting is looking at it every few milliseconds, and waking is left to that. */
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"
#include "syscalls/poll.h"
#include "syscalls/sys.h"

enum { COMMANDS = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) };

/* *host is NULL for a word that only mm can reach. */
static long word(struct call *c, gaddr a, void **host)
{
    struct iovec iov[2];
    size_t n = 4;
    if (a & 3) return -G_EINVAL;
    int k = mm_span(c->mm, a, &n, false, iov);
    if (k < 0 || n != 4) return -G_EFAULT;
    *host = k == 1 ? iov[0].iov_base : NULL;
    return 0;
}

typedef long get_spec(struct call *c, gaddr a, struct timespec *ts);

/* Until the word changes, the absolute time on `clock` is reached (NULL: never), or a signal comes. */
static long watch(struct call *c, gaddr at, uint32_t value, int clock, const struct timespec *end)
{
    static const struct timespec slice = {.tv_nsec = 2000000};
    for (;;) {
        uint32_t now;
        struct timespec t;
        if (mm_read(c->mm, at, &now, sizeof now)) return -G_EFAULT;
        if (now != value) return 0;
        if (end && !clock_gettime(clock, &t) &&
            (t.tv_sec > end->tv_sec || (t.tv_sec == end->tv_sec && t.tv_nsec >= end->tv_nsec)))
            return -G_ETIMEDOUT;
        long a[6] = {CLOCK_MONOTONIC, 0, (long)&slice};
        long r = sys_wait(c, RESTART_BLOCK, SYS_clock_nanosleep, a);
        if (r) return r;
    }
}

/* Waits with an absolute limit or none. FUTEX_WAIT is FUTEX_WAIT_BITSET with all bits. */
static long wait_at(struct call *c, gaddr at, int op, uint32_t value, const struct timespec *end,
                    uint32_t bits)
{
    void *w;
    uint32_t now;
    long r = word(c, at, &w);
    if (r) return r;
    int clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    op = FUTEX_WAIT_BITSET | (op & (FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME));
    long a[6] = {(long)w, op, value, (long)end, 0, bits};
    if (w) return sys_wait(c, RESTART_BLOCK, SYS_futex, a);
    if (!bits) return -G_EINVAL;
    if (mm_read(c->mm, at, &now, sizeof now)) return -G_EFAULT;
    return now == value ? watch(c, at, value, clock, end) : -G_EAGAIN;
}

/* A relative wait goes on, after an interruption, until the same point in time. restart_arg: word, operation,
 * value. */
static long wait_until(struct call *c)
{
    struct sys *s = c->s;
    int op = (int)s->restart_arg[1] & FUTEX_PRIVATE_FLAG;
    return wait_at(c, s->restart_arg[0], op, s->restart_arg[2], &s->restart_until, UINT32_MAX);
}

static long wait_for(struct call *c, get_spec *get)
{
    struct timespec ts, *limit = c->arg[3] ? &ts : NULL;
    bool plain = ((int)c->arg[1] & COMMANDS) == FUTEX_WAIT;
    if (limit && get(c, c->arg[3], &ts)) return -G_EFAULT;
    if (limit && (ts.tv_sec < 0 || (unsigned long)ts.tv_nsec >= 1000000000)) return -G_EINVAL;
    if (limit && plain) {
        poll_deadline(&ts, &c->s->restart_until);
        c->s->restart_fn = wait_until;
        memcpy(c->s->restart_arg, c->arg, 3 * sizeof *c->arg);
        return wait_until(c);
    }
    uint32_t bits = plain ? UINT32_MAX : c->arg[5];
    long r = wait_at(c, c->arg[0], (int)c->arg[1], c->arg[2], limit, bits);
    return r == -RESTART_BLOCK ? -RESTART_SYS : r;
}

/* Waiters look for themselves, but for those that went to sleep in the host when it still reached the word:
 * a private word's queue is found by its address alone. */
static long wake_watched(struct call *c, int command, unsigned count)
{
    uint32_t now;
    if (command == FUTEX_WAKE_OP) return -G_ENOSYS;
    if (command == FUTEX_CMP_REQUEUE) {
        if (mm_read(c->mm, c->arg[0], &now, sizeof now)) return -G_EFAULT;
        if (now != c->arg[5]) return -G_EAGAIN;
    }
    long woken =
        syscall(SYS_futex, mm_host(mm_base(c->mm), c->arg[0]), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count);
    return woken > 0 ? woken : 0;
}

/* Locks that hand priorities on: the host's kernel finds the owner by its thread's number, which is the
 * guest's. The limit is absolute. */
static long lock_pi(struct call *c, void *w, void *w2, get_spec *get)
{
    struct timespec ts, *limit = c->arg[3] ? &ts : NULL;
    if (!w) return -G_ENOSYS;
    if (limit && get(c, c->arg[3], &ts)) return -G_EFAULT;
    long a[6] = {(long)w, (int)c->arg[1], c->arg[2], (long)limit, (long)w2};
    return sys_wait(c, RESTART_NOINTR, SYS_futex, a);
}

static long futex(struct call *c, get_spec *get)
{
    void *w, *w2;
    long r = word(c, c->arg[0], &w);
    if (r) return r;
    int command = (int)c->arg[1] & COMMANDS;
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: return wait_for(c, get);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        if (!w) return wake_watched(c, command, c->arg[2]);
        return sys_result(syscall(SYS_futex, w, (int)c->arg[1], c->arg[2], NULL, NULL, c->arg[5]));
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_TRYLOCK_PI:
    case FUTEX_UNLOCK_PI: return lock_pi(c, w, NULL, get);
    case FUTEX_WAIT_REQUEUE_PI:
        r = word(c, c->arg[4], &w2);
        return r ? r : w2 ? lock_pi(c, w, w2, get) : -G_ENOSYS;
    case FUTEX_CMP_REQUEUE_PI:
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP:
        r = word(c, c->arg[4], &w2);
        if (r) return r;
        if (!w || !w2) return wake_watched(c, command, INT_MAX);
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

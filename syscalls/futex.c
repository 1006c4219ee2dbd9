/* futex: wait and wake on guest words. The host's futex works on the same bytes, so processes that share
 * memory meet. Where the host cannot reach a word (its page is emulated because host pages are larger),
 * threads of this process wake each other by a word of tierrun's own; for what others do, the word is looked
 * at every few milliseconds. */
#include <errno.h>
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

static bool has_passed(int clock, const struct timespec *end)
{
    struct timespec t;
    return end && !clock_gettime(clock, &t) &&
           (t.tv_sec > end->tv_sec || (t.tv_sec == end->tv_sec && t.tv_nsec >= end->tv_nsec));
}

/* Until it is woken, the word changes, the absolute time on `clock` is reached (NULL: never), or a signal
 * comes. */
static long stay_parked(struct call *c, uint32_t value, int clock, const struct timespec *end)
{
    static const struct timespec slice = {.tv_nsec = 2000000};
    struct parked *me = &c->s->parked;
    const gaddr at = me->at;
    uint32_t now;
    if (mm_read(c->mm, at, &now, sizeof now)) return -G_EFAULT;
    if (now != value) return -G_EAGAIN;
    while (now == value || me->at != at) { /* moved to another word, it is not compared */
        if (has_passed(clock, end)) return -G_ETIMEDOUT;
        long a[6] = {(long)&me->woken, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, (long)&slice};
        long r = sys_wait(c, RESTART_BLOCK, SYS_futex, a);
        if (me->woken) return 0;
        if (r && r != -G_ETIMEDOUT) return r;
        if (mm_read(c->mm, at, &now, sizeof now)) return -G_EFAULT;
    }
    return 0;
}

static long park(struct call *c, gaddr at, uint32_t value, int clock, const struct timespec *end,
                 uint32_t bits)
{
    if (!bits) return -G_EINVAL;
    c->s->parked = (struct parked){.at = at, .bits = bits};
    long r = stay_parked(c, value, clock, end);
    c->s->parked.bits = 0;
    return r;
}

unsigned futex_unpark(struct sys *s, gaddr at, uint32_t bits, unsigned count)
{
    unsigned woken = 0;
    for (struct sys *t = s->p->threads; t && woken < count; t = t->next_thread) {
        if (t->parked.at != at || !(t->parked.bits & bits) || t->parked.woken) continue;
        __atomic_store_n(&t->parked.woken, 1, __ATOMIC_SEQ_CST);
        syscall(SYS_futex, &t->parked.woken, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
        woken++;
    }
    return woken;
}

/* Waits with an absolute limit or none. FUTEX_WAIT is FUTEX_WAIT_BITSET with all bits. */
static long wait_at(struct call *c, gaddr at, int op, uint32_t value, const struct timespec *end,
                    uint32_t bits)
{
    void *w;
    long r = word(c, at, &w);
    if (r) return r;
    int clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    op = FUTEX_WAIT_BITSET | (op & (FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME));
    long a[6] = {(long)w, op, value, (long)end, 0, bits};
    return w ? sys_wait(c, RESTART_BLOCK, SYS_futex, a) : park(c, at, value, clock, end, bits);
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

/* Threads parked at one word wait for another one from now on. */
static unsigned move_parked(struct call *c, gaddr from, gaddr to, unsigned count)
{
    unsigned moved = 0;
    for (struct sys *t = c->s->p->threads; t && moved < count; t = t->next_thread) {
        if (t->parked.at != from || !t->parked.bits || t->parked.woken) continue;
        t->parked.at = to;
        moved++;
    }
    return moved;
}

/* Those that went to sleep in the host when it still reached the word: a private word's queue is found by its
 * address alone. */
static unsigned wake_unreached(struct call *c, unsigned count, uint32_t bits)
{
    long woken = syscall(SYS_futex, mm_host(mm_base(c->mm), c->arg[0]),
                         FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, count, NULL, NULL, bits);
    return woken > 0 ? (unsigned)woken : 0;
}

static long wake_parked(struct call *c, uint32_t bits)
{
    unsigned count = c->arg[2] > INT_MAX ? INT_MAX : c->arg[2];
    if (!bits) return -G_EINVAL;
    unsigned woken = futex_unpark(c->s, c->arg[0], bits, count);
    return woken < count ? woken + wake_unreached(c, count - woken, bits) : woken;
}

/* The field of a FUTEX_WAKE_OP operation from that bit on, 12 bits with a sign. */
static int32_t op_number(uint32_t op, unsigned bit)
{
    return (int32_t)(op >> bit << 20) >> 20;
}

static bool op_compares(uint32_t op, int32_t old)
{
    int32_t with = op_number(op, 0);
    switch (op >> 24 & 15) {
    case FUTEX_OP_CMP_EQ: return old == with;
    case FUTEX_OP_CMP_NE: return old != with;
    case FUTEX_OP_CMP_LT: return old < with;
    case FUTEX_OP_CMP_LE: return old <= with;
    case FUTEX_OP_CMP_GT: return old > with;
    case FUTEX_OP_CMP_GE: return old >= with;
    default: return false;
    }
}

static uint32_t op_result(uint32_t op, uint32_t old)
{
    uint32_t arg = (uint32_t)op_number(op, 12);
    if (op >> 28 & FUTEX_OP_OPARG_SHIFT) arg = 1u << (arg & 31);
    switch (op >> 28 & 7) {
    case FUTEX_OP_SET: return arg;
    case FUTEX_OP_ADD: return old + arg;
    case FUTEX_OP_OR: return old | arg;
    case FUTEX_OP_ANDN: return old & ~arg;
    default: return old ^ arg;
    }
}

/* FUTEX_WAKE_OP: changes the second word, wakes at the first one, and at the second one if it was so. */
static long wake_op_parked(struct call *c)
{
    uint32_t old, op = c->arg[5];
    if ((op >> 28 & 7) > FUTEX_OP_XOR || (op >> 24 & 15) > FUTEX_OP_CMP_GE) return -G_ENOSYS;
    turn_stop(&c->s->p->turn); /* as one operation */
    if (mm_read(c->mm, c->arg[4], &old, sizeof old)) return -G_EFAULT;
    uint32_t now = op_result(op, old);
    if (mm_write(c->mm, c->arg[4], &now, sizeof now)) return -G_EFAULT;
    unsigned woken = futex_unpark(c->s, c->arg[0], UINT32_MAX, c->arg[2]);
    if (op_compares(op, (int32_t)old)) woken += futex_unpark(c->s, c->arg[4], UINT32_MAX, c->arg[3]);
    return woken + wake_unreached(c, INT_MAX, UINT32_MAX);
}

/* One of the two words, or both, are out of the host's reach. Who waits in the host is woken instead of
 * moved. */
static long requeue_parked(struct call *c, int command)
{
    uint32_t now;
    if (command == FUTEX_WAKE_OP) return wake_op_parked(c);
    if ((int32_t)c->arg[2] < 0 || (int32_t)c->arg[3] < 0) return -G_EINVAL;
    if (command == FUTEX_CMP_REQUEUE) {
        if (mm_read(c->mm, c->arg[0], &now, sizeof now)) return -G_EFAULT;
        if (now != c->arg[5]) return -G_EAGAIN;
    }
    unsigned woken = futex_unpark(c->s, c->arg[0], UINT32_MAX, c->arg[2]);
    woken += move_parked(c, c->arg[0], c->arg[4], c->arg[3]);
    return woken + wake_unreached(c, INT_MAX, UINT32_MAX);
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

static bool has_clock(int command)
{
    return command == FUTEX_WAIT_BITSET || command == FUTEX_WAIT_REQUEUE_PI || command == FUTEX_LOCK_PI2;
}

/* Among threads the address is all that names the word: nobody waits where nothing is. */
static bool is_private_wake(const struct call *c, int command)
{
    return c->arg[1] & FUTEX_PRIVATE_FLAG && (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET);
}

static long futex(struct call *c, get_spec *get)
{
    void *w, *w2;
    int command = (int)c->arg[1] & COMMANDS;
    if (c->arg[1] & FUTEX_CLOCK_REALTIME && !has_clock(command)) return -G_ENOSYS;
    if ((command == FUTEX_WAIT_BITSET || command == FUTEX_WAKE_BITSET) && !c->arg[5]) return -G_EINVAL;
    long r = word(c, c->arg[0], &w);
    if (r == -G_EFAULT && is_private_wake(c, command)) return 0;
    if (r) return r;
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: return wait_for(c, get);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        if (!w) return wake_parked(c, command == FUTEX_WAKE ? UINT32_MAX : c->arg[5]);
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
        if (!w || !w2) return requeue_parked(c, command);
        return sys_result(syscall(SYS_futex, w, (int)c->arg[1], c->arg[2], (long)c->arg[3], w2, c->arg[5]));
    default: return -G_ENOSYS;
    }
}

/* Which of the words has changed; -1: none. */
static long changed(struct call *c, const struct futex_waitv *v, const gaddr *at, uint32_t n)
{
    uint32_t now;
    for (uint32_t i = 0; i < n; i++)
        if (mm_read(c->mm, at[i], &now, sizeof now) || now != (uint32_t)v[i].val) return (long)i;
    return -1;
}

/* The host cannot reach all of the words: they are looked at until one has changed. */
static long watch_words(struct call *c, const struct futex_waitv *v, const gaddr *at, uint32_t n, int clock,
                        const struct timespec *end)
{
    static const struct timespec slice = {.tv_nsec = 2000000};
    if (changed(c, v, at, n) >= 0) return -G_EAGAIN;
    long a[6] = {CLOCK_MONOTONIC, 0, (long)&slice};
    for (;;) {
        long which = changed(c, v, at, n);
        if (which >= 0) return which;
        if (has_passed(clock, end)) return -errno_to_guest(ETIMEDOUT);
        long r = sys_wait(c, RESTART_SYS, SYS_clock_nanosleep, a);
        if (r) return r;
    }
}

/* struct futex_waitv: the same everywhere, but the addresses are the guest's. The limit is absolute. */
long call_futex_waitv(struct call *c)
{
    enum { MOST = 128 };
    struct futex_waitv v[MOST];
    struct timespec ts, *limit = c->arg[3] ? &ts : NULL;
    uint32_t n = c->arg[1];
    if (c->arg[2] || !n || n > MOST || !c->arg[0]) return -G_EINVAL;
    if (limit && time_get_spec64(c, c->arg[3], &ts)) return -G_EFAULT;
    if (mm_read(c->mm, c->arg[0], v, n * sizeof *v)) return -G_EFAULT;
    gaddr at[MOST];
    bool reached = true;
    for (uint32_t i = 0; i < n; i++) {
        void *w;
        long r = v[i].uaddr > UINT32_MAX ? -G_EFAULT : word(c, at[i] = (gaddr)v[i].uaddr, &w);
        if (r) return r;
        reached &= w != NULL;
        v[i].uaddr = (uintptr_t)w;
    }
    bool known_clock = c->arg[4] == CLOCK_MONOTONIC || c->arg[4] == CLOCK_REALTIME;
    if (limit && !known_clock) return -G_EINVAL;
    if (!reached) return watch_words(c, v, at, n, (int)c->arg[4], limit);
    long a[6] = {(long)v, n, 0, (long)limit, (int)c->arg[4]};
    return sys_wait(c, RESTART_SYS, SYS_futex_waitv, a);
}

long call_futex(struct call *c)
{
    return futex(c, time_get_spec32);
}

long call_futex_time64(struct call *c)
{
    return futex(c, time_get_spec64);
}

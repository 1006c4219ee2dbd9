/* The signal system calls: actions, masks, waiting for and queueing signals. Mask and dispositions are kept
 * by signal.c; frames and sigaltstack are frame.c's. */
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/sys.h"

/* --- Actions ------------------------------------------------------------------------------------------- */

struct guest_sigaction { /* rt_sigaction's */
    uint32_t handler, flags, restorer;
    uint64_t mask;
} GUEST_STRUCT;
static_assert(sizeof(struct guest_sigaction) == 20, "struct sigaction of i386");

struct guest_old_sigaction {
    uint32_t handler, mask, flags, restorer;
};

#define G_SA_KNOWN                                                                                         \
    (G_SA_NOCLDSTOP | G_SA_NOCLDWAIT | G_SA_SIGINFO | G_SA_EXPOSE_TAGBITS | G_SA_RESTORER | G_SA_ONSTACK | \
     G_SA_RESTART | G_SA_NODEFER | G_SA_RESETHAND)

/* SIGCHLD's flags act in the kernel, on children that nobody waits for. */
static void forward_child_flags(const struct guest_action *a)
{
    struct sigaction sa;
    if (sigaction(SIGCHLD, NULL, &sa)) return;
    sa.sa_flags &= ~(SA_NOCLDSTOP | SA_NOCLDWAIT);
    if (a->flags & G_SA_NOCLDSTOP) sa.sa_flags |= SA_NOCLDSTOP;
    if (a->flags & G_SA_NOCLDWAIT) sa.sa_flags |= SA_NOCLDWAIT;
    sigaction(SIGCHLD, &sa, NULL);
}

static void drop_held(struct sys *s, int signo)
{
    for (int i = 0; i < HELD_MAX; i++)
        if (s->held[i].signo == signo) s->held[i].full = 0;
}

static long set_action(struct sys *s, uint32_t signo, const struct guest_action *new,
                       struct guest_action *old)
{
    if (signo < 1 || signo > G_NSIG || (new && (signo == G_SIGKILL || signo == G_SIGSTOP))) return -G_EINVAL;
    *old = s->p->action[signo];
    if (!new) return 0;
    struct guest_action *a = &s->p->action[signo];
    *a = *new;
    a->flags &= G_SA_KNOWN;
    a->mask &= ~(sigbit(G_SIGKILL) | sigbit(G_SIGSTOP));
    signal_fix_host(s, (int)signo);
    if (signo == G_SIGCHLD) forward_child_flags(a);
    if (signal_is_ignored(s, (int)signo)) drop_held(s, (int)signo);
    return 0;
}

long call_rt_sigaction(struct call *c)
{
    struct guest_sigaction g;
    struct guest_action new, old;
    if (c->arg[3] != sizeof g.mask) return -G_EINVAL;
    if (c->arg[1]) {
        if (mm_read(c->mm, c->arg[1], &g, sizeof g)) return -G_EFAULT;
        new = (struct guest_action){g.handler, g.flags, g.restorer, g.mask};
    }
    long r = set_action(c->s, c->arg[0], c->arg[1] ? &new : NULL, &old);
    if (r || !c->arg[2]) return r;
    g = (struct guest_sigaction){old.handler, old.flags, old.restorer, old.mask};
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

long call_sigaction(struct call *c)
{
    struct guest_old_sigaction g;
    struct guest_action new, old;
    if (c->arg[1]) {
        if (mm_read(c->mm, c->arg[1], &g, sizeof g)) return -G_EFAULT;
        new = (struct guest_action){g.handler, g.flags, g.restorer, g.mask};
    }
    long r = set_action(c->s, c->arg[0], c->arg[1] ? &new : NULL, &old);
    if (r || !c->arg[2]) return r;
    g = (struct guest_old_sigaction){old.handler, (uint32_t)old.mask, old.flags, old.restorer};
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

/* The System V form: one shot, and not blocked while it runs. */
long call_signal(struct call *c)
{
    struct guest_action old, new = {.handler = c->arg[1], .flags = G_SA_RESETHAND | G_SA_NODEFER};
    long r = set_action(c->s, c->arg[0], &new, &old);
    return r ? r : (long)old.handler;
}

/* --- Masks --------------------------------------------------------------------------------------------- */

static long change_mask(struct sys *s, uint32_t how, uint64_t set)
{
    enum { BLOCK, UNBLOCK, SETMASK };
    switch (how) {
    case BLOCK: signal_set_mask(s, s->mask | set); return 0;
    case UNBLOCK: signal_set_mask(s, s->mask & ~set); return 0;
    case SETMASK: signal_set_mask(s, set); return 0;
    default: return -G_EINVAL;
    }
}

long call_rt_sigprocmask(struct call *c)
{
    uint64_t old = c->s->mask, set;
    if (c->arg[3] != sizeof set) return -G_EINVAL;
    if (c->arg[1]) {
        if (mm_read(c->mm, c->arg[1], &set, sizeof set)) return -G_EFAULT;
        long r = change_mask(c->s, c->arg[0], set);
        if (r) return r;
    }
    return c->arg[2] ? mm_write(c->mm, c->arg[2], &old, sizeof old) : 0;
}

/* The old calls know the first 32 signals; SETMASK leaves the others as they are. */
long call_sigprocmask(struct call *c)
{
    enum { SETMASK = 2 };
    uint64_t old = c->s->mask;
    uint32_t set, out = (uint32_t)old;
    if (c->arg[1]) {
        if (mm_read(c->mm, c->arg[1], &set, sizeof set)) return -G_EFAULT;
        uint64_t high = c->arg[0] == SETMASK ? old & ~(uint64_t)UINT32_MAX : 0;
        long r = change_mask(c->s, c->arg[0], set | high);
        if (r) return r;
    }
    return c->arg[2] ? mm_write(c->mm, c->arg[2], &out, sizeof out) : 0;
}

long call_sgetmask(struct call *c)
{
    return (long)(uint32_t)c->s->mask;
}

long call_ssetmask(struct call *c)
{
    uint32_t old = (uint32_t)c->s->mask;
    signal_set_mask(c->s, c->arg[0]);
    return old;
}

/* What the kernel has, and what is held here. */
static uint64_t pending(struct sys *s)
{
    sigset_t h;
    memset(&h, 0, sizeof h);
    syscall(SYS_rt_sigpending, &h, _NSIG / 8);
    uint64_t set = sigset_to_guest(&h);
    for (int i = 0; i < HELD_MAX; i++)
        if (s->held[i].full) set |= sigbit(s->held[i].signo);
    return set & s->mask;
}

long call_rt_sigpending(struct call *c)
{
    uint64_t set = pending(c->s);
    if (c->arg[1] > sizeof set) return -G_EINVAL;
    return mm_write(c->mm, c->arg[0], &set, c->arg[1]);
}

long call_sigpending(struct call *c)
{
    uint32_t set = (uint32_t)pending(c->s);
    return mm_write(c->mm, c->arg[0], &set, sizeof set);
}

/* --- Waiting ------------------------------------------------------------------------------------------- */

static long suspend(struct call *c, uint64_t mask)
{
    sigset_t host;
    signal_mask_begin(c, mask, &host);
    long a[6] = {(long)&host, _NSIG / 8};
    return signal_mask_end(c, sys_wait(c, RESTART_NOHAND, SYS_rt_sigsuspend, a));
}

long call_rt_sigsuspend(struct call *c)
{
    uint64_t mask;
    long r = signal_get_mask(c, c->arg[0], c->arg[1], &mask);
    return r ? r : suspend(c, mask);
}

long call_sigsuspend(struct call *c) /* (unused, unused, mask) */
{
    return suspend(c, c->arg[2]);
}

/* ppoll() of nothing: until a signal is caught. */
long call_pause(struct call *c)
{
    long none[6] = {0};
    return sys_wait(c, RESTART_NOHAND, SYS_ppoll, none);
}

static bool take_held(struct sys *s, uint64_t set, int *signo, siginfo_t *info)
{
    for (int i = 0; i < HELD_MAX; i++) {
        struct caught *h = &s->held[i];
        if (!h->full || !(set & sigbit(h->signo))) continue;
        *signo = h->signo;
        *info = h->info;
        h->full = 0;
        return true;
    }
    return false;
}

static long timed_wait(struct call *c, long (*get)(struct call *, gaddr, struct timespec *))
{
    uint64_t set;
    struct timespec ts;
    siginfo_t info;
    sigset_t host;
    int signo;
    long r = signal_get_mask(c, c->arg[0], c->arg[3], &set);
    if (!r && c->arg[2]) r = get(c, c->arg[2], &ts);
    if (r) return r;
    set &= ~(sigbit(G_SIGKILL) | sigbit(G_SIGSTOP));
    if (!take_held(c->s, set, &signo, &info)) {
        sigset_to_host(set, &host);
        long a[6] = {(long)&host, (long)&info, c->arg[2] ? (long)&ts : 0, _NSIG / 8};
        r = sys_wait(c, G_EINTR, SYS_rt_sigtimedwait, a);
        if (r < 0 || catch_is_kick(&info)) return r < 0 ? r : -G_EINTR;
        signo = signo_to_guest((int)r);
    }
    struct guest_siginfo g;
    siginfo_to_guest(&info, signo, &g);
    if (c->arg[1] && mm_write(c->mm, c->arg[1], &g, sizeof g)) return -G_EFAULT;
    return signo;
}

long call_rt_sigtimedwait(struct call *c)
{
    return timed_wait(c, time_get_spec32);
}

long call_rt_sigtimedwait_time64(struct call *c)
{
    return timed_wait(c, time_get_spec64);
}

/* --- Queueing ------------------------------------------------------------------------------------------ */

static long get_info(struct call *c, gaddr at, uint32_t tid, uint32_t signo, siginfo_t *info)
{
    struct guest_siginfo g;
    if (mm_read(c->mm, at, &g, sizeof g)) return -G_EFAULT;
    g.signo = (int32_t)signo;
    if (signo > G_NSIG || (signo && !signo_to_host((int)signo))) return -G_EINVAL;
    siginfo_to_host(&g, info);
    if ((pid_t)tid == c->s->tid) siginfo_mark_sent(info);
    return 0;
}

long call_rt_sigqueueinfo(struct call *c)
{
    siginfo_t info;
    long r = get_info(c, c->arg[2], c->arg[0], c->arg[1], &info);
    return r ? r : sys_result(syscall(SYS_rt_sigqueueinfo, (int)c->arg[0], info.si_signo, &info));
}

long call_rt_tgsigqueueinfo(struct call *c)
{
    siginfo_t info;
    long r = get_info(c, c->arg[3], c->arg[1], c->arg[2], &info);
    if (r) return r;
    return sys_result(syscall(SYS_rt_tgsigqueueinfo, (int)c->arg[0], (int)c->arg[1], info.si_signo, &info));
}

/* Host signals on their way to the guest. Owns what the host's handler does, async-signal-safe, and the place
 * where a caught signal waits. Delivery is deliver.c's.
 *
 * One signal at a time: the handler stores it in s->caught and returns with all others blocked, so that the
 * kernel keeps the rest in its order. A SIGSEGV or SIGBUS that somebody sent while the guest blocks it is
 * held here, because the host cannot block it. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "syscalls/sys.h"

/* Repeated by a timer while a blocking call must end (wait.c). The guest may use this number too: its own
 * signals are told from ours by si_code and value. Not the last ones, which qemu-user cannot give. */
enum { KICK_SIGNAL = 61, KICK_NS = 1000000 };

static const char kick_mark; /* its address is what our own kicks carry */

static void block_all(ucontext_t *uc, bool but_kick)
{
    uint64_t mask = signal_host_mask_of(~(uint64_t)0);
    if (but_kick) mask &= ~sigbit(KICK_SIGNAL);
    sigset_t set;
    sigset_to_host(mask, &set);
    memcpy(&uc->uc_sigmask, &set, _NSIG / 8);
}

static void on_kick(int signo)
{
    (void)signo;
}

/* Unless the guest has a handler of that number: then ours of all signals is there. */
static void install_kick(void)
{
    struct sigaction sa;
    if (sigaction(KICK_SIGNAL, NULL, &sa) || (sa.sa_handler != SIG_DFL && sa.sa_handler != SIG_IGN)) return;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_kick;
    sigaction(KICK_SIGNAL, &sa, NULL);
}

void catch_kick(struct sys *s)
{
    siginfo_t info = {.si_signo = KICK_SIGNAL, .si_code = SI_QUEUE};
    info.si_value.sival_ptr = (void *)(uintptr_t)&kick_mark;
    info.si_pid = getpid();
    install_kick();
    syscall(SYS_rt_tgsigqueueinfo, getpid(), s->tid, KICK_SIGNAL, &info);
}

static bool make_kick_timer(struct sys *s)
{
    struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = KICK_SIGNAL};
    ev.sigev_value.sival_ptr = (void *)(uintptr_t)&kick_mark;
    ev._sigev_un._tid = s->tid;
    install_kick();
    if (timer_create(CLOCK_MONOTONIC, &ev, &s->kick_timer)) return false;
    s->kick_owner = s->tid;
    return true;
}

static void start_kick(struct sys *s)
{
    static const struct itimerspec every = {{0, KICK_NS}, {0, KICK_NS}};
    if (s->kick_owner != s->tid && !make_kick_timer(s)) return;
    s->kicking = 1;
    timer_settime(s->kick_timer, 0, &every, NULL);
}

bool catch_is_kick(const siginfo_t *info)
{
    /* No guest can send this value. Not si_code: under qemu-user it is another machine's. */
    return info->si_signo == KICK_SIGNAL && info->si_code < 0 && info->si_value.sival_ptr == &kick_mark;
}

/* By the number of one of its threads, a process may send itself what only kernels send. */
static void requeue_for_all(int host, siginfo_t *info)
{
    syscall(SYS_rt_sigqueueinfo, syscall(SYS_gettid), host, info);
}

/* What was sent to the process may be taken by any thread again. (That of a queued record cannot be told from
 * one of pthread_sigqueue(); to give it to another thread is better than to lose it.) */
void catch_requeue(const struct sys *s, int g, const siginfo_t *info)
{
    siginfo_t copy = *info;
    int host = signo_to_host(g);
    copy.si_signo = host;
    if (s->p->thread_count > 1 && info->si_code != SI_TKILL)
        requeue_for_all(host, &copy);
    else
        syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), host, &copy);
}

static void hand_on(struct sys *s, struct caught *c)
{
    if (c->full && c->info.si_code != SI_TKILL) catch_requeue(s, c->signo, &c->info);
    c->full = 0;
}

void catch_hand_on(struct sys *s)
{
    hand_on(s, &s->caught);
    for (int i = 0; i < HELD_MAX; i++)
        hand_on(s, &s->held[i]);
}

static void hold(struct sys *s, int g, const siginfo_t *info)
{
    struct caught *free_one = NULL;
    for (int i = 0; i < HELD_MAX; i++) {
        struct caught *h = &s->held[i];
        if (h->full && h->signo == g && g < G_SIGRTMIN) return; /* standard signals do not queue */
        if (!h->full) free_one = h;
    }
    if (!free_one) return;
    free_one->signo = g;
    free_one->info = *info;
    free_one->full = 1;
}

uint64_t catch_unblock_kick(uint64_t host_mask)
{
    return host_mask & ~sigbit(KICK_SIGNAL);
}

/* While the kick's number was unblocked for our own sake, the guest's signals of that number were caught,
 * too. They go back to the kernel, which keeps them until the guest unblocks them. */
void catch_release_kicks(struct sys *s)
{
    bool any = false;
    for (int i = 0; i < HELD_MAX; i++)
        any |= s->held[i].full && s->held[i].signo == KICK_SIGNAL;
    if (!any) return;
    sigset_t all;
    sigset_to_host(signal_host_mask_of(~(uint64_t)0), &all);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, _NSIG / 8);
    for (int i = 0; i < HELD_MAX; i++) {
        struct caught *h = &s->held[i];
        if (!h->full || h->signo != KICK_SIGNAL) continue;
        catch_requeue(s, h->signo, &h->info);
        h->full = 0;
    }
    signal_set_mask(s, s->mask);
}

void catch_stop_kick(struct sys *s)
{
    static const struct itimerspec never;
    timer_settime(s->kick_timer, 0, &never, NULL);
    s->kicking = 0;
    catch_release_kicks(s);
}

void sys_host_signal_sig(struct sys *s, struct cpu *cpu, int signo, const siginfo_t *info, void *ucontext)
{
    if (catch_is_kick(info)) return;
    int g = signo_to_guest(signo);
    if (!g) return;
    bool blocked = s->mask & sigbit(g);
    if (blocked || s->caught.full) {
        hold(s, g, info);
    } else {
        s->caught.signo = g;
        s->caught.info = *info;
        s->caught.full = 1;
    }
    if (blocked) return;
    cpu_ask(cpu, true);
    block_all(ucontext, s->window);
    if (s->window && !s->kicking) start_kick(s);
}

/* A child has none of its parent's pending signals. */
void catch_forked(struct sys *s)
{
    s->kicking = 0;
    s->caught.full = 0;
    for (int i = 0; i < HELD_MAX; i++)
        s->held[i].full = 0;
    signal_set_mask(s, s->mask);
}

/* The guest's signal mask and dispositions, and how the host's follow them.
 *
 * The host's mask is always the guest's, so the host kernel keeps what is pending, in its order and with its
 * siginfo. Exceptions are SIGSEGV and SIGBUS, which tiers need and which are never blocked (when they are
 * sent by somebody, catch.c holds them), and the time between catching a signal and delivering it, when all
 * are blocked. Dispositions: default and ignored are the host's as well, so that they stop, kill, are
 * discarded and are inherited by exec without us; only signals that the guest handles are caught. */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { KERNEL_SIGSET = _NSIG / 8 };

uint64_t signal_host_mask_of(uint64_t guest)
{
    return guest & ~(sigbit(G_SIGSEGV) | sigbit(G_SIGBUS) | sigbit(G_SIGKILL) | sigbit(G_SIGSTOP));
}

static void set_host_mask(uint64_t mask)
{
    sigset_t h;
    sigset_to_host(mask, &h);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &h, NULL, KERNEL_SIGSET);
}

void sys_block_signals(sigset_t *old)
{
    sigset_t all;
    memset(&all, 0xff, sizeof all);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, old, KERNEL_SIGSET);
}

void signal_init(struct sys *s)
{
    sigset_t h;
    memset(&h, 0, sizeof h);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &h, KERNEL_SIGSET);
    s->mask = sigset_to_guest(&h);
    s->alt_flags = G_SS_DISABLE;
    for (int g = 1; g <= G_NSIG; g++) {
        struct sigaction sa;
        int host = signo_to_host(g);
        if (host && !sigaction(host, NULL, &sa) && sa.sa_handler == SIG_IGN)
            s->p->action[g].handler = G_SIG_IGN;
    }
}

void sys_on_disposition(struct sys *s, sys_set_host_signal *fn)
{
    s->p->set_host = fn;
}

void signal_fix_host(struct sys *s, int g)
{
    int host = signo_to_host(g);
    uint32_t handler = s->p->action[g].handler;
    if (host && s->p->set_host) s->p->set_host(host, handler > G_SIG_IGN, handler == G_SIG_IGN);
}

bool signal_is_ignored(const struct sys *s, int g)
{
    uint32_t handler = s->p->action[g].handler;
    bool by_default = g == G_SIGCHLD || g == G_SIGCONT || g == G_SIGURG || g == G_SIGWINCH;
    return handler == G_SIG_IGN || (handler == G_SIG_DFL && by_default);
}

/* The caught signal goes back to the kernel if the new mask blocks it; held ones ask for delivery. */
void signal_set_mask(struct sys *s, uint64_t mask)
{
    set_host_mask(signal_host_mask_of(~(uint64_t)0));
    s->mask = mask & ~(sigbit(G_SIGKILL) | sigbit(G_SIGSTOP));
    if (s->caught.full && (signal_host_mask_of(s->mask) & sigbit(s->caught.signo))) {
        catch_requeue(s, s->caught.signo, &s->caught.info);
        s->caught.full = 0;
    }
    if (!s->caught.full) set_host_mask(signal_host_mask_of(s->mask));
    if (signal_pending(s) && s->cpu) cpu_ask(s->cpu, true);
}

void signal_mask_begin(struct call *c, uint64_t mask, sigset_t *host)
{
    struct sys *s = c->s;
    s->saved_mask = s->mask;
    s->mask = mask & ~(sigbit(G_SIGKILL) | sigbit(G_SIGSTOP));
    sigset_to_host(catch_unblock_kick(signal_host_mask_of(s->mask)), host);
}

long signal_mask_end(struct call *c, long result)
{
    struct sys *s = c->s;
    catch_release_kicks(s);
    s->restore_mask = result == -RESTART_NOHAND || result == -G_EINTR;
    if (!s->restore_mask) s->mask = s->saved_mask;
    return result;
}

/* execve keeps the mask and what is ignored; handlers become defaults by the host's own rule. */
static const int always_caught[2] = {G_SIGSEGV, G_SIGBUS};

void signal_before_exec(struct sys *s, struct sigaction old[2])
{
    for (int i = 0; i < 2; i++) {
        int g = always_caught[i];
        struct sigaction sa = {.sa_handler = s->p->action[g].handler == G_SIG_IGN ? SIG_IGN : SIG_DFL};
        sigaction(signo_to_host(g), &sa, &old[i]);
    }
    set_host_mask(s->mask);
}

void signal_exec_failed(struct sys *s, const struct sigaction old[2])
{
    set_host_mask(signal_host_mask_of(s->mask));
    for (int i = 0; i < 2; i++)
        sigaction(signo_to_host(always_caught[i]), &old[i], NULL);
}

long signal_get_mask(struct call *c, gaddr set, uint32_t size, uint64_t *mask)
{
    if (size != sizeof *mask) return -G_EINVAL;
    return mm_read(c->mm, set, mask, sizeof *mask);
}

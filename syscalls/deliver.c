/* Delivering signals to the guest at an instruction boundary: which one is next, handler or default action,
 * and what becomes of an interrupted system call. The bytes of a frame are frame.c's. */
#include <string.h>
#include <unistd.h>

#include "syscalls/vfork.h"

static struct caught *next(struct sys *s)
{
    for (int i = 0; i < HELD_MAX; i++)
        if (s->held[i].full && !(s->mask & sigbit(s->held[i].signo))) return &s->held[i];
    return s->caught.full ? &s->caught : NULL;
}

bool signal_pending(const struct sys *s)
{
    return next((struct sys *)s) != NULL;
}

/* Copies the next signal out and lets the host give another. */
static bool take(struct sys *s, int *signo, siginfo_t *info)
{
    struct caught *c = next(s);
    if (!c) return false;
    *signo = c->signo;
    *info = c->info;
    c->full = 0;
    return true;
}

/* The call that was interrupted, once it is known whether a handler runs (arch_do_signal_or_restart). */
static void resolve_restart(struct sys *s, struct cpu *cpu, long result, const struct guest_action *handler)
{
    bool again =
        !handler || result == -RESTART_NOINTR || (result == -RESTART_SYS && (handler->flags & G_SA_RESTART));
    if (!again) {
        cpu->gpr[EAX] = (uint32_t)-G_EINTR;
        return;
    }
    cpu->gpr[EAX] = result == -RESTART_BLOCK ? 0 : s->interrupted_nr; /* 0 is restart_syscall */
    cpu->eip -= 2;
}

enum sys_outcome deliver_death(struct sys *s, int g, int *status)
{
    vfork_give_back(s);
    *status = signo_to_host(g);
    return SYS_KILLED;
}

/* Calls the handler of `g`: frame, mask, one-shot. */
static bool run_handler(struct sys *s, struct cpu *cpu, int g, const siginfo_t *info)
{
    struct guest_action a = s->p->action[g];
    if (!frame_push(s, cpu, g, info)) return false;
    if (a.flags & G_SA_RESETHAND) {
        s->p->action[g].handler = G_SIG_DFL;
        signal_fix_host(s, g);
    }
    uint64_t mask = s->mask | a.mask;
    if (!(a.flags & G_SA_NODEFER)) mask |= sigbit(g);
    s->restore_mask = false; /* the frame has the mask to return to */
    signal_set_mask(s, mask);
    return true;
}

/* A signal that the guest cannot refuse: blocked or ignored, it kills (force_sig_info). */
static enum sys_outcome force(struct sys *s, struct cpu *cpu, int g, const siginfo_t *info, int *status)
{
    bool refused = (s->mask & sigbit(g)) || s->p->action[g].handler <= G_SIG_IGN;
    strace_signal(s, g, info);
    if (!refused && run_handler(s, cpu, g, info)) return SYS_RESUME;
    if (g == G_SIGSEGV || refused) return deliver_death(s, g, status);
    /* No room for the frame: that is itself a SIGSEGV (force_sigsegv). */
    siginfo_t segv = {.si_signo = SIGSEGV, .si_code = SI_KERNEL};
    return force(s, cpu, G_SIGSEGV, &segv, status);
}

/* --- a debugger's word --------------------------------------------------------------------------------- */

static int ask(struct sys *s, struct cpu *cpu, int g, const siginfo_t *info)
{
    struct guest_siginfo record;
    uint8_t bytes[SYS_SIGINFO];
    static_assert(sizeof record == sizeof bytes, "what a debugger is shown");
    siginfo_to_guest(info, g, &record);
    memcpy(bytes, &record, sizeof bytes);
    return s->p->debug(s->p->debug_ctx, cpu, g, bytes);
}

/* A thread that is stopped in a system call is shown before it, about to make it: so whatever the debugger
 * lets it do meanwhile, it makes the call in the end. If it is as it was then, its handler may still turn the
 * call into an EINTR. */
static int ask_in_call(struct sys *s, struct cpu *cpu, int g, const siginfo_t *info, long result,
                       bool *restarting)
{
    uint32_t eip = cpu->eip, eax = cpu->gpr[EAX];
    if (*restarting) resolve_restart(s, cpu, result, NULL);
    uint32_t shown_eip = cpu->eip, shown_eax = cpu->gpr[EAX];
    g = ask(s, cpu, g, info);
    if (cpu->eip != shown_eip || cpu->gpr[EAX] != shown_eax) *restarting = false;
    if (*restarting) {
        cpu->eip = eip;
        cpu->gpr[EAX] = eax;
    }
    return g;
}

/* Signals that end a process by default. */
static bool ends(int g)
{
    uint64_t others = sigbit(G_SIGCHLD) | sigbit(G_SIGCONT) | sigbit(G_SIGURG) | sigbit(G_SIGWINCH) |
                      sigbit(G_SIGSTOP) | sigbit(G_SIGTSTP) | sigbit(G_SIGTTIN) | sigbit(G_SIGTTOU);
    return !(sigbit(g) & others);
}

/* What tierrun always catches (tier/hostsig.c): faults, and SIGABRT for the crash report. */
static bool always_caught(const struct sys *s, int g)
{
    int h = signo_to_host(g);
    if (s->p->debug && ends(g)) return true;
    if (s->p->opt.catches_ends && (h == SIGHUP || h == SIGINT || h == SIGTERM)) return true;
    return g == G_SIGSEGV || g == G_SIGBUS || g == G_SIGFPE || g == G_SIGILL || g == G_SIGABRT;
}

/* Default actions are the host's: its disposition is the default, and the signal goes back. What is always
 * caught ends the process here: no other action of these is possible. */
static bool act_by_default(struct sys *s, int g, const siginfo_t *info)
{
    if (always_caught(s, g)) return false;
    signal_fix_host(s, g);
    catch_requeue(s, g, info);
    return true;
}

enum sys_outcome deliver(struct sys *s, struct cpu *cpu, long result, int *status)
{
    int g;
    siginfo_t info;
    bool restarting = result <= -RESTART_SYS && result >= -RESTART_BLOCK;
    cpu_ask(cpu, false);
    while (take(s, &g, &info)) {
        if (s->p->debug && !signal_is_ignored(s, g)) g = ask_in_call(s, cpu, g, &info, result, &restarting);
        if (!g) {
            signal_set_mask(s, s->mask);
            continue;
        }
        struct guest_action *a = &s->p->action[g];
        bool ignored = signal_is_ignored(s, g);
        if (!ignored && a->handler == G_SIG_DFL && !act_by_default(s, g, &info)) {
            strace_signal(s, g, &info);
            return deliver_death(s, g, status);
        }
        if (ignored || a->handler == G_SIG_DFL) {
            signal_set_mask(s, s->mask);
            continue;
        }
        strace_signal(s, g, &info);
        if (restarting) resolve_restart(s, cpu, result, a);
        restarting = false;
        if (!run_handler(s, cpu, g, &info)) {
            siginfo_t segv = {.si_signo = SIGSEGV, .si_code = SI_KERNEL};
            return g == G_SIGSEGV ? deliver_death(s, g, status) : force(s, cpu, G_SIGSEGV, &segv, status);
        }
    }
    if (restarting) resolve_restart(s, cpu, result, NULL);
    if (s->restore_mask) {
        s->restore_mask = false;
        signal_set_mask(s, s->saved_mask);
    }
    return SYS_RESUME;
}

enum sys_outcome sys_deliver(struct sys *s, struct cpu *cpu, int *status)
{
    return deliver(s, cpu, 0, status);
}

enum sys_outcome deliver_forced(struct sys *s, struct cpu *cpu, int g, const siginfo_t *info, int *status)
{
    int to = s->p->debug ? ask(s, cpu, g, info) : g;
    if (!to) return SYS_RESUME;
    siginfo_t other = {.si_signo = signo_to_host(to), .si_code = SI_USER};
    return force(s, cpu, to, to == g ? info : &other, status);
}

enum sys_outcome sys_trap(struct sys *s, struct cpu *cpu, int *status)
{
    siginfo_t info = {.si_signo = signo_to_host(cpu->trap.signo), .si_code = cpu->trap.code};
    info.si_addr = (void *)(uintptr_t)cpu->trap.fault_addr;
    s->last_trap = cpu->trap;
    return deliver_forced(s, cpu, cpu->trap.signo, &info, status);
}

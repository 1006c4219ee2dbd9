/* Host signal handlers. Owns the alternate stack and who gets a host signal: the tier that faulted, the
 * guest's queue, or, if it is a fault of tierrun itself, a report and the end. What a guest signal means
 * belongs to syscalls. */
#include "tier/hostsig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "tier/gdb.h"
#include "tier/profiler.h"

/* The one thing that a handler cannot be given as an argument: the machine that this thread runs. */
static _Thread_local struct vthread *running;

/* Where the host was; 0 on hosts whose context is not known here. */
#if defined(__x86_64__)
#define HOST_PC(uc) ((uint64_t)(uc)->uc_mcontext.gregs[REG_RIP])
#elif defined(__mips__)
#define HOST_PC(uc) ((uint64_t)(uc)->uc_mcontext.pc)
#else
#define HOST_PC(uc) ((void)(uc), (uint64_t)0)
#endif

extern const char __executable_start[]; /* the linker's: where tierrun itself begins */

enum { ALT_STACK = 64 << 10, FIRST_REALTIME = 32 };

static void say_sig(const char *text)
{
    /* Nothing can be done if this fails. */
    if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void say_hex_sig(uint64_t v)
{
    char text[17] = {0};
    for (int i = 15; i >= 0; i--, v >>= 4)
        text[i] = "0123456789abcdef"[v & 15];
    say_sig(text);
}

_Noreturn void hostsig_die(int signo)
{
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    sigaction(signo, &dfl, NULL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signo);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), signo); /* it comes before this returns */
    /* A signal whose default action is not to end a process. */
    _exit(128 + signo);
}

static const char *name_sig(int signo)
{
    switch (signo) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    default: return "?";
    }
}

/* A fault that is not the guest's: a bug of tierrun. Says so, with what a bug report needs. */
static void own_fault_sig(int signo, const siginfo_t *info, const ucontext_t *uc)
{
    say_sig("tierrun: internal error: host signal ");
    say_sig(name_sig(signo));
    say_sig(" in tierrun itself, not in the guest, at host address 0x");
    say_hex_sig((uintptr_t)info->si_addr);
    say_sig(", host pc 0x");
    say_hex_sig(HOST_PC(uc));
    say_sig(" (tierrun begins at 0x");
    say_hex_sig((uintptr_t)__executable_start);
    say_sig("); last known guest eip 0x");
    say_hex_sig(running ? running->cpu.eip : 0);
    say_sig(".\nThis is a bug of tierrun: please report it with the program and this message.\n");
    hostsig_die(signo);
}

static bool from_kernel(const siginfo_t *info)
{
    return info->si_code > 0;
}

/* For the guest. */
static void queue_sig(int signo, const siginfo_t *info, void *context)
{
    sys_host_signal_sig(running->sys, &running->cpu, signo, info, context);
    interp_ask_sig(&running->cpu);
}

/* A child that clone() was given a fault's signal for has ended: its codes are those of faults, its number
 * lies where their address is. */
static bool is_childs_end_sig(const siginfo_t *info)
{
    siginfo_t child = {.si_pid = 0};
    return info->si_pid > 0 &&
           !waitid(P_PID, (id_t)info->si_pid, &child, WEXITED | WNOHANG | WNOWAIT | __WALL) && child.si_pid;
}

static void on_fault_sig(int signo, siginfo_t *info, void *context)
{
    int saved = errno;
    if (!from_kernel(info)) {
        queue_sig(signo, info, context);
    } else if (!mm_host_fault_sig() && !interp_host_fault_sig(&running->cpu, signo, info, context)) {
        if (!is_childs_end_sig(info)) own_fault_sig(signo, info, context);
        queue_sig(signo, info, context);
    }
    errno = saved;
}

/* A host instruction that divides by zero or is none: no tier executes such a one on the guest's behalf. */
static bool is_own_trap(int signo, const siginfo_t *info)
{
    return (signo == SIGFPE || signo == SIGILL) && from_kernel(info);
}

static void on_signal_sig(int signo, siginfo_t *info, void *context)
{
    int saved = errno;
    if (is_own_trap(signo, info)) own_fault_sig(signo, info, context);
    queue_sig(signo, info, context);
    errno = saved;
}

static bool is_fault(int signo)
{
    return signo == SIGSEGV || signo == SIGBUS;
}

/* SA_NODEFER: recovery leaves the handler by siglongjmp, which does not restore the mask. No SA_RESTART
 * anywhere: an interrupted system call must come back, so that the guest's rules for it apply. */
static bool catch_fault(int signo)
{
    struct sigaction sa = {.sa_sigaction = on_fault_sig, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    return sigaction(signo, &sa, NULL) == 0;
}

/* Caught where they would kill: so that a trap of tierrun's own is reported as such, and the state of a guest
 * that aborts itself can be. */
static const int watched[] = {SIGFPE, SIGILL, SIGABRT};
static const int profiled[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR2};

static bool is_watched(int signo)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        if (watched[i] == signo) return true;
    return false;
}

/* The host's C library keeps two signals for itself and refuses to touch them; it uses them for what tierrun
 * does not do (cancelling threads, changing ids), and the guest's C library needs them. What it would tell
 * the kernel is read from another signal, for the moment. */
static void set_reserved(int signo, const struct sigaction *sa)
{
    enum { LARGEST = 256 }; /* more than any kernel's struct sigaction */
    static const int model = SIGURG;
    _Alignas(16) char kernels[LARGEST];
    struct sigaction old;
    sigaction(model, sa, &old);
    long got = syscall(SYS_rt_sigaction, model, NULL, kernels, _NSIG / 8);
    sigaction(model, &old, NULL);
    if (!got) syscall(SYS_rt_sigaction, signo, kernels, NULL, _NSIG / 8);
}

static bool is_reserved(int signo)
{
    return signo >= FIRST_REALTIME && signo < SIGRTMIN;
}

/* Signals that end a guest by default: a debugger hears of them first, a profile is written first. */
static bool is_end(int signo)
{
    if (running->vm->gdb && gdb_wants_signal(signo)) return true;
    return running->vm->profiler && (signo == SIGTERM || signo == SIGINT || signo == SIGHUP);
}

/* A profile is asked for. */
static void on_usr2_sig(int signo)
{
    (void)signo;
    profiler_ask_sig(running->vm, &running->cpu);
}

/* The guest changed a disposition (sys_on_disposition). Fault signals stay caught: tiers live on them. */
static void set_disposition(int signo, bool handler, bool ignore)
{
    if (is_fault(signo)) return;
    if ((is_watched(signo) || is_end(signo)) && !ignore) handler = true;
    struct sigaction sa = {.sa_handler = ignore ? SIG_IGN : SIG_DFL};
    if (signo == SIGUSR2 && !handler && !ignore && running->vm->profiler) sa.sa_handler = on_usr2_sig;
    if (handler) {
        sa.sa_sigaction = on_signal_sig;
        sa.sa_flags = SA_SIGINFO;
        sigfillset(&sa.sa_mask);
        sigdelset(&sa.sa_mask, SIGSEGV);
        sigdelset(&sa.sa_mask, SIGBUS);
    }
    if (is_reserved(signo))
        set_reserved(signo, &sa);
    else
        sigaction(signo, &sa, NULL);
}

/* As the guest finds them at its start. */
static void set_default(const int *signo, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sigaction old;
        if (!sigaction(signo[i], NULL, &old)) set_disposition(signo[i], false, old.sa_handler == SIG_IGN);
    }
}

/* For a debugger. */
static void set_ends(void)
{
    for (int signo = 1; signo < FIRST_REALTIME; signo++)
        if (gdb_wants_signal(signo) && !is_fault(signo)) set_default(&signo, 1);
}

bool hostsig_enter(struct vthread *v)
{
    void *stack = mmap(NULL, ALT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t alt = {.ss_sp = stack, .ss_size = ALT_STACK};
    if (stack == MAP_FAILED || sigaltstack(&alt, NULL)) return false;
    running = v;
    /* A parent may have left them blocked; a fault that is blocked kills. */
    sigset_t faults;
    sigemptyset(&faults);
    sigaddset(&faults, SIGSEGV);
    sigaddset(&faults, SIGBUS);
    pthread_sigmask(SIG_UNBLOCK, &faults, NULL);
    return true;
}

void hostsig_leave(void)
{
    stack_t alt, none = {.ss_flags = SS_DISABLE};
    if (sigaltstack(&none, &alt)) return;
    munmap(alt.ss_sp, ALT_STACK);
}

bool hostsig_install(struct vthread *v, char *why, size_t size)
{
    if (!hostsig_enter(v) || !catch_fault(SIGSEGV) || !catch_fault(SIGBUS)) {
        snprintf(why, size, "cannot install the handlers of host faults: %s", strerror(errno));
        return false;
    }
    sys_on_disposition(v->sys, set_disposition);
    set_default(watched, sizeof watched / sizeof *watched);
    if (v->vm->gdb) set_ends();
    if (v->vm->profiler) set_default(profiled, sizeof profiled / sizeof *profiled);
    return true;
}

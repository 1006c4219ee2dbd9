/* siginfo between host and guest: which members are meant follows from si_code and the signal
 * (kernel/signal.c, siginfo_layout). */
#include <string.h>

#include "syscalls/sys.h"

/* Negative codes are the same everywhere but on MIPS, which exchanged three of them. */
enum { G_SI_TIMER = -2, G_SI_MESGQ = -3, G_SI_ASYNCIO = -4 };

static int code_to_guest(int code)
{
    if (code == SI_TIMER) return G_SI_TIMER;
    if (code == SI_MESGQ) return G_SI_MESGQ;
    if (code == SI_ASYNCIO) return G_SI_ASYNCIO;
    return code;
}

static int code_to_host(int code)
{
    if (code == G_SI_TIMER) return SI_TIMER;
    if (code == G_SI_MESGQ) return SI_MESGQ;
    if (code == G_SI_ASYNCIO) return SI_ASYNCIO;
    return code;
}

/* A program may queue itself a fault's code. On the host, where such a signal is caught, that would be a
 * fault of ours: it travels with another code, one that kernels know (else they want the rest of the record
 * to be zeros, which it is not under qemu-user), and its own in a value that is larger than a guest's. */
enum { SENT_CODE = SI_SIGIO };
#define SENT_MARK (UINT64_C(0x5e11) << 32)

static uint64_t value_of(const siginfo_t *h)
{
    return (uintptr_t)h->si_value.sival_ptr;
}

static bool is_sent_fault(const siginfo_t *h)
{
    return h->si_code == SENT_CODE && (value_of(h) & ~(uint64_t)UINT32_MAX) == SENT_MARK;
}

static void child_to_guest(const siginfo_t *h, struct guest_siginfo *g)
{
    g->chld.pid = h->si_pid;
    g->chld.uid = h->si_uid;
    g->chld.status = h->si_status;
    if (h->si_code != CLD_EXITED) g->chld.status = signo_to_guest(h->si_status);
    g->chld.utime = (int32_t)h->si_utime;
    g->chld.stime = (int32_t)h->si_stime;
}

static bool is_fault(int signo)
{
    return signo == G_SIGSEGV || signo == G_SIGBUS || signo == G_SIGFPE || signo == G_SIGILL ||
           signo == G_SIGTRAP;
}

void siginfo_mark_sent(siginfo_t *h)
{
    if (h->si_code <= 0 || !is_fault(signo_to_guest(h->si_signo))) return;
    h->si_value.sival_ptr = (void *)(uintptr_t)(SENT_MARK | (uint32_t)h->si_code);
    h->si_code = SENT_CODE;
}

void siginfo_to_guest(const siginfo_t *h, int signo, struct guest_siginfo *g)
{
    memset(g, 0, sizeof *g);
    g->signo = signo;
    if (is_sent_fault(h)) {
        g->code = (int32_t)value_of(h);
        g->fault.addr = (uint32_t)h->si_pid; /* the same word of the guest's record */
        return;
    }
    if (signo == G_SIGSYS && h->si_code > 0 && h->si_code < SI_KERNEL) {
        g->err = h->si_errno; /* a filter's word */
        g->code = h->si_code;
        g->sys.call_addr = (uint32_t)(uintptr_t)h->si_call_addr;
        g->sys.syscall = h->si_syscall;
        g->sys.arch = h->si_arch;
        return;
    }
    g->err = h->si_errno ? errno_to_guest(h->si_errno) : 0;
    g->code = code_to_guest(h->si_code);
    if (h->si_code == SI_TIMER) {
        g->timer.tid = h->si_timerid;
        g->timer.overrun = h->si_overrun;
        g->timer.value = (uint32_t)h->si_value.sival_int;
    } else if (h->si_code > 0 && h->si_code < SI_KERNEL && signo == G_SIGCHLD) {
        child_to_guest(h, g);
    } else if (h->si_code > 0 && is_fault(signo)) {
        g->fault.addr = (uint32_t)(uintptr_t)h->si_addr;
    } else if (h->si_code > 0 && h->si_code < SI_KERNEL) {
        g->poll.band = (int32_t)h->si_band;
        g->poll.fd = h->si_fd;
    } else if (h->si_code <= 0) {
        g->rt.pid = h->si_pid;
        g->rt.uid = h->si_uid;
        if (h->si_code < 0 && h->si_code != SI_TKILL) g->rt.value = (uint32_t)h->si_value.sival_int;
    }
}

/* For rt_sigqueueinfo: what a guest may give is the rt layout. */
void siginfo_to_host(const struct guest_siginfo *g, siginfo_t *h)
{
    memset(h, 0, sizeof *h);
    h->si_signo = signo_to_host(g->signo);
    h->si_errno = g->err ? errno_to_host(g->err) : 0;
    h->si_code = code_to_host(g->code);
    h->si_pid = g->rt.pid;
    h->si_uid = g->rt.uid;
    h->si_value.sival_ptr = (void *)(uintptr_t)g->rt.value;
}

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
 * fault of ours: the code travels as a negative number that nobody else uses, and that has 16 bits, since
 * qemu-user hands on no more. */
enum { SENT_MASK = 0x3fff, SENT = -0x8000 };

static bool is_sent_fault(int code)
{
    return code >= SENT && code <= SENT + SENT_MASK;
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
    if (h->si_code > 0 && is_fault(signo_to_guest(h->si_signo))) h->si_code = (h->si_code & SENT_MASK) | SENT;
}

void siginfo_to_guest(const siginfo_t *h, int signo, struct guest_siginfo *g)
{
    memset(g, 0, sizeof *g);
    g->signo = signo;
    g->err = h->si_errno ? errno_to_guest(h->si_errno) : 0;
    if (is_sent_fault(h->si_code)) {
        g->code = h->si_code & SENT_MASK;
        g->fault.addr = (uint32_t)h->si_pid; /* the same word of the guest's record */
        return;
    }
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

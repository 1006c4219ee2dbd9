/* Signal numbers and sets between host and guest, and their names. The list is signo.def. */
#include "syscalls/sys.h"

#include <stdio.h>
#include <string.h>

/* MIPS has no SIGSTKFLT, and i386 no SIGEMT, which no kernel sends of itself: one stands for the other. */
#ifndef SIGSTKFLT
#define SIGSTKFLT SIGEMT
#endif

static const uint8_t guest_of[] = {
#define SIGNO(name, number) [name] = number,
#include "syscalls/signo.def"
#undef SIGNO
};

static const uint8_t host_of[] = {
#define SIGNO(name, number) [number] = name,
#include "syscalls/signo.def"
#undef SIGNO
};

static const char *const names[] = {
#define SIGNO(name, number) [number] = #name,
#include "syscalls/signo.def"
#undef SIGNO
};

int signo_to_guest(int host)
{
    if (host >= G_SIGRTMIN && host <= G_NSIG) return host;
    return host > 0 && (size_t)host < sizeof guest_of ? guest_of[host] : 0;
}

int signo_to_host(int guest)
{
    if (guest >= G_SIGRTMIN && guest <= G_NSIG) return guest;
    return guest > 0 && (size_t)guest < sizeof host_of ? host_of[guest] : 0;
}

const char *signo_name(int guest, char buf[16])
{
    if (guest > 0 && guest < G_SIGRTMIN && names[guest]) return names[guest];
    if (guest >= G_SIGRTMIN && guest <= G_NSIG)
        snprintf(buf, 16, "SIGRT_%d", guest - G_SIGRTMIN);
    else
        snprintf(buf, 16, "%d", guest);
    return buf;
}

/* A kernel signal set is an array of longs, as the C library's sigset_t begins. Bits are set by hand because
 * sigaddset() refuses the two signals that the C library keeps for itself, and the guest's may need them. */
static bool has(const sigset_t *set, int signo)
{
    const unsigned long *w = (const unsigned long *)set;
    return w[(signo - 1) / 64] >> ((signo - 1) % 64) & 1;
}

uint64_t sigset_to_guest(const sigset_t *host)
{
    uint64_t out = 0;
    for (int g = 1; g <= G_NSIG; g++) {
        int h = signo_to_host(g);
        if (h && has(host, h)) out |= sigbit(g);
    }
    return out;
}

void sigset_to_host(uint64_t guest, sigset_t *host)
{
    unsigned long *w = (unsigned long *)host;
    memset(host, 0, sizeof *host);
    for (int g = 1; g <= G_NSIG; g++) {
        int h = signo_to_host(g);
        if (h && (guest & sigbit(g))) w[(h - 1) / 64] |= 1UL << ((h - 1) % 64);
    }
}

/* Host calls that may block, without lost wake-ups.
 *
 * A guest signal that is caught between the look at s->caught and the host's system call instruction would be
 * noticed only when that call ends by itself. A mask cannot close this gap for read(), wait4() and most
 * others, and knowing whether the program counter has passed the instruction takes assembly for each host. So
 * the handler (catch.c), when it finds s->window set, starts a timer that repeats KICK_SIGNAL until the
 * window is left: the call then ends with EINTR a millisecond late in the rare case, and at once in the usual
 * one. */
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "syscalls/sys.h"

long sys_wait(struct call *c, int on_signal, long nr, const long a[6])
{
    struct sys *s = c->s;
    /* A signal that is there already came before the call: its handler runs, then the call. An open() that
     * cannot block must not fail by it. Calls that wait with a mask of their own end by it. */
    long r = on_signal == RESTART_SYS ? -RESTART_NOINTR : -on_signal;
    bool waited = false;
    s->window = 1;
    atomic_signal_fence(memory_order_seq_cst);
    if (!signal_pending(s)) {
        waited = true;
        turn_give(&s->p->turn);
        r = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        if (r == -1) r = errno == EINTR ? -on_signal : -errno_to_guest(errno);
    }
    s->window = 0;
    atomic_signal_fence(memory_order_seq_cst);
    if (s->kicking) catch_stop_kick(s);
    if (waited) turn_take(&s->p->turn, s->cpu);
    return r;
}

/* What a debugger needs of this folder: control over which thread runs, and its word on each signal (asked in
 * deliver.c). */
#include "syscalls/sys.h"

struct process *sys_process(struct sys *s)
{
    return s->p;
}

void sys_debug(struct process *p, sys_debug_signal *fn, void *ctx)
{
    p->debug_ctx = ctx;
    p->debug = fn;
    turn_share(&p->turn, p->threads->cpu);
}

void sys_debug_end(struct process *p)
{
    p->debug = NULL;
}

void sys_debug_hold(struct process *p, struct cpu *cpu)
{
    turn_take(&p->turn, cpu);
}

void sys_debug_release(struct process *p)
{
    turn_give(&p->turn);
}

void sys_debug_nudge(struct process *p)
{
    for (struct sys *s = p->threads; s; s = s->next_thread)
        if (s->window) catch_kick(s);
}

int sys_host_signo(int guest)
{
    return signo_to_host(guest);
}

int sys_guest_signo(int host)
{
    return signo_to_guest(host);
}

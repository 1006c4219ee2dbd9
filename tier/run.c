/* The run loop: the one place where a tier gives control back. A tier runs guest code until it needs
 * something, says what by its exit reason, and gets control again when that is done. Owns the order of
 * things at an exit; what is done then belongs to syscalls. */
#include "tier/run.h"

#include "tier/gdb.h"
#include "tier/profiler.h"

static enum exit_reason run_tier(struct vthread *v)
{
    if (!v->vm->profiler) return interp_run(v->vm->interp, &v->cpu);
    profiler_running(v->vm, v);
    enum exit_reason why = interp_run(v->vm->interp, &v->cpu);
    profiler_running(v->vm, NULL);
    return why;
}

static enum sys_outcome serve(struct vthread *v, enum exit_reason why, int *status)
{
    switch (why) {
    case EXIT_SYSCALL: return v->vm->profiler ? profiler_call(v, status) : sys_call(v->sys, &v->cpu, status);
    case EXIT_TRAP: log_trap(&v->vm->log, &v->cpu); return sys_trap(v->sys, &v->cpu, status);
    default: return SYS_RESUME;
    }
}

struct ending run_guest(struct vthread *v)
{
    struct ending end = {0};
    do {
        end.last = v->vm->gdb ? gdb_run(v, run_tier) : run_tier(v);
        profile_exit(&v->vm->profile, end.last);
        end.how = serve(v, end.last, &end.status);
        if (v->vm->profiler && end.how == SYS_RESUME) profiler_look(v->vm);
        /* Signals that came meanwhile, and system calls that they cut short, before the next instruction. */
        if (end.how == SYS_RESUME && cpu_is_asked(&v->cpu))
            end.how = sys_deliver(v->sys, &v->cpu, &end.status);
        if (end.how == SYS_RESUME) sys_yield_turn(v->sys);
    } while (end.how == SYS_RESUME);
    return end;
}

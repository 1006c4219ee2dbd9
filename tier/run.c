/* The run loop: the one place where a tier gives control back. A tier runs guest code until it needs
 * something, says what by its exit reason, and gets control again when that is done. Owns the order of
 * things at an exit; what is done then belongs to syscalls. */
#include "tier/run.h"

static enum exit_reason run_tier(struct vm *vm)
{
    return interp_run(vm->interp, &vm->cpu);
}

static enum sys_outcome serve(struct vm *vm, enum exit_reason why, int *status)
{
    switch (why) {
    case EXIT_SYSCALL: return sys_call(vm->sys, &vm->cpu, status);
    case EXIT_TRAP: log_trap(&vm->log, &vm->cpu); return sys_trap(vm->sys, &vm->cpu, status);
    default: return SYS_RESUME;
    }
}

struct ending run_guest(struct vm *vm)
{
    struct ending end = {0};
    do {
        end.last = run_tier(vm);
        profile_exit(&vm->profile, end.last);
        end.how = serve(vm, end.last, &end.status);
        /* Signals that came meanwhile, and system calls that they cut short, before the next instruction. */
        if (end.how == SYS_RESUME && vm->cpu.poll) end.how = sys_deliver(vm->sys, &vm->cpu, &end.status);
    } while (end.how == SYS_RESUME);
    return end;
}

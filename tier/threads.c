/* Guest threads as host threads. Owns the host thread's life and struct vthread; what the guest hears of its
 * threads is syscalls/thread.c's. */
#include "tier/threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tier/gdb.h"
#include "tier/hostsig.h"
#include "tier/run.h"

enum { HOST_STACK = 512 << 10 };

static threads_finish *finish_process;

static void end_thread(struct vthread *v)
{
    sys_block_signals(NULL); /* whom they belong to is about to go */
    interp_forget_cpu(v->vm->interp, &v->cpu);
    gdb_thread_ends(v);
    sys_thread_done(v->sys);
}

static void *thread_main(void *arg)
{
    struct vthread *v = arg;
    if (!hostsig_enter(v)) abort(); /* no memory for a stack, where there was some for the thread's own */
    sys_thread_begin(v->sys);
    gdb_thread_begins(v);
    struct ending end = run_guest(v);
    if (end.how != SYS_THREAD_EXIT) finish_process(v, &end);
    end_thread(v);
    hostsig_leave();
    /* The translator forbids parts of it; malloc may hand it out again. */
    mprotect(v->before_cpu, sizeof v->before_cpu, PROT_READ | PROT_WRITE);
    free(v);
    return NULL;
}

/* What a processor that starts as a copy does not have from its model. */
static void make_cpu(struct cpu *cpu, const struct cpu *from)
{
    cpu_copy(cpu, from);
    cpu->inside_at = NULL;
    cpu->at = cpu->edge = NULL;
    cpu->recover = NULL;
    cpu->watch = NULL;
    cpu->jumps_epoch = UINT64_MAX;
    cpu->jit.ring = cpu->jit.ring_top = cpu->jit.jumps = NULL;
    cpu->jit.tables = NULL;
    cpu->jit.page_own = cpu->jit.asked = 0;
}

static bool start(void *ctx, struct sys *child, const struct cpu *from, struct cpu **cpu)
{
    struct vthread *v = aligned_alloc(CPU_PAGE, (sizeof *v + CPU_PAGE - 1) / CPU_PAGE * CPU_PAGE);
    pthread_attr_t attr;
    pthread_t thread;
    if (!v) return false;
    v->vm = ctx;
    v->sys = child;
    make_cpu(&v->cpu, from);
    *cpu = &v->cpu;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, HOST_STACK);
    bool done = !pthread_create(&thread, &attr, thread_main, v);
    pthread_attr_destroy(&attr);
    if (!done) free(v);
    return done;
}

void threads_attach(struct vm *vm, threads_finish *finish)
{
    finish_process = finish;
    sys_attach(vm->first.sys, &vm->first.cpu);
    sys_on_thread(vm->first.sys, start, vm);
}

_Noreturn void threads_leave_first(struct vthread *v)
{
    end_thread(v);
    for (;;)
        syscall(SYS_exit, 0);
}

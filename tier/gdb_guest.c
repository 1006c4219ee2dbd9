/* The guest's threads under a debugger: where one stops, what it tells, how it goes on. All of this runs in
 * the guest's own threads, with the turn; a thread that is stopped gives it away and sleeps. The debugger's
 * thread (gdb.c) holds the turn for as long as the guest is stopped. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tier/gdb_inside.h"

void gdb_ring(struct gdb *g)
{
    uint64_t one = 1;
    while (write(g->bell, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

/* A child of fork: it runs as if there had never been a debugger. Nobody else is here. */
static void leave_child(struct vthread *v)
{
    struct gdb *g = v->vm->gdb;
    gdb_points_clear(g);
    sys_debug_end(g->process);
    v->vm->gdb = NULL;
    close(g->bell);
    gdb_line_close(&g->line);
}

/* --- stopping ------------------------------------------------------------------------------------------ */

static bool is_free(const struct gdb *g, const struct vthread *v)
{
    return g->gone || (!g->stopping && v->gdb.order != GDB_STAY);
}

/* Without the turn, until the debugger lets this thread go on. */
static void sleep_until_free(struct vthread *v)
{
    struct gdb *g = v->vm->gdb;
    v->gdb.asleep = true;
    sys_debug_release(g->process);
    pthread_mutex_lock(&g->lock);
    while (!is_free(g, v))
        pthread_cond_wait(&g->go, &g->lock);
    pthread_mutex_unlock(&g->lock);
    sys_debug_hold(g->process, &v->cpu);
    v->gdb.asleep = false;
}

static void stop(struct vthread *v, struct gdb_stop why)
{
    struct gdb *g = v->vm->gdb;
    v->gdb.stop = why;
    v->gdb.waiting = true;
    v->gdb.stepped = false;
    pthread_mutex_lock(&g->lock);
    g->stopping = true;
    pthread_mutex_unlock(&g->lock);
    gdb_ring(g);
    do
        sleep_until_free(v);
    while (!is_free(g, v));
}

/* The signal that the debugger wants this thread to have: it sends it to itself, and so gets it at once, or
 * when it does not block it any more. */
static void send(struct vthread *v)
{
    int host = sys_host_signo(v->gdb.send);
    v->gdb.sent = v->gdb.send;
    v->gdb.send = 0;
    if (host) syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), host);
}

/* Stops for what has happened since it went on; comes back when it is to run. */
static void settle(struct vthread *v)
{
    struct gdb *g = v->vm->gdb;
    struct gdb_thread *t = &v->gdb;
    while (!g->gone) {
        bool out = v->cpu.eip < t->step_from || v->cpu.eip >= t->step_to;
        if (t->stop.why == GDB_TRIPPED && !t->waiting)
            stop(v, t->stop);
        else if (t->order == GDB_STEP && t->stepped && out)
            stop(v, (struct gdb_stop){.why = GDB_STEPPED});
        else if (!is_free(g, v))
            sleep_until_free(v);
        else
            return;
    }
}

static bool catches(const struct gdb *g, uint32_t number)
{
    return !g->gone && (g->catch_all || (number < GDB_CALL_NUMBERS && g->catches[number]));
}

/* Before a system call that the debugger wants to know of. */
static void stop_for_call(struct vthread *v)
{
    uint32_t number = v->cpu.gpr[EAX];
    if (!catches(v->vm->gdb, number)) return;
    v->gdb.calling = true;
    v->gdb.call = number;
    stop(v, (struct gdb_stop){.why = GDB_CALLS, .call = number});
}

/* The thread goes on after a system call. */
static void stop_after_call(struct vthread *v)
{
    if (!v->gdb.calling) return;
    v->gdb.calling = false;
    if (catches(v->vm->gdb, v->gdb.call)) stop(v, (struct gdb_stop){.why = GDB_CALLED, .call = v->gdb.call});
}

enum exit_reason gdb_run(struct vthread *v, enum exit_reason (*run)(struct vthread *v))
{
    struct gdb *g = v->vm->gdb;
    if (g->pid != getpid()) {
        leave_child(v);
        return run(v);
    }
    stop_after_call(v);
    for (;;) {
        settle(v);
        if (v->gdb.send) {
            send(v);
            if (v->cpu.poll) return EXIT_POLL;
        }
        bool step = !g->gone && v->gdb.order == GDB_STEP;
        enum exit_reason why = step ? interp_step(v->vm->interp, &v->cpu) : run(v);
        v->gdb.stepped = step;
        if (why == EXIT_SYSCALL) stop_for_call(v);
        if (why != EXIT_BREAK) return why;
        v->gdb.stepped = false;
        if (!g->gone) stop(v, (struct gdb_stop){.why = GDB_BREAK});
    }
}

int gdb_on_signal(void *vm, struct cpu *cpu, int signo, const uint8_t siginfo[SYS_SIGINFO])
{
    struct vthread *v = (struct vthread *)(void *)((char *)cpu - offsetof(struct vthread, cpu));
    struct gdb *g = ((struct vm *)vm)->gdb;
    if (!g || g->gone || g->pid != getpid()) return signo;
    if (v->gdb.sent == signo) {
        v->gdb.sent = 0;
        return signo;
    }
    if (g->pass[signo]) return signo;
    v->gdb.answer = signo;
    memcpy(v->gdb.siginfo, siginfo, SYS_SIGINFO);
    stop(v, (struct gdb_stop){.why = GDB_SIGNAL, .signo = signo});
    /* A step ends where the handler begins. */
    v->gdb.stepped = !g->gone && v->gdb.order == GDB_STEP && v->gdb.answer;
    return v->gdb.answer;
}

/* The first byte that is watched names the watchpoint. */
void gdb_on_trip(void *ctx, gaddr from, size_t n, bool write, bool by_insn)
{
    struct vm *vm = ctx;
    struct gdb *g = vm->gdb;
    struct cpu *cpu = vm->interp->cpu;
    const struct gdb_point *p = gdb_point_at(g, from, n, write);
    if (!p || !cpu || g->gone || g->pid != getpid()) return;
    if (pthread_equal(pthread_self(), g->server)) return;
    struct vthread *v = (struct vthread *)(void *)((char *)cpu - offsetof(struct vthread, cpu));
    if (by_insn) interp_leave_after(cpu);
    v->gdb.waiting = false;
    v->gdb.stop = (struct gdb_stop){
        .why = GDB_TRIPPED, .tripped = p->at > from ? p->at : from, .point = (unsigned char)p->type};
}

/* --- beginning and ending ------------------------------------------------------------------------------ */

void gdb_thread_begins(struct vthread *v)
{
    struct gdb *g = v->vm->gdb;
    v->gdb = (struct gdb_thread){0};
    if (!g || g->pid != getpid()) return;
    v->gdb.tid = (uint32_t)syscall(SYS_gettid);
    v->gdb.order = g->others;
    struct vthread **at = &g->threads;
    while (*at)
        at = &(*at)->gdb.next;
    *at = v;
}

static bool somebody_runs(const struct gdb *g)
{
    for (const struct vthread *v = g->threads; v; v = v->gdb.next)
        if (v->gdb.order != GDB_STAY) return true;
    return false;
}

void gdb_thread_ends(struct vthread *v)
{
    struct gdb *g = v->vm->gdb;
    if (!g || g->pid != getpid()) return;
    struct vthread **at = &g->threads;
    while (*at && *at != v)
        at = &(*at)->gdb.next;
    if (*at) *at = v->gdb.next;
    if (g->gone || g->stopping || !g->threads || somebody_runs(g)) return;
    g->threads->gdb.stop = (struct gdb_stop){.why = GDB_ALONE};
    g->threads->gdb.waiting = true;
    pthread_mutex_lock(&g->lock);
    g->stopping = true;
    pthread_mutex_unlock(&g->lock);
    gdb_ring(g);
}

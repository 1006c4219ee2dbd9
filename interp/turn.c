/* Turns. Guest threads are host threads. What they share (mappings, blocks, translations, dispositions) is
 * used by one of them at a time, who has the turn; it is given away around host calls that may block, and
 * while guest code runs. Who wants to change what guest code is running from stops all others first: asks for
 * control, as a signal would, and waits until nobody is inside.
 *
 * Mostly the turn is held for short times, and who comes first has it. Who has waited for a slice asks for
 * it, and is the next one. With `single`, guest code runs with the turn as well; then who gives goes to the
 * end of the queue. */
#include "interp/turn.h"

#include <errno.h>
#include <time.h>

enum { SLICE_NS = 1000000 };

struct waiter {
    struct cpu *cpu;
    pthread_cond_t called;
    bool granted;
    bool late; /* it has waited for a slice */
    struct waiter *next;
};

void turn_init(struct turn *t, bool single)
{
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->calm, NULL);
    t->shared = false;
    t->single = single;
    t->held = true;
    t->stopping = false;
    t->wanted = false;
    t->holder = NULL;
    t->inside = NULL;
    t->first = NULL;
    t->last = &t->first;
}

void turn_share(struct turn *t, struct cpu *holder)
{
    if (t->shared) return;
    t->shared = true;
    t->holder = holder;
}

static void ask(struct cpu *cpu)
{
    cpu_ask(cpu, true);
    interp_ask_sig(cpu);
}

/* --- the turn ------------------------------------------------------------------------------------------ */

static void have(struct turn *t, struct cpu *cpu)
{
    t->held = true;
    t->holder = cpu;
}

static void leave_queue(struct turn *t, const struct waiter *w)
{
    t->first = w->next;
    if (!t->first) t->last = &t->first;
}

/* false: it has the turn. */
static bool wait_slice(struct turn *t, struct waiter *w)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += SLICE_NS;
    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec++;
    }
    int r = pthread_cond_timedwait(&w->called, &t->lock, &end);
    if (w->granted) return false;
    if (t->first == w && !t->held) {
        leave_queue(t, w);
        have(t, w->cpu);
        return false;
    }
    if (r != ETIMEDOUT || t->first != w) return true;
    w->late = true;
    __atomic_store_n(&t->wanted, true, __ATOMIC_RELAXED);
    ask(t->holder);
    return true;
}

static void queue_up(struct turn *t, struct cpu *cpu)
{
    struct waiter w = {.cpu = cpu};
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&w.called, &clock);
    *t->last = &w;
    t->last = &w.next;
    while (wait_slice(t, &w))
        continue;
    pthread_cond_destroy(&w.called);
}

static void take(struct turn *t, struct cpu *cpu)
{
    if (t->held || (t->first && t->first->late))
        queue_up(t, cpu);
    else
        have(t, cpu);
}

static void give(struct turn *t)
{
    struct waiter *w = t->first;
    __atomic_store_n(&t->wanted, false, __ATOMIC_RELAXED);
    t->held = false;
    t->holder = NULL;
    if (!w) return;
    if (t->single || w->late) {
        leave_queue(t, w);
        have(t, w->cpu);
        w->granted = true;
    }
    pthread_cond_signal(&w->called);
}

void turn_take(struct turn *t, struct cpu *cpu)
{
    if (!t->shared) return;
    pthread_mutex_lock(&t->lock);
    take(t, cpu);
    pthread_mutex_unlock(&t->lock);
}

void turn_give(struct turn *t)
{
    if (!t->shared) return;
    pthread_mutex_lock(&t->lock);
    give(t);
    pthread_mutex_unlock(&t->lock);
}

/* --- without the turn ---------------------------------------------------------------------------------- */

static void set_inside(struct cpu *cpu, struct cpu **at)
{
    __atomic_store_n(&cpu->inside_at, at, __ATOMIC_RELAXED); /* its thread asks whether it is NULL */
}

void turn_go_in(struct turn *t, struct cpu *cpu)
{
    pthread_mutex_lock(&t->lock);
    cpu->inside_next = t->inside;
    set_inside(cpu, &t->inside);
    if (t->inside) set_inside(t->inside, &cpu->inside_next);
    t->inside = cpu;
    give(t);
    pthread_mutex_unlock(&t->lock);
}

void turn_come_out(struct turn *t, struct cpu *cpu)
{
    pthread_mutex_lock(&t->lock);
    *cpu->inside_at = cpu->inside_next;
    if (cpu->inside_next) set_inside(cpu->inside_next, cpu->inside_at);
    set_inside(cpu, NULL);
    if (t->stopping && !t->inside) pthread_cond_signal(&t->calm);
    take(t, cpu);
    pthread_mutex_unlock(&t->lock);
}

void turn_stop(struct turn *t)
{
    if (!turn_is_free(t)) return;
    pthread_mutex_lock(&t->lock);
    for (struct cpu *cpu = t->inside; cpu; cpu = cpu->inside_next)
        ask(cpu);
    t->stopping = true;
    while (t->inside)
        pthread_cond_wait(&t->calm, &t->lock);
    t->stopping = false;
    pthread_mutex_unlock(&t->lock);
}

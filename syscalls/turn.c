/* Turns. Guest threads are host threads, and one of them at a time runs guest code: so a guest sees x86's
 * memory order and atomic instructions whatever the host's are, and nothing that threads share (mappings,
 * blocks, translations, dispositions) is ever changed under somebody's feet. A thread gives its turn away
 * around host calls that may block, and when another one has waited for a slice: that one sets `wanted` and
 * asks for control, as a signal would.
 *
 * Who gives goes to the end of the queue, and who is first has the turn at once, without a race for it. */
#include "syscalls/turn.h"

#include <errno.h>
#include <time.h>

enum { SLICE_NS = 1000000 };

struct waiter {
    struct cpu *cpu;
    pthread_cond_t called;
    bool granted;
    struct waiter *next;
};

void turn_init(struct turn *t)
{
    pthread_mutex_init(&t->lock, NULL);
    t->shared = false;
    t->held = true;
    t->wanted = false;
    t->holder = NULL;
    t->first = NULL;
    t->last = &t->first;
}

void turn_share(struct turn *t, struct cpu *holder)
{
    t->shared = true;
    t->holder = holder;
}

static void wait_slice(struct turn *t, struct waiter *w)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += SLICE_NS;
    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec++;
    }
    int r = pthread_cond_timedwait(&w->called, &t->lock, &end);
    if (r != ETIMEDOUT || w->granted || t->first != w) return;
    t->wanted = true;
    t->holder->poll = 1;
    interp_ask_sig(t->holder);
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
    while (!w.granted)
        wait_slice(t, &w);
    pthread_cond_destroy(&w.called);
}

void turn_take(struct turn *t, struct cpu *cpu)
{
    if (!t->shared) return;
    pthread_mutex_lock(&t->lock);
    if (t->held) {
        queue_up(t, cpu);
    } else {
        t->held = true;
        t->holder = cpu;
    }
    pthread_mutex_unlock(&t->lock);
}

void turn_give(struct turn *t)
{
    if (!t->shared) return;
    pthread_mutex_lock(&t->lock);
    struct waiter *w = t->first;
    t->wanted = false;
    t->held = w != NULL;
    t->holder = w ? w->cpu : NULL;
    if (w) {
        t->first = w->next;
        if (!t->first) t->last = &t->first;
        w->granted = true;
        pthread_cond_signal(&w->called);
    }
    pthread_mutex_unlock(&t->lock);
}

/* Whose turn it is: what guest threads share is used and changed by one thread at a time. Guest code that is
 * decoded already is run without the turn, by all threads at once ("inside"), unless the turn is `single`. */
#ifndef INTERP_TURN_H
#define INTERP_TURN_H

#include <pthread.h>
#include <stdbool.h>

#include "interp/interp.h"

struct waiter;

struct turn {
    pthread_mutex_t lock;
    pthread_cond_t calm; /* nobody is inside */
    bool shared;         /* there has been a second thread: before that nothing is locked */
    bool single;         /* guest code is run with the turn, too: it must be watched */
    bool held;
    bool stopping; /* the holder waits for those inside */
    bool wanted;   /* somebody has waited for a whole slice */
    struct cpu *holder;
    struct cpu *inside; /* list of those that run guest code without the turn */
    struct waiter *first, **last;
};

void turn_init(struct turn *t, bool single); /* held by the caller */
/* Before a thread that shares it begins: the caller, that is `holder`, has it. */
void turn_share(struct turn *t, struct cpu *holder);
void turn_take(struct turn *t, struct cpu *cpu);
void turn_give(struct turn *t);

/* May guest code run without the turn? */
static inline bool turn_is_free(const struct turn *t)
{
    return t && t->shared && !t->single;
}

/* cpu gives the turn away and goes inside; comes out and takes it again. */
void turn_go_in(struct turn *t, struct cpu *cpu);
void turn_come_out(struct turn *t, struct cpu *cpu);
static inline bool turn_is_inside(const struct cpu *cpu)
{
    return __atomic_load_n(&cpu->inside_at, __ATOMIC_RELAXED) != NULL;
}

/* Whoever has the turn waits until nobody is inside. Who was must take the turn before running guest code
 * again: so this lasts until the turn is given away. */
void turn_stop(struct turn *t);

#endif

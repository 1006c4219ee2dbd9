/* Whose turn it is: one guest thread at a time runs guest code and uses what the threads share. */
#ifndef SYSCALLS_TURN_H
#define SYSCALLS_TURN_H

#include <pthread.h>
#include <stdbool.h>

#include "interp/interp.h"

struct waiter;

struct turn {
    pthread_mutex_t lock;
    bool shared; /* there has been a second thread: before that nothing is locked */
    bool held;
    volatile bool wanted; /* somebody has waited for a whole slice */
    struct cpu *holder;
    struct waiter *first, **last;
};

void turn_init(struct turn *t); /* held by the caller */
/* Before the first thread that shares it begins: `holder` is the caller's. */
void turn_share(struct turn *t, struct cpu *holder);
void turn_take(struct turn *t, struct cpu *cpu);
void turn_give(struct turn *t);

#endif

/* A profile of the running guest: counting, in both tiers, and what is done with it. There is none (NULL)
 * unless an option asks. */
#ifndef TIER_PROFILER_H
#define TIER_PROFILER_H

#include <pthread.h>

#include "profile/model.h"
#include "tier/run.h"

struct profiler {
    struct prof *prof;
    struct jit_log log;      /* who else is told; its self is the vm */
    pthread_mutex_t lock;    /* of the next */
    struct vthread *running; /* whom the clock's thread may ask for control; NULL: nobody runs guest code */
    volatile sig_atomic_t tick, wanted, asked; /* it is time to look; which phase it is; SIGUSR2 came */
    volatile sig_atomic_t begun;               /* the first burst has lasted long enough */
    bool exact, forked;
    int phase;                    /* what of `wanted` is so */
    uint64_t started, next_write; /* monotonic clock, ns */
    uint64_t window_began, burst_began,
        burst_ns;                  /* processor time, ns: what the last burst stands for; itself */
    uint64_t entered_before;       /* translations, when the burst began */
    struct jit_counters inherited; /* of the parent, when a child began */
    struct interp_stats inherited_stats;
    FILE *perfmap, *jitdump;
    uint64_t jitdump_index;
};

/* Does an option ask for one? */
bool profiler_wanted(const struct options *o);
/* Before the interpreter and the translator are made. false: one sentence in `why`. */
bool profiler_new(struct vm *vm, char *why, size_t size);
/* Between the log and the translator: both hear what happens. After jitlog_make(). */
void profiler_listen(struct vm *vm);
/* The interpreter asks where to count a new block's entries. */
struct block_fact *profiler_fact(void *vm, struct block *b);
/* The guest is about to run: the clocks start. */
void profiler_start(struct vm *vm);

/* The run loop: a system call, timed; and after each return of a tier. */
enum sys_outcome profiler_call(struct vthread *v, int *status);
/* v runs guest code, or (NULL) nobody does. */
void profiler_running(struct vm *vm, struct vthread *v);
void profiler_look(struct vm *vm);
/* SIGUSR2. */
void profiler_ask_sig(struct vm *vm, struct cpu *cpu);
/* Before the guest's program is replaced: its profile would be lost. */
void profiler_before_exec(struct vm *vm);

/* The end: files are written. */
void profiler_end(struct vm *vm, const struct ending *end);
/* Brings the profile up to date: counts, names, code. ended: NULL if the guest goes on. */
void profiler_collect(struct vm *vm, const char *ended);

/* profile_write.c */
void profiler_write(struct vm *vm, const char *suffix);
void profiler_name_blocks(struct vm *vm);
void profiler_list_code(struct vm *vm);

/* coverage.c: which operations are in a block, and how a translation does them. */
void coverage_block(struct prof_block *pb, const struct block *b);
void coverage_translation(const struct jit_view *v);
struct prof_block *coverage_fact(const struct block *b); /* the profile's; NULL: none */

/* perf.c: --perfmap, --jitdump */
bool perf_open(struct vm *vm, char *why, size_t size);
void perf_translated(struct vm *vm, const struct jit_view *v);

#endif

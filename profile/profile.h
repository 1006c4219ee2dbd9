/* What happened in a run: counters and their report. Owns no policy yet; tiers and the run loop count. */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <stdint.h>
#include <stdio.h>

#include "interp/interp.h"
#include "jit/jit.h"

struct profile {
    uint64_t exits[EXIT_REASONS]; /* of tiers, by reason */
    uint64_t started;             /* monotonic clock, ns */
    struct jit_counters jit;      /* kept by the translator */
};

void profile_start(struct profile *p);

static inline void profile_exit(struct profile *p, enum exit_reason why)
{
    p->exits[why]++;
}

/* --stats: a few lines that answer "what happened". insns: guest instructions, 0 if they were not counted. */
void profile_print_stats(const struct profile *p, const struct interp *in, uint64_t insns,
                         uint64_t system_calls, FILE *out);

#endif

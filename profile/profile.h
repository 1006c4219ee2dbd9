/* What is counted in every run, profile or not. */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <stdint.h>

#include "interp/interp.h"
#include "jit/jit.h"

struct profile {
    uint64_t exits[EXIT_REASONS]; /* of tiers, by reason */
    struct jit_counters jit;      /* kept by the translator */
};

static inline void profile_exit(struct profile *p, enum exit_reason why)
{
    p->exits[why]++;
}

#endif

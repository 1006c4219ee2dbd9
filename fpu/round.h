/* Small steps of rounding that several files of fpu share. */
#ifndef FPU_ROUND_H
#define FPU_ROUND_H

#include "fpu/float80.h"

/* Whether a magnitude is rounded up: `rest` are the bits below its last one, from the half bit down,
 * the lowest one sticky; `odd` is its last bit. */
static inline bool round_away(enum f80_rc rc, bool sign, bool odd, uint64_t rest)
{
    if (rc == RC_NEAREST) return rest > F80_TOP || (rest == F80_TOP && odd);
    return rest && rc == (sign ? RC_DOWN : RC_UP);
}

static inline int clz128(u128 v)
{
    uint64_t hi = (uint64_t)(v >> 64);
    return hi ? __builtin_clzll(hi) : 64 + __builtin_clzll((uint64_t)v);
}

/* Shifts hi.lo right; what falls out stays visible in the lowest bit. */
static inline void shift_right_sticky(uint64_t *hi, uint64_t *lo, unsigned n)
{
    u128 v = (u128)*hi << 64 | *lo;
    bool lost = n >= 128 ? v != 0 : n && v << (128 - n) != 0;
    v = n >= 128 ? 0 : v >> n;
    *hi = (uint64_t)(v >> 64);
    *lo = (uint64_t)v | lost;
}

/* rest / divisor as bits from the half bit down with a sticky end. */
static inline uint64_t fraction_sticky(uint64_t rest, uint64_t divisor)
{
    uint64_t other = divisor - rest;
    return rest == other ? F80_TOP : rest > other ? 3ull << 62 : rest != 0;
}

#endif

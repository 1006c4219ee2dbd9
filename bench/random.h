/* Numbers that look random and are the same everywhere (a linear congruential generator's upper bits). */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

/* The next number, less than `below`, which is at most 65536. */
static inline uint32_t next_random(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 16) * below >> 16;
}

#endif

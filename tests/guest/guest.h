/* What the guest programs share: a seeded generator, a running checksum, and the line that reports it.
 * Header only, so that every program stays a single source file that builds with any C library. */
#ifndef TESTS_GUEST_GUEST_H
#define TESTS_GUEST_GUEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t guest_seed = 2463534242u;

/* Marsaglia's xorshift32. */
__attribute__((unused)) static uint32_t rnd(void)
{
    guest_seed ^= guest_seed << 13;
    guest_seed ^= guest_seed >> 17;
    guest_seed ^= guest_seed << 5;
    return guest_seed;
}

__attribute__((unused)) static uint64_t rnd64(void)
{
    uint64_t high = rnd();
    return high << 32 | rnd();
}

/* Fowler, Noll and Vo's FNV-1a, 32 bits wide. */
__attribute__((unused)) static uint32_t mix(uint32_t sum, const void *data, size_t n)
{
    const unsigned char *p = data;
    while (n--)
        sum = (sum ^ *p++) * 16777619u;
    return sum;
}

#define MIX_START   2166136261u
#define MIX(sum, x) ((sum) = mix((sum), &(x), sizeof(x)))

/* Keeps the compiler from computing with a value at compile time. */
#define OPAQUE(x) __asm__ volatile("" : "+r"(x))

#endif

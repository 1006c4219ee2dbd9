/* Division of 128-bit numbers, digit by digit (Knuth's algorithm D), for hosts that divide 64 bits by 64. */
#ifndef FPU_DIGIT_H
#define FPU_DIGIT_H

#include <stdint.h>

/* One digit of base 2^32 of u.next / v, v normalized, u < v. */
static inline __attribute__((always_inline)) uint64_t digit_32(uint64_t u, uint64_t next, uint64_t v,
                                                               uint64_t *rest)
{
    uint64_t high = v >> 32, q = u / high, r = u % high << 32 | next, product = q * (uint32_t)v;
    if (r < product) {
        q--;
        r += v;
        if (r >= v && r < product) {
            q--;
            r += v;
        }
    }
    *rest = r - product;
    return q;
}

/* One of base 2^64. */
static inline uint64_t digit_64(uint64_t u, uint64_t next, uint64_t v, uint64_t *rest)
{
    uint64_t q = digit_32(u, next >> 32, v, rest) << 32;
    return q | digit_32(*rest, (uint32_t)next, v, rest);
}

#endif

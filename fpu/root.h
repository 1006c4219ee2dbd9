/* The square root of a significand. */
#ifndef FPU_ROOT_H
#define FPU_ROOT_H

#include "fpu/float80.h"

#include <math.h>

/* floor(sqrt(m * 2^63)), or of m * 2^64 where the exponent is odd, m normalized; and what is left, which is
 * at most twice the root. The host's correctly rounded double is good to 2^-51; one step of Newton's method
 * in integers leaves one or two units. */
static inline __attribute__((always_inline)) uint64_t f80_root(uint64_t m, unsigned odd, u128 *rest)
{
    u128 n = (u128)m << 63 << odd;
    double estimate = sqrt((double)(int64_t)(m >> (3 - odd))) * 2147483648.0;
    uint64_t root = (uint64_t)(int64_t)estimate << 2;
    if (root == 0) root = UINT64_MAX;
    __int128 left = (__int128)(n - (u128)root * root);
    root += (uint64_t)((int64_t)(left >> 16) / (int64_t)(root >> 15));
    left = (__int128)(n - (u128)root * root);
    while (left < 0) {
        root--;
        left += (__int128)((u128)root << 1 | 1);
    }
    while (left > (__int128)((u128)root << 1)) {
        left -= (__int128)((u128)root << 1 | 1);
        root++;
    }
    *rest = (u128)left;
    return root;
}

#endif

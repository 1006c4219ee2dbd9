/* Transcendental functions of finite arguments to about 120 bits, in 128-bit integers only, so that every
 * host computes the same bits. Rounding, special operands and flags are trans.c's. */
#ifndef FPU_KERNELS_H
#define FPU_KERNELS_H

#include "fpu/float80.h"

/* (-1)^sign * m/2^127 * 2^(exp - bias), m normalized; or m = 0. */
struct wide {
    bool sign;
    int32_t exp;
    u128 m;
};

struct wide wide_from(struct f80 a); /* finite; exact */
struct wide wide_mul(struct wide a, struct wide b);
struct wide wide_div(struct wide a, struct wide b);

/* x less the nearest multiple of half the 66-bit pi that CPUs use; *quadrant counts those multiples. |x| <
 * 2^63. */
struct wide kernel_reduce(struct wide x, unsigned *quadrant);
struct wide kernel_sin(struct wide x); /* |x| <= pi/4 */
struct wide kernel_cos(struct wide x);
struct wide kernel_atan2(struct wide y, struct wide x); /* neither zero */
struct wide kernel_log2(struct wide x);     /* positive; 0 for powers of two only with exponent 0 */
struct wide kernel_log2p1(struct wide x);   /* x > -1, not zero */
struct wide kernel_exp2m1(struct wide x);   /* |x| <= 1, not zero */
struct wide kernel_pi_quarters(unsigned n); /* n pi/4 */

#endif

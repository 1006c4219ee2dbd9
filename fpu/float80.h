/* Arithmetic on 80-bit values, bit for bit as the x87 does it, in integers. Owns rounding, exceptional
 * operands and exception flags of a single operation; the register stack is x87.c's.
 *
 * Every operation takes the control word (rounding, precision, which exceptions are masked) and adds
 * status word bits to *ex: exceptions and C1 (rounded up). What it returns when an unmasked #I,
 * #Z or #D is among them is not used by anybody. */
#ifndef FPU_FLOAT80_H
#define FPU_FLOAT80_H

#include "fpu/fpu.h"

enum { F80_BIAS = 16383, F80_EXP_MAX = 0x7fff };
enum f80_rc { RC_NEAREST, RC_DOWN, RC_UP, RC_ZERO };
#define F80_TOP (1ull << 63) /* the explicit integer bit */

typedef unsigned __int128 u128;

enum f80_class {
    CLASS_ZERO,
    CLASS_NORMAL,
    CLASS_DENORMAL,
    CLASS_INF,
    CLASS_QNAN,
    CLASS_SNAN,
    CLASS_UNSUPPORTED
};

static inline unsigned f80_exp(struct f80 a)
{
    return a.se & 0x7fff;
}
static inline bool f80_sign(struct f80 a)
{
    return a.se >> 15;
}
static inline struct f80 f80_make(bool sign, unsigned exp, uint64_t m)
{
    return (struct f80){m, (uint16_t)((unsigned)sign << 15 | exp)};
}
static inline struct f80 f80_zero(bool sign)
{
    return f80_make(sign, 0, 0);
}
static inline struct f80 f80_inf(bool sign)
{
    return f80_make(sign, F80_EXP_MAX, F80_TOP);
}
static inline struct f80 f80_indefinite(void)
{
    return f80_make(true, F80_EXP_MAX, 3ull << 62);
}
static inline enum f80_rc f80_rc(unsigned cw)
{
    return cw >> 10 & 3;
}

enum f80_class f80_class(struct f80 a);
static inline bool f80_is_nan(enum f80_class c)
{
    return c >= CLASS_QNAN && c <= CLASS_SNAN;
}

/* A finite value other than zero as sign, exponent and normalized significand. */
struct f80_parts {
    bool sign;
    int32_t exp; /* biased; may be below 1 */
    uint64_t m;
};
struct f80_parts f80_unpack(struct f80 a);

/* Rounds (-1)^sign * hi.lo * 2^(exp-bias), hi normalized, lo's lowest bit sticky. `cw` gives rounding and
 * precision control; F80_FULL(cw) is for operations that ignore the latter. */
#define F80_FULL(cw) ((cw) | 0x300)
struct f80 f80_round(bool sign, int32_t exp, uint64_t hi, uint64_t lo, unsigned cw, unsigned *ex);

/* The NaN that two operands (at least one a NaN or unsupported) give; for one operand pass it twice. */
struct f80 f80_nan(struct f80 a, struct f80 b, unsigned *ex);
struct f80 f80_invalid(unsigned *ex);

struct f80 f80_add(struct f80 a, struct f80 b, unsigned cw, unsigned *ex);
struct f80 f80_sub(struct f80 a, struct f80 b, unsigned cw, unsigned *ex);
struct f80 f80_mul(struct f80 a, struct f80 b, unsigned cw, unsigned *ex);
struct f80 f80_div(struct f80 a, struct f80 b, unsigned cw, unsigned *ex);
struct f80 f80_sqrt(struct f80 a, unsigned cw, unsigned *ex);
struct f80 f80_rint(struct f80 a, unsigned cw, unsigned *ex);
struct f80 f80_scale(struct f80 a, struct f80 b, unsigned cw, unsigned *ex);
/* fprem (nearest false) and fprem1; *cc gets C0, C1, C2 and C3, or F80_CC_KEPT when there is no quotient. */
enum { F80_CC_KEPT = -1 };
struct f80 f80_rem(struct f80 a, struct f80 b, bool nearest, unsigned cw, unsigned *ex, int *cc);

/* C3, C2, C0 of a compare. */
unsigned f80_compare(struct f80 a, struct f80 b, bool quiet, unsigned *ex);

/* Conversions. From memory formats: exact; a denormal gives DE, a signalling NaN stays one.
 * To them: the bytes that masked responses store. */
struct f80 f80_from(enum x87_type type, const void *operand, unsigned *ex);
void f80_to(enum x87_type type, struct f80 a, unsigned cw, void *bytes, unsigned *ex);

#endif

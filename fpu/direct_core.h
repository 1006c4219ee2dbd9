/* The common case of direct.h, inline and on values: operands normal and within 2^-4095 .. 2^4096, so that no
 * result is out of range; round to nearest; all exceptions masked. Each function does all, or nothing and
 * says so. Written for few MIPS instructions, with branches that depend on data; fpu/fast.h avoids those,
 * because x86 hosts guess them wrong. Of two sides the one that is longer is meant to be the seldom one. */
#ifndef FPU_DIRECT_CORE_H
#define FPU_DIRECT_CORE_H

#include "fpu/digit.h"
#include "fpu/float80.h"
#include "fpu/root.h"

#define CORE        static inline __attribute__((always_inline))
#define USUAL(x)    __builtin_expect(!!(x), 1)
#define UNUSUAL(x)  __builtin_expect(!!(x), 0)
#define DIRECT_HOT  __attribute__((section(".text.fpu_direct")))
#define DIRECT_COLD __attribute__((noinline, cold))

/* Bits that the result's 64-bit significand loses, by precision control. */
enum { DIRECT_DROP_64 = 0, DIRECT_DROP_53 = 11 };

/* Sign and exponent as in struct f80. The upper half of `se` is 0 in operands and may be anything in results.
 */
struct direct_value {
    uint64_t m;
    uint32_t se;
};

CORE struct direct_value direct_open(const struct f80 *a)
{
    return (struct direct_value){a->m, a->se};
}

/* Bit fields, for which compilers use bit insertion where the host has it. */
CORE uint32_t direct_with_sign(uint32_t exp, uint64_t sign)
{
    union {
        uint32_t v;
        struct {
            uint32_t exp : 15, sign : 1, none : 16;
        } f;
    } u = {.v = exp};
    u.f.sign = sign & 1;
    return u.v;
}

CORE uint64_t direct_with_bit63(uint64_t v, uint64_t bit)
{
    union {
        uint64_t v;
        struct {
            uint64_t low : 63, top : 1;
        } f;
    } u = {.v = v};
    u.f.top = bit & 1;
    return u.v;
}

/* C1 and a sticky PE; `pe` is X87_PE or 0 from an earlier step of the same function. */
CORE void direct_note_exact(struct x87 *x, unsigned pe)
{
    x->sw = (uint16_t)((x->sw & ~X87_C1) | pe);
}

CORE void direct_note_inexact(struct x87 *x, uint64_t up)
{
    union {
        uint32_t v;
        struct {
            uint32_t low : 9, c1 : 1, high : 22;
        } f;
    } sw = {.v = x->sw};
    sw.f.c1 = up & 1;
    x->sw = (uint16_t)(sw.v | X87_PE);
}

/* --- operands ------------------------------------------------------------------------------------------- */

enum { BAND_LOW = 0x3000, BAND_MASK = 0x6000 };

CORE bool direct_usable1(struct direct_value a)
{
    return ((a.se - BAND_LOW) & BAND_MASK) == 0 && (int64_t)a.m < 0;
}
CORE bool direct_usable(struct direct_value a, struct direct_value b)
{
    return (((a.se - BAND_LOW) | (b.se - BAND_LOW)) & BAND_MASK) == 0 && (int64_t)(a.m & b.m) < 0;
}

/* Memory operands, raw, that are normal numbers: all of those are in the band. */
CORE bool direct_normal_f64(uint64_t v)
{
    return (uint32_t)(v >> 52 & 0x7ff) - 1 < 0x7fe;
}
CORE struct direct_value direct_from_f64(uint64_t v)
{
    uint32_t exp = (uint32_t)(v >> 52 & 0x7ff) + (F80_BIAS - 1023);
    return (struct direct_value){direct_with_bit63(v << 11, 1), direct_with_sign(exp, v >> 63)};
}

CORE bool direct_normal_f32(uint64_t v)
{
    return (uint32_t)(v >> 23 & 0xff) - 1 < 0xfe;
}
CORE struct direct_value direct_from_f32(uint64_t v)
{
    uint32_t exp = (uint32_t)(v >> 23 & 0xff) + (F80_BIAS - 127);
    return (struct direct_value){direct_with_bit63(v << 40, 1), direct_with_sign(exp, v >> 31)};
}

/* Sign-extended integers other than zero. */
CORE bool direct_normal_int(uint64_t v)
{
    return v != 0;
}
CORE struct direct_value direct_from_int(uint64_t v)
{
    uint64_t m = (int64_t)v < 0 ? 0 - v : v;
    unsigned lead = (unsigned)__builtin_clzll(m);
    return (struct direct_value){m << lead, direct_with_sign(F80_BIAS + 63 - lead, v >> 63)};
}

/* --- results -------------------------------------------------------------------------------------------- */

/* Where a result goes. All but the pointers' targets and `pe` is known when the function is compiled. */
struct direct_to {
    struct x87 *x;
    struct f80 *d;
    unsigned drop;
    unsigned pe;                /* X87_PE if an earlier step was inexact */
    uint64_t *f64;              /* fst m64 follows: its bits; or NULL */
    struct direct_value *value; /* nothing is written but this and *kept_pe; or NULL */
    unsigned *kept_pe;
};

/* Nothing done; all done; all but the store done. */
enum direct_outcome { DIRECT_REFUSED, DIRECT_DONE, DIRECT_UNSTORED };

CORE void direct_put(struct f80 *d, uint64_t m, uint32_t se)
{
    d->m = m;
    d->se = (uint16_t)se;
}

/* Whether hi.lo is rounded up at hi's last bit, for lo other than zero: lo above a half, or a half and hi
 * odd. */
CORE uint64_t direct_up(uint64_t hi, uint64_t lo)
{
    return (lo + (hi & 1) - 1) >> 63;
}

/* The exponent field of m64 less one, since the hidden bit adds one: usable below 0x7fd. */
CORE uint32_t direct_f64_exp(uint32_t se)
{
    return (se & 0x7fff) - (F80_BIAS - 1022);
}

/* fst m64 or m32 of a normal result in range. A carry of the significand goes into the exponent. */
CORE uint64_t direct_store(struct x87 *x, uint64_t m, unsigned fraction)
{
    uint64_t q = m >> (63 - fraction), rest = m << (fraction + 1);
    if (rest == 0) {
        direct_note_exact(x, 0);
        return q;
    }
    uint64_t up = direct_up(q, rest);
    direct_note_inexact(x, up);
    return q + up;
}

CORE uint64_t direct_to_f64(struct x87 *x, uint64_t m, uint32_t se)
{
    return direct_with_bit63(direct_store(x, m, 52) + ((uint64_t)direct_f64_exp(se) << 52), se >> 15);
}

CORE enum direct_outcome direct_keep(struct direct_to to, uint64_t m, uint32_t se, unsigned pe)
{
    *to.value = (struct direct_value){m, se & 0xffff};
    *to.kept_pe = pe;
    return DIRECT_DONE;
}

/* What is left of the work after the arithmetic. */
CORE enum direct_outcome direct_then_store(struct direct_to to, uint64_t m, uint32_t se)
{
    if (!to.f64) return DIRECT_DONE;
    if (UNUSUAL(direct_f64_exp(se) >= 0x7fd)) return DIRECT_UNSTORED;
    to.x->kept_sw = to.x->sw;
    *to.f64 = direct_to_f64(to.x, m, se);
    return DIRECT_DONE;
}

CORE enum direct_outcome direct_exact(struct direct_to to, uint64_t m, uint32_t se)
{
    if (to.value) return direct_keep(to, m, se, to.pe);
    direct_put(to.d, m, se);
    direct_note_exact(to.x, to.pe);
    return direct_then_store(to, m, se);
}

CORE enum direct_outcome direct_inexact(struct direct_to to, uint64_t m, uint32_t se, uint64_t up)
{
    if (to.value) return direct_keep(to, m, se, X87_PE);
    direct_put(to.d, m, se);
    direct_note_inexact(to.x, up);
    return direct_then_store(to, m, se);
}

CORE enum direct_outcome direct_finish64(struct direct_to to, uint64_t hi, uint64_t up, uint32_t se)
{
    hi += up;
    if (UNUSUAL(hi == 0)) {
        hi = F80_TOP;
        se++;
    }
    return direct_inexact(to, hi, se, up);
}

CORE enum direct_outcome direct_finish53(struct direct_to to, uint64_t hi, uint32_t se)
{
    enum { DROPPED = 0x7ff, BELOW_HALF = 0x3ff };
    if ((hi & DROPPED) == 0) return direct_exact(to, hi, se);
    uint64_t m = (hi + BELOW_HALF + (hi >> 11 & 1)) & ~(uint64_t)DROPPED, up = m > hi;
    if (UNUSUAL(m == 0)) {
        m = F80_TOP;
        up = 1;
        se++;
    }
    return direct_inexact(to, m, se, up);
}

/* Rounds hi.lo, normalized, lo's lowest bit sticky. */
CORE enum direct_outcome direct_finish(struct direct_to to, uint64_t hi, uint64_t lo, uint32_t se)
{
    if (to.drop) return direct_finish53(to, hi | (lo != 0), se);
    if (lo == 0) return direct_exact(to, hi, se);
    return direct_finish64(to, hi, direct_up(hi, lo), se);
}

/* --- arithmetic ----------------------------------------------------------------------------------------- */

/* a + b of one sign, b's exponent smaller by `gap`, below 64. */
CORE enum direct_outcome direct_sum(struct direct_to to, struct direct_value a, struct direct_value b,
                                    uint32_t gap)
{
    uint64_t lo = b.m << 1 << (~gap & 63), hi = a.m + (b.m >> gap);
    if (hi < a.m) {
        lo = hi << 63 | lo >> 1; /* lo's last bit is 0: gap is below 64 */
        hi = direct_with_bit63(hi >> 1, 1);
        a.se++;
    }
    return direct_finish(to, hi, lo, a.se);
}

/* a - b of equal exponents: exact but for the precision, or zero. */
CORE enum direct_outcome direct_cancel(struct direct_to to, struct direct_value a, uint64_t bm)
{
    uint64_t m = a.m - bm;
    if (m == 0) {
        direct_note_exact(to.x, to.pe);
        direct_put(to.d, 0, 0);
        return to.f64 ? DIRECT_UNSTORED : DIRECT_DONE;
    }
    if (a.m < bm) {
        m = 0 - m;
        a.se ^= 0x8000;
    }
    unsigned lead = (unsigned)__builtin_clzll(m);
    return direct_finish(to, m << lead, 0, a.se - lead);
}

/* a - b as magnitudes, with a's sign; b's exponent smaller by `gap`, below 64. */
CORE enum direct_outcome direct_difference(struct direct_to to, struct direct_value a, struct direct_value b,
                                           uint32_t gap)
{
    if (UNUSUAL(gap == 0)) return direct_cancel(to, a, b.m);
    uint64_t lo = b.m << (-gap & 63), hi = a.m - (b.m >> gap) - (lo != 0);
    lo = 0 - lo;
    if ((int64_t)hi >= 0) {
        if (UNUSUAL(hi == 0)) return DIRECT_REFUSED;
        unsigned lead = (unsigned)__builtin_clzll(hi);
        hi = hi << lead | lo >> (-lead & 63);
        lo <<= lead;
        a.se -= lead;
    }
    return direct_finish(to, hi, lo, a.se);
}

/* Equal signs and exponents that differ by less than 64 show as a small difference of the two `se`. */
CORE enum direct_outcome direct_add(struct direct_to to, struct direct_value a, struct direct_value b)
{
    uint32_t gap = a.se - b.se;
    if (gap < 64) return direct_sum(to, a, b, gap);
    if (-gap < 64) return direct_sum(to, b, a, -gap);
    gap = (a.se ^ 0x8000) - b.se;
    if (gap < 64) return direct_difference(to, a, b, gap);
    if (-gap < 64) return direct_difference(to, b, a, -gap);
    return DIRECT_REFUSED;
}

CORE enum direct_outcome direct_sub(struct direct_to to, struct direct_value a, struct direct_value b)
{
    b.se ^= 0x8000;
    return direct_add(to, a, b);
}

/* Signs and exponents of both are added in one: the sum of two signs is their difference. */
CORE enum direct_outcome direct_mul(struct direct_to to, struct direct_value a, struct direct_value b)
{
    u128 product = (u128)a.m * b.m;
    uint64_t hi = (uint64_t)(product >> 64), lo = (uint64_t)product;
    uint32_t se = a.se + b.se - (F80_BIAS - 1);
    if ((int64_t)hi < 0) return direct_finish(to, hi, lo, se);
    return direct_finish(to, hi << 1 | lo >> 63, lo << 1, se - 1);
}

CORE enum direct_outcome direct_div(struct direct_to to, struct direct_value a, struct direct_value b)
{
    uint64_t u = a.m, next = 0, rest;
    uint32_t se = a.se - b.se + (F80_BIAS - 1);
    if (a.m >= b.m) { /* then the quotient of the significands is 1 at least */
        next = u << 63 >> 32;
        u >>= 1;
        se++;
    }
    uint64_t q = digit_32(u, next, b.m, &rest) << 32;
    q += digit_32(rest, 0, b.m, &rest);
    if (to.drop) return direct_finish53(to, q | (rest != 0), se);
    if (rest == 0) return direct_exact(to, q, se);
    /* Never half-way, and never up to the next power of two: q is below 2^64 - 1 then. */
    uint64_t up = rest > b.m - rest;
    return direct_inexact(to, q + up, se, up);
}

CORE enum direct_outcome direct_subr(struct direct_to to, struct direct_value a, struct direct_value b)
{
    return direct_sub(to, b, a);
}
CORE enum direct_outcome direct_divr(struct direct_to to, struct direct_value a, struct direct_value b)
{
    return direct_div(to, b, a);
}

/* Of a positive number. */
CORE enum direct_outcome direct_sqrt(struct direct_to to, struct direct_value a)
{
    uint32_t e = a.se - F80_BIAS, odd = e & 1;
    uint32_t se = (uint32_t)((int32_t)e >> 1) + F80_BIAS;
    u128 rest;
    uint64_t root = f80_root(a.m, odd, &rest);
    if (to.drop) return direct_finish53(to, root | (rest != 0), se);
    if (rest == 0) return direct_exact(to, root, se);
    uint64_t up = rest > root; /* (root + 1/2)^2 is root^2 + root + 1/4 */
    return direct_finish64(to, root, up, se);
}

#endif

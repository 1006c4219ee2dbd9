/* The common case of the double model's hot instructions, inline: registers in use, round to nearest, all
 * exceptions masked, results that are normal numbers. As in fast.h each function does the whole
 * instruction and returns true, or changes nothing and returns false: then it is for dbl.c and its
 * neighbours. */
#ifndef FPU_DBLFAST_H
#define FPU_DBLFAST_H

#include <math.h>

#include "fpu/dbl.h"
#include "fpu/fast.h"

/* --- registers ------------------------------------------------------------------------------------------ */

FAST double dbl_get(const struct x87 *x, unsigned slot)
{
    return dbl_value(x->d[slot]);
}

FAST void dbl_set(struct x87 *x, unsigned slot, uint64_t v)
{
    x->d[slot] = v;
    if (!FAST_LIKELY(!x->raw)) x->raw &= (uint8_t) ~(1u << slot);
}

/* A register that is a double and nothing more. */
FAST bool dbl_simple(const struct x87 *x, unsigned slot)
{
    return !((x->empty | x->raw) >> slot & 1);
}

/* Round to nearest, precision control of at least 53 bits, all masked. */
FAST bool dbl_easy(const struct x87 *x)
{
    return ((x->cw & 0xc3f) == 0x3f) & ((x->cw & 0x300) != 0);
}
FAST bool dbl_masked(const struct x87 *x)
{
    return (x->cw & X87_EXCEPTIONS) == X87_EXCEPTIONS;
}

/* --- loads and moves ------------------------------------------------------------------------------------ */

FAST bool dbl_push(struct x87 *x, uint64_t v, bool ok)
{
    unsigned r = (x->top - 1u) & 7;
    if (!FAST_LIKELY(ok && !fast_used(x, r) && !(x->sw & X87_ES))) return false;
    dbl_set(x, r, v);
    x->top = (uint8_t)r;
    x->empty &= (uint8_t) ~(1u << r);
    return true;
}

FAST double dbl_from_f32(uint32_t v)
{
    float f;
    memcpy(&f, &v, sizeof f);
    return f;
}

FAST bool dbl_quick_fld_f32(struct x87 *x, uint32_t v)
{
    return dbl_push(x, dbl_bits(dbl_from_f32(v)), v << 1 <= 0xffu << 24);
}

FAST bool dbl_quick_fild(struct x87 *x, int64_t v)
{
    return dbl_push(x, dbl_bits((double)v), (uint64_t)v + (1ull << 53) <= 1ull << 54);
}

/* m80 that is a double, normal or zero. */
FAST bool dbl_quick_fld_f80(struct x87 *x, uint64_t m, unsigned se)
{
    uint64_t sign = (uint64_t)(se >> 15) << 63;
    unsigned exp = (se & 0x7fff) - (F80_BIAS - 1023);
    if ((se & 0x7fff) == 0 && m == 0) return dbl_push(x, sign, true);
    return dbl_push(x, sign | (uint64_t)exp << 52 | m << 1 >> 12,
                    exp - 1 < 0x7fe && m >> 63 && (m & 0x7ff) == 0);
}

/* ST(0) as m80, if it is normal or zero and has no image. */
FAST bool dbl_to_f80(const struct x87 *x, struct f80 *v)
{
    uint64_t d = x->d[x->top];
    unsigned sign = (unsigned)(d >> 63) << 15, exp = d >> 52 & 0x7ff;
    *v = (struct f80){F80_TOP | d << 11, (uint16_t)(sign | (exp + (F80_BIAS - 1023)))};
    if (d << 1 == 0) *v = (struct f80){0, (uint16_t)sign};
    return dbl_simple(x, x->top) && !(x->sw & X87_ES) && (exp - 1 < 0x7fe || d << 1 == 0);
}

FAST bool dbl_quick_fld_st(struct x87 *x, unsigned i)
{
    unsigned s = fast_slot(x, i);
    return dbl_push(x, x->d[s], dbl_simple(x, s));
}

FAST bool dbl_quick_fst_st(struct x87 *x, unsigned i, bool pop)
{
    unsigned d = fast_slot(x, i);
    if (!FAST_LIKELY(dbl_simple(x, x->top) && !(x->sw & X87_ES))) return false;
    dbl_set(x, d, x->d[x->top]);
    x->empty &= (uint8_t) ~(1u << d);
    if (pop) fast_pop(x);
    return true;
}

FAST bool dbl_quick_fxch(struct x87 *x, unsigned i)
{
    unsigned s = fast_slot(x, i);
    if (!FAST_LIKELY(dbl_simple(x, x->top) && dbl_simple(x, s) && !(x->sw & X87_ES))) return false;
    uint64_t a = x->d[x->top];
    x->d[x->top] = x->d[s];
    x->d[s] = a;
    return true;
}

FAST bool dbl_quick_sign(struct x87 *x, uint64_t keep, uint64_t flip)
{
    if (!FAST_LIKELY(fast_used(x, x->top) && !(x->sw & X87_ES))) return false;
    dbl_set(x, x->top, (x->d[x->top] & keep) ^ flip);
    return true;
}

/* --- arithmetic ----------------------------------------------------------------------------------------- */

/* A normal result, #P noted before: no flag is missing. The smallest exponent may hide an underflow. Without
 * `ask` nothing else counts: a call would make each user save registers. */
FAST bool dbl_quick_result(struct x87 *x, unsigned slot, unsigned op, double a, double b, double r, bool ask)
{
    uint64_t bits = dbl_bits(r);
    bool settled = (bits >> 52 & 0x7ff) - 2 < 0x7fd && x->sw & X87_PE;
    if (!FAST_LIKELY(settled) && !(ask && dbl_settle(x, op, a, b, r))) return false;
    dbl_set(x, slot, bits);
    return true;
}

FAST bool dbl_quick_operate(struct x87 *x, enum x87_op op, unsigned slot, double a, double b, bool ask)
{
    switch (op) {
    case X87_ADD: return dbl_quick_result(x, slot, X87_ADD, a, b, a + b, ask);
    case X87_SUB: return dbl_quick_result(x, slot, X87_SUB, a, b, a - b, ask);
    case X87_SUBR: return dbl_quick_result(x, slot, X87_SUB, b, a, b - a, ask);
    case X87_MUL: return dbl_quick_result(x, slot, X87_MUL, a, b, a * b, ask);
    case X87_DIV: return dbl_quick_result(x, slot, X87_DIV, a, b, a / b, ask);
    case X87_DIVR: return dbl_quick_result(x, slot, X87_DIV, b, a, b / a, ask);
    }
    return false;
}

FAST bool dbl_quick_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop, bool ask)
{
    unsigned d = fast_slot(x, dst), s = fast_slot(x, src);
    if (!FAST_LIKELY(dbl_easy(x) && fast_used(x, d) && fast_used(x, s))) return false;
    if (!dbl_quick_operate(x, op, d, dbl_get(x, d), dbl_get(x, s), ask)) return false;
    if (pop) fast_pop(x);
    return true;
}

FAST bool dbl_quick_arith_value(struct x87 *x, enum x87_op op, double v, bool ask)
{
    if (!FAST_LIKELY(dbl_easy(x) && fast_used(x, x->top))) return false;
    return dbl_quick_operate(x, op, x->top, dbl_get(x, x->top), v, ask);
}

FAST bool dbl_quick_fsqrt(struct x87 *x)
{
    if (!FAST_LIKELY(dbl_easy(x) && fast_used(x, x->top) && !(x->d[x->top] >> 63))) return false;
    double v = dbl_get(x, x->top);
    return dbl_quick_result(x, x->top, DBL_SQRT, v, v, sqrt(v), true);
}

/* By exponents: any other result is not normal. */
FAST bool dbl_quick_fscale(struct x87 *x)
{
    unsigned s = fast_slot(x, 1);
    uint64_t v = x->d[x->top];
    double by = dbl_get(x, s);
    if (!FAST_LIKELY(fast_used(x, x->top) && fast_used(x, s) && !(x->sw & X87_ES) && by > -4096 && by < 4096))
        return false;
    int exp = (int)(v >> 52 & 0x7ff) + (int)by;
    if (!FAST_LIKELY(dbl_is_normal(v) && exp > 0 && exp < 0x7ff)) return false;
    dbl_set(x, x->top, (v & ~DBL_INF) | (uint64_t)exp << 52);
    return true;
}

/* --- integers ------------------------------------------------------------------------------------------- */

struct dbl_integer {
    int64_t v;
    bool ok, inexact;
};

/* ST(0) as an integer of `bits` bits, to nearest or cut off. */
FAST struct dbl_integer dbl_to_int(const struct x87 *x, unsigned bits)
{
    const double shift = 0x1.8p52; /* pushes what is below 1 out of the significand */
    double v = dbl_get(x, x->top);
    unsigned rc = x->cw >> 10 & 3, exp = x->d[x->top] >> 52 & 0x7ff;
    bool ok = fast_used(x, x->top) && dbl_masked(x) && exp < 1023 + (bits < 52 ? bits - 1 : 51) &&
              (rc == RC_NEAREST || rc == RC_ZERO);
    if (!FAST_LIKELY(ok)) return (struct dbl_integer){.ok = false};
    int64_t n = (int64_t)(rc == RC_ZERO ? v : v + shift - shift);
    ok = bits > 52 || (n < 1ll << (bits - 1) && n >= -(1ll << (bits - 1)));
    return (struct dbl_integer){.v = n, .ok = ok, .inexact = (double)n != v};
}

FAST void dbl_quick_stored(struct x87 *x, bool inexact, bool pop)
{
    if (inexact) x->sw |= X87_PE;
    if (pop) fast_pop(x);
}

FAST bool dbl_quick_frndint(struct x87 *x)
{
    double v = dbl_get(x, x->top);
    struct dbl_integer n = dbl_to_int(x, 64);
    if (!FAST_LIKELY(n.ok)) return false;
    dbl_set(x, x->top, dbl_bits((double)n.v) | (dbl_bits(v) & DBL_SIGN));
    dbl_quick_stored(x, n.inexact, false);
    return true;
}

/* ST(0) as m32. */
struct dbl_single {
    uint32_t bits;
    bool ok, inexact;
};

FAST struct dbl_single dbl_to_f32(const struct x87 *x)
{
    double v = dbl_get(x, x->top);
    float f = (float)v;
    struct dbl_single r = {.inexact = (double)f != v};
    memcpy(&r.bits, &f, sizeof f);
    bool plain = !r.inexact || (r.bits >> 23 & 0xff) - 2 < 0xfd;
    r.ok = plain && fast_used(x, x->top) && (x->cw & 0xc3f) == 0x3f;
    return r;
}

/* --- compares ------------------------------------------------------------------------------------------- */

/* C0 and C3, or -1 if one is a NaN. */
FAST int dbl_order(uint64_t a, uint64_t b)
{
    if (!FAST_LIKELY(!dbl_is_nan(a) && !dbl_is_nan(b))) return -1;
    double x = dbl_value(a), y = dbl_value(b);
    return (x < y ? X87_C0 : 0) | (x == y ? X87_C3 : 0);
}

FAST bool dbl_quick_fcom_value(struct x87 *x, uint64_t b, bool ok, unsigned pops)
{
    if (!FAST_LIKELY(ok && fast_used(x, x->top) && !(x->sw & X87_ES))) return false;
    int cc = dbl_order(x->d[x->top], b);
    if (cc < 0) return false;
    x->sw = (uint16_t)((x->sw & ~X87_CC) | (unsigned)cc);
    for (; pops; pops--)
        fast_pop(x);
    return true;
}

FAST bool dbl_quick_fcom(struct x87 *x, unsigned i, unsigned pops)
{
    unsigned s = fast_slot(x, i);
    return dbl_quick_fcom_value(x, x->d[s], fast_used(x, s), pops);
}

/* ZF, PF and CF of fcomi, or -1. */
FAST int dbl_quick_fcomi(struct x87 *x, unsigned i, bool pop)
{
    unsigned s = fast_slot(x, i);
    if (!FAST_LIKELY(fast_used(x, s) && fast_used(x, x->top) && !(x->sw & X87_ES))) return -1;
    int cc = dbl_order(x->d[x->top], x->d[s]);
    if (cc < 0) return -1;
    if (pop) fast_pop(x);
    return cc >> 8;
}

#endif

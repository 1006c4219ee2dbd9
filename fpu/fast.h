/* The common case of the hot x87 instructions, inline: registers in use, operands normal (or zero where that
 * is free), round to nearest, all exceptions masked. Each function either does the whole instruction
 * and returns true, or changes nothing and returns false: then x87.c does it. Nothing here knows of
 * stack faults, NaNs, denormals or unmasked exceptions.
 *
 * Rounding is kept free of branches that depend on data; measurements are in docs/X87.md. */
#ifndef FPU_FAST_H
#define FPU_FAST_H

#include "fpu/float80.h"

#define FAST           static inline __attribute__((always_inline))
#define FAST_LIKELY(x) __builtin_expect(!!(x), 1)

/* Control word: RC, PC and masks. */
enum { FAST_CW = 0xf3f, FAST_CW_64 = 0x33f, FAST_CW_53 = 0x23f };
enum { FAST_DROP_64 = 0, FAST_DROP_53 = 11 };

FAST bool fast_cw(const struct x87 *x, unsigned mode)
{
    return (x->cw & FAST_CW) == mode;
}
FAST bool fast_masked(const struct x87 *x)
{
    return (x->cw & (FAST_CW & ~0x300)) == 0x3f;
}

FAST unsigned fast_slot(const struct x87 *x, unsigned i)
{
    return (x->top + i) & 7;
}
/* Field by field: moved as 16 bytes, a value just written in two pieces would make the host wait. */
FAST struct f80 fast_get(const struct f80 *r)
{
    return (struct f80){r->m, r->se};
}
FAST void fast_put(struct f80 *r, struct f80 v)
{
    r->m = v.m;
    r->se = v.se;
}

FAST bool fast_used(const struct x87 *x, unsigned slot)
{
    return !(x->empty >> slot & 1);
}

FAST bool fast_normal(struct f80 a)
{
    return (a.se & 0x7fffu) - 1 < 0x7ffe && a.m >> 63;
}
FAST bool fast_zero(struct f80 a)
{
    return ((a.se & 0x7fffu) | a.m) == 0;
}

FAST void fast_pop(struct x87 *x)
{
    x->empty |= (uint8_t)(1u << x->top);
    x->top = (x->top + 1) & 7;
}

/* Records C1 and a sticky PE. */
FAST void fast_note(struct x87 *x, bool inexact, bool up)
{
    x->sw = (uint16_t)((x->sw & ~X87_C1) | (unsigned)inexact << 5 | (unsigned)up << 9);
}
FAST void fast_clear_c1(struct x87 *x)
{
    x->sw &= (uint16_t)~X87_C1;
}

/* --- operands ------------------------------------------------------------------------------------------- */

/* A number taken apart; `sign` is 0 or 0x8000. */
struct fast_value {
    uint64_t m;
    uint32_t exp, sign;
};

FAST struct fast_value fast_open(struct f80 a)
{
    return (struct fast_value){a.m, a.se & 0x7fff, a.se & 0x8000};
}
FAST struct f80 fast_close(struct fast_value v)
{
    return (struct f80){v.m, (uint16_t)(v.exp | v.sign)};
}

/* m64 and m32 that are normal; *ok tells. */
FAST struct fast_value fast_from_f64(uint64_t v, bool *ok)
{
    uint32_t exp = v >> 52 & 0x7ff;
    *ok = exp - 1 < 0x7fe;
    return (struct fast_value){F80_TOP | v << 11, exp + (F80_BIAS - 1023), v >> 48 & 0x8000};
}

FAST struct fast_value fast_from_f32(uint32_t v, bool *ok)
{
    uint32_t exp = v >> 23 & 0xff;
    *ok = exp - 1 < 0xfe;
    return (struct fast_value){F80_TOP | (uint64_t)v << 40, exp + (F80_BIAS - 127), v >> 16 & 0x8000};
}

FAST struct f80 fast_from_int(int64_t v)
{
    uint64_t m = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    if (m == 0) return (struct f80){0, 0};
    int lead = __builtin_clzll(m);
    return (struct f80){m << lead, (uint16_t)((F80_BIAS + 63 - lead) | (v < 0 ? 0x8000 : 0))};
}

/* Pushes a value; `ok` is its conversion's. */
FAST bool fast_push(struct x87 *x, struct f80 v, bool ok)
{
    unsigned r = (x->top - 1u) & 7;
    if (!FAST_LIKELY(ok && !fast_used(x, r) && !(x->sw & X87_ES))) return false;
    fast_put(&x->reg[r], v);
    x->top = (uint8_t)r;
    x->empty &= (uint8_t) ~(1u << r);
    fast_clear_c1(x);
    return true;
}

FAST bool fast_fld_f64(struct x87 *x, uint64_t v)
{
    bool ok;
    struct fast_value a = fast_from_f64(v, &ok);
    if (v << 1 == 0) return fast_push(x, (struct f80){0, (uint16_t)(v >> 48)}, true);
    return fast_push(x, fast_close(a), ok);
}

FAST bool fast_fld_f32(struct x87 *x, uint32_t v)
{
    bool ok;
    struct fast_value a = fast_from_f32(v, &ok);
    if (v << 1 == 0) return fast_push(x, (struct f80){0, (uint16_t)(v >> 16)}, true);
    return fast_push(x, fast_close(a), ok);
}

FAST bool fast_fld_st(struct x87 *x, unsigned i)
{
    unsigned s = fast_slot(x, i);
    return fast_push(x, fast_get(&x->reg[s]), fast_used(x, s));
}

/* --- arithmetic ---------------------------------------------------------------------------------------- */

/* Rounds hi.lo, normalized, to nearest even at `drop` bits, and stores it in *to if it is a normal number. */
FAST bool fast_round(struct x87 *x, struct f80 *to, unsigned sign, uint32_t exp, uint64_t hi, uint64_t lo,
                     unsigned drop)
{
    if (drop) { /* make the dropped bits the upper ones of lo */
        lo = hi << (64 - drop) | lo >> drop | (lo << (64 - drop) != 0);
        hi >>= drop;
    }
    bool up = lo > F80_TOP - (hi & 1);
    hi += up;
    if (drop) {
        uint64_t carry = hi >> (64 - drop);
        hi = carry ? F80_TOP : hi << drop;
        exp += (uint32_t)carry;
    } else if (hi == 0) {
        hi = F80_TOP;
        exp++;
    }
    if (!FAST_LIKELY(exp - 1 < 0x7ffe)) return false;
    fast_put(to, (struct f80){hi, (uint16_t)(exp | sign)});
    fast_note(x, lo != 0, up);
    return true;
}

/* What is left after cancellation: often nothing. */
FAST bool fast_cancelled(struct x87 *x, struct f80 *to, uint64_t lo)
{
    if (lo) return false;
    fast_put(to, (struct f80){0, 0});
    fast_clear_c1(x);
    return true;
}

/* a + b, or a - b with `negate` 0x8000. Two-word sums are spelled out: compilers spill __int128. */
FAST bool fast_add(struct x87 *x, struct f80 *to, struct fast_value a, struct fast_value b, uint32_t negate,
                   unsigned drop)
{
    uint32_t opposite = a.sign ^ b.sign ^ negate, differ1 = opposite >> 15;
    uint64_t differ = 0 - (uint64_t)differ1;
    /* The one with the smaller exponent is shifted. */
    int32_t d = (int32_t)(a.exp - b.exp), behind = d >> 31;
    uint64_t swap = (a.m ^ b.m) & (uint64_t)(int64_t)behind, big = a.m ^ swap, small = b.m ^ swap;
    uint32_t exp = a.exp - (uint32_t)(d & behind), gap = (uint32_t)((d ^ behind) - behind);
    uint32_t sign = a.sign ^ (opposite & (uint32_t)behind);
    /* One bit of headroom for the carry; nothing falls out below a gap of 64. */
    uint64_t shi = small >> ((gap + 1) & 63), slo = small << ((63 - gap) & 63);
    if (!FAST_LIKELY(gap < 63)) {
        unsigned shift = gap < 126 ? gap - 63 : 63;
        shi = 0;
        slo = small >> shift;
        slo |= slo << shift != small;
    }
    uint64_t part = (slo ^ differ) + differ1, lo = part + (big << 63);
    uint64_t hi = (big >> 1) + (shi ^ differ) + (part < differ1) + (lo < part);
    if (!FAST_LIKELY((int64_t)(hi & differ) >= 0)) { /* equal exponents, and b is the larger */
        lo = 0 - lo;
        hi = ~hi + (lo == 0);
        sign ^= 0x8000;
    }
    if (!FAST_LIKELY(hi != 0)) return fast_cancelled(x, to, lo);
    unsigned lead = (unsigned)__builtin_clzll(hi);
    hi = hi << lead | lo >> 1 >> (63 - lead);
    return fast_round(x, to, sign, exp + 1 - lead, hi, lo << lead, drop);
}

FAST bool fast_mul(struct x87 *x, struct f80 *to, struct fast_value a, struct fast_value b, unsigned drop)
{
    u128 product = (u128)a.m * b.m;
    uint64_t hi = (uint64_t)(product >> 64), lo = (uint64_t)product;
    unsigned below = !(hi >> 63);
    hi = hi << below | (lo >> 63 & below);
    uint32_t exp = a.exp + b.exp - (F80_BIAS - 1) - below;
    return fast_round(x, to, a.sign ^ b.sign, exp, hi, lo << below, drop);
}

FAST bool fast_div(struct x87 *x, struct f80 *to, struct fast_value a, struct fast_value b, unsigned drop)
{
    unsigned below = a.m < b.m;
    u128 n = (u128)a.m << 63 << below;
    uint64_t q = (uint64_t)(n / b.m), rest = (uint64_t)n - q * b.m;
    uint64_t above_half = rest > b.m - rest; /* never equal: the quotient would have 65 bits */
    uint32_t exp = a.exp - b.exp + F80_BIAS - below;
    return fast_round(x, to, a.sign ^ b.sign, exp, q, above_half << 63 | (rest != 0), drop);
}

FAST bool fast_operate(struct x87 *x, enum x87_op op, struct f80 *to, struct fast_value a,
                       struct fast_value b, unsigned drop)
{
    switch (op) {
    case X87_ADD: return fast_add(x, to, a, b, 0, drop);
    case X87_SUB: return fast_add(x, to, a, b, 0x8000, drop);
    case X87_SUBR: return fast_add(x, to, b, a, 0x8000, drop);
    case X87_MUL: return fast_mul(x, to, a, b, drop);
    case X87_DIV: return fast_div(x, to, a, b, drop);
    case X87_DIVR: return fast_div(x, to, b, a, drop);
    }
    return false;
}

/* ST(dst) = ST(dst) op ST(src) */
FAST bool fast_arith(struct x87 *x, enum x87_op op, unsigned dst, unsigned src, bool pop, unsigned drop)
{
    unsigned d = fast_slot(x, dst), s = fast_slot(x, src);
    struct f80 a = fast_get(&x->reg[d]), b = fast_get(&x->reg[s]);
    if (!FAST_LIKELY(fast_used(x, d) && fast_used(x, s) && fast_normal(a) && fast_normal(b))) return false;
    if (!fast_operate(x, op, &x->reg[d], fast_open(a), fast_open(b), drop)) return false;
    if (pop) fast_pop(x);
    return true;
}

/* ST(0) = ST(0) op v; `ok` is the conversion's. */
FAST bool fast_arith_value(struct x87 *x, enum x87_op op, struct fast_value v, bool ok, unsigned drop)
{
    struct f80 *top = &x->reg[x->top], a = fast_get(top);
    if (!FAST_LIKELY(ok && fast_used(x, x->top) && fast_normal(a))) return false;
    return fast_operate(x, op, top, fast_open(a), v, drop);
}

/* --- stores --------------------------------------------------------------------------------------------- */

/* A register value as m64 or m32. Its flags are in the value returned, to be recorded after the store. */
struct fast_stored {
    uint64_t bits;
    bool ok, inexact, up;
};

FAST struct fast_stored fast_to_binary(const struct x87 *x, unsigned fraction, unsigned exp_max)
{
    struct f80 v = x->reg[x->top];
    struct fast_stored r = {.bits = (uint64_t)(v.se >> 15) * (exp_max + 1) << fraction};
    bool usable = fast_used(x, x->top) && fast_masked(x);
    if (fast_zero(v)) {
        r.ok = usable;
        return r;
    }
    unsigned drop = 63 - fraction;
    uint64_t rest = v.m << (64 - drop), m = v.m >> drop;
    uint32_t exp = (v.se & 0x7fffu) - (F80_BIAS - (exp_max >> 1));
    r.inexact = rest != 0;
    r.up = rest > F80_TOP - (m & 1);
    /* The hidden bit adds one to the exponent; so may the carry. */
    uint64_t magnitude = ((uint64_t)(exp - 1) << fraction) + m + r.up;
    r.ok = usable && exp - 1 < exp_max - 1 && v.m >> 63 && magnitude >> fraction < exp_max;
    r.bits |= magnitude;
    return r;
}

FAST struct fast_stored fast_to_f64(const struct x87 *x)
{
    return fast_to_binary(x, 52, 0x7ff);
}
FAST struct fast_stored fast_to_f32(const struct x87 *x)
{
    return fast_to_binary(x, 23, 0xff);
}

/* As a two's complement integer, if it is 1 at least in magnitude and fits; to nearest, or cut off as fisttp
 * and a cast in C do (RC = zero). */
FAST struct fast_stored fast_to_int(const struct x87 *x, unsigned bits)
{
    struct fast_value v = fast_open(fast_get(&x->reg[x->top]));
    unsigned rc = x->cw >> 10 & 3, place = v.exp - F80_BIAS, drop = (63 - place) & 63;
    uint64_t q = v.m >> drop, rest = v.m << 1 << (63 - drop);
    struct fast_stored r = {.inexact = rest != 0, .up = rc == RC_NEAREST && rest > F80_TOP - (q & 1)};
    q += r.up;
    r.bits = v.sign ? 0 - q : q;
    r.ok = fast_used(x, x->top) && (x->cw & X87_EXCEPTIONS) == X87_EXCEPTIONS && v.m >> 63 &&
           place < bits - 1 && q >> (bits - 1) == 0 && (rc == RC_NEAREST || rc == RC_ZERO);
    return r;
}

FAST void fast_stored(struct x87 *x, struct fast_stored r, bool pop)
{
    fast_note(x, r.inexact, r.up);
    if (pop) fast_pop(x);
}

FAST bool fast_fst_st(struct x87 *x, unsigned i, bool pop)
{
    unsigned d = fast_slot(x, i);
    if (!FAST_LIKELY(fast_used(x, x->top) && !(x->sw & X87_ES))) return false;
    fast_put(&x->reg[d], fast_get(&x->reg[x->top]));
    x->empty &= (uint8_t) ~(1u << d);
    fast_clear_c1(x);
    if (pop) fast_pop(x);
    return true;
}

FAST bool fast_fxch(struct x87 *x, unsigned i)
{
    unsigned s = fast_slot(x, i);
    if (!FAST_LIKELY(fast_used(x, x->top) && fast_used(x, s) && !(x->sw & X87_ES))) return false;
    struct f80 a = fast_get(&x->reg[x->top]), b = fast_get(&x->reg[s]);
    fast_put(&x->reg[x->top], b);
    fast_put(&x->reg[s], a);
    fast_clear_c1(x);
    return true;
}

/* fchs: flip 0x8000; fabs: clear 0x8000. */
FAST bool fast_sign(struct x87 *x, unsigned clear, unsigned flip)
{
    if (!FAST_LIKELY(fast_used(x, x->top) && !(x->sw & X87_ES))) return false;
    struct f80 *v = &x->reg[x->top];
    v->se = (uint16_t)((v->se & ~clear) ^ flip);
    fast_clear_c1(x);
    return true;
}

/* --- compares ------------------------------------------------------------------------------------------- */

/* C0 and C3 of comparing normal numbers and zeros; -1: others. */
FAST int fast_order(struct f80 a, struct f80 b)
{
    if (!FAST_LIKELY((fast_normal(a) || fast_zero(a)) && (fast_normal(b) || fast_zero(b)))) return -1;
    bool negative = a.se >> 15, equal = (a.m == b.m) & (a.se == b.se);
    bool below = ((a.se < b.se) | ((a.se == b.se) & (a.m < b.m))) != negative; /* of equal signs */
    if ((a.se ^ b.se) >> 15) {
        equal = (a.m | b.m) == 0;
        below = negative;
    }
    below &= !equal;
    return (below ? X87_C0 : 0) | (equal ? X87_C3 : 0);
}

FAST bool fast_fcom_value(struct x87 *x, struct f80 b, bool ok, unsigned pops)
{
    if (!FAST_LIKELY(ok && fast_used(x, x->top) && !(x->sw & X87_ES))) return false;
    int cc = fast_order(x->reg[x->top], b);
    if (cc < 0) return false;
    x->sw = (uint16_t)((x->sw & ~X87_CC) | (unsigned)cc);
    for (; pops; pops--)
        fast_pop(x);
    return true;
}

FAST bool fast_fcom(struct x87 *x, unsigned i, unsigned pops)
{
    unsigned s = fast_slot(x, i);
    return fast_fcom_value(x, x->reg[s], fast_used(x, s), pops);
}

/* ZF, PF and CF of fcomi, or -1. */
FAST int fast_fcomi(struct x87 *x, unsigned i, bool pop)
{
    unsigned s = fast_slot(x, i);
    if (!FAST_LIKELY(fast_used(x, s) && fast_used(x, x->top) && !(x->sw & X87_ES))) return -1;
    int cc = fast_order(x->reg[x->top], x->reg[s]);
    if (cc < 0) return -1;
    if (pop) fast_pop(x);
    return cc >> 8; /* C0 to CF, C3 to ZF */
}

#endif

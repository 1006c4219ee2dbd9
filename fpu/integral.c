/* Operations about integers in exponents and quotients: frndint, fscale, fprem, fprem1; and compares. */
#include "fpu/float80.h"
#include "fpu/round.h"

struct f80 f80_rint(struct f80 a, unsigned cw, unsigned *ex)
{
    enum f80_class c = f80_class(a);
    if (c >= CLASS_QNAN) return f80_nan(a, a, ex);
    if (c == CLASS_INF || c == CLASS_ZERO) return a;
    if (c == CLASS_DENORMAL) *ex |= X87_DE;
    struct f80_parts p = f80_unpack(a);
    int32_t shift = F80_BIAS + 63 - p.exp;
    if (shift <= 0) return a;
    uint64_t m = p.m, rest = 0;
    shift_right_sticky(&m, &rest, (unsigned)shift);
    bool up = round_away(f80_rc(cw), p.sign, m & 1, rest);
    *ex |= (rest ? X87_PE : 0) | (up ? X87_C1 : 0);
    m += up;
    if (m == 0) return f80_zero(p.sign);
    int lead = __builtin_clzll(m);
    return f80_make(p.sign, (unsigned)(F80_BIAS + 63 - lead), m << lead);
}

/* The integer part of a, limited to what moves any exponent out of range. */
static int32_t scale_factor(struct f80 a)
{
    enum { FAR = 0x10000 };
    int32_t e = (int32_t)f80_exp(a) - F80_BIAS;
    if (e < 0) return 0;
    int32_t n = e > 16 ? FAR : (int32_t)(a.m >> (63 - e));
    return f80_sign(a) ? -n : n;
}

/* An operand that is the result: a pseudo-denormal becomes the normal number that it is, a denormal stays,
 * and is no underflow even where that is unmasked. */
static struct f80 unchanged(struct f80 a)
{
    if (f80_exp(a) == 0 && a.m & F80_TOP) a.se |= 1;
    return a;
}

struct f80 f80_scale(struct f80 a, struct f80 b, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    bool sign = f80_sign(a);
    if (ca >= CLASS_QNAN || cb >= CLASS_QNAN) return f80_nan(a, b, ex);
    if (cb == CLASS_INF && ca == (f80_sign(b) ? CLASS_INF : CLASS_ZERO)) return f80_invalid(ex);
    if (ca == CLASS_DENORMAL || cb == CLASS_DENORMAL) *ex |= X87_DE;
    if (ca == CLASS_INF || ca == CLASS_ZERO) return a;
    if (cb == CLASS_INF) return f80_sign(b) ? f80_zero(sign) : f80_inf(sign);
    if (cb == CLASS_ZERO) return unchanged(a);
    struct f80_parts p = f80_unpack(a);
    int32_t exp = p.exp + scale_factor(b);
    /* Beyond the adjusted bias too, the unmasked responses are those of SDM vol. 1, 8.5.4 and 8.5.5. */
    if (exp >= F80_EXP_MAX + 0x6000 && !(cw & X87_OE)) {
        *ex |= X87_OE | X87_PE | X87_C1;
        return f80_inf(sign);
    }
    if (exp <= -0x6000 && !(cw & X87_UE)) {
        *ex |= X87_UE | X87_PE;
        return f80_zero(sign);
    }
    return f80_round(sign, exp, p.m, 0, F80_FULL(cw), ex);
}

/* |a| - q |b| for finite a and b, |a| >= |b| / 2: the heart of fprem. */
static struct f80 reduce(struct f80_parts a, struct f80_parts b, bool nearest, unsigned cw, unsigned *ex,
                         int *cc)
{
    int32_t diff = a.exp - b.exp, step = diff;
    bool partial = diff >= 64;
    if (partial) step = (diff & 31) | 32; /* a CPU's choice: 32..63 bits of quotient at a time */
    u128 n = step < 0 ? 0 : (u128)a.m << step;
    uint64_t q = (uint64_t)(n / b.m), r = (uint64_t)n - q * b.m;
    int32_t exp = b.exp + diff - step;
    if (step < 0) { /* a is the remainder, with one bit more than b's last place */
        r = a.m;
        exp = a.exp;
    }
    if (partial) {
        *cc = X87_C2;
    } else {
        uint64_t half = step < 0 ? b.m : fraction_sticky(r, b.m);
        if (nearest && (step < 0 ? a.m > b.m : round_away(RC_NEAREST, false, q & 1, half))) {
            /* For step < 0 the exponents differ by one: b - a, in units of a's last place. */
            r = step < 0 ? 2 * b.m - a.m : b.m - r;
            q++;
            a.sign = !a.sign;
        }
        *cc = (q & 1 ? X87_C1 : 0) | (q & 2 ? X87_C3 : 0) | (q & 4 ? X87_C0 : 0);
    }
    if (r == 0) return f80_zero(a.sign);
    int lead = __builtin_clzll(r);
    return f80_round(a.sign, exp - lead, r << lead, 0, F80_FULL(cw), ex);
}

struct f80 f80_rem(struct f80 a, struct f80 b, bool nearest, unsigned cw, unsigned *ex, int *cc)
{
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    *cc = F80_CC_KEPT;
    if (ca >= CLASS_QNAN || cb >= CLASS_QNAN) return f80_nan(a, b, ex);
    if (ca == CLASS_INF || cb == CLASS_ZERO) return f80_invalid(ex);
    *cc = 0;
    if (ca == CLASS_DENORMAL || cb == CLASS_DENORMAL) *ex |= X87_DE;
    if (ca == CLASS_ZERO) return a;
    if (cb == CLASS_INF) return unchanged(a);
    struct f80_parts pa = f80_unpack(a), pb = f80_unpack(b);
    if (pa.exp >= pb.exp - (int32_t)nearest) return reduce(pa, pb, nearest, cw, ex, cc);
    return f80_round(pa.sign, pa.exp, pa.m, 0, F80_FULL(cw), ex);
}

static int compare_magnitude(struct f80 a, struct f80 b)
{
    struct f80_parts pa = f80_unpack(a), pb = f80_unpack(b);
    if (pa.exp != pb.exp) return pa.exp < pb.exp ? -1 : 1;
    return pa.m == pb.m ? 0 : pa.m < pb.m ? -1 : 1;
}

unsigned f80_compare(struct f80 a, struct f80 b, bool quiet, unsigned *ex)
{
    enum { UNORDERED = X87_C3 | X87_C2 | X87_C0 };
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    if (ca >= CLASS_QNAN || cb >= CLASS_QNAN) {
        bool silent = quiet && ca <= CLASS_QNAN && cb <= CLASS_QNAN;
        if (!silent) *ex |= X87_IE;
        return UNORDERED;
    }
    if (ca == CLASS_DENORMAL || cb == CLASS_DENORMAL) *ex |= X87_DE;
    int order;
    if (ca == CLASS_ZERO || cb == CLASS_ZERO)
        order = (cb != CLASS_ZERO) * (f80_sign(b) ? 1 : -1) + (ca != CLASS_ZERO) * (f80_sign(a) ? -1 : 1);
    else if (f80_sign(a) != f80_sign(b))
        order = f80_sign(a) ? -1 : 1;
    else
        order = f80_sign(a) ? -compare_magnitude(a, b) : compare_magnitude(a, b);
    return order == 0 ? X87_C3 : order < 0 ? X87_C0 : 0;
}

/* Rounding, NaNs and the five basic operations on 80-bit values. */
#include "fpu/float80.h"
#include "fpu/root.h"
#include "fpu/round.h"

enum f80_class f80_class(struct f80 a)
{
    unsigned exp = f80_exp(a);
    if (exp == 0) return a.m ? CLASS_DENORMAL : CLASS_ZERO; /* pseudo-denormals too */
    if (!(a.m & F80_TOP)) return CLASS_UNSUPPORTED;         /* unnormal, pseudo-infinity, pseudo-NaN */
    if (exp != F80_EXP_MAX) return CLASS_NORMAL;
    if (a.m == F80_TOP) return CLASS_INF;
    return a.m & F80_TOP >> 1 ? CLASS_QNAN : CLASS_SNAN;
}

struct f80_parts f80_unpack(struct f80 a)
{
    struct f80_parts p = {f80_sign(a), (int32_t)f80_exp(a), a.m};
    if (p.exp == 0) p.exp = 1;
    int lead = __builtin_clzll(p.m);
    p.m <<= lead;
    p.exp -= lead;
    return p;
}

/* Bits of the significand below the rounding point. Precision control 1 is reserved; CPUs take it as 3. */
static unsigned dropped_bits(unsigned cw)
{
    static const uint8_t drop[] = {40, 0, 11, 0};
    return drop[cw >> 8 & 3];
}

struct rounded {
    uint64_t m;
    bool carry; /* m wrapped to 2^64 and is 2^63 now */
    bool up, inexact;
};

static struct rounded round_at(uint64_t hi, uint64_t lo, unsigned drop, enum f80_rc rc, bool sign)
{
    uint64_t below = hi & ((1ull << drop) - 1);
    uint64_t rest = drop ? below << (64 - drop) | lo >> drop | (lo << (64 - drop) != 0) : lo;
    struct rounded r = {.m = hi - below, .inexact = rest != 0};
    r.up = round_away(rc, sign, hi >> drop & 1, rest);
    r.m += (uint64_t)r.up << drop;
    r.carry = r.up && r.m == 0;
    r.m |= (uint64_t)r.carry << 63;
    return r;
}

/* The largest finite value at this precision, or infinity: what a masked overflow delivers. */
static struct f80 overflowed(bool sign, unsigned drop, enum f80_rc rc, unsigned *ex)
{
    *ex |= X87_OE | X87_PE;
    if (!round_away(rc, sign, true, ~0ull)) return f80_make(sign, F80_EXP_MAX - 1, ~0ull << drop);
    *ex |= X87_C1;
    return f80_inf(sign);
}

struct f80 f80_round(bool sign, int32_t exp, uint64_t hi, uint64_t lo, unsigned cw, unsigned *ex)
{
    enum { BIAS_ADJUST = 0x6000 }; /* of results of unmasked overflow and underflow, SDM vol. 1, 8.5 */
    enum f80_rc rc = f80_rc(cw);
    unsigned drop = dropped_bits(cw);
    struct rounded r = round_at(hi, lo, drop, rc, sign);
    int32_t rounded_exp = exp + r.carry;
    if (rounded_exp >= F80_EXP_MAX) {
        if (cw & X87_OE) return overflowed(sign, drop, rc, ex);
        *ex |= X87_OE;
        rounded_exp -= BIAS_ADJUST;
    } else if (rounded_exp <= 0) { /* tiny after rounding with unbounded exponent */
        if (cw & X87_UE) {
            shift_right_sticky(&hi, &lo, (unsigned)(1 - exp));
            r = round_at(hi, lo, drop, rc, sign);
            rounded_exp = r.m >> 63;
            if (r.inexact) *ex |= X87_UE;
        } else {
            *ex |= X87_UE;
            rounded_exp += BIAS_ADJUST;
        }
    }
    *ex |= (r.inexact ? X87_PE : 0) | (r.up ? X87_C1 : 0);
    return f80_make(sign, (unsigned)rounded_exp, r.m);
}

struct f80 f80_invalid(unsigned *ex)
{
    *ex |= X87_IE;
    return f80_indefinite();
}

/* SDM vol. 1, table 4-7, and one rule it leaves out: of equal significands the positive NaN wins. */
struct f80 f80_nan(struct f80 a, struct f80 b, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    if (ca == CLASS_UNSUPPORTED || cb == CLASS_UNSUPPORTED) return f80_invalid(ex);
    if (ca == CLASS_SNAN || cb == CLASS_SNAN) *ex |= X87_IE;
    bool take_a;
    if (!f80_is_nan(ca) || !f80_is_nan(cb))
        take_a = f80_is_nan(ca);
    else if (ca != cb)
        take_a = ca == CLASS_QNAN;
    else
        take_a = a.m != b.m ? a.m > b.m : !f80_sign(a);
    struct f80 r = take_a ? a : b;
    r.m |= F80_TOP >> 1;
    return r;
}

static void note_denormals(enum f80_class ca, enum f80_class cb, unsigned *ex)
{
    if (ca == CLASS_DENORMAL || cb == CLASS_DENORMAL) *ex |= X87_DE;
}

/* A finite operand that passes through an addition of zero is still rounded to the precision. */
static struct f80 rounded_operand(struct f80 a, unsigned cw, unsigned *ex)
{
    struct f80_parts p = f80_unpack(a);
    return f80_round(p.sign, p.exp, p.m, 0, cw, ex);
}

/* Both normalized, a not smaller in magnitude. */
static struct f80 add_parts(struct f80_parts a, struct f80_parts b, unsigned cw, unsigned *ex)
{
    /* One bit of headroom for the carry. */
    uint64_t hi = b.m, lo = 0;
    shift_right_sticky(&hi, &lo, (unsigned)(a.exp - b.exp) + 1);
    u128 big = (u128)a.m << 63, small = (u128)hi << 64 | lo;
    u128 sum = a.sign == b.sign ? big + small : big - small;
    if (sum == 0) return f80_zero(f80_rc(cw) == RC_DOWN);
    int lead = clz128(sum);
    sum <<= lead;
    return f80_round(a.sign, a.exp + 1 - lead, (uint64_t)(sum >> 64), (uint64_t)sum, cw, ex);
}

struct f80 f80_add(struct f80 a, struct f80 b, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    if (ca >= CLASS_QNAN || cb >= CLASS_QNAN) return f80_nan(a, b, ex);
    if (ca == CLASS_INF && cb == CLASS_INF && f80_sign(a) != f80_sign(b)) return f80_invalid(ex);
    note_denormals(ca, cb, ex);
    if (ca == CLASS_INF) return a;
    if (cb == CLASS_INF) return b;
    if (ca == CLASS_ZERO && cb == CLASS_ZERO)
        return f80_zero(f80_sign(a) == f80_sign(b) ? f80_sign(a) : f80_rc(cw) == RC_DOWN);
    if (ca == CLASS_ZERO) return rounded_operand(b, cw, ex);
    if (cb == CLASS_ZERO) return rounded_operand(a, cw, ex);
    struct f80_parts pa = f80_unpack(a), pb = f80_unpack(b);
    bool swap = pa.exp != pb.exp ? pa.exp < pb.exp : pa.m < pb.m;
    return swap ? add_parts(pb, pa, cw, ex) : add_parts(pa, pb, cw, ex);
}

struct f80 f80_sub(struct f80 a, struct f80 b, unsigned cw, unsigned *ex)
{
    if (f80_class(a) < CLASS_QNAN && f80_class(b) < CLASS_QNAN) b.se ^= 0x8000; /* NaNs keep their sign */
    return f80_add(a, b, cw, ex);
}

struct f80 f80_mul(struct f80 a, struct f80 b, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    bool sign = f80_sign(a) != f80_sign(b);
    if (ca >= CLASS_QNAN || cb >= CLASS_QNAN) return f80_nan(a, b, ex);
    if (ca == CLASS_INF || cb == CLASS_INF) {
        if (ca == CLASS_ZERO || cb == CLASS_ZERO) return f80_invalid(ex);
        note_denormals(ca, cb, ex);
        return f80_inf(sign);
    }
    note_denormals(ca, cb, ex);
    if (ca == CLASS_ZERO || cb == CLASS_ZERO) return f80_zero(sign);
    struct f80_parts pa = f80_unpack(a), pb = f80_unpack(b);
    u128 product = (u128)pa.m * pb.m;
    int lead = clz128(product);
    product <<= lead;
    return f80_round(sign, pa.exp + pb.exp - F80_BIAS + 1 - lead, (uint64_t)(product >> 64),
                     (uint64_t)product, cw, ex);
}

struct f80 f80_div(struct f80 a, struct f80 b, unsigned cw, unsigned *ex)
{
    enum f80_class ca = f80_class(a), cb = f80_class(b);
    bool sign = f80_sign(a) != f80_sign(b);
    if (ca >= CLASS_QNAN || cb >= CLASS_QNAN) return f80_nan(a, b, ex);
    if (ca == cb && (ca == CLASS_INF || ca == CLASS_ZERO)) return f80_invalid(ex);
    if (ca != CLASS_INF && cb == CLASS_ZERO) {
        *ex |= X87_ZE; /* and not #D for a denormal dividend */
        return f80_inf(sign);
    }
    note_denormals(ca, cb, ex);
    if (ca == CLASS_INF) return f80_inf(sign);
    if (ca == CLASS_ZERO || cb == CLASS_INF) return f80_zero(sign);
    struct f80_parts pa = f80_unpack(a), pb = f80_unpack(b);
    bool small = pa.m < pb.m; /* then the quotient of the significands is below 1 */
    u128 n = (u128)pa.m << (small ? 64 : 63);
    uint64_t q = (uint64_t)(n / pb.m), r = (uint64_t)n - q * pb.m;
    return f80_round(sign, pa.exp - pb.exp + F80_BIAS - small, q, fraction_sticky(r, pb.m), cw, ex);
}

struct f80 f80_sqrt(struct f80 a, unsigned cw, unsigned *ex)
{
    enum f80_class c = f80_class(a);
    if (c >= CLASS_QNAN) return f80_nan(a, a, ex);
    if (c == CLASS_ZERO) return a;
    if (f80_sign(a)) return f80_invalid(ex);
    note_denormals(c, c, ex);
    if (c == CLASS_INF) return a;
    struct f80_parts p = f80_unpack(a);
    bool odd = (p.exp - F80_BIAS) & 1;
    u128 rest;
    uint64_t root = f80_root(p.m, odd, &rest);
    /* (root + 1/2)^2 = root^2 + root + 1/4: above the middle when the remainder exceeds root. */
    uint64_t below = rest > root ? 3ull << 62 : rest != 0;
    return f80_round(false, ((p.exp - F80_BIAS - odd) / 2) + F80_BIAS, root, below, cw, ex);
}

/* Between 80-bit values and the memory formats: m32, m64, m80, integers and packed decimal. */
#include "fpu/float80.h"
#include "fpu/round.h"

#include <string.h>

const uint8_t x87_type_size[] = {[X87_F32] = 4, [X87_F64] = 8, [X87_F80] = 10, [X87_I16] = 2,
                                 [X87_I32] = 4, [X87_I64] = 8, [X87_BCD] = 10};

/* m32 and m64: bits of the fraction and of the exponent. */
struct format {
    unsigned fraction, exp_max;
};
static const struct format formats[] = {[X87_F32] = {23, 0xff}, [X87_F64] = {52, 0x7ff}};

static int32_t format_bias(const struct format *f)
{
    return F80_BIAS - (int32_t)(f->exp_max >> 1);
}

static struct f80 from_binary(const struct format *f, uint64_t v, unsigned *ex)
{
    unsigned exp = v >> f->fraction & f->exp_max;
    bool sign = v >> f->fraction > f->exp_max;
    uint64_t fraction = v << (63 - f->fraction) & ~F80_TOP;
    if (exp == f->exp_max) return f80_make(sign, F80_EXP_MAX, F80_TOP | fraction);
    if (exp) return f80_make(sign, exp + (unsigned)format_bias(f), F80_TOP | fraction);
    if (!fraction) return f80_zero(sign);
    *ex |= X87_DE;
    int lead = __builtin_clzll(fraction);
    return f80_make(sign, (unsigned)(format_bias(f) + 1 - lead), fraction << lead);
}

static struct f80 from_integer(int64_t v)
{
    if (v == 0) return f80_zero(false);
    uint64_t m = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    int lead = __builtin_clzll(m);
    return f80_make(v < 0, (unsigned)(F80_BIAS + 63 - lead), m << lead);
}

/* Eighteen decimal digits, two a byte; digits above 9 count as what they are, as on a CPU. */
static struct f80 from_bcd(const uint8_t *b)
{
    int64_t v = 0;
    for (int i = 8; i >= 0; i--)
        v = v * 100 + (b[i] >> 4) * 10 + (b[i] & 15);
    struct f80 r = from_integer(v);
    r.se |= (uint16_t)((b[9] & 0x80) << 8);
    return r;
}

struct f80 f80_from(enum x87_type type, const void *operand, unsigned *ex)
{
    uint32_t v32 = 0;
    uint64_t v64 = 0;
    struct f80 r = {0};
    if (x87_type_size[type] == 4) memcpy(&v32, operand, 4);
    if (x87_type_size[type] == 8) memcpy(&v64, operand, 8);
    switch (type) {
    case X87_F32: return from_binary(&formats[type], v32, ex);
    case X87_F64: return from_binary(&formats[type], v64, ex);
    case X87_I32: return from_integer((int32_t)v32);
    case X87_I64: return from_integer((int64_t)v64);
    case X87_BCD: return from_bcd(operand);
    case X87_I16: memcpy(&v32, operand, 2); return from_integer((int16_t)v32);
    case X87_F80: break;
    }
    memcpy(&r.m, operand, 8);
    memcpy(&r.se, (const uint8_t *)operand + 8, 2);
    return r;
}

/* m >> n, rounded. */
static uint64_t shift_round(uint64_t m, unsigned n, enum f80_rc rc, bool sign, unsigned *ex)
{
    uint64_t rest = 0;
    shift_right_sticky(&m, &rest, n);
    bool up = round_away(rc, sign, m & 1, rest);
    *ex |= (rest ? X87_PE : 0) | (up ? X87_C1 : 0);
    return m + up;
}

/* A finite value other than zero. Unmasked overflow and underflow store nothing and say nothing of precision.
 */
static uint64_t to_binary_finite(const struct format *f, struct f80_parts p, unsigned cw, unsigned *ex)
{
    enum f80_rc rc = f80_rc(cw);
    int32_t exp = p.exp - format_bias(f);
    unsigned drop = 63 - f->fraction, e = 0;
    uint64_t hidden = 1ull << f->fraction, v = shift_round(p.m, drop, rc, p.sign, &e);
    if (exp + (int32_t)(v >> f->fraction >> 1) >= (int32_t)f->exp_max) {
        if (!(cw & X87_OE)) return *ex |= X87_OE, 0;
        bool inf = round_away(rc, p.sign, true, ~0ull);
        *ex |= X87_OE | X87_PE | (inf ? X87_C1 : 0);
        return inf ? (uint64_t)f->exp_max << f->fraction : ((uint64_t)f->exp_max << f->fraction) - 1;
    }
    if (exp <= 0 && !(exp == 0 && v >> f->fraction >> 1)) { /* tiny after rounding */
        if (!(cw & X87_UE)) return *ex |= X87_UE, 0;
        e = 0;
        v = shift_round(p.m, drop + (unsigned)(1 - exp), rc, p.sign, &e);
        if (e & X87_PE) e |= X87_UE;
        *ex |= e;
        return v; /* a carry into the hidden bit makes it the smallest normal number */
    }
    if (exp <= 0) { /* rounds up to the smallest normal number, but not at the denormal's place */
        e = 0;
        v = shift_round(p.m, drop + 1, rc, p.sign, &e);
        *ex |= e;
        return v;
    }
    *ex |= e;
    return ((uint64_t)exp << f->fraction) + (v - hidden); /* a carry goes into the exponent */
}

static uint64_t to_binary(const struct format *f, struct f80 a, unsigned cw, unsigned *ex)
{
    enum f80_class c = f80_class(a);
    if (c == CLASS_UNSUPPORTED) a = f80_invalid(ex);
    if (c == CLASS_SNAN) *ex |= X87_IE, a.m |= F80_TOP >> 1;
    uint64_t v = 0;
    if (c >= CLASS_INF)
        v = (uint64_t)f->exp_max << f->fraction | (a.m & ~F80_TOP) >> (63 - f->fraction);
    else if (c != CLASS_ZERO)
        v = to_binary_finite(f, f80_unpack(a), cw, ex);
    return v | (uint64_t)f80_sign(a) * (f->exp_max + 1ull) << f->fraction;
}

/* The magnitude of a finite value as an integer; false if it does not fit 64 bits. */
static bool to_magnitude(struct f80 a, unsigned cw, uint64_t *v, unsigned *ex)
{
    *v = 0;
    enum f80_class c = f80_class(a);
    if (c == CLASS_ZERO) return true;
    if (c >= CLASS_INF) return false;
    struct f80_parts p = f80_unpack(a);
    int32_t shift = F80_BIAS + 63 - p.exp;
    if (shift < 0) return false;
    *v = shift_round(p.m, (unsigned)shift, f80_rc(cw), p.sign, ex);
    return true; /* rounding only carries into bit 63 at the most, as shift > 0 then */
}

/* An integer of the given width; out of range: invalid, and only the highest bit set. */
static uint64_t to_integer(unsigned bits, struct f80 a, unsigned cw, unsigned *ex)
{
    uint64_t v, limit = 1ull << (bits - 1);
    unsigned e = 0;
    bool fits = to_magnitude(a, cw, &v, &e);
    if (!fits || v > limit - !f80_sign(a)) {
        *ex |= X87_IE;
        return limit;
    }
    *ex |= e;
    return f80_sign(a) ? 0 - v : v;
}

static void to_bcd(struct f80 a, unsigned cw, uint8_t *b, unsigned *ex)
{
    static const uint8_t indefinite[] = {0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff};
    uint64_t v;
    unsigned e = 0;
    if (!to_magnitude(a, cw, &v, &e) || v >= 1000000000000000000ull) {
        *ex |= X87_IE;
        memcpy(b, indefinite, sizeof indefinite);
        return;
    }
    *ex |= e;
    for (int i = 0; i < 9; i++, v /= 100)
        b[i] = (uint8_t)(v % 100 / 10 << 4 | v % 10);
    b[9] = f80_sign(a) ? 0x80 : 0;
}

void f80_to(enum x87_type type, struct f80 a, unsigned cw, void *bytes, unsigned *ex)
{
    uint64_t v = 0;
    switch (type) {
    case X87_F32:
    case X87_F64: v = to_binary(&formats[type], a, cw, ex); break;
    case X87_I16:
    case X87_I32:
    case X87_I64: v = to_integer(8u * x87_type_size[type], a, cw, ex); break;
    case X87_BCD: to_bcd(a, cw, bytes, ex); return;
    case X87_F80:
        memcpy(bytes, &a.m, 8);
        memcpy((uint8_t *)bytes + 8, &a.se, 2);
        return;
    }
    memcpy(bytes, &v, x87_type_size[type]);
}

/* One operation of packed or scalar floating point in integers: any operands, rounding mode and MXCSR. */
#include "simd/float.h"

#include "fpu/stack.h"

const struct format simd_single = {X87_F32, 1ull << 31, 0xffull << 23, 1ull << 22};
const struct format simd_double = {X87_F64, 1ull << 63, 0x7ffull << 52, 1ull << 51};

/* --- operands and results ------------------------------------------------------------------------------ */

/* As MXCSR.DAZ has it: a denormal may count as zero. */
static uint64_t taken(const struct format *f, uint64_t v, uint32_t mxcsr)
{
    return mxcsr & MXCSR_DAZ && is_denormal(f, v) ? v & f->sign : v;
}

static struct f80 widen(const struct format *f, uint64_t v)
{
    unsigned none = 0;
    return f80_from(f->type, &v, &none);
}

/* All exceptions masked, 64 bits of precision, the rounding of MXCSR. */
static unsigned control(uint32_t mxcsr)
{
    return 0x300 | X87_EXCEPTIONS | (mxcsr >> MXCSR_RC_SHIFT & 3) << 10;
}

/* Is it not masked? */
static bool traps(uint32_t mxcsr, unsigned exception)
{
    return !(mxcsr & exception << MXCSR_MASK_SHIFT);
}

/* Would r lose bits if only its significand were rounded? */
static bool is_wide(const struct format *f, struct f80 r)
{
    unsigned drop = f->type == X87_F32 ? 40 : 11;
    return r.m & ((1ull << drop) - 1);
}

/* r, whose lowest bit may stand for what was cut off, as the result. An overflow or underflow that traps has
 * a result with a wrapped exponent, so precision is only lost in its significand (SDM vol. 1, 4.9.1). */
static uint64_t narrow(const struct format *f, struct f80 r, uint32_t mxcsr, unsigned *ex)
{
    unsigned cw = control(mxcsr), e = 0;
    uint64_t bits = 0;
    f80_to(f->type, r, cw & ~(unsigned)X87_UE, &bits, &e);
    bool tiny = e & X87_UE;
    if (tiny && mxcsr & MXCSR_FTZ && !traps(mxcsr, X87_UE)) {
        *ex |= X87_UE | X87_PE;
        return f80_sign(r) ? f->sign : 0;
    }
    if (tiny) {
        e = 0;
        f80_to(f->type, r, cw, &bits, &e);
    }
    if ((tiny && traps(mxcsr, X87_UE)) || (e & X87_OE && traps(mxcsr, X87_OE)))
        e = (tiny ? X87_UE : X87_OE) | (is_wide(f, r) ? X87_PE : 0);
    *ex |= e & (X87_OE | X87_UE | X87_PE);
    return bits;
}

/* The first operand's, if it is one; made quiet. */
static uint64_t nan_of(const struct format *f, uint64_t a, uint64_t b, unsigned *ex)
{
    if (is_signalling(f, a) || is_signalling(f, b)) *ex |= X87_IE;
    return (is_nan(f, a) ? a : b) | f->quiet;
}

/* --- arithmetic ---------------------------------------------------------------------------------------- */

/* The 80-bit result, cut off, has more bits than a double or single; when the last one tells of what was
 * lost, the rounding to that format is the only one. */
uint64_t simd_operate(const struct format *f, unsigned op, uint64_t a, uint64_t b, uint32_t mxcsr,
                      unsigned *ex)
{
    enum { CUT_OFF = X87_EXCEPTIONS | 0x300 | RC_ZERO << 10 };
    unsigned none = 0, first = 0;
    a = taken(f, a, mxcsr);
    b = taken(f, b, mxcsr);
    if (is_nan(f, a) || is_nan(f, b)) return nan_of(f, a, b, ex);
    struct f80 x = widen(f, a), y = widen(f, b), r;
    r = op == SIMD_SQRT ? f80_sqrt(x, CUT_OFF, &first) : x87_operate((enum x87_op)op, x, y, CUT_OFF, &first);
    *ex |= first & (X87_IE | X87_ZE);
    if (first & X87_IE) return f->sign | f->inf | f->quiet;
    if (!(first & X87_ZE) && (is_denormal(f, a) || is_denormal(f, b))) *ex |= X87_DE;
    if (first & X87_PE) r.m |= 1;
    if (r.m == 0 && op != SIMD_SQRT) r = x87_operate((enum x87_op)op, x, y, control(mxcsr), &none); /* sign */
    return narrow(f, r, mxcsr, ex);
}

uint64_t simd_round(const struct format *f, uint64_t v, unsigned imm, uint32_t mxcsr, unsigned *ex)
{
    enum { BY_MXCSR = 4, QUIETLY = 8 };
    unsigned e = 0, none = 0;
    uint64_t bits = 0;
    v = taken(f, v, mxcsr);
    if (is_nan(f, v)) return nan_of(f, v, v, ex);
    unsigned cw = imm & BY_MXCSR ? control(mxcsr) : control((imm & 3) << MXCSR_RC_SHIFT);
    f80_to(f->type, f80_rint(widen(f, v), cw, &e), cw, &bits, &none);
    if (!(imm & QUIETLY)) *ex |= e & X87_PE;
    return bits;
}

/* --- comparison ---------------------------------------------------------------------------------------- */

enum relation simd_relation(const struct format *f, uint64_t a, uint64_t b, bool quiet, uint32_t mxcsr,
                            unsigned *ex)
{
    a = taken(f, a, mxcsr);
    b = taken(f, b, mxcsr);
    if (is_nan(f, a) || is_nan(f, b)) {
        if (!quiet || is_signalling(f, a) || is_signalling(f, b)) *ex |= X87_IE;
        return UNORDERED;
    }
    if (is_denormal(f, a) || is_denormal(f, b)) *ex |= X87_DE;
    int64_t x = (int64_t)magnitude(f, a), y = (int64_t)magnitude(f, b);
    if (a & f->sign) x = -x;
    if (b & f->sign) y = -y;
    return x < y ? LESS : x > y ? GREATER : EQUAL;
}

/* --- conversions --------------------------------------------------------------------------------------- */

uint64_t simd_convert(const struct format *from, const struct format *to, uint64_t v, uint32_t mxcsr,
                      unsigned *ex)
{
    uint64_t bits = 0;
    v = taken(from, v, mxcsr);
    if (is_nan(from, v)) {
        unsigned e = 0;
        f80_to(to->type, widen(from, v), control(mxcsr), &bits, &e);
        *ex |= e & X87_IE;
        return bits;
    }
    if (is_denormal(from, v)) *ex |= X87_DE;
    return narrow(to, widen(from, v), mxcsr, ex);
}

uint64_t simd_from_int(const struct format *to, int32_t v, uint32_t mxcsr, unsigned *ex)
{
    unsigned none = 0;
    return narrow(to, f80_from(X87_I32, &v, &none), mxcsr, ex);
}

uint32_t simd_to_int(const struct format *from, uint64_t v, bool chop, uint32_t mxcsr, unsigned *ex)
{
    unsigned e = 0;
    uint32_t bits = 0;
    unsigned cw = control(mxcsr) | (chop ? RC_ZERO << 10 : 0);
    f80_to(X87_I32, widen(from, taken(from, v, mxcsr)), cw, &bits, &e);
    *ex |= e & (X87_IE | X87_PE);
    return bits;
}

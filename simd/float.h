/* One value of packed or scalar floating point: formats, and operations in integers or by the host's FPU.
 * What host arithmetic cannot be trusted with (rounding other than to nearest, flags, NaNs, denormals) the
 * 80-bit arithmetic of fpu does. */
#ifndef SIMD_FLOAT_H
#define SIMD_FLOAT_H

#include <string.h>

#include "fpu/fpu.h"
#include "simd/simd.h"

struct format {
    enum x87_type type;
    uint64_t sign, inf, quiet; /* the sign bit; infinity; the bit of quiet NaNs */
};
extern const struct format simd_single, simd_double;

/* Beyond enum x87_op: the square root of the first operand. */
enum { SIMD_SQRT = X87_DIVR + 1 };

enum relation { LESS, EQUAL, GREATER, UNORDERED };

static inline uint64_t magnitude(const struct format *f, uint64_t v)
{
    return v & (f->sign - 1);
}
static inline bool is_nan(const struct format *f, uint64_t v)
{
    return magnitude(f, v) > f->inf;
}
static inline bool is_signalling(const struct format *f, uint64_t v)
{
    return is_nan(f, v) && !(v & f->quiet);
}
static inline bool is_denormal(const struct format *f, uint64_t v)
{
    return magnitude(f, v) != 0 && (v & f->inf) == 0;
}

/* Each adds the exceptions of its operation to *ex. */
uint64_t simd_operate(const struct format *f, unsigned op, uint64_t a, uint64_t b, uint32_t mxcsr,
                      unsigned *ex);
enum relation simd_relation(const struct format *f, uint64_t a, uint64_t b, bool quiet, uint32_t mxcsr,
                            unsigned *ex);
uint64_t simd_convert(const struct format *from, const struct format *to, uint64_t v, uint32_t mxcsr,
                      unsigned *ex);
uint64_t simd_from_int(const struct format *to, int32_t v, uint32_t mxcsr, unsigned *ex);
/* Out of range, and NaNs: 0x80000000. */
uint32_t simd_to_int(const struct format *from, uint64_t v, bool chop, uint32_t mxcsr, unsigned *ex);
uint64_t simd_round(const struct format *f, uint64_t v, unsigned imm, uint32_t mxcsr, unsigned *ex);

/* Records exceptions in MXCSR; returns those that are unmasked. Of these, invalid operation, denormal and
 * zero divide come before the operation: then no other is recorded. */
static inline unsigned simd_record(struct simd *st, unsigned ex)
{
    enum { BEFORE = X87_IE | X87_DE | X87_ZE };
    unsigned unmasked = ex & ~(st->mxcsr >> MXCSR_MASK_SHIFT) & MXCSR_FLAGS;
    if (unmasked & BEFORE) ex &= BEFORE;
    st->mxcsr |= ex;
    return unmasked;
}

/* The result of a whole operation. */
static inline unsigned simd_settle(struct simd *st, unsigned ex, union vec *d, const union vec *r)
{
    if (ex) {
        unsigned unmasked = simd_record(st, ex);
        if (unmasked) return unmasked;
    }
    *d = *r;
    return 0;
}

/* --- by the host --------------------------------------------------------------------------------------- */

/* Nothing is to be learnt of precision: it is known to be lost already, and nobody wants to hear of it. */
static inline bool by_host(uint32_t mxcsr)
{
    enum { LOST = X87_PE, MASKED = X87_PE << MXCSR_MASK_SHIFT, ROUNDING = 3 << MXCSR_RC_SHIFT };
    return (mxcsr & (LOST | MASKED | ROUNDING)) == (LOST | MASKED);
}

/* For each format: is a number normal; and safely so, that is, it cannot have been tiny before rounding; and
 * the four operations. They round to nearest, as C's FP environment is. */
#define HOST_FORMAT(name, U, T, exp_shift, exp_max, descriptor)                                          \
    static inline T value_##name(U bits)                                                                 \
    {                                                                                                    \
        T v;                                                                                             \
        memcpy(&v, &bits, sizeof v);                                                                     \
        return v;                                                                                        \
    }                                                                                                    \
    static inline U bits_##name(T v)                                                                     \
    {                                                                                                    \
        U bits;                                                                                          \
        memcpy(&bits, &v, sizeof bits);                                                                  \
        return bits;                                                                                     \
    }                                                                                                    \
    static inline bool normal_##name(U v)                                                                \
    {                                                                                                    \
        return (v >> exp_shift & exp_max) - 1 < exp_max - 1;                                             \
    }                                                                                                    \
    static inline bool safe_##name(U v)                                                                  \
    {                                                                                                    \
        return (v >> exp_shift & exp_max) - 2 < exp_max - 2;                                             \
    }                                                                                                    \
    static inline U add_##name(const struct simd *st, U a, U b, unsigned *ex)                            \
    {                                                                                                    \
        U r = bits_##name(value_##name(a) + value_##name(b));                                            \
        bool numbers = (normal_##name(a) || (U)(a << 1) == 0) && (normal_##name(b) || (U)(b << 1) == 0); \
        if (by_host(st->mxcsr) && numbers && (safe_##name(r) || (U)(r << 1) == 0)) return r;             \
        return (U)simd_operate(&descriptor, X87_ADD, a, b, st->mxcsr, ex);                               \
    }                                                                                                    \
    static inline U sub_##name(const struct simd *st, U a, U b, unsigned *ex)                            \
    {                                                                                                    \
        U r = bits_##name(value_##name(a) - value_##name(b));                                            \
        bool numbers = (normal_##name(a) || (U)(a << 1) == 0) && (normal_##name(b) || (U)(b << 1) == 0); \
        if (by_host(st->mxcsr) && numbers && (safe_##name(r) || (U)(r << 1) == 0)) return r;             \
        return (U)simd_operate(&descriptor, X87_SUB, a, b, st->mxcsr, ex);                               \
    }                                                                                                    \
    static inline U mul_##name(const struct simd *st, U a, U b, unsigned *ex)                            \
    {                                                                                                    \
        U r = bits_##name(value_##name(a) * value_##name(b));                                            \
        if (by_host(st->mxcsr) && normal_##name(a) && normal_##name(b) && safe_##name(r)) return r;      \
        return (U)simd_operate(&descriptor, X87_MUL, a, b, st->mxcsr, ex);                               \
    }                                                                                                    \
    static inline U div_##name(const struct simd *st, U a, U b, unsigned *ex)                            \
    {                                                                                                    \
        if (by_host(st->mxcsr) && normal_##name(a) && normal_##name(b)) {                                \
            U r = bits_##name(value_##name(a) / value_##name(b));                                        \
            if (safe_##name(r)) return r;                                                                \
        }                                                                                                \
        return (U)simd_operate(&descriptor, X87_DIV, a, b, st->mxcsr, ex);                               \
    }

HOST_FORMAT(32, uint32_t, float, 23, 0xffu, simd_single)
HOST_FORMAT(64, uint64_t, double, 52, 0x7ffu, simd_double)

#endif

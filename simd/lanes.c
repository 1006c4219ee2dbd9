/* Packed and scalar floating point: arithmetic, compares, minima and maxima, by the operations on one value.
 */
#include <math.h>

#include "simd/float.h"

/* --- shapes of operations ------------------------------------------------------------------------------ */

/* Of singles and doubles, packed and scalar: each lane of the result is `one`(st, a, b, imm, &ex). */
#define PACKED(name, lane, one)                                    \
    unsigned simd_##name(SIMD_ARGS)                                \
    {                                                              \
        union vec r;                                               \
        unsigned ex = 0;                                           \
        for (unsigned k = 0; k < sizeof r / sizeof r.lane[0]; k++) \
            r.lane[k] = one(st, d->lane[k], s->lane[k], imm, &ex); \
        return simd_settle(st, ex, d, &r);                         \
    }
#define SCALAR(name, lane, one)                                \
    unsigned simd_##name(SIMD_ARGS)                            \
    {                                                          \
        union vec r = *d;                                      \
        unsigned ex = 0;                                       \
        r.lane[0] = one(st, d->lane[0], s->lane[0], imm, &ex); \
        return simd_settle(st, ex, d, &r);                     \
    }
#define FOUR(name)                       \
    PACKED(name##ps, u32, name##_single) \
    PACKED(name##pd, u64, name##_double) \
    SCALAR(name##ss, u32, name##_single) \
    SCALAR(name##sd, u64, name##_double)

#define ONE_ARGS(U) const struct simd *st, U a, U b, __attribute__((unused)) unsigned imm, unsigned *ex
#define BOTH_FORMATS(name, text_single, text_double)         \
    static inline uint32_t name##_single(ONE_ARGS(uint32_t)) \
    {                                                        \
        return (uint32_t)(text_single);                      \
    }                                                        \
    static inline uint64_t name##_double(ONE_ARGS(uint64_t)) \
    {                                                        \
        return text_double;                                  \
    }                                                        \
    FOUR(name)

/* --- arithmetic ---------------------------------------------------------------------------------------- */

BOTH_FORMATS(add, add_32(st, a, b, ex), add_64(st, a, b, ex))
BOTH_FORMATS(sub, sub_32(st, a, b, ex), sub_64(st, a, b, ex))
BOTH_FORMATS(mul, mul_32(st, a, b, ex), mul_64(st, a, b, ex))
BOTH_FORMATS(div, div_32(st, a, b, ex), div_64(st, a, b, ex))

static inline uint32_t root_32(const struct simd *st, uint32_t v, unsigned *ex)
{
    if (by_host(st->mxcsr) && normal_32(v) && !(v >> 31)) return bits_32(sqrtf(value_32(v)));
    return (uint32_t)simd_operate(&simd_single, SIMD_SQRT, v, v, st->mxcsr, ex);
}
static inline uint64_t root_64(const struct simd *st, uint64_t v, unsigned *ex)
{
    if (by_host(st->mxcsr) && normal_64(v) && !(v >> 63)) return bits_64(sqrt(value_64(v)));
    return simd_operate(&simd_double, SIMD_SQRT, v, v, st->mxcsr, ex);
}
BOTH_FORMATS(sqrt, ((void)a, root_32(st, b, ex)), ((void)a, root_64(st, b, ex)))
BOTH_FORMATS(round, ((void)a, simd_round(&simd_single, b, imm, st->mxcsr, ex)),
             ((void)a, simd_round(&simd_double, b, imm, st->mxcsr, ex)))

/* --- minimum, maximum, compares ------------------------------------------------------------------------ */

/* The second operand unless the first is better: so for NaNs and two zeros, too. */
static uint64_t better(const struct format *f, uint64_t a, uint64_t b, enum relation wanted, uint32_t mxcsr,
                       unsigned *ex)
{
    uint64_t v = simd_relation(f, a, b, false, mxcsr, ex) == wanted ? a : b;
    return mxcsr & MXCSR_DAZ && is_denormal(f, v) ? v & f->sign : v;
}
BOTH_FORMATS(min, better(&simd_single, a, b, LESS, st->mxcsr, ex),
             better(&simd_double, a, b, LESS, st->mxcsr, ex))
BOTH_FORMATS(max, better(&simd_single, a, b, GREATER, st->mxcsr, ex),
             better(&simd_double, a, b, GREATER, st->mxcsr, ex))

/* Predicates: equal, less, less or equal, unordered, and their opposites; the two in the middle are invalid
 * for quiet NaNs, too. */
static bool holds(const struct format *f, uint64_t a, uint64_t b, unsigned imm, uint32_t mxcsr, unsigned *ex)
{
    static const uint8_t relations[] = {1 << EQUAL, 1 << LESS, 1 << LESS | 1 << EQUAL, 1 << UNORDERED};
    bool quiet = (imm & 3) == 0 || (imm & 3) == 3;
    bool holds = relations[imm & 3] >> simd_relation(f, a, b, quiet, mxcsr, ex) & 1;
    return holds != (imm >> 2 & 1);
}
BOTH_FORMATS(cmp, holds(&simd_single, a, b, imm, st->mxcsr, ex) ? UINT32_MAX : 0,
             holds(&simd_double, a, b, imm, st->mxcsr, ex) ? UINT64_MAX : 0)

/* ZF, PF and CF; with an unmasked exception they stay. */
static unsigned compare_scalars(struct simd *st, const struct format *f, uint64_t a, uint64_t b, bool quiet)
{
    enum { CF = 1, PF = 4, ZF = 0x40 };
    static const uint8_t flags[] = {[LESS] = CF, [EQUAL] = ZF, [GREATER] = 0, [UNORDERED] = ZF | PF | CF};
    unsigned ex = 0;
    st->flags = flags[simd_relation(f, a, b, quiet, st->mxcsr, &ex)];
    return simd_record(st, ex);
}

unsigned simd_ucomiss(SIMD_ARGS)
{
    return compare_scalars(st, &simd_single, d->u32[0], s->u32[0], true);
}
unsigned simd_comiss(SIMD_ARGS)
{
    return compare_scalars(st, &simd_single, d->u32[0], s->u32[0], false);
}
unsigned simd_ucomisd(SIMD_ARGS)
{
    return compare_scalars(st, &simd_double, d->u64[0], s->u64[0], true);
}
unsigned simd_comisd(SIMD_ARGS)
{
    return compare_scalars(st, &simd_double, d->u64[0], s->u64[0], false);
}

/* --- several operations -------------------------------------------------------------------------------- */

unsigned simd_addsubps(SIMD_ARGS)
{
    union vec r;
    unsigned ex = 0;
    for (unsigned k = 0; k < 4; k += 2) {
        r.u32[k] = sub_32(st, d->u32[k], s->u32[k], &ex);
        r.u32[k + 1] = add_32(st, d->u32[k + 1], s->u32[k + 1], &ex);
    }
    return simd_settle(st, ex, d, &r);
}

unsigned simd_addsubpd(SIMD_ARGS)
{
    union vec r;
    unsigned ex = 0;
    r.u64[0] = sub_64(st, d->u64[0], s->u64[0], &ex);
    r.u64[1] = add_64(st, d->u64[1], s->u64[1], &ex);
    return simd_settle(st, ex, d, &r);
}

/* Neighbours of d, then of s. */
#define HORIZONTAL(name, lane, one)                                              \
    unsigned simd_##name(SIMD_ARGS)                                              \
    {                                                                            \
        enum { HALF = sizeof d->lane / sizeof d->lane[0] / 2 };                  \
        union vec r;                                                             \
        unsigned ex = 0;                                                         \
        for (unsigned k = 0; k < HALF; k++) {                                    \
            r.lane[k] = one(st, d->lane[2 * k], d->lane[2 * k + 1], &ex);        \
            r.lane[HALF + k] = one(st, s->lane[2 * k], s->lane[2 * k + 1], &ex); \
        }                                                                        \
        return simd_settle(st, ex, d, &r);                                       \
    }
HORIZONTAL(haddps, u32, add_32)
HORIZONTAL(hsubps, u32, sub_32)
HORIZONTAL(haddpd, u64, add_64)
HORIZONTAL(hsubpd, u64, sub_64)

/* Products and their sum; an unmasked exception of a step keeps the next one from being done. The CPU adds in
 * another order for each lane, as NaNs show. */
unsigned simd_dpps(SIMD_ARGS)
{
    union vec p, half, r;
    unsigned ex = 0, unmasked;
    for (unsigned k = 0; k < 4; k++)
        p.u32[k] = imm >> (4 + k) & 1 ? mul_32(st, d->u32[k], s->u32[k], &ex) : 0;
    if ((unmasked = simd_record(st, ex)) != 0) return unmasked;
    for (unsigned k = 0; k < 4; k++)
        half.u32[k] = add_32(st, p.u32[k ^ 1], p.u32[k], &ex);
    if ((unmasked = simd_record(st, ex)) != 0) return unmasked;
    for (unsigned k = 0; k < 4; k++) {
        uint32_t sum = add_32(st, half.u32[k], half.u32[k ^ 2], &ex);
        r.u32[k] = imm >> k & 1 ? sum : 0;
    }
    return simd_settle(st, ex, d, &r);
}

unsigned simd_dppd(SIMD_ARGS)
{
    union vec p, r;
    unsigned ex = 0, unmasked;
    for (unsigned k = 0; k < 2; k++)
        p.u64[k] = imm >> (4 + k) & 1 ? mul_64(st, d->u64[k], s->u64[k], &ex) : 0;
    if ((unmasked = simd_record(st, ex)) != 0) return unmasked;
    for (unsigned k = 0; k < 2; k++) {
        uint64_t sum = add_64(st, p.u64[k], p.u64[1 - k], &ex);
        r.u64[k] = imm >> k & 1 ? sum : 0;
    }
    return simd_settle(st, ex, d, &r);
}

/* --- reciprocals --------------------------------------------------------------------------------------- */

/* CPUs differ in their approximations; the manual allows a relative error of 1.5 * 2^-12. Here they are 1/x
 * and 1/sqrt(x) of the host's doubles, rounded to single. No flags, whatever MXCSR says; denormals are zeros.
 */
static uint32_t approximation(uint32_t v, bool of_root)
{
    const struct format *f = &simd_single;
    uint32_t sign = v & 0x80000000;
    if (is_nan(f, v)) return v | (uint32_t)f->quiet;
    if ((v & f->inf) == 0) return sign | (uint32_t)f->inf;
    if (of_root && sign) return (uint32_t)(f->sign | f->inf | f->quiet);
    if (magnitude(f, v) == f->inf) return sign;
    double x = (double)value_32(v);
    uint32_t r = bits_32((float)(1 / (of_root ? sqrt(x) : x)));
    return normal_32(r) ? r : sign;
}

static uint32_t reciprocal_single(ONE_ARGS(uint32_t))
{
    (void)st, (void)a, (void)ex;
    return approximation(b, false);
}
static uint32_t inverse_root_single(ONE_ARGS(uint32_t))
{
    (void)st, (void)a, (void)ex;
    return approximation(b, true);
}
PACKED(rcpps, u32, reciprocal_single)
SCALAR(rcpss, u32, reciprocal_single)
PACKED(rsqrtps, u32, inverse_root_single)
SCALAR(rsqrtss, u32, inverse_root_single)

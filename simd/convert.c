/* Conversions between integers, singles and doubles. */
#include "simd/float.h"

/* `count` lanes; lanes beyond are zero, or those of d. */
#define CONVERSION(name, count, init, ...)   \
    unsigned simd_##name(SIMD_ARGS)          \
    {                                        \
        union vec r = init;                  \
        unsigned ex = 0;                     \
        for (unsigned k = 0; k < count; k++) \
            __VA_ARGS__;                     \
        return simd_settle(st, ex, d, &r);   \
    }
#define ZEROS           \
    {                   \
        .u64 = { 0, 0 } \
    }

#define SINGLE &simd_single
#define DOUBLE &simd_double

static inline uint64_t single_of_int(const struct simd *st, int32_t v, unsigned *ex)
{
    return simd_from_int(SINGLE, v, st->mxcsr, ex);
}

static inline uint64_t double_of_int(int32_t v)
{
    return bits_64(v);
}

static inline uint64_t double_of_single(const struct simd *st, uint32_t v, unsigned *ex)
{
    if (normal_32(v)) return bits_64(value_32(v));
    return simd_convert(SINGLE, DOUBLE, v, st->mxcsr, ex);
}

static inline uint32_t single_of_double(const struct simd *st, uint64_t v, unsigned *ex)
{
    if (by_host(st->mxcsr) && normal_64(v)) {
        uint32_t r = bits_32((float)value_64(v));
        if (safe_32(r)) return r;
    }
    return (uint32_t)simd_convert(DOUBLE, SINGLE, v, st->mxcsr, ex);
}

static inline uint32_t int_of_single(const struct simd *st, uint32_t v, bool chop, unsigned *ex)
{
    return simd_to_int(SINGLE, v, chop, st->mxcsr, ex);
}

static inline uint32_t int_of_double(const struct simd *st, uint64_t v, bool chop, unsigned *ex)
{
    double x = value_64(v);
    if (chop && x > -2147483648.0 && x < 2147483648.0 && (normal_64(v) || v == 0)) {
        int32_t i = (int32_t)x;
        if (i == x || by_host(st->mxcsr)) return (uint32_t)i;
    }
    return simd_to_int(DOUBLE, v, chop, st->mxcsr, ex);
}

CONVERSION(cvtsi2ss, 1, *d, r.u32[0] = (uint32_t)single_of_int(st, s->s32[k], &ex))
CONVERSION(cvtsi2sd, 1, *d, r.u64[0] = double_of_int(s->s32[k]))
CONVERSION(cvtpi2ps, 2, *d, r.u32[k] = (uint32_t)single_of_int(st, s->s32[k], &ex))
CONVERSION(cvtdq2ps, 4, *d, r.u32[k] = (uint32_t)single_of_int(st, s->s32[k], &ex))
CONVERSION(cvtdq2pd, 2, *d, r.u64[k] = double_of_int(s->s32[k]))

CONVERSION(cvtss2sd, 1, *d, r.u64[0] = double_of_single(st, s->u32[k], &ex))
CONVERSION(cvtps2pd, 2, *d, r.u64[k] = double_of_single(st, s->u32[k], &ex))
CONVERSION(cvtsd2ss, 1, *d, r.u32[0] = single_of_double(st, s->u64[k], &ex))
CONVERSION(cvtpd2ps, 2, ZEROS, r.u32[k] = single_of_double(st, s->u64[k], &ex))

CONVERSION(cvtss2si, 1, ZEROS, r.u32[0] = int_of_single(st, s->u32[k], false, &ex))
CONVERSION(cvttss2si, 1, ZEROS, r.u32[0] = int_of_single(st, s->u32[k], true, &ex))
CONVERSION(cvtsd2si, 1, ZEROS, r.u32[0] = int_of_double(st, s->u64[k], false, &ex))
CONVERSION(cvttsd2si, 1, ZEROS, r.u32[0] = int_of_double(st, s->u64[k], true, &ex))
CONVERSION(cvtps2pi, 2, ZEROS, r.u32[k] = int_of_single(st, s->u32[k], false, &ex))
CONVERSION(cvttps2pi, 2, ZEROS, r.u32[k] = int_of_single(st, s->u32[k], true, &ex))
CONVERSION(cvtps2dq, 4, ZEROS, r.u32[k] = int_of_single(st, s->u32[k], false, &ex))
CONVERSION(cvttps2dq, 4, ZEROS, r.u32[k] = int_of_single(st, s->u32[k], true, &ex))
CONVERSION(cvtpd2dq, 2, ZEROS, r.u32[k] = int_of_double(st, s->u64[k], false, &ex))
CONVERSION(cvttpd2dq, 2, ZEROS, r.u32[k] = int_of_double(st, s->u64[k], true, &ex))

/* Operations on packed integers that look at one lane at a time. */
#ifndef SIMD_LANES_H
#define SIMD_LANES_H

#include "simd/simd.h"

/* Each lane of the result from lanes a of the destination and b of the source, all of type T. */
#define LANES(name, lane, T, ...)                         \
    unsigned simd_##name(SIMD_ARGS)                       \
    {                                                     \
        union vec r;                                      \
        for (unsigned k = 0; k < 16 / sizeof(T); k++) {   \
            const T a = (T)d->lane[k], b = (T)s->lane[k]; \
            (void)a;                                      \
            r.lane[k] = (__VA_ARGS__);                    \
        }                                                 \
        *d = r;                                           \
        return 0;                                         \
    }

static inline int32_t clamp(int32_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : v;
}

#define SAT8(v)   (int8_t) clamp(v, INT8_MIN, INT8_MAX)
#define SAT16(v)  (int16_t) clamp(v, INT16_MIN, INT16_MAX)
#define SATU8(v)  (uint8_t) clamp(v, 0, UINT8_MAX)
#define SATU16(v) (uint16_t) clamp(v, 0, UINT16_MAX)

#endif

/* Multiplication of packed integers. A file of its own: see the Makefile. */
#include "simd/lanes.h"

LANES(pmullw, u16, uint16_t, (uint16_t)((uint32_t)a *b))
LANES(pmulhw, s16, int16_t, (int16_t)(a *b >> 16))
LANES(pmulhuw, u16, uint16_t, (uint16_t)((uint32_t)a *b >> 16))
LANES(pmulld, u32, uint32_t, a *b)
LANES(pmulhrsw, s16, int16_t, (int16_t)(((a * b >> 14) + 1) >> 1))
LANES(pmuludq, u64, uint64_t, (uint64_t)(uint32_t)a *(uint32_t)b)
LANES(pmuldq, s64, int64_t, (int64_t)(int32_t)a *(int32_t)b)

unsigned simd_pmaddwd(SIMD_ARGS)
{
    for (unsigned k = 0; k < 4; k++) {
        uint32_t low = (uint32_t)(d->s16[2 * k] * s->s16[2 * k]);
        d->u32[k] = low + (uint32_t)(d->s16[2 * k + 1] * s->s16[2 * k + 1]);
    }
    return 0;
}

unsigned simd_pmaddubsw(SIMD_ARGS)
{
    for (unsigned k = 0; k < 8; k++)
        d->s16[k] = SAT16(d->u8[2 * k] * s->s8[2 * k] + d->u8[2 * k + 1] * s->s8[2 * k + 1]);
    return 0;
}

/* Packed integers, lane by lane. The compiler makes vector code of these loops where its host has some. */
#include <stdlib.h>

#include "simd/lanes.h"

/* --- addition and subtraction -------------------------------------------------------------------------- */

LANES(paddb, u8, uint8_t, (uint8_t)(a + b))
LANES(paddw, u16, uint16_t, (uint16_t)(a + b))
LANES(paddd, u32, uint32_t, a + b)
LANES(paddq, u64, uint64_t, a + b)
LANES(psubb, u8, uint8_t, (uint8_t)(a - b))
LANES(psubw, u16, uint16_t, (uint16_t)(a - b))
LANES(psubd, u32, uint32_t, a - b)
LANES(psubq, u64, uint64_t, a - b)
LANES(paddsb, s8, int8_t, SAT8(a + b))
LANES(paddsw, s16, int16_t, SAT16(a + b))
LANES(psubsb, s8, int8_t, SAT8(a - b))
LANES(psubsw, s16, int16_t, SAT16(a - b))
LANES(paddusb, u8, uint8_t, SATU8(a + b))
LANES(paddusw, u16, uint16_t, SATU16(a + b))
LANES(psubusb, u8, uint8_t, SATU8(a - b))
LANES(psubusw, u16, uint16_t, SATU16(a - b))
LANES(pavgb, u8, uint8_t, (uint8_t)((a + b + 1) >> 1))
LANES(pavgw, u16, uint16_t, (uint16_t)((a + b + 1) >> 1))

/* --- sums of differences ------------------------------------------------------------------------------- */

/* Sums of absolute differences, each over 8 bytes. */
unsigned simd_psadbw(SIMD_ARGS)
{
    for (unsigned k = 0; k < 2; k++) {
        unsigned sum = 0;
        for (unsigned j = 8 * k; j < 8 * k + 8; j++)
            sum += (unsigned)abs(d->u8[j] - s->u8[j]);
        d->u64[k] = sum;
    }
    return 0;
}

/* --- comparison, minimum, maximum, sign ---------------------------------------------------------------- */

LANES(pcmpeqb, u8, uint8_t, a == b ? UINT8_MAX : 0)
LANES(pcmpeqw, u16, uint16_t, a == b ? UINT16_MAX : 0)
LANES(pcmpeqd, u32, uint32_t, a == b ? UINT32_MAX : 0)
LANES(pcmpeqq, u64, uint64_t, a == b ? UINT64_MAX : 0)
LANES(pcmpgtb, s8, int8_t, a > b ? -1 : 0)
LANES(pcmpgtw, s16, int16_t, a > b ? -1 : 0)
LANES(pcmpgtd, s32, int32_t, a > b ? -1 : 0)
LANES(pcmpgtq, s64, int64_t, a > b ? -1 : 0)
LANES(pminub, u8, uint8_t, a < b ? a : b)
LANES(pmaxub, u8, uint8_t, a > b ? a : b)
LANES(pminuw, u16, uint16_t, a < b ? a : b)
LANES(pmaxuw, u16, uint16_t, a > b ? a : b)
LANES(pminud, u32, uint32_t, a < b ? a : b)
LANES(pmaxud, u32, uint32_t, a > b ? a : b)
LANES(pminsb, s8, int8_t, a < b ? a : b)
LANES(pmaxsb, s8, int8_t, a > b ? a : b)
LANES(pminsw, s16, int16_t, a < b ? a : b)
LANES(pmaxsw, s16, int16_t, a > b ? a : b)
LANES(pminsd, s32, int32_t, a < b ? a : b)
LANES(pmaxsd, s32, int32_t, a > b ? a : b)
LANES(pabsb, u8, uint8_t, b & 0x80 ? (uint8_t)-b : b)
LANES(pabsw, u16, uint16_t, b & 0x8000 ? (uint16_t)-b : b)
LANES(pabsd, u32, uint32_t, b >> 31 ? 0 - b : b)
LANES(psignb, s8, int8_t, (int8_t)(b < 0 ? -a : b ? a : 0))
LANES(psignw, s16, int16_t, (int16_t)(b < 0 ? -a : b ? a : 0))
LANES(psignd, s32, int32_t, b < 0 ? (int32_t)(0 - (uint32_t)a) : b ? a : 0)

/* --- logic and shifts ---------------------------------------------------------------------------------- */

LANES(pand, u64, uint64_t, a &b)
LANES(pandn, u64, uint64_t, ~a &b)
LANES(por, u64, uint64_t, a | b)
LANES(pxor, u64, uint64_t, a ^ b)

/* The count is the source's low 64 bits; one beyond the lane's width shifts everything out. */
#define SHIFT(name, lane, bits, op)                                \
    unsigned simd_##name(SIMD_ARGS)                                \
    {                                                              \
        uint64_t n = s->u64[0];                                    \
        for (unsigned k = 0; k < 128 / bits; k++)                  \
            d->lane[k] = n < bits ? (uint64_t)d->lane[k] op n : 0; \
        return 0;                                                  \
    }
SHIFT(psllw, u16, 16, <<)
SHIFT(pslld, u32, 32, <<)
SHIFT(psllq, u64, 64, <<)
SHIFT(psrlw, u16, 16, >>)
SHIFT(psrld, u32, 32, >>)
SHIFT(psrlq, u64, 64, >>)

#define SHIFT_SIGNED(name, lane, bits)                       \
    unsigned simd_##name(SIMD_ARGS)                          \
    {                                                        \
        unsigned n = s->u64[0] < bits ? s->u8[0] : bits - 1; \
        for (unsigned k = 0; k < 128 / bits; k++)            \
            d->lane[k] >>= n;                                \
        return 0;                                            \
    }
SHIFT_SIGNED(psraw, s16, 16)
SHIFT_SIGNED(psrad, s32, 32)

unsigned simd_pslldq(SIMD_ARGS)
{
    union vec r;
    for (unsigned k = 0; k < 16; k++)
        r.u8[k] = k >= s->u64[0] ? d->u8[k - s->u64[0]] : 0;
    *d = r;
    return 0;
}

unsigned simd_psrldq(SIMD_ARGS)
{
    union vec r;
    for (unsigned k = 0; k < 16; k++)
        r.u8[k] = s->u64[0] < 16 - k ? d->u8[k + s->u64[0]] : 0;
    *d = r;
    return 0;
}

/* --- SSE4.1's odd ones --------------------------------------------------------------------------------- */

/* Eight sums of four absolute differences, from successive bytes of d and a block of s. */
unsigned simd_mpsadbw(SIMD_ARGS)
{
    union vec r;
    unsigned from = imm & 4, block = 4 * (imm & 3);
    for (unsigned k = 0; k < 8; k++) {
        unsigned sum = 0;
        for (unsigned j = 0; j < 4; j++)
            sum += (unsigned)abs(d->u8[from + k + j] - s->u8[block + j]);
        r.u16[k] = (uint16_t)sum;
    }
    *d = r;
    return 0;
}

unsigned simd_phminposuw(SIMD_ARGS)
{
    unsigned at = 0;
    for (unsigned k = 1; k < 8; k++)
        if (s->u16[k] < s->u16[at]) at = k;
    uint16_t least = s->u16[at];
    *d = (union vec){.u16 = {least, (uint16_t)at}};
    return 0;
}

/* ZF: nothing in common; CF: the source has nothing beside the destination. */
unsigned simd_ptest(SIMD_ARGS)
{
    enum { CF = 1, ZF = 0x40 };
    bool none = ((d->u64[0] & s->u64[0]) | (d->u64[1] & s->u64[1])) == 0;
    bool inside = ((~d->u64[0] & s->u64[0]) | (~d->u64[1] & s->u64[1])) == 0;
    st->flags = (none ? ZF : 0) | (inside ? CF : 0);
    return 0;
}

uint32_t simd_crc32(uint32_t crc, uint32_t v, unsigned bits)
{
    enum { POLYNOMIAL = 0x82f63b78 }; /* CRC-32C, bit-reversed */
    crc ^= v;
    for (unsigned k = 0; k < bits; k++)
        crc = crc >> 1 ^ (crc & 1 ? (uint32_t)POLYNOMIAL : 0);
    return crc;
}

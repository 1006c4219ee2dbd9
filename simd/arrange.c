/* Moves between and within registers: copies, packing, unpacking, shuffles, blends, inserts, extracts. Those
 * whose result depends on the width have an MMX version, name_mm. */
#include <string.h>

#include "simd/simd.h"

/* --- copies -------------------------------------------------------------------------------------------- */

unsigned simd_copy(SIMD_ARGS)
{
    *d = *s;
    return 0;
}
unsigned simd_low32(SIMD_ARGS)
{
    d->u32[0] = s->u32[0];
    return 0;
}
unsigned simd_low64(SIMD_ARGS)
{
    d->u64[0] = s->u64[0];
    return 0;
}
unsigned simd_movq(SIMD_ARGS)
{
    d->u64[0] = s->u64[0];
    d->u64[1] = 0;
    return 0;
}
unsigned simd_lowtohigh(SIMD_ARGS)
{
    d->u64[1] = s->u64[0];
    return 0;
}
unsigned simd_hightolow(SIMD_ARGS)
{
    d->u64[0] = s->u64[1];
    return 0;
}
unsigned simd_movhlps(SIMD_ARGS)
{
    d->u64[0] = s->u64[1];
    return 0;
}
unsigned simd_movddup(SIMD_ARGS)
{
    d->u64[0] = d->u64[1] = s->u64[0];
    return 0;
}
unsigned simd_movshdup(SIMD_ARGS)
{
    *d = (union vec){.u32 = {s->u32[1], s->u32[1], s->u32[3], s->u32[3]}};
    return 0;
}
unsigned simd_movsldup(SIMD_ARGS)
{
    *d = (union vec){.u32 = {s->u32[0], s->u32[0], s->u32[2], s->u32[2]}};
    return 0;
}

/* --- masks of sign bits -------------------------------------------------------------------------------- */

static inline uint32_t byte_signs(const union vec *s, unsigned n)
{
    uint32_t mask = 0;
    for (unsigned k = 0; k < n; k++)
        mask |= (uint32_t)(s->u8[k] >> 7) << k;
    return mask;
}

unsigned simd_pmovmskb(SIMD_ARGS)
{
    d->u32[0] = byte_signs(s, 16);
    return 0;
}
unsigned simd_pmovmskb_mm(SIMD_ARGS)
{
    d->u32[0] = byte_signs(s, 8);
    return 0;
}
unsigned simd_movmskps(SIMD_ARGS)
{
    d->u32[0] = s->u32[0] >> 31 | s->u32[1] >> 31 << 1 | s->u32[2] >> 31 << 2 | s->u32[3] >> 31 << 3;
    return 0;
}
unsigned simd_movmskpd(SIMD_ARGS)
{
    d->u32[0] = s->u32[1] >> 31 | s->u32[3] >> 31 << 1;
    return 0;
}

/* --- both widths: `text` computes r with BYTES of 8 or 16 ---------------------------------------------- */

#define WIDTHS(name, ...)                \
    unsigned simd_##name(SIMD_ARGS)      \
    {                                    \
        enum { BYTES = 16 };             \
        union vec r = {.u64 = {0, 0}};   \
        __VA_ARGS__                      \
        *d = r;                          \
        return 0;                        \
    }                                    \
    unsigned simd_##name##_mm(SIMD_ARGS) \
    {                                    \
        enum { BYTES = 8 };              \
        union vec r = {.u64 = {0, 0}};   \
        __VA_ARGS__                      \
        *d = r;                          \
        return 0;                        \
    }

#define SATURATE(v, low, high) ((v) < (low) ? (low) : (v) > (high) ? (high) : (v))

/* Lanes of d, then of s, narrowed. */
#define PACK(name, wide, narrow, low, high)                                      \
    WIDTHS(                                                                      \
        name, for (unsigned n = BYTES / sizeof r.narrow[0], k = 0; k < n; k++) { \
            int32_t v = k < n / 2 ? d->wide[k] : s->wide[k - n / 2];             \
            r.narrow[k] = SATURATE(v, low, high);                                \
        })
PACK(packsswb, s16, s8, INT8_MIN, INT8_MAX)
PACK(packuswb, s16, u8, 0, UINT8_MAX)
PACK(packssdw, s32, s16, INT16_MIN, INT16_MAX)

unsigned simd_packusdw(SIMD_ARGS)
{
    union vec r;
    for (unsigned k = 0; k < 8; k++) {
        int32_t v = k < 4 ? d->s32[k] : s->s32[k - 4];
        r.u16[k] = (uint16_t)SATURATE(v, 0, UINT16_MAX);
    }
    *d = r;
    return 0;
}

/* Lanes of d and s in turn, from their low or high halves. */
#define UNPACK(name, lane, high)                                               \
    WIDTHS(                                                                    \
        name, for (unsigned n = BYTES / sizeof r.lane[0], k = 0; k < n; k++) { \
            unsigned from = k / 2 + ((high) ? n / 2 : 0);                      \
            r.lane[k] = k & 1 ? s->lane[from] : d->lane[from];                 \
        })
UNPACK(punpcklbw, u8, false)
UNPACK(punpcklwd, u16, false)
UNPACK(punpckldq, u32, false)
UNPACK(punpckhbw, u8, true)
UNPACK(punpckhwd, u16, true)
UNPACK(punpckhdq, u32, true)

unsigned simd_punpcklqdq(SIMD_ARGS)
{
    d->u64[1] = s->u64[0];
    return 0;
}
unsigned simd_punpckhqdq(SIMD_ARGS)
{
    uint64_t high = s->u64[1];
    d->u64[0] = d->u64[1];
    d->u64[1] = high;
    return 0;
}

/* Sums or differences of neighbours, of d and then of s. */
#define HORIZONTAL(name, lane, T, ...)                                            \
    WIDTHS(                                                                       \
        name, for (unsigned n = BYTES / sizeof r.lane[0], k = 0; k < n; k++) {    \
            const union vec *v = k < n / 2 ? d : s;                               \
            T a = v->lane[2 * (k % (n / 2))], b = v->lane[2 * (k % (n / 2)) + 1]; \
            r.lane[k] = (__VA_ARGS__);                                            \
        })
HORIZONTAL(phaddw, u16, uint16_t, (uint16_t)(a + b))
HORIZONTAL(phaddd, u32, uint32_t, a + b)
HORIZONTAL(phaddsw, s16, int16_t, (int16_t)SATURATE(a + b, INT16_MIN, INT16_MAX))
HORIZONTAL(phsubw, u16, uint16_t, (uint16_t)(a - b))
HORIZONTAL(phsubd, u32, uint32_t, a - b)
HORIZONTAL(phsubsw, s16, int16_t, (int16_t)SATURATE(a - b, INT16_MIN, INT16_MAX))

WIDTHS(
    pshufb,
    for (unsigned k = 0; k < BYTES; k++) { r.u8[k] = s->u8[k] & 0x80 ? 0 : d->u8[s->u8[k] & (BYTES - 1)]; })

WIDTHS(
    palignr, for (unsigned k = 0; k < BYTES; k++) {
        unsigned from = k + (imm & 0xff);
        r.u8[k] = from < BYTES ? s->u8[from] : from < 2 * BYTES ? d->u8[from - BYTES] : 0;
    })

WIDTHS(pinsrw, r = *d; r.u16[imm & (BYTES / 2 - 1)] = s->u16[0];)
WIDTHS(pextrw, r.u32[0] = s->u16[imm & (BYTES / 2 - 1)];)

/* --- shuffles ------------------------------------------------------------------------------------------ */

unsigned simd_pshufd(SIMD_ARGS)
{
    *d = (union vec){
        .u32 = {s->u32[imm & 3], s->u32[imm >> 2 & 3], s->u32[imm >> 4 & 3], s->u32[imm >> 6 & 3]}};
    return 0;
}

/* Four words from `at` on; the other half as it is. */
static void shuffle_words(union vec *d, const union vec *s, unsigned imm, unsigned at)
{
    union vec r = *s;
    for (unsigned k = 0; k < 4; k++)
        r.u16[at + k] = s->u16[at + (imm >> 2 * k & 3)];
    *d = r;
}

unsigned simd_pshuflw(SIMD_ARGS)
{
    shuffle_words(d, s, imm, 0);
    return 0;
}
unsigned simd_pshufhw(SIMD_ARGS)
{
    shuffle_words(d, s, imm, 4);
    return 0;
}
unsigned simd_shufps(SIMD_ARGS)
{
    *d = (union vec){
        .u32 = {d->u32[imm & 3], d->u32[imm >> 2 & 3], s->u32[imm >> 4 & 3], s->u32[imm >> 6 & 3]}};
    return 0;
}
unsigned simd_shufpd(SIMD_ARGS)
{
    *d = (union vec){.u64 = {d->u64[imm & 1], s->u64[imm >> 1 & 1]}};
    return 0;
}

/* --- SSE4.1: extension --------------------------------------------------------------------------------- */

#define EXTEND(name, to, from)                                      \
    unsigned simd_##name(SIMD_ARGS)                                 \
    {                                                               \
        union vec r;                                                \
        for (unsigned k = 0; k < sizeof r.to / sizeof r.to[0]; k++) \
            r.to[k] = s->from[k];                                   \
        *d = r;                                                     \
        return 0;                                                   \
    }
EXTEND(pmovsxbw, s16, s8)
EXTEND(pmovsxbd, s32, s8)
EXTEND(pmovsxbq, s64, s8)
EXTEND(pmovsxwd, s32, s16)
EXTEND(pmovsxwq, s64, s16)
EXTEND(pmovsxdq, s64, s32)
EXTEND(pmovzxbw, u16, u8)
EXTEND(pmovzxbd, u32, u8)
EXTEND(pmovzxbq, u64, u8)
EXTEND(pmovzxwd, u32, u16)
EXTEND(pmovzxwq, u64, u16)
EXTEND(pmovzxdq, u64, u32)

/* --- SSE4.1: blends; the variable ones look at the sign bits of XMM0 ----------------------------------- */

#define BLEND(name, lane, condition)                                      \
    unsigned simd_##name(SIMD_ARGS)                                       \
    {                                                                     \
        for (unsigned k = 0; k < sizeof d->lane / sizeof d->lane[0]; k++) \
            if (condition) d->lane[k] = s->lane[k];                       \
        return 0;                                                         \
    }
BLEND(pblendw, u16, imm >> k & 1)
BLEND(blendps, u32, imm >> k & 1)
BLEND(blendpd, u64, imm >> k & 1)

#define BLEND_BY_MASK(name, lane)                                         \
    unsigned simd_##name(SIMD_ARGS)                                       \
    {                                                                     \
        union vec mask = st->xmm[0]; /* which may be the destination */   \
        for (unsigned k = 0; k < sizeof d->lane / sizeof d->lane[0]; k++) \
            if (mask.lane[k] < 0) d->lane[k] = s->lane[k];                \
        return 0;                                                         \
    }
BLEND_BY_MASK(pblendvb, s8)
BLEND_BY_MASK(blendvps, s32)
BLEND_BY_MASK(blendvpd, s64)

/* --- SSE4.1: inserts and extracts ---------------------------------------------------------------------- */

unsigned simd_pinsrb(SIMD_ARGS)
{
    d->u8[imm & 15] = s->u8[0];
    return 0;
}
unsigned simd_pinsrd(SIMD_ARGS)
{
    d->u32[imm & 3] = s->u32[0];
    return 0;
}
unsigned simd_pextrb(SIMD_ARGS)
{
    d->u32[0] = s->u8[imm & 15];
    return 0;
}
unsigned simd_pextrd(SIMD_ARGS)
{
    d->u32[0] = s->u32[imm & 3];
    return 0;
}

static void insert_single(union vec *d, uint32_t v, unsigned imm)
{
    d->u32[imm >> 4 & 3] = v;
    for (unsigned k = 0; k < 4; k++)
        if (imm >> k & 1) d->u32[k] = 0;
}

unsigned simd_insertps(SIMD_ARGS)
{
    insert_single(d, s->u32[imm >> 6 & 3], imm);
    return 0;
}
unsigned simd_insertpsld(SIMD_ARGS)
{
    insert_single(d, s->u32[0], imm);
    return 0;
}

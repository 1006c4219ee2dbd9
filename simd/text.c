/* SSE4.2's compares of strings (SDM vol. 2, 4.1). */
#include "simd/simd.h"

enum { SIGNED = 2, WORDS = 1, BY_MASK = 0x40 };
enum aggregation { ANY, RANGES, EACH, ORDERED };
enum { CF = 1, ZF = 0x40, SF = 0x80, OF = 0x800 };

static int32_t element(const union vec *v, unsigned k, unsigned imm)
{
    if (imm & WORDS) return imm & SIGNED ? v->s16[k] : v->u16[k];
    return imm & SIGNED ? v->s8[k] : v->u8[k];
}

/* Up to the first zero. */
static unsigned implicit_length(const union vec *v, unsigned imm, unsigned n)
{
    unsigned k = 0;
    while (k < n && element(v, k, imm))
        k++;
    return k;
}

static unsigned explicit_length(uint32_t length, unsigned n)
{
    uint32_t magnitude = length >> 31 ? 0 - length : length;
    return magnitude < n ? magnitude : n;
}

static bool matches_any(const union vec *a, unsigned la, int32_t c, unsigned imm)
{
    for (unsigned k = 0; k < la; k++)
        if (element(a, k, imm) == c) return true;
    return false;
}

static bool matches_range(const union vec *a, unsigned la, int32_t c, unsigned imm)
{
    for (unsigned k = 0; k + 1 < la; k += 2)
        if (element(a, k, imm) <= c && c <= element(a, k + 1, imm)) return true;
    return false;
}

static bool matches_each(const union vec *a, unsigned la, const union vec *b, unsigned lb, unsigned j,
                         unsigned imm)
{
    if (j >= la || j >= lb) return j >= la && j >= lb;
    return element(a, j, imm) == element(b, j, imm);
}

/* Does a begin at place j of b, as far as the register goes? */
static bool matches_ordered(const union vec *a, unsigned la, const union vec *b, unsigned lb, unsigned j,
                            unsigned imm, unsigned n)
{
    for (unsigned k = 0; k < la && j + k < n; k++)
        if (j + k >= lb || element(a, k, imm) != element(b, j + k, imm)) return false;
    return true;
}

static bool matches(const union vec *a, unsigned la, const union vec *b, unsigned lb, unsigned j,
                    unsigned imm, unsigned n)
{
    switch ((enum aggregation)(imm >> 2 & 3)) {
    case ANY: return j < lb && matches_any(a, la, element(b, j, imm), imm);
    case RANGES: return j < lb && matches_range(a, la, element(b, j, imm), imm);
    case EACH: return matches_each(a, la, b, lb, j, imm);
    default: return matches_ordered(a, la, b, lb, j, imm, n);
    }
}

/* The bits of the result; also leaves the flags. */
static uint32_t compare(struct simd *st, const union vec *a, const union vec *b, unsigned la, unsigned lb,
                        unsigned imm)
{
    unsigned n = imm & WORDS ? 8 : 16;
    uint32_t bits = 0;
    for (unsigned j = 0; j < n; j++)
        bits |= (uint32_t)matches(a, la, b, lb, j, imm, n) << j;
    if (imm & 0x10) bits ^= imm & 0x20 ? (1u << lb) - 1 : (1u << n) - 1;
    st->flags = (bits ? CF : 0) | (lb < n ? ZF : 0) | (la < n ? SF : 0) | (bits & 1 ? OF : 0);
    return bits;
}

static void leave_index(struct simd *st, uint32_t bits, unsigned imm)
{
    st->index = imm & WORDS ? 8 : 16;
    if (bits) st->index = (uint32_t)(imm & BY_MASK ? 31 - __builtin_clz(bits) : __builtin_ctz(bits));
}

static void leave_mask(struct simd *st, uint32_t bits, unsigned imm)
{
    union vec r = {.u64 = {bits, 0}};
    for (unsigned k = 0; imm & BY_MASK && k < 8 && imm & WORDS; k++)
        r.u16[k] = bits >> k & 1 ? UINT16_MAX : 0;
    for (unsigned k = 0; imm & BY_MASK && k < 16 && !(imm & WORDS); k++)
        r.u8[k] = bits >> k & 1 ? UINT8_MAX : 0;
    st->xmm[0] = r;
}

static uint32_t compare_explicit(struct simd *st, const union vec *d, const union vec *s, unsigned imm)
{
    unsigned n = imm & WORDS ? 8 : 16;
    return compare(st, d, s, explicit_length(st->length[0], n), explicit_length(st->length[1], n), imm);
}

static uint32_t compare_implicit(struct simd *st, const union vec *d, const union vec *s, unsigned imm)
{
    unsigned n = imm & WORDS ? 8 : 16;
    return compare(st, d, s, implicit_length(d, imm, n), implicit_length(s, imm, n), imm);
}

unsigned simd_pcmpestrm(SIMD_ARGS)
{
    leave_mask(st, compare_explicit(st, d, s, imm), imm);
    return 0;
}
unsigned simd_pcmpestri(SIMD_ARGS)
{
    leave_index(st, compare_explicit(st, d, s, imm), imm);
    return 0;
}
unsigned simd_pcmpistrm(SIMD_ARGS)
{
    leave_mask(st, compare_implicit(st, d, s, imm), imm);
    return 0;
}
unsigned simd_pcmpistri(SIMD_ARGS)
{
    leave_index(st, compare_implicit(st, d, s, imm), imm);
    return 0;
}

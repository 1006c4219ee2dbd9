/* Loads, stores, compares and rounding to an integer of direct.h. */
#include "fpu/direct.h"
#include "fpu/direct_seldom.h"

/* --- loads ---------------------------------------------------------------------------------------------- */

CORE bool load_f64(struct f80 *d, uint64_t bits)
{
    if (USUAL(direct_normal_f64(bits))) {
        struct direct_value v = direct_from_f64(bits);
        direct_put(d, v.m, v.se);
        return true;
    }
    if (bits << 1) return false;
    direct_put(d, 0, (uint32_t)(bits >> 48));
    return true;
}

CORE bool load_f32(struct f80 *d, uint64_t bits)
{
    if (USUAL(direct_normal_f32(bits))) {
        struct direct_value v = direct_from_f32(bits);
        direct_put(d, v.m, v.se);
        return true;
    }
    if ((uint32_t)bits << 1) return false;
    direct_put(d, 0, (uint32_t)bits >> 16);
    return true;
}

CORE void load_int(struct f80 *d, uint64_t bits)
{
    struct direct_value v = {0, 0};
    if (USUAL(direct_normal_int(bits))) v = direct_from_int(bits);
    direct_put(d, v.m, v.se);
}

DIRECT_HOT void fpu_direct_put_f64(struct x87 *x, struct f80 *d, uint64_t bits)
{
    if (UNUSUAL(!load_f64(d, bits))) direct_load_seldom(x, d, bits, X87_F64);
}
DIRECT_HOT void fpu_direct_put_f32(struct x87 *x, struct f80 *d, uint64_t bits)
{
    if (UNUSUAL(!load_f32(d, bits))) direct_load_seldom(x, d, bits, X87_F32);
}
DIRECT_HOT void fpu_direct_put_int(struct x87 *x, struct f80 *d, int64_t value)
{
    (void)x;
    load_int(d, (uint64_t)value);
}

DIRECT_HOT void fpu_direct_fld_f64(struct x87 *x, struct f80 *d, uint64_t bits)
{
    direct_note_exact(x, 0);
    if (UNUSUAL(!load_f64(d, bits))) direct_load_seldom(x, d, bits, X87_F64);
}
DIRECT_HOT void fpu_direct_fld_f32(struct x87 *x, struct f80 *d, uint64_t bits)
{
    direct_note_exact(x, 0);
    if (UNUSUAL(!load_f32(d, bits))) direct_load_seldom(x, d, bits, X87_F32);
}
DIRECT_HOT void fpu_direct_fild(struct x87 *x, struct f80 *d, int64_t value)
{
    direct_note_exact(x, 0);
    load_int(d, (uint64_t)value);
}

/* --- stores --------------------------------------------------------------------------------------------- */

DIRECT_HOT uint64_t fpu_direct_fst_f64(struct x87 *x, const struct f80 *a)
{
    struct direct_value v = direct_open(a);
    if (UNUSUAL(direct_f64_exp(v.se) >= 0x7fd || (int64_t)v.m >= 0))
        return (uint64_t)direct_store_seldom(x, a, DIRECT_HOW(DIRECT_CW_64, X87_F64, 0));
    return direct_to_f64(x, v.m, v.se);
}

DIRECT_HOT uint64_t fpu_direct_fst_f32(struct x87 *x, const struct f80 *a)
{
    struct direct_value v = direct_open(a);
    uint32_t exp = (v.se & 0x7fff) - (F80_BIAS - 126);
    if (UNUSUAL(exp >= 0xfd || (int64_t)v.m >= 0))
        return (uint64_t)direct_store_seldom(x, a, DIRECT_HOW(DIRECT_CW_64, X87_F32, 0));
    uint32_t bits = (uint32_t)direct_store(x, v.m, 23) + (exp << 23) + (v.se >> 15 << 31);
    return (uint64_t)(int32_t)bits;
}

/* From 1 in magnitude up to what surely fits. */
CORE int64_t store_int(struct x87 *x, const struct f80 *a, unsigned bits, enum x87_type type, unsigned cw)
{
    struct direct_value v = direct_open(a);
    uint32_t place = (v.se & 0x7fff) - F80_BIAS;
    uint64_t q = v.m >> (~place & 63), rest = v.m << 1 << (place & 63), up = 0;
    if (UNUSUAL(place >= bits - 1 || (int64_t)v.m >= 0))
        return direct_store_seldom(x, a, DIRECT_HOW(cw, type, 0));
    if (rest == 0) {
        direct_note_exact(x, 0);
    } else {
        if (cw != DIRECT_CW_CHOP) up = direct_up(q, rest);
        q += up;
        if (cw != DIRECT_CW_CHOP && UNUSUAL(q >> (bits - 1)))
            return direct_store_seldom(x, a, DIRECT_HOW(cw, type, 0));
        direct_note_inexact(x, up);
    }
    uint64_t negative = 0 - (uint64_t)(v.se >> 15);
    return (int64_t)((q ^ negative) - negative);
}

#define STORE_INT(name, bits, cw)                                                      \
    DIRECT_HOT int64_t fpu_direct_##name##_i##bits(struct x87 *x, const struct f80 *a) \
    {                                                                                  \
        return store_int(x, a, bits, X87_I##bits, cw);                                 \
    }
STORE_INT(fist, 16, DIRECT_CW_64)
STORE_INT(fist, 32, DIRECT_CW_64)
STORE_INT(fist, 64, DIRECT_CW_64)
STORE_INT(chop, 16, DIRECT_CW_CHOP)
STORE_INT(chop, 32, DIRECT_CW_CHOP)
STORE_INT(chop, 64, DIRECT_CW_CHOP)

/* From 1 in magnitude up to 2^62; there, the bit that rounding may carry into is in the significand. */
DIRECT_HOT void fpu_direct_rint(struct x87 *x, struct f80 *d, const struct f80 *a)
{
    struct direct_value v = direct_open(a);
    uint32_t place = (v.se & 0x7fff) - F80_BIAS;
    if (UNUSUAL(place >= 63 || (int64_t)v.m >= 0)) {
        direct_unary_seldom(x, d, a, DIRECT_CW_64, f80_rint);
        return;
    }
    uint64_t q = v.m >> (~place & 63), rest = v.m << 1 << place;
    if (rest == 0) {
        direct_note_exact(x, 0);
        direct_put(d, v.m, v.se);
        return;
    }
    uint64_t up = direct_up(q, rest), m = (q + up) << (~place & 63);
    if (UNUSUAL(m == 0)) {
        m = F80_TOP;
        v.se++;
    }
    direct_note_inexact(x, up);
    direct_put(d, m, v.se);
}

/* --- compares ------------------------------------------------------------------------------------------- */

/* C0 to C3 of a host that is little-endian: the upper byte of sw, whose other bits are TOP's and B's. */
CORE unsigned set_codes(struct x87 *x, unsigned cc)
{
    ((uint8_t *)&x->sw)[1] = (uint8_t)cc;
    return cc;
}

/* Signs and exponents as signed numbers, as compares want them. */
CORE struct direct_value open_signed(const struct f80 *a)
{
    return (struct direct_value){a->m, (uint32_t) * (const int16_t *)&a->se};
}
CORE struct direct_value sign_extended(struct direct_value v)
{
    return (struct direct_value){v.m, (uint32_t)(int16_t)v.se};
}

/* They are in order, but the other way round where both are negative. */
CORE unsigned order(struct direct_value a, struct direct_value b)
{
    unsigned both_negative = (a.se & b.se) >> 31, less;
    if (a.se != b.se) {
        less = (int32_t)a.se < (int32_t)b.se;
    } else {
        if (a.m == b.m) return FPU_DIRECT_EQUAL;
        less = a.m < b.m;
    }
    return less ^ both_negative;
}

DIRECT_HOT unsigned fpu_direct_fcom(struct x87 *x, const struct f80 *a, const struct f80 *b)
{
    struct direct_value va = open_signed(a), vb = open_signed(b);
    if (USUAL(direct_usable(va, vb))) return set_codes(x, order(va, vb));
    return direct_compare_seldom(x, a, b, 0);
}
DIRECT_HOT unsigned fpu_direct_fucom(struct x87 *x, const struct f80 *a, const struct f80 *b)
{
    struct direct_value va = open_signed(a), vb = open_signed(b);
    if (USUAL(direct_usable(va, vb))) return set_codes(x, order(va, vb));
    return direct_compare_seldom(x, a, b, DIRECT_QUIET);
}
DIRECT_HOT unsigned fpu_direct_fcomi(struct x87 *x, const struct f80 *a, const struct f80 *b)
{
    struct direct_value va = open_signed(a), vb = open_signed(b);
    if (USUAL(direct_usable(va, vb))) return order(va, vb);
    return direct_compare_seldom(x, a, b, DIRECT_EFLAGS);
}
DIRECT_HOT unsigned fpu_direct_fucomi(struct x87 *x, const struct f80 *a, const struct f80 *b)
{
    struct direct_value va = open_signed(a), vb = open_signed(b);
    if (USUAL(direct_usable(va, vb))) return order(va, vb);
    return direct_compare_seldom(x, a, b, DIRECT_EFLAGS | DIRECT_QUIET);
}

#define COMPARE_MEMORY(name, type)                                                                \
    DIRECT_HOT unsigned fpu_direct_fcom_##name(struct x87 *x, const struct f80 *a, uint64_t bits) \
    {                                                                                             \
        struct direct_value va = open_signed(a);                                                  \
        if (USUAL(direct_usable1(va)) && USUAL(direct_normal_##name(bits)))                       \
            return set_codes(x, order(va, sign_extended(direct_from_##name(bits))));              \
        return direct_compare_mem_seldom(x, a, bits, type);                                       \
    }
COMPARE_MEMORY(f64, X87_F64)
COMPARE_MEMORY(f32, X87_F32)
COMPARE_MEMORY(int, X87_I64)

DIRECT_HOT unsigned fpu_direct_ftst(struct x87 *x, const struct f80 *a)
{
    static const struct f80 zero = {0, 0};
    struct direct_value v = direct_open(a);
    if (USUAL(direct_usable1(v))) return set_codes(x, v.se >> 15);
    return direct_compare_seldom(x, a, &zero, 0);
}

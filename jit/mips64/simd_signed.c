/* More arithmetic of packed integers in general registers, eight bytes at a time, beside simd_lanes.c: signed
 * saturation and extrema, signs and sizes, high halves of products, lanes of 64 bits. H and L are as there.
 */
#include "jit/mips64/packed_emit.h"

static enum reg high_bits(struct tr *t, unsigned bits)
{
    uint32_t v = UINT32_C(1) << (bits - 1);
    if (bits == 8) v |= v << 8;
    return emit_word_twice(t, bits == 32 ? v : v | v << 16);
}

/* What simd_lanes.c has for another operation. */
static void as(struct tr *t, unsigned op, enum reg rd, enum reg d, enum reg s)
{
    const struct lanes r = lanes_of(op);
    r.f(t, rd, d, s, r.bits);
}

/* rd = all ones in the lanes whose highest bit v has, which has no others; one = the lowest bit of these.
 * Uses AT. */
static void widen(struct code *c, enum reg rd, enum reg one, enum reg v, unsigned bits)
{
    dsll(c, AT, v, 1);
    dsrl(c, one, v, bits - 1);
    dsubu(c, rd, AT, one);
}

/* --- saturation of signed lanes ---------------------------------------------------------------------- */

/* Of lanes that A1 has H of, rd becomes the least or the most, by d's sign. There are mostly none. Uses AT
 * and A0. */
static void saturate(struct code *c, enum reg rd, enum reg d, enum reg high, unsigned bits)
{
    struct label none = {0};
    and_(c, A1, A1, high);
    beq(c, A1, ZERO, &none);
    nop(c);
    widen(c, A0, A1, A1, bits);
    and_(c, AT, d, high);
    dsrl(c, AT, AT, bits - 1);
    nor(c, A1, high, ZERO);
    daddu(c, AT, AT, A1); /* L, or H */
    xor_(c, AT, AT, rd);
    and_(c, AT, AT, A0);
    xor_(c, rd, rd, AT);
    bind_label(c, &none);
}

/* A sum has left its lane if its sign is neither operand's. */
static void add_saturated(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg high = high_bits(t, bits);
    as(t, bits == 8 ? OP_PADDB : OP_PADDW, rd, d, s);
    xor_(c, A1, rd, d);
    xor_(c, AT, rd, s);
    and_(c, A1, A1, AT);
    saturate(c, rd, d, high, bits);
}

/* … a difference if its sign is not the first operand's, which is not that of the second. */
static void subtract_saturated(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg high = high_bits(t, bits);
    as(t, bits == 8 ? OP_PSUBB : OP_PSUBW, rd, d, s);
    xor_(c, A1, d, s);
    xor_(c, AT, d, rd);
    and_(c, A1, A1, AT);
    saturate(c, rd, d, high, bits);
}

/* --- extrema ----------------------------------------------------------------------------------------- */

static unsigned compare_of(unsigned bits)
{
    return bits == 8 ? OP_PCMPGTB : bits == 16 ? OP_PCMPGTW : OP_PCMPGTD;
}

static void minimum(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    as(t, compare_of(bits), rd, d, s);
    xor_(c, AT, d, s);
    and_(c, AT, AT, rd);
    xor_(c, rd, d, AT);
}

static void maximum(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    as(t, compare_of(bits), rd, d, s);
    xor_(c, AT, d, s);
    and_(c, AT, AT, rd);
    xor_(c, rd, s, AT);
}

/* --- signs and sizes --------------------------------------------------------------------------------- */

/* -x is ~x + 1: a lane that is not negative has room for that. */
static void size(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg high = high_bits(t, bits);
    (void)d;
    and_(c, A1, s, high);
    widen(c, rd, A1, A1, bits);
    xor_(c, rd, rd, s);
    daddu(c, rd, rd, A1);
}

static void sign(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg high = high_bits(t, bits);
    and_(c, A1, s, high);
    widen(c, rd, A1, A1, bits);
    xor_(c, rd, rd, d);
    nor(c, A0, high, ZERO);
    and_(c, AT, rd, A0);
    and_(c, rd, rd, high);
    daddu(c, AT, AT, A1);
    xor_(c, rd, rd, AT);
    and_(c, AT, s, A0); /* where s is not 0 */
    daddu(c, AT, AT, A0);
    or_(c, AT, AT, s);
    and_(c, A0, AT, high);
    widen(c, A0, A1, A0, bits);
    and_(c, rd, rd, A0);
}

/* --- products of words ------------------------------------------------------------------------------- */

/* The words that A1 and AT begin with, multiplied: A0. */
typedef void product_fn(struct code *c);

static void signed_products(struct code *c)
{
    seh(c, A0, A1);
    seh(c, SCRATCH, AT);
    mul(c, A0, A0, SCRATCH);
    sra(c, A1, A1, 16);
    sra(c, AT, AT, 16);
    mul(c, A1, A1, AT);
}

static void unsigned_products(struct code *c)
{
    andi(c, A0, A1, 0xffff);
    andi(c, SCRATCH, AT, 0xffff);
    mul(c, A0, A0, SCRATCH);
    srl(c, A1, A1, 16);
    srl(c, AT, AT, 16);
    mul(c, A1, A1, AT);
}

/* Both products' bits from 15 on go to where those from 16 on are, rounded. */
static void round_products(struct code *c)
{
    addiu(c, A0, A0, 1 << 14);
    addiu(c, A1, A1, 1 << 14);
    sll(c, A0, A0, 1);
    sll(c, A1, A1, 1);
}

/* Two words at a time. */
static void multiply_high(struct tr *t, enum reg rd, enum reg d, enum reg s, product_fn *f, bool rounded)
{
    struct code *c = &t->c;
    for (unsigned at = 0; at < 64; at += 32) {
        (at ? dsra32 : sll)(c, A1, d, 0);
        (at ? dsra32 : sll)(c, AT, s, 0);
        f(c);
        if (rounded) round_products(c);
        srl(c, A0, A0, 16);
        ins(c, A1, A0, 0, 16);
        if (at)
            dins(c, rd, A1, 32, 32);
        else
            move(c, rd, A1);
    }
}

static void multiply_signed(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    multiply_high(t, rd, d, s, signed_products, false);
}

static void multiply_unsigned(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    multiply_high(t, rd, d, s, unsigned_products, false);
}

static void multiply_rounded(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    multiply_high(t, rd, d, s, signed_products, true);
}

/* --- products of bytes ------------------------------------------------------------------------------- */

/* rd = words, sums of two products of bytes each: of d's and of s's without their signs. */
static void multiply_magnitudes(struct code *c, enum reg rd, enum reg d, enum reg s)
{
    for (unsigned at = 0; at < 64; at += 16) {
        enum reg sum = at ? AT : rd;
        dext(c, A0, d, at, 8);
        dext(c, A1, s, at, 7);
        mul(c, sum, A0, A1);
        dext(c, A0, d, at + 8, 8);
        dext(c, A1, s, at + 8, 7);
        mul(c, A0, A0, A1);
        addu(c, sum, sum, A0);
        if (at) dins(c, rd, AT, at, 16);
    }
}

/* A1 = words, 128 times the sums of two of d's bytes: of those whose byte of s is negative. */
static void sum_negative(struct code *c, enum reg d, enum reg s, enum reg high)
{
    dsrl(c, A0, high, 8);
    or_(c, A0, A0, high);
    and_(c, A1, s, A0);
    widen(c, A1, A0, A1, 8);
    and_(c, A1, A1, d);
    dsrl(c, A0, high, 7);
    dsrl(c, AT, high, 15);
    dsubu(c, A0, A0, AT); /* the lower byte of each word */
    and_(c, AT, A1, A0);
    dsrl(c, A1, A1, 8);
    and_(c, A1, A1, A0);
    daddu(c, A1, A1, AT);
    dsll(c, A1, A1, 7);
}

/* Unsigned bytes of d by signed ones of s. Of a byte of s that is negative 128 was not taken away; and a sum
 * may have left its word. Sums of 16 bits without signs have such a difference, if each gets the sign of
 * another 2^15. */
static void multiply_add_bytes(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    struct label simple = {0};
    enum reg high = high_bits(t, bits);
    emit_word_twice(t, 0x7fff7fff); /* as the difference wants it */
    multiply_magnitudes(c, rd, d, s);
    dsll(c, AT, s, 8);
    or_(c, AT, AT, s);
    or_(c, AT, AT, rd);
    and_(c, AT, AT, high);
    beq(c, AT, ZERO, &simple);
    nop(c);
    sum_negative(c, d, s, high);
    xor_(c, SCRATCH, rd, high);
    xor_(c, ADDRESS, A1, high);
    subtract_saturated(t, rd, SCRATCH, ADDRESS, bits);
    bind_label(c, &simple);
}

/* --- lanes of 32 and 64 bits ------------------------------------------------------------------------- */

static void multiply_low(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    sll(c, A1, d, 0);
    sll(c, AT, s, 0);
    mul(c, rd, A1, AT);
    dsra32(c, A1, d, 0);
    dsra32(c, AT, s, 0);
    mul(c, A1, A1, AT);
    dins(c, rd, A1, 32, 32);
}

static void multiply_wide(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    sll(c, A1, d, 0);
    sll(c, AT, s, 0);
    dmult(c, A1, AT);
    mflo(c, rd);
}

static void equal(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    xor_(c, rd, d, s);
    sltiu(c, rd, rd, 1);
    dsubu(c, rd, ZERO, rd);
}

static void greater(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    slt(c, rd, s, d);
    dsubu(c, rd, ZERO, rd);
}

/* --- rows -------------------------------------------------------------------------------------------- */

struct lanes lanes_signed_of(unsigned op)
{
    // clang-format off
    switch (op) {
#define ROW(op, f, bits) case OP_##op: return (struct lanes){f, bits, LANES_PLAIN};
#define MUL(op, f, bits) case OP_##op: return (struct lanes){f, bits, LANES_MULTIPLY};
#define ONE(op, f, bits) case OP_##op: return (struct lanes){f, bits, LANES_UNARY};
        ROW(PADDSB, add_saturated, 8)        ROW(PADDSW, add_saturated, 16)
        ROW(PSUBSB, subtract_saturated, 8)   ROW(PSUBSW, subtract_saturated, 16)
        ROW(PMINSB, minimum, 8)   ROW(PMINSW, minimum, 16)   ROW(PMINSD, minimum, 32)
        ROW(PMAXSB, maximum, 8)   ROW(PMAXSW, maximum, 16)   ROW(PMAXSD, maximum, 32)
        ONE(PABSB, size, 8) ONE(PABSW, size, 16) ONE(PABSD, size, 32)
        ROW(PSIGNB, sign, 8)      ROW(PSIGNW, sign, 16)      ROW(PSIGND, sign, 32)
        MUL(PMULHW, multiply_signed, 16)      MUL(PMULHUW, multiply_unsigned, 16)
        MUL(PMULHRSW, multiply_rounded, 16)   MUL(PMADDUBSW, multiply_add_bytes, 16)
        MUL(PMULLD, multiply_low, 32)         MUL(PMULDQ, multiply_wide, 64)
        ROW(PCMPEQQ, equal, 64)   ROW(PCMPGTQ, greater, 64)
#undef ROW
#undef MUL
#undef ONE
    default: return (struct lanes){NULL, 0, LANES_PLAIN};
    }
    // clang-format on
}

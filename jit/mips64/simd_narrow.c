/* Packing of lanes, and sums and differences of neighbours, in general registers: half of the result comes
 * from 8 bytes each. MMX's instructions take them from the destination and the source, those of XMM registers
 * from the halves of the one, and then of the other. */
#include "jit/mips64/packed_emit.h"

static enum reg repeated(struct tr *t, uint32_t v, unsigned bits)
{
    return emit_word_twice(t, bits == 32 ? v : v | v << 16);
}

/* --- packing ----------------------------------------------------------------------------------------- */

/* rd = the lower halves of the lanes of x, then of y. Those above them must be 0 if they are bytes. Uses
 * AT. */
static void gather(struct code *c, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    if (bits == 32) {
        dsrl32(c, AT, x, 0);
        move(c, rd, x);
        dins(c, rd, AT, 16, 16);
        dins(c, rd, y, 32, 16);
        dsrl32(c, AT, y, 0);
        dins(c, rd, AT, 48, 16);
        return;
    }
    dsrl(c, rd, x, 8);
    or_(c, rd, rd, x);
    dsrl32(c, AT, rd, 0);
    dins(c, rd, AT, 16, 16);
    dsrl(c, AT, y, 8);
    or_(c, AT, AT, y);
    dins(c, rd, AT, 32, 16);
    dsrl32(c, AT, AT, 0);
    dins(c, rd, AT, 48, 16);
}

/* rd = all ones in the lanes whose highest bit rd has, which has no others. Uses AT. */
static void widen(struct code *c, enum reg rd, unsigned bits)
{
    dsrl(c, AT, rd, bits - 1);
    dsll(c, rd, rd, 1);
    dsubu(c, rd, rd, AT);
}

/* Lanes of v are made to fit half the bits: by their size first, then with the sign. `above`: the bits that
 * must be as the sign, but that itself. Uses AT, A1, ADDRESS. */
static void fit_signed(struct code *c, enum reg v, enum reg above, unsigned bits)
{
    dsll(c, ADDRESS, above, 1);
    nor(c, AT, above, ZERO);
    and_(c, ADDRESS, ADDRESS, AT); /* signs */
    and_(c, A1, v, ADDRESS);
    widen(c, A1, bits);
    xor_(c, v, v, A1);
    daddu(c, AT, v, above);
    and_(c, ADDRESS, AT, ADDRESS);
    widen(c, ADDRESS, bits);
    or_(c, v, v, ADDRESS);
    nor(c, AT, above, ZERO);
    and_(c, v, v, AT);
    xor_(c, v, v, A1);
}

/* The same without signs; `above` are the bits that must be 0. */
static void fit_unsigned(struct code *c, enum reg v, enum reg above, unsigned bits)
{
    dsrl(c, ADDRESS, above, 1);
    nor(c, ADDRESS, ADDRESS, ZERO);
    and_(c, ADDRESS, ADDRESS, above); /* signs */
    and_(c, A1, v, ADDRESS);
    widen(c, A1, bits);
    nor(c, A1, A1, ZERO);
    and_(c, v, v, A1);
    xor_(c, AT, above, ADDRESS);
    daddu(c, AT, v, AT);
    and_(c, A1, AT, ADDRESS);
    widen(c, A1, bits);
    or_(c, v, v, A1);
    nor(c, AT, above, ZERO);
    and_(c, v, v, AT);
}

/* Lanes mostly fit: A1 = what shows that they do not. A0 and SCRATCH have them afterwards. */
static void fit(struct code *c, enum reg x, enum reg y, enum reg above, unsigned bits, bool is_signed)
{
    struct label fitting = {0};
    if (x != A0) move(c, A0, x);
    beq(c, A1, ZERO, &fitting);
    if (y != SCRATCH)
        move(c, SCRATCH, y);
    else
        nop(c);
    (is_signed ? fit_signed : fit_unsigned)(c, A0, above, bits);
    (is_signed ? fit_signed : fit_unsigned)(c, SCRATCH, above, bits);
    bind_label(c, &fitting);
}

static void pack_unsigned(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    struct code *c = &t->c;
    enum reg above = repeated(t, bits == 32 ? 0xffff0000 : 0xff00, bits);
    or_(c, A1, x, y);
    and_(c, A1, A1, above);
    fit(c, x, y, above, bits, false);
    gather(c, rd, A0, SCRATCH, bits);
}

/* A1 = the bits of lanes of x or y, below the signs, that differ from the next higher one and should not. */
static void test_signed(struct code *c, enum reg x, enum reg y, enum reg above)
{
    dsrl(c, AT, x, 1);
    xor_(c, AT, AT, x);
    dsrl(c, A1, y, 1);
    xor_(c, A1, A1, y);
    or_(c, A1, A1, AT);
    and_(c, A1, A1, above);
}

static void pack_signed(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    struct code *c = &t->c;
    enum reg above = repeated(t, bits == 32 ? 0x7fff8000 : 0x7f80, bits);
    test_signed(c, x, y, above);
    fit(c, x, y, above, bits, true);
    if (bits == 16) { /* gather() wants no signs */
        dsll(c, AT, above, 1);
        nor(c, AT, AT, ZERO);
        and_(c, A0, A0, AT);
        and_(c, SCRATCH, SCRATCH, AT);
    }
    gather(c, rd, A0, SCRATCH, bits);
}

/* --- neighbours -------------------------------------------------------------------------------------- */

/* r, with nothing of its neighbours, = sums of v's words, of 17 bits; or these of words that are inverted.
 * Uses AT. */
static void sum_words(struct code *c, enum reg r, enum reg v, enum reg even, bool inverted)
{
    dsrl(c, AT, v, 16);
    if (inverted) nor(c, r, v, ZERO);
    and_(c, AT, AT, even);
    and_(c, r, inverted ? r : v, even);
    daddu(c, r, r, AT);
}

static void add_words(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    struct code *c = &t->c;
    enum reg even = emit_word_twice(t, 0x0000ffff);
    (void)bits;
    sum_words(c, A0, x, even, false);
    sum_words(c, A1, y, even, false);
    gather(c, rd, A0, A1, 32);
}

/* a - b is what ~(~a + b) says. */
static void subtract_words(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    struct code *c = &t->c;
    enum reg even = emit_word_twice(t, 0x0000ffff);
    (void)bits;
    sum_words(c, A0, x, even, true);
    sum_words(c, A1, y, even, true);
    gather(c, rd, A0, A1, 32);
    nor(c, rd, rd, ZERO);
}

/* r = sums or differences of v's words, of 32 bits. Uses AT and A1. */
static void combine_words(struct code *c, enum reg r, enum reg v, bool differ)
{
    for (unsigned at = 0; at < 64; at += 32) {
        (at ? dsra32 : sll)(c, A1, v, 0);
        seh(c, AT, A1);
        sra(c, A1, A1, 16);
        (differ ? subu : addu)(c, at ? AT : r, AT, A1);
        if (at) dins(c, r, AT, 32, 32);
    }
}

static void combine_saturated(struct tr *t, enum reg rd, enum reg x, enum reg y, bool differ)
{
    combine_words(&t->c, A0, x, differ);
    combine_words(&t->c, SCRATCH, y, differ);
    pack_signed(t, rd, A0, SCRATCH, 32);
}

static void add_words_saturated(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    (void)bits;
    combine_saturated(t, rd, x, y, false);
}

static void subtract_words_saturated(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    (void)bits;
    combine_saturated(t, rd, x, y, true);
}

static void combine_doublewords(struct code *c, enum reg rd, enum reg x, enum reg y, bool differ)
{
    dsrl32(c, AT, x, 0);
    (differ ? dsubu : daddu)(c, rd, x, AT);
    dsrl32(c, AT, y, 0);
    (differ ? dsubu : daddu)(c, AT, y, AT);
    dins(c, rd, AT, 32, 32);
}

static void add_doublewords(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    (void)bits;
    combine_doublewords(&t->c, rd, x, y, false);
}

static void subtract_doublewords(struct tr *t, enum reg rd, enum reg x, enum reg y, unsigned bits)
{
    (void)bits;
    combine_doublewords(&t->c, rd, x, y, true);
}

/* --- rows -------------------------------------------------------------------------------------------- */

struct lanes narrow_of(unsigned op)
{
    // clang-format off
    switch (op) {
#define ROW(op, f, bits) case OP_##op: return (struct lanes){f, bits, LANES_PLAIN};
        ROW(PACKSSWB, pack_signed, 16)     ROW(PACKSSDW, pack_signed, 32)
        ROW(PACKUSWB, pack_unsigned, 16)   ROW(PACKUSDW, pack_unsigned, 32)
        ROW(PHADDW, add_words, 16)         ROW(PHADDD, add_doublewords, 32)
        ROW(PHSUBW, subtract_words, 16)    ROW(PHSUBD, subtract_doublewords, 32)
        ROW(PHADDSW, add_words_saturated, 16) ROW(PHSUBSW, subtract_words_saturated, 16)
#undef ROW
    default: return (struct lanes){NULL, 0, LANES_PLAIN};
    }
    // clang-format on
}

bool simd_narrow(struct tr *t, const struct insn *i)
{
    const struct lanes r = narrow_of(i->op);
    enum reg low, high;
    if (!r.f || !packed_fetch(t, i)) return false;
    bool same = i->form == FORM_RR && i->src == i->dst;
    enum reg d[2] = {half_get(t, i->dst, LOW), half_get(t, i->dst, HIGH)};
    r.f(t, low = half_new(t), d[LOW], d[HIGH], r.bits);
    half_put(t, i->dst, LOW, low);
    if (same) {
        half_put(t, i->dst, HIGH, low);
        return true;
    }
    enum reg s[2] = {packed_source(t, i, LOW), packed_source(t, i, HIGH)};
    r.f(t, high = half_new(t), s[LOW], s[HIGH], r.bits);
    half_put(t, i->dst, HIGH, high);
    return true;
}

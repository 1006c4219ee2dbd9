/* SIMD emitters in general registers: shifts of lanes by constants, unpacking of bytes and words, masks of
 * sign bits. */
#include "jit/mips64/effects.h"
#include "jit/mips64/packed_emit.h"

/* --- shifts by a constant ---------------------------------------------------------------------------- */

/* All ones in each lane, shifted left by `by` or, if it is negative, right. */
static enum reg ones(struct tr *t, unsigned bits, int by)
{
    uint32_t lane = bits == 32 ? UINT32_MAX : 0xffff, v = by < 0 ? lane >> -by : lane << by & lane;
    return emit_word_twice(t, bits == 32 ? v : v | v << 16);
}

/* d = d shifted by n; n is less than `bits`, 16 or 32. */
static void shift_left(struct tr *t, enum reg d, unsigned bits, unsigned n)
{
    enum reg mask = ones(t, bits, (int)n);
    dsll(&t->c, d, d, n);
    and_(&t->c, d, d, mask);
}

static void shift_right(struct tr *t, enum reg d, unsigned bits, unsigned n)
{
    enum reg mask = ones(t, bits, -(int)n);
    dsrl(&t->c, d, d, n);
    and_(&t->c, d, d, mask);
}

/* The signs are filled in: 2 * H - H >> n has ones from there on. */
static void shift_signed(struct tr *t, enum reg d, unsigned bits, unsigned n)
{
    struct code *c = &t->c;
    if (bits == 32) {
        sll(c, AT, d, 0);
        sra(c, AT, AT, n);
        dsra(c, d, d, n);
        dins(c, d, AT, 0, 32);
        return;
    }
    and_(c, AT, d, emit_word_twice(t, 0x80008000));
    dsll(c, A1, AT, 1);
    dsrl(c, AT, AT, n);
    dsubu(c, A1, A1, AT);
    shift_right(t, d, bits, n);
    or_(c, d, d, A1);
}

typedef void shift_fn(struct tr *t, enum reg d, unsigned bits, unsigned n);

static bool shift(struct tr *t, const struct insn *i, shift_fn *f, unsigned bits)
{
    unsigned n = i->imm;
    if (i->form != FORM_RI) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    if (n >= bits && f != shift_signed) {
        packed_put_both(t, i->dst, ZERO, ZERO);
        return true;
    }
    packed_get(t, V0, i->dst, LOW);
    packed_get(t, V1, i->dst, HIGH);
    if (n >= bits) n = bits - 1;
    if (n) f(t, V0, bits, n);
    if (n) f(t, V1, bits, n);
    packed_put_both(t, i->dst, V0, V1);
    return true;
}

/* --- unpacking --------------------------------------------------------------------------------------- */

/* rd = two words of d and s from bit `at` on, in turn. Uses AT. */
static void interleave_words(struct code *c, enum reg rd, enum reg d, enum reg s, unsigned at)
{
    dext(c, rd, d, at, 16);
    dext(c, AT, s, at, 16);
    dins(c, rd, AT, 16, 16);
    dext(c, AT, d, at + 16, 16);
    dins(c, rd, AT, 32, 16);
    dext(c, AT, s, at + 16, 16);
    dins(c, rd, AT, 48, 16);
}

/* rd = the 4 bytes of r from bit `at` on, zero-extended to words. */
static void spread_bytes(struct tr *t, enum reg rd, enum reg r, unsigned at)
{
    struct code *c = &t->c;
    enum reg words = emit_word_twice(t, 0x0000ffff), bytes = emit_word_twice(t, 0x00ff00ff);
    dext(c, rd, r, at, 32);
    dsll(c, AT, rd, 16);
    or_(c, rd, rd, AT);
    and_(c, rd, rd, words);
    dsll(c, AT, rd, 8);
    or_(c, rd, rd, AT);
    and_(c, rd, rd, bytes);
}

/* Bytes are mostly made words by zeros between them. */
static void interleave_bytes(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned at)
{
    struct code *c = &t->c;
    struct label zeros = {0};
    spread_bytes(t, rd, d, at);
    uint32_t slot = slot_word(c, REG_BIT(s));
    beq(c, s, ZERO, &zeros);
    emit(c, slot);
    spread_bytes(t, A1, s, at);
    dsll(c, A1, A1, 8);
    or_(c, rd, rd, A1);
    bind_label(c, &zeros);
}

static bool unpack(struct tr *t, const struct insn *i, enum half h, bool words)
{
    struct code *c = &t->c;
    enum reg s = h == LOW ? V0 : V1;
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get(t, A0, i->dst, h);
    for (unsigned k = 0; k < 2; k++) {
        enum reg rd = k ? SCRATCH : ADDRESS;
        if (words)
            interleave_words(c, rd, A0, s, 32 * k);
        else
            interleave_bytes(t, rd, A0, s, 32 * k);
    }
    packed_put_both(t, i->dst, ADDRESS, SCRATCH);
    return true;
}

/* --- masks of signs ---------------------------------------------------------------------------------- */

/* Both halves' signs at once: those of the low one in bits 0, 8 …, of the high one in bits 4, 12 …; then
 * pairs come together, and fours. */
static bool mask_of_bytes(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    enum reg high = emit_word_twice(t, 0x80808080);
    packed_source(t, i, V0, V1);
    and_(c, V0, V0, high);
    and_(c, V1, V1, high);
    dsrl(c, V0, V0, 7);
    dsrl(c, V1, V1, 3);
    or_(c, V0, V0, V1);
    dsrl(c, V1, V0, 7);
    or_(c, V0, V0, V1);
    dsrl(c, V1, V0, 14);
    or_(c, V0, V0, V1); /* fours of the low half, the high one; 32 bits further again */
    enum reg d = emit_out(t, A0, i->dst, 32);
    dext(c, d, V0, 0, 4);
    dext(c, AT, V0, 4, 4);
    ins(c, d, AT, 8, 4);
    dext(c, AT, V0, 32, 4);
    ins(c, d, AT, 4, 4);
    dext(c, AT, V0, 36, 4);
    ins(c, d, AT, 12, 4);
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 16);
    return true;
}

/* Of a lane of 32 or 64 bits each. */
static bool mask_of_lanes(struct tr *t, const struct insn *i, bool doubles)
{
    struct code *c = &t->c;
    packed_source(t, i, V0, V1);
    enum reg d = emit_out(t, A0, i->dst, 32);
    if (doubles) {
        dsrl32(c, d, V0, 31);
        dsrl32(c, AT, V1, 31);
        ins(c, d, AT, 1, 1);
    } else {
        dext(c, d, V0, 31, 1);
        dsrl32(c, AT, V0, 31);
        ins(c, d, AT, 1, 1);
        dext(c, AT, V1, 31, 1);
        ins(c, d, AT, 2, 1);
        dsrl32(c, AT, V1, 31);
        ins(c, d, AT, 3, 1);
    }
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 4);
    return true;
}

bool simd_bits(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_PSLLW: return shift(t, i, shift_left, 16);
    case OP_PSLLD: return shift(t, i, shift_left, 32);
    case OP_PSRLW: return shift(t, i, shift_right, 16);
    case OP_PSRLD: return shift(t, i, shift_right, 32);
    case OP_PSRAW: return shift(t, i, shift_signed, 16);
    case OP_PSRAD: return shift(t, i, shift_signed, 32);
    case OP_PUNPCKLBW: return unpack(t, i, LOW, false);
    case OP_PUNPCKLWD: return unpack(t, i, LOW, true);
    case OP_PUNPCKHBW: return unpack(t, i, HIGH, false);
    case OP_PUNPCKHWD: return unpack(t, i, HIGH, true);
    case OP_PMOVMSKB: return mask_of_bytes(t, i);
    case OP_MOVMSKPS: return mask_of_lanes(t, i, false);
    case OP_MOVMSKPD: return mask_of_lanes(t, i, true);
    default: return false;
    }
}

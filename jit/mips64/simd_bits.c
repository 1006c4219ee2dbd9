/* SIMD emitters in general registers: shifts of lanes by constants, unpacking of bytes and words, masks of
 * sign bits. */
#include "jit/mips64/effects.h"
#include "jit/mips64/packed_emit.h"

/* --- shifts by a constant ---------------------------------------------------------------------------- */

/* All ones in each lane of 16 bits, shifted left by `by` or, if it is negative, right. */
static enum reg ones(struct tr *t, int by)
{
    uint32_t lane = 0xffff, v = by < 0 ? lane >> -by : lane << by & lane;
    return emit_word_twice(t, v | v << 16);
}

/* rd = d shifted by n; n is less than `bits`. What comes from the lane beside is cleared. */
static void shift_left(struct tr *t, enum reg rd, enum reg d, unsigned bits, unsigned n)
{
    enum reg mask = bits == 32 ? ZERO : ones(t, (int)n);
    dsll(&t->c, rd, d, n);
    if (bits == 32)
        dins(&t->c, rd, ZERO, 32, n);
    else
        and_(&t->c, rd, rd, mask);
}

static void shift_right(struct tr *t, enum reg rd, enum reg d, unsigned bits, unsigned n)
{
    enum reg mask = bits == 32 ? ZERO : ones(t, -(int)n);
    dsrl(&t->c, rd, d, n);
    if (bits == 32)
        dins(&t->c, rd, ZERO, 32 - n, n);
    else
        and_(&t->c, rd, rd, mask);
}

/* The signs are filled in: 2 * H - H >> n has ones from there on. */
static void shift_signed(struct tr *t, enum reg rd, enum reg d, unsigned bits, unsigned n)
{
    struct code *c = &t->c;
    if (bits == 32) {
        sll(c, AT, d, 0);
        sra(c, AT, AT, n);
        dsra(c, rd, d, n);
        dins(c, rd, AT, 0, 32);
        return;
    }
    and_(c, AT, d, emit_word_twice(t, 0x80008000));
    dsll(c, A1, AT, 1);
    dsrl(c, AT, AT, n);
    dsubu(c, A1, A1, AT);
    shift_right(t, rd, d, bits, n);
    or_(c, rd, rd, A1);
}

static void shift_left_64(struct tr *t, enum reg rd, enum reg d, unsigned bits, unsigned n)
{
    (void)bits;
    n < 32 ? dsll(&t->c, rd, d, n) : dsll32(&t->c, rd, d, n - 32);
}

static void shift_right_64(struct tr *t, enum reg rd, enum reg d, unsigned bits, unsigned n)
{
    (void)bits;
    n < 32 ? dsrl(&t->c, rd, d, n) : dsrl32(&t->c, rd, d, n - 32);
}

struct shift_row {
    void (*f)(struct tr *t, enum reg rd, enum reg d, unsigned bits, unsigned n);
    unsigned bits;
};

static struct shift_row shift_of(unsigned op)
{
    switch (op) {
    case OP_PSLLW: return (struct shift_row){shift_left, 16};
    case OP_PSLLD: return (struct shift_row){shift_left, 32};
    case OP_PSLLQ: return (struct shift_row){shift_left_64, 64};
    case OP_PSRLW: return (struct shift_row){shift_right, 16};
    case OP_PSRLD: return (struct shift_row){shift_right, 32};
    case OP_PSRLQ: return (struct shift_row){shift_right_64, 64};
    case OP_PSRAW: return (struct shift_row){shift_signed, 16};
    case OP_PSRAD: return (struct shift_row){shift_signed, 32};
    default: return (struct shift_row){NULL, 0};
    }
}

void lanes_shift(struct tr *t, unsigned op, enum reg rd, enum reg d, unsigned n)
{
    const struct shift_row r = shift_of(op);
    if (n >= r.bits && r.f == shift_signed) n = r.bits - 1;
    if (n >= r.bits)
        move(&t->c, rd, ZERO);
    else if (n)
        r.f(t, rd, d, r.bits, n);
    else if (rd != d)
        move(&t->c, rd, d);
}

bool lanes_shifts(unsigned op)
{
    return shift_of(op).f;
}

void lanes_shift_all(struct tr *t, unsigned op, enum reg rd, enum reg d, enum reg n)
{
    struct code *c = &t->c;
    sltiu(c, AT, n, 64);
    (op == OP_PSLLQ ? dsllv : dsrlv)(c, rd, d, n);
    movz(c, rd, ZERO, AT);
}

/* Of quadwords, by a register's or memory's number. */
static bool shift_by_operand(struct tr *t, const struct insn *i)
{
    if (i->op != OP_PSLLQ && i->op != OP_PSRLQ) return false;
    if (!packed_fetch(t, i)) return false;
    enum reg n = packed_source(t, i, LOW);
    for (unsigned k = 0; k < 2; k++) { /* the number may be the lower half */
        enum half h = k ? LOW : HIGH;
        enum reg d = half_get(t, i->dst, h), rd = half_new(t);
        lanes_shift_all(t, i->op, rd, d, n);
        half_put(t, i->dst, h, rd);
    }
    return true;
}

static bool shift(struct tr *t, const struct insn *i)
{
    const struct shift_row r = shift_of(i->op);
    if (i->form != FORM_RI) return shift_by_operand(t, i);
    bool gone = i->imm >= r.bits && r.f != shift_signed;
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg rd = ZERO, d = gone ? ZERO : half_get(t, i->dst, h);
        if (d != ZERO) lanes_shift(t, i->op, rd = half_instead(t, i->dst, h, d), d, i->imm);
        half_put(t, i->dst, h, rd);
    }
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

void lanes_spread(struct code *c, enum reg rd, enum reg s, unsigned at)
{
    dext(c, rd, s, at, 8);
    for (unsigned k = 1; k < 4; k++) {
        dext(c, AT, s, at + 8 * k, 8);
        dins(c, rd, AT, 16 * k, 8);
    }
}

/* Bytes are mostly made words by zeros between them. */
static void interleave_bytes(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned at)
{
    struct code *c = &t->c;
    struct label zeros = {0};
    lanes_spread(c, rd, d, at);
    if (s == ZERO) return;
    uint32_t slot = slot_word(c, REG_BIT(s));
    beq(c, s, ZERO, &zeros);
    emit(c, slot);
    lanes_spread(c, A1, s, at);
    dsll(c, A1, A1, 8);
    or_(c, rd, rd, A1);
    bind_label(c, &zeros);
}

void lanes_unpack(struct tr *t, unsigned op, enum reg rd, enum reg d, enum reg s, enum half h)
{
    if (op == OP_PUNPCKLWD || op == OP_PUNPCKHWD)
        interleave_words(&t->c, rd, d, s, 32 * h);
    else
        interleave_bytes(t, rd, d, s, 32 * h);
}

static bool unpack(struct tr *t, const struct insn *i, enum half h)
{
    if (!packed_fetch(t, i)) return false;
    enum reg s = packed_source(t, i, h), d = half_get(t, i->dst, h);
    if (s == ZERO && (i->op == OP_PUNPCKLBW || i->op == OP_PUNPCKHBW)) {
        half_put_bytes(t, i->dst, LOW, d);
        half_put_bytes(t, i->dst, HIGH, d);
        return true;
    }
    enum reg low = half_new(t), high = half_new(t);
    lanes_unpack(t, i->op, low, d, s, LOW);
    lanes_unpack(t, i->op, high, d, s, HIGH);
    half_put(t, i->dst, LOW, low);
    half_put(t, i->dst, HIGH, high);
    return true;
}

/* --- masks of signs ---------------------------------------------------------------------------------- */

/* Both halves' signs at once: those of the low one in bits 0, 8 …, of the high one in bits 4, 12 …; then
 * pairs come together, and fours. */
static bool mask_of_bytes(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    enum reg high = emit_word_twice(t, 0x80808080);
    and_(c, V0, half_get(t, i->src, LOW), high);
    and_(c, V1, half_get(t, i->src, HIGH), high);
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
    enum reg lo = half_get(t, i->src, LOW), hi = half_get(t, i->src, HIGH);
    enum reg d = emit_out(t, A0, i->dst, 32);
    if (doubles) {
        dsrl32(c, d, lo, 31);
        dsrl32(c, AT, hi, 31);
        ins(c, d, AT, 1, 1);
    } else {
        dext(c, d, lo, 31, 1);
        dsrl32(c, AT, lo, 31);
        ins(c, d, AT, 1, 1);
        dext(c, AT, hi, 31, 1);
        ins(c, d, AT, 2, 1);
        dsrl32(c, AT, hi, 31);
        ins(c, d, AT, 3, 1);
    }
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, 4);
    return true;
}

bool simd_bits(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_PUNPCKLBW:
    case OP_PUNPCKLWD: return unpack(t, i, LOW);
    case OP_PUNPCKHBW:
    case OP_PUNPCKHWD: return unpack(t, i, HIGH);
    case OP_PMOVMSKB: return mask_of_bytes(t, i);
    case OP_MOVMSKPS: return mask_of_lanes(t, i, false);
    case OP_MOVMSKPD: return mask_of_lanes(t, i, true);
    default: return lanes_shifts(i->op) && shift(t, i);
    }
}

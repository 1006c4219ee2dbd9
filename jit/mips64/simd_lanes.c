/* Arithmetic, compares, shifts and unpacking of packed integers in general registers, eight bytes at a time:
 * for CPUs that have nothing for it. What has no emitter here is left to C.
 *
 * H is the highest bit of each lane, L all others. A sum of values without H does not leave its lane, and nor
 * does a difference from one with H. */
#include "jit/mips64/packed_emit.h"

static uint32_t repeat(uint32_t v, unsigned bits)
{
    if (bits == 8) v |= v << 8;
    return bits == 32 ? v : v | v << 16;
}

static enum reg high_bits(struct tr *t, unsigned bits)
{
    return emit_word_twice(t, repeat(1u << (bits - 1), bits));
}

static enum reg low_bits(struct tr *t, unsigned bits)
{
    return emit_word_twice(t, ~repeat(1u << (bits - 1), bits));
}

/* --- sums and differences ---------------------------------------------------------------------------- */

static void add(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    xor_(c, AT, d, s);
    and_(c, A1, d, low);
    and_(c, rd, s, low);
    and_(c, AT, AT, high);
    daddu(c, rd, rd, A1);
    xor_(c, rd, rd, AT);
}

static void subtract(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    xor_(c, AT, d, s);
    or_(c, rd, d, high);
    and_(c, A1, s, low);
    nor(c, AT, AT, low);
    dsubu(c, rd, rd, A1);
    xor_(c, rd, rd, AT);
}

/* The high lane apart from the low one, whose carry it is not to get. */
static void add_32(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    dsrl32(c, AT, d, 0);
    dsrl32(c, A1, s, 0);
    daddu(c, rd, d, s);
    daddu(c, AT, AT, A1);
    dins(c, rd, AT, 32, 32);
}

static void subtract_32(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    dsrl32(c, AT, d, 0);
    dsrl32(c, A1, s, 0);
    dsubu(c, rd, d, s);
    dsubu(c, AT, AT, A1);
    dins(c, rd, AT, 32, 32);
}

static void add_64(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    daddu(&t->c, rd, d, s);
}

static void subtract_64(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    dsubu(&t->c, rd, d, s);
}

/* Rounded up: (a | b) - (a ^ b) / 2. */
static void average(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits);
    xor_(c, AT, d, s);
    or_(c, rd, d, s);
    dsrl(c, AT, AT, 1);
    and_(c, AT, AT, low);
    dsubu(c, rd, rd, AT);
}

/* --- compares ---------------------------------------------------------------------------------------- */

/* rd = all ones in the lanes whose highest bit v has; v has no others. Uses AT. */
static void widen(struct code *c, enum reg rd, enum reg v, unsigned bits)
{
    dsll(c, AT, v, 1);
    dsrl(c, rd, v, bits - 1);
    dsubu(c, rd, AT, rd);
}

static void equal(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    if (d == s) {
        daddiu(c, rd, ZERO, -1);
        return;
    }
    enum reg low = low_bits(t, bits);
    xor_(c, rd, d, s);
    and_(c, A1, rd, low);
    daddu(c, A1, A1, low);
    or_(c, A1, A1, rd);
    nor(c, A1, A1, low);
    widen(c, rd, A1, bits);
}

/* Signed: a > b where not b >= a. Without their signs, or, if these differ, by them. */
static void greater(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    or_(c, A1, s, high);
    and_(c, AT, d, low);
    dsubu(c, A1, A1, AT);
    xor_(c, AT, d, s);
    xor_(c, rd, d, A1);
    and_(c, AT, AT, rd);
    xor_(c, A1, A1, AT);
    nor(c, A1, A1, low);
    widen(c, rd, A1, bits);
}

/* SCRATCH = the difference, right but for H, which says whether it is negative without the H of both. */
void lanes_at_least(struct code *c, enum reg d, enum reg s, enum reg low, enum reg high, unsigned bits)
{
    or_(c, SCRATCH, d, high);
    and_(c, AT, s, low);
    dsubu(c, SCRATCH, SCRATCH, AT);
    xor_(c, ADDRESS, d, s);
    xor_(c, A1, d, SCRATCH);
    and_(c, A1, A1, ADDRESS);
    xor_(c, A1, A1, SCRATCH);
    and_(c, A1, A1, high);
    widen(c, A1, A1, bits);
}

static void minimum(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    lanes_at_least(c, d, s, low, high, bits);
    and_(c, A1, A1, ADDRESS);
    xor_(c, rd, d, A1);
}

static void maximum(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    lanes_at_least(c, d, s, low, high, bits);
    and_(c, A1, A1, ADDRESS);
    xor_(c, rd, s, A1);
}

/* --- saturation of unsigned lanes -------------------------------------------------------------------- */

static void subtract_to_0(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    lanes_at_least(c, d, s, low, high, bits);
    nor(c, ADDRESS, ADDRESS, low);
    xor_(c, rd, SCRATCH, ADDRESS);
    and_(c, rd, rd, A1);
}

/* A sum has left its lane if both have H, or one of them and the sum has not. */
static void add_to_most(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    and_(c, SCRATCH, d, s);
    or_(c, ADDRESS, d, s);
    add(t, rd, d, s, bits);
    nor(c, AT, rd, ZERO);
    and_(c, ADDRESS, ADDRESS, AT);
    or_(c, A1, SCRATCH, ADDRESS);
    and_(c, A1, A1, high_bits(t, bits));
    widen(c, A1, A1, bits);
    or_(c, rd, rd, A1);
}

/* --- products ---------------------------------------------------------------------------------------- */

static void multiply_wide(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    dext(c, AT, d, 0, 32);
    dext(c, A1, s, 0, 32);
    dmultu(c, AT, A1);
    mflo(c, rd);
}

static void multiply_low(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    for (unsigned at = 0; at < 64; at += bits) {
        enum reg product = at ? A1 : rd;
        dext(c, A1, d, at, bits);
        dext(c, AT, s, at, bits);
        mul(c, product, A1, AT);
        if (at) dins(c, rd, A1, at, bits);
    }
}

/* --- rows -------------------------------------------------------------------------------------------- */

struct lanes lanes_of(unsigned op)
{
    // clang-format off
    switch (op) {
#define ROW(op, f, bits) case OP_##op: return (struct lanes){f, bits, LANES_PLAIN};
#define MUL(op, f, bits) case OP_##op: return (struct lanes){f, bits, LANES_MULTIPLY};
        ROW(PADDB, add, 8)            ROW(PADDW, add, 16)            ROW(PADDD, add_32, 32)
        ROW(PADDQ, add_64, 64)        ROW(PSUBQ, subtract_64, 64)
        ROW(PSUBB, subtract, 8)       ROW(PSUBW, subtract, 16)       ROW(PSUBD, subtract_32, 32)
        ROW(PAVGB, average, 8)        ROW(PAVGW, average, 16)
        ROW(PCMPEQB, equal, 8)        ROW(PCMPEQW, equal, 16)        ROW(PCMPEQD, equal, 32)
        ROW(PCMPGTB, greater, 8)      ROW(PCMPGTW, greater, 16)      ROW(PCMPGTD, greater, 32)
        ROW(PMINUB, minimum, 8)       ROW(PMINUW, minimum, 16)       ROW(PMINUD, minimum, 32)
        ROW(PMAXUB, maximum, 8)       ROW(PMAXUW, maximum, 16)       ROW(PMAXUD, maximum, 32)
        ROW(PSUBUSB, subtract_to_0, 8) ROW(PSUBUSW, subtract_to_0, 16)
        ROW(PADDUSB, add_to_most, 8)  ROW(PADDUSW, add_to_most, 16)
        ROW(PSADBW, lanes_sum_differences, 8)
        MUL(PMADDWD, lanes_multiply_add, 16)
        MUL(PMULUDQ, multiply_wide, 64)
        MUL(PMULLW, multiply_low, 16)
#undef ROW
#undef MUL
    default: return lanes_signed_of(op);
    }
    // clang-format on
}

void lanes_ready(struct tr *t, const struct lanes *r)
{
    if (r->how == LANES_MULTIPLY && t->flags.kind >= RECIPE_MUL) t->flags = flags_to_registers(t, t->flags);
}

/* Sums of 32-bit lanes where a register may be lost, or upper lanes are 0: rd has d + s. */
static enum reg add_lanes(struct tr *t, const struct insn *i, enum half h, enum reg d, enum reg s)
{
    struct code *c = &t->c;
    bool d_narrow = half_is_narrow(t, d), s_narrow = half_is_narrow(t, s);
    enum reg from = d_narrow ? s : d, lost = s, rd = half_over(t, i->dst, h, from);
    if (d_narrow || s_narrow) {
        daddu(c, AT, d, s);
        if (rd == ZERO) move(c, rd = half_new(t), from);
        dins(c, rd, AT, 0, 32);
        return rd;
    }
    if (rd == ZERO) rd = half_over(t, i->dst, h, s);
    if (rd == d) lost = d;
    if (rd == ZERO) rd = half_new(t);
    if (rd != d && rd != s && !is_fetched(s)) {
        add_32(t, rd, d, s, 32);
        return rd;
    }
    daddu(c, A1, d, s);
    dins(c, lost, ZERO, 0, 32);
    daddu(c, rd, d, s);
    dins(c, rd, A1, 0, 32);
    return rd;
}

/* Is the result of such operands one of them, as the other one is 0? */
static bool keeps_other(lanes_fn *f, enum reg d, enum reg s)
{
    bool adds = f == add || f == add_32 || f == add_64;
    return (adds && (d == ZERO || s == ZERO)) || (f == subtract && s == ZERO) ||
           (f == subtract_32 && s == ZERO);
}

bool simd_lanes(struct tr *t, const struct insn *i)
{
    const struct lanes r = lanes_of(i->op);
    if (!r.f) return false;
    if (!packed_fetch(t, i)) return false;
    lanes_ready(t, &r);
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg s = packed_source(t, i, h), rd = ZERO;
        enum reg d = r.how == LANES_UNARY ? ZERO : half_get(t, i->dst, h);
        if (r.f == add_32 && d != ZERO && s != ZERO)
            rd = add_lanes(t, i, h, d, s);
        else if (!keeps_other(r.f, d, s))
            r.f(t, rd = half_new(t), d, s, r.bits);
        else if (s != ZERO)
            rd = packed_own(t, s);
        else
            rd = d;
        half_put(t, i->dst, h, rd);
    }
    return true;
}

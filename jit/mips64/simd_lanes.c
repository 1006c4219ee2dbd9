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

static void add(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    xor_(c, AT, d, s);
    and_(c, d, d, low);
    and_(c, s, s, low);
    and_(c, AT, AT, high);
    daddu(c, d, d, s);
    xor_(c, d, d, AT);
}

static void subtract(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    xor_(c, AT, d, s);
    or_(c, d, d, high);
    and_(c, s, s, low);
    nor(c, AT, AT, low);
    dsubu(c, d, d, s);
    xor_(c, d, d, AT);
}

/* The low lane apart from the high one, which is not to get its carry. */
static void add_32(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    addu(c, AT, d, s);
    dins(c, s, ZERO, 0, 32);
    daddu(c, d, d, s);
    dins(c, d, AT, 0, 32);
}

static void subtract_32(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    subu(c, AT, d, s);
    dins(c, s, ZERO, 0, 32);
    dsubu(c, d, d, s);
    dins(c, d, AT, 0, 32);
}

static void add_64(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    daddu(&t->c, d, d, s);
}

static void subtract_64(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    dsubu(&t->c, d, d, s);
}

/* Rounded up: (a | b) - (a ^ b) / 2. */
static void average(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits);
    xor_(c, AT, d, s);
    or_(c, d, d, s);
    dsrl(c, AT, AT, 1);
    and_(c, AT, AT, low);
    dsubu(c, d, d, AT);
}

/* --- compares ---------------------------------------------------------------------------------------- */

/* rd = all ones in the lanes whose highest bit v has; v has no others. Uses AT. */
static void widen(struct code *c, enum reg rd, enum reg v, unsigned bits)
{
    dsll(c, AT, v, 1);
    dsrl(c, rd, v, bits - 1);
    dsubu(c, rd, AT, rd);
}

static void equal(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits);
    xor_(c, d, d, s);
    and_(c, s, d, low);
    daddu(c, s, s, low);
    or_(c, s, s, d);
    nor(c, s, s, low);
    widen(c, d, s, bits);
}

/* Signed: a > b where not b >= a. Without their signs, or, if these differ, by them. */
static void greater(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
    or_(c, A1, s, high);
    and_(c, AT, d, low);
    dsubu(c, A1, A1, AT);
    xor_(c, AT, d, s);
    xor_(c, d, d, A1);
    and_(c, AT, AT, d);
    xor_(c, A1, A1, AT);
    nor(c, A1, A1, low);
    widen(c, d, A1, bits);
}

/* A1 = where d, unsigned, is at least s; ADDRESS = d ^ s; SCRATCH = the difference, right but for H, which
 * says whether it is negative without the H of both. */
static void at_least(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    enum reg low = low_bits(t, bits), high = high_bits(t, bits);
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

static void minimum(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    at_least(t, d, s, bits);
    and_(c, A1, A1, ADDRESS);
    xor_(c, d, d, A1);
}

static void maximum(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    at_least(t, d, s, bits);
    and_(c, A1, A1, ADDRESS);
    xor_(c, d, s, A1);
}

/* --- saturation of unsigned lanes -------------------------------------------------------------------- */

static void subtract_to_0(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    at_least(t, d, s, bits);
    nor(c, ADDRESS, ADDRESS, low_bits(t, bits));
    xor_(c, d, SCRATCH, ADDRESS);
    and_(c, d, d, A1);
}

/* A sum has left its lane if both have H, or one of them and the sum has not. */
static void add_to_most(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    and_(c, A1, d, s);
    or_(c, ADDRESS, d, s);
    add(t, d, s, bits);
    nor(c, AT, d, ZERO);
    and_(c, ADDRESS, ADDRESS, AT);
    or_(c, A1, A1, ADDRESS);
    and_(c, A1, A1, high_bits(t, bits));
    widen(c, A1, A1, bits);
    or_(c, d, d, A1);
}

/* --- sums of several lanes --------------------------------------------------------------------------- */

/* A difference's size is the greater one less the other, which borrows from no lane. */
static void sum_differences(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    struct label zeros = {0};
    enum reg even = emit_word_twice(t, 0x00ff00ff);
    high_bits(t, bits);
    low_bits(t, bits);
    beq(c, s, ZERO, &zeros); /* as where bytes are summed up */
    nop(c);
    at_least(t, d, s, bits);
    and_(c, A1, A1, ADDRESS);
    xor_(c, s, s, A1);
    xor_(c, d, d, A1);
    dsubu(c, d, s, d);
    bind_label(c, &zeros);
    dsrl(c, AT, d, 8);
    and_(c, d, d, even);
    and_(c, AT, AT, even);
    daddu(c, d, d, AT);
    dsrl32(c, AT, d, 0);
    daddu(c, d, d, AT);
    dsrl(c, AT, d, 16);
    daddu(c, d, d, AT);
    andi(c, d, d, 0xffff);
}

/* rd = the sum of two products, of the words in A1 and AT; x is free, and rd is none of them. */
static void multiply_add_pair(struct code *c, enum reg rd, enum reg x)
{
    seh(c, rd, A1);
    seh(c, x, AT);
    mul(c, rd, rd, x);
    sra(c, A1, A1, 16);
    sra(c, AT, AT, 16);
    mul(c, A1, A1, AT);
    addu(c, rd, rd, A1);
}

static void multiply_add(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    sll(c, A1, d, 0);
    sll(c, AT, s, 0);
    multiply_add_pair(c, ADDRESS, SCRATCH);
    dsra32(c, A1, d, 0);
    dsra32(c, AT, s, 0);
    multiply_add_pair(c, d, s);
    dsll32(c, d, d, 0);
    dins(c, d, ADDRESS, 0, 32);
}

/* --- products ---------------------------------------------------------------------------------------- */

static void multiply_wide(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    (void)bits;
    dext(c, d, d, 0, 32);
    dext(c, s, s, 0, 32);
    dmultu(c, d, s);
    mflo(c, d);
}

static void multiply_low(struct tr *t, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    for (unsigned at = 0; at < 64; at += bits) {
        dext(c, A1, d, at, bits);
        dext(c, AT, s, at, bits);
        mul(c, A1, A1, AT);
        dins(c, d, A1, at, bits);
    }
}

/* --- rows -------------------------------------------------------------------------------------------- */

struct lanes lanes_of(unsigned op)
{
    switch (op) {
#define ROW(op, ...) \
    case OP_##op: return (struct lanes){__VA_ARGS__};
        // clang-format off
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
        ROW(PSADBW, sum_differences, 8)
        ROW(PMADDWD, multiply_add, 16)
        ROW(PMULUDQ, multiply_wide, 64)
        ROW(PMULLW, multiply_low, 16)
        // clang-format on
#undef ROW
                                                    default : return (struct lanes){NULL, 0};
    }
}

void lanes_ready(struct tr *t, lanes_fn *f)
{
    bool multiplies = f == multiply_add || f == multiply_wide || f == multiply_low;
    if (multiplies && t->flags.kind >= RECIPE_MUL) t->flags = flags_to_registers(t, t->flags);
}

bool simd_lanes(struct tr *t, const struct insn *i)
{
    const struct lanes r = lanes_of(i->op);
    if (!r.f) return false;
    if (!packed_source(t, i, V0, V1)) return false;
    lanes_ready(t, r.f);
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get(t, A0, i->dst, LOW);
    r.f(t, A0, V0, r.bits);
    packed_put(t, i->dst, LOW, A0);
    packed_get(t, A0, i->dst, HIGH);
    r.f(t, A0, V1, r.bits);
    packed_put(t, i->dst, HIGH, A0);
    return true;
}

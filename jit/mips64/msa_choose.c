/* By MSA: masks of sign bits in general registers, choices by masks, tests of bits. */
#include "jit/mips64/msa_emit.h"

/* --- masks of signs ---------------------------------------------------------------------------------- */

/* d = the signs of the lanes of each half, which are the highest bits of x; so many of a half. Uses AT. */
static void join_signs(struct tr *t, enum reg d, unsigned x, unsigned lanes)
{
    struct code *c = &t->c;
    copy_u_b(c, d, x, 7);
    copy_u_b(c, AT, x, 15);
    if (lanes < 8) srl(c, d, d, 8 - lanes);
    if (lanes < 8) srl(c, AT, AT, 8 - lanes);
    ins(c, d, AT, lanes, lanes);
}

/* Pairs of lanes come together: the lower one's signs are shifted to below the upper one's. */
static unsigned gather_signs(struct tr *t, unsigned s, unsigned lanes)
{
    struct code *c = &t->c;
    unsigned x = s;
    if (lanes == 2) return s;
    if (lanes == 16) {
        slli_h(c, x = xmm_new(t), s, 7);
        binsli_h(c, x, s, 0);
        unsigned y = xmm_new(t);
        slli_w(c, y, x, 14);
        binsli_w(c, y, x, 1);
        slli_d(c, x = xmm_new(t), y, 28);
        binsli_d(c, x, y, 3);
    } else {
        slli_d(c, x = xmm_new(t), s, 31);
        binsli_d(c, x, s, 0);
    }
    return x;
}

static bool mask_of_signs(struct tr *t, const struct insn *i, unsigned lanes)
{
    unsigned x = gather_signs(t, xmm_wide(t, i->src), lanes);
    enum reg d = emit_out(t, V0, i->dst, 32);
    join_signs(t, d, x, lanes / 2);
    emit_put(t, i->dst, d, 32);
    state_narrow(t, i->dst, lanes);
    return true;
}

/* --- choices ----------------------------------------------------------------------------------------- */

typedef void below_fn(struct code *c, unsigned wd, unsigned ws, int imm);

/* The source where xmm0's lanes are negative. */
static bool blend(struct tr *t, const struct insn *i, below_fn *below)
{
    struct code *c = &t->c;
    unsigned s;
    if (!msa_source(t, i, &s)) return false;
    unsigned d = xmm_wide(t, i->dst), mask = xmm_wide(t, 0), r = xmm_new_result(t, i->dst);
    below(c, r, mask, 0);
    bsel_v(c, r, d, s);
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* … where imm's bits are set, one for each of so many lanes. */
static bool blend_by_number(struct tr *t, const struct insn *i, unsigned lanes)
{
    struct code *c = &t->c;
    unsigned s, bits = 128 / lanes;
    uint64_t half[2] = {0, 0};
    if (!msa_source(t, i, &s)) return false;
    for (unsigned k = 0; k < lanes; k++)
        if (i->imm >> k & 1) half[k / (lanes / 2)] |= (UINT64_MAX >> (64 - bits)) << k % (lanes / 2) * bits;
    unsigned d = xmm_wide(t, i->dst), r = xmm_new_result(t, i->dst);
    li64(c, V0, half[LOW]);
    fill_d(c, r, V0);
    if (half[HIGH] != half[LOW]) {
        li64(c, V0, half[HIGH]);
        insert_d(c, r, HIGH, V0);
    }
    bsel_v(c, r, d, s);
    xmm_set_wide(t, i->dst, r);
    return true;
}

/* --- flags ------------------------------------------------------------------------------------------- */

/* rd = 1 if no bit of x is set. Uses AT. */
static void test_clear(struct code *c, enum reg rd, unsigned x)
{
    dmfc1(c, rd, x);
    copy_s_d(c, AT, x, HIGH);
    or_(c, rd, rd, AT);
    sltiu(c, rd, rd, 1);
}

/* ZF: no bit is set in both; CF: the source has none that the destination lacks. */
static bool test_bits(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    unsigned s;
    if (!msa_source(t, i, &s)) return false;
    unsigned d = xmm_wide(t, i->dst), x = xmm_new(t);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    if (!flags_wanted(t)) return true;
    and_v(c, x, d, s);
    test_clear(c, V0, x);
    or_v(c, x, d, s);
    xor_v(c, x, x, d);
    test_clear(c, FLAG_A, x);
    sll(c, V0, V0, 6);
    or_(c, FLAG_A, FLAG_A, V0);
    t->flags = (struct recipe){.kind = RECIPE_BITS, .bits = 32, .x = val_host(FLAG_A)};
    return true;
}

bool msa_choose(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_PMOVMSKB: return mask_of_signs(t, i, 16);
    case OP_MOVMSKPS: return mask_of_signs(t, i, 4);
    case OP_MOVMSKPD: return mask_of_signs(t, i, 2);
    case OP_PBLENDVB: return blend(t, i, clti_s_b);
    case OP_BLENDVPS: return blend(t, i, clti_s_w);
    case OP_BLENDVPD: return blend(t, i, clti_s_d);
    case OP_PBLENDW: return blend_by_number(t, i, 8);
    case OP_BLENDPS: return blend_by_number(t, i, 4);
    case OP_BLENDPD: return blend_by_number(t, i, 2);
    case OP_PTEST: return test_bits(t, i);
    default: return false;
    }
}

/* Packed arithmetic, logic, compares, packing and unpacking by MSA. */
#include "jit/mips64/msa_emit.h"

/* r = d op s; r is none of them, and they stay as they are. */
typedef void several_fn(struct tr *t, unsigned r, unsigned d, unsigned s);
typedef void one_fn(struct code *c, unsigned wd, unsigned ws, unsigned wt);

/* --- several operations ------------------------------------------------------------------------------ */

static void and_not(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    or_v(&t->c, r, d, s);
    xor_v(&t->c, r, r, d);
}

static void sum_differences(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    struct code *c = &t->c;
    asub_u_b(c, r, d, s);
    hadd_u_h(c, r, r, r);
    hadd_u_w(c, r, r, r);
    hadd_u_d(c, r, r, r);
}

/* Bit 7 of a number makes a zero; for MSA bit 6 does, too. */
static void shuffle_bytes(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    andi_b(&t->c, r, s, 0x8f);
    vshf_b(&t->c, r, d, d);
}

/* --- packing with saturation */

static void pack_words(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    struct code *c = &t->c;
    unsigned x = xmm_new(t), y = xmm_new(t);
    sat_s_h(c, x, d, 7);
    if (s != d) sat_s_h(c, y, s, 7);
    pckev_b(c, r, s != d ? y : x, x);
}

static void pack_doublewords(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    struct code *c = &t->c;
    unsigned x = xmm_new(t), y = xmm_new(t);
    sat_s_w(c, x, d, 15);
    if (s != d) sat_s_w(c, y, s, 15);
    pckev_h(c, r, s != d ? y : x, x);
}

/* What is negative becomes 0 first. */
static void pack_words_unsigned(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    struct code *c = &t->c;
    unsigned x = xmm_new(t), y = xmm_new(t);
    maxi_s_h(c, x, d, 0);
    sat_u_h(c, x, x, 7);
    if (s != d) maxi_s_h(c, y, s, 0);
    if (s != d) sat_u_h(c, y, y, 7);
    pckev_b(c, r, s != d ? y : x, x);
}

static void pack_doublewords_unsigned(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    struct code *c = &t->c;
    unsigned x = xmm_new(t), y = xmm_new(t);
    maxi_s_w(c, x, d, 0);
    sat_u_w(c, x, x, 15);
    if (s != d) maxi_s_w(c, y, s, 0);
    if (s != d) sat_u_w(c, y, y, 15);
    pckev_h(c, r, s != d ? y : x, x);
}

/* --- products */

/* e, o = the products of even and odd words, of 32 bits: sums of two products, of which one is of zeros. */
static void multiply_words(struct tr *t, unsigned *e, unsigned *o, unsigned d, unsigned s, one_fn *sum)
{
    struct code *c = &t->c;
    unsigned zero = msa_zero(t), x = xmm_new(t);
    *e = xmm_new(t);
    *o = xmm_new(t);
    ilvev_h(c, x, zero, d);
    sum(c, *e, x, s);
    ilvod_h(c, x, d, zero);
    sum(c, *o, x, s);
}

static void multiply_high(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    unsigned e, o;
    multiply_words(t, &e, &o, d, s, dotp_s_w);
    ilvod_h(&t->c, r, o, e);
}

static void multiply_high_unsigned(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    unsigned e, o;
    multiply_words(t, &e, &o, d, s, dotp_u_w);
    ilvod_h(&t->c, r, o, e);
}

/* MSA's mulr_q saturates -1 by -1. */
static void multiply_rounded(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    unsigned e, o;
    multiply_words(t, &e, &o, d, s, dotp_s_w);
    srari_w(&t->c, e, e, 15);
    srari_w(&t->c, o, o, 15);
    ilvev_h(&t->c, r, o, e);
}

static void multiply_even(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    unsigned zero = msa_zero(t), x = xmm_new(t);
    ilvev_w(&t->c, x, zero, d);
    dotp_s_d(&t->c, r, x, s);
}

static void multiply_even_unsigned(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    unsigned zero = msa_zero(t), x = xmm_new(t);
    ilvev_w(&t->c, x, zero, d);
    dotp_u_d(&t->c, r, x, s);
}

/* Unsigned bytes by signed ones: as words, whose sum saturates. */
static void multiply_add_bytes(struct tr *t, unsigned r, unsigned d, unsigned s)
{
    struct code *c = &t->c;
    unsigned x = xmm_new(t), y = xmm_new(t), sum = xmm_new(t);
    srli_h(c, x, d, 8);
    srai_h(c, y, s, 8);
    mulv_h(c, sum, x, y);
    slli_h(c, x, d, 8);
    srli_h(c, x, x, 8);
    slli_h(c, y, s, 8);
    srai_h(c, y, y, 8);
    mulv_h(c, x, x, y);
    adds_s_h(c, r, sum, x);
}

/* --- neighbours: those of the destination, then those of the source */

static void neighbour_words(struct tr *t, unsigned r, unsigned d, unsigned s, one_fn *f)
{
    unsigned x = xmm_new(t), y = xmm_new(t);
    pckev_h(&t->c, x, s, d);
    pckod_h(&t->c, y, s, d);
    f(&t->c, r, x, y);
}

static void neighbour_doublewords(struct tr *t, unsigned r, unsigned d, unsigned s, one_fn *f)
{
    unsigned x = xmm_new(t), y = xmm_new(t);
    pckev_w(&t->c, x, s, d);
    pckod_w(&t->c, y, s, d);
    f(&t->c, r, x, y);
}

#define NEIGHBOURS(name, how, f)                                       \
    static void name(struct tr *t, unsigned r, unsigned d, unsigned s) \
    {                                                                  \
        how(t, r, d, s, f);                                            \
    }
NEIGHBOURS(add_words, neighbour_words, addv_h)
NEIGHBOURS(add_words_saturated, neighbour_words, adds_s_h)
NEIGHBOURS(subtract_words, neighbour_words, subv_h)
NEIGHBOURS(subtract_words_saturated, neighbour_words, subs_s_h)
NEIGHBOURS(add_doublewords, neighbour_doublewords, addv_w)
NEIGHBOURS(subtract_doublewords, neighbour_doublewords, subv_w)

/* --- signs: times -1, 0 or 1; sizes */

#define SIGN(name, maxi, mini, mulv)                                   \
    static void name(struct tr *t, unsigned r, unsigned d, unsigned s) \
    {                                                                  \
        maxi(&t->c, r, s, -1);                                         \
        mini(&t->c, r, r, 1);                                          \
        mulv(&t->c, r, r, d);                                          \
    }
SIGN(sign_bytes, maxi_s_b, mini_s_b, mulv_b)
SIGN(sign_words, maxi_s_h, mini_s_h, mulv_h)
SIGN(sign_doublewords, maxi_s_w, mini_s_w, mulv_w)

#define SIZE(name, add_a)                                              \
    static void name(struct tr *t, unsigned r, unsigned d, unsigned s) \
    {                                                                  \
        (void)d;                                                       \
        add_a(&t->c, r, s, msa_zero(t));                               \
    }
SIZE(size_bytes, add_a_b)
SIZE(size_words, add_a_h)
SIZE(size_doublewords, add_a_w)

/* --- rows -------------------------------------------------------------------------------------------- */

enum way {
    NONE,
    OWN,
    FORWARD, /* ws is the destination's vector, wt the source's */
    BACKWARD /* … the other way round: of interleaved lanes wt has the first one */
};

struct row {
    uint8_t way;
    one_fn *one;
    several_fn *several;
};

static struct row row_of(unsigned op)
{
    switch (op) {
#define ROW(op, ...) \
    case OP_##op: return (struct row){__VA_ARGS__};
        // clang-format off
        ROW(MOVLHPS, BACKWARD, ilvr_d, NULL) ROW(MOVHLPS, FORWARD, ilvl_d, NULL)
        ROW(PADDB, FORWARD, addv_b, NULL) ROW(PADDW, FORWARD, addv_h, NULL)
        ROW(PADDD, FORWARD, addv_w, NULL) ROW(PSUBB, FORWARD, subv_b, NULL)
        ROW(PSUBW, FORWARD, subv_h, NULL) ROW(PSUBD, FORWARD, subv_w, NULL)
        ROW(PADDQ, FORWARD, addv_d, NULL) ROW(PSUBQ, FORWARD, subv_d, NULL)
        ROW(PADDSB, FORWARD, adds_s_b, NULL) ROW(PADDSW, FORWARD, adds_s_h, NULL)
        ROW(PADDUSB, FORWARD, adds_u_b, NULL) ROW(PADDUSW, FORWARD, adds_u_h, NULL)
        ROW(PSUBSB, FORWARD, subs_s_b, NULL) ROW(PSUBSW, FORWARD, subs_s_h, NULL)
        ROW(PSUBUSB, FORWARD, subs_u_b, NULL) ROW(PSUBUSW, FORWARD, subs_u_h, NULL)
        ROW(PAND, FORWARD, and_v, NULL) ROW(ANDPS, FORWARD, and_v, NULL) ROW(ANDPD, FORWARD, and_v, NULL)
        ROW(POR, FORWARD, or_v, NULL) ROW(ORPS, FORWARD, or_v, NULL) ROW(ORPD, FORWARD, or_v, NULL)
        ROW(PXOR, FORWARD, xor_v, NULL) ROW(XORPS, FORWARD, xor_v, NULL) ROW(XORPD, FORWARD, xor_v, NULL)
        ROW(PANDN, OWN, NULL, and_not) ROW(ANDNPS, OWN, NULL, and_not) ROW(ANDNPD, OWN, NULL, and_not)
        ROW(PMULLW, FORWARD, mulv_h, NULL) ROW(PMULLD, FORWARD, mulv_w, NULL)
        ROW(PMADDWD, FORWARD, dotp_s_w, NULL) ROW(PMULHW, OWN, NULL, multiply_high)
        ROW(PMULHUW, OWN, NULL, multiply_high_unsigned) ROW(PMULHRSW, OWN, NULL, multiply_rounded)
        ROW(PMADDUBSW, OWN, NULL, multiply_add_bytes) ROW(PMULUDQ, OWN, NULL, multiply_even_unsigned)
        ROW(PMULDQ, OWN, NULL, multiply_even) ROW(PAVGB, FORWARD, aver_u_b, NULL)
        ROW(PAVGW, FORWARD, aver_u_h, NULL) ROW(PSADBW, OWN, NULL, sum_differences)
        ROW(PMINUB, FORWARD, min_u_b, NULL) ROW(PMINUW, FORWARD, min_u_h, NULL)
        ROW(PMINUD, FORWARD, min_u_w, NULL) ROW(PMAXUB, FORWARD, max_u_b, NULL)
        ROW(PMAXUW, FORWARD, max_u_h, NULL) ROW(PMAXUD, FORWARD, max_u_w, NULL)
        ROW(PMINSB, FORWARD, min_s_b, NULL) ROW(PMINSW, FORWARD, min_s_h, NULL)
        ROW(PMINSD, FORWARD, min_s_w, NULL) ROW(PMAXSB, FORWARD, max_s_b, NULL)
        ROW(PMAXSW, FORWARD, max_s_h, NULL) ROW(PMAXSD, FORWARD, max_s_w, NULL)
        ROW(PCMPEQB, FORWARD, ceq_b, NULL) ROW(PCMPEQW, FORWARD, ceq_h, NULL)
        ROW(PCMPEQD, FORWARD, ceq_w, NULL) ROW(PCMPEQQ, FORWARD, ceq_d, NULL)
        ROW(PCMPGTQ, BACKWARD, clt_s_d, NULL) ROW(PCMPGTB, BACKWARD, clt_s_b, NULL)
        ROW(PCMPGTW, BACKWARD, clt_s_h, NULL) ROW(PCMPGTD, BACKWARD, clt_s_w, NULL)
        ROW(PACKSSWB, OWN, NULL, pack_words) ROW(PACKSSDW, OWN, NULL, pack_doublewords)
        ROW(PACKUSWB, OWN, NULL, pack_words_unsigned) ROW(PACKUSDW, OWN, NULL, pack_doublewords_unsigned)
        ROW(PUNPCKLBW, BACKWARD, ilvr_b, NULL) ROW(PUNPCKLWD, BACKWARD, ilvr_h, NULL)
        ROW(PUNPCKLDQ, BACKWARD, ilvr_w, NULL) ROW(PUNPCKHBW, BACKWARD, ilvl_b, NULL)
        ROW(PUNPCKHWD, BACKWARD, ilvl_h, NULL) ROW(PUNPCKHDQ, BACKWARD, ilvl_w, NULL)
        ROW(PUNPCKLQDQ, BACKWARD, ilvr_d, NULL) ROW(PUNPCKHQDQ, BACKWARD, ilvl_d, NULL)
        ROW(UNPCKLPS, BACKWARD, ilvr_w, NULL) ROW(UNPCKHPS, BACKWARD, ilvl_w, NULL)
        ROW(UNPCKLPD, BACKWARD, ilvr_d, NULL) ROW(UNPCKHPD, BACKWARD, ilvl_d, NULL)
        ROW(PSHUFB, OWN, NULL, shuffle_bytes) ROW(PHADDW, OWN, NULL, add_words)
        ROW(PHADDSW, OWN, NULL, add_words_saturated) ROW(PHADDD, OWN, NULL, add_doublewords)
        ROW(PHSUBW, OWN, NULL, subtract_words) ROW(PHSUBSW, OWN, NULL, subtract_words_saturated)
        ROW(PHSUBD, OWN, NULL, subtract_doublewords) ROW(PSIGNB, OWN, NULL, sign_bytes)
        ROW(PSIGNW, OWN, NULL, sign_words) ROW(PSIGND, OWN, NULL, sign_doublewords)
        ROW(PABSB, OWN, NULL, size_bytes) ROW(PABSW, OWN, NULL, size_words)
        ROW(PABSD, OWN, NULL, size_doublewords)
    default: return (struct row){NONE, NULL, NULL};
        // clang-format on
#undef ROW
    }
}

/* Of a register with itself: all zeros, or all ones. */
static bool constant(struct tr *t, const struct insn *i)
{
    int lane;
    if (i->form != FORM_RR || i->dst != i->src) return false;
    switch (i->op) {
    case OP_PXOR:
    case OP_XORPS:
    case OP_XORPD:
    case OP_PANDN:
    case OP_PSUBB:
    case OP_PSUBW:
    case OP_PSUBD:
    case OP_PSUBQ: lane = 0; break;
    case OP_PCMPEQB:
    case OP_PCMPEQW:
    case OP_PCMPEQD: lane = -1; break;
    default: return false;
    }
    unsigned r = xmm_new_result(t, i->dst);
    ldi_b(&t->c, r, lane);
    xmm_set_wide(t, i->dst, r);
    return true;
}

bool msa_lanes(struct tr *t, const struct insn *i)
{
    const struct row row = row_of(i->op);
    unsigned s;
    if (row.way == NONE) return false;
    if (constant(t, i)) return true;
    if (!msa_source(t, i, &s)) return false;
    unsigned d = xmm_wide(t, i->dst), r = (row.way == FORWARD ? xmm_update : xmm_new_result)(t, i->dst);
    if (row.way == OWN)
        row.several(t, r, d, s);
    else
        row.one(&t->c, r, row.way == FORWARD ? d : s, row.way == FORWARD ? s : d);
    xmm_set_wide(t, i->dst, r);
    return true;
}

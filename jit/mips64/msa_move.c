/* Moves of XMM registers that are in MSA's vectors, and shifts of their lanes. */
#include "jit/mips64/msa_emit.h"
#include "jit/mips64/x87_emit.h"

/* --- 16 bytes ---------------------------------------------------------------------------------------- */

static bool load(struct tr *t, const struct insn *i)
{
    unsigned w = xmm_new_result(t, i->dst);
    if (!msa_load(t, i, w)) return false;
    xmm_set_wide(t, i->dst, w);
    return true;
}

/* Of two pages either may refuse, and then nothing must have been done, so the interpreter does it. */
static bool store(struct tr *t, const struct insn *i)
{
    struct address a;
    unsigned w = xmm_wide(t, i->src);
    if (!packed_address(t, i, &a)) return false;
    if (i->size != SIMD_A16) {
        emit_within_page(t, a, 16, exit_to_record(t, t->trace->item[t->k].rec));
        nop(&t->c);
    }
    msa_store(t, w, a);
    return true;
}

static bool move128(struct tr *t, const struct insn *i)
{
    if (i->form == FORM_MR) return store(t, i);
    if (i->form == FORM_RM) return load(t, i);
    if (!xmm_is_wide(t, i->src) && !msa_is_packed_next(t, i->dst)) return false;
    xmm_set_wide(t, i->dst, xmm_wide(t, i->src));
    return true;
}

/* --- parts ------------------------------------------------------------------------------------------- */

/* A doubleword to the lowest lane, zeros above, for who wants all of it next. */
static bool load_word(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    enum reg v = V0;
    if (i->form == FORM_MR || simd_dst(i) != KIND_X || !msa_is_packed_next(t, i->dst)) return false;
    unsigned r = xmm_new_result(t, i->dst);
    if (i->form == FORM_RM)
        emit_load_operand(t, i, V0, 32, true);
    else
        v = emit_get(t, V0, i->src, 32);
    ldi_b(c, r, 0);
    insert_w(c, r, 0, v);
    xmm_set_wide(t, i->dst, r);
    return true;
}

static bool load_half(struct tr *t, const struct insn *i, enum half h)
{
    if (!xmm_is_wide(t, i->dst)) return false;
    unsigned d = xmm_wide(t, i->dst), r = xmm_new_result(t, i->dst);
    x87_load64(t, i, V0, emit_address(t, i));
    move_v(&t->c, r, d);
    insert_d(&t->c, r, h, V0);
    xmm_set_wide(t, i->dst, r);
    return true;
}

static bool store_high(struct tr *t, const struct insn *i)
{
    if (!xmm_is_wide(t, i->src)) return false;
    unsigned w = xmm_wide(t, i->src);
    struct address a = emit_address(t, i);
    copy_s_d(&t->c, V0, w, HIGH);
    x87_store64(t, i, V0, a);
    return true;
}

bool msa_move(struct tr *t, const struct insn *i)
{
    if (is_move128(i->op)) return move128(t, i);
    switch (i->op) {
    case OP_MOVD: return load_word(t, i);
    case OP_MOVHPS:
    case OP_MOVHPD: return load_half(t, i, HIGH);
    case OP_MOVLPS:
    case OP_MOVLPD: return load_half(t, i, LOW);
    case OP_MOVHPS_ST:
    case OP_MOVHPD_ST: return store_high(t, i);
    default: return false;
    }
}

/* --- shifts ------------------------------------------------------------------------------------------ */

typedef void by_number_fn(struct code *c, unsigned wd, unsigned ws, unsigned m);
typedef void by_vector_fn(struct code *c, unsigned wd, unsigned ws, unsigned wt);

struct shift {
    unsigned bits; /* of a lane */
    bool is_signed;
    by_number_fn *by_number;
    by_vector_fn *by_vector;
};

static struct shift shift_of(unsigned op)
{
    switch (op) {
    case OP_PSLLW: return (struct shift){16, false, slli_h, sll_h};
    case OP_PSLLD: return (struct shift){32, false, slli_w, sll_w};
    case OP_PSLLQ: return (struct shift){64, false, slli_d, sll_d};
    case OP_PSRLW: return (struct shift){16, false, srli_h, srl_h};
    case OP_PSRLD: return (struct shift){32, false, srli_w, srl_w};
    case OP_PSRLQ: return (struct shift){64, false, srli_d, srl_d};
    case OP_PSRAW: return (struct shift){16, true, srai_h, sra_h};
    case OP_PSRAD: return (struct shift){32, true, srai_w, sra_w};
    default: return (struct shift){0, false, NULL, NULL};
    }
}

static void shift_by_number(struct tr *t, unsigned r, unsigned d, const struct shift *s, unsigned n)
{
    if (n >= s->bits && s->is_signed) n = s->bits - 1;
    if (n >= s->bits)
        ldi_b(&t->c, r, 0);
    else
        s->by_number(&t->c, r, d, n);
}

/* MSA takes the number modulo the lane's bits. A larger one leaves signs, or nothing. Uses AT and V1. */
static void shift_by_register(struct tr *t, unsigned r, unsigned d, const struct shift *s, enum reg n)
{
    struct code *c = &t->c;
    unsigned w = xmm_new(t);
    sltiu(c, AT, n, (int)s->bits);
    if (s->is_signed) {
        li(c, V1, (int32_t)s->bits - 1);
        movz(c, n, V1, AT);
    }
    (s->bits == 16 ? fill_h : s->bits == 32 ? fill_w : fill_d)(c, w, n);
    s->by_vector(c, r, d, w);
    if (s->is_signed) return;
    dsubu(c, AT, ZERO, AT);
    fill_d(c, w, AT);
    and_v(c, r, r, w);
}

bool msa_shift(struct tr *t, const struct insn *i)
{
    const struct shift s = shift_of(i->op);
    unsigned from;
    if (!s.bits) return false;
    if (i->form == FORM_RM) {
        if (!msa_source(t, i, &from)) return false;
    } else if (i->form != FORM_RI) {
        from = xmm_double(t, i->src);
    }
    unsigned d = xmm_wide(t, i->dst), r;
    if (i->form == FORM_RI) {
        shift_by_number(t, r = xmm_update(t, i->dst), d, &s, i->imm);
    } else {
        dmfc1(&t->c, V0, from);
        shift_by_register(t, r = xmm_new_result(t, i->dst), d, &s, V0);
    }
    xmm_set_wide(t, i->dst, r);
    return true;
}

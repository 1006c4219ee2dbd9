/* Emitters of moves of scalars: loads, stores and copies of singles, doubles and halves of XMM registers. */
#include "jit/mips64/simd_emit.h"
#include "jit/mips64/x87_emit.h"

static bool load(struct tr *t, const struct insn *i, bool is_double)
{
    unsigned f = xmm_new_result(t, i->dst);
    sse_load(t, i, f, is_double);
    xmm_set_clear(t, i->dst, f, is_double);
    return true;
}

static bool store(struct tr *t, const struct insn *i, bool is_double)
{
    sse_store(t, i, xmm_low(t, i->src, is_double), is_double);
    return true;
}

static bool move_scalar(struct tr *t, const struct insn *i, bool is_double)
{
    if (i->form == FORM_MR) return store(t, i, is_double);
    if (i->form == FORM_RM) return load(t, i, is_double);
    if (i->dst != i->src) xmm_set(t, i->dst, xmm_low(t, i->src, is_double), is_double);
    return true;
}

/* Between general registers and the low 32 bits. */
static bool move_word(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->form != FORM_RR) return move_scalar(t, i, false);
    if (simd_dst(i) == KIND_X) {
        enum reg v = emit_get(t, V0, i->src, 32);
        unsigned f = xmm_new(t);
        mtc1(c, v, f);
        xmm_set_clear(t, i->dst, f, false);
    } else {
        bool known = half_is_known(t, i->src, LOW);
        enum reg v = known ? half_get(t, i->src, LOW) : ZERO;
        unsigned f = known ? 0 : xmm_single(t, i->src);
        enum reg d = emit_out(t, V0, i->dst, 32);
        if (known)
            sll(c, d, v, 0);
        else
            mfc1(c, d, f);
        emit_put(t, i->dst, d, 32);
    }
    return true;
}

static bool move_quad(struct tr *t, const struct insn *i)
{
    if (i->form != FORM_RR) return move_scalar(t, i, true);
    xmm_set_clear(t, i->dst, xmm_double(t, i->src), true);
    return true;
}

/* The upper half and memory. */
static bool move_high(struct tr *t, const struct insn *i)
{
    if (i->form == FORM_MR) {
        struct address a = emit_address(t, i);
        x87_store64(t, i, half_get(t, i->src, HIGH), a);
    } else {
        x87_load64(t, i, V0, emit_address(t, i));
        sd(&t->c, V0, xmm_offset(i->dst) + 8, CPU);
        xmm_written_high(t, i->dst);
    }
    return true;
}

/* All 16 bytes. */
static bool copy(struct tr *t, const struct insn *i)
{
    if (i->form != FORM_RR) return false;
    bool packed = (i->op == OP_MOVDQA || i->op == OP_MOVDQU) && !t->j->host.mmi;
    xmm_copy(t, i->dst, i->src, packed);
    return true;
}

static bool zero(struct tr *t, const struct insn *i)
{
    if (i->form != FORM_RR || i->dst != i->src) return false;
    bool integer = t->sse == SSE_NONE || (!t->sse_known && !t->again);
    if (i->op == OP_PXOR && integer) return false;
    unsigned f = xmm_new(t);
    dmtc1(&t->c, ZERO, f);
    xmm_set_clear(t, i->dst, f, true);
    xmm_know(t, f, XMM_SANE);
    return true;
}

bool sse_move(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_MOVSS:
    case OP_MOVSS_LD: return move_scalar(t, i, false);
    case OP_MOVSD:
    case OP_MOVSD_LD: return move_scalar(t, i, true);
    case OP_MOVLPS:
    case OP_MOVLPD: {
        unsigned f = xmm_new(t);
        sse_load(t, i, f, true);
        xmm_set(t, i->dst, f, true);
        return true;
    }
    case OP_MOVLPS_ST:
    case OP_MOVLPD_ST: return store(t, i, true);
    case OP_MOVHPS:
    case OP_MOVHPD:
    case OP_MOVHPS_ST:
    case OP_MOVHPD_ST: return move_high(t, i);
    case OP_MOVD: return move_word(t, i);
    case OP_MOVQ: return move_quad(t, i);
    case OP_MOVAPS:
    case OP_MOVAPD:
    case OP_MOVUPS:
    case OP_MOVUPD:
    case OP_MOVDQA:
    case OP_MOVDQU: return copy(t, i);
    case OP_XORPS:
    case OP_XORPD:
    case OP_PXOR: return zero(t, i);
    default: return false;
    }
}

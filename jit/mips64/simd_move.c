/* SIMD emitters in general registers: loads and stores of whole XMM registers, and bitwise logic. Copies from
 * register to register, and clearing, are sse_move.c's. */
#include "jit/mips64/packed_emit.h"

/* --- 16 bytes ---------------------------------------------------------------------------------------- */

static bool store128(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a;
    bool apart = i->size != SIMD_A16 && i->prefix & PFX_MISALIGNED;
    if (!packed_address(t, i, &a)) return false;
    xmm_read(t, i->src);
    /* Of two pages either may refuse, and then nothing must have been done, so the interpreter does it. */
    if (i->size != SIMD_A16) emit_within_page(t, a, 16, exit_to_record(t, t->trace->item[t->k].rec));
    packed_get(t, V0, i->src, LOW);
    packed_get(t, V1, i->src, HIGH);
    state_mark(t);
    order_store(t);
    if (apart) {
        sdr(c, V0, a.offset, a.base);
        sdl(c, V0, a.offset + 7, a.base);
        sdr(c, V1, a.offset + 8, a.base);
        sdl(c, V1, a.offset + 15, a.base);
    } else {
        sd(c, V0, a.offset, a.base);
        sd(c, V1, a.offset + 8, a.base);
    }
    return true;
}

static bool move128(struct tr *t, const struct insn *i)
{
    if (i->form == FORM_MR) return store128(t, i);
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_written(t, i->dst);
    packed_put_both(t, i->dst, V0, V1);
    return true;
}

bool simd_move(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_MOVAPS:
    case OP_MOVAPD:
    case OP_MOVUPS:
    case OP_MOVUPD:
    case OP_MOVDQA:
    case OP_MOVDQU:
    case OP_LDDQU:
    case OP_MOVNTDQA:
    case OP_MOVNTPS:
    case OP_MOVNTPD:
    case OP_MOVNTDQ: return move128(t, i);
    default: return false;
    }
}

/* --- logic ------------------------------------------------------------------------------------------- */

static void and_not(struct code *c, enum reg rd, enum reg rs, enum reg rt)
{
    nor(c, rs, rs, ZERO);
    and_(c, rd, rs, rt);
}

logic_fn *logic_of(unsigned op)
{
    switch (op) {
    case OP_PAND:
    case OP_ANDPS:
    case OP_ANDPD: return and_;
    case OP_PANDN:
    case OP_ANDNPS:
    case OP_ANDNPD: return and_not;
    case OP_POR:
    case OP_ORPS:
    case OP_ORPD: return or_;
    case OP_PXOR:
    case OP_XORPS:
    case OP_XORPD: return xor_;
    default: return NULL;
    }
}

bool simd_logic(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    logic_fn *f = logic_of(i->op);
    if (!f) return false;
    if (i->form == FORM_RR && i->dst == i->src && f == and_not) {
        xmm_written(t, i->dst);
        packed_put_both(t, i->dst, ZERO, ZERO);
        return true;
    }
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    for (enum half h = LOW; h <= HIGH; h++) {
        packed_get(t, A0, i->dst, h);
        f(c, A0, A0, h == LOW ? V0 : V1);
        packed_put(t, i->dst, h, A0);
    }
    return true;
}

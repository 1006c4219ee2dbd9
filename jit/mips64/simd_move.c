/* SIMD emitters: moves of whole XMM registers and of their low words and quadwords, and bitwise logic. */
#include "jit/mips64/packed_emit.h"
#include "jit/mips64/x87_emit.h"

/* --- 16 bytes ---------------------------------------------------------------------------------------- */

/* Two pages: either may refuse, and then nothing must have been done, so the interpreter does it. The delay
 * slot is the caller's. */
static void within_page(struct tr *t, struct address a)
{
    struct code *c = &t->c;
    enum reg at = a.base;
    if (a.offset) {
        daddiu(c, SCRATCH, a.base, a.offset);
        at = SCRATCH;
    }
    andi(c, SCRATCH, at, GPAGE - 1);
    sltiu(c, SCRATCH, SCRATCH, GPAGE + 1 - 16);
    beq(c, SCRATCH, ZERO, exit_to_record(t, t->trace->item[t->k].rec));
}

static bool store128(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a;
    bool apart = i->size != SIMD_A16 && i->prefix & PFX_MISALIGNED;
    if (!packed_address(t, i, &a)) return false;
    xmm_read(t, i->src);
    if (i->size != SIMD_A16) within_page(t, a);
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
    if (i->form == FORM_RR && i->dst == i->src) return true;
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_written(t, i->dst);
    packed_put_both(t, i->dst, V0, V1);
    return true;
}

/* --- words and quadwords ----------------------------------------------------------------------------- */

static bool move64(struct tr *t, const struct insn *i)
{
    struct address a;
    if (i->form != FORM_RM) {
        xmm_read(t, i->src);
        packed_get(t, V0, i->src, LOW);
    }
    if (i->form != FORM_RR && !packed_address(t, i, &a)) return false;
    if (i->form == FORM_MR) {
        x87_store64(t, i, V0, a);
        return true;
    }
    if (i->form == FORM_RM) x87_load64(t, i, V0, a);
    xmm_written(t, i->dst);
    packed_put_both(t, i->dst, V0, ZERO);
    return true;
}

static bool move32(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (simd_src(i) == KIND_X) xmm_read(t, i->src);
    if (i->form == FORM_MR) {
        lw(c, V0, packed_offset(i->src, LOW), CPU);
        emit_store(t, i, V0, emit_address(t, i), 32);
        return true;
    }
    if (simd_dst(i) == KIND_G) {
        enum reg d = emit_out(t, V0, i->dst, 32);
        lw(c, d, packed_offset(i->src, LOW), CPU);
        emit_put(t, i->dst, d, 32);
        return true;
    }
    enum reg s = V0;
    if (i->form == FORM_RM)
        emit_load_operand(t, i, V0, 32, true);
    else
        s = emit_get(t, V0, i->src, 32);
    dext(c, V0, s, 0, 32);
    xmm_written(t, i->dst);
    packed_put_both(t, i->dst, V0, ZERO);
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
    case OP_MOVD: return move32(t, i);
    case OP_MOVQ: return move64(t, i);
    default: return false;
    }
}

/* --- logic ------------------------------------------------------------------------------------------- */

typedef void logic_fn(struct code *c, enum reg rd, enum reg rs, enum reg rt);

static void and_not(struct code *c, enum reg rd, enum reg rs, enum reg rt)
{
    nor(c, rs, rs, ZERO);
    and_(c, rd, rs, rt);
}

static logic_fn *logic_of(const struct insn *i)
{
    switch (i->op) {
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
    logic_fn *f = logic_of(i);
    if (!f) return false;
    if (i->form == FORM_RR && i->dst == i->src && (f == xor_ || f == and_not)) {
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

/* Emitters of conversions between integers, singles and doubles, one value at a time. */
#include "jit/mips64/simd_emit.h"

/* The integer operand in FPR f. */
static void take_integer(struct tr *t, const struct insn *i, unsigned f)
{
    enum reg v = V0;
    if (i->form == FORM_RM)
        emit_load_operand(t, i, V0, 32, true);
    else
        v = emit_get(t, V0, i->src, 32);
    mtc1(&t->c, v, f);
}

static bool from_integer(struct tr *t, const struct insn *i, bool to_double)
{
    struct code *c = &t->c;
    if (!to_double && !sse_ready(t)) return false;
    unsigned f = xmm_new(t), r = xmm_new(t);
    take_integer(t, i, f);
    if (to_double) {
        cvt_d_w(c, r, f);
    } else {
        sse_begin_operation(t);
        cvt_s_w(c, r, f);
        sse_end_operation(t);
    }
    xmm_set(t, i->dst, r, to_double);
    xmm_know(t, r, XMM_SANE);
    return true;
}

/* What does not fit, and a NaN, becomes an end of the range of 64 bits. */
static bool to_integer(struct tr *t, const struct insn *i, bool chop, bool of_double)
{
    struct code *c = &t->c;
    if (!sse_ready(t)) return false;
    unsigned f = sse_operand(t, i, of_double), r = xmm_new(t);
    sse_begin_operation(t);
    if (chop)
        (of_double ? trunc_l_d : trunc_l_s)(c, r, f);
    else
        (of_double ? round_l_d : round_l_s)(c, r, f);
    sse_end_operation(t);
    dmfc1(c, V0, r);
    sll(c, AT, V0, 0);
    bne(c, AT, V0, exit_by_guard(t));
    nop(c);
    t->stub[t->stubs - 1].seldom = true;
    enum reg d = emit_out(t, V0, i->dst, 32);
    if (d != V0) move(c, d, V0);
    emit_put(t, i->dst, d, 32);
    return true;
}

static bool to_double(struct tr *t, const struct insn *i)
{
    if (!sse_ready(t)) return false;
    unsigned f = sse_operand(t, i, false), r = xmm_new(t);
    sse_check_whole(t, f, false);
    sse_check_ordered(t, f, f, false);
    unsigned known = xmm_knowledge(t, f) | XMM_WHOLE;
    cvt_d_s(&t->c, r, f);
    xmm_set(t, i->dst, r, true);
    xmm_know(t, r, known);
    return true;
}

static bool to_single(struct tr *t, const struct insn *i)
{
    if (!sse_ready(t)) return false;
    unsigned f = sse_operand(t, i, true), r = xmm_new(t);
    sse_check_whole(t, f, true);
    sse_begin_operation(t);
    cvt_s_d(&t->c, r, f);
    sse_end_operation(t);
    sse_test_sane(t, r, false);
    sse_branch(
        t, (struct check_of){.f = (uint8_t)r, .a = (uint8_t)f, .zero = ZERO_OF_FIRST, .of_doubles = true});
    xmm_set(t, i->dst, r, false);
    xmm_know(t, r, XMM_SANE);
    return true;
}

bool sse_convert(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_CVTSI2SS: return from_integer(t, i, false);
    case OP_CVTSI2SD: return from_integer(t, i, true);
    case OP_CVTSS2SI: return to_integer(t, i, false, false);
    case OP_CVTSD2SI: return to_integer(t, i, false, true);
    case OP_CVTTSS2SI: return to_integer(t, i, true, false);
    case OP_CVTTSD2SI: return to_integer(t, i, true, true);
    case OP_CVTSS2SD: return to_double(t, i);
    case OP_CVTSD2SS: return to_single(t, i);
    default: return false;
    }
}

/* Instructions of the double model that work on ST(0) alone. */
#include "jit/mips64/x87_emit.h"

#include "fpu/dbl.h"

static void change(struct tr *t, const struct insn *i, unsigned f, unsigned a)
{
    struct code *c = &t->c;
    switch (i->op) {
    case OP_FCHS: neg_d(c, f, a); break;
    case OP_FABS: abs_d(c, f, a); break;
    default:
        sqrt_d(c, f, a);
        fpr_note_causes(t);
        break;
    }
    if (i->op != OP_FSQRT && t->fpr.ordered >> a & 1)
        fpr_ordered(t, f);
    else
        fpr_result(t, f);
}

/* f = a, rounded to an integer. From 2^52 on all are integers, infinity too; a zero keeps its sign. */
static void round_to_integer(struct tr *t, unsigned f, unsigned a)
{
    enum { EXPONENT_52 = 1023 + 52 };
    struct code *c = &t->c;
    struct label done = {0};
    mov_d(c, f, a);
    dmfc1(c, V0, a);
    dext(c, AT, V0, 52, 11);
    sltiu(c, AT, AT, EXPONENT_52);
    beq(c, AT, ZERO, &done);
    dsrl32(c, V0, V0, 31);
    switch (t->x87.cw & X87_CW_RC) {
    case 0: round_l_d(c, f, a); break;
    case 0x400: floor_l_d(c, f, a); break;
    case 0x800: ceil_l_d(c, f, a); break;
    default: trunc_l_d(c, f, a); break;
    }
    fpr_note_causes(t);
    cvt_d_l(c, f, f);
    dmfc1(c, V1, f);
    dins(c, V1, V0, 63, 1);
    dmtc1(c, V1, f);
    bind_label(c, &done);
}

static void emit_frndint(struct tr *t)
{
    unsigned a = fpr_of(t, 0), f;
    fpr_order(t, a, a);
    fpr_settle(t);
    f = fpr_new(t, 0);
    round_to_integer(t, f, a);
    fpr_ordered(t, f);
    fpr_name(t, 0, f);
}

/* A denormal double counts as normal. */
static void emit_fxam(struct tr *t)
{
    struct code *c = &t->c;
    unsigned a = fpr_of(t, 0);
    fpr_order(t, a, a);
    fpr_settle(t);
    dmfc1(c, V0, a);
    lhu(c, V1, CPU_OFFSET(x87.sw), CPU);
    dsll(c, A0, V0, 1); /* 0: it is zero */
    dext(c, A1, V0, 52, 11);
    addiu(c, A1, A1, -0x7ff); /* 0: it is infinity */
    li(c, AT, X87_C2);
    li(c, SCRATCH, X87_C3);
    movz(c, AT, SCRATCH, A0);
    li(c, SCRATCH, X87_C2 | X87_C0);
    movz(c, AT, SCRATCH, A1);
    dsrl32(c, V0, V0, 31);
    sll(c, V0, V0, __builtin_ctz(X87_C1));
    or_(c, AT, AT, V0);
    andi(c, V1, V1, 0xffff & ~X87_CC);
    or_(c, V1, V1, AT);
    sh(c, V1, CPU_OFFSET(x87.sw), CPU);
}

bool x87_unary(struct tr *t, const struct insn *i)
{
    if (!x87_used(t, 0)) return false;
    if (i->op == OP_FSQRT && !fpr_is_plain(t)) return false;
    if (i->op == OP_FRNDINT) {
        emit_frndint(t);
    } else if (i->op == OP_FXAM) {
        emit_fxam(t);
    } else {
        unsigned a = fpr_of(t, 0), f = fpr_new(t, 0);
        change(t, i, f, a);
        fpr_name(t, 0, f);
    }
    return x87_done(t, i);
}

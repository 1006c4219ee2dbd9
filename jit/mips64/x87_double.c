/* Emitters of x87 instructions in the double model: an operation is the host's, on FPRs (x87_fpr.c). What is
 * computed and which flags appear is in docs/X87.md. */
#include "jit/mips64/x87_emit.h"

#include "fpu/dbl.h"
#include "jit/mips64/effects.h"

/* What differs in this does not change what is computed: 53 bits of precision or 64. */
enum { CW_MATTERS = 0xe3f };

static bool is_last_use(const struct tr *t, unsigned f)
{
    unsigned names = 0;
    for (unsigned r = 0; r < 8; r++)
        names += !(t->x87.empty >> r & 1) && t->x87.at[r] == f;
    return names == 1;
}

/* ST(i) goes away without anybody having used it. */
static void drop(struct tr *t, unsigned i)
{
    unsigned f = fpr_of(t, i);
    if (t->fpr.unchecked >> f & 1 && is_last_use(t, f)) fpr_settle(t);
}

/* --- loads ------------------------------------------------------------------------------------------- */

static void load_f64(struct tr *t, const struct insn *i, unsigned f)
{
    struct code *c = &t->c;
    struct address a = emit_address(t, i);
    if (i->prefix & PFX_MISALIGNED) {
        x87_load64(t, i, AT, a);
        dmtc1(c, AT, f);
    } else {
        state_mark(t);
        order_load(t);
        ldc1(c, f, a.offset, a.base);
    }
}

/* f = the memory operand as a double; one that is no double is left to the interpreter. */
static void load_operand(struct tr *t, const struct insn *i, unsigned f)
{
    struct code *c = &t->c;
    if (i->size == F64) {
        load_f64(t, i, f);
        if (t->x87.exact) narrow_loaded(t, f);
        return;
    }
    x87_load_operand(t, i, V0, emit_address(t, i));
    if (i->size == F32) {
        if (t->x87.exact) narrow_test_m32(t);
        mtc1(c, V0, f);
        cvt_d_s(c, f, f);
        if (t->x87.exact)
            narrow_loaded(t, f);
        else
            fpr_result(t, f);
        return;
    }
    if (i->size == I64) { /* of at most 53 bits */
        dsra32(c, AT, V0, 21);
        dsrl32(c, V1, V0, 31);
        daddu(c, AT, AT, V1);
        struct label *back = fpr_back(t);
        bne(c, AT, ZERO, back);
        nop(c);
        dmtc1(c, V0, f);
        cvt_d_l(c, f, f);
    } else {
        mtc1(c, V0, f);
        cvt_d_w(c, f, f);
    }
    fpr_ordered(t, f);
}

enum { EXPONENTS = F80_BIAS - 1023 };

void x87_to_double(struct tr *t, unsigned f)
{
    struct code *c = &t->c;
    andi(c, A1, V1, 0x7fff);
    addiu(c, A0, A1, -EXPONENTS);
    addiu(c, AT, A0, -1);
    sltiu(c, AT, AT, 0x7fe);
    dsrl32(c, SCRATCH, V0, 31);
    and_(c, AT, AT, SCRATCH);
    andi(c, SCRATCH, V0, 0x7ff);
    sltiu(c, SCRATCH, SCRATCH, 1);
    and_(c, AT, AT, SCRATCH);
    or_(c, A1, A1, V0); /* 0: it is zero */
    sltiu(c, SCRATCH, A1, 1);
    or_(c, AT, AT, SCRATCH);
    struct label *back = fpr_back(t);
    beq(c, AT, ZERO, back);
    movz(c, A0, ZERO, A1);
    dext(c, V0, V0, 11, 52);
    dins(c, V0, A0, 52, 11);
    srl(c, V1, V1, 15);
    dins(c, V0, V1, 63, 1);
    dmtc1(c, V0, f);
    fpr_ordered(t, f);
}

/* f = m80 that is zero or a normal double; others may have to be kept as they are. */
static void load_f80(struct tr *t, const struct insn *i, unsigned f)
{
    x87_load80(t, i);
    x87_to_double(t, f);
}

static bool load_top(struct tr *t, const struct insn *i)
{
    if (x87_used(t, 7)) return false;
    if (i->form == FORM_M) {
        if (i->size == BCD) return false;
        unsigned f = fpr_new(t, 7);
        (i->size == F80 ? load_f80 : load_operand)(t, i, f);
        fpr_push(t, f);
    } else {
        if (!x87_used(t, i->dst)) return false;
        fpr_push(t, fpr_of(t, i->dst));
    }
    return x87_done(t, i);
}

static bool emit_constant(struct tr *t, const struct insn *i)
{
    struct x87 x = {.empty = 0xff, .cw = t->x87.cw, .dbl = true};
    if (x87_used(t, 7)) return false;
    dbl_fldconst(&x, (enum x87_const)(i->op - OP_FLD1));
    unsigned f = fpr_new(t, 7);
    if (x.d[x.top]) li64(&t->c, V0, x.d[x.top]);
    dmtc1(&t->c, x.d[x.top] ? V0 : ZERO, f);
    fpr_ordered(t, f);
    fpr_push(t, f);
    return x87_done(t, i);
}

/* --- stores ------------------------------------------------------------------------------------------ */

static void store_f64(struct tr *t, const struct insn *i, unsigned f)
{
    struct code *c = &t->c;
    struct address a = emit_address(t, i);
    fpr_settle(t);
    if (i->prefix & PFX_MISALIGNED) {
        dmfc1(c, V0, f);
        x87_store64(t, i, V0, a);
    } else {
        state_mark(t);
        order_store(t);
        sdc1(c, f, a.offset, a.base);
    }
}

/* Zero or a normal number. */
static void store_f80(struct tr *t, const struct insn *i, unsigned f)
{
    struct code *c = &t->c;
    dmfc1(c, V0, f);
    dext(c, V1, V0, 52, 11);
    addiu(c, AT, V1, -1);
    sltiu(c, AT, AT, 0x7fe);
    dsll(c, A0, V0, 1); /* 0: it is zero */
    sltiu(c, SCRATCH, A0, 1);
    or_(c, AT, AT, SCRATCH);
    struct label *back = fpr_back(t);
    beq(c, AT, ZERO, back);
    dsrl32(c, A1, V0, 31);
    t->fpr.unchecked &= ~(UINT32_C(1) << f);
    fpr_settle(t);
    sll(c, A1, A1, 15);
    addiu(c, V1, V1, EXPONENTS);
    or_(c, V1, V1, A1);
    dsll(c, V0, V0, 11);
    li(c, AT, 1);
    dsll32(c, AT, AT, 31);
    or_(c, V0, V0, AT);
    movz(c, V0, ZERO, A0);
    movz(c, V1, A1, A0);
    x87_store80(t, i);
}

/* The register to convert f in, for a store. The conversion may raise flags that are not to be there if the
 * store faults. */
static unsigned begin_conversion(struct tr *t, unsigned f)
{
    unsigned r = fpr_new(t, 0);
    fpr_order(t, f, f);
    fpr_settle(t);
    if (t->j->host.fcsr) {
        cfc1(&t->c, FCSR_KEPT, FCSR);
        t->x87.fcsr_kept = true;
    }
    return r;
}

static void store_converted(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (!t->j->host.fcsr) cfc1(c, V1, FCSR);
    x87_store_result(t, i);
    if (!t->j->host.fcsr) or_(c, FP_CAUSES, FP_CAUSES, V1);
    t->x87.fcsr_kept = false;
}

static void store_f32(struct tr *t, const struct insn *i, unsigned f)
{
    struct code *c = &t->c;
    unsigned r = begin_conversion(t, f);
    cvt_s_d(c, r, f);
    mfc1(c, V0, r);
    store_converted(t, i);
}

/* What does not fit, and a NaN, is converted to an end of the range. */
static void store_integer(struct tr *t, const struct insn *i, unsigned f)
{
    struct code *c = &t->c;
    unsigned r = begin_conversion(t, f);
    struct label *back = fpr_back(t);
    (t->x87.cw & X87_CW_RC ? trunc_l_d : round_l_d)(c, r, f);
    dmfc1(c, V0, r);
    if (i->size == I64) {
        dsra32(c, AT, V0, 31);
        xor_(c, AT, V0, AT);
        daddiu(c, AT, AT, 1);
        bltz(c, AT, back);
    } else {
        if (i->size == I16)
            seh(c, AT, V0);
        else
            sll(c, AT, V0, 0);
        bne(c, AT, V0, back);
    }
    nop(c);
    store_converted(t, i);
}

static bool store_top(struct tr *t, const struct insn *i)
{
    bool pop = i->op != OP_FST && i->op != OP_FIST;
    unsigned rc = t->x87.cw & X87_CW_RC, f = fpr_of(t, 0);
    if (!x87_used(t, 0)) return false;
    if (i->form != FORM_M) {
        if (i->dst == 0 && pop) drop(t, 0);
        if (i->dst != 0 && x87_used(t, i->dst)) drop(t, i->dst);
        fpr_name(t, i->dst, f);
    } else if (i->size == F64) {
        store_f64(t, i, f);
    } else if (i->size == F80) {
        store_f80(t, i, f);
    } else if (i->size == F32 && rc == 0) {
        store_f32(t, i, f);
    } else if (i->size >= I16 && i->size <= I64 && (rc == 0 || rc == X87_CW_RC)) {
        store_integer(t, i, f);
    } else {
        return false;
    }
    x87_popped(t, pop);
    return x87_done(t, i);
}

/* --- moves ------------------------------------------------------------------------------------------- */

static bool emit_fxch(struct tr *t, const struct insn *i)
{
    unsigned a = fpr_of(t, 0), b = fpr_of(t, i->dst);
    if (!x87_used(t, 0) || !x87_used(t, i->dst)) return false;
    fpr_name(t, 0, b);
    fpr_name(t, i->dst, a);
    return x87_done(t, i);
}

static bool emit_cmov(struct tr *t, const struct insn *i)
{
    static const uint8_t cc[] = {CC_B, CC_E, CC_BE, CC_P, CC_AE, CC_NE, CC_A, CC_NP};
    struct code *c = &t->c;
    if (!x87_used(t, 0) || !x87_used(t, i->src)) return false;
    fpr_settle(t);
    fpr_chain(t);
    if (!emit_truth(t, A0, cc[i->op - OP_FCMOVB], false)) return false;
    unsigned f = fpr_new(t, 0), a = fpr_of(t, 0), b = fpr_of(t, i->src);
    mov_d(c, f, a);
    movn_d(c, f, b, A0);
    fpr_name(t, 0, f);
    return x87_done(t, i);
}

/* --- arithmetic -------------------------------------------------------------------------------------- */

static void operate(struct tr *t, unsigned op, unsigned f, unsigned a, unsigned b)
{
    struct code *c = &t->c;
    switch (op) {
    case X87_ADD: add_d(c, f, a, b); break;
    case X87_MUL: mul_d(c, f, a, b); break;
    case X87_SUB: sub_d(c, f, a, b); break;
    case X87_SUBR: sub_d(c, f, b, a); break;
    case X87_DIV: div_d(c, f, a, b); break;
    default: div_d(c, f, b, a); break;
    }
    fpr_note_causes(t);
    fpr_result(t, f);
    t->x87.c1 = (struct x87_c1){C1_OF, (uint8_t)op, (uint8_t)a, (uint8_t)b, (uint8_t)f};
}

static bool emit_arithmetic(struct tr *t, const struct insn *i)
{
    struct x87_arith a = x87_arith_of(i);
    if (!a.is || !fpr_is_plain(t) || !x87_used(t, a.dst)) return false;
    if (i->form != FORM_M && !x87_used(t, a.src)) return false;
    unsigned x = fpr_of(t, a.dst), y, f;
    if (i->form == FORM_M) {
        y = fpr_new(t, 7);
        load_operand(t, i, y);
    } else {
        y = fpr_of(t, a.src);
    }
    f = fpr_new(t, a.dst);
    operate(t, a.op, f, x, y);
    fpr_name(t, a.dst, f);
    x87_popped(t, a.pop);
    return x87_done(t, i);
}

/* --- compares ---------------------------------------------------------------------------------------- */

/* ST(0) and what it is compared with, neither of them a NaN. */
struct pair {
    bool is;
    unsigned a, b, pops;
};

static struct pair operands(struct tr *t, const struct insn *i)
{
    struct pair p = {.is = x87_used(t, 0), .a = fpr_of(t, 0), .pops = (unsigned)x87_pops(i->op)};
    bool twice = i->op == OP_FCOMPP || i->op == OP_FUCOMPP;
    if (!p.is) return p;
    if (i->op == OP_FTST) {
        p.b = fpr_new(t, 7);
        dmtc1(&t->c, ZERO, p.b);
    } else if (i->form == FORM_M) {
        p.b = fpr_new(t, 7);
        load_operand(t, i, p.b);
    } else {
        p.is = x87_used(t, twice ? 1 : i->src);
        p.b = fpr_of(t, twice ? 1 : i->src);
    }
    if (!p.is) return p;
    fpr_order(t, p.a, p.b);
    fpr_settle(t);
    return p;
}

/* C0 and C3. */
static void conditions(struct tr *t, const struct pair *p)
{
    struct code *c = &t->c;
    lhu(c, V1, CPU_OFFSET(x87.sw), CPU);
    c_olt_d(c, p->a, p->b);
    li(c, V0, X87_C0);
    movf(c, V0, ZERO);
    andi(c, V1, V1, 0xffff & ~X87_CC);
    or_(c, V1, V1, V0);
    c_eq_d(c, p->a, p->b);
    li(c, V0, X87_C3);
    movf(c, V0, ZERO);
    or_(c, V1, V1, V0);
    sh(c, V1, CPU_OFFSET(x87.sw), CPU);
}

static bool emit_compare(struct tr *t, const struct insn *i)
{
    bool into_flags = i->op >= OP_FCOMI && i->op <= OP_FUCOMIP;
    struct pair p = operands(t, i);
    if (!p.is) return false;
    if (!into_flags)
        conditions(t, &p);
    else if (flags_wanted(t))
        flags_set_recipe(t, RECIPE_FCOM, 32, (struct val){VAL_FPR, (uint8_t)p.a, 0},
                         (struct val){VAL_FPR, (uint8_t)p.b, 0});
    x87_popped(t, p.pops);
    return x87_done(t, i);
}

/* --- control ----------------------------------------------------------------------------------------- */

bool emit_x87_double(struct tr *t, const struct insn *i)
{
    if (!x87_ready(t, i)) return false;
    if (fpr_goes_on(t, &t->trace->item[t->k])) fpr_chain(t);
    if (i->op >= OP_FLD1 && i->op <= OP_FLDZ) return emit_constant(t, i);
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) return emit_cmov(t, i);
    switch (i->op) {
    case OP_FLD:
    case OP_FILD: return load_top(t, i);
    case OP_FST:
    case OP_FSTP:
    case OP_FIST:
    case OP_FISTP: return store_top(t, i);
    case OP_FXCH: return emit_fxch(t, i);
    case OP_FCHS:
    case OP_FABS:
    case OP_FSQRT:
    case OP_FRNDINT:
    case OP_FXAM: return x87_unary(t, i);
    case OP_FCOM:
    case OP_FCOMP:
    case OP_FICOM:
    case OP_FICOMP:
    case OP_FUCOM:
    case OP_FUCOMP:
    case OP_FCOMPP:
    case OP_FUCOMPP:
    case OP_FCOMI:
    case OP_FCOMIP:
    case OP_FUCOMI:
    case OP_FUCOMIP:
    case OP_FTST: return emit_compare(t, i);
    case OP_FLDCW: return x87_load_control(t, i, CW_MATTERS);
    case OP_FNSTSW_AX:
    case OP_FNSTSW: fpr_merge_flags(&t->c, t->j->host.fcsr); return x87_control(t, i);
    case OP_FNSTCW:
    case OP_FWAIT: return x87_control(t, i);
    default: return emit_arithmetic(t, i);
    }
}

/* Emitters of floating-point arithmetic and compares, of scalars and two doubles (sse.c says when an
 * operation may be the host's).
 */
#include "jit/mips64/packed_emit.h"

/* --- arithmetic -------------------------------------------------------------------------------------- */

typedef void operation_fn(struct code *c, unsigned f, unsigned a, unsigned b);

struct operation {
    operation_fn *fn[2]; /* of singles, doubles */
    uint8_t zero;        /* when a result of zero is right */
    bool sum;            /* or difference */
};

static void root_s(struct code *c, unsigned f, unsigned a, unsigned b)
{
    (void)a;
    sqrt_s(c, f, b);
}

static void root_d(struct code *c, unsigned f, unsigned a, unsigned b)
{
    (void)a;
    sqrt_d(c, f, b);
}

/* Both operands are tested, if that is not known; then the operation, in a delay slot if it can be. V0 = the
 * test of its result. */
static void operate(struct tr *t, const struct operation *o, bool is_double, unsigned f, unsigned a,
                    unsigned b)
{
    bool of_a = !xmm_knowledge(t, a) && a != b, of_b = !xmm_knowledge(t, b);
    if (is_double && o->zero == ZERO_OF_EITHER) {
        of_a = sse_must_test_factor(t, a, b);
        of_b = sse_must_test_factor(t, b, a);
    }
    unsigned last = of_b ? b : a, other = of_b ? a : b;
    if (o->sum && is_double && of_a != of_b && xmm_knowledge(t, other) & XMM_SANE &&
        (of_b || o->fn[true] == add_d)) {
        sse_begin_operation(t);
        o->fn[true](&t->c, f, a, b);
        sse_end_operation(t);
        sse_check_sum(t, f, other, last);
        xmm_know(t, last, XMM_WHOLE);
        return;
    }
    if (of_a && of_b) sse_check_whole(t, a, is_double);
    if (of_a || of_b) sse_test_whole(t, last, is_double);
    if (of_a || of_b) {
        sse_begin_operation(t);
        o->fn[is_double](&t->c, f, a, b);
        sse_end_operation(t);
        sse_branch(t, (struct check_of){.f = (uint8_t)last, .is_double = is_double});
        xmm_know(t, last, XMM_WHOLE);
    } else {
        sse_begin_operation(t);
        o->fn[is_double](&t->c, f, a, b);
        sse_end_operation(t);
    }
    sse_test_sane(t, f, is_double);
}

/* The operation and the test of its result. */
static unsigned result(struct tr *t, const struct operation *o, bool is_double, unsigned f, unsigned a,
                       unsigned b)
{
    bool of_a = !xmm_knowledge(t, a) && !sse_must_test_factor(t, a, b);
    bool of_b = !xmm_knowledge(t, b) && !sse_must_test_factor(t, b, a);
    bool untested = o->zero == ZERO_OF_EITHER && is_double && (of_a || of_b);
    operate(t, o, is_double, f, a, b);
    sse_branch(t, (struct check_of){.f = (uint8_t)f,
                                    .a = (uint8_t)a,
                                    .b = (uint8_t)b,
                                    .zero = untested ? ZERO_PRODUCT : o->zero,
                                    .is_double = is_double,
                                    .of_doubles = is_double});
    xmm_know(t, a, XMM_WHOLE);
    xmm_know(t, b, XMM_WHOLE);
    return f;
}

static bool arithmetic(struct tr *t, const struct insn *i, const struct operation *o, bool is_double)
{
    bool unary = i->op == OP_SQRTSS || i->op == OP_SQRTSD;
    if (!sse_ready(t)) return false;
    if (sse_fused(t, i)) return true;
    unsigned b = sse_operand(t, i, is_double), a = unary ? b : xmm_low(t, i->dst, is_double);
    unsigned f = result(t, o, is_double, xmm_new_result(t, i->dst), a, b);
    xmm_set(t, i->dst, f, is_double);
    xmm_know(t, f, XMM_SANE);
    return true;
}

static unsigned high_double(struct tr *t, unsigned off)
{
    unsigned f = xmm_new(t);
    xmm_read(t, off);
    ldc1(&t->c, f, xmm_offset(off) + 8, CPU);
    return f;
}

/* Two doubles, one after the other. */
static bool packed(struct tr *t, const struct insn *i, const struct operation *o)
{
    unsigned low, high;
    if (!sse_ready(t)) return false;
    if (i->form == FORM_RM) {
        low = xmm_new(t);
        high = xmm_new(t);
        if (!packed_source_f(t, i, low, high)) return false;
    } else {
        low = xmm_double(t, i->src);
        high = high_double(t, i->src);
    }
    unsigned old = i->form != FORM_RM && i->dst == i->src ? high : high_double(t, i->dst);
    unsigned r = result(t, o, true, xmm_new(t), xmm_double(t, i->dst), low);
    unsigned s = result(t, o, true, xmm_new(t), old, high);
    sdc1(&t->c, s, xmm_offset(i->dst) + 8, CPU);
    xmm_written_high(t, i->dst);
    xmm_set(t, i->dst, r, true);
    xmm_know(t, r, XMM_SANE);
    return true;
}

/* --- minimum and maximum ----------------------------------------------------------------------------- */

/* The first operand if it is less (or greater), else the second one. */
static bool extremum(struct tr *t, const struct insn *i, bool greater, bool is_double)
{
    struct code *c = &t->c;
    if (!sse_ready(t)) return false;
    unsigned b = sse_operand(t, i, is_double), a = xmm_low(t, i->dst, is_double), f = xmm_new(t);
    sse_check_whole(t, a, is_double);
    sse_check_whole(t, b, is_double);
    sse_check_ordered(t, a, b, is_double);
    unsigned known = xmm_knowledge(t, a) & xmm_knowledge(t, b);
    (is_double ? c_olt_d : c_olt_s)(c, greater ? b : a, greater ? a : b);
    (is_double ? mov_d : mov_s)(c, f, b);
    (is_double ? movt_d : movt_s)(c, f, a);
    xmm_set(t, i->dst, f, is_double);
    xmm_know(t, f, known);
    return true;
}

/* --- compares ---------------------------------------------------------------------------------------- */

/* The two operands, no NaNs and no denormals. */
struct pair {
    unsigned a, b;
};

static struct pair ordered_pair(struct tr *t, const struct insn *i, bool is_double)
{
    struct pair p;
    p.b = sse_operand(t, i, is_double);
    p.a = xmm_low(t, i->dst, is_double);
    sse_check_whole(t, p.a, is_double);
    if (p.a != p.b) sse_check_whole(t, p.b, is_double);
    sse_check_ordered(t, p.a, p.b, is_double);
    return p;
}

/* Flags follow from doubles (RECIPE_FCOM). */
static unsigned as_double(struct tr *t, unsigned f)
{
    unsigned d = xmm_new(t);
    cvt_d_s(&t->c, d, f);
    return d;
}

static bool compare(struct tr *t, const struct insn *i, bool is_double)
{
    if (!sse_ready(t)) return false;
    struct pair p = ordered_pair(t, i, is_double);
    if (!flags_wanted(t)) return true;
    if (!is_double) p = (struct pair){as_double(t, p.a), as_double(t, p.b)};
    flags_set_recipe(t, RECIPE_FCOM, 32, (struct val){VAL_FPR, (uint8_t)p.a, 0},
                     (struct val){VAL_FPR, (uint8_t)p.b, 0});
    return true;
}

/* cmpsd: all bits set if the relation holds. */
static bool mask(struct tr *t, const struct insn *i, bool is_double)
{
    struct code *c = &t->c;
    if (!sse_ready(t) || i->imm > 7) return false;
    struct pair p = ordered_pair(t, i, is_double);
    unsigned f = xmm_new(t);
    switch (i->imm & 3) {
    case 0: (is_double ? c_eq_d : c_eq_s)(c, p.a, p.b); break;
    case 1: (is_double ? c_olt_d : c_olt_s)(c, p.a, p.b); break;
    case 2: (is_double ? c_ole_d : c_ole_s)(c, p.a, p.b); break;
    default: (is_double ? c_un_d : c_un_s)(c, p.a, p.b); break;
    }
    li(c, V0, -1);
    (i->imm & 4 ? movt : movf)(c, V0, ZERO);
    (is_double ? dmtc1 : mtc1)(c, V0, f);
    xmm_set(t, i->dst, f, is_double);
    return true;
}

/* --- choice ------------------------------------------------------------------------------------------ */

bool sse_arith(struct tr *t, const struct insn *i)
{
    static const struct operation add = {{add_s, add_d}, ZERO_ANY, true},
                                  sub = {{sub_s, sub_d}, ZERO_ANY, true},
                                  mul = {{mul_s, mul_d}, ZERO_OF_EITHER, false},
                                  div = {{div_s, div_d}, ZERO_OF_FIRST, false},
                                  root = {{root_s, root_d}, ZERO_ANY, false};
    switch (i->op) {
    case OP_ADDSS: return arithmetic(t, i, &add, false);
    case OP_ADDSD: return arithmetic(t, i, &add, true);
    case OP_ADDPD: return packed(t, i, &add);
    case OP_SUBPD: return packed(t, i, &sub);
    case OP_MULPD: return packed(t, i, &mul);
    case OP_DIVPD: return packed(t, i, &div);
    case OP_SUBSS: return arithmetic(t, i, &sub, false);
    case OP_SUBSD: return arithmetic(t, i, &sub, true);
    case OP_MULSS: return arithmetic(t, i, &mul, false);
    case OP_MULSD: return arithmetic(t, i, &mul, true);
    case OP_DIVSS: return arithmetic(t, i, &div, false);
    case OP_DIVSD: return arithmetic(t, i, &div, true);
    case OP_SQRTSS: return arithmetic(t, i, &root, false);
    case OP_SQRTSD: return arithmetic(t, i, &root, true);
    case OP_MINSS: return extremum(t, i, false, false);
    case OP_MINSD: return extremum(t, i, false, true);
    case OP_MAXSS: return extremum(t, i, true, false);
    case OP_MAXSD: return extremum(t, i, true, true);
    case OP_UCOMISS:
    case OP_COMISS: return compare(t, i, false);
    case OP_UCOMISD:
    case OP_COMISD: return compare(t, i, true);
    case OP_CMPSS: return mask(t, i, false);
    case OP_CMPSD: return mask(t, i, true);
    default: return false;
    }
}

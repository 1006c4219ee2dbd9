/* Packed singles by the host's paired singles: two lanes in an FPR, the half of an XMM register. sse.c says
 * when an operation of the host is one of the guest. Values whose exponents are far from both ends, as nearly
 * all are, pass a test of whole halves; of others the way out looks at each lane, and may come back. */
#include "jit/mips64/effects.h"
#include "jit/mips64/packed_emit.h"

/* The two highest bits of an exponent differ from 2^-63 up to 2^65. */
enum { MIDDLE = 0x40000000 };

/* Halves of an operand, or result: FPRs; registers that have them, too, or ZERO. */
struct halves {
    unsigned f[2];
    enum reg g[2];
};

typedef void half_fn(struct tr *t, unsigned r, unsigned a, unsigned b);

/* --- operands ---------------------------------------------------------------------------------------- */

static struct halves take_register(struct tr *t, unsigned off)
{
    struct halves v;
    for (enum half h = LOW; h <= HIGH; h++) {
        v.f[h] = copies_take(t, off, h);
        v.g[h] = half_is_known(t, off, h) ? half_get(t, off, h) : ZERO;
    }
    return v;
}

/* false: a helper must do it. */
static bool take_source(struct tr *t, const struct insn *i, struct halves *v)
{
    if (i->form != FORM_RM) {
        *v = take_register(t, i->src);
        return true;
    }
    if (!packed_fetch(t, i)) return false;
    for (enum half h = LOW; h <= HIGH; h++) {
        v->g[h] = packed_source(t, i, h);
        dmtc1(&t->c, v->g[h], v->f[h] = copies_new(t));
    }
    return true;
}

/* Half h of the destination is in FPR f, and in register v, from half_new(). */
static void put(struct tr *t, const struct insn *i, const struct halves *v)
{
    half_put(t, i->dst, LOW, v->g[LOW]);
    half_put(t, i->dst, HIGH, v->g[HIGH]);
    for (enum half h = LOW; h <= HIGH; h++)
        copies_share(t, i->dst, h, v->f[h]);
}

/* --- tests ------------------------------------------------------------------------------------------- */

/* A0 collects what is right of the values so far. Uses AT. */
static void collect(struct code *c, bool *any, enum reg g)
{
    dsll(c, *any ? AT : A0, g, 1);
    xor_(c, *any ? AT : A0, *any ? AT : A0, g);
    if (*any) and_(c, A0, A0, AT);
    *any = true;
}

static void collect_operand(struct tr *t, bool *any, const struct halves *v)
{
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg g = v->g[h];
        if (copies_are_sane(t, v->f[h])) continue;
        if (g == ZERO) dmfc1(&t->c, g = A1, v->f[h]);
        collect(&t->c, any, g);
    }
}

static void leave_unless_middle(struct tr *t, struct check_of of)
{
    struct code *c = &t->c;
    enum reg middle = emit_word_twice(t, MIDDLE);
    and_(c, A0, A0, middle);
    struct label *out = exit_by_guard(t);
    struct stub *s = &t->stub[t->stubs - 1];
    s->seldom = true;
    s->check = of;
    uint32_t slot = slot_word(c, REG_BIT(A0) | REG_BIT(middle));
    bne(c, A0, middle, out);
    emit(c, slot);
    s->back = c->at;
    code_fence(c);
}

static struct check_of check_of(enum zero_result zero, const struct halves *r, const struct halves *a,
                                const struct halves *b)
{
    return (struct check_of){.zero = (uint8_t)zero,
                             .f = (uint8_t)r->f[LOW],
                             .a = (uint8_t)a->f[LOW],
                             .b = (uint8_t)b->f[LOW],
                             .high = {(uint8_t)r->f[HIGH], (uint8_t)a->f[HIGH], (uint8_t)b->f[HIGH]}};
}

/* In the way out: the highest bit of a sum of lane AT, without its sign, and a constant tells something of
 * the lane. V1 collects what is wrong. */
#define SIZE   A0 /* a constant, all but the sign: is it no zero? */
#define NORMAL A1 /* is it at least 2^-125? */

static void test_lanes(struct code *c, unsigned f, enum reg nonzero)
{
    dmfc1(c, AT, f);
    and_(c, AT, AT, SIZE);
    daddu(c, nonzero, AT, SIZE);
}

/* What is neither zero nor normal is wrong; … */
static void collect_small(struct code *c, enum reg nonzero)
{
    daddu(c, SCRATCH, AT, NORMAL);
    xor_(c, SCRATCH, SCRATCH, nonzero);
    or_(c, V1, V1, SCRATCH);
}

/* … what is above 2^127, too. */
static void collect_large(struct code *c)
{
    dsubu(c, SCRATCH, SIZE, NORMAL);
    daddu(c, SCRATCH, SCRATCH, AT);
    or_(c, V1, V1, SCRATCH);
}

static void operand_back(struct code *c, unsigned f, enum reg nonzero, bool ordered)
{
    test_lanes(c, f, nonzero);
    collect_small(c, nonzero);
    if (ordered) collect_large(c);
}

/* A result of zero is right of any sum, of a product if a factor is zero, of a quotient if the first one is.
 */
static void half_back(struct code *c, enum zero_result zero, unsigned r, unsigned a, unsigned b)
{
    bool ordered = zero == ZERO_PACKED_NONE;
    operand_back(c, a, V0, ordered);
    operand_back(c, b, ADDRESS, ordered);
    if (ordered) return;
    if (zero == ZERO_PACKED_PRODUCT) and_(c, V0, V0, ADDRESS);
    test_lanes(c, r, ADDRESS);
    if (zero != ZERO_PACKED_SUM) {
        xor_(c, V0, V0, ADDRESS);
        or_(c, V1, V1, V0);
    }
    collect_small(c, ADDRESS);
    collect_large(c);
}

void sse_packed_back(struct tr *t, const struct check_of *of, struct label *back)
{
    struct code *c = &t->c;
    li(c, SIZE, 0x7fffffff);
    dins(c, SIZE, SIZE, 32, 32);
    lui(c, NORMAL, 0x7f00);
    dins(c, NORMAL, NORMAL, 32, 32);
    move(c, V1, ZERO);
    half_back(c, of->zero, of->f, of->a, of->b);
    half_back(c, of->zero, of->high[0], of->high[1], of->high[2]);
    nor(c, AT, SIZE, ZERO);
    and_(c, V1, V1, AT);
    beq(c, V1, ZERO, back);
    nop(c);
}

/* --- arithmetic -------------------------------------------------------------------------------------- */

static void add_half(struct tr *t, unsigned r, unsigned a, unsigned b)
{
    add_ps(&t->c, r, a, b);
}

static void subtract_half(struct tr *t, unsigned r, unsigned a, unsigned b)
{
    sub_ps(&t->c, r, a, b);
}

static void multiply_half(struct tr *t, unsigned r, unsigned a, unsigned b)
{
    mul_ps(&t->c, r, a, b);
}

/* There is no such operation of pairs. */
static void divide_half(struct tr *t, unsigned r, unsigned a, unsigned b)
{
    struct code *c = &t->c;
    unsigned x = copies_new(t), y = copies_new(t);
    cvt_s_pl(c, x, a);
    cvt_s_pl(c, r, b);
    div_s(c, x, x, r);
    sse_end_operation(t);
    sse_begin_operation(t);
    cvt_s_pu(c, y, a);
    cvt_s_pu(c, r, b);
    div_s(c, y, y, r);
    pll_ps(c, r, y, x);
}

static void root_half(struct tr *t, unsigned r, unsigned a, unsigned b)
{
    struct code *c = &t->c;
    unsigned x = copies_new(t);
    (void)a;
    cvt_s_pl(c, x, b);
    sqrt_s(c, x, x);
    sse_end_operation(t);
    sse_begin_operation(t);
    cvt_s_pu(c, r, b);
    sqrt_s(c, r, r);
    pll_ps(c, r, r, x);
}

static bool arithmetic(struct tr *t, const struct insn *i, half_fn *f, enum zero_result zero)
{
    struct halves a, b, r;
    bool any = false;
    copies_ready(t);
    if (!take_source(t, i, &b)) return false;
    a = f == root_half ? b : take_register(t, i->dst);
    collect_operand(t, &any, &b);
    if (a.f[LOW] != b.f[LOW] || a.f[HIGH] != b.f[HIGH]) collect_operand(t, &any, &a);
    for (enum half h = LOW; h <= HIGH; h++) {
        r.f[h] = copies_new(t);
        r.g[h] = half_new(t);
        sse_begin_operation(t);
        f(t, r.f[h], a.f[h], b.f[h]);
        sse_end_operation(t);
    }
    for (enum half h = LOW; h <= HIGH; h++)
        dmfc1(&t->c, r.g[h], r.f[h]);
    for (enum half h = LOW; h <= HIGH; h++)
        collect(&t->c, &any, r.g[h]);
    leave_unless_middle(t, check_of(zero, &r, &a, &b));
    for (enum half h = LOW; h <= HIGH; h++) {
        copies_know_sane(t, a.f[h]);
        copies_know_sane(t, b.f[h]);
        copies_know_sane(t, r.f[h]);
    }
    put(t, i, &r);
    return true;
}

/* --- compares ---------------------------------------------------------------------------------------- */

/* Both operands, no NaNs and no denormals. */
static bool take_ordered(struct tr *t, const struct insn *i, struct halves *a, struct halves *b)
{
    bool any = false;
    copies_ready(t);
    if (!take_source(t, i, b)) return false;
    *a = take_register(t, i->dst);
    collect_operand(t, &any, b);
    if (a->f[LOW] != b->f[LOW] || a->f[HIGH] != b->f[HIGH]) collect_operand(t, &any, a);
    if (any) leave_unless_middle(t, check_of(ZERO_PACKED_NONE, a, a, b));
    for (enum half h = LOW; h <= HIGH; h++) {
        copies_know_sane(t, a->f[h]);
        copies_know_sane(t, b->f[h]);
    }
    return true;
}

/* The second operand, if they are equal. */
static bool extremum(struct tr *t, const struct insn *i, bool greater)
{
    struct code *c = &t->c;
    struct halves a, b, r;
    if (!take_ordered(t, i, &a, &b)) return false;
    for (enum half h = LOW; h <= HIGH; h++) {
        r.f[h] = copies_new(t);
        r.g[h] = half_new(t);
        c_olt_ps(c, greater ? b.f[h] : a.f[h], greater ? a.f[h] : b.f[h]);
        mov_ps(c, r.f[h], b.f[h]);
        movt_ps(c, r.f[h], a.f[h]);
        dmfc1(c, r.g[h], r.f[h]);
        copies_know_sane(t, r.f[h]);
    }
    put(t, i, &r);
    return true;
}

/* All bits of a lane set if the relation holds. */
static bool mask(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct halves a, b;
    enum reg rd[2];
    bool inverted = i->imm & 4, never = (i->imm & 3) == 3;
    if (i->imm > 7 || !take_ordered(t, i, &a, &b)) return false;
    unsigned f = copies_new(t), zero = copies_constant(t, 0), ones = copies_new(t);
    daddiu(c, V0, ZERO, -1);
    dmtc1(c, V0, ones);
    for (enum half h = LOW; h <= HIGH; h++) {
        rd[h] = half_new(t);
        if (never) {
            dmfc1(c, rd[h], inverted ? ones : zero);
            continue;
        }
        switch (i->imm & 3) {
        case 0: c_eq_ps(c, a.f[h], b.f[h]); break;
        case 1: c_olt_ps(c, a.f[h], b.f[h]); break;
        default: c_ole_ps(c, a.f[h], b.f[h]); break;
        }
        mov_ps(c, f, inverted ? ones : zero);
        movt_ps(c, f, inverted ? zero : ones);
        dmfc1(c, rd[h], f);
    }
    half_put(t, i->dst, LOW, rd[LOW]);
    half_put(t, i->dst, HIGH, rd[HIGH]);
    return true;
}

/* --- conversions ------------------------------------------------------------------------------------- */

static bool from_integers(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct halves r;
    copies_ready(t);
    if (!packed_fetch(t, i)) return false;
    unsigned x = copies_new(t), y = copies_new(t);
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg s = packed_source(t, i, h);
        r.f[h] = copies_new(t);
        mtc1(c, s, x);
        dsrl32(c, A0, s, 0);
        mtc1(c, A0, y);
        sse_begin_operation(t);
        cvt_s_w(c, x, x);
        sse_end_operation(t);
        sse_begin_operation(t);
        cvt_s_w(c, y, y);
        sse_end_operation(t);
        pll_ps(c, r.f[h], y, x);
        dmfc1(c, r.g[h] = half_new(t), r.f[h]);
        copies_know_sane(t, r.f[h]);
    }
    put(t, i, &r);
    return true;
}

/* rd = the integer, from x; A1 collects what does not fit, and NaNs. Uses AT. */
static void to_integer(struct tr *t, enum reg rd, unsigned x, bool chop)
{
    struct code *c = &t->c;
    sse_begin_operation(t);
    (chop ? trunc_l_s : round_l_s)(c, x, x);
    sse_end_operation(t);
    dmfc1(c, rd, x);
    sll(c, AT, rd, 0);
    xor_(c, AT, AT, rd);
    or_(c, A1, A1, AT);
}

static bool to_integers(struct tr *t, const struct insn *i, bool chop)
{
    struct code *c = &t->c;
    struct halves s;
    enum reg rd[2];
    copies_ready(t);
    if (!take_source(t, i, &s)) return false;
    unsigned x = copies_new(t);
    move(c, A1, ZERO);
    for (enum half h = LOW; h <= HIGH; h++) {
        rd[h] = half_new(t);
        cvt_s_pl(c, x, s.f[h]);
        to_integer(t, rd[h], x, chop);
        cvt_s_pu(c, x, s.f[h]);
        to_integer(t, A0, x, chop);
        dins(c, rd[h], A0, 32, 32);
    }
    bne(c, A1, ZERO, exit_by_guard(t));
    nop(c);
    t->stub[t->stubs - 1].seldom = true;
    half_put(t, i->dst, LOW, rd[LOW]);
    half_put(t, i->dst, HIGH, rd[HIGH]);
    return true;
}

/* --- choice ------------------------------------------------------------------------------------------ */

bool sse_packed(struct tr *t, const struct insn *i)
{
    if (!t->j->host.paired || sse_uses(i) != SSE_PACKED || !sse_ready(t)) return false;
    switch (i->op) {
    case OP_ADDPS: return arithmetic(t, i, add_half, ZERO_PACKED_SUM);
    case OP_SUBPS: return arithmetic(t, i, subtract_half, ZERO_PACKED_SUM);
    case OP_MULPS: return arithmetic(t, i, multiply_half, ZERO_PACKED_PRODUCT);
    case OP_DIVPS: return arithmetic(t, i, divide_half, ZERO_PACKED_QUOTIENT);
    case OP_SQRTPS: return arithmetic(t, i, root_half, ZERO_PACKED_QUOTIENT);
    case OP_MINPS: return extremum(t, i, false);
    case OP_MAXPS: return extremum(t, i, true);
    case OP_CMPPS: return mask(t, i);
    case OP_CVTDQ2PS: return from_integers(t, i);
    case OP_CVTPS2DQ: return to_integers(t, i, false);
    case OP_CVTTPS2DQ: return to_integers(t, i, true);
    default: return false;
    }
}

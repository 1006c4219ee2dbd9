/* Scalar SSE in translated code: what is taken for granted and how it is tested. One operation of the host is
 * one of the guest as long as MXCSR is as nearly always (all exceptions masked, to nearest, denormals count)
 * and operands and result are zeros or normal numbers. All else, a NaN or an infinity, a denormal, an
 * overflow or underflow, is left to the interpreter. So the only flag that may appear is that of lost
 * precision: a translation is made either for an MXCSR that has it already, or tests for it after each
 * operation. */
#include "jit/mips64/simd_emit.h"

#include "jit/mips64/effects.h"
#include "jit/mips64/x87_emit.h"

/* --- which instructions there are ---------------------------------------------------------------------- */

enum {
    S = SSE_USES_SRC,
    D = SSE_OF_DOUBLES,
    M = SSE_NEEDS_MXCSR,
    TO = SSE_CHANGES_DST | SSE_SCALAR,
    UPDATE = SSE_USES_SRC | SSE_USES_DST | SSE_CHANGES_DST | SSE_NEEDS_MXCSR,
    UPDATE_LOW = UPDATE | SSE_SCALAR,
    SUM = UPDATE_LOW | SSE_COMPUTES,
    TEST = SSE_USES_SRC | SSE_USES_DST | SSE_NEEDS_MXCSR,
};

unsigned sse_uses(const struct insn *i)
{
    // clang-format off
    static const uint8_t uses[OP_COUNT] = {
        [OP_ADDSS] = SUM, [OP_SUBSS] = SUM, [OP_MULSS] = SUM, [OP_DIVSS] = SUM,
        [OP_ADDSD] = SUM | D, [OP_SUBSD] = SUM | D, [OP_MULSD] = SUM | D, [OP_DIVSD] = SUM | D,
        [OP_ADDPD] = UPDATE | D, [OP_SUBPD] = UPDATE | D, [OP_MULPD] = UPDATE | D, [OP_DIVPD] = UPDATE | D,
        [OP_MINSS] = UPDATE_LOW, [OP_MAXSS] = UPDATE_LOW, [OP_CMPSS] = UPDATE_LOW,
        [OP_MINSD] = UPDATE_LOW | D, [OP_MAXSD] = UPDATE_LOW | D, [OP_CMPSD] = UPDATE_LOW | D,
        [OP_SQRTSS] = S | TO | M | SSE_COMPUTES, [OP_SQRTSD] = S | TO | M | SSE_COMPUTES | D,
        [OP_UCOMISS] = TEST, [OP_COMISS] = TEST, [OP_UCOMISD] = TEST | D, [OP_COMISD] = TEST | D,
        [OP_CVTSI2SS] = TO | M | SSE_COMPUTES, [OP_CVTSI2SD] = TO | SSE_COMPUTES,
        [OP_CVTSS2SD] = S | TO | M | SSE_COMPUTES, [OP_CVTSD2SS] = S | TO | M | SSE_COMPUTES | D,
        [OP_CVTSS2SI] = S | M, [OP_CVTTSS2SI] = S | M, [OP_CVTSD2SI] = S | M | D, [OP_CVTTSD2SI] = S | M | D,
        [OP_ADDPS] = SSE_PACKED, [OP_SUBPS] = SSE_PACKED, [OP_MULPS] = SSE_PACKED, [OP_DIVPS] = SSE_PACKED,
        [OP_MINPS] = SSE_PACKED, [OP_MAXPS] = SSE_PACKED, [OP_CMPPS] = SSE_PACKED, [OP_SQRTPS] = SSE_PACKED,
        [OP_CVTDQ2PS] = SSE_PACKED, [OP_CVTPS2DQ] = SSE_PACKED, [OP_CVTTPS2DQ] = SSE_PACKED,
        [OP_MOVSS] = S | TO, [OP_MOVSS_LD] = S | TO, [OP_MOVSD] = S | TO | D, [OP_MOVSD_LD] = S | TO | D,
        [OP_MOVAPS] = S | SSE_CHANGES_DST | D, [OP_MOVAPD] = S | SSE_CHANGES_DST | D,
    };
    // clang-format on
    bool whole = i->op == OP_MOVAPS || i->op == OP_MOVAPD;
    return whole && i->form != FORM_RR ? 0 : uses[i->op];
}

/* --- MXCSR ------------------------------------------------------------------------------------------- */

uint8_t sse_key_of(uint32_t mxcsr)
{
    switch (mxcsr & SSE_KEY_BITS) {
    case SSE_KEY_INEXACT: return SSE_INEXACT;
    case SSE_KEY_EXACT: return SSE_EXACT;
    default: return SSE_NONE;
    }
}

static void test_key(struct tr *t, struct label *other)
{
    struct code *c = &t->c;
    lw(c, V0, CPU_OFFSET(simd.mxcsr), CPU);
    andi(c, V0, V0, SSE_KEY_BITS);
    addiu(c, V0, V0, -(t->sse == SSE_INEXACT ? SSE_KEY_INEXACT : SSE_KEY_EXACT));
    bne(c, V0, ZERO, other);
    nop(c);
    t->sse_known = true;
}

void sse_begin(struct tr *t)
{
    bool depends = false;
    xmm_begin(t);
    t->sse_known = false;
    for (unsigned k = 0; k < t->trace->count && !depends; k++)
        depends = sse_uses(t->trace->item[k].rec) & SSE_NEEDS_MXCSR;
    if (!depends) t->sse = SSE_NONE;
    if (t->sse != SSE_NONE) test_key(t, exit_to_other(t));
}

bool sse_ready(struct tr *t)
{
    if (t->sse == SSE_NONE) return false;
    if (!t->sse_known) test_key(t, exit_to_record(t, t->trace->item[t->k].rec));
    return true;
}

void sse_after_helper(struct tr *t, const struct insn *i)
{
    unsigned group = op_info[i->op].group;
    if (group != GROUP_simd && group != GROUP_mmx) return;
    if (t->sse == SSE_EXACT || i->op == OP_LDMXCSR || i->op == OP_FXRSTOR) t->sse_known = false;
}

/* --- values ------------------------------------------------------------------------------------------ */

/* The word with sign, exponent and more. */
static void get_upper(struct code *c, enum reg rd, unsigned f, bool is_double)
{
    (is_double ? mfhc1 : mfc1)(c, rd, f);
}

void sse_test_whole(struct tr *t, unsigned f, bool is_double)
{
    struct code *c = &t->c;
    get_upper(c, V0, f, is_double);
    ext(c, V0, V0, is_double ? 20 : 23, is_double ? 11 : 8);
}

/* Something is added to the exponent: then the least and the largest have nothing above its bit. With 2, for
 * singles: the least normal ones may have been tiny before they were rounded, which counts as underflow. With
 * 128, for doubles: see sse_check_sum(), sse_must_test_factor(). */
enum { LEAST_EXPONENT = 128 };
uint32_t sse_sane_word(bool is_double)
{
    return is_double ? (uint32_t)LEAST_EXPONENT << 20 : 2u << 23;
}

void sse_sane_bits(struct code *c, enum reg word, bool is_double)
{
    addu(c, V0, V0, word);
    ext(c, V0, V0, is_double ? 28 : 25, is_double ? 3 : 6);
}

void sse_test_sane(struct tr *t, unsigned f, bool is_double)
{
    struct code *c = &t->c;
    enum reg word = emit_word(t, sse_sane_word(is_double));
    get_upper(c, V0, f, is_double);
    sse_sane_bits(c, word, is_double);
}

void sse_test_modest(struct tr *t, unsigned f)
{
    enum { ABOVE = 1086 }; /* 2^63 */
    struct code *c = &t->c;
    lui(c, AT, (2048 - ABOVE) << 4);
    get_upper(c, V0, f, true);
    addu(c, V0, V0, AT);
    ext(c, V0, V0, 30, 1);
}

bool sse_must_test_factor(const struct tr *t, unsigned f, unsigned other)
{
    return f != other && !xmm_knowledge(t, f) && !(xmm_knowledge(t, other) & XMM_MODEST);
}

/* What follows a branch to the last stub. */
static void seldom(struct tr *t, uint32_t slot, struct check_of of)
{
    struct code *c = &t->c;
    struct stub *s = &t->stub[t->stubs - 1];
    if (!slot && t->again) { /* a loop will need it */
        slot = value_slot_word(t);
        exit_state(t);
    }
    emit(c, slot);
    if (!slot) slot_open(c);
    s->seldom = true;
    s->check = of;
    s->back = c->at;
    c->fence = c->at; /* the slot may still be filled */
}

void sse_branch(struct tr *t, struct check_of of)
{
    struct label *out = exit_by_guard(t);
    uint32_t slot = slot_word(&t->c, REG_BIT(V0));
    beq(&t->c, V0, ZERO, out);
    seldom(t, slot, of);
}

void sse_check_sum(struct tr *t, unsigned f, unsigned sane, unsigned other)
{
    struct label *out = exit_by_guard(t);
    c_eq_d(&t->c, f, sane);
    sse_test_sane(t, f, true);
    uint32_t slot = slot_word(&t->c, COND_BIT);
    bc1t(&t->c, out);
    seldom(t, slot, (struct check_of){.f = (uint8_t)other, .zero = ZERO_OR_WHOLE, .is_double = true});
}

/* V0: 0 if f is zero. */
static void test_zero(struct code *c, unsigned f, bool is_double)
{
    (is_double ? dmfc1 : mfc1)(c, V0, f);
    (is_double ? dsll : sll)(c, V0, V0, 1);
}

/* The operand that sse_check_sum() is about. V0 has the test of the sum. */
static void other_operand_back(struct code *c, unsigned f, struct label *back)
{
    get_upper(c, AT, f, true);
    ext(c, AT, AT, 20, 11);
    bne(c, AT, ZERO, back);
    dmfc1(c, AT, f);
    dsll(c, AT, AT, 1);
    beq(c, AT, ZERO, back);
    nop(c);
}

/* To `out` if operand f of the stub's check is a denormal. Uses r. */
static void test_operand(struct tr *t, enum reg r, unsigned f, struct label *out)
{
    struct code *c = &t->c;
    struct label good = {0};
    if (xmm_knowledge(t, f)) return;
    get_upper(c, r, f, true);
    ext(c, r, r, 20, 11);
    bne(c, r, ZERO, &good);
    dmfc1(c, r, f);
    dsll(c, r, r, 1);
    bne(c, r, ZERO, out);
    nop(c);
    bind_label(c, &good);
}

/* r: not 0 if f, no zero, is sane. */
static void test_exponent(struct code *c, enum reg r, unsigned f)
{
    get_upper(c, r, f, true);
    ext(c, r, r, 20, 11);
    addiu(c, r, r, -LEAST_EXPONENT);
    sltiu(c, r, r, 2048 - LEAST_EXPONENT - LEAST_EXPONENT);
}

/* To `out` unless product f of a and b is right. Uses r. */
static void test_product(struct tr *t, enum reg r, const struct check_of *of, struct label *out)
{
    struct code *c = &t->c;
    struct label good = {0}, nonzero = {0};
    test_operand(t, r, of->a, out);
    if (of->b != of->a) test_operand(t, r, of->b, out);
    dmfc1(c, r, of->f);
    dsll(c, r, r, 1);
    bne(c, r, ZERO, &nonzero);
    dmfc1(c, r, of->a);
    dsll(c, r, r, 1);
    beq(c, r, ZERO, &good);
    dmfc1(c, r, of->b);
    dsll(c, r, r, 1);
    bne(c, r, ZERO, out);
    nop(c);
    beq(c, ZERO, ZERO, &good);
    nop(c);
    bind_label(c, &nonzero);
    test_exponent(c, r, of->f);
    beq(c, r, ZERO, out);
    nop(c);
    bind_label(c, &good);
}

/* … or product f and its sum with c, which has not been found to be sane. */
static void product_back(struct tr *t, const struct check_of *of, struct label *back)
{
    struct code *c = &t->c;
    struct label out = {0};
    enum reg r = of->zero == ZERO_LOST ? AT : V0; /* ZERO_LOST: the test of the sum is in V0 */
    test_product(t, r, of, &out);
    if (of->zero == ZERO_SUM) {
        test_operand(t, r, of->c, &out);
        dmfc1(c, r, of->sum);
        dsll(c, r, r, 1);
        beq(c, r, ZERO, back);
        nop(c);
    } else {
        beq(c, ZERO, ZERO, back);
        nop(c);
    }
    bind_label(c, &out);
}

void sse_zero_back(struct tr *t, const struct stub *s)
{
    struct code *c = &t->c;
    struct label back = {.bound = (uint32_t *)(uintptr_t)s->back}, out = {0};
    if (s->check.zero == ZERO_OR_WHOLE) {
        other_operand_back(c, s->check.f, &back);
        return;
    }
    if (s->check.zero >= ZERO_PACKED_NONE) {
        sse_packed_back(t, &s->check, &back);
        return;
    }
    if (s->check.zero >= ZERO_PRODUCT) {
        product_back(t, &s->check, &back);
        return;
    }
    test_zero(c, s->check.f, s->check.is_double);
    if (s->check.zero != ZERO_ANY) {
        bne(c, V0, ZERO, &out);
        nop(c);
        test_zero(c, s->check.a, s->check.of_doubles);
    }
    beq(c, V0, ZERO, &back);
    nop(c);
    if (s->check.zero == ZERO_OF_EITHER) {
        test_zero(c, s->check.b, s->check.of_doubles);
        beq(c, V0, ZERO, &back);
        nop(c);
    }
    bind_label(c, &out);
}

void sse_check_whole(struct tr *t, unsigned f, bool is_double)
{
    if (xmm_knowledge(t, f)) return;
    sse_test_whole(t, f, is_double);
    sse_branch(t, (struct check_of){.f = (uint8_t)f, .is_double = is_double});
    xmm_know(t, f, XMM_WHOLE);
}

void sse_check_ordered(struct tr *t, unsigned a, unsigned b, bool is_double)
{
    struct code *c = &t->c;
    if (xmm_knowledge(t, a) & xmm_knowledge(t, b) & XMM_SANE) return;
    (is_double ? c_un_d : c_un_s)(c, a, b);
    struct label *out = exit_by_guard(t);
    t->stub[t->stubs - 1].seldom = true;
    uint32_t slot = slot_word(c, COND_BIT);
    bc1t(c, out);
    emit(c, slot);
    if (!slot) slot_open(c);
}

/* --- operations -------------------------------------------------------------------------------------- */

/* FCSR's flags are those of the x87. */
static bool shares_fcsr(const struct tr *t)
{
    return t->j->dbl && t->j->host.fcsr;
}

void sse_begin_operation(struct tr *t)
{
    if (shares_fcsr(t)) cfc1(&t->c, SCRATCH, FCSR);
}

void sse_end_operation(struct tr *t)
{
    struct code *c = &t->c;
    if (t->sse == SSE_EXACT) {
        cfc1(c, AT, FCSR);
        ext(c, AT, AT, FCSR_CAUSES, 1); /* inexact */
    }
    if (shares_fcsr(t)) ctc1(c, SCRATCH, FCSR);
    if (t->sse != SSE_EXACT) return;
    bne(c, AT, ZERO, exit_to_record(t, t->trace->item[t->k].rec));
    nop(c);
}

/* --- memory ------------------------------------------------------------------------------------------ */

void sse_load(struct tr *t, const struct insn *i, unsigned f, bool is_double)
{
    struct code *c = &t->c;
    struct address a = emit_address(t, i);
    if (!(i->prefix & PFX_MISALIGNED)) {
        state_mark(t);
        order_load(t);
        (is_double ? ldc1 : lwc1)(c, f, a.offset, a.base);
    } else if (is_double) {
        x87_load64(t, i, V0, a);
        dmtc1(c, V0, f);
    } else {
        emit_load(t, i, V0, a, 32, true);
        mtc1(c, V0, f);
    }
}

void sse_store(struct tr *t, const struct insn *i, unsigned f, bool is_double)
{
    struct code *c = &t->c;
    struct address a = emit_address(t, i);
    if (!(i->prefix & PFX_MISALIGNED)) {
        state_mark(t);
        order_store(t);
        (is_double ? sdc1 : swc1)(c, f, a.offset, a.base);
    } else if (is_double) {
        dmfc1(c, V0, f);
        x87_store64(t, i, V0, a);
    } else {
        mfc1(c, V0, f);
        emit_store(t, i, V0, a, 32);
    }
}

unsigned sse_operand(struct tr *t, const struct insn *i, bool is_double)
{
    if (i->form != FORM_RM) return xmm_low(t, i->src, is_double);
    unsigned f = xmm_new(t);
    sse_load(t, i, f, is_double);
    return f;
}

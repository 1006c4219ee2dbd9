/* A product of doubles and its sum with another, two items at once. Neither the product nor what is added is
 * looked at: a sum found to be sane that differs from both its operands shows that they are normal numbers,
 * as the lesser would be lost in it. */
#include "jit/mips64/effects.h"
#include "jit/mips64/simd_emit.h"

/* The record after multiplication i, if it adds the product, or takes it from another register. */
static const struct insn *next_sum(const struct tr *t, const struct insn *i)
{
    const struct insn *next = item_ahead(t, 1);
    const struct item *it = &t->trace->item[t->k];
    if (!next || i->op != OP_MULSD || (next->op != OP_ADDSD && next->op != OP_SUBSD)) return NULL;
    if (it[1].block != it->block || it[1].loops || is_left_to_helper(t, t->k + 1)) return NULL;
    if (next->dst == i->dst)
        return next->op == OP_ADDSD && (next->form == FORM_RM || next->src != i->dst) ? next : NULL;
    return next->form == FORM_RR && next->src == i->dst ? next : NULL;
}

/* Tests factors a and b, as far as that is necessary, and computes p = a * b. */
static void multiply(struct tr *t, unsigned p, unsigned a, unsigned b)
{
    bool of_a = sse_must_test_factor(t, a, b), of_b = sse_must_test_factor(t, b, a);
    unsigned last = of_b ? b : a;
    if (of_a && of_b) sse_check_whole(t, a, true);
    if (of_a || of_b) sse_test_whole(t, last, true);
    mul_d(&t->c, p, a, b);
    if (!of_a && !of_b) return;
    sse_branch(t, (struct check_of){.f = (uint8_t)last, .is_double = true});
    xmm_know(t, last, XMM_WHOLE);
}

/* A way out by a check; the instruction before it goes to its delay slot, even if it is a compare. */
static void branch_if_equal(struct tr *t, struct check_of of)
{
    struct code *c = &t->c;
    uint32_t slot = slot_word(c, 0);
    struct label *out = exit_by_guard(t);
    struct stub *s = &t->stub[t->stubs - 1];
    s->last = (uint16_t)(t->k + 1);
    s->seldom = true;
    s->check = of;
    bc1t(c, out);
    emit(c, slot);
    s->back = c->at;
    code_fence(c);
}

/* of_c: what is added to the product may be a denormal. */
static void check(struct tr *t, struct check_of of, bool of_c)
{
    struct code *c = &t->c;
    enum reg word = emit_word(t, sse_sane_word(true));
    c_eq_d(c, of.sum, of_c ? of.f : of.c);
    mfhc1(c, V0, of.sum);
    if (of_c) {
        c_eq_d(c, of.sum, of.c);
        branch_if_equal(t, (struct check_of){.f = of.c, .zero = ZERO_OR_WHOLE, .is_double = true});
    }
    sse_sane_bits(c, word, true);
    of.zero = ZERO_LOST;
    branch_if_equal(t, of);
    of.zero = ZERO_SUM;
    sse_branch(t, of);
    t->stub[t->stubs - 1].last = (uint16_t)(t->k + 1);
}

bool sse_fused(struct tr *t, const struct insn *i)
{
    const struct insn *next = next_sum(t, i);
    struct code *c = &t->c;
    if (!next || t->sse != SSE_INEXACT) return false;
    bool adds_to = next->dst != i->dst;
    unsigned b = sse_operand(t, i, true), a = xmm_double(t, i->dst);
    t->ahead = 1;
    unsigned y = adds_to ? xmm_double(t, next->dst) : sse_operand(t, next, true);
    unsigned p = xmm_new(t), s = xmm_new_result(t, next->dst);
    t->ahead = 0;
    bool of_y = !xmm_knowledge(t, y);
    if (of_y && next->op == OP_SUBSD) sse_check_whole(t, y, true);
    sse_begin_operation(t);
    multiply(t, p, a, b);
    (next->op == OP_SUBSD ? sub_d : add_d)(c, s, y, p);
    sse_end_operation(t);
    check(t,
          (struct check_of){.f = (uint8_t)p,
                            .a = (uint8_t)a,
                            .b = (uint8_t)b,
                            .sum = (uint8_t)s,
                            .c = (uint8_t)y,
                            .is_double = true,
                            .of_doubles = true},
          of_y && next->op == OP_ADDSD);
    xmm_know(t, a, XMM_WHOLE);
    xmm_know(t, b, XMM_WHOLE);
    xmm_know(t, y, XMM_WHOLE);
    if (adds_to) {
        xmm_set(t, i->dst, p, true);
        xmm_know(t, p, XMM_WHOLE);
    }
    xmm_set(t, next->dst, s, true);
    xmm_know(t, s, XMM_SANE);
    item_advance(t);
    return true;
}

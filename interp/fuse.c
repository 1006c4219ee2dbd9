/* Fused handlers: a compare (or another operation that sets flags) and the conditional jump after it, as
 * one. Record i is the first, i + 1 the jump, i + 2 its fall-through exit. */
#include "interp/engine_fast.h"

#include "interp/alu.h"
#include "interp/sem.h"

/* The condition straight from the operands of a compare, without making flags. */
static inline __attribute__((always_inline)) bool compare(unsigned cc, uint32_t a, uint32_t b, int bits)
{
    int64_t sa = sext(a, bits), sb = sext(b, bits);
    switch (cc) {
    case CC_B: return a < b;
    case CC_AE: return a >= b;
    case CC_E: return a == b;
    case CC_NE: return a != b;
    case CC_BE: return a <= b;
    case CC_A: return a > b;
    case CC_S: return sext((uint64_t)a - b, bits) < 0;
    case CC_NS: return sext((uint64_t)a - b, bits) >= 0;
    case CC_L: return sa < sb;
    case CC_GE: return sa >= sb;
    case CC_LE: return sa <= sb;
    default: return sa > sb;
    }
}

/* The same from a result whose CF and OF are 0 (TEST, AND), or are not asked for. */
static inline __attribute__((always_inline)) bool sign(unsigned cc, uint32_t r, int bits)
{
    return compare(cc, r, 0, bits);
}

#define BRANCH(taken)                          \
    do {                                       \
        if (taken) JUMP(i[1].to, i[1].imm);    \
        FOLLOW(i[2].to, insn_next_eip(i + 1)); \
    } while (0)

/* CMP or TEST of every operand form with one condition; _f also leaves the flags. */
#define COMPARE_JUMP(op, bits, name, cc, form, get_a, get_b)                    \
    HANDLER(name##bits##_##form##_##cc)                                         \
    {                                                                           \
        uint32_t b = get_b, a = get_a;                                          \
        BRANCH(op == OP_CMP ? compare(cc, a, b, bits) : sign(cc, a & b, bits)); \
    }                                                                           \
    HANDLER(name##bits##_##form##_##cc##_f)                                     \
    {                                                                           \
        uint32_t b = get_b, a = get_a;                                          \
        alu(cpu, op, a, b, bits, true);                                         \
        BRANCH(op == OP_CMP ? compare(cc, a, b, bits) : sign(cc, a & b, bits)); \
    }

#define FORMS_OF(op, bits, name, cc)                                                                   \
    COMPARE_JUMP(op, bits, name, cc, rr, reg(cpu, i->dst, bits), reg(cpu, i->src, bits))               \
    COMPARE_JUMP(op, bits, name, cc, ri, reg(cpu, i->dst, bits), trunc_bits(i->imm, bits))             \
    COMPARE_JUMP(op, bits, name, cc, rm, reg(cpu, i->dst, bits), load(ctx, address_sib(cpu, i), bits)) \
    COMPARE_JUMP(op, bits, name, cc, mr, load(ctx, address_sib(cpu, i), bits), reg(cpu, i->src, bits)) \
    COMPARE_JUMP(op, bits, name, cc, mi, load(ctx, address_sib(cpu, i), bits), trunc_bits(i->imm, bits))

// clang-format off
#define CONDITIONS(X, op, bits, name)                                                                    \
    X(op, bits, name, 2)  X(op, bits, name, 3)  X(op, bits, name, 4)  X(op, bits, name, 5)               \
    X(op, bits, name, 6)  X(op, bits, name, 7)  X(op, bits, name, 8)  X(op, bits, name, 9)               \
    X(op, bits, name, 12) X(op, bits, name, 13) X(op, bits, name, 14) X(op, bits, name, 15)
// clang-format on

CONDITIONS(FORMS_OF, OP_CMP, 32, cmp)
CONDITIONS(FORMS_OF, OP_CMP, 8, cmp)
CONDITIONS(FORMS_OF, OP_CMP, 16, cmp)
CONDITIONS(FORMS_OF, OP_TEST, 32, test)
CONDITIONS(FORMS_OF, OP_TEST, 8, test)

/* Register results followed by a jump on ZF or SF: AND, and the steps and sums of loops. */
#define RESULT_JUMP(op, bits, name, cc, form, get_b)                           \
    HANDLER(name##bits##_##form##_##cc)                                        \
    {                                                                          \
        uint32_t r = alu(cpu, op, reg(cpu, i->dst, bits), get_b, bits, false); \
        set_reg(cpu, i->dst, r, bits);                                         \
        BRANCH(sign(cc, r, bits));                                             \
    }                                                                          \
    HANDLER(name##bits##_##form##_##cc##_f)                                    \
    {                                                                          \
        uint32_t r = alu(cpu, op, reg(cpu, i->dst, bits), get_b, bits, true);  \
        set_reg(cpu, i->dst, r, bits);                                         \
        BRANCH(sign(cc, r, bits));                                             \
    }

#define RESULTS(op, name, form, get_b)        \
    RESULT_JUMP(op, 32, name, 4, form, get_b) \
    RESULT_JUMP(op, 32, name, 5, form, get_b) \
    RESULT_JUMP(op, 32, name, 8, form, get_b) RESULT_JUMP(op, 32, name, 9, form, get_b)

RESULTS(OP_AND, and, rr, reg(cpu, i->src, 32))
RESULTS(OP_AND, and, ri, i->imm)
RESULTS(OP_SUB, sub, rr, reg(cpu, i->src, 32))
RESULTS(OP_SUB, sub, ri, i->imm)
RESULTS(OP_ADD, add, rr, reg(cpu, i->src, 32))
RESULTS(OP_ADD, add, ri, i->imm)
RESULTS(OP_OR, or, rr, reg(cpu, i->src, 32))
RESULTS(OP_XOR, xor, rr, reg(cpu, i->src, 32))
RESULTS(OP_DEC, dec, r, 0)
RESULTS(OP_INC, inc, r, 0)

/* --- choice ------------------------------------------------------------------------------------------ */

enum { RR, RI, RM, MR, MI, COMPARE_FORMS };

#define PAIR(h)  \
    {            \
        h, h##_f \
    }
#define PICK(op, bits, name, cc)                                                                \
    [cc] = {PAIR(name##bits##_rr_##cc), PAIR(name##bits##_ri_##cc), PAIR(name##bits##_rm_##cc), \
            PAIR(name##bits##_mr_##cc), PAIR(name##bits##_mi_##cc)},
typedef handler_fn *const compare_table[16][COMPARE_FORMS][2];
static compare_table cmp8_jumps = {CONDITIONS(PICK, OP_CMP, 8, cmp)};
static compare_table cmp16_jumps = {CONDITIONS(PICK, OP_CMP, 16, cmp)};
static compare_table cmp32_jumps = {CONDITIONS(PICK, OP_CMP, 32, cmp)};
static compare_table test8_jumps = {CONDITIONS(PICK, OP_TEST, 8, test)};
static compare_table test32_jumps = {CONDITIONS(PICK, OP_TEST, 32, test)};

static compare_table *const compares[2][3] = {{&cmp8_jumps, &cmp16_jumps, &cmp32_jumps},
                                              {&test8_jumps, NULL, &test32_jumps}};

#define RESULT_PICK(h)                                     \
    {                                                      \
        PAIR(h##_4), PAIR(h##_5), PAIR(h##_8), PAIR(h##_9) \
    }
static handler_fn *const results[OP_DEC + 1][2][4][2] = {
    [OP_AND] = {RESULT_PICK(and32_rr), RESULT_PICK(and32_ri)},
    [OP_SUB] = {RESULT_PICK(sub32_rr), RESULT_PICK(sub32_ri)},
    [OP_ADD] = {RESULT_PICK(add32_rr), RESULT_PICK(add32_ri)},
    [OP_OR] = {RESULT_PICK(or32_rr)},
    [OP_XOR] = {RESULT_PICK(xor32_rr)},
    [OP_DEC] = {RESULT_PICK(dec32_r)},
    [OP_INC] = {RESULT_PICK(inc32_r)},
};

handler_fn *SEM(sem_fuse)(const struct insn *first, bool noflags)
{
    static const int8_t compare_form[FORMS] = {
        [FORM_RR] = RR, [FORM_RI] = RI, [FORM_RM] = RM, [FORM_MR] = MR, [FORM_MI] = MI};
    unsigned cc = first[1].aux;
    if (first[1].op != OP_JCC || first->prefix & PFX_LOCK) return NULL;
    if (first->op == OP_CMP || first->op == OP_TEST) {
        compare_table *t = compares[first->op == OP_TEST][first->size];
        return t ? (*t)[cc][compare_form[first->form]][!noflags] : NULL;
    }
    if (first->op > OP_DEC || first->size != S32) return NULL;
    if (first->form != FORM_RR && first->form != FORM_RI && first->form != FORM_R) return NULL;
    static const int8_t column[16] = {[CC_E] = 1, [CC_NE] = 2, [CC_S] = 3, [CC_NS] = 4};
    if (!column[cc]) return NULL;
    return results[first->op][first->form == FORM_RI][column[cc] - 1][!noflags];
}

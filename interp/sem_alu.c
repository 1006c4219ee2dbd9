/* Handlers of the two- and one-operand integer operations, in every operand form and width, with and
 * without flags. What they compute is in alu.h. */
#include ENGINE_H

#include "interp/alu.h"
#include "interp/sem.h"

/* Handlers of one operation and width. Memory forms exist with (_x) and without (_b) an index register. */
#define TWO_OPERANDS(name, op, bits, want)                                                       \
    HANDLER(name##_rr)                                                                           \
    {                                                                                            \
        uint32_t r = alu(cpu, op, reg(cpu, i->dst, bits), reg(cpu, i->src, bits), bits, want);   \
        if (alu_writes(op)) set_reg(cpu, i->dst, r, bits);                                       \
        NEXT;                                                                                    \
    }                                                                                            \
    HANDLER(name##_ri)                                                                           \
    {                                                                                            \
        uint32_t r = alu(cpu, op, reg(cpu, i->dst, bits), trunc_bits(i->imm, bits), bits, want); \
        if (alu_writes(op)) set_reg(cpu, i->dst, r, bits);                                       \
        NEXT;                                                                                    \
    }                                                                                            \
    TWO_OPERANDS_MEMORY(name, op, bits, want, x, address_sib)                                    \
    TWO_OPERANDS_MEMORY(name, op, bits, want, b, address_base)

#define TWO_OPERANDS_MEMORY(name, op, bits, want, kind, address)                \
    HANDLER(name##_rm_##kind)                                                   \
    {                                                                           \
        uint32_t b = load(ctx, address(cpu, i), bits);                          \
        KEEP(b);                                                                \
        uint32_t r = alu(cpu, op, reg(cpu, i->dst, bits), b, bits, want);       \
        if (alu_writes(op)) set_reg(cpu, i->dst, r, bits);                      \
        NEXT;                                                                   \
    }                                                                           \
    HANDLER(name##_mr_##kind)                                                   \
    {                                                                           \
        gaddr a = address(cpu, i);                                              \
        modify(ctx, op, a, reg(cpu, i->src, bits), bits, want);                 \
        NEXT;                                                                   \
    }                                                                           \
    HANDLER(name##_mi_##kind)                                                   \
    {                                                                           \
        modify(ctx, op, address(cpu, i), trunc_bits(i->imm, bits), bits, want); \
        NEXT;                                                                   \
    }

/* Memory destination: the store may fault, and then flags must be as before: they are set last. */
static inline __attribute__((always_inline)) void modify(CTX, enum op op, gaddr a, uint32_t b, int bits,
                                                         bool want)
{
    uint32_t old = load(ctx, a, bits);
    KEEP(old);
    if (alu_writes(op)) store(ctx, a, alu(cpu, op, old, b, bits, false), bits);
    if (want) alu(cpu, op, old, b, bits, true);
}

#define ONE_OPERAND(name, op, bits, want)                                                \
    HANDLER(name##_r)                                                                    \
    {                                                                                    \
        set_reg(cpu, i->dst, alu(cpu, op, reg(cpu, i->dst, bits), 0, bits, want), bits); \
        NEXT;                                                                            \
    }                                                                                    \
    HANDLER(name##_m)                                                                    \
    {                                                                                    \
        modify(ctx, op, address_sib(cpu, i), 0, bits, want);                             \
        NEXT;                                                                            \
    }

/* All widths, with (f) and without (n) flags. */
#define WIDTHS(shape, name, op)                                                               \
    shape(name##8f, op, 8, true) shape(name##8n, op, 8, false) shape(name##16f, op, 16, true) \
        shape(name##16n, op, 16, false) shape(name##32f, op, 32, true) shape(name##32n, op, 32, false)

WIDTHS(TWO_OPERANDS, add, OP_ADD)
WIDTHS(TWO_OPERANDS, or, OP_OR)
WIDTHS(TWO_OPERANDS, adc, OP_ADC)
WIDTHS(TWO_OPERANDS, sbb, OP_SBB)
WIDTHS(TWO_OPERANDS, and, OP_AND)
WIDTHS(TWO_OPERANDS, sub, OP_SUB)
WIDTHS(TWO_OPERANDS, xor, OP_XOR)
WIDTHS(TWO_OPERANDS, cmp, OP_CMP)
WIDTHS(TWO_OPERANDS, test, OP_TEST)
WIDTHS(ONE_OPERAND, inc, OP_INC)
WIDTHS(ONE_OPERAND, dec, OP_DEC)
WIDTHS(ONE_OPERAND, neg, OP_NEG)
WIDTHS(ONE_OPERAND, not, OP_NOT)

/* --- exchange-and-add, compare-and-exchange ---------------------------------------------------------- */

#define EXCHANGES(bits)                                                              \
    HANDLER(xadd##bits##_rr)                                                         \
    {                                                                                \
        uint32_t a = reg(cpu, i->dst, bits), b = reg(cpu, i->src, bits);             \
        uint32_t r = alu(cpu, OP_XADD, a, b, bits, true);                            \
        set_reg(cpu, i->src, a, bits); /* the sum wins when both are one register */ \
        set_reg(cpu, i->dst, r, bits);                                               \
        NEXT;                                                                        \
    }                                                                                \
    HANDLER(xadd##bits##_mr)                                                         \
    {                                                                                \
        gaddr at = address_sib(cpu, i);                                              \
        uint32_t a = load(ctx, at, bits), b = reg(cpu, i->src, bits);                \
        store(ctx, at, alu(cpu, OP_XADD, a, b, bits, false), bits);                  \
        alu(cpu, OP_XADD, a, b, bits, true);                                         \
        set_reg(cpu, i->src, a, bits);                                               \
        NEXT;                                                                        \
    }                                                                                \
    HANDLER(cmpxchg##bits##_rr)                                                      \
    {                                                                                \
        uint32_t acc = reg(cpu, 0, bits), old = reg(cpu, i->dst, bits);              \
        alu(cpu, OP_CMP, acc, old, bits, true);                                      \
        if (acc == old)                                                              \
            set_reg(cpu, i->dst, reg(cpu, i->src, bits), bits);                      \
        else                                                                         \
            set_reg(cpu, 0, old, bits);                                              \
        NEXT;                                                                        \
    }                                                                                \
    HANDLER(cmpxchg##bits##_mr)                                                      \
    {                                                                                \
        gaddr at = address_sib(cpu, i);                                              \
        uint32_t acc = reg(cpu, 0, bits), old = load(ctx, at, bits);                 \
        /* The destination is written in either case (SDM vol. 2, CMPXCHG). */       \
        store(ctx, at, acc == old ? reg(cpu, i->src, bits) : old, bits);             \
        alu(cpu, OP_CMP, acc, old, bits, true);                                      \
        if (acc != old) set_reg(cpu, 0, old, bits);                                  \
        NEXT;                                                                        \
    }

EXCHANGES(8)
EXCHANGES(16)
EXCHANGES(32)

HANDLER(cmpxchg8b)
{
    gaddr at = address_sib(cpu, i);
    uint64_t old = load64(ctx, at), acc = (uint64_t)cpu->gpr[EDX] << 32 | cpu->gpr[EAX];
    store64(ctx, at, acc == old ? (uint64_t)cpu->gpr[ECX] << 32 | cpu->gpr[EBX] : old);
    flags_set_zf(cpu, acc == old);
    cpu->gpr[EAX] = old;
    cpu->gpr[EDX] = old >> 32;
    NEXT;
}

/* --- choice ------------------------------------------------------------------------------------------ */

enum { RR, RI, RM_X, RM_B, MR_X, MR_B, MI_X, MI_B, TWO_FORMS };

#define TWO_ROW(h)                                                                             \
    {                                                                                          \
        [RR] = h##_rr, [RI] = h##_ri, [RM_X] = h##_rm_x, [RM_B] = h##_rm_b, [MR_X] = h##_mr_x, \
        [MR_B] = h##_mr_b, [MI_X] = h##_mi_x, [MI_B] = h##_mi_b                                \
    }
#define TWO_OP(op, name)                              \
    [op] = {{TWO_ROW(name##8f), TWO_ROW(name##8n)},   \
            {TWO_ROW(name##16f), TWO_ROW(name##16n)}, \
            {TWO_ROW(name##32f), TWO_ROW(name##32n)}}
#define ONE_ROW(h)   \
    {                \
        h##_r, h##_m \
    }
#define ONE_OP(op, name)                                       \
    [op - OP_INC] = {{ONE_ROW(name##8f), ONE_ROW(name##8n)},   \
                     {ONE_ROW(name##16f), ONE_ROW(name##16n)}, \
                     {ONE_ROW(name##32f), ONE_ROW(name##32n)}}

static_assert(OP_TEST == 8 && OP_NOT == OP_INC + 3, "the tables below are indexed by operation");

static handler_fn *const two_operands[OP_TEST + 1][3][2][TWO_FORMS] = {
    TWO_OP(OP_ADD, add), TWO_OP(OP_OR, or),   TWO_OP(OP_ADC, adc), TWO_OP(OP_SBB, sbb),   TWO_OP(OP_AND, and),
    TWO_OP(OP_SUB, sub), TWO_OP(OP_XOR, xor), TWO_OP(OP_CMP, cmp), TWO_OP(OP_TEST, test),
};
static handler_fn *const one_operand[4][3][2][2] = {
    ONE_OP(OP_INC, inc),
    ONE_OP(OP_DEC, dec),
    ONE_OP(OP_NEG, neg),
    ONE_OP(OP_NOT, not ),
};
static handler_fn *const exchanges[2][3][2] = {
    {{xadd8_rr, xadd8_mr}, {xadd16_rr, xadd16_mr}, {xadd32_rr, xadd32_mr}},
    {{cmpxchg8_rr, cmpxchg8_mr}, {cmpxchg16_rr, cmpxchg16_mr}, {cmpxchg32_rr, cmpxchg32_mr}},
};

handler_fn *SEM(sem_alu)(const struct insn *i, bool noflags)
{
    bool indexed = i->rindex != REG_ZERO * 4;
    if (i->prefix & PFX_LOCK) return SEM(sem_lock)(i, noflags);
    if (i->op == OP_CMPXCHG8B) return cmpxchg8b;
    if (i->op == OP_XADD || i->op == OP_CMPXCHG)
        return exchanges[i->op == OP_CMPXCHG][i->size][i->form == FORM_MR];
    if (i->op >= OP_INC) return one_operand[i->op - OP_INC][i->size][noflags][i->form == FORM_M];
    static const uint8_t row[FORMS] = {
        [FORM_RR] = RR, [FORM_RI] = RI, [FORM_RM] = RM_X, [FORM_MR] = MR_X, [FORM_MI] = MI_X};
    unsigned r = row[i->form];
    return two_operands[i->op][i->size][noflags][r >= RM_X && !indexed ? r + 1 : r];
}

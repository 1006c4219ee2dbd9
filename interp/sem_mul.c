/* Multiplication and division. Flags that the manual leaves undefined: SF follows the low half's sign and
 * ZF, AF are cleared after a multiplication, PF is the low byte's; a division leaves all flags alone. */
#include ENGINE_H

#include "interp/sem.h"

static void set_product_flags(struct cpu *cpu, uint32_t low, bool overflow, int bits)
{
    flags_set(cpu, 0);
    cpu->flag_res = sext(low, bits);
    if (low == 0) flags_set(cpu, FL_PF); /* a zero result with ZF clear */
    flags_set_cf_of(cpu, overflow, overflow);
}

/* AX, DX:AX or EDX:EAX = accumulator * v. */
static inline void multiply(struct cpu *cpu, uint32_t v, bool is_signed, int bits, bool want)
{
    uint32_t acc = reg(cpu, 0, bits);
    uint64_t r = is_signed ? (uint64_t)(sext(acc, bits) * sext(v, bits)) : (uint64_t)acc * v;
    uint32_t low = trunc_bits(r, bits);
    bool overflow = is_signed ? (int64_t)r != sext(r, bits) : r >> bits != 0;
    if (bits == 8) {
        set_reg(cpu, 4 * EAX, r, 16);
    } else {
        set_reg(cpu, 4 * EAX, low, bits);
        set_reg(cpu, 4 * EDX, r >> bits, bits);
    }
    if (want) set_product_flags(cpu, low, overflow, bits);
}

/* Two- and three-operand IMUL: the low half goes to dst. */
static inline void multiply_to(struct cpu *cpu, unsigned dst, uint32_t a, uint32_t b, int bits, bool want)
{
    int64_t r = sext(a, bits) * sext(b, bits);
    set_reg(cpu, dst, r, bits);
    if (want) set_product_flags(cpu, trunc_bits(r, bits), r != sext(r, bits), bits);
}

/* false: #DE. */
static inline bool divide_unsigned(struct cpu *cpu, uint32_t by, int bits)
{
    uint64_t n = bits == 8 ? reg(cpu, 4 * EAX, 16)
                           : (uint64_t)reg(cpu, 4 * EDX, bits) << bits | reg(cpu, 4 * EAX, bits);
    if (by == 0 || n / by >> bits) return false;
    set_reg(cpu, 4 * EAX, n / by, bits);
    set_reg(cpu, bits == 8 ? 1 : 4 * EDX, n % by, bits); /* AH is at offset 1 */
    return true;
}

static inline bool divide_signed(struct cpu *cpu, uint32_t by32, int bits)
{
    int64_t n = bits == 8
                    ? sext(reg(cpu, 4 * EAX, 16), 16)
                    : sext((uint64_t)reg(cpu, 4 * EDX, bits) << bits | reg(cpu, 4 * EAX, bits), 2 * bits);
    int64_t by = sext(by32, bits);
    if (by == 0 || (by == -1 && n == INT64_MIN)) return false;
    if (n / by != sext(n / by, bits)) return false;
    set_reg(cpu, 4 * EAX, n / by, bits);
    set_reg(cpu, bits == 8 ? 1 : 4 * EDX, n % by, bits);
    return true;
}

#define ONE_OPERAND(bits, form, get)                           \
    HANDLER(mul##bits##f_##form)                               \
    {                                                          \
        multiply(cpu, get, false, bits, true);                 \
        NEXT;                                                  \
    }                                                          \
    HANDLER(mul##bits##n_##form)                               \
    {                                                          \
        multiply(cpu, get, false, bits, false);                \
        NEXT;                                                  \
    }                                                          \
    HANDLER(imul##bits##f_##form)                              \
    {                                                          \
        multiply(cpu, get, true, bits, true);                  \
        NEXT;                                                  \
    }                                                          \
    HANDLER(imul##bits##n_##form)                              \
    {                                                          \
        multiply(cpu, get, true, bits, false);                 \
        NEXT;                                                  \
    }                                                          \
    HANDLER(div##bits##_##form)                                \
    {                                                          \
        if (!divide_unsigned(cpu, get, bits)) TRAP(VEC_DE, 0); \
        NEXT;                                                  \
    }                                                          \
    HANDLER(idiv##bits##_##form)                               \
    {                                                          \
        if (!divide_signed(cpu, get, bits)) TRAP(VEC_DE, 0);   \
        NEXT;                                                  \
    }

#define BOTH(bits)                               \
    ONE_OPERAND(bits, r, reg(cpu, i->dst, bits)) \
    ONE_OPERAND(bits, m, load(ctx, address_sib(cpu, i), bits))
BOTH(8)
BOTH(16)
BOTH(32)

#define IMUL_TO(name, bits, want)                                                                           \
    HANDLER(name##_rr)                                                                                      \
    {                                                                                                       \
        multiply_to(cpu, i->dst, reg(cpu, i->dst, bits), reg(cpu, i->src, bits), bits, want);               \
        NEXT;                                                                                               \
    }                                                                                                       \
    HANDLER(name##_rm)                                                                                      \
    {                                                                                                       \
        multiply_to(cpu, i->dst, reg(cpu, i->dst, bits), load(ctx, address_sib(cpu, i), bits), bits, want); \
        NEXT;                                                                                               \
    }                                                                                                       \
    HANDLER(name##_rri)                                                                                     \
    {                                                                                                       \
        multiply_to(cpu, i->dst, reg(cpu, i->src, bits), i->imm, bits, want);                               \
        NEXT;                                                                                               \
    }                                                                                                       \
    HANDLER(name##_rmi)                                                                                     \
    {                                                                                                       \
        multiply_to(cpu, i->dst, load(ctx, address_sib(cpu, i), bits), i->imm, bits, want);                 \
        NEXT;                                                                                               \
    }
IMUL_TO(imul16f, 16, true)
IMUL_TO(imul16n, 16, false)
IMUL_TO(imul32f, 32, true)
IMUL_TO(imul32n, 32, false)

#define RM(h)        \
    {                \
        h##_r, h##_m \
    }
#define FLAGGED(op)                                           \
    {                                                         \
        {RM(op##8f), RM(op##8n)}, {RM(op##16f), RM(op##16n)}, \
        {                                                     \
            RM(op##32f), RM(op##32n)                          \
        }                                                     \
    }
static handler_fn *const products[2][3][2][2] = {FLAGGED(mul), FLAGGED(imul)};
static handler_fn *const quotients[2][3][2] = {{RM(div8), RM(div16), RM(div32)},
                                               {RM(idiv8), RM(idiv16), RM(idiv32)}};

#define TO(h)                \
    {                        \
        {h##_rr, h##_rm},    \
        {                    \
            h##_rri, h##_rmi \
        }                    \
    }
static handler_fn *const imuls[2][2][2][2] = {{TO(imul16f), TO(imul16n)}, {TO(imul32f), TO(imul32n)}};

handler_fn *SEM(sem_mul)(const struct insn *i, bool noflags)
{
    bool m = form_has_memory(i->form);
    switch (i->op) {
    case OP_MUL:
    case OP_IMUL: return products[i->op == OP_IMUL][i->size][noflags][m];
    case OP_IMUL2:
    case OP_IMUL3: return imuls[i->size == S32][noflags][i->op == OP_IMUL3][m];
    default: return quotients[i->op == OP_IDIV][i->size][m];
    }
}

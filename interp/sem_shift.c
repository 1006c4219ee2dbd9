/* Shifts and rotates. A count of 0 changes nothing, flags included. Where the manual leaves OF undefined
 * (counts above 1) it is what the count-1 rule gives on the result, as Intel CPUs do. */
#include ENGINE_H

#include "interp/sem.h"

struct shifted {
    uint32_t value;
    unsigned cf, of;
};

static inline unsigned msb(uint32_t v, int bits)
{
    return v >> (bits - 1) & 1;
}

/* One operation on zero-extended `a` with 1 <= count <= 31 (RCL, RCR: count modulo bits + 1, not 0). */
static inline __attribute__((always_inline)) struct shifted shift(enum op op, uint32_t a, unsigned count,
                                                                  unsigned cf, int bits)
{
    struct shifted r;
    uint64_t wide;
    unsigned turn = count & (bits - 1);
    switch (op) {
    case OP_SHL:
        wide = (uint64_t)a << count;
        r = (struct shifted){wide, wide >> bits & 1, 0};
        r.of = msb(wide, bits) ^ r.cf;
        break;
    case OP_SHR:
        r = (struct shifted){(uint64_t)a >> count, (uint64_t)a >> (count - 1) & 1, msb(a, bits)};
        break;
    case OP_SAR: r = (struct shifted){sext(a, bits) >> count, sext(a, bits) >> (count - 1) & 1, 0}; break;
    case OP_ROL:
        r.value = turn ? a << turn | a >> (bits - turn) : a;
        r.cf = r.value & 1;
        r.of = msb(r.value, bits) ^ r.cf;
        break;
    case OP_ROR:
        r.value = turn ? a >> turn | a << (bits - turn) : a;
        r.cf = msb(r.value, bits);
        r.of = r.cf ^ (r.value >> (bits - 2) & 1);
        break;
    case OP_RCL:
        wide = (uint64_t)cf << bits | a;
        wide = wide << count | wide >> (bits + 1 - count);
        r = (struct shifted){wide, wide >> bits & 1, 0};
        r.of = msb(wide, bits) ^ r.cf;
        break;
    default: /* RCR */
        wide = (uint64_t)cf << bits | a;
        wide = wide >> count | wide << (bits + 1 - count);
        r = (struct shifted){wide, wide >> bits & 1, 0};
        r.of = msb(wide, bits) ^ (wide >> (bits - 2) & 1);
        break;
    }
    r.value = trunc_bits(r.value, bits);
    return r;
}

static inline bool through_carry(enum op op)
{
    return op == OP_RCL || op == OP_RCR;
}

/* Count as the operation sees it: 5 bits, then modulo the ring for RCL and RCR. */
static inline unsigned effective(enum op op, unsigned count, int bits)
{
    count &= 31;
    return through_carry(op) && bits < 32 ? count % (bits + 1) : count;
}

static inline void set_flags(struct cpu *cpu, enum op op, struct shifted r, int bits)
{
    if (op == OP_SHL || op == OP_SHR || op == OP_SAR) flags_logic(cpu, r.value, bits);
    flags_set_cf_of(cpu, r.cf, r.of);
}

#define SHIFT(name, op, bits, want)                           \
    SHIFT_REG(name##_rr, op, bits, want, reg(cpu, i->src, 8)) \
    SHIFT_REG(name##_ri, op, bits, want, i->imm)              \
    SHIFT_MEM(name##_mr, op, bits, want, reg(cpu, i->src, 8)) \
    SHIFT_MEM(name##_mi, op, bits, want, i->imm)

#define SHIFT_REG(name, op, bits, want, by)                                                  \
    HANDLER(name)                                                                            \
    {                                                                                        \
        unsigned count = effective(op, by, bits);                                            \
        if (count) {                                                                         \
            struct shifted r = shift(op, reg(cpu, i->dst, bits), count, flag_cf(cpu), bits); \
            set_reg(cpu, i->dst, r.value, bits);                                             \
            if (want) set_flags(cpu, op, r, bits);                                           \
        }                                                                                    \
        NEXT;                                                                                \
    }

#define SHIFT_MEM(name, op, bits, want, by)                       \
    HANDLER(name)                                                 \
    {                                                             \
        gaddr at = address_sib(cpu, i);                           \
        unsigned count = effective(op, by, bits);                 \
        uint32_t old = load(ctx, at, bits);                       \
        struct shifted r = {old, 0, 0};                           \
        if (count) r = shift(op, old, count, flag_cf(cpu), bits); \
        store(ctx, at, r.value, bits);                            \
        if (want && count) set_flags(cpu, op, r, bits);           \
        NEXT;                                                     \
    }

#define SHIFT_WIDTHS(name, op)     \
    SHIFT(name##8f, op, 8, true)   \
    SHIFT(name##8n, op, 8, false)  \
    SHIFT(name##16f, op, 16, true) \
    SHIFT(name##16n, op, 16, false) SHIFT(name##32f, op, 32, true) SHIFT(name##32n, op, 32, false)

SHIFT_WIDTHS(rol, OP_ROL)
SHIFT_WIDTHS(ror, OP_ROR)
SHIFT_WIDTHS(rcl, OP_RCL)
SHIFT_WIDTHS(rcr, OP_RCR)
SHIFT_WIDTHS(shl, OP_SHL)
SHIFT_WIDTHS(shr, OP_SHR)
SHIFT_WIDTHS(sar, OP_SAR)

/* --- double shifts ----------------------------------------------------------------------------------- */

/* a:b shifted left or b:a right by 1 <= count <= 31. For 16 bits and counts above 16 the result is
 * undefined; CPUs shift the 48-bit a:b:a. */
static inline struct shifted double_shift(bool left, uint32_t a, uint32_t b, unsigned count, int bits)
{
    struct shifted r;
    if (left) {
        uint64_t wide = bits == 32 ? (uint64_t)a << 32 | b : (uint64_t)a << 32 | (uint64_t)b << 16 | a;
        int top = bits == 32 ? 64 : 48;
        r.value = wide << count >> (top - bits);
        r.cf = wide >> (top - count) & 1;
    } else {
        uint64_t wide = bits == 32 ? (uint64_t)b << 32 | a : (uint64_t)a << 32 | (uint64_t)b << 16 | a;
        r.value = wide >> count;
        r.cf = wide >> (count - 1) & 1;
    }
    r.value = trunc_bits(r.value, bits);
    r.of = msb(a, bits) ^ msb(r.value, bits);
    return r;
}

#define DOUBLE_SHIFT(name, left, bits, by)                                                       \
    HANDLER(name##_rr)                                                                           \
    {                                                                                            \
        unsigned count = (by)&31;                                                                \
        if (count) {                                                                             \
            struct shifted r =                                                                   \
                double_shift(left, reg(cpu, i->dst, bits), reg(cpu, i->src, bits), count, bits); \
            set_reg(cpu, i->dst, r.value, bits);                                                 \
            set_flags(cpu, OP_SHL, r, bits);                                                     \
        }                                                                                        \
        NEXT;                                                                                    \
    }                                                                                            \
    HANDLER(name##_mr)                                                                           \
    {                                                                                            \
        gaddr at = address_sib(cpu, i);                                                          \
        unsigned count = (by)&31;                                                                \
        uint32_t old = load(ctx, at, bits);                                                      \
        struct shifted r = {old, 0, 0};                                                          \
        if (count) r = double_shift(left, old, reg(cpu, i->src, bits), count, bits);             \
        store(ctx, at, r.value, bits);                                                           \
        if (count) set_flags(cpu, OP_SHL, r, bits);                                              \
        NEXT;                                                                                    \
    }

DOUBLE_SHIFT(shld16, true, 16, i->imm)
DOUBLE_SHIFT(shld32, true, 32, i->imm)
DOUBLE_SHIFT(shrd16, false, 16, i->imm)
DOUBLE_SHIFT(shrd32, false, 32, i->imm)
DOUBLE_SHIFT(shld16_cl, true, 16, reg(cpu, 4 * ECX, 8))
DOUBLE_SHIFT(shld32_cl, true, 32, reg(cpu, 4 * ECX, 8))
DOUBLE_SHIFT(shrd16_cl, false, 16, reg(cpu, 4 * ECX, 8))
DOUBLE_SHIFT(shrd32_cl, false, 32, reg(cpu, 4 * ECX, 8))

/* --- choice ------------------------------------------------------------------------------------------ */

#define SHIFT_ROW(h)                   \
    {                                  \
        h##_rr, h##_ri, h##_mr, h##_mi \
    }
#define SHIFT_OP(name)                                                                            \
    {                                                                                             \
        {SHIFT_ROW(name##8f), SHIFT_ROW(name##8n)}, {SHIFT_ROW(name##16f), SHIFT_ROW(name##16n)}, \
            {SHIFT_ROW(name##32f), SHIFT_ROW(name##32n)},                                         \
    }
static handler_fn *const shifts[7][3][2][4] = {SHIFT_OP(rol), SHIFT_OP(ror), SHIFT_OP(rcl), SHIFT_OP(rcr),
                                               SHIFT_OP(shl), SHIFT_OP(shr), SHIFT_OP(sar)};
static_assert(OP_SAR == OP_ROL + 6 && OP_SHRD_CL == OP_SHLD + 3, "the tables are indexed by operation");

static handler_fn *const doubles[4][2][2] = {
    {{shld16_rr, shld16_mr}, {shld32_rr, shld32_mr}},
    {{shrd16_rr, shrd16_mr}, {shrd32_rr, shrd32_mr}},
    {{shld16_cl_rr, shld16_cl_mr}, {shld32_cl_rr, shld32_cl_mr}},
    {{shrd16_cl_rr, shrd16_cl_mr}, {shrd32_cl_rr, shrd32_cl_mr}},
};

handler_fn *SEM(sem_shift)(const struct insn *i, bool noflags)
{
    static const uint8_t row[FORMS] = {[FORM_RR] = 0, [FORM_RI] = 1, [FORM_MR] = 2, [FORM_MI] = 3};
    if (i->op >= OP_SHLD) return doubles[i->op - OP_SHLD][i->size == S32][i->form == FORM_MR];
    return shifts[i->op - OP_ROL][i->size][noflags][row[i->form]];
}

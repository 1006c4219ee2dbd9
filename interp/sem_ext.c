/* Later extensions on general registers: bit counts, movbe, crc32, movnti. */
#include ENGINE_H

#include "interp/sem.h"
#include "interp/simd.h"

/* The width in bits of the operands, by the record's size. */
static inline int width(const struct insn *i)
{
    return i->size == SIMD_B1 ? 8 : i->size == SIMD_B2 ? 16 : 32;
}

static inline uint32_t source(CTX)
{
    int bits = width(i);
    if (i->form == FORM_RR) return reg(cpu, i->src, bits);
    gaddr a = address_sib(cpu, i);
    return bits == 8 ? load(ctx, a, 8) : bits == 16 ? load(ctx, a, 16) : load(ctx, a, 32);
}

static inline void set_result(struct cpu *cpu, const struct insn *i, uint32_t v)
{
    if (i->size == SIMD_B2)
        set_reg(cpu, i->dst, v, 16);
    else
        set_reg(cpu, i->dst, v, 32);
}

HANDLER(popcnt)
{
    uint32_t v = source(ctx);
    set_result(cpu, i, (uint32_t)__builtin_popcount(v));
    flags_set(cpu, v ? 0 : FL_ZF);
    NEXT;
}

/* Without a bit the result is the width, and CF says so. */
static inline void count_zeros(struct cpu *cpu, const struct insn *i, uint32_t v, uint32_t n)
{
    uint32_t result = v ? n : (uint32_t)width(i);
    set_result(cpu, i, result);
    flags_set(cpu, (v ? 0 : FL_CF) | (result ? 0 : FL_ZF));
}

HANDLER(tzcnt)
{
    uint32_t v = source(ctx);
    count_zeros(cpu, i, v, v ? (uint32_t)__builtin_ctz(v) : 0);
    NEXT;
}

HANDLER(lzcnt)
{
    uint32_t v = source(ctx);
    count_zeros(cpu, i, v, v ? (uint32_t)(__builtin_clz(v) - (32 - width(i))) : 0);
    NEXT;
}

static inline uint32_t swapped(uint32_t v, int bits)
{
    return __builtin_bswap32(v) >> (32 - bits);
}

HANDLER(movbe_load)
{
    uint32_t v = source(ctx);
    set_result(cpu, i, swapped(v, width(i)));
    NEXT;
}

HANDLER(movbe_store)
{
    gaddr a = address_sib(cpu, i);
    uint32_t v = reg(cpu, i->src, 32);
    if (i->size == SIMD_B2)
        store(ctx, a, swapped(v, 16), 16);
    else
        store(ctx, a, swapped(v, 32), 32);
    NEXT;
}

HANDLER(movnti)
{
    store(ctx, address_sib(cpu, i), reg(cpu, i->src, 32), 32);
    NEXT;
}

HANDLER(crc32)
{
    uint32_t v = source(ctx);
    set_reg(cpu, i->dst, simd_crc32(reg(cpu, i->dst, 32), v, (unsigned)width(i)), 32);
    NEXT;
}

handler_fn *SEM(sem_ext)(const struct insn *i, bool noflags)
{
    (void)noflags;
    switch (i->op) {
    case OP_POPCNT: return popcnt;
    case OP_TZCNT: return tzcnt;
    case OP_LZCNT: return lzcnt;
    case OP_MOVBE: return i->form == FORM_MR ? movbe_store : movbe_load;
    case OP_MOVNTI: return movnti;
    default: return crc32;
    }
}

/* LOCK-prefixed operations and XCHG with memory: atomic on the host for aligned operands. */
#include ENGINE_H

#include "interp/alu.h"
#include "interp/sem.h"

/* What operation i leaves in memory that holds `old`. */
static uint32_t replacement(struct cpu *cpu, const struct insn *i, uint32_t old, int bits)
{
    uint32_t b = i->form == FORM_MI ? trunc_bits(i->imm, bits) : reg(cpu, i->src, bits);
    if (i->op == OP_XCHG) return b;
    if (i->op == OP_CMPXCHG) return reg(cpu, 0, bits) == old ? b : old;
    return alu(cpu, i->op, old, b, bits, false);
}

/* Flags and registers after operation i found `old`. */
static void finish(struct cpu *cpu, const struct insn *i, uint32_t old, int bits)
{
    uint32_t b = i->form == FORM_MI ? trunc_bits(i->imm, bits) : reg(cpu, i->src, bits);
    if (i->op == OP_CMPXCHG) {
        alu(cpu, OP_CMP, reg(cpu, 0, bits), old, bits, true);
        if (reg(cpu, 0, bits) != old) set_reg(cpu, 0, old, bits);
        return;
    }
    if (i->op != OP_XCHG) alu(cpu, i->op, old, b, bits, true);
    if (i->op == OP_XCHG || i->op == OP_XADD) set_reg(cpu, i->src, old, bits);
}

#define LOCKED(bits)                                                         \
    HANDLER(locked##bits)                                                    \
    {                                                                        \
        gaddr a = address_sib(cpu, i);                                       \
        uint32_t old;                                                        \
        do                                                                   \
            old = load(ctx, a, bits);                                        \
        while (!swap_if(ctx, a, old, replacement(cpu, i, old, bits), bits)); \
        finish(cpu, i, old, bits);                                           \
        NEXT;                                                                \
    }

LOCKED(8)
LOCKED(16)
LOCKED(32)

HANDLER(locked_cmpxchg8b)
{
    gaddr a = address_sib(cpu, i);
    uint64_t acc = (uint64_t)cpu->gpr[EDX] << 32 | cpu->gpr[EAX];
    uint64_t new = (uint64_t)cpu->gpr[ECX] << 32 | cpu->gpr[EBX], old;
    do
        old = load64(ctx, a);
    while (!swap_if64(ctx, a, old, old == acc ? new : old));
    flags_set_zf(cpu, old == acc);
    cpu->gpr[EAX] = old;
    cpu->gpr[EDX] = old >> 32;
    NEXT;
}

handler_fn *SEM(sem_lock)(const struct insn *i, bool noflags)
{
    static handler_fn *const by_size[] = {locked8, locked16, locked32};
    (void)noflags;
    return i->op == OP_CMPXCHG8B ? locked_cmpxchg8b : by_size[i->size];
}

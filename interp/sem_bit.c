/* Bit tests and scans, and the instructions that set single flags. */
#include ENGINE_H

#include "interp/sem.h"

static inline uint32_t change(enum op op, uint32_t v, uint32_t mask)
{
    switch (op) {
    case OP_BTS: return v | mask;
    case OP_BTR: return v & ~mask;
    case OP_BTC: return v ^ mask;
    default: return v;
    }
}

/* The address `by` bytes further; 16-bit addresses wrap inside their segment. */
static inline gaddr move_address(const struct cpu *cpu, const struct insn *i, gaddr a, uint32_t by)
{
    if (!(i->prefix & PFX_A16)) return a + by;
    enum sreg s;
    gaddr start = insn_seg(i, &s) ? cpu->seg_base[s] : 0;
    return start + ((a - start + by) & 0xffff);
}

/* With a register offset the bit string reaches beyond the operand: the byte offset is signed (SDM vol. 2,
 * BT). An immediate stays inside. LOCK makes the change atomic. */
#define BIT_TEST(bits)                                                                 \
    HANDLER(bit_reg##bits)                                                             \
    {                                                                                  \
        uint32_t by = i->form == FORM_RI ? i->imm : reg(cpu, i->src, bits);            \
        uint32_t v = reg(cpu, i->dst, bits), mask = 1u << (by & (bits - 1));           \
        if (i->op != OP_BT) set_reg(cpu, i->dst, change(i->op, v, mask), bits);        \
        flags_set_cf(cpu, (v & mask) != 0);                                            \
        NEXT;                                                                          \
    }                                                                                  \
    HANDLER(bit_mem##bits)                                                             \
    {                                                                                  \
        gaddr a = address_sib(cpu, i);                                                 \
        int32_t by = i->form == FORM_MI ? (int32_t)(i->imm & (bits - 1))               \
                                        : (int32_t)sext(reg(cpu, i->src, bits), bits); \
        uint32_t v, mask = 1u << (by & (bits - 1));                                    \
        a = move_address(cpu, i, a, (by >> (bits == 16 ? 4 : 5)) * (bits / 8));        \
        do                                                                             \
            v = load(ctx, a, bits);                                                    \
        while (i->op != OP_BT && !swap_if(ctx, a, v, change(i->op, v, mask), bits));   \
        flags_set_cf(cpu, (v & mask) != 0);                                            \
        NEXT;                                                                          \
    }

/* A zero source sets ZF and leaves the destination, as all CPUs do. The undefined flags: cleared, PF set. */
#define BIT_SCAN(bits)                                                                                   \
    HANDLER(scan##bits)                                                                                  \
    {                                                                                                    \
        uint32_t v = i->form == FORM_RM ? load(ctx, address_sib(cpu, i), bits) : reg(cpu, i->src, bits); \
        flags_set(cpu, v == 0 ? FL_ZF | FL_PF : 0);                                                      \
        if (v) set_reg(cpu, i->dst, i->op == OP_BSF ? __builtin_ctz(v) : 31 - __builtin_clz(v), bits);   \
        NEXT;                                                                                            \
    }

BIT_TEST(16)
BIT_TEST(32)
BIT_SCAN(16)
BIT_SCAN(32)

HANDLER(clc)
{
    flags_set_cf(cpu, 0);
    NEXT;
}

HANDLER(stc)
{
    flags_set_cf(cpu, 1);
    NEXT;
}

HANDLER(cmc)
{
    flags_set_cf(cpu, !flag_cf(cpu));
    NEXT;
}

HANDLER(cld)
{
    cpu->df = 1;
    NEXT;
}

HANDLER(std)
{
    cpu->df = -1;
    NEXT;
}

HANDLER(salc)
{
    set_reg(cpu, 0, flag_cf(cpu) ? 0xff : 0, 8);
    NEXT;
}

handler_fn *SEM(sem_bit)(const struct insn *i, bool noflags)
{
    static handler_fn *const flag_handlers[] = {clc, stc, cmc, cld, std, salc};
    static_assert(OP_SALC == OP_CLC + 5, "order of ops.def");
    bool wide = i->size == S32;
    (void)noflags;
    if (i->op >= OP_CLC) return flag_handlers[i->op - OP_CLC];
    if (i->op == OP_BSF || i->op == OP_BSR) return wide ? scan32 : scan16;
    if (form_has_memory(i->form)) return wide ? bit_mem32 : bit_mem16;
    return wide ? bit_reg32 : bit_reg16;
}

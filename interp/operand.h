/* Register operands and effective addresses of a record; shared by both engines. */
#ifndef INTERP_OPERAND_H
#define INTERP_OPERAND_H

#include "interp/insn.h"

/* Parts of registers are reached by byte offset: types that may alias. */
typedef uint64_t __attribute__((may_alias)) u64_alias;
typedef uint32_t __attribute__((may_alias)) u32_alias;
typedef uint16_t __attribute__((may_alias)) u16_alias;
typedef uint8_t u8_alias; /* character types always may */

static inline uint32_t reg(const struct cpu *cpu, unsigned offset, int bits)
{
    const char *at = (const char *)cpu->gpr + offset;
    if (bits == 8) return *(const u8_alias *)at;
    if (bits == 16) return *(const u16_alias *)at;
    return *(const u32_alias *)at;
}

static inline void set_reg(struct cpu *cpu, unsigned offset, uint32_t v, int bits)
{
    char *at = (char *)cpu->gpr + offset;
    if (bits == 8)
        *(u8_alias *)at = v;
    else if (bits == 16)
        *(u16_alias *)at = v;
    else
        *(u32_alias *)at = v;
}

/* Base + scaled index + displacement. */
static inline gaddr address_sib(const struct cpu *cpu, const struct insn *i)
{
    return reg(cpu, i->rbase, 32) + (reg(cpu, i->rindex, 32) << i->scale) + i->disp;
}

/* Base + displacement: records without an index. */
static inline gaddr address_base(const struct cpu *cpu, const struct insn *i)
{
    return reg(cpu, i->rbase, 32) + i->disp;
}

#endif

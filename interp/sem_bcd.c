/* Decimal adjustment (SDM vol. 2: AAA, AAD, AAM, AAS, DAA, DAS). */
#include ENGINE_H

#include "interp/sem.h"

/* DAA and DAS: al adjusted by 6 and 0x60. */
static void adjust_packed(struct cpu *cpu, bool subtract)
{
    uint32_t al = reg(cpu, 0, 8), old = al;
    unsigned cf = flag_cf(cpu), old_cf = cf, af = flag_af(cpu);
    cf = 0;
    if ((al & 15) > 9 || af) {
        cf = old_cf || (subtract ? al < 6 : al > 0xf9);
        al = subtract ? al - 6 : al + 6;
        af = 1;
    }
    if (old > 0x99 || old_cf) {
        al = subtract ? al - 0x60 : al + 0x60;
        cf = 1;
    }
    set_reg(cpu, 0, al, 8);
    flags_logic(cpu, al & 0xff, 8);
    flags_set(cpu, (flags_get(cpu) & ~(FL_AF | FL_CF)) | (af ? FL_AF : 0) | (cf ? FL_CF : 0));
}

/* AAA and AAS: unpacked digit in AL, carry into AH. */
static void adjust_unpacked(struct cpu *cpu, bool subtract)
{
    uint32_t ax = reg(cpu, 0, 16);
    bool carry = (ax & 15) > 9 || flag_af(cpu);
    if (carry) ax = subtract ? ax - 0x106 : ax + 0x106;
    ax &= 0xff0f;
    set_reg(cpu, 0, ax, 16);
    flags_logic(cpu, ax & 0xff, 8);
    flags_set(cpu, (flags_get(cpu) & ~(FL_AF | FL_CF)) | (carry ? FL_AF | FL_CF : 0));
}

HANDLER(daa)
{
    adjust_packed(cpu, false);
    NEXT;
}

HANDLER(das)
{
    adjust_packed(cpu, true);
    NEXT;
}

HANDLER(aaa)
{
    adjust_unpacked(cpu, false);
    NEXT;
}

HANDLER(aas)
{
    adjust_unpacked(cpu, true);
    NEXT;
}

HANDLER(aam)
{
    uint32_t al = reg(cpu, 0, 8);
    if (i->imm == 0) TRAP(VEC_DE, 0);
    set_reg(cpu, 0, al / i->imm << 8 | al % i->imm, 16);
    flags_logic(cpu, al % i->imm, 8);
    NEXT;
}

HANDLER(aad)
{
    uint32_t al = (reg(cpu, 0, 8) + reg(cpu, 1, 8) * i->imm) & 0xff;
    set_reg(cpu, 0, al, 16);
    flags_logic(cpu, al, 8);
    NEXT;
}

handler_fn *SEM(sem_bcd)(const struct insn *i, bool noflags)
{
    static handler_fn *const handlers[] = {daa, das, aaa, aas, aam, aad};
    static_assert(OP_AAD == OP_DAA + 5, "order of ops.def");
    (void)noflags;
    return handlers[i->op - OP_DAA];
}

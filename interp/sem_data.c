/* Data movement: mov, lea, exchange, extension, conditional moves, and what does nothing. */
#include ENGINE_H

#include "interp/sem.h"

#define MOVES(bits)                                                      \
    HANDLER(mov##bits##_rr)                                              \
    {                                                                    \
        set_reg(cpu, i->dst, reg(cpu, i->src, bits), bits);              \
        NEXT;                                                            \
    }                                                                    \
    HANDLER(mov##bits##_ri)                                              \
    {                                                                    \
        set_reg(cpu, i->dst, i->imm, bits);                              \
        NEXT;                                                            \
    }                                                                    \
    MOVES_MEMORY(bits, x, address_sib)                                   \
    MOVES_MEMORY(bits, b, address_base)                                  \
    HANDLER(xchg##bits##_rr)                                             \
    {                                                                    \
        uint32_t a = reg(cpu, i->dst, bits), b = reg(cpu, i->src, bits); \
        set_reg(cpu, i->dst, b, bits);                                   \
        set_reg(cpu, i->src, a, bits);                                   \
        NEXT;                                                            \
    }

#define MOVES_MEMORY(bits, kind, address)                             \
    HANDLER(mov##bits##_rm_##kind)                                    \
    {                                                                 \
        set_reg(cpu, i->dst, load(ctx, address(cpu, i), bits), bits); \
        NEXT;                                                         \
    }                                                                 \
    HANDLER(mov##bits##_mr_##kind)                                    \
    {                                                                 \
        store(ctx, address(cpu, i), reg(cpu, i->src, bits), bits);    \
        NEXT;                                                         \
    }                                                                 \
    HANDLER(mov##bits##_mi_##kind)                                    \
    {                                                                 \
        store(ctx, address(cpu, i), i->imm, bits);                    \
        NEXT;                                                         \
    }

MOVES(8)
MOVES(16)
MOVES(32)

/* Zero and sign extension from `from` to `to` bits. */
#define EXTENSION(name, from, to, extend)                                             \
    HANDLER(name##_rr)                                                                \
    {                                                                                 \
        set_reg(cpu, i->dst, extend(reg(cpu, i->src, from), from), to);               \
        NEXT;                                                                         \
    }                                                                                 \
    HANDLER(name##_rm)                                                                \
    {                                                                                 \
        set_reg(cpu, i->dst, extend(load(ctx, address_sib(cpu, i), from), from), to); \
        NEXT;                                                                         \
    }
#define ZERO(v, bits) (v)
EXTENSION(movzx8_16, 8, 16, ZERO)
EXTENSION(movzx8_32, 8, 32, ZERO)
EXTENSION(movzx16_16, 16, 16, ZERO)
EXTENSION(movzx16_32, 16, 32, ZERO)
EXTENSION(movsx8_16, 8, 16, sext)
EXTENSION(movsx8_32, 8, 32, sext)
EXTENSION(movsx16_16, 16, 16, sext)
EXTENSION(movsx16_32, 16, 32, sext)

HANDLER(lea16)
{
    set_reg(cpu, i->dst, address_sib(cpu, i), 16);
    NEXT;
}
HANDLER(lea32_x)
{
    set_reg(cpu, i->dst, address_sib(cpu, i), 32);
    NEXT;
}
HANDLER(lea32_b)
{
    set_reg(cpu, i->dst, address_base(cpu, i), 32);
    NEXT;
}

/* Addresses with a segment base or 16-bit wrap: into REG_EA for the record that follows. */
HANDLER(ea)
{
    enum sreg seg;
    gaddr a = address_sib(cpu, i);
    if (i->prefix & PFX_A16) a &= 0xffff;
    if (insn_seg(i, &seg)) {
        if ((cpu->seg[seg] & ~3) == 0) TRAP(VEC_GP, 0); /* a null selector cannot be used */
        a += cpu->seg_base[seg];
    }
    cpu->gpr[REG_EA] = a;
    NEXT;
}

HANDLER(bswap16)
{
    set_reg(cpu, i->dst, 0, 16);
    NEXT;
} /* undefined; CPUs give 0 */
HANDLER(bswap32)
{
    set_reg(cpu, i->dst, __builtin_bswap32(reg(cpu, i->dst, 32)), 32);
    NEXT;
}
HANDLER(cbw)
{
    set_reg(cpu, 0, sext(reg(cpu, 0, 8), 8), 16);
    NEXT;
}
HANDLER(cwde)
{
    set_reg(cpu, 0, sext(reg(cpu, 0, 16), 16), 32);
    NEXT;
}
HANDLER(cwd)
{
    set_reg(cpu, 4 * EDX, reg(cpu, 1, 8) >> 7 ? 0xffff : 0, 16);
    NEXT;
}
HANDLER(cdq)
{
    set_reg(cpu, 4 * EDX, (int32_t)reg(cpu, 0, 32) >> 31, 32);
    NEXT;
}
HANDLER(nop)
{
    NEXT;
}

HANDLER(xlat)
{
    enum sreg seg;
    gaddr a = cpu->gpr[EBX] + reg(cpu, 0, 8);
    if (i->prefix & PFX_A16) a &= 0xffff;
    if (insn_seg(i, &seg)) a += cpu->seg_base[seg];
    set_reg(cpu, 0, load(ctx, a, 8), 8);
    NEXT;
}

/* Conditional moves and sets, a handler a condition: the tests are inlined. */
#define CONDITIONAL(cc)                                                                      \
    HANDLER(cmov16_rr_##cc)                                                                  \
    {                                                                                        \
        if (flags_cond(cpu, cc)) set_reg(cpu, i->dst, reg(cpu, i->src, 16), 16);             \
        NEXT;                                                                                \
    }                                                                                        \
    HANDLER(cmov32_rr_##cc)                                                                  \
    {                                                                                        \
        if (flags_cond(cpu, cc)) set_reg(cpu, i->dst, reg(cpu, i->src, 32), 32);             \
        NEXT;                                                                                \
    }                                                                                        \
    HANDLER(cmov16_rm_##cc)                                                                  \
    {                                                                                        \
        uint32_t v = load(ctx, address_sib(cpu, i), 16); /* read, and faults, in any case */ \
        KEEP(v);                                                                             \
        if (flags_cond(cpu, cc)) set_reg(cpu, i->dst, v, 16);                                \
        NEXT;                                                                                \
    }                                                                                        \
    HANDLER(cmov32_rm_##cc)                                                                  \
    {                                                                                        \
        uint32_t v = load(ctx, address_sib(cpu, i), 32);                                     \
        KEEP(v);                                                                             \
        if (flags_cond(cpu, cc)) set_reg(cpu, i->dst, v, 32);                                \
        NEXT;                                                                                \
    }                                                                                        \
    HANDLER(set_r_##cc)                                                                      \
    {                                                                                        \
        set_reg(cpu, i->dst, flags_cond(cpu, cc), 8);                                        \
        NEXT;                                                                                \
    }                                                                                        \
    HANDLER(set_m_##cc)                                                                      \
    {                                                                                        \
        store(ctx, address_sib(cpu, i), flags_cond(cpu, cc), 8);                             \
        NEXT;                                                                                \
    }

#define ALL_CONDITIONS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
ALL_CONDITIONS(CONDITIONAL)

/* --- choice ------------------------------------------------------------------------------------------ */

#define PICK(h) [h] = {cmov16_rr_##h, cmov16_rm_##h, cmov32_rr_##h, cmov32_rm_##h, set_r_##h, set_m_##h},
static handler_fn *const conditional[16][6] = {ALL_CONDITIONS(PICK)};

#define MOVE_ROW(b)                                                                             \
    {                                                                                           \
        [FORM_RR] = {mov##b##_rr, mov##b##_rr}, [FORM_RI] = {mov##b##_ri, mov##b##_ri},         \
        [FORM_RM] = {mov##b##_rm_x, mov##b##_rm_b}, [FORM_MR] = {mov##b##_mr_x, mov##b##_mr_b}, \
        [FORM_MI] = {mov##b##_mi_x, mov##b##_mi_b},                                             \
    }
static handler_fn *const moves[3][FORMS][2] = {MOVE_ROW(8), MOVE_ROW(16), MOVE_ROW(32)};

#define EXT_ROW(h)               \
    {                            \
        {h##_16_rr, h##_16_rm},  \
        {                        \
            h##_32_rr, h##_32_rm \
        }                        \
    }
static handler_fn *const extensions[4][2][2] = {EXT_ROW(movzx8), EXT_ROW(movzx16), EXT_ROW(movsx8),
                                                EXT_ROW(movsx16)};
static_assert(OP_MOVSX16 == OP_MOVZX8 + 3, "order of ops.def");

static handler_fn *const exchanges[3] = {xchg8_rr, xchg16_rr, xchg32_rr};

handler_fn *SEM(sem_data)(const struct insn *i, bool noflags)
{
    bool m = form_has_memory(i->form), wide = i->size == S32, indexed = i->rindex != REG_ZERO * 4;
    switch (i->op) {
    case OP_MOV: return moves[i->size][i->form][!indexed];
    case OP_MOVZX8:
    case OP_MOVZX16:
    case OP_MOVSX8:
    case OP_MOVSX16: return extensions[i->op - OP_MOVZX8][wide][m];
    case OP_LEA: return !wide ? lea16 : indexed ? lea32_x : lea32_b;
    case OP_EA: return ea;
    case OP_XCHG: return m ? SEM(sem_lock)(i, noflags) : exchanges[i->size];
    case OP_BSWAP: return wide ? bswap32 : bswap16;
    case OP_CWDE: return wide ? cwde : cbw;
    case OP_CDQ: return wide ? cdq : cwd;
    case OP_XLAT: return xlat;
    case OP_CMOV: return conditional[i->aux][2 * wide + m];
    case OP_SETCC: return conditional[i->aux][4 + m];
    default: return nop;
    }
}

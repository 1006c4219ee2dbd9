/* Near control transfer. A record that ends a block is followed by two exit records (block.h): i[1].to is
 * the fall-through successor (the return point of a call), i->to the taken one. */
#include "interp/block.h"

#include ENGINE_H

#include "interp/sem.h"

/* A 16-bit operand size cuts the target to 16 bits. */
static inline gaddr target16(const struct insn *i, gaddr eip)
{
    return i->size == S16 ? eip & 0xffff : eip;
}

#define ALL_CONDITIONS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#define FALL_THROUGH FOLLOW(i[1].to, insn_next_eip(i))

#define JUMP_IF(cc)                                   \
    HANDLER(jcc_##cc)                                 \
    {                                                 \
        if (flags_cond(cpu, cc)) JUMP(i->to, i->imm); \
        FALL_THROUGH;                                 \
    }
ALL_CONDITIONS(JUMP_IF)

HANDLER(jmp)
{
    JUMP(i->to, i->imm);
}
HANDLER(fall)
{
    FOLLOW(i->to, i->imm);
}

static inline void push_return(CTX)
{
    int bits = i->size == S16 ? 16 : 32;
    uint32_t esp = cpu->gpr[ESP] - bits / 8;
    store(ctx, esp, insn_next_eip(i), bits);
    cpu->gpr[ESP] = esp;
    REMEMBER_RETURN(insn_next_eip(i));
}

HANDLER(call)
{
    push_return(ctx);
    JUMP(i->to, i->imm);
}

HANDLER(call_r)
{
    uint32_t to = reg(cpu, i->dst, i->size == S16 ? 16 : 32);
    push_return(ctx);
    JUMP_AWAY(to);
}

HANDLER(call_m)
{
    uint32_t to = load(ctx, address_sib(cpu, i), i->size == S16 ? 16 : 32);
    push_return(ctx);
    JUMP_AWAY(to);
}

HANDLER(jmp_r)
{
    JUMP_AWAY(target16(i, reg(cpu, i->dst, 32)));
}

HANDLER(jmp_m)
{
    uint32_t to = load(ctx, address_sib(cpu, i), i->size == S16 ? 16 : 32);
    JUMP_AWAY(to);
}

HANDLER(ret)
{
    uint32_t to = load(ctx, cpu->gpr[ESP], 32);
    cpu->gpr[ESP] += 4;
    RETURN_TO(to);
}

HANDLER(ret_imm)
{
    int bits = i->size == S16 ? 16 : 32;
    uint32_t to = load(ctx, cpu->gpr[ESP], bits);
    cpu->gpr[ESP] += bits / 8 + i->imm; /* imm is 0 for a plain RET */
    RETURN_TO(to);
}

/* --- counted loops: the counter is CX with a 16-bit address size ------------------------------------- */

static inline uint32_t count_down(struct cpu *cpu, const struct insn *i)
{
    int bits = i->prefix & PFX_A16 ? 16 : 32;
    set_reg(cpu, 4 * ECX, reg(cpu, 4 * ECX, bits) - 1, bits);
    return reg(cpu, 4 * ECX, bits);
}

HANDLER(loop)
{
    if (count_down(cpu, i)) JUMP(i->to, i->imm);
    FALL_THROUGH;
}

HANDLER(loope)
{
    if (count_down(cpu, i) && flag_zf(cpu)) JUMP(i->to, i->imm);
    FALL_THROUGH;
}

HANDLER(loopne)
{
    if (count_down(cpu, i) && !flag_zf(cpu)) JUMP(i->to, i->imm);
    FALL_THROUGH;
}

HANDLER(jecxz)
{
    if (reg(cpu, 4 * ECX, i->prefix & PFX_A16 ? 16 : 32) == 0) JUMP(i->to, i->imm);
    FALL_THROUGH;
}

/* An edge that is not linked yet: ask for its successor. */
HANDLER(exit_block)
{
    cpu->edge = i;
    LEAVE(LOOKUP, i->imm);
}

#define PICK(cc) jcc_##cc,
handler_fn *SEM(sem_ctl)(const struct insn *i, bool noflags)
{
    static handler_fn *const jccs[16] = {ALL_CONDITIONS(PICK)};
    bool m = i->form == FORM_M;
    (void)noflags;
    switch (i->op) {
    case OP_JCC: return jccs[i->aux];
    case OP_JMP: return jmp;
    case OP_FALL: return fall;
    case OP_CALL: return call;
    case OP_CALL_IND: return m ? call_m : call_r;
    case OP_JMP_IND: return m ? jmp_m : jmp_r;
    case OP_RET: return i->size == S16 ? ret_imm : ret;
    case OP_RET_IMM: return ret_imm;
    case OP_LOOP: return loop;
    case OP_LOOPE: return loope;
    case OP_LOOPNE: return loopne;
    case OP_JECXZ: return jecxz;
    default: return exit_block;
    }
}

/* Far transfers within the flat code segment, and IRET. */
#include ENGINE_H

#include "interp/segment.h"
#include "interp/sem.h"

/* Goes to selector:offset; cpu->trap and cpu->eip are set when the selector will not do. */
#define GO_FAR(selector, offset, is_return)                         \
    do {                                                            \
        cpu->eip = i->eip;                                          \
        if (!segment_code_ok(cpu, selector, is_return)) {           \
            cpu->at = i;                                            \
            cpu->exit = EXIT_TRAP;                                  \
            return NULL;                                            \
        }                                                           \
        cpu->edge = NULL;                                           \
        LEAVE(LOOKUP, i->size == S16 ? (offset)&0xffff : (offset)); \
    } while (0)

static inline int operand_bits(const struct insn *i)
{
    return i->size == S16 ? 16 : 32;
}

/* CALL FAR: CS and the return address go onto the stack if the target's selector will do. */
static bool push_far_return(CTX, uint16_t selector)
{
    int bits = operand_bits(i);
    uint32_t esp = cpu->gpr[ESP];
    cpu->eip = i->eip;
    if (!segment_code_ok(cpu, selector, false)) return false;
    store(ctx, esp - bits / 8, cpu->seg[CS], bits);
    store(ctx, esp - 2 * (bits / 8), insn_next_eip(i), bits);
    cpu->gpr[ESP] = esp - 2 * (bits / 8);
    return true;
}

HANDLER(jmp_far)
{
    GO_FAR(i->disp, i->imm, false);
}

HANDLER(jmp_far_m)
{
    gaddr a = address_sib(cpu, i);
    uint32_t offset = load(ctx, a, operand_bits(i)), selector = load(ctx, a + operand_bits(i) / 8, 16);
    GO_FAR(selector, offset, false);
}

HANDLER(call_far)
{
    if (!push_far_return(ctx, i->disp)) {
        cpu->exit = EXIT_TRAP;
        return NULL;
    }
    GO_FAR(i->disp, i->imm, false);
}

HANDLER(call_far_m)
{
    gaddr a = address_sib(cpu, i);
    uint32_t offset = load(ctx, a, operand_bits(i)), selector = load(ctx, a + operand_bits(i) / 8, 16);
    if (!push_far_return(ctx, selector)) {
        cpu->exit = EXIT_TRAP;
        return NULL;
    }
    GO_FAR(selector, offset, false);
}

HANDLER(ret_far)
{
    int bits = operand_bits(i);
    uint32_t esp = cpu->gpr[ESP], offset = load(ctx, esp, bits), selector = load(ctx, esp + bits / 8, 16);
    cpu->eip = i->eip;
    if (!segment_code_ok(cpu, selector, true)) {
        cpu->exit = EXIT_TRAP;
        return NULL;
    }
    cpu->gpr[ESP] = esp + 2 * (bits / 8) + i->imm;
    GO_FAR(selector, offset, true);
}

HANDLER(iret)
{
    int bits = operand_bits(i);
    uint32_t mask = FL_ARITH | FL_TF | FL_DF | FL_NT | (bits == 32 ? FL_AC | FL_ID : 0);
    uint32_t esp = cpu->gpr[ESP], flags = load(ctx, esp + 2 * (bits / 8), bits);
    KEEP(flags); /* which CPUs read first */
    uint32_t offset = load(ctx, esp, bits), selector = load(ctx, esp + bits / 8, 16);
    cpu->eip = i->eip;
    if (cpu->flag_sys & FL_NT) TRAP(VEC_GP, 0); /* a task return; 64-bit kernels have no such task */
    if (!segment_code_ok(cpu, selector, true)) {
        cpu->exit = EXIT_TRAP;
        return NULL;
    }
    cpu->gpr[ESP] = esp + 3 * (bits / 8);
    cpu_set_eflags(cpu, flags, mask);
    GO_FAR(selector, offset, true);
}

handler_fn *SEM(sem_far)(const struct insn *i, bool noflags)
{
    (void)noflags;
    switch (i->op) {
    case OP_JMP_FAR: return jmp_far;
    case OP_CALL_FAR: return call_far;
    case OP_JMP_FAR_M: return jmp_far_m;
    case OP_CALL_FAR_M: return call_far_m;
    case OP_RET_FAR: return ret_far;
    default: return iret;
    }
}

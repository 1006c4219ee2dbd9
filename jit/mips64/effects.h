/* What an instruction of insns.def does to registers, and what fills delay slots by it. Owns nothing. */
#ifndef JIT_MIPS64_EFFECTS_H
#define JIT_MIPS64_EFFECTS_H

#include "jit/mips64/encode.h"

/* Sets of registers: general ones in bits 0..31, floating point in bits 32..63. ZERO is in no set. k0 and k1
 * are the kernel's, so their bits stand for HI with LO, and for the FP condition. */
#define REG_BIT(r)  (UINT64_C(1) << (r))
#define FREG_BIT(f) (UINT64_C(1) << (32 + (f)))
#define HILO_BIT    REG_BIT(K0)
#define COND_BIT    REG_BIT(K1)

enum {
    EFFECT_LOAD = 1,
    EFFECT_STORE = 2,
    EFFECT_FAULT = 4,   /* may raise a signal */
    EFFECT_BRANCH = 8,  /* has a delay slot */
    EFFECT_STAYS = 16,  /* has an order with others beyond its registers: sync, ll, ctc1 … */
    EFFECT_UNKNOWN = 32 /* not of insns.def */
};

struct effects {
    uint64_t reads, writes;
    unsigned kind; /* EFFECT_… */
};

struct effects effects(uint32_t word);

/* For the delay slot of a branch that is about to be emitted and reads or writes the registers `touches`
 * (with RA if it links): takes the instruction before it, or the one before that, out of the buffer.
 * 0, a nop, if neither may move.
 *     uint32_t slot = slot_word(c, REG_BIT(rs) | REG_BIT(rt));
 *     bne(c, rs, rt, &label);
 *     emit(c, slot);
 * Nothing before the last label or code_fence() moves. A moved instruction that faults does so at the
 * branch's address. An instruction moves across another one only if neither's fault would show it: what the
 * other one writes is in c->scratch, or the moved one does not fault; and one that may fault is not crossed,
 * so it keeps its address. */
uint32_t slot_word(struct code *c, uint64_t touches);

/* After a branch and its empty delay slot: the next instruction goes there if it cannot fault and writes only
 * registers of c->idle, which the code at the branch's target does not read. */
static inline void slot_open(struct code *c)
{
    if (!c->overflow) c->open = c->at - 1;
}

#endif

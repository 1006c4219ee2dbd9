/* What both engines share: the shape of a handler. A sem_*.c file includes ENGINE_H, which is
 * engine_fast.h or engine_step.h, and is compiled once with each; both give the same names:
 *
 *   HANDLER(name) { … NEXT; }          a handler; `cpu`, `i` (its record) and `base` are in scope
 *   NEXT, JUMP(link, eip)              go on with the next record; with a successor
 *   JUMP_TO(eip)                       a jump without a link
 *   JUMP_AWAY(eip)                     the same: the guest's own indirect jump or call
 *   TRAP(vector, err)                  raise an exception of this instruction (cpu->eip = its own)
 *   LEAVE(reason, eip)                 give control back
 *   load(ctx, addr, bits), store(ctx, addr, value, bits), load64, store64
 *   claim(cpu, i, addr, n)             before the first of several stores: is there a fault in any?
 *   claim_whole(cpu, i, a, n)          the same where one could be done before the fault
 *   STEPS                              true in the step engine
 *   SEM(name)                          name of this engine's version of a public function
 *
 * A handler reads memory before it changes registers, and changes registers only after its last access
 * that can fault: so a record can be run again after a fault. */
#ifndef INTERP_ENGINE_H
#define INTERP_ENGINE_H

#include "interp/flags.h"
#include "interp/operand.h"

#define CTX struct cpu *cpu, const struct insn *i, uint8_t *base
#define ctx cpu, i, base
#define HANDLER(name)                                                                             \
    static const struct insn *name(__attribute__((unused)) struct cpu *cpu, const struct insn *i, \
                                   __attribute__((unused)) uint8_t *base)

/* Gives control back with cpu->eip = eip. */
#define LEAVE(reason, where)       \
    do {                           \
        cpu->at = i;               \
        cpu->eip = (where);        \
        cpu->exit = EXIT_##reason; \
        return NULL;               \
    } while (0)

#define TRAP(vector, err)           \
    do {                            \
        cpu->at = i;                \
        cpu->eip = i->eip;          \
        cpu_trap(cpu, vector, err); \
        cpu->exit = EXIT_TRAP;      \
        return NULL;                \
    } while (0)

/* What was loaded counts as used: an access that can fault is made even if its value turns out useless. */
#define KEEP(v) __asm__ volatile("" : : "r"(v))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif

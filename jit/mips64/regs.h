/* The register map: the only place that says which guest value lives in which host register. All guest
 * registers are in registers that calls preserve (n64: s0–s7, gp, fp), so a C helper costs no spills. A guest
 * value is kept sign-extended from 32 bits, as MIPS keeps words. */
#ifndef JIT_MIPS64_REGS_H
#define JIT_MIPS64_REGS_H

#include "interp/cpu.h"
#include "jit/mips64/encode.h"

#define HOSTREGS(X) X(EAX, S0) X(ECX, S1) X(EDX, S2) X(EBX, S3) X(ESP, S4) X(EBP, S5) X(ESI, S6) X(EDI, S7)

#define GUEST_BASE GP /* host address of guest address 0 */
#define CPU        FP /* struct cpu * */

/* Scratch registers, free between guest instructions: V0 V1 A0–A7 T0–T3 T8 T9 AT. By convention: */
#define ADDRESS T8 /* host address of a memory operand */
#define EXIT_TO V0 /* what leave gives back: the record to go on with */

/* The host register of guest register r (EAX..EDI, REG_ZERO). */
static inline enum reg hostreg(unsigned r)
{
    static const uint8_t map[] = {
#define X(guest, host) [guest] = host,
        HOSTREGS(X)
#undef X
            [REG_ZERO] = ZERO,
    };
    return (enum reg)map[r];
}

#define CPU_OFFSET(field) ((int)offsetof(struct cpu, field))
static_assert(offsetof(struct cpu, ret) < 32768, "lw/sw offset is 16 bits");
static_assert(offsetof(struct cpu, jump_cache) < 32768, "lw/sw offset is 16 bits");

#endif

/* The register map: the only place that says which guest value lives in which host register. All guest
 * registers are in registers that calls preserve (n64: s0–s7, gp, fp), so a C helper costs no spills. A guest
 * value is kept sign-extended from 32 bits, as MIPS keeps words; ESP alone is kept as a host address, whose
 * low half is the guest value, because nearly all of its uses are addresses. */
#ifndef JIT_MIPS64_REGS_H
#define JIT_MIPS64_REGS_H

#include "interp/cpu.h"
#include "jit/mips64/encode.h"

#define HOSTREGS(X) X(EAX, S0) X(ECX, S1) X(EDX, S2) X(EBX, S3) X(ESP, S4) X(EBP, S5) X(ESI, S6) X(EDI, S7)

#define HOST_ESP   S4
#define GUEST_BASE GP /* host address of guest address 0; its low 32 bits are 0 */
#define CPU        FP /* struct cpu * */

/* Valid between blocks, lost in a C helper: */
#define ORIGIN RA /* after which jump we are: names the site whose recipe the flags follow (flags.c) */
#define FLAG_A A6 /* operands of that recipe */
#define FLAG_B A7
#define RING   T3 /* newest entry of the return prediction */

/* Host addresses of guest registers and constants, shared by the accesses of a stretch of code. The functions
 * of fpu/direct.h may use these registers, but leave RING and the flags' operands alone
 * (fpu/direct_seldom.h). */
#define CACHE_REGS                 \
    {                              \
        T0, T1, A2, A3, A4, A5, T2 \
    }
enum { CACHE_SIZE = 7 };

/* Free within one instruction's translation: AT V0 V1 A0 A1 T8 T9. By convention: */
#define ADDRESS T8 /* host address of a memory operand */
#define SCRATCH T9 /* of the smallest sequences: constants, conditions */

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
static_assert(offsetof(struct cpu, jump_cache) < 32768, "lw/sw offset is 16 bits");

#endif

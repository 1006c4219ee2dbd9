/* What a translation knows of XMM registers while it is made. Struct cpu holds them; low parts that scalar
 * instructions use are in FPRs meanwhile, and struct cpu gets them before anybody else can look: before C
 * code, at each way out, and at a fault (recover.c). An FPR with a value is never changed, so registers with
 * the same value share it. Sets are by register number. */
#ifndef JIT_MIPS64_XMM_H
#define JIT_MIPS64_XMM_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

struct xmm_state {
    uint8_t doubles;  /* the low 64 bits are in FPR at[…], */
    uint8_t singles;  /* or the low 32 bits; */
    uint8_t wides;    /* … or all of it, in MSA's vector at[…], of which the FPR is the low half */
    uint8_t dirty;    /* … and struct cpu lacks them */
    uint8_t mid_zero; /* of singles: bits 32 to 63 are 0, */
    uint8_t mid_lost; /* … and struct cpu lacks that */
    uint8_t high_zero, high_lost; /* the same of the upper 64 bits */
    uint8_t sane;                 /* the value in the FPR is zero or a normal number; */
    uint8_t whole;                /* … or infinity, or a NaN, but no denormal */
    uint8_t modest;               /* whole, and below 2^63 */
    uint8_t at[8];
    uint8_t low_zero; /* the low 64 bits are 0 */
    uint16_t
        spread; /* of these halves the slot has bytes: 0 to 3, or of an upper half 4 to 7, are its words */
    uint64_t
        lost; /* 4 bits for each half that struct cpu lacks: 1 + the slot that has it (packed_halves.c) */
};
enum { XMM_PLACE_ZERO = 15 }; /* such a half is 0 */

/* What MXCSR must be for a translation with scalar arithmetic: all exceptions masked, to nearest, denormals
 * count; and whether it already says that precision was lost, which then needs no attention. NONE: it does
 * not matter. */
enum sse_key { SSE_NONE, SSE_INEXACT, SSE_EXACT };
enum { SSE_KEY_BITS = 0xffe0, SSE_KEY_INEXACT = 0x1fa0, SSE_KEY_EXACT = 0x1f80 };

/* What a loop's translation does not take for granted any more, as it was wrong: that factors are below 2^63;
 * that upper halves are 0; that registers are 0 which others are unpacked with. */
enum doubt { DOUBT_NONE, DOUBT_FACTORS = 1, DOUBT_HIGH = 2, DOUBT_ZEROS = 4 };

/* Does struct cpu lack the same? */
bool xmm_same_dirty(const struct xmm_state *a, const struct xmm_state *b);
/* Struct cpu gets what the state at a fault says, but for upper halves of vectors (msa_recover.c). fpr,
 * gpr: the registers as they were. */
void xmm_recover(struct cpu *cpu, const struct xmm_state *s, const double *fpr,
                 const unsigned long long *gpr);

#endif

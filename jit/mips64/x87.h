/* The x87 in translated code: what is known of its stack while code is made. A translation with x87 records
 * is made for one TOP, one set of empty registers and one control word, and tests them when it is entered; a
 * block may have several such translations. In between, TOP and tags are the translator's alone: struct cpu
 * gets them before anybody else can look. */
#ifndef JIT_MIPS64_X87_H
#define JIT_MIPS64_X87_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interp/cpu.h"
#include "jit/mips64/regs.h"

/* Where C1 is: in the status word; nowhere, it is 0; nowhere, it tells whether a op b, two doubles, was
 * rounded up to r. */
enum c1_kind { C1_TOLD, C1_ZERO, C1_OF };
struct x87_c1 {
    uint8_t kind, op; /* enum c1_kind, enum x87_op */
    uint8_t a, b, r;  /* FPRs */
};

struct x87_state {
    bool known; /* what follows holds; else struct cpu has it all */
    uint8_t top, empty;
    uint8_t cpu_top, cpu_empty; /* what struct cpu says */
    bool fip_stale;             /* struct cpu lacks the last instruction's address */
    bool fip_entry;   /* … as it may since the entry, if ORIGIN names a site that did not store it */
    bool origin_kept; /* ORIGIN is in cpu->jit.x87_origin … */
    bool sw_kept;     /* … and the status word before this instruction in cpu->x87.kept_sw */
    bool cw_known;    /* cw is the control word; else one that differs in precision only, 53 or 64 bits */
    bool fcsr_kept;   /* FCSR before this instruction is in FCSR_KEPT */
    uint8_t mmx;      /* the exponents of these physical registers are as MMX instructions leave them */
    uint16_t cw;
    gaddr fip;
    uint8_t at[8]; /* the double model: the FPR that physical register r is in, FPR_HOME(r) at all ways in and
                      out; exact: the same of the registers `narrow` */
    bool exact;    /* the exact model. There: */
    uint8_t narrow;  /* these physical registers are doubles, in FPRs; */
    uint8_t stale;   /* … and struct cpu lacks these */
    bool inexact;    /* the status word says already that precision was lost */
    bool fcsr_clear; /* FCSR has no other flag than that */
    struct x87_c1 c1;
};

/* The double model in translated code: FPRs that calls preserve hold the registers, FCSR collects the flags
 * that struct cpu does not have yet. Hosts whose FCSR cannot be cleared collect the causes in FP_CAUSES. */
#define FPR_HOME(r) (F24 + (r))
/* Exact: results that nobody wants; 1 - 2^-53. */
#define FPR_WASTE     F30
#define FPR_BELOW_ONE F31
#define BELOW_ONE     0x3fefffffffffffff
#define FP_CAUSES     T2
#define FCSR_KEPT     V1
/* The flags inexact, underflow, overflow and division by zero are from this bit on: sticky, or as causes. */
enum { FCSR_FLAGS = 2, FCSR_CAUSES = 12 };

/* TOP, tags and control word in one: as the word at cpu->x87.top. */
static inline uint32_t x87_key(const struct x87 *x)
{
    return x->top | (uint32_t)x->empty << 8 | (uint32_t)x->cw << 16;
}
static_assert(offsetof(struct x87, empty) == offsetof(struct x87, top) + 1 &&
                  offsetof(struct x87, cw) == offsetof(struct x87, top) + 2,
              "the key is one word");

static inline uint32_t x87_known_key(const struct x87_state *s)
{
    return s->top | (uint32_t)s->empty << 8 | (uint32_t)s->cw << 16;
}

/* Fills in what translated code reads of the CPU. */
void fpr_prepare(struct cpu *cpu);
/* struct cpu gets what the state at a fault says. fpr: the FPRs as they were. */
void x87_recover(struct cpu *cpu, const struct x87_state *s, const double *fpr);

#endif

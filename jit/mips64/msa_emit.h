/* What the emitters of SSE's packed instructions by MSA give each other: a vector holds an XMM register, and
 * one operation does all 16 bytes. Which vector has which register is xmm.c's. */
#ifndef JIT_MIPS64_MSA_EMIT_H
#define JIT_MIPS64_MSA_EMIT_H

#include "jit/mips64/msa_encode.h"
#include "jit/mips64/packed_emit.h"

/* *w: a vector with the source operand of 16 bytes; nothing can fault after it. false: a helper must do it.
 */
bool msa_source(struct tr *t, const struct insn *i, unsigned *w);
/* The same in a vector of its own, from memory. */
bool msa_load(struct tr *t, const struct insn *i, unsigned w);
/* To an address that was tested. */
void msa_store(struct tr *t, unsigned w, struct address a);
/* A vector of zeros. */
unsigned msa_zero(struct tr *t);
/* Will the register be used by a packed instruction next, as far as the trace tells? */
bool msa_is_packed_next(const struct tr *t, unsigned off);

/* Emitters, as in translate.h: 16 bytes from and to memory and other registers; arithmetic, compares, packing
 * and unpacking; shifts; lanes from elsewhere; masks and choices. */
emit_fn msa_move, msa_lanes, msa_shift, msa_arrange, msa_extend, msa_choose;

#endif

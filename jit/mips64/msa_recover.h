/* Upper halves of MSA's vectors at a fault. */
#ifndef JIT_MIPS64_MSA_RECOVER_H
#define JIT_MIPS64_MSA_RECOVER_H

#include <ucontext.h>

#include "jit/mips64/xmm.h"

/* Struct cpu gets those of XMM registers that it lacks. In the signal's handler, before it uses FPRs. */
void msa_recover(struct cpu *cpu, const struct xmm_state *s, const ucontext_t *uc);

#endif

/* -d out_asm, tier, chain, deopt: what the translator does. */
#ifndef TIER_JITLOG_H
#define TIER_JITLOG_H

#include "tier/vm.h"

/* The functions for what the log asks for, in vm->jit_log. */
void jitlog_make(struct vm *vm);

/* Prints a translation: guest instructions, each with its host code. */
void jitlog_print(struct vm *vm, const struct jit_view *v);

#endif

/* -d in_asm, exec, cpu: blocks as the interpreter decodes and enters them. */
#ifndef TIER_TRACE_H
#define TIER_TRACE_H

#include "tier/vm.h"

/* Hooks what the log asks for into the interpreter; nothing if it asks for none. */
void trace_attach(struct vm *vm);
/* One guest instruction, a line; its length, 0 if it is none. */
unsigned trace_print_insn(struct vm *vm, gaddr eip);
/* Its symbol, or the address. */
void trace_print_name(struct vm *vm, gaddr a);

#endif

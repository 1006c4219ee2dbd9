/* -d in_asm, exec, cpu: blocks as the interpreter decodes and enters them. */
#ifndef TIER_TRACE_H
#define TIER_TRACE_H

#include "tier/vm.h"

/* Hooks what the log asks for into the interpreter; nothing if it asks for none. */
void trace_attach(struct vm *vm);

#endif

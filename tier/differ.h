/* The report of --check. */
#ifndef TIER_DIFFER_H
#define TIER_DIFFER_H

#include "tier/vm.h"

/* Prints what a wrong translation did, and ends tierrun with 125. */
_Noreturn void differ_end(struct vm *vm, const struct jit_difference *d);
/* … only prints. */
void differ_print(struct vm *vm, const struct jit_difference *d, FILE *out);

#endif

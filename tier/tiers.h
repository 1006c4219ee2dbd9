/* The tiers: makes the interpreter, and the translator beside it, as the options say. */
#ifndef TIER_TIERS_H
#define TIER_TIERS_H

#include "tier/vm.h"

/* Bytes for translated code. */
size_t tiers_code_room(const struct options *o);
/* false: one sentence in `why`. vm->mm must be there; vm->symbols before the guest runs. */
bool tiers_make(struct vm *vm, char *why, size_t size);

#endif

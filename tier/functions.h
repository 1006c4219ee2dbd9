/* Where functions are in a file that may have lost its symbols. */
#ifndef TIER_FUNCTIONS_H
#define TIER_FUNCTIONS_H

#include <libelf.h>
#include <stdint.h>

typedef void functions_fn(void *ctx, uint32_t start, uint32_t length);
/* Calls `each` for every function that has an unwind record. */
void functions_find(Elf *elf, functions_fn *each, void *ctx);

#endif

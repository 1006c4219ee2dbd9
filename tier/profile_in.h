/* --profile-in: what an earlier run found out is used from the first instruction on. */
#ifndef TIER_PROFILE_IN_H
#define TIER_PROFILE_IN_H

#include "tier/vm.h"

/* Once the program is loaded: notes which it is, and reads the file of the option, if there is one. That of
 * another program is not used, which is said. false: one sentence in `why`. */
bool profile_in_open(struct vm *vm, char *why, size_t size);

/* The interpreter's questions: of a new block, where its entries are counted (nowhere); of an address,
 * whether a block is expected to run there often. */
struct block_fact *profile_in_block(void *vm, struct block *b);
bool profile_in_expects(void *vm, gaddr eip);

/* What was found out about the blocks of this run goes into its profile. */
void profile_in_note(struct vm *vm);

/* A block's bytes, hashed. */
uint64_t profile_in_hash(struct vm *vm, const struct block *b);

#endif

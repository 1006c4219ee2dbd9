/* Disassembly of what the translator emits, for -d out_asm. A build links one of tier/hostasm/: capstone.c,
 * or none.c where that library is not installed. */
#ifndef TIER_HOSTASM_H
#define TIER_HOSTASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The instruction at `at` as text. false: it is not known. */
bool hostasm(const uint32_t *at, char *out, size_t size);

#endif

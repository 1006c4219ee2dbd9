/* Changes to an ELF file that make it one which nobody meant. */
#ifndef TESTS_FUZZ_ELF_MUTATE_H
#define TESTS_FUZZ_ELF_MUTATE_H

#include <stddef.h>
#include <stdint.h>

enum { ELF_HEADERS = 52 + 16 * 32 }; /* a file is at least that long */

void elf_mutate_seed(uint64_t seed);
uint32_t elf_mutate_below(uint32_t n);

/* Changes headers, tables that program headers lead to, or the length, which it returns. */
size_t elf_mutate(uint8_t *bytes, size_t n);

#endif

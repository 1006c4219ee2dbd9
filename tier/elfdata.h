/* An ELF file's sections by name, and reading what is in them within their bounds. */
#ifndef TIER_ELFDATA_H
#define TIER_ELFDATA_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

/* Bytes that are left; `bad` once too many were asked for. */
struct elfdata {
    const uint8_t *at, *end;
    bool bad;
};

uint64_t elfdata_take(struct elfdata *c, unsigned n); /* n bytes, least first */
uint64_t elfdata_leb(struct elfdata *c, bool is_signed);
const char *elfdata_string(struct elfdata *c); /* "" where its end is missing */

/* A section's bytes, uncompressed, and the address they have in the program; NULL: there is none. */
Elf_Data *elfdata_section(Elf *elf, const char *name, uint32_t *vaddr);

#endif

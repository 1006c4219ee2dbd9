/* Source lines of guest code, from DWARF line tables (versions 2 to 5) of 32-bit files. */
#ifndef TIER_LINES_H
#define TIER_LINES_H

#include <libelf.h>
#include <stdint.h>

struct lines;

/* NULL: the file has none that can be read. */
struct lines *lines_read(Elf *elf);
void lines_free(struct lines *l);
/* The file's name without its folders, and the line; NULL: not known. Valid as long as the ELF file is. */
const char *lines_find(const struct lines *l, uint32_t vaddr, unsigned *line);

#endif

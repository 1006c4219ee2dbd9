/* ELF files as the loader sees them; shared by elf.c (headers) and load.c (segments). */
#ifndef MM_ELF_H
#define MM_ELF_H

#include <libelf.h>

#include "mm/mm.h"

/* One opened ELF file whose headers have passed all checks. */
struct elf_file {
    int fd;
    Elf *elf;
    const Elf32_Phdr *phdr;
    size_t phnum;
    Elf32_Ehdr *ehdr;
    gaddr low, high;     /* page-aligned range that its segments cover, before any bias */
    uint32_t low_offset; /* where the lowest one lies in the file */
    char interp[4096];   /* elf_find_interp() */
    bool exec_stack, read_implies_exec;
    const char *path;
};

/* On failure nothing stays open and `why` says what, where and what to do. */
enum mm_load_status elf_open(struct elf_file *e, const char *path, char *why, size_t why_size);
/* The first PT_INTERP's path, into e->interp: "" if there is none. An interpreter's own is not asked for. */
bool elf_find_interp(struct elf_file *e, char *why, size_t why_size);
void elf_close(struct elf_file *e);

#endif

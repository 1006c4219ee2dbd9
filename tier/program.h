/* The program to run: found, followed through scripts, and loaded. */
#ifndef TIER_PROGRAM_H
#define TIER_PROGRAM_H

#include "mm/mm.h"

struct program {
    char *path;         /* host path of the ELF file */
    char *script;       /* host path of the script that names it as its interpreter, or NULL */
    const char *execfn; /* what AT_EXECFN tells the guest: the name it was asked for by */
    char **argv;        /* the guest's, NULL-terminated */
    int argc;
};

/* Finds `argv[0]`, in the current directory or in PATH if it has no slash, under the sysroot first if it
 * is absolute; follows #! lines. `argv0`: the guest's argv[0] if not NULL. Returns 0, or tierrun's exit
 * status with one sentence in `why`. */
int program_find(struct program *p, char **argv, const char *argv0, const char *sysroot, char *why,
                 size_t size);

/* Loads it. 0 or the exit status, as above. */
int program_load(const struct program *p, struct mm *mm, const char *sysroot, struct mm_image *image,
                 char *why, size_t size);

#endif

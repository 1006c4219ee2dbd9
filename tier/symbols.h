/* Names of guest addresses, from the symbol tables of the mapped files and of their debugging information.
 * A function without a name is sub_ADDRESS, by its address in the file. Owns the tables it has read. */
#ifndef TIER_SYMBOLS_H
#define TIER_SYMBOLS_H

#include "mm/mm.h"

struct symbols;

/* sysroot: a folder with usr/lib/debug to look into before the host's; NULL. */
struct symbols *symbols_new(struct mm *mm, const char *sysroot);
void symbols_free(struct symbols *s);

/* "memcpy+0x12 in libc.so.6+0x8a012", "0x1234 in [stack]" … into out. */
void symbols_describe(struct symbols *s, gaddr a, char *out, size_t size);
/* The file that is mapped at `a`, or another name of the mapping; NULL: none. */
const char *symbols_module(struct symbols *s, gaddr a);
/* The symbol that holds `a` and the offset in it; NULL if none is known. */
const char *symbols_at(struct symbols *s, gaddr a, uint32_t *offset);
/* "file.c:12", allocated; NULL: the file has no line table for `a`. */
char *symbols_source(struct symbols *s, gaddr a);
/* Is `a` in the code of the symbol `name`: in its first `length` bytes, or anywhere in it if that is 0? */
bool symbols_cover(struct symbols *s, gaddr a, const char *name, uint32_t length);

#endif

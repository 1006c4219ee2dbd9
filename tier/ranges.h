/* Lists of guest code on the command line: -dfilter, --nojit. Owns their syntax. */
#ifndef TIER_RANGES_H
#define TIER_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "mm/mm.h"

enum { RANGES = 32 };

/* Addresses, or a symbol. */
struct range {
    gaddr from, to;     /* inclusive */
    const char *symbol; /* NULL: addresses */
    uint32_t length;    /* of the symbol's code; 0: all of it */
};

struct ranges {
    struct range range[RANGES];
    unsigned n;
};

/* START+LENGTH, START-LENGTH (the LENGTH bytes that end with START) or START..END, separated by commas.
 * false: one sentence in `why`, which begins with `origin`. */
bool ranges_read(struct ranges *r, const char *list, const char *origin, char *why, size_t size);
/* The same, and SYMBOL or SYMBOL+LENGTH. */
bool ranges_read_symbols(struct ranges *r, const char *list, const char *origin, char *why, size_t size);

/* Is `a` in one of the addresses? For a list without symbols. */
bool ranges_cover(const struct ranges *r, gaddr a);
/* Is something of [from, to] in the list? */
struct symbols;
bool ranges_touch(const struct ranges *r, struct symbols *s, gaddr from, gaddr to);

#endif

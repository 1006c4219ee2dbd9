/* The candidate nearest to a mistyped word. Owns the distance between words and when near is near. */
#ifndef TIER_NEAREST_H
#define TIER_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;
    size_t length;
    unsigned distance; /* of the best one, or the first that is too far */
    const char *best;  /* NULL: nothing is near */
};

struct nearest nearest_to(const char *word, size_t length);
void nearest_try(struct nearest *n, const char *candidate);

#endif

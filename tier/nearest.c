/* Damerau-Levenshtein distance with adjacent transpositions: the slips of a typing hand. */
#include "tier/nearest.h"

#include <string.h>

enum { LONGEST = 32 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
    unsigned d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= na; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= nb; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= na; i++)
        for (size_t j = 1; j <= nb; j++) {
            unsigned replace = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = least(replace, least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[na][nb];
}

struct nearest nearest_to(const char *word, size_t length)
{
    /* A third of the word may be wrong, and at least one letter of it. */
    return (struct nearest){.word = word, .length = length, .distance = (unsigned)length / 3 + 2};
}

void nearest_try(struct nearest *n, const char *candidate)
{
    size_t length = strlen(candidate);
    if (n->length > LONGEST || length > LONGEST || n->length == 0) return;
    unsigned d = distance(n->word, n->length, candidate, length);
    if (d < n->distance && d < length) {
        n->distance = d;
        n->best = candidate;
    }
}

/* memcpy, strlen, memchr, memcmp and memset of the C library on a few KiB, which takes what the CPU says it
 * can: with SSE2, 16 bytes at a time. copies [ROUNDS]. */
#include <stdint.h>
#include <string.h>

#include "bench/report.h"

enum { SIZE = 2048, MOST = 64 };

/* Lengths and distances from a page's start change, contents do not: what is found tells how far it went. */
static __attribute__((noinline)) int work(char *from, char *to, unsigned shift)
{
    size_t size = SIZE - shift;
    int wrong = 0;

    memset(from + shift, 'x', size);
    from[SIZE] = 0;
    wrong += strlen(from + shift) != size;
    memcpy(to + MOST - shift, from + shift, size + 1);
    wrong += memcmp(to + MOST - shift, from + shift, size + 1) != 0;
    wrong += memchr(to + MOST - shift, 0, size + 1) != to + MOST - shift + size;
    wrong += strchr(to + MOST - shift, 'y') != NULL;
    return wrong;
}

int main(int argc, char **argv)
{
    static char from[SIZE + MOST], to[SIZE + 2 * MOST];
    long times = iterations(argc, argv, 100000);
    int wrong = 0;
    double start = seconds();

    for (long i = 0; i < times; i++)
        wrong += work(from, to, (unsigned)(i % MOST));
    double spent = seconds() - start;

    printf("copied and searched %ld times\n", times);
    return finish(spent, (double)times, "blocks", wrong);
}

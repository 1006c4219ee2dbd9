/* The allocator: random sizes, realloc up and down, calloc's zeros, aligned blocks, big blocks that are
 * mapped; every block keeps its pattern. */
#include <malloc.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

enum { SLOTS = 300 };
static struct {
    unsigned char *p;
    size_t n;
    unsigned char fill;
} slot[SLOTS];

static int intact(int i)
{
    for (size_t k = 0; k<slot[i].n; k += slot[i].n> 5000 ? 997 : 1)
        if (slot[i].p[k] != slot[i].fill) return 0;
    return 1;
}

static size_t size(void)
{
    switch (rnd() % 20) {
    case 0: return rnd() % 300000;
    case 1:
    case 2: return rnd() % 20000;
    default: return rnd() % 300;
    }
}

int main(void)
{
    int damaged = 0, misaligned = 0, dirty = 0;
    uint64_t total = 0;
    for (int round = 0; round < 4000; round++) {
        int i = rnd() % SLOTS;
        damaged += !intact(i);
        if (slot[i].p && rnd() % 3 == 0) {
            size_t n = size();
            unsigned char *p = realloc(slot[i].p, n ? n : 1);
            size_t kept = n < slot[i].n ? n : slot[i].n;
            for (size_t k = 0; k < kept; k += 61)
                damaged += p[k] != slot[i].fill;
            slot[i].p = p, slot[i].n = n;
        } else {
            free(slot[i].p);
            slot[i].n = size();
            if (rnd() % 4 == 0) {
                slot[i].p = calloc(slot[i].n + 1, 1);
                for (size_t k = 0; k < slot[i].n; k += 13)
                    dirty += slot[i].p[k] != 0;
            } else if (rnd() % 8 == 0) {
                size_t align = 16u << rnd() % 9;
                slot[i].p = memalign(align, slot[i].n + 1);
                misaligned += (uintptr_t)slot[i].p % align != 0;
            } else
                slot[i].p = malloc(slot[i].n + 1);
        }
        slot[i].fill = rnd();
        memset(slot[i].p, slot[i].fill, slot[i].n);
        total += slot[i].n;
    }
    for (int i = 0; i < SLOTS; i++)
        damaged += !intact(i), free(slot[i].p);
    printf("%llu bytes: %d damaged, %d misaligned, %d dirty\n", (unsigned long long)total, damaged,
           misaligned, dirty);
    void *impossible = malloc(0xfff00000u);
    printf("impossible: %s\n", impossible ? "given" : "refused");
    return 0;
}

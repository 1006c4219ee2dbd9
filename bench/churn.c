/* malloc, realloc and free in random order, with sizes from a few bytes to some pages.
 * churn [ROUNDS]: a round is 1000 changes of 256 slots; each block keeps its size at both ends, and they are
 * compared. */
#include <string.h>

#include "bench/random.h"
#include "bench/report.h"

enum { SLOTS = 256, CHANGES = 1000 };

struct slot {
    unsigned char *block;
    uint32_t size;
};

static uint32_t some_size(uint32_t *seed)
{
    uint32_t most = next_random(seed, 100) == 0 ? 12000 : next_random(seed, 8) == 0 ? 1000 : 80;

    return 2 * sizeof(uint32_t) + next_random(seed, most);
}

static void mark(struct slot *slot, uint32_t size)
{
    slot->size = size;
    memcpy(slot->block, &size, sizeof size);
    memcpy(slot->block + size - sizeof size, &size, sizeof size);
}

/* Are `valid` bytes at the front, and all of it if they are all, as they were left? */
static int differs(const struct slot *slot, uint32_t valid)
{
    uint32_t first, last = slot->size;

    memcpy(&first, slot->block, sizeof first);
    if (valid >= slot->size) memcpy(&last, slot->block + slot->size - sizeof last, sizeof last);
    return first != slot->size || last != slot->size;
}

/* Returns 1 when something is wrong. */
static int change(struct slot *slot, uint32_t *seed)
{
    int wrong = 0;

    if (slot->block == NULL) {
        uint32_t size = some_size(seed);

        slot->block = malloc(size);
        if (slot->block == NULL) return 1;
        mark(slot, size);
    } else if (next_random(seed, 4) == 0) {
        uint32_t size = some_size(seed);
        unsigned char *moved = realloc(slot->block, size);

        if (moved == NULL) return 1;
        slot->block = moved;
        wrong = differs(slot, size);
        mark(slot, size);
    } else {
        wrong = differs(slot, slot->size);
        free(slot->block);
        slot->block = NULL;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    static struct slot slots[SLOTS];
    long rounds = iterations(argc, argv, 4000);
    uint32_t seed = 3, held = 0;
    int wrong = 0;
    double start = seconds();

    for (long round = 0; round < rounds; round++)
        for (int i = 0; i < CHANGES; i++)
            wrong += change(&slots[next_random(&seed, SLOTS)], &seed);
    double spent = seconds() - start;

    for (int i = 0; i < SLOTS; i++)
        if (slots[i].block != NULL) held += slots[i].size;
    printf("Memory churn, %ld rounds\n%u bytes held\n", rounds, held);
    return finish(spent, (double)rounds, "rounds", wrong);
}

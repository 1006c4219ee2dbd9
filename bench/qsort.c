/* Sorting: the C library's qsort with a comparison through a pointer, and a quicksort of our own, of the same
 * numbers. qsort [ROUNDS]: a round fills 1000 numbers and sorts them both ways; the results must be equal and
 * rise. */
#include <string.h>

#include "bench/random.h"
#include "bench/report.h"

enum { ITEMS = 1000, SMALL = 8 };

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static void insertion_sort(int *from, int *to)
{
    for (int *p = from + 1; p < to; p++) {
        int value = *p, *q = p;

        for (; q > from && q[-1] > value; q--)
            *q = q[-1];
        *q = value;
    }
}

static __attribute__((noinline)) void quick_sort(int *from, int *to)
{
    while (to - from > SMALL) {
        int middle = from[(to - from) / 2], *p = from, *q = to - 1;

        while (p <= q) {
            while (*p < middle)
                p++;
            while (*q > middle)
                q--;
            if (p <= q) {
                int keep = *p;

                *p++ = *q;
                *q-- = keep;
            }
        }
        quick_sort(from, q + 1);
        from = p;
    }
    insertion_sort(from, to);
}

int main(int argc, char **argv)
{
    static int numbers[ITEMS], same[ITEMS];
    long rounds = iterations(argc, argv, 4000);
    uint32_t seed = 1, sum = 0;
    int wrong = 0;
    double start = seconds();

    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < ITEMS; i++)
            numbers[i] = same[i] = (int)next_random(&seed, 50000) - 25000;
        qsort(numbers, ITEMS, sizeof numbers[0], compare);
        quick_sort(same, same + ITEMS);
        wrong += memcmp(numbers, same, sizeof same) != 0;
        for (int i = 1; i < ITEMS; i++)
            wrong += numbers[i - 1] > numbers[i];
        sum = sum * 31 + (uint32_t)numbers[ITEMS / 2];
    }
    double spent = seconds() - start;

    printf("Sorting, %ld rounds\nsum %08x\n", rounds, sum);
    return finish(spent, (double)rounds, "rounds", wrong);
}

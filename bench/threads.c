/* How threads share cores: one thread computes, then N of them compute as much each. Prints what N threads
 * get done in the time of one: N where there are as many cores. Arguments: millions of rounds, N. The best of
 * some attempts counts, as other programs may run. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 16, ATTEMPTS = 7, TABLE = 4096, OWN = 1024 };

static unsigned table[TABLE], rounds;

static void *work(void *result)
{
    unsigned x = 1, sum = 0, own[OWN] = {0};
    for (unsigned k = 0; k < rounds; k++) {
        x = x * 1664525 + 1013904223;
        own[x >> 22] += x ^ sum;
        sum += table[x >> 20] + own[sum % OWN];
        if (sum & 64) sum ^= x >> 3;
    }
    *(unsigned *)result = sum;
    return NULL;
}

static double seconds(int threads)
{
    struct timespec from, to;
    pthread_t t[MOST];
    unsigned result[MOST];
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int k = 0; k < threads; k++)
        pthread_create(&t[k], NULL, work, &result[k]);
    for (int k = 0; k < threads; k++)
        pthread_join(t[k], NULL);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

int main(int argc, char **argv)
{
    double one = 1e9, all = 1e9, t;
    int threads = argc > 2 ? atoi(argv[2]) : 2;
    rounds = (argc > 1 ? (unsigned)atoi(argv[1]) : 10) * 1000000;
    if (threads < 1 || threads > MOST) return 1;
    for (int k = 0; k < ATTEMPTS; k++) {
        if ((t = seconds(1)) < one) one = t;
        if ((t = seconds(threads)) < all) all = t;
    }
    printf("one thread %.3f s, %d threads %.3f s: %.2f times one\n", one, threads, all, threads * one / all);
    return 0;
}

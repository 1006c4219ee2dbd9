/* @seconds: 8
 * Four threads that run, rewrite and throw away each other's code while they get signals. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/guest/smc/code.h"

enum { THREADS = 4, ROUNDS = 250, SLOTS = 16 };

static char *page;
static pthread_mutex_t lock[SLOTS];
static uint32_t value[SLOTS];
static volatile int signals, bad;

static void count(int signo)
{
    signals++;
}

static void *work(void *arg)
{
    uint32_t seed = (long)arg * 7919 + 1;
    for (int i = 0; i < ROUNDS; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned k = seed >> 16 & (SLOTS - 1), what = seed >> 24 & 7;
        char *at = page + k * 4096;
        pthread_mutex_lock(&lock[k]);
        if (what < 3) {
            value[k] = seed;
            put_function(at, seed);
        } else if (what == 3) {
            mprotect(page + k * 4096, 4096, PROT_READ | PROT_EXEC);
            mprotect(page + k * 4096, 4096, RWX);
        }
        for (int n = 0; n < 60; n++)
            if (call_function(at) != value[k]) bad++;
        pthread_mutex_unlock(&lock[k]);
    }
    return NULL;
}

/* The writer waits until each reader has seen the new code. */
static volatile uint32_t generation, seen[2];
static volatile int stop;

static void *reader(void *arg)
{
    while (!stop) {
        uint32_t now = generation;
        uint32_t got = call_function(page + 65536);
        if (got < now) bad++;
        seen[(long)arg] = got;
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    struct itimerval every = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    page = code_pages(17);
    signal(SIGALRM, count);
    for (int k = 0; k < SLOTS; k++) {
        pthread_mutex_init(&lock[k], NULL);
        put_function(page + k * 4096, value[k] = k);
    }
    setitimer(ITIMER_REAL, &every, NULL);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("wrong: %d\n", bad);

    put_function(page + 65536, 0);
    for (long i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, reader, (void *)i);
    for (uint32_t i = 1; i < 30; i++) {
        *(volatile uint32_t *)(page + 65536 + 1) = i;
        generation = i;
        while (seen[0] != i || seen[1] != i)
            usleep(100);
    }
    stop = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    printf("wrong: %d\n", bad);
    return 0;
}

/* @seconds: 8
 * Mappings that change under threads: one maps and unmaps what others read with a handler, protects and
 * unprotects, grows and moves; memory of one thread's stack read by another; brk from all of them. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static char *region;
static volatile int stop;
static int good, faults;
static __thread sigjmp_buf back;

static void fault(int signo)
{
    siglongjmp(back, 1);
}

static void *reader(void *arg)
{
    while (!stop) {
        if (sigsetjmp(back, 1)) {
            __atomic_fetch_add(&faults, 1, __ATOMIC_RELAXED);
            continue;
        }
        char c = *(volatile char *)region;
        if (c != 0 && c != 7) abort();
        __atomic_fetch_add(&good, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void *allocator(void *arg)
{
    char *p[64] = {0};
    unsigned seed = (long)arg, bad = 0;
    for (int i = 0; i < 1500; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned k = seed >> 16 & 63, n = 1 + (seed >> 22) * 17 % 9000;
        if (p[k]) bad += p[k][0] != (char)k;
        free(p[k]);
        p[k] = malloc(n);
        memset(p[k], (char)k, n);
    }
    for (int k = 0; k < 64; k++)
        free(p[k]);
    return (void *)(long)bad;
}

static void *peek(void *arg)
{
    return (void *)(long)(*(int *)arg * 2);
}

int main(void)
{
    pthread_t t[4];
    void *r;
    signal(SIGSEGV, fault);
    region = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, reader, NULL);
    for (int i = 0; i < 30 || ((!good || !faults) && i < 100); i++) {
        mprotect(region, 65536, PROT_NONE);
        sched_yield();
        mprotect(region, 65536, PROT_READ | PROT_WRITE);
        *region = 7;
        sched_yield();
        mmap(region, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        mmap(region, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        sched_yield();
    }
    stop = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, allocator, (void *)(i + 1));
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], &r);
        printf("%ld ", (long)r);
    }
    int local = 21;
    pthread_create(&t[0], NULL, peek, &local);
    pthread_join(t[0], &r);
    printf("%ld\n", (long)r);
    return 0;
}

/* @seconds: 8
 * @variants: O2 dyn
 * futex between threads: requeue, bitsets, wake-and-change, time limits; mutexes that hand priorities on,
 * robust ones whose owner dies, recursive and error-checking ones, timed locks. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint32_t a, b, woken;

static long futex(void *w, int op, uint32_t v, long x, void *w2, uint32_t y)
{
    long r = syscall(SYS_futex, w, op, v, x, w2, y);
    return r < 0 ? -errno : r;
}

static void *wait_on_a(void *bits)
{
    futex(&a, FUTEX_WAIT_BITSET_PRIVATE, 0, 0, NULL, (uint32_t)(long)bits);
    woken += 1 + 100 * (long)bits;
    return NULL;
}

static void settle(_Atomic uint32_t *w, uint32_t v)
{
    while (*w != v)
        usleep(500);
}

/* Requeueing from a word to itself changes nothing, and says how many wait there. */
static void settle_on_a(int n)
{
    while (futex(&a, FUTEX_CMP_REQUEUE_PRIVATE, 0, 99, &a, 0) != n)
        usleep(500);
}

static void raw_operations(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, wait_on_a, (void *)(1l << i));
    settle_on_a(4);
    printf("bits 4: %ld\n", futex(&a, FUTEX_WAKE_BITSET_PRIVATE, 9, 0, NULL, 4));
    settle(&woken, 401);
    printf("woken %u\n", woken);
    printf("requeue: %ld\n", futex(&a, FUTEX_CMP_REQUEUE_PRIVATE, 0, 2, &b, 1));
    printf("requeue: %ld\n", futex(&a, FUTEX_CMP_REQUEUE_PRIVATE, 0, 2, &b, 0));
    printf("left on a: %ld\n", futex(&a, FUTEX_WAKE_PRIVATE, 9, 0, NULL, 0));
    /* b = b + 5, and those on it are woken as it was 0. */
    uint32_t op = FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 0);
    printf("wake and add: %ld, b %u\n", futex(&a, FUTEX_WAKE_OP_PRIVATE, 1, 9, &b, op), b);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    printf("woken %u\n", woken);
}

static pthread_mutex_t m;
static volatile int last, held;

static void *die_with_lock(void *arg)
{
    pthread_mutex_lock(&m);
    held = 1;
    if (arg) usleep(30000);
    return NULL;
}

static void *take(void *arg)
{
    last = pthread_mutex_lock(&m);
    pthread_mutex_unlock(&m);
    return NULL;
}

static void *try(void *arg)
{
    last = pthread_mutex_trylock(&m);
    return NULL;
}

static void *try_for_a_while(void *arg)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += 5000000;
    if (t.tv_nsec >= 1000000000) t.tv_nsec -= 1000000000, t.tv_sec++;
    last = pthread_mutex_timedlock(&m, &t);
    return NULL;
}

static int in_thread(void *(*fn)(void *), void *arg)
{
    pthread_t t;
    last = -1;
    pthread_create(&t, NULL, fn, arg);
    pthread_join(t, NULL);
    return last;
}

static void make(int type, int robust, int protocol)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutexattr_setrobust(&attr, robust);
    printf("protocol %d\n", pthread_mutexattr_setprotocol(&attr, protocol));
    pthread_mutex_init(&m, &attr);
}

static void owner_death(int protocol)
{
    pthread_t t;
    make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, protocol);
    in_thread(die_with_lock, NULL);
    printf("after its death: %d\n", pthread_mutex_lock(&m));
    printf("consistent: %d\n", pthread_mutex_consistent(&m));
    pthread_mutex_unlock(&m);
    held = 0;
    pthread_create(&t, NULL, die_with_lock, (void *)1);
    while (!held)
        usleep(500);
    printf("while it dies: %d\n", pthread_mutex_lock(&m));
    pthread_join(t, NULL);
    pthread_mutex_unlock(&m); /* without making it consistent */
    printf("not recoverable: %d\n", in_thread(take, NULL));
}

int main(void)
{
    raw_operations();
    owner_death(PTHREAD_PRIO_NONE);
    owner_death(PTHREAD_PRIO_INHERIT);
    make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
    pthread_mutex_lock(&m);
    printf("pi: %d", in_thread(try, NULL) == EBUSY);
    printf(" %d\n", in_thread(try_for_a_while, NULL) == ETIMEDOUT);
    pthread_t t;
    pthread_create(&t, NULL, take, NULL);
    usleep(10000);
    pthread_mutex_unlock(&m);
    pthread_join(t, NULL);
    printf("handed over: %d\n", last);
    make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    int first = pthread_mutex_lock(&m), second = pthread_mutex_lock(&m);
    printf("recursive: %d %d %d\n", first, second, in_thread(try, NULL) == EBUSY);
    make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    first = pthread_mutex_lock(&m), second = pthread_mutex_lock(&m);
    printf("checked: %d %d %d\n", first, second, in_thread(try_for_a_while, NULL));
    return 0;
}

/* @seconds: 8
 * Threads as glibc and musl make them: arguments and results, TLS, mutexes, conditions, barriers, read-write
 * locks, keys, once, detached threads, many one after the other. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 3000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static pthread_key_t key;
static long plain, atomic, turns, onces, destroyed, rounds[THREADS], pairs[2], torn;
static __thread long own = 7;
static __thread char big[5000];

static void count_once(void)
{
    onces++;
}

static void destroy(void *p)
{
    __atomic_fetch_add(&destroyed, (long)p, __ATOMIC_SEQ_CST);
}

static void *work(void *arg)
{
    long n = (long)arg;
    own += n;
    big[n] = 1;
    pthread_once(&once, count_once);
    pthread_setspecific(key, (void *)(n + 1));
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        plain++;
        pthread_mutex_unlock(&lock);
        __atomic_fetch_add(&atomic, 1, __ATOMIC_SEQ_CST);
        if (i % 16 == n) {
            pthread_rwlock_wrlock(&rw);
            pairs[0]++, pairs[1]++;
            pthread_rwlock_unlock(&rw);
        } else {
            pthread_rwlock_rdlock(&rw);
            torn += pairs[0] != pairs[1];
            pthread_rwlock_unlock(&rw);
        }
    }
    for (int i = 0; i < 50; i++) {
        rounds[n] = i;
        pthread_barrier_wait(&barrier);
        for (int k = 0; k < THREADS; k++)
            torn += rounds[k] != i;
        pthread_barrier_wait(&barrier);
    }
    for (int i = 0; i < 100; i++) { /* by turns */
        pthread_mutex_lock(&lock);
        while (turns % THREADS != n)
            pthread_cond_wait(&changed, &lock);
        turns++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return (void *)(own * 10 + big[n]);
}

static void *nothing(void *arg)
{
    return arg;
}

static sem_t done;

static void *detached(void *arg)
{
    pthread_detach(pthread_self());
    sem_post(arg);
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    pthread_key_create(&key, destroy);
    for (long i = 0; i < THREADS; i++)
        printf("create %d\n", pthread_create(&t[i], NULL, work, (void *)i));
    for (int i = 0; i < THREADS; i++) {
        void *r;
        int e = pthread_join(t[i], &r);
        printf("join %d %ld\n", e, (long)r);
    }
    printf("%ld %ld %ld %ld %ld %ld\n", plain, atomic, turns, onces, destroyed, torn);
    printf("main's own: %ld, %d\n", own, big[0]);
    long sum = 0;
    for (long i = 0; i < 300; i++) {
        void *r;
        if (pthread_create(&t[0], NULL, nothing, (void *)i) || pthread_join(t[0], &r)) return 1;
        sum += (long)r;
    }
    printf("300 more: %ld\n", sum);
    sem_init(&done, 0, 0);
    for (int i = 0; i < 20; i++)
        if (pthread_create(&t[0], NULL, detached, &done)) return 2;
    for (int i = 0; i < 20; i++)
        sem_wait(&done);
    pthread_attr_t attr;
    size_t size = 0;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1 << 20);
    pthread_attr_setguardsize(&attr, 16384);
    printf("with attributes: %d\n", pthread_create(&t[0], &attr, nothing, NULL));
    pthread_join(t[0], NULL);
    pthread_attr_getstacksize(&attr, &size);
    printf("%zu\n", size);
    return 0;
}

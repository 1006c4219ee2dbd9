/* @seconds: 8
 * Cancellation: in blocking calls, at once in a loop, with handlers, disabled, and of a thread that waits for
 * a condition. */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

static sem_t ready, asked;
static volatile unsigned long spins;
static int pipes[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static void say(void *text)
{
    printf("  handler: %s\n", (char *)text);
}

static void *in_read(void *arg)
{
    char c;
    pthread_cleanup_push(say, "read");
    sem_post(&ready);
    read(pipes[0], &c, 1);
    pthread_cleanup_pop(0);
    return arg;
}

static void *in_sleep(void *arg)
{
    pthread_cleanup_push(say, "outer");
    pthread_cleanup_push(say, "inner");
    sem_post(&ready);
    sleep(100);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return arg;
}

static void *in_loop(void *arg)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    sem_post(&ready);
    for (;;)
        spins++;
    return arg;
}

static void unlock(void *m)
{
    printf("  unlock\n");
    pthread_mutex_unlock(m);
}

static void *in_wait(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_cleanup_push(unlock, &lock);
    sem_post(&ready);
    for (;;)
        pthread_cond_wait(&never, &lock);
    pthread_cleanup_pop(0);
    return arg;
}

static void *disabled(void *arg)
{
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    sem_post(&ready);
    sem_wait(&asked);
    printf("  not yet\n");
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
    pthread_testcancel();
    return arg;
}

static void try(const char *name, void *(*fn)(void *))
{
    pthread_t t;
    void *r = NULL;
    printf("%s\n", name);
    sem_init(&asked, 0, 0);
    pthread_create(&t, NULL, fn, NULL);
    sem_wait(&ready);
    usleep(2000);
    int c = pthread_cancel(t);
    sem_post(&asked);
    int j = pthread_join(t, &r);
    printf("  %d %d %s\n", c, j, r == PTHREAD_CANCELED ? "cancelled" : "returned");
}

int main(void)
{
    sem_init(&ready, 0, 0);
    if (pipe(pipes)) return 1;
    try("read", in_read);
    try("sleep", in_sleep);
    try("loop", in_loop);
    try("wait", in_wait);
    printf("lock: %d\n", pthread_mutex_trylock(&lock));
    try("disabled", disabled);
    for (int i = 0; i < 30; i++)
        try("loop", in_loop);
    return 0;
}

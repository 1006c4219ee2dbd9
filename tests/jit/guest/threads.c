/* Threads that are signalled while they compute, and end: one after another, and many at a time. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { ROUNDS = 6, AT_ONCE = 4 };

static volatile int ready[AT_ONCE], caught[AT_ONCE];
static __thread int self;

static void handler(int signo)
{
    caught[self] += signo == SIGUSR1;
}

static void *compute(void *arg)
{
    unsigned x = 1;
    self = (int)(long)arg;
    ready[self] = 1;
    while (!caught[self])
        x = x * 69069 + 1;
    return x ? arg : NULL;
}

int main(void)
{
    struct sigaction act = {.sa_handler = handler};
    sigaction(SIGUSR1, &act, NULL);
    int sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t t[AT_ONCE];
        for (long i = 0; i < AT_ONCE; i++)
            ready[i] = caught[i] = 0, pthread_create(&t[i], NULL, compute, (void *)i);
        for (int i = 0; i < AT_ONCE; i++) {
            while (!ready[i])
                usleep(100);
            usleep(2000);
            pthread_kill(t[i], SIGUSR1);
        }
        for (int i = 0; i < AT_ONCE; i++)
            pthread_join(t[i], NULL), sum += caught[i];
    }
    printf("%d signals caught\n", sum);
    return 0;
}

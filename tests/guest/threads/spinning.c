/* @seconds: 8
 * Loops of several shapes that never end by themselves: a timer and another thread must get control. The body
 * of one calls a function, so that a translated loop may be closed by a call or a return. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int stop, ticks;
static volatile unsigned spins;

__attribute__((noinline)) static unsigned callee(unsigned n)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < (n & 3); i++)
        sum += spins;
    return sum;
}

static void *calls(void *arg)
{
    while (!stop)
        spins++, callee(spins);
    return arg;
}

static void *allocates(void *arg)
{
    while (!stop)
        spins++, free(malloc(spins % 1000));
    return arg;
}

static void *empty(void *arg)
{
    while (!stop)
        continue;
    return arg;
}

static void *indirect(void *arg)
{
    unsigned (*volatile fn)(unsigned) = callee;
    do
        fn(spins++);
    while (!stop);
    return arg;
}

static void *copies(void *arg)
{
    static char from[1 << 20], to[1 << 20];
    while (!stop)
        for (int i = 0; i < 10; i++) {
            char *s = from, *d = to;
            unsigned n = sizeof from;
            __asm__ volatile("rep movsb" : "+S"(s), "+D"(d), "+c"(n) : : "memory");
        }
    return arg;
}

static void tick(int signo)
{
    if (++ticks == 5) stop = 1;
}

int main(void)
{
    static void *(*const shape[])(void *) = {calls, allocates, empty, indirect, copies};
    signal(SIGALRM, tick);
    for (int i = 0; i < 5; i++) {
        struct itimerval every = {{0, 4000}, {0, 4000}}, never = {{0, 0}, {0, 0}};
        pthread_t t[2];
        stop = ticks = 0;
        setitimer(ITIMER_REAL, &every, NULL);
        shape[i](NULL);
        setitimer(ITIMER_REAL, &never, NULL);
        printf("%d by a timer\n", i);
        stop = 0;
        for (int k = 0; k < 2; k++)
            pthread_create(&t[k], NULL, shape[i], NULL);
        usleep(20000);
        stop = 1;
        for (int k = 0; k < 2; k++)
            pthread_join(t[k], NULL);
        printf("%d by another thread\n", i);
    }
    return 0;
}

/* @variants: O2 musl
 * @seconds: 60
 * No signal is slept through: one thread sends them, at random moments, to one that is about to block, and
 * whose handler jumps out of that call. A signal that is noticed too late leaves it there. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 400, MANY_ROUNDS = 200000, KINDS = 5 };

static sigjmp_buf out;
static volatile int armed, done;
static volatile unsigned handled;
static int p[2], word;
static pid_t target, child;

static void on_signal(int signo)
{
    if (!armed) return;
    armed = 0;
    handled++;
    siglongjmp(out, 1);
}

static void block(int kind)
{
    static const struct timespec long_time = {1000, 0};
    char c;
    switch (kind) {
    case 0: (void)!read(p[0], &c, 1); break;
    case 1: pause(); break;
    case 2: syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0); break;
    case 3: nanosleep(&long_time, NULL); break;
    case 4: waitpid(child, NULL, 0); break;
    }
}

static void *sender(void *arg)
{
    uint32_t seed = 1;
    while (!done) {
        unsigned before = handled;
        if (!armed) continue;
        seed = seed * 1103515245 + 12345;
        for (volatile uint32_t n = seed >> 16 & 1023; n; n--)
            ;
        syscall(SYS_tgkill, getpid(), target, SIGUSR1);
        while (handled == before && !done)
            ;
    }
    return NULL;
}

int main(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    pthread_t t;
    int rounds = getenv("MILLIONS") ? MANY_ROUNDS : ROUNDS;
    if (pipe(p)) return 1;
    child = fork();
    if (!child)
        for (;;)
            pause();
    sigaction(SIGUSR1, &sa, NULL);
    target = (pid_t)syscall(SYS_gettid);
    pthread_create(&t, NULL, sender, NULL);
    for (int kind = 0; kind < KINDS; kind++) {
        volatile int woken = 0;
        while (woken < rounds) {
            if (sigsetjmp(out, 1)) {
                woken++;
                continue;
            }
            armed = 1;
            block(kind);
        }
        printf("kind %d: all\n", kind);
    }
    done = 1;
    pthread_join(t, NULL);
    kill(child, SIGKILL);
    return 0;
}

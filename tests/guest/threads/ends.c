/* @seconds: 20
 * Threads that end under a rain of the signal that the C library keeps for cancellation, and changes of ids,
 * for which the C library signals all threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RAINS = 200, CANCEL = 32, THREADS = 3 };

struct kernel_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned char mask[8];
};

static volatile pid_t tid;
static volatile int stop;
static volatile unsigned drops, turns[THREADS];

static void drop(int signo)
{
    drops++;
}

/* With all signals blocked, as at the end of each thread. */
static void *brief(void *arg)
{
    unsigned char all[8];
    memset(all, 0xff, sizeof all);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, NULL, sizeof all);
    tid = (pid_t)syscall(SYS_gettid);
    for (volatile int i = 0; i < 300; i++)
        ;
    return arg;
}

static void rain(void)
{
    struct kernel_action a = {.handler = drop};
    pthread_t t;
    printf("sigaction %ld\n", syscall(SYS_rt_sigaction, CANCEL, &a, NULL, 8));
    for (int i = 0; i < RAINS; i++) {
        tid = 0;
        if (pthread_create(&t, NULL, brief, NULL)) printf("no thread\n");
        while (!tid)
            sched_yield();
        while (!syscall(SYS_tgkill, getpid(), tid, CANCEL) || errno == EAGAIN) /* too many wait */
            ;
        if (errno != ESRCH) printf("errno %d\n", errno);
        pthread_join(t, NULL);
    }
    printf("%d threads, %u hit\n", RAINS, drops);
}

static void *busy(void *arg)
{
    while (!stop)
        turns[(long)arg]++;
    return arg;
}

static void *sleepy(void *arg)
{
    while (!stop)
        usleep(1000);
    return arg;
}

static void change_ids(void)
{
    pthread_t t[THREADS];
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, i ? busy : sleepy, (void *)i);
    for (int i = 0; i < 20; i++)
        if (setgid(getgid()) || setuid(getuid())) printf("refused: %d\n", errno);
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf("ids changed\n");
}

int main(void)
{
    change_ids();
    rain();
    return 0;
}

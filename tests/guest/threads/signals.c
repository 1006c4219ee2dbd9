/* @seconds: 8
 * @variants: O2 dyn
 * Signals and threads: own masks, own alternate stacks, pthread_kill into a loop and into blocking calls,
 * signals of the process to whoever takes them, sigwait in a thread, faults in several threads at once. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 4 };

static sem_t ready;
static volatile int stop;
static volatile unsigned long spins;
static volatile int counts[THREADS + 1];
static __thread int me = THREADS;
static __thread sigjmp_buf back;
static __thread char *stack;

static void count(int signo)
{
    counts[me]++;
}

static void on_own_stack(int signo)
{
    char here;
    if (&here < stack || &here >= stack + 32768) _exit(50);
    counts[me]++;
}

static void fault(int signo, siginfo_t *info, void *context)
{
    if ((long)info->si_addr != 0x1000 + me * 16) _exit(51);
    counts[me]++;
    siglongjmp(back, 1);
}

static void *spinner(void *arg)
{
    me = (long)arg;
    sem_post(&ready);
    while (!stop)
        spins++;
    return NULL;
}

static void *sleeper(void *arg)
{
    me = (long)arg;
    sem_post(&ready);
    while (!stop)
        if (usleep(1000000) != -1 || errno != EINTR) return (void *)1;
    return NULL;
}

static void *faulter(void *arg)
{
    me = (long)arg;
    for (int i = 0; i < 300; i++)
        if (!sigsetjmp(back, 1)) *(volatile int *)(0x1000 + me * 16) = 1;
    return NULL;
}

static void *with_stack(void *arg)
{
    me = (long)arg;
    stack = malloc(32768);
    stack_t s = {.ss_sp = stack, .ss_size = 32768}, old;
    if (sigaltstack(NULL, &old) || old.ss_flags != SS_DISABLE) _exit(52); /* not handed on */
    sigaltstack(&s, NULL);
    for (int i = 0; i < 100; i++)
        raise(SIGUSR2);
    return NULL;
}

static void *waiter(void *arg)
{
    sigset_t set;
    siginfo_t info;
    int sum = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    for (int i = 0; i < 10; i++) {
        sigwaitinfo(&set, &info);
        sum = sum * 3 + info.si_value.sival_int;
    }
    return (void *)(long)sum;
}

static void *blocker(void *arg)
{
    sigset_t set;
    sigfillset(&set);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    me = (long)arg;
    sem_post(&ready);
    while (!stop)
        usleep(500);
    return NULL;
}

static void send_to(const char *what, void *(*fn)(void *), int n)
{
    pthread_t t[THREADS];
    memset((void *)counts, 0, sizeof counts);
    stop = 0;
    for (long i = 0; i < THREADS; i++) {
        pthread_create(&t[i], NULL, fn, (void *)i);
        sem_wait(&ready);
    }
    for (int k = 0; k < n; k++)
        for (int i = 0; i < THREADS; i++) {
            pthread_kill(t[i], SIGUSR1);
            while (counts[i] <= k)
                usleep(200);
        }
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_kill(t[i], SIGUSR1);
    printf("%s:", what);
    for (int i = 0; i < THREADS; i++) {
        void *r;
        pthread_join(t[i], &r);
        printf(" %d %d", counts[i] >= n, (int)(long)r);
    }
    printf("\n");
}

int main(void)
{
    struct sigaction sa = {.sa_handler = count};
    pthread_t t[THREADS];
    sem_init(&ready, 0, 0);
    sigaction(SIGUSR1, &sa, NULL);
    sa.sa_handler = on_own_stack;
    sa.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR2, &sa, NULL);
    sa.sa_sigaction = fault;
    sa.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &sa, NULL);

    send_to("into loops", spinner, 10);
    send_to("into sleep", sleeper, 10);

    memset((void *)counts, 0, sizeof counts);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, faulter, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf("faults: %d %d %d %d\n", counts[0], counts[1], counts[2], counts[3]);

    memset((void *)counts, 0, sizeof counts);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, with_stack, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf("own stacks: %d %d %d %d\n", counts[0], counts[1], counts[2], counts[3]);

    /* All but main block it: main gets it. */
    memset((void *)counts, 0, sizeof counts);
    stop = 0;
    for (long i = 0; i < THREADS; i++) {
        pthread_create(&t[i], NULL, blocker, (void *)i);
        sem_wait(&ready);
    }
    for (int i = 0; i < 50; i++) {
        kill(getpid(), SIGUSR1);
        while (counts[THREADS] <= i)
            usleep(100);
    }
    printf("process's: %d %d\n", counts[0], counts[THREADS]);
    /* A signal for a thread that blocks it stays pending there and nowhere else. */
    pthread_kill(t[1], SIGUSR1);
    usleep(1000);
    sigset_t pending;
    sigpending(&pending);
    printf("pending in main: %d\n", sigismember(&pending, SIGUSR1));
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf("never came: %d\n", counts[1]);

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    void *r;
    pthread_create(&t[0], NULL, waiter, NULL);
    for (int i = 0; i < 10; i++)
        pthread_sigqueue(t[0], SIGRTMIN + 3, (union sigval){.sival_int = i});
    pthread_join(t[0], &r);
    printf("waited: %ld\n", (long)r);
    printf("wrong thread: %ld %d\n", syscall(SYS_tgkill, getpid(), 1, 0), errno);
    return 0;
}

/* @variants: O2 dyn
 * @seconds: 20
 * A signal for the process is not lost with a thread that is about to end, or to block it, when it comes:
 * some other thread takes it. Here only threads that end at once would, while the first one has long system
 * calls; another process sends the next signal when one has been handled. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STANDARD = 100, QUEUED = 100, MAKERS = 2, COPIED = 1 << 20 };

static struct counters {
    unsigned handled, sum;
} * shared;
static volatile int stop;

static void on_signal(int signo, siginfo_t *info, void *context)
{
    __atomic_add_fetch(&shared->sum, (unsigned)info->si_value.sival_int, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&shared->handled, 1, __ATOMIC_SEQ_CST);
}

static unsigned handled(void)
{
    return __atomic_load_n(&shared->handled, __ATOMIC_SEQ_CST);
}

static void change(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    pthread_sigmask(how, &set, NULL);
}

static void *brief(void *how)
{
    change(SIG_UNBLOCK);
    if (how == (void *)1) change(SIG_BLOCK);
    if (how == (void *)2) syscall(SYS_exit, 0);
    return NULL;
}

static void *make(void *arg)
{
    for (long how = 0; !stop; how = (how + 1) % 3) {
        pthread_t t;
        if (pthread_create(&t, NULL, brief, (void *)how)) printf("no thread\n");
        pthread_join(t, NULL);
    }
    return arg;
}

static void send_all(pid_t to)
{
    for (unsigned n = 1; n <= STANDARD + QUEUED; n++) {
        union sigval v = {.sival_int = n > STANDARD ? (int)n : 0};
        if (n > STANDARD ? sigqueue(to, SIGRTMIN, v) : kill(to, SIGUSR1)) _exit(1);
        while (handled() != n)
            sched_yield();
    }
    _exit(0);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    static char from[COPIED], to[COPIED];
    struct iovec here = {to, COPIED}, there = {from, COPIED};
    pthread_t t[MAKERS];
    int status = -1;
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGUSR1, &sa, NULL);
    sigaction(SIGRTMIN, &sa, NULL);
    change(SIG_BLOCK);
    pid_t parent = getpid(), child = fork();
    if (!child) send_all(parent);
    for (int i = 0; i < MAKERS; i++)
        pthread_create(&t[i], NULL, make, NULL);
    while (handled() != STANDARD + QUEUED)
        process_vm_readv(parent, &here, 1, &there, 1, 0);
    stop = 1;
    for (int i = 0; i < MAKERS; i++)
        pthread_join(t[i], NULL);
    waitpid(child, &status, 0);
    printf("sender %d, %u handled, values %u\n", status, handled(), shared->sum);
    return 0;
}

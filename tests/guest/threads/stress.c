/* @variants: O2 musl
 * @seconds: 150
 * Eight threads that run each other's code and rewrite it, unprotect it, map it anew, while they send each
 * other signals and fork. LONG: for a minute. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/smc/code.h"

enum { THREADS = 8, ROUNDS = 300, PAGES = 4, SLOTS = 8, CALLS = 150, APART = 512, FORKS = 40 };

static char *shared, *own[THREADS];
static pid_t tids[THREADS];
static volatile int bad, until, ready;

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1103515245 + 12345;
    return *seed >> 12;
}

/* Its halves show whether it is whole. */
static uint32_t value_of(uint32_t n)
{
    n &= 0xffff;
    return n << 16 | (n ^ 0x5a5a);
}

static int is_whole(uint32_t v)
{
    return (v >> 16 ^ 0x5a5a) == (v & 0xffff);
}

/* The constant is aligned: another thread sees the old or the new one. */
static char *slot(uint32_t n)
{
    n %= PAGES * SLOTS;
    return shared + n / SLOTS * 4096 + n % SLOTS * APART + 3;
}

static void rewrite(uint32_t n)
{
    *(volatile uint32_t *)(slot(n) + 1) = value_of(n * 40503 + (uint32_t)bad + n / 7);
}

static void run(uint32_t n)
{
    if (!is_whole(call_function(slot(n)))) bad = 1;
}

static void on_signal(int signo)
{
    static uint32_t n;
    run(n++);
}

static void fork_one(uint32_t n)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        for (uint32_t k = 0; k < 20; k++) {
            rewrite(n + k);
            run(n + k);
        }
        _exit(bad ? 3 : 7);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 7 << 8) bad = 2;
}

static void use_own(char *at, uint32_t what, uint32_t n)
{
    if (what == 4) {
        mprotect(at, 4096, PROT_READ | PROT_EXEC);
        mprotect(at, 4096, RWX);
    } else if (what == 5) {
        mmap(at, 4096, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        put_function(at + 100, n);
    }
    put_function(at, n);
    if (call_function(at) != n || call_hot(at) != n) bad = 4;
    if (what == 5 && call_function(at + 100) != n) bad = 5;
}

static void *work(void *arg)
{
    int me = (int)(long)arg;
    uint32_t seed = (uint32_t)me * 7919 + 1;
    tids[me] = (pid_t)syscall(SYS_gettid);
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (ready < THREADS)
        sched_yield();
    for (int i = 0; i < ROUNDS || time(NULL) < until; i++) {
        uint32_t what = next(&seed) & 7, n = next(&seed);
        if (what < 3) rewrite(n);
        if (what >= 3 && what < 6) use_own(own[me], what, n & 0xffffff);
        if (what == 6) syscall(SYS_tgkill, getpid(), tids[n % THREADS], SIGUSR1);
        if (what == 7 && i % FORKS == 0) fork_one(n);
        for (uint32_t k = 0; k < CALLS; k++)
            run(n + k * 5);
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (getenv("LONG") && *getenv("LONG")) until = (int)time(NULL) + 60;
    shared = code_pages(PAGES);
    for (uint32_t n = 0; n < PAGES * SLOTS; n++)
        put_function(slot(n), value_of(n));
    sigaction(SIGUSR1, &sa, NULL);
    for (int i = 0; i < THREADS; i++)
        own[i] = code_pages(1);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, work, (void *)(long)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf("bad %d\n", bad);
    return 0;
}

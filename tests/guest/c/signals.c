/* Signals within one process: handlers with and without information, masks, nesting, pending ones,
 * sigsuspend, itimers, alternate stack, SIGPIPE, siglongjmp, restarted reads. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/guest/guest.h"

static volatile sig_atomic_t seen[65], depth, deepest;
static sigjmp_buf back;

static void plain(int n)
{
    seen[n]++;
}

static void informed(int n, siginfo_t *info, void *context)
{
    printf("signal %d code %d value %d\n", n, info->si_code, info->si_value.sival_int);
}

static void nested(int n)
{
    if (++depth > deepest) deepest = depth;
    if (n == SIGUSR1) raise(SIGUSR2);
    depth--;
}

static void escape(int n)
{
    siglongjmp(back, n);
}

static void handle(int n, void (*f)(int), int flags)
{
    struct sigaction act = {.sa_handler = f, .sa_flags = flags};
    sigaction(n, &act, NULL);
}

static void masks(void)
{
    sigset_t some, old, pending;
    sigemptyset(&some), sigaddset(&some, SIGUSR1), sigaddset(&some, SIGRTMIN + 3);
    handle(SIGUSR1, plain, 0), handle(SIGRTMIN + 3, plain, 0);
    sigprocmask(SIG_BLOCK, &some, &old);
    for (int i = 0; i < 3; i++)
        raise(SIGUSR1), sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = i});
    sigpending(&pending);
    printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN + 3),
           sigismember(&pending, SIGUSR2));
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("delivered %d and %d times\n", (int)seen[SIGUSR1], (int)seen[SIGRTMIN + 3]);
    struct sigaction act = {.sa_sigaction = informed, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR2, &act, NULL);
    sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 77});
    kill(getpid(), SIGUSR2);
}

static void timers(void)
{
    sigset_t none;
    sigemptyset(&none);
    handle(SIGALRM, plain, 0);
    struct itimerval t = {{0, 3000}, {0, 3000}};
    setitimer(ITIMER_REAL, &t, NULL);
    while (seen[SIGALRM] < 5)
        pause();
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    printf("alarms %d\n", seen[SIGALRM] >= 5);
    volatile int spin = 1;
    seen[SIGALRM] = 0;
    t.it_interval.tv_usec = 0;
    setitimer(ITIMER_REAL, &t, NULL);
    while (spin)
        spin = !seen[SIGALRM];
    printf("out of a loop\n");
}

static void alternate(void)
{
    static char space[64 * 1024];
    stack_t stack = {.ss_sp = space, .ss_size = sizeof space}, now;
    sigaltstack(&stack, NULL);
    handle(SIGSEGV, escape, SA_ONSTACK | SA_NODEFER);
    for (int i = 0; i < 3; i++) {
        int n = sigsetjmp(back, 1);
        if (!n) *(volatile int *)(16 + i) = 1;
        printf("escaped %d\n", n);
    }
    sigaltstack(NULL, &now);
    printf("alternate %d %d\n", now.ss_flags, now.ss_size == sizeof space);
}

static void pipes(void)
{
    int p[2];
    char c;
    pipe(p);
    handle(SIGALRM, plain, SA_RESTART);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            usleep(5000), kill(getppid(), SIGALRM);
        usleep(5000);
        write(p[1], "x", 1);
        _exit(0);
    }
    int n = read(p[0], &c, 1);
    printf("restarted read %d %c\n", n, c);
    waitpid(pid, NULL, 0);
    close(p[0]);
    handle(SIGPIPE, plain, 0);
    errno = 0;
    printf("write %d", (int)write(p[1], "x", 1));
    printf(" errno %d, SIGPIPE %d\n", errno, (int)seen[SIGPIPE]);
}

int main(void)
{
    masks();
    handle(SIGUSR1, nested, 0), handle(SIGUSR2, nested, 0);
    raise(SIGUSR1);
    printf("nested %d\n", (int)deepest);
    timers();
    alternate();
    pipes();
    signal(SIGUSR1, SIG_IGN), raise(SIGUSR1);
    signal(SIGUSR2, SIG_DFL);
    printf("last words\n");
    fflush(stdout);
    return 0;
}

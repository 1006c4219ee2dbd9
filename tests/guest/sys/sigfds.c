/* signalfd: queued signals read as records, one by one and several; nothing there; the mask changed. And an
 * alternate stack that disarms itself: the handler may leave it, a second signal uses the normal stack. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

static char *stack;
static volatile int depth;
static sigjmp_buf back;

static int on_stack(void)
{
    char here;
    return &here >= stack && &here < stack + 65536;
}

static void handler(int signo)
{
    stack_t now;
    sigaltstack(NULL, &now);
    printf("  depth %d: on it %d, flags %x, size %zu\n", depth, on_stack(), (unsigned)now.ss_flags,
           now.ss_size);
    if (depth++ == 0) raise(SIGUSR2);
}

static void leave(int signo)
{
    siglongjmp(back, 1);
}

int main(void)
{
    sigset_t set;
    struct signalfd_siginfo r[4];
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    printf("nothing: %zd %d\n", read(fd, r, sizeof r), errno == EAGAIN);
    for (int i = 0; i < 3; i++)
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 40 + i});
    raise(SIGUSR1);
    ssize_t n = read(fd, r, 2 * sizeof *r);
    printf("%zd: %u %u, %d\n", n, r[0].ssi_signo, r[1].ssi_signo, r[1].ssi_int);
    n = read(fd, r, sizeof r);
    printf("%zd: %d %d, from us %d\n", n, r[0].ssi_int, r[1].ssi_int, r[0].ssi_pid == (unsigned)getpid());
    sigdelset(&set, SIGUSR1);
    printf("same: %d\n", signalfd(fd, &set, 0) == fd);
    raise(SIGUSR1);
    printf("not its: %zd\n", read(fd, r, sizeof r));
    signal(SIGUSR1, SIG_IGN);

    stack = malloc(65536);
    stack_t s = {.ss_sp = stack, .ss_size = 65536, .ss_flags = (int)SS_AUTODISARM}, now;
    printf("disarms itself: %d\n", sigaltstack(&s, NULL));
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(SIGUSR2, &sa, NULL);
    raise(SIGUSR2);
    sigaltstack(NULL, &now);
    printf("armed again: %d %x\n", now.ss_sp == stack, (unsigned)now.ss_flags);
    sa.sa_handler = leave;
    sigaction(SIGUSR2, &sa, NULL);
    for (int i = 0; i < 3000; i++) {
        if (!sigsetjmp(back, 1)) raise(SIGUSR2);
        sigaltstack(&s, NULL);
    }
    printf("left 3000 times\n");
    return 0;
}

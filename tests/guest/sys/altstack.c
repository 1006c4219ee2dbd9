/* sigaltstack: where handlers run, what the calls report, errors, and a handler of a stack overflow. */
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/guest/sys/raw.h"

static char stack[262144];
static sigjmp_buf back;

static int on_it(void *p)
{
    return (char *)p >= stack && (char *)p < stack + sizeof stack;
}

static void show(const char *what)
{
    stack_t now;
    raw(SYS_sigaltstack, 0, &now);
    printf("%s: base right %d, flags %d, size %u\n", what, now.ss_sp == stack, now.ss_flags,
           (unsigned)now.ss_size);
}

static void handler(int signo)
{
    char here;
    printf("signal %d on the alternate stack: %d\n", signo, on_it(&here));
    show("  inside");
    stack_t other = {.ss_sp = stack, .ss_size = 131072};
    printf("  changing it: %s\n", result(raw(SYS_sigaltstack, &other, 0)));
    if (signo == SIGUSR1) raise(SIGUSR2);
    if (signo == SIGSEGV) siglongjmp(back, 1);
}

static int deep(int n)
{
    volatile char room[4096];
    room[0] = (char)n;
    return deep(n + 1) + room[0];
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    show("at first");
    stack_t small = {.ss_sp = stack, .ss_size = 1024},
            odd = {.ss_sp = stack, .ss_flags = 64, .ss_size = 16384};
    SHOW(raw(SYS_sigaltstack, &small, 0));
    SHOW(raw(SYS_sigaltstack, &odd, 0));
    SHOW(raw(SYS_sigaltstack, 4, 0));
    stack_t good = {.ss_sp = stack, .ss_size = sizeof stack};
    SHOW(raw(SYS_sigaltstack, &good, 0));
    show("set");
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &sa, NULL);
    sigaction(SIGUSR2, &sa, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    sa.sa_flags = 0;
    sigaction(SIGHUP, &sa, NULL);
    raise(SIGUSR1);
    raise(SIGHUP);
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_STACK, &limit);
    if (!sigsetjmp(back, 1)) printf("%d\n", deep(0));
    show("after the overflow");
    stack_t off = {.ss_flags = SS_DISABLE};
    SHOW(raw(SYS_sigaltstack, &off, 0));
    show("off");
    raise(SIGUSR2);
    return 0;
}

/* Pending and queued signals: order, one of each standard signal, all of the real-time ones with their
 * values, masks during handlers, one-shot handlers, sigtimedwait, ignored and default signals. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

static void info_handler(int signo, siginfo_t *si, void *context)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("  handler %d code %d value %d, blocked now:", signo, si->si_code,
           si->si_code == SI_QUEUE ? si->si_value.sival_int : -1);
    for (int i = 1; i < 65; i++)
        if (sigismember(&now, i) == 1) printf(" %d", i);
    printf("\n");
}

static void one_shot(int signo)
{
    printf("  one shot %d\n", signo);
}

static void show_pending(const char *what)
{
    uint32_t set[2];
    raw(SYS_rt_sigpending, set, 8);
    printf("%s: pending %08x %08x\n", what, set[0], set[1]);
}

static void nested(int signo)
{
    printf("  nested %d begins\n", signo);
    raise(signo == SIGUSR1 ? SIGUSR2 : SIGUSR1);
    printf("  nested %d ends\n", signo);
}

static void show_record(int signo, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d, code %d, address %p\n", signo, info->si_code, info->si_addr);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    static const int list[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGSEGV, SIGTERM};
    struct sigaction sa = {.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO};
    sigset_t all, old;
    sigfillset(&all);
    for (int i = 0; i < 6; i++)
        sigaction(list[i], &sa, NULL);
    for (int i = 0; i < 4; i++)
        sigaction(SIGRTMIN + i, &sa, NULL);
    sigprocmask(SIG_SETMASK, &all, &old);
    for (int round = 0; round < 3; round++)
        for (int i = 5; i >= 0; i--)
            raise(list[i]);
    for (int i = 0; i < 6; i++)
        sigqueue(getpid(), SIGRTMIN + 3 - i % 4, (union sigval){.sival_int = 100 + i});
    show_pending("all blocked");
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGTERM);
    sigaddset(&some, SIGRTMIN + 2);
    siginfo_t info;
    struct timespec zero = {0, 0};
    for (int i = 0; i < 4; i++) {
        int r = sigtimedwait(&some, &info, &zero);
        printf("sigtimedwait: %d%s\n", r, r < 0 && errno == EAGAIN ? " EAGAIN" : "");
        if (r > 0)
            printf("  signo %d code %d value %d\n", info.si_signo, info.si_code,
                   info.si_code == SI_QUEUE ? info.si_value.sival_int : -1);
    }
    show_pending("after waiting");
    printf("unblocking all\n");
    sigprocmask(SIG_SETMASK, &old, NULL);
    show_pending("delivered");

    struct sigaction shot = {.sa_handler = one_shot, .sa_flags = SA_RESETHAND | SA_NODEFER};
    sigaction(SIGURG, &shot, NULL);
    raise(SIGURG);
    raise(SIGURG);
    sigaction(SIGURG, NULL, &sa);
    printf("after one shot: default %d\n", sa.sa_handler == SIG_DFL);

    struct sigaction n = {.sa_handler = nested};
    sigaddset(&n.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &n, NULL);
    n.sa_handler = one_shot;
    sigaction(SIGUSR2, &n, NULL);
    raise(SIGUSR1);

    SHOW(raw(SYS_rt_sigaction, SIGKILL, &n, 0, 8));
    SHOW(raw(SYS_rt_sigaction, 65, 0, 0, 8));
    SHOW(raw(SYS_rt_sigaction, 0, 0, 0, 8));
    SHOW(raw(SYS_rt_sigaction, SIGHUP, 0, 0, 4));
    SHOW(raw(SYS_rt_sigprocmask, 7, &all, 0, 8));
    SHOW(raw(SYS_rt_sigprocmask, 7, 0, 0, 8));
    SHOW(raw(SYS_kill, getpid(), 0));
    SHOW(raw(SYS_kill, getpid(), 65));
    SHOW(raw(SYS_tgkill, getpid(), getpid(), 0));

    /* A fault's record that the program queues for itself is no fault. */
    struct sigaction record = {.sa_sigaction = show_record, .sa_flags = SA_SIGINFO};
    const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (int i = 0; i < 5; i++) {
        siginfo_t info = {.si_signo = faults[i], .si_code = 1 + i};
        info.si_addr = (void *)0x12340;
        sigaction(faults[i], &record, NULL);
        SHOW(raw(SYS_rt_sigqueueinfo, getpid(), faults[i], &info));
        SHOW(raw(SYS_rt_tgsigqueueinfo, getpid(), getpid(), faults[i], &info));
        info.si_code = 0x80; /* SI_KERNEL */
        SHOW(raw(SYS_rt_sigqueueinfo, getpid(), faults[i], &info));
    }
    SHOW(raw(SYS_rt_sigqueueinfo, getppid(), SIGSEGV, &(siginfo_t){.si_code = 1}));

    /* What a signal does to a child by default. */
    signal(SIGCHLD, SIG_DFL); /* so that nothing interrupts waitpid() */
    const int ends[] = {SIGTERM, SIGKILL, SIGSEGV, SIGABRT, SIGCHLD, SIGRTMIN + 5, SIGALRM, SIGBUS};
    for (int i = 0; i < 8; i++) {
        int status;
        pid_t pid = fork();
        if (!pid) {
            for (int k = 1; k < 65; k++)
                signal(k, SIG_DFL);
            raise(ends[i]);
            _exit(3);
        }
        waitpid(pid, &status, 0);
        if (WIFSIGNALED(status))
            printf("signal %d: killed by %d\n", ends[i], WTERMSIG(status));
        else
            printf("signal %d: exit %d\n", ends[i], WEXITSTATUS(status));
    }
    int status, seen[2];
    pipe(seen);
    pid_t pid = fork();
    if (!pid) {
        char c;
        raise(SIGSTOP);
        _exit(read(seen[0], &c, 1) == 1 ? 5 : 6);
    }
    waitpid(pid, &status, WUNTRACED);
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    printf("continued %d\n", WIFCONTINUED(status));
    write(seen[1], "x", 1); /* before, it must not end */
    waitpid(pid, &status, 0);
    printf("exit %d\n", WEXITSTATUS(status));
    return 0;
}

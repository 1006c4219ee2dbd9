/* Interrupted system calls: EINTR or again, by the call and by SA_RESTART. Each call waits for something that
 * comes well after a signal, and the signal comes when a slow machine has surely begun to wait.
 * @variants: O2 */
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

enum { MS = 1000000, SIGNAL = 30 * MS, LATER = 140 * MS, WAIT = 100 * MS };

static volatile int handled;
static int fd[2];

static void handler(int signo)
{
    handled++;
}

static void set(int flags)
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGALRM, &sa, NULL);
    handled = 0;
    struct itimerval v = {.it_value = {0, SIGNAL / 1000}};
    setitimer(ITIMER_REAL, &v, NULL);
}

/* A child that writes a byte later and ends with status 7. */
static pid_t helper(void)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid) return pid;
    struct timespec ts = {0, LATER};
    signal(SIGALRM, SIG_IGN);
    nanosleep(&ts, NULL);
    if (write(fd[1], "x", 1) != 1) _exit(1);
    _exit(7);
}

static void say(const char *what, int flags, long r, int e)
{
    printf("%s, %s: %ld %s, handled %d\n", what, flags ? "SA_RESTART" : "no flags", r,
           r < 0 ? strerror(e) : "-", handled);
}

static void drain(void)
{
    char c;
    int status;
    wait(&status);
    struct pollfd p = {fd[0], POLLIN};
    while (poll(&p, 1, 0) == 1)
        if (read(fd[0], &c, 1) != 1) break;
}

static void each(int flags)
{
    char c;
    int status = 0;
    helper();
    set(flags);
    long r = read(fd[0], &c, 1);
    say("read", flags, r, errno);
    drain();
    helper();
    set(flags);
    r = waitpid(-1, &status, 0);
    say("waitpid", flags, r > 0 ? WEXITSTATUS(status) : r, errno);
    drain();
    helper();
    set(flags);
    struct pollfd p = {fd[0], POLLIN};
    r = poll(&p, 1, 1000);
    say("poll", flags, r, errno);
    drain();
    set(flags);
    fd_set in;
    FD_ZERO(&in);
    struct timeval tv = {0, WAIT / 1000};
    r = select(0, &in, NULL, NULL, &tv);
    say("select", flags, r, errno);
    printf("  left %s\n", r < 0 && tv.tv_usec > 0 && tv.tv_usec < WAIT / 1000 ? "about right"
                          : r                                                 ? "wrong"
                                                                              : "none");
    set(flags);
    struct timespec ts = {0, WAIT}, left = {9, 9};
    r = nanosleep(&ts, &left);
    say("nanosleep", flags, r, errno);
    printf("  left %s\n",
           left.tv_sec == 0 && left.tv_nsec > 0 && left.tv_nsec < WAIT ? "about right" : "wrong");
    set(flags);
    r = pause();
    say("pause", flags, r, errno);
    sigset_t none;
    sigemptyset(&none);
    set(flags);
    r = sigsuspend(&none);
    say("sigsuspend", flags, r, errno);
    set(flags);
    siginfo_t info;
    sigset_t usr;
    sigemptyset(&usr);
    sigaddset(&usr, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr, NULL);
    ts.tv_nsec = WAIT;
    r = sigtimedwait(&usr, &info, &ts);
    say("sigtimedwait", flags, r, errno);
}

int main(void)
{
    if (pipe(fd)) return 1;
    each(0);
    each(SA_RESTART);
    /* An ignored signal interrupts nothing. */
    struct itimerval v = {.it_value = {0, 10000}, .it_interval = {0, 5000}};
    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &v, NULL);
    struct timespec ts = {0, 40000000};
    printf("ignored: %d\n", nanosleep(&ts, NULL));
    return 0;
}

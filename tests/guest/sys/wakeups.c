/* No signal is slept through: handlers write to a pipe that the program reads, with the signal timed to come
 * anywhere around the system call; sigsuspend likewise; and two processes that answer each other's signals.
 */
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/guest/guest.h"
#include "tests/guest/sys/raw.h"

static int p[2];
static volatile int handled;

static void writer(int signo)
{
    handled++;
    if (write(p[1], "x", 1) != 1) _exit(3);
}

static void counter(int signo)
{
    handled++;
}

static void soon(void)
{
    struct itimerval v = {.it_value = {0, 1 + rnd() % 60}};
    setitimer(ITIMER_REAL, &v, NULL);
}

int main(void)
{
    struct sigaction sa = {.sa_handler = writer};
    char c;
    int got = 0;
    pipe(p);
    sigaction(SIGALRM, &sa, NULL);
    for (int i = 0; i < 2000; i++) {
        soon();
        while (read(p[0], &c, 1) != 1)
            ;
        got++;
    }
    printf("read %d handled %d\n", got, handled);
    handled = 0;
    sa.sa_handler = counter;
    sigaction(SIGALRM, &sa, NULL);
    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    for (int i = 0; i < 2000; i++) {
        soon();
        while (handled == i)
            sigsuspend(&none);
    }
    printf("suspended, handled %d\n", handled);

    sigaction(SIGUSR1, &sa, NULL);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    handled = 0;
    fflush(stdout);
    pid_t pid = fork(), other = pid ? pid : getppid();
    for (int i = 0; i < 1000; i++) {
        if (pid) kill(other, SIGUSR1);
        while (handled == i)
            sigsuspend(&none);
        if (!pid) kill(other, SIGUSR1);
    }
    if (!pid) _exit(7);
    int status;
    waitpid(pid, &status, 0);
    printf("ping-pong %d, child %x\n", handled, status);
    return 0;
}

/* Interrupted system calls: EINTR or again, by the call and by SA_RESTART. A child looks until this process
 * sleeps in the call and sends the signal then.
 * @variants: O2 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/asleep.h"
#include "tests/guest/sys/raw.h"

enum { LONG = 100 }; /* seconds: no call waits so long */

static struct shared {
    volatile int handled, done;
} * shared;
static int fd[2];

static void handler(int signo)
{
    shared->handled++;
}

/* A child that sends the signal; if the call goes on then, it ends it: by a byte, and by its own end with
 * status 7. */
static void begin(int flags)
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGALRM, &sa, NULL);
    *shared = (struct shared){0};
    fflush(stdout);
    if (fork()) return;
    wait_asleep(getppid());
    kill(getppid(), SIGALRM);
    while (!shared->handled)
        usleep(1000);
    wait_asleep(getppid());
    if (!shared->done && write(fd[1], "x", 1) != 1) _exit(1);
    _exit(7);
}

static void say(const char *what, int flags, long r, int e)
{
    shared->done = 1;
    printf("%s, %s: %ld %s, handled %d\n", what, flags ? "SA_RESTART" : "no flags", r,
           r < 0 ? strerror(e) : "-", shared->handled);
}

/* What the child did afterwards. */
static void end(void)
{
    char c;
    wait(NULL);
    struct pollfd p = {fd[0], POLLIN};
    while (poll(&p, 1, 0) == 1)
        if (read(fd[0], &c, 1) != 1) break;
}

static void each(int flags)
{
    char c;
    int status = 0;
    begin(flags);
    long r = read(fd[0], &c, 1);
    say("read", flags, r, errno);
    end();
    begin(flags);
    r = waitpid(-1, &status, 0);
    say("waitpid", flags, r > 0 ? WEXITSTATUS(status) : r, errno);
    end();
    begin(flags);
    struct pollfd p = {fd[0], POLLIN};
    r = poll(&p, 1, LONG * 1000);
    say("poll", flags, r, errno);
    end();
    begin(flags);
    fd_set in;
    FD_ZERO(&in);
    struct timeval tv = {LONG, 0};
    r = select(0, &in, NULL, NULL, &tv);
    say("select", flags, r, errno);
    printf("  left %s\n", tv.tv_sec < LONG && tv.tv_sec > 0 ? "about right" : "wrong");
    end();
    begin(flags);
    struct timespec ts = {LONG, 0}, left = {9, 9};
    r = nanosleep(&ts, &left);
    say("nanosleep", flags, r, errno);
    printf("  left %s\n", left.tv_sec < LONG && left.tv_sec > 9 ? "about right" : "wrong");
    end();
    begin(flags);
    r = pause();
    say("pause", flags, r, errno);
    end();
    sigset_t none;
    sigemptyset(&none);
    begin(flags);
    r = sigsuspend(&none);
    say("sigsuspend", flags, r, errno);
    end();
    begin(flags);
    siginfo_t info;
    sigset_t usr;
    sigemptyset(&usr);
    sigaddset(&usr, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr, NULL);
    r = sigtimedwait(&usr, &info, &ts);
    say("sigtimedwait", flags, r, errno);
    end();
}

/* Nothing was interrupted: restart_syscall by itself does not do the last call again. */
static void nothing_to_go_on_with(void)
{
    struct timespec ts = {0, 1000};
    struct pollfd f = {fd[0], POLLIN, 0};
    int word = 1;
    SHOW(raw(SYS_poll, &f, 1, 0));
    f.revents = 77;
    SHOW(raw(SYS_restart_syscall));
    printf("left alone: %d\n", f.revents);
    SHOW(raw(SYS_nanosleep, &ts, NULL));
    SHOW(raw(SYS_restart_syscall));
    SHOW(raw(SYS_futex, &word, 0, 1, &ts));
    SHOW(raw(SYS_restart_syscall));
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || pipe(fd)) return 1;
    each(0);
    each(SA_RESTART);
    /* An ignored signal interrupts nothing. */
    struct itimerval v = {.it_value = {0, 10000}, .it_interval = {0, 5000}};
    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &v, NULL);
    struct timespec ts = {0, 40000000};
    printf("ignored: %d\n", nanosleep(&ts, NULL));
    v = (struct itimerval){0};
    setitimer(ITIMER_REAL, &v, NULL);
    nothing_to_go_on_with();
    return 0;
}

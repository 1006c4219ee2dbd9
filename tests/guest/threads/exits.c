/* @seconds: 8
 * @needs: exec
 * @variants: O2
 * How threads end and how the process ends with them. Each case is a child process, whose status is shown. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *forever(void *arg)
{
    for (volatile int i = 0;; i++)
        continue;
    return arg;
}

static void *sleeps(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void *later(void *arg)
{
    usleep(20000);
    write(1, "last\n", 5);
    return arg;
}

static void *exits(void *arg)
{
    usleep(3000);
    exit(33);
}

static void *faults(void *arg)
{
    usleep(3000);
    *(volatile int *)16 = 0;
    return arg;
}

static void *aborts(void *arg)
{
    abort();
}

static void *execs(void *arg)
{
    execl("/proc/self/exe", "exits", "again", NULL);
    return arg;
}

static void *kills(void *arg)
{
    kill(getpid(), SIGTERM);
    return arg;
}

static void begin(void *(*fn)(void *))
{
    pthread_t t;
    if (pthread_create(&t, NULL, fn, NULL)) _exit(99);
    pthread_detach(t);
}

static void main_returns(void)
{
    begin(forever);
    begin(sleeps);
    exit(3);
}

static void main_ends_first(void)
{
    begin(later);
    pthread_exit(NULL);
}

static void raw_exit_of_main(void)
{
    begin(later);
    syscall(SYS_exit, 5);
}

static void thread_exits(void)
{
    begin(forever);
    begin(exits);
    for (;;)
        pause();
}

static void thread_exits_main_spins(void)
{
    begin(exits);
    forever(NULL);
}

static void thread_faults(void)
{
    begin(sleeps);
    begin(faults);
    forever(NULL);
}

static void thread_aborts(void)
{
    begin(aborts);
    for (;;)
        pause();
}

static void thread_is_told_to_end(void)
{
    begin(forever);
    begin(kills);
    forever(NULL);
}

static void thread_execs(void)
{
    begin(forever);
    begin(execs);
    forever(NULL);
}

static void try(const char *name, void (*fn)(void))
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) fn();
    waitpid(pid, &status, 0);
    if (WIFEXITED(status))
        printf("%s: exit %d\n", name, WEXITSTATUS(status));
    else
        printf("%s: signal %d\n", name, WTERMSIG(status));
}

#define TRY(fn) try(#fn, fn)

int main(int argc, char **argv)
{
    if (argc > 1) return 44;
    TRY(main_returns);
    TRY(main_ends_first);
    TRY(raw_exit_of_main);
    TRY(thread_exits);
    TRY(thread_exits_main_spins);
    TRY(thread_faults);
    TRY(thread_aborts);
    TRY(thread_is_told_to_end);
    TRY(thread_execs);
    return 0;
}

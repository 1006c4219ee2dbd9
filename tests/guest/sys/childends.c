/* A child's end by a signal that a fault has: it is no fault. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int handled;

static void handler(int signo)
{
    handled++;
}

static void try(int signo)
{
    int status = -1;
    sigset_t one, none;
    sigemptyset(&none);
    sigemptyset(&one);
    sigaddset(&one, signo);
    sigprocmask(SIG_BLOCK, &one, NULL);
    signal(signo, handler);
    handled = 0;
    pid_t pid = (pid_t)syscall(SYS_clone, signo, NULL);
    if (!pid) _exit(7);
    while (!handled)
        sigsuspend(&none);
    pid_t got = waitpid(pid, &status, __WALL);
    printf("signal %d: handled %d, waited %d, status %x\n", signo, handled, got == pid, (unsigned)status);
}

int main(void)
{
    try(SIGCHLD);
    try(SIGBUS);
    try(SIGSEGV);
    return 0;
}

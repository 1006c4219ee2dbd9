/* @status: exit 44
 * Processes: fork, vfork, clone as fork, wait in its forms with what it tells, pipes between processes,
 * groups, sessions, orphans. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static void handler(int signo, siginfo_t *si, void *context)
{
    printf("SIGCHLD: code %d status %d\n", si->si_code, si->si_status);
}

static int end[2]; /* a child that went on after a stop ends when told so: until then, its parent sees that */

static pid_t child(int how)
{
    char c;
    fflush(stdout);
    pid_t pid = fork();
    if (pid) return pid;
    if (how < 256) _exit(how);
    raise(how - 256);
    _exit(read(end[0], &c, 1) == 1 ? 99 : 98);
}

static void show_info(long r, const siginfo_t *si, pid_t pid)
{
    printf("waitid %s: signo %d errno %d code %d pid right %d uid right %d status %d\n", result(r),
           si->si_signo, si->si_errno, si->si_code, si->si_pid == pid, si->si_uid == getuid(), si->si_status);
}

int main(void)
{
    int status, p[2];
    siginfo_t si;
    struct rusage ru;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(end);
    SHOW(raw(SYS_waitpid, -1, &status, 0));
    pid_t pid = child(42);
    printf("waitpid right %d", raw(SYS_waitpid, pid, &status, 0) == pid);
    printf(" status %x\n", status);
    pid = child(256 + SIGTERM);
    memset(&ru, 0xaa, sizeof ru);
    printf("wait4 right %d", raw(SYS_wait4, -1, &status, 0, &ru) == pid);
    printf(" status %x, rusage: sane %d %ld %ld\n", status, ru.ru_utime.tv_sec == 0 && ru.ru_maxrss > 0,
           ru.ru_ixrss, ru.ru_nswap);
    pid = child(7);
    memset(&si, 0xaa, sizeof si);
    show_info(raw(SYS_waitid, P_PID, pid, &si, WEXITED | WNOWAIT, 0), &si, pid);
    show_info(raw(SYS_waitid, P_ALL, 0, &si, WEXITED, &ru), &si, pid);
    printf("untouched tail %x\n", ((uint32_t *)&si)[8]);
    SHOW(raw(SYS_waitid, P_ALL, 0, &si, WEXITED, 0));
    SHOW(raw(SYS_waitid, 9, 0, &si, WEXITED, 0));
    SHOW(raw(SYS_waitid, P_ALL, 0, &si, 0, 0));
    SHOW(raw(SYS_wait4, -1, &status, 0x1000, 0));
    pid = child(256 + SIGKILL);
    show_info(raw(SYS_waitid, P_PID, pid, &si, WEXITED, 0), &si, pid);
    pid = child(256 + SIGSTOP);
    show_info(raw(SYS_waitid, P_PID, pid, &si, WSTOPPED, 0), &si, pid);
    SHOW(raw(SYS_waitpid, pid, &status, WNOHANG));
    memset(&si, 0xaa, sizeof si);
    show_info(raw(SYS_waitid, P_PID, pid, &si, WEXITED | WNOHANG, 0), &si, 0);
    kill(pid, SIGCONT);
    show_info(raw(SYS_waitid, P_PID, pid, &si, WCONTINUED, 0), &si, pid);
    write(end[1], "x", 1);
    raw(SYS_waitpid, pid, &status, 0);
    printf("status %x\n", status);

    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &sa, NULL);
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    pid = child(3);
    waitpid(pid, &status, 0);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    sa.sa_flags |= SA_NOCLDWAIT;
    sigaction(SIGCHLD, &sa, NULL);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    pid = child(4);
    SHOW(raw(SYS_waitpid, pid, &status, 0));
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    signal(SIGCHLD, SIG_DFL);

    /* vfork: the parent goes on after the child has ended. */
    volatile int order = 0;
    fflush(stdout);
    pipe(p);
    pid = vfork();
    if (!pid) {
        write(p[1], "child", 5);
        _exit(11);
    }
    char text[16] = "";
    int n = read(p[0], text, 15);
    waitpid(pid, &status, 0);
    printf("vfork: %.*s, status %x\n", n, text, status);

    /* clone as fork, with thread numbers. */
    uint32_t parent_tid = 0, child_tid = 0;
    long r =
        raw(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &parent_tid, 0, &child_tid);
    if (!r) _exit(child_tid == (uint32_t)raw(SYS_getpid) && child_tid == (uint32_t)raw(SYS_gettid) ? 1 : 2);
    waitpid(r, &status, 0);
    printf("clone: parent's word right %d, child's word in the parent %u, status %x\n",
           parent_tid == (uint32_t)r, child_tid, status);

    /* Groups and sessions. */
    printf("group and session: %d %d\n", getpgrp() == getpgid(0),
           getsid(0) == (pid_t)raw(SYS_getsid, getpid()));
    fflush(stdout);
    pid = fork();
    if (!pid) {
        printf("setsid right %d, group right %d, session right %d\n", setsid() == getpid(),
               getpgrp() == getpid(), getsid(0) == getpid());
        SHOW(raw(SYS_setsid));
        SHOW(raw(SYS_setpgid, 0, 0));
        SHOW(raw(SYS_setpgid, 1, 0));
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    pid_t middle = fork();
    if (!middle) {
        pid_t orphan = fork();
        if (!orphan) {
            while (getppid() != 1 && getppid() == middle)
                usleep(1000);
            write(p[1], "orphan", 6);
            _exit(0);
        }
        _exit(0);
    }
    waitpid(middle, &status, 0);
    n = read(p[0], text, 15);
    printf("%.*s\n", n, text);

    /* A chain of processes through pipes, all of it inherited. */
    int in = -1, i;
    for (i = 0; i < 5; i++) {
        int q[2];
        pipe(q);
        fflush(stdout);
        if (!fork()) {
            long value = 1;
            if (in >= 0) read(in, &value, sizeof value);
            value = value * 3 + i;
            write(q[1], &value, sizeof value);
            _exit(0);
        }
        close(q[1]);
        if (in >= 0) close(in);
        in = q[0];
    }
    long value = 0;
    read(in, &value, sizeof value);
    printf("chain %ld, at its end %zd\n", value, read(in, &value, sizeof value));
    while (wait(NULL) > 0)
        ;
    SHOW(raw(SYS_umask, 027));
    SHOW(raw(SYS_umask, 077));
    return 300 & 0xff;
}

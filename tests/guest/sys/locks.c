/* fcntl: descriptor and status flags, duplicates, record locks in both layouts between two processes, flock.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

struct lock32 {
    int16_t type, whence;
    int32_t start, len, pid;
};
struct __attribute__((packed)) lock64 {
    int16_t type, whence;
    int64_t start, len;
    int32_t pid;
};

static int fd;
static pid_t parent;

static void in_child(void (*fn)(void))
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        fn();
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    if (status) printf("child: %x\n", status);
}

static void look(void)
{
    struct lock32 l = {F_WRLCK, SEEK_SET, 0, 0, -1};
    SHOW(raw(SYS_fcntl, fd, 5, &l));
    printf("type %d whence %d start %d len %d holder right %d\n", l.type, l.whence, l.start, l.len,
           l.pid == parent);
    struct lock64 w = {F_RDLCK, SEEK_SET, 200, 10, -1};
    SHOW(raw(SYS_fcntl64, fd, 12, &w));
    printf("type %d start %lld len %lld\n", w.type, (long long)w.start, (long long)w.len);
    struct lock32 t = {F_WRLCK, SEEK_SET, 110, 5};
    SHOW(raw(SYS_fcntl, fd, 6, &t));
    t.start = 300;
    SHOW(raw(SYS_fcntl, fd, 6, &t));
    SHOW(raw(SYS_fcntl, fd, 12, &w));
    struct lock32 bad = {7, SEEK_SET, 0, 0};
    SHOW(raw(SYS_fcntl, fd, 6, &bad));
    SHOW(flock(open("file", O_RDWR), LOCK_EX | LOCK_NB));
}

static void handler(int signo) {}

static void wait_for_it(void)
{
    struct sigaction sa = {.sa_handler = handler};
    sigaction(SIGALRM, &sa, NULL);
    struct itimerval often = {{0, 20000}, {0, 20000}}, never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &often, NULL); /* one of them comes when it waits */
    struct lock64 w = {F_WRLCK, SEEK_SET, 100, 10};
    SHOW(raw(SYS_fcntl64, fd, 14, &w));
    setitimer(ITIMER_REAL, &never, NULL);
}

int main(void)
{
    enter_scratch();
    parent = getpid();
    fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0644);
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_SETFD, FD_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    printf("flags %x\n", fcntl(fd, F_GETFL) & ~0100000);
    SHOW(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    printf("flags %x\n", fcntl(fd, F_GETFL) & ~0100000);
    int up = open("file", O_WRONLY | O_SYNC | O_NOATIME | O_CLOEXEC);
    printf("flags %x\n", fcntl(up, F_GETFL) & ~0100000);
    int path = open("file", O_PATH);
    printf("flags %x\n", fcntl(path, F_GETFL) & ~0100000);
    SHOW(fcntl(fd, F_DUPFD, 50));
    SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 50));
    SHOW(fcntl(51, F_GETFD));
    SHOW(raw(SYS_fcntl, fd, F_DUPFD, 1 << 30));
    SHOW(raw(SYS_dup2, fd, 60));
    SHOW(raw(SYS_dup2, 60, 60));
    SHOW(raw(SYS_dup2, 61, 61));
    SHOW(raw(SYS_dup2, fd, -1));
    SHOW(raw(SYS_dup2, 999, 60));
    SHOW(raw(SYS_dup3, fd, 60, O_CLOEXEC));
    SHOW(raw(SYS_dup3, fd, fd, 0));
    SHOW(raw(SYS_dup3, fd, 60, 1));
    SHOW(fcntl(60, F_GETFD));
    SHOW(raw(SYS_fcntl, fd, 9999, 0));
    SHOW(raw(SYS_fcntl, 999, F_GETFD, 0));
    int p[2];
    pipe2(p, O_NONBLOCK | O_CLOEXEC);
    SHOW(fcntl(p[0], F_GETFL));
    SHOW(fcntl(p[1], F_GETFL));
    SHOW(fcntl(p[1], F_GETPIPE_SZ));
    SHOW(fcntl(p[0], F_SETOWN, getpid()));
    printf("owner right %d\n", fcntl(p[0], F_GETOWN) == getpid());
    SHOW(fcntl(p[0], F_SETSIG, SIGUSR1));
    SHOW(fcntl(p[0], F_GETSIG));
    struct lock64 w = {F_WRLCK, SEEK_SET, 100, 50};
    SHOW(raw(SYS_fcntl64, fd, 13, &w));
    SHOW(flock(fd, LOCK_EX));
    in_child(look);
    in_child(wait_for_it);
    w.start = 1LL << 33;
    SHOW(raw(SYS_fcntl64, fd, 13, &w));
    w = (struct lock64){F_UNLCK, SEEK_SET, 0, 1LL << 32};
    SHOW(raw(SYS_fcntl64, fd, 13, &w));
    in_child(look);
    leave_scratch();
    return 0;
}

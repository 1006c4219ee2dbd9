/* poll, select and epoll on pipes: events, limits in time, bad descriptors, masks for the time of the wait.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

static volatile int handled;
static void handler(int signo)
{
    handled++;
}

int main(void)
{
    int p[2], q[2];
    pipe(p);
    pipe(q);
    struct pollfd f[4] = {{p[0], POLLIN}, {p[1], POLLOUT}, {-1, POLLIN}, {999, POLLIN}};
    SHOW(raw(SYS_poll, f, 4, 0));
    for (int i = 0; i < 4; i++)
        printf("%x ", f[i].revents);
    write(p[1], "x", 1);
    SHOW(raw(SYS_poll, f, 3, -1));
    for (int i = 0; i < 3; i++)
        printf("%x ", f[i].revents);
    close(p[1]);
    f[0].events = POLLIN | POLLRDHUP | POLLRDNORM;
    SHOW(raw(SYS_poll, f, 1, 1000));
    printf("%x\n", f[0].revents);
    f[0].fd = q[0];
    SHOW(raw(SYS_poll, f, 1, 20));
    int32_t t[2] = {0, 20000000};
    SHOW(raw(SYS_ppoll, f, 1, t, 0, 8));
    printf("left %d %d\n", t[0], t[1]);
    int64_t t64[2] = {0, 20000000};
    SHOW(raw(414, f, 1, t64, 0, 8));
    t[1] = 1000000000;
    SHOW(raw(SYS_ppoll, f, 1, t, 0, 8));
    SHOW(raw(SYS_ppoll, f, 1, 0, &t, 4));
    SHOW(raw(SYS_poll, f, 1 << 30, 0));

    fd_set in, out, ex;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&ex);
    FD_SET(p[0], &in), FD_SET(q[0], &in), FD_SET(q[1], &out), FD_SET(p[0], &ex);
    struct timeval tv = {1, 0};
    SHOW(raw(SYS__newselect, 20, &in, &out, &ex, &tv));
    printf("%d %d %d %d, left sane %d\n", FD_ISSET(p[0], &in), FD_ISSET(q[0], &in), FD_ISSET(q[1], &out),
           FD_ISSET(p[0], &ex), tv.tv_sec == 0 || tv.tv_usec == 0);
    tv = (struct timeval){0, 10000};
    SHOW(raw(SYS__newselect, 0, 0, 0, 0, &tv));
    printf("left %ld %ld\n", tv.tv_sec, tv.tv_usec);
    FD_SET(50, &in);
    SHOW(raw(SYS__newselect, 60, &in, 0, 0, &tv));
    SHOW(raw(SYS__newselect, -1, &in, 0, 0, &tv));
    tv.tv_usec = -1;
    SHOW(raw(SYS__newselect, 0, 0, 0, 0, &tv));
    uint32_t old_args[5] = {0, 0, 0, 0, (uint32_t)&tv};
    tv.tv_usec = 1500000;
    tv.tv_sec = 0;
    tv.tv_usec = 1000;
    SHOW(raw(SYS_select, old_args));

    /* A signal that only the wait lets through. */
    struct sigaction sa = {.sa_handler = handler};
    sigaction(SIGALRM, &sa, NULL);
    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    struct itimerval v = {.it_value = {0, 5000}};
    setitimer(ITIMER_REAL, &v, NULL);
    struct timespec ts = {0, 30000000};
    nanosleep(&ts, NULL);
    printf("blocked: handled %d\n", handled);
    f[0].fd = q[0];
    f[0].events = POLLIN;
    printf("ppoll: %d", ppoll(f, 1, NULL, &none));
    printf(" %s, handled %d\n", strerror(errno), handled);
    setitimer(ITIMER_REAL, &v, NULL);
    FD_ZERO(&in);
    printf("pselect: %d", pselect(0, &in, NULL, NULL, NULL, &none));
    printf(" %s, handled %d\n", strerror(errno), handled);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("blocked again %d\n", sigismember(&now, SIGALRM));
    /* One that is pending when there is something to report. */
    raise(SIGALRM);
    write(q[1], "y", 1);
    printf("ppoll: %d", ppoll(f, 1, NULL, &none));
    printf(" handled %d\n", handled);
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    printf("then handled %d\n", handled);

    int ep = raw(329, EPOLL_CLOEXEC);
    struct epoll_event e = {EPOLLIN | EPOLLET, {.u64 = 0x123456789abcdefull}}, got[4];
    SHOW(raw(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, q[0], &e));
    SHOW(raw(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, q[0], &e));
    SHOW(raw(SYS_epoll_ctl, ep, EPOLL_CTL_DEL, p[0], &e));
    SHOW(raw(SYS_epoll_ctl, ep, 9, p[0], &e));
    SHOW(raw(SYS_epoll_wait, ep, got, 4, 1000));
    printf("%x %llx\n", got[0].events, (unsigned long long)got[0].data.u64);
    SHOW(raw(SYS_epoll_wait, ep, got, 4, 10));
    SHOW(raw(SYS_epoll_wait, ep, got, 0, 10));
    v.it_interval = v.it_value; /* one of them comes when it waits */
    setitimer(ITIMER_REAL, &v, NULL);
    SHOW(raw(SYS_epoll_wait, ep, got, 4, -1));
    v = (struct itimerval){{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &v, NULL);
    SHOW(raw(SYS_epoll_create, 0));
    SHOW(raw(329, 5));
    int ev = raw(SYS_eventfd2, 3, EFD_NONBLOCK | EFD_SEMAPHORE);
    uint64_t n = 0;
    SHOW(raw(SYS_read, ev, &n, 8));
    printf("%llu\n", (unsigned long long)n);
    SHOW(raw(SYS_read, ev, &n, 8));
    SHOW(raw(SYS_read, ev, &n, 8));
    SHOW(raw(SYS_read, ev, &n, 8));
    SHOW(raw(SYS_eventfd2, 3, 1 << 5));
    return 0;
}

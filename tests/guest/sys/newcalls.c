/* Pipes without copies, several messages at once, message queues, processes by descriptor, namespaces: what
 * only newer programs call. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

enum {
    PIDFD_SIGNAL = 424,
    PIDFD_OPEN = 434,
    OPENAT2 = 437,
    PIDFD_GETFD = 438,
    PWAIT2 = 441,
    RECVMMSG64 = 417
};

static void pipes(void)
{
    int a[2], b[2];
    char text[32] = "", back[32] = "";
    if (pipe(a) || pipe(b)) return;
    struct iovec v[2] = {{"spliced ", 8}, {"text", 4}};
    SHOW(raw(SYS_vmsplice, a[1], v, 2, 0));
    SHOW(raw(SYS_tee, a[0], b[1], 100, 0));
    printf("%d", (int)read(a[0], text, sizeof text));
    struct iovec in = {back, sizeof back};
    printf(" %s", text);
    printf(" %ld", raw(SYS_vmsplice, b[0], &in, 1, 0));
    printf(" %s\n", back);
    SHOW(raw(SYS_vmsplice, a[0], &in, 1, 2));
    SHOW(raw(SYS_vmsplice, 0, &in, 1, 16));
    SHOW(raw(SYS_vmsplice, a[1], &in, 1, 16));
    SHOW(raw(SYS_vmsplice, a[1], 4, 1, 0));
    SHOW(raw(SYS_tee, a[0], b[1], 100, 2));
}

static void many_messages(void)
{
    int s[2];
    char text[3][8];
    struct iovec v[3];
    struct mmsghdr m[3] = {0};
    struct timespec soon = {0, 10000000};
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s)) return;
    for (int i = 0; i < 3; i++) {
        v[i] = (struct iovec){text[i], 8};
        m[i].msg_hdr.msg_iov = &v[i];
        m[i].msg_hdr.msg_iovlen = 1;
    }
    send(s[0], "one", 4, 0);
    send(s[0], "three", 6, 0);
    printf("received %d", recvmmsg(s[1], m, 3, MSG_WAITFORONE, NULL));
    printf(": %u %s, %u %s\n", m[0].msg_len, text[0], m[1].msg_len, text[1]);
    send(s[0], "more", 5, 0);
    printf("received %d\n", recvmmsg(s[1], m, 1, 0, &soon));
    printf("received %d", recvmmsg(s[1], m, 3, MSG_DONTWAIT, NULL));
    printf(" (%s)\n", strerror(errno));
    send(s[0], "x", 1, 0);
    SHOW(raw(RECVMMSG64, s[1], m, 1, 0, 4));
    SHOW(raw(RECVMMSG64, s[1], 4, 1, MSG_DONTWAIT, 0));
}

static void queues(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16};
    char name[32], text[16];
    unsigned priority = 0;
    snprintf(name, sizeof name, "/tierrun-%d", getpid());
    mqd_t q = mq_open(name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr);
    printf("send %d", mq_send(q, "low", 4, 1));
    printf(" %d", mq_send(q, "high", 5, 7));
    printf(" %d", mq_send(q, "more", 5, 7));
    printf(" (%s)\n", strerror(errno));
    printf("attributes %d", mq_getattr(q, &attr));
    printf(": %ld of %ld, %ld bytes, flags %d\n", attr.mq_curmsgs, attr.mq_maxmsg, attr.mq_msgsize,
           attr.mq_flags != 0);
    printf("receive %d", (int)mq_receive(q, text, sizeof text, &priority));
    printf(": %s, priority %u\n", text, priority);
    printf("too small %d", (int)mq_receive(q, text, 3, NULL));
    printf(" (%s)\n", strerror(errno));
    attr.mq_flags = 0;
    printf("set %d\n", mq_setattr(q, &attr, NULL));
    struct timespec past = {1, 0};
    mq_receive(q, text, sizeof text, NULL);
    printf("none in time %d", (int)mq_timedreceive(q, text, sizeof text, NULL, &past));
    printf(" (%s)\n", strerror(errno));
    printf("unlink %d", mq_unlink(name));
    printf(" %d\n", mq_unlink(name));
    mq_close(q);
}

static void by_descriptor(void)
{
    siginfo_t info;
    pid_t child = fork();
    if (!child) {
        pause();
        _exit(0);
    }
    int fd = (int)raw(PIDFD_OPEN, child, 0);
    SHOW(raw(PIDFD_OPEN, child, 1));
    SHOW(raw(PIDFD_OPEN, -5, 0));
    SHOW(raw(PIDFD_SIGNAL, fd, 65, 0, 0));
    SHOW(raw(PIDFD_SIGNAL, fd, SIGTERM, 0, 1 << 30));
    SHOW(raw(PIDFD_SIGNAL, fd, SIGTERM, 0, 0));
    struct pollfd p = {fd, POLLIN, 0};
    printf("poll %d\n", poll(&p, 1, -1));
    printf("wait %d", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    printf(": %d, is it %d\n", info.si_status, info.si_pid == child);
    SHOW(raw(PIDFD_SIGNAL, fd, 0, 0, 0));
    SHOW(raw(PIDFD_GETFD, fd, 0, 0));
}

static void others(void)
{
    struct {
        uint64_t flags, mode, resolve, more;
    } how = {O_RDONLY, 0, 0, 0};
    struct epoll_event ev;
    struct {
        int64_t s, ns;
    } none = {0, 0};
    int ep = epoll_create1(0);
    printf("openat2 %d\n", raw(OPENAT2, AT_FDCWD, "/", &how, 24) >= 0);
    printf("openat2, longer %d\n", raw(OPENAT2, AT_FDCWD, "/", &how, 32) >= 0);
    how.more = 1;
    SHOW(raw(OPENAT2, AT_FDCWD, "/", &how, 32));
    SHOW(raw(OPENAT2, AT_FDCWD, "/", &how, 16));
    how.flags = O_RDONLY | 1ull << 40;
    SHOW(raw(OPENAT2, AT_FDCWD, "/", &how, 24));
    how.flags = O_RDONLY;
    how.mode = 0600;
    SHOW(raw(OPENAT2, AT_FDCWD, "/", &how, 24));
    how.mode = 0;

    SHOW(raw(OPENAT2, AT_FDCWD, "/", &how, 24));
    SHOW(raw(PWAIT2, ep, &ev, 1, &none, 0, 0));
    none.ns = -1;
    SHOW(raw(PWAIT2, ep, &ev, 1, &none, 0, 0));
    uint32_t attr[16] = {0};
    SHOW(raw(SYS_sched_getattr, 0, attr, 48, 0));
    printf("size %u, policy %u\n", attr[0], attr[1]);
    SHOW(raw(SYS_sched_setattr, 0, attr, 0));
    SHOW(raw(SYS_sched_getattr, 0, attr, 40, 0));
    SHOW(raw(SYS_ioprio_get, 1, 0));
    SHOW(raw(SYS_kcmp, getpid(), getpid(), 0, 1, 1));
    SHOW(raw(SYS_kcmp, getpid(), getpid(), 77, 1, 1));
    SHOW(raw(SYS_mlock2, attr, 64, 2));
    struct timex tx = {0};
    printf("clock %d, tick %ld\n", adjtimex(&tx) >= 0, tx.tick);
    printf("unshare %d %d\n", unshare(CLONE_FS), unshare(CLONE_FILES));
    SHOW(raw(SYS_umount2, "/nowhere", 0));
    SHOW(raw(SYS_mount, "none", "/nowhere", "tmpfs", 0, 0));
    SHOW(raw(SYS_pivot_root, "/nowhere", "/nowhere"));
    SHOW(raw(SYS_setns, 0, 0));
    char handle[136] = {0};
    int mount;
    SHOW(raw(SYS_name_to_handle_at, AT_FDCWD, "/proc/nothing", handle, &mount, 0));
    SHOW(raw(SYS_name_to_handle_at, AT_FDCWD, "/", handle, &mount, 0));
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    pipes();
    many_messages();
    queues();
    by_descriptor();
    others();
    return 0;
}

/* Sockets through socketcall and through the newer calls: pairs, streams, datagrams, descriptors in messages,
 * options. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static long old_call(int which, ...)
{
    uint32_t a[6];
    __builtin_va_list ap;
    __builtin_va_start(ap, which);
    for (int i = 0; i < 6; i++)
        a[i] = __builtin_va_arg(ap, uint32_t);
    __builtin_va_end(ap);
    return raw(SYS_socketcall, which, a);
}

static void messages(int a, int b)
{
    char data[64] = "", control[128];
    struct iovec v[2] = {{"mes", 3}, {"sage", 4}};
    struct msghdr m = {
        .msg_iov = v, .msg_iovlen = 2, .msg_control = control, .msg_controllen = CMSG_SPACE(8)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int p[2];
    pipe(p);
    c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(8);
    memcpy(CMSG_DATA(c), p, 8);
    SHOW(raw(370, a, &m, 0));
    struct iovec w[2] = {{data, 2}, {data + 2, 60}};
    memset(control, 0, sizeof control);
    m = (struct msghdr){
        .msg_iov = w, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
    SHOW(raw(372, b, &m, MSG_CMSG_CLOEXEC));
    c = CMSG_FIRSTHDR(&m);
    int got[2] = {-1, -1};
    printf("%s, control %u: len %u level %d type %d, flags %x\n", data, (unsigned)m.msg_controllen,
           (unsigned)c->cmsg_len, c->cmsg_level, c->cmsg_type, m.msg_flags);
    memcpy(got, CMSG_DATA(c), 8);
    write(got[1], "through", 7);
    int n = read(p[0], data, sizeof data);
    printf("%.*s, close on exec %d\n", n, data, fcntl(got[0], F_GETFD));
    /* Too little room for control data. */
    m = (struct msghdr){
        .msg_iov = v, .msg_iovlen = 2, .msg_control = control, .msg_controllen = CMSG_SPACE(8)};
    c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(8);
    memcpy(CMSG_DATA(c), p, 8);
    SHOW(raw(370, a, &m, 0));
    m = (struct msghdr){.msg_iov = w, .msg_iovlen = 2, .msg_control = control, .msg_controllen = 4};
    SHOW(raw(372, b, &m, 0));
    printf("control %u flags %x\n", (unsigned)m.msg_controllen, m.msg_flags);
    c->cmsg_len = 4;
    m = (struct msghdr){
        .msg_iov = v, .msg_iovlen = 2, .msg_control = control, .msg_controllen = CMSG_SPACE(8)};
    SHOW(raw(370, a, &m, 0));
    SHOW(raw(370, a, 8, 0));
}

static void options(int fd)
{
    int v = 0;
    socklen_t n = sizeof v;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &n));
    printf("type %d size %u\n", v, n);
    v = 1;
    SHOW(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &v, 4));
    v = 0;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &v, &n));
    printf("reuse %d\n", v);
    struct timeval tv = {0, 20000}, back = {9, 9};
    SHOW(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    n = sizeof back;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &back, &n));
    printf("%ld.%06ld size %u\n", back.tv_sec, back.tv_usec, n);
    char c;
    SHOW(recv(fd, &c, 1, 0) < 0 ? -errno : 0);
    struct linger l = {1, 5};
    SHOW(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l));
    SHOW(setsockopt(fd, SOL_SOCKET, 9999, &v, 4) < 0 ? -errno : 0);
    n = 2;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &n));
    printf("size %u\n", n);
    struct {
        int pid;
        unsigned uid, gid;
    } cred;
    n = sizeof cred;
    SHOW(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n));
    printf("peer right %d %d size %u\n", cred.pid == getpid(), cred.uid == getuid(), n);
}

static void internet(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}}, b;
    socklen_t n = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, status;
    printf("bind %d listen %d\n", bind(s, (void *)&a, sizeof a), listen(s, 5));
    SHOW(raw(367, s, &a, &n));
    printf("family %d loopback %d port given %d size %u\n", a.sin_family,
           ntohl(a.sin_addr.s_addr) == INADDR_LOOPBACK, a.sin_port != 0, n);
    fflush(stdout);
    if (!fork()) {
        int c = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c, (void *)&a, sizeof a)) _exit(1);
        char text[32];
        send(c, "ping", 4, MSG_NOSIGNAL);
        int k = recv(c, text, sizeof text, MSG_WAITALL);
        _exit(k == 4 && !memcmp(text, "pong", 4) ? 0 : 2);
    }
    n = sizeof b;
    int c = accept4(s, (void *)&b, &n, SOCK_NONBLOCK);
    printf("accepted %d family %d size %u flags %x\n", c >= 0, b.sin_family, n, fcntl(c, F_GETFL));
    fcntl(c, F_SETFL, 0);
    char text[32];
    int k = recv(c, text, sizeof text, 0);
    printf("%.*s\n", k, text);
    SHOW(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    send(c, "pong", 4, 0);
    shutdown(c, SHUT_WR);
    SHOW(recv(c, text, sizeof text, 0));
    wait(&status);
    printf("client %x\n", status);
    close(s);
    int d = socket(AF_INET, SOCK_STREAM, 0);
    SHOW(connect(d, (void *)&a, sizeof a) ? -errno : 0);
    SHOW(connect(d, (void *)&a, 3) ? -errno : 0);
    int u = socket(AF_INET, SOCK_DGRAM, 0), w = socket(AF_INET, SOCK_DGRAM, 0);
    a.sin_port = 0;
    bind(u, (void *)&a, sizeof a);
    n = sizeof a;
    getsockname(u, (void *)&a, &n);
    SHOW(sendto(w, "datagram", 8, 0, (void *)&a, sizeof a));
    n = sizeof b;
    SHOW(recvfrom(u, text, 4, MSG_TRUNC, (void *)&b, &n));
    printf("%.4s from loopback %d\n", text, ntohl(b.sin_addr.s_addr) == INADDR_LOOPBACK);
}

int main(void)
{
    int p[2];
    enter_scratch();
    setvbuf(stdout, NULL, _IONBF, 0);
    SHOW(old_call(8, AF_UNIX, SOCK_STREAM, 0, p));
    SHOW(old_call(9, p[0], "hello", 5, 0));
    char text[32] = "";
    SHOW(old_call(10, p[1], text, 31, 0));
    printf("%s\n", text);
    SHOW(old_call(99, 0));
    SHOW(raw(SYS_socketcall, 1, 4));
    SHOW(raw(359, AF_UNIX, 77, 0));
    SHOW(raw(359, 1234, SOCK_STREAM, 0));
    SHOW(raw(359, AF_UNIX, SOCK_STREAM | 0x100, 0));
    SHOW(raw(361, 1, 0, 0));
    messages(p[0], p[1]);
    options(p[0]);
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "sock"}, peer;
    int s = socket(AF_UNIX, SOCK_DGRAM, 0), d = socket(AF_UNIX, SOCK_DGRAM, 0);
    SHOW(bind(s, (void *)&un, sizeof un));
    SHOW(sendto(d, "x", 1, 0, (void *)&un, offsetof(struct sockaddr_un, sun_path) + 5));
    socklen_t n = sizeof peer;
    SHOW(recvfrom(s, text, 31, 0, (void *)&peer, &n));
    printf("peer size %u\n", n);
    close(p[1]);
    signal(13, (void *)1);
    SHOW(write(p[0], "x", 1) < 0 ? -errno : 0);
    internet();
    leave_scratch();
    return 0;
}

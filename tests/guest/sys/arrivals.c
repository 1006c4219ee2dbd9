/* Datagrams come with the time at which they arrived, in the form that was asked for. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

int main(void)
{
    enum { OLD = 29, OLD_NS = 35, NEW = 63, NEW_NS = 64 };
    static const int options[] = {OLD, OLD_NS, NEW, NEW_NS};
    for (int i = 0; i < 4; i++) {
        int p[2], on = 1;
        char data[8], control[64];
        struct iovec v = {data, sizeof data};
        struct msghdr m = {
            .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct timespec now;
        int64_t then = 0;
        socketpair(AF_UNIX, SOCK_DGRAM, 0, p);
        SHOW(raw(366, p[1], 1, options[i], &on, sizeof on));
        write(p[0], "x", 1);
        SHOW(raw(372, p[1], &m, 0));
        clock_gettime(CLOCK_REALTIME, &now);
        struct cmsghdr *c = m.msg_controllen ? CMSG_FIRSTHDR(&m) : NULL;
        if (c) memcpy(&then, CMSG_DATA(c), options[i] < NEW ? 4 : 8);
        printf("type %d, %u bytes, just now %d\n", c ? c->cmsg_type : 0, c ? (unsigned)c->cmsg_len : 0,
               then <= now.tv_sec && then > now.tv_sec - 100);
        close(p[0]);
        close(p[1]);
    }
    return 0;
}

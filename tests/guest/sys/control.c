/* Control messages for which there is too little room, descriptors among them; headers that make no sense. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tests/guest/sys/raw.h"

static struct iovec one = {"x", 1};

static void show(const struct msghdr *m)
{
    printf(" flags %x length %u:", m->msg_flags, (unsigned)m->msg_controllen);
    const uint32_t *h = m->msg_control;
    for (uint32_t i = 0; i < m->msg_controllen / 4; i++)
        printf(" %x", i < 3 ? h[i] : 0);
    printf("\n");
}

/* The lowest descriptor that is free: what was lost on the way is not. */
static int lowest(void)
{
    int fd = dup(0);
    close(fd);
    return fd;
}

static void descriptors(int count, uint32_t room)
{
    int pair[2], fds[4] = {0, 1, 2, 0};
    char control[128] = "", data[8];
    struct iovec in = {data, 8};
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control};
    m.msg_controllen = CMSG_SPACE(4 * count);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(4 * count);
    memcpy(CMSG_DATA(c), fds, 4 * count);
    sendmsg(pair[0], &m, 0);
    memset(control, 0, sizeof control);
    m = (struct msghdr){.msg_iov = &in, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
    int before = lowest();
    recvmsg(pair[1], &m, 0);
    printf("%d descriptors, room for %u, %d came:", count, room, lowest() - before);
    show(&m);
    for (int fd = before, end = lowest(); fd < end; fd++)
        close(fd);
    close(pair[0]), close(pair[1]);
}

static void datagrams(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    char data[8];
    int on = 1, s = socket(AF_INET, SOCK_DGRAM, 0);
    struct iovec in = {data, 8};
    bind(s, (struct sockaddr *)&at, sizeof at);
    getsockname(s, (struct sockaddr *)&at, &size);
    setsockopt(s, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    for (uint32_t room = 0; room < 40; room += 5) {
        char control[64] = "";
        struct msghdr m = {.msg_iov = &in, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
        sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at);
        recvmsg(s, &m, 0);
        printf("a datagram, room for %u:", room);
        show(&m);
    }
}

int main(void)
{
    int pair[2];
    char control[16] = "";
    for (int count = 1; count <= 3; count++)
        for (uint32_t room = 0; room < 28; room += 4)
            descriptors(count, room);
    datagrams();
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 8};
    SHOW(raw(370, pair[0], &m, 0));
    m.msg_controllen = 0, m.msg_iovlen = 1025;
    SHOW(raw(370, pair[0], &m, 0));
    SHOW(raw(372, pair[0], &m, MSG_DONTWAIT));
    return 0;
}

/* Sockets: making, naming and connecting them, and plain sends and receives. Messages with control data are
 * message.c's, options sockopt.c's. */
#include "syscalls/socket.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int socket_type_to_host(uint32_t type)
{
    enum { KIND = 0xf };
    int kind = value_to_host(FT_SOCK_TYPE, type & KIND);
    if (kind < 0 || !flags_known(FT_SOCK_FLAGS, type & ~(uint32_t)KIND)) return -1;
    return kind | (int)flags_to_host(FT_SOCK_FLAGS, type & ~(uint32_t)KIND);
}

long socket_get_address(struct call *c, gaddr from, uint32_t size, struct sockaddr_storage *sa)
{
    if (size > sizeof *sa) return -G_EINVAL;
    memset(sa, 0, sizeof *sa);
    return size ? mm_read(c->mm, from, sa, size) : 0;
}

long socket_put_address(struct call *c, gaddr to, gaddr length, const struct sockaddr_storage *sa,
                        socklen_t size)
{
    int32_t room;
    if (mm_read(c->mm, length, &room, sizeof room)) return -G_EFAULT;
    if (room < 0) return -G_EINVAL;
    size_t n = (socklen_t)room < size ? (size_t)room : size;
    if (n && mm_write(c->mm, to, sa, n)) return -G_EFAULT;
    return mm_write(c->mm, length, &size, sizeof size);
}

long call_socket(struct call *c)
{
    int type = socket_type_to_host(c->arg[1]);
    if (type < 0) return -G_EINVAL;
    return fd_result(c, socket((int)c->arg[0], type, (int)c->arg[2]));
}

long call_socketpair(struct call *c)
{
    int fd[2], type = socket_type_to_host(c->arg[1]);
    if (type < 0) return -G_EINVAL;
    if (socketpair((int)c->arg[0], type, (int)c->arg[2], fd)) return sys_result(-1);
    return fd_pair_result(c, fd, c->arg[3]);
}

/* Both take an address; a descriptor that is none is noticed first by the host. */
static long with_address(struct call *c, long nr)
{
    struct sockaddr_storage sa;
    long r = socket_get_address(c, c->arg[1], c->arg[2], &sa);
    if (r) return r;
    long a[6] = {(int)c->arg[0], (long)&sa, (long)c->arg[2]};
    return sys_wait(c, RESTART_SYS, nr, a);
}

long call_bind(struct call *c)
{
    return with_address(c, SYS_bind);
}

long call_connect(struct call *c)
{
    return with_address(c, SYS_connect);
}

long call_listen(struct call *c)
{
    return sys_result(listen((int)c->arg[0], (int)c->arg[1]));
}

long call_shutdown(struct call *c)
{
    return sys_result(shutdown((int)c->arg[0], (int)c->arg[1]));
}

long call_accept4(struct call *c)
{
    struct sockaddr_storage sa;
    socklen_t size = sizeof sa;
    if (!flags_known(FT_SOCK_FLAGS, c->arg[3])) return -G_EINVAL;
    long a[6] = {(int)c->arg[0], (long)&sa, (long)&size, (long)flags_to_host(FT_SOCK_FLAGS, c->arg[3])};
    long fd = fd_result(c, sys_wait(c, RESTART_SYS, SYS_accept4, a));
    if (fd < 0 || !c->arg[1]) return fd;
    long r = socket_put_address(c, c->arg[1], c->arg[2], &sa, size);
    if (!r) return fd;
    close((int)fd);
    return r;
}

static long name_of(struct call *c, int (*get)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_storage sa;
    socklen_t size = sizeof sa;
    long r = sys_result(get((int)c->arg[0], (struct sockaddr *)&sa, &size));
    return r ? r : socket_put_address(c, c->arg[1], c->arg[2], &sa, size);
}

long call_getsockname(struct call *c)
{
    return name_of(c, getsockname);
}

long call_getpeername(struct call *c)
{
    return name_of(c, getpeername);
}

/* --- Plain transfers ----------------------------------------------------------------------------------- */

static long transfer(struct call *c, long nr, struct msghdr *m, bool to_guest)
{
    struct xfer x;
    long r = xfer_begin(c, &x, c->arg[1], c->arg[2], to_guest);
    if (r) return r;
    m->msg_iov = x.iov;
    m->msg_iovlen = (size_t)x.count;
    long a[6] = {(int)c->arg[0], (long)m, (long)flags_to_host(FT_MSG, c->arg[3])};
    r = sys_wait(c, RESTART_SYS, nr, a);
    if (to_guest && r > (long)c->arg[2]) {
        xfer_end(c, &x, c->arg[2]); /* MSG_TRUNC: the length is that of the whole datagram */
        return r;
    }
    return xfer_end(c, &x, r);
}

long call_sendto(struct call *c)
{
    struct sockaddr_storage sa;
    struct msghdr m = {0};
    if (c->arg[4]) {
        long r = socket_get_address(c, c->arg[4], c->arg[5], &sa);
        if (r) return r;
        m.msg_name = &sa;
        m.msg_namelen = c->arg[5];
    }
    return transfer(c, SYS_sendmsg, &m, false);
}

long call_recvfrom(struct call *c)
{
    struct sockaddr_storage sa;
    struct msghdr m = {.msg_name = c->arg[4] ? &sa : NULL, .msg_namelen = c->arg[4] ? sizeof sa : 0};
    long n = transfer(c, SYS_recvmsg, &m, true);
    if (n < 0 || !c->arg[4]) return n;
    long r = socket_put_address(c, c->arg[4], c->arg[5], &sa, m.msg_namelen);
    return r ? r : n;
}

/* --- socketcall: all of them behind one number --------------------------------------------------------- */

static const struct {
    long (*fn)(struct call *c);
    uint8_t args;
} calls[] = {
    [1] = {call_socket, 3},      [2] = {call_bind, 3},        [3] = {call_connect, 3},
    [4] = {call_listen, 2},      [5] = {call_accept4, 3},     [6] = {call_getsockname, 3},
    [7] = {call_getpeername, 3}, [8] = {call_socketpair, 4},  [9] = {call_sendto, 4},
    [10] = {call_recvfrom, 4},   [11] = {call_sendto, 6},     [12] = {call_recvfrom, 6},
    [13] = {call_shutdown, 2},   [14] = {call_setsockopt, 5}, [15] = {call_getsockopt, 5},
    [16] = {call_sendmsg, 3},    [17] = {call_recvmsg, 3},    [18] = {call_accept4, 4},
    [19] = {call_recvmmsg, 5},   [20] = {call_sendmmsg, 4},
};

long call_socketcall(struct call *c)
{
    struct call inner = *c;
    uint32_t which = c->arg[0];
    if (which >= sizeof calls / sizeof *calls || !calls[which].fn) return -G_EINVAL;
    memset(inner.arg, 0, sizeof inner.arg);
    if (mm_read(c->mm, c->arg[1], inner.arg, calls[which].args * 4)) return -G_EFAULT;
    enum { MAKE = 1, PAIR = 8 };
    if (which != MAKE && which != PAIR) inner.arg[0] = (uint32_t)fd_usable(c->s, inner.arg[0]);
    return calls[which].fn(&inner);
}

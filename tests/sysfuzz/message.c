/* Likely calls about messages: sockets with control data, by their own numbers and through socketcall; POSIX
 * queues; System V's objects, by their own numbers and through ipc. */
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/guest/sys/raw.h"
#include "tests/sysfuzz/hostile.h"
#include "tests/sysfuzz/likely.h"

static long last_sem, last_queue, last_segment, last_attached;

static void set(uint32_t a[6], uint32_t v0, uint32_t v1, uint32_t v2, uint32_t v3, uint32_t v4, uint32_t v5)
{
    a[0] = v0, a[1] = v1, a[2] = v2, a[3] = v3, a[4] = v4, a[5] = v5;
}

/* --- Sockets ------------------------------------------------------------------------------------------- */

static uint32_t a_socket(void)
{
    static const enum fd_kind kinds[] = {FD_DGRAM, FD_DGRAM2, FD_STREAM,  FD_STREAM2,
                                         FD_UDP,   FD_TCP,    FD_NETLINK, FD_LISTEN};
    return (uint32_t)fds[kinds[below(sizeof kinds / sizeof *kinds)]];
}

static uint32_t address(uint32_t *n)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)(1024 + below(60000))),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct sockaddr_nl nl = {.nl_family = AF_NETLINK};
    switch (below(4)) {
    case 0: *n = sizeof nl; return put(&nl, sizeof nl);
    case 1:
        snprintf(un.sun_path, sizeof un.sun_path, "sock%u", (unsigned)below(4));
        *n = below(2) ? sizeof un : (uint32_t)(2 + strlen(un.sun_path));
        return put(&un, *n);
    default: *n = sizeof in; return put(&in, sizeof in);
    }
}

/* Control messages: descriptors (some of them tierrun's), credentials, and any other, of right and wrong
 * lengths. */
static uint32_t control(uint32_t *n)
{
    uint32_t w[64], used = 0;
    for (uint32_t k = below(3) + 1; k; k--) {
        uint32_t count = 1 + below(6), kind = 1 + below(below(4) ? 2 : 9);
        if (kind == 2) count = 3;
        w[used] = below(8) ? 12 + 4 * count - (below(8) ? 0 : below(4)) : odd_number();
        w[used + 1] = below(6) ? SOL_SOCKET : below(260);
        w[used + 2] = kind;
        for (uint32_t i = 0; i < count; i++)
            w[used + 3 + i] = below(3) ? (uint32_t)fds[below(FD_KINDS)] : descriptor();
        if (kind == 2)
            w[used + 3] = (uint32_t)self, w[used + 4] = (uint32_t)raw(SYS_getuid32),
                     w[used + 5] = (uint32_t)raw(SYS_getgid32);
        used += 3 + count;
    }
    *n = used * 4;
    return put(w, used * 4);
}

/* struct msghdr */
static void header(uint32_t w[8], bool sends)
{
    uint32_t n = 0, count, name = address(&n), vector = likely_vector(&count), length = below(200);
    uint32_t data = sends ? control(&length) : likely_space(200);
    bool named = !below(sends ? 6 : 2), controlled = below(3);
    w[0] = named ? name : 0, w[1] = named ? n : 0;
    w[2] = vector, w[3] = count;
    w[4] = controlled ? data : 0, w[5] = controlled ? length : 0;
    w[6] = 0, w[7] = 0;
}

static uint32_t headers(bool sends, uint32_t many)
{
    uint32_t w[8 * 4];
    for (uint32_t i = 0; i < (many ? many : 1); i++)
        header(w + 8 * i, sends);
    return put(w, 4 * (many ? 8 * many : 7));
}

static uint32_t flags(void)
{
    static const uint32_t all[] = {0, 0, 1, 2, 0x20, 0x40, 0x80, 0x4000, 0x8000, 0x10000, 0x40000000};
    return all[below(sizeof all / sizeof *all)] | 0x40; /* nothing is waited for */
}

static void option(uint32_t a[6], bool sets)
{
    static const uint32_t levels[] = {1, 1, 1, 0, 6, 17, 41, 270};
    uint32_t level = levels[below(sizeof levels / sizeof *levels)], n = below(3) ? 4 : below(64);
    uint32_t which = below(5) ? below(level == 1 ? 80 : 50) : rnd() >> below(32);
    uint32_t value = below(4) ? WORDS(below(4), below(1000), 0, 0) : likely_space(256);
    set(a, a_socket(), level, which, value, sets ? n : WORDS(n), 0);
}

static bool sockets(unsigned nr, uint32_t a[6])
{
    static const uint32_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    uint32_t n = 0, at = address(&n), many = 1 + below(4), room = likely_space(128);
    switch (nr) {
    case SYS_socket: set(a, families[below(4)], (1 + below(3)) | 04000, 0, 0, 0, 0); break;
    case SYS_socketpair: set(a, AF_UNIX, (1 + below(2)) | 04000, 0, room, 0, 0); break;
    case SYS_bind:
    case SYS_connect: set(a, a_socket(), at, n, 0, 0, 0); break;
    case SYS_listen: set(a, a_socket(), 3, 0, 0, 0, 0); break;
    case SYS_accept4:
        set(a, below(3) ? (uint32_t)fds[FD_LISTEN] : a_socket(), room, WORDS(below(120)), 04000, 0, 0);
        break;
    case SYS_getsockname:
    case SYS_getpeername: set(a, a_socket(), room, WORDS(below(120)), 0, 0, 0); break;
    case SYS_getsockopt:
    case SYS_setsockopt: option(a, nr == SYS_setsockopt); break;
    case SYS_sendto: set(a, a_socket(), room, below(128), flags(), below(3) ? 0 : at, n); break;
    case SYS_recvfrom:
        set(a, a_socket(), room, below(128), flags(), below(2) ? 0 : likely_space(120), WORDS(below(120)));
        break;
    case SYS_sendmsg:
    case SYS_recvmsg: set(a, a_socket(), headers(nr == SYS_sendmsg, 0), flags(), 0, 0, 0); break;
    case SYS_sendmmsg: set(a, a_socket(), headers(true, many), many, flags(), 0, 0); break;
    case SYS_recvmmsg:
    case SYS_recvmmsg_time64:
        set(a, a_socket(), headers(false, many), many, flags(), below(2) ? 0 : WORDS(0, 1000, 0, 0), 0);
        break;
    case SYS_shutdown: set(a, a_socket(), below(3), 0, 0, 0, 0); break;
    default: return false;
    }
    return true;
}

static void through_socketcall(uint32_t a[6])
{
    static const unsigned calls[] = {0,
                                     SYS_socket,
                                     SYS_bind,
                                     SYS_connect,
                                     SYS_listen,
                                     SYS_accept4,
                                     SYS_getsockname,
                                     SYS_getpeername,
                                     SYS_socketpair,
                                     SYS_sendto,
                                     SYS_recvfrom,
                                     SYS_sendto,
                                     SYS_recvfrom,
                                     SYS_shutdown,
                                     SYS_setsockopt,
                                     SYS_getsockopt,
                                     SYS_sendmsg,
                                     SYS_recvmsg,
                                     SYS_accept4,
                                     SYS_recvmmsg,
                                     SYS_sendmmsg};
    uint32_t which = 1 + below(sizeof calls / sizeof *calls - 1), in[6] = {0};
    sockets(calls[which], in);
    a[0] = which;
    a[1] = put(in, sizeof in);
}

/* --- Queues, semaphores, shared memory ----------------------------------------------------------------- */

static bool queues(unsigned nr, uint32_t a[6])
{
    uint32_t q = (uint32_t)fds[FD_QUEUE], at = likely_space(128);
    uint32_t soon = nr > 403 ? WORDS(0, 0, below(1000), 0) : WORDS(0, below(1000));
    switch (nr) {
    case SYS_mq_open:
        set(a, put_text("hostile"), 04102, 0600, below(2) ? 0 : WORDS(0, 3, 40, 0, 0, 0, 0, 0), 0, 0);
        break;
    case SYS_mq_unlink: a[0] = put_text("hostile"); break;
    case SYS_mq_timedsend:
    case SYS_mq_timedsend_time64: set(a, q, at, below(70), below(10), soon, 0); break;
    case SYS_mq_timedreceive:
    case SYS_mq_timedreceive_time64: set(a, q, at, 64, likely_space(4), soon, 0); break;
    case SYS_mq_notify: set(a, q, below(2) ? 0 : WORDS(5, SIGURG, below(2), 0), 0, 0, 0, 0); break;
    case SYS_mq_getsetattr:
        set(a, q, below(2) ? 0 : WORDS(04000, 0, 0, 0, 0, 0, 0, 0), likely_space(32), 0, 0, 0);
        break;
    default: return false;
    }
    return true;
}

static bool objects(unsigned nr, uint32_t a[6])
{
    static const uint32_t sem_commands[] = {1, 2, 11, 12, 13, 14, 15, 16, 17, 18, 19, 3, 0};
    static const uint32_t commands[] = {1, 2, 3, 11, 12, 13, 14, 0};
    uint32_t room = likely_space(140), nowait = 04000, soon = WORDS(0, 0, below(1000), 0);
    uint32_t operations = WORDS(0x00010000, nowait, 0xffff0000, nowait);
    switch (nr) {
    case SYS_semget: set(a, IPC_PRIVATE, 1 + below(20), 01600, 0, 0, 0); break;
    case SYS_semctl:
        set(a, (uint32_t)last_sem, below(3), sem_commands[below(13)] | (below(2) ? 0x100 : 0),
            below(3) ? room : 1, 0, 0);
        break;
    case SYS_semtimedop_time64:
        set(a, (uint32_t)last_sem, operations, 1 + below(2), below(2) ? 0 : soon, 0, 0);
        break;
    case SYS_msgget: set(a, IPC_PRIVATE, 01600, 0, 0, 0, 0); break;
    case SYS_msgsnd: set(a, (uint32_t)last_queue, WORDS(1, 2, 3, 4), below(13), nowait, 0, 0); break;
    case SYS_msgrcv: set(a, (uint32_t)last_queue, room, below(100), 0, nowait, 0); break;
    case SYS_msgctl: set(a, (uint32_t)last_queue, commands[below(8)] | 0x100, room, 0, 0, 0); break;
    case SYS_shmget: set(a, IPC_PRIVATE, 1 + below(3 * PAGE), 01600, 0, 0, 0); break;
    case SYS_shmat: set(a, (uint32_t)last_segment, 0, below(3) ? 0 : 010000, 0, 0, 0); break;
    case SYS_shmdt: a[0] = (uint32_t)last_attached; break;
    case SYS_shmctl: set(a, (uint32_t)last_segment, commands[below(8)] | 0x100, room, 0, 0, 0); break;
    default: return false;
    }
    return true;
}

/* ipc(call, first, second, third, pointer, fifth) */
static void through_ipc(uint32_t a[6])
{
    uint32_t in[6] = {0};
    switch (below(9)) {
    case 0:
        objects(SYS_semtimedop_time64, in), set(a, below(2) ? 1 : 4, in[0], in[2], 0, in[1], in[3]);
        break;
    case 1: objects(SYS_semget, in), set(a, 2, in[0], in[1], in[2], 0, 0); break;
    case 2: objects(SYS_semctl, in), set(a, 3, in[0], in[1], in[2], WORDS(in[3]), 0); break;
    case 3: objects(SYS_msgsnd, in), set(a, 11, in[0], in[2], in[3], in[1], 0); break;
    case 4:
        objects(SYS_msgrcv, in),
            set(a, below(2) ? 12 : 0x1000c, in[0], in[2], in[4], below(2) ? in[1] : WORDS(in[1], 0), 0);
        break;
    case 5: objects(SYS_msgctl, in), set(a, below(2) ? 14 : 13, in[0], in[1], 0, in[2], 0); break;
    case 6: objects(SYS_shmat, in), set(a, 21, in[0], in[2], likely_space(4), 0, 0); break;
    case 7: set(a, 22, 0, 0, 0, (uint32_t)last_attached, 0); break;
    default: objects(SYS_shmctl, in), set(a, below(2) ? 24 : 23, in[0], in[1], 01600, in[2], 0); break;
    }
}

bool likely_message(unsigned nr, uint32_t a[6])
{
    if (nr == SYS_socketcall)
        through_socketcall(a);
    else if (nr == SYS_ipc)
        through_ipc(a);
    else
        return sockets(nr, a) || queues(nr, a) || objects(nr, a);
    return true;
}

/* Objects are removed when the next is made: the kernel has few. */
void likely_message_result(unsigned nr, const uint32_t a[6], long result)
{
    (void)a;
    if (result < 0 && result > -4096) return;
    switch (nr) {
    case SYS_semget:
        if (last_sem) raw(SYS_semctl, last_sem, 0, IPC_RMID, 0);
        last_sem = result;
        break;
    case SYS_msgget:
        if (last_queue) raw(SYS_msgctl, last_queue, IPC_RMID, 0);
        last_queue = result;
        break;
    case SYS_shmget:
        if (last_segment) raw(SYS_shmctl, last_segment, IPC_RMID, 0);
        last_segment = result;
        break;
    case SYS_shmat: last_attached = result; break;
    default: break;
    }
}

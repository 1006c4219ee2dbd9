/* sendmsg, recvmsg, sendmmsg, recvmmsg: message headers and control data. Control messages are aligned to 4
 * bytes on i386 with a 32-bit length, to 8 with a 64-bit one on the host. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "syscalls/poll.h"
#include "syscalls/socket.h"

struct guest_msghdr {
    uint32_t name, namelen, iov, iovlen, control, controllen, flags;
};

struct guest_cmsghdr {
    uint32_t len;
    int32_t level, type;
};

enum { G_SOL_SOCKET = 1, MAX_CONTROL = 8192, G_MSG_CTRUNC = 8 };

static uint32_t align4(uint32_t n)
{
    return (n + 3) & ~3u;
}

static int level_to_host(int level)
{
    return level == G_SOL_SOCKET ? SOL_SOCKET : level;
}

static int level_to_guest(int level)
{
    return level == SOL_SOCKET ? G_SOL_SOCKET : level;
}

/* The guest cannot send descriptors that it does not have. */
static bool sends_reserved(struct call *c, const struct cmsghdr *h, size_t n)
{
    const int *fd = (const int *)CMSG_DATA(h);
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) return false;
    for (size_t i = 0; i < n / sizeof *fd; i++)
        if (fd_usable(c->s, (uint32_t)fd[i]) < 0) return true;
    return false;
}

/* Guest control data into m->msg_control, which has MAX_CONTROL bytes. */
static long get_control(struct call *c, const struct guest_msghdr *g, struct msghdr *m)
{
    struct guest_cmsghdr h;
    size_t room = m->msg_controllen, used = 0;
    for (uint32_t at = 0; at + sizeof h <= g->controllen; at += align4(h.len)) {
        if (mm_read(c->mm, g->control + at, &h, sizeof h)) return -G_EFAULT;
        if (h.len < sizeof h || h.len > g->controllen - at) return -G_EINVAL;
        size_t n = h.len - sizeof h;
        if (used + CMSG_SPACE(n) > room) return -errno_to_guest(ENOBUFS);
        struct cmsghdr *out = (struct cmsghdr *)((char *)m->msg_control + used);
        *out = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(n), .cmsg_level = level_to_host(h.level), .cmsg_type = h.type};
        if (mm_read(c->mm, g->control + at + (uint32_t)sizeof h, CMSG_DATA(out), n)) return -G_EFAULT;
        if (sends_reserved(c, out, n)) return -G_EBADF;
        used += CMSG_SPACE(n);
    }
    if (g->controllen && !used) return -G_EINVAL; /* not even a header */
    m->msg_controllen = used;
    if (!used) m->msg_control = NULL;
    return 0;
}

/* The host's times are pairs of 64-bit numbers, a 32-bit program's of 32-bit ones (put_cmsg_compat). The
 * bytes of `narrow` that are to be given instead, or 0: h holds no such times. */
static uint32_t narrow_times(const struct cmsghdr *h, uint32_t n, int32_t narrow[6])
{
    int64_t wide[6];
    bool is_time = h->cmsg_type == SO_TIMESTAMP_OLD || h->cmsg_type == SO_TIMESTAMPNS_OLD ||
                   h->cmsg_type == SO_TIMESTAMPING_OLD;
    if (h->cmsg_level != SOL_SOCKET || !is_time || n > sizeof wide) return 0;
    memcpy(wide, CMSG_DATA(h), n);
    for (uint32_t i = 0; i < n / 8; i++)
        narrow[i] = (int32_t)wide[i];
    return n / 2;
}

/* Of h's n bytes of data how many are given where there is room for so many. Descriptors are whole or closed.
 */
static uint32_t cut(const struct cmsghdr *h, uint32_t n, uint32_t room)
{
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) return n < room ? n : room;
    const int *fd = (const int *)CMSG_DATA(h);
    uint32_t kept = (n < room ? n : room) / (uint32_t)sizeof *fd;
    for (uint32_t i = kept; i < n / sizeof *fd; i++)
        close(fd[i]);
    return kept * (uint32_t)sizeof *fd;
}

/* What does not fit is cut and said to be so. Updates g's length and flags. */
static long put_control(struct call *c, struct guest_msghdr *g, struct msghdr *m)
{
    uint32_t room = g->controllen, used = 0;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
        uint32_t n = (uint32_t)(h->cmsg_len - CMSG_LEN(0));
        int32_t times[6];
        uint32_t narrow = narrow_times(h, n, times);
        const void *data = narrow ? (const void *)times : CMSG_DATA(h);
        if (narrow) n = narrow;
        struct guest_cmsghdr out = {.level = level_to_guest(h->cmsg_level), .type = h->cmsg_type};
        bool fits = room - used >= sizeof out;
        uint32_t given = cut(h, n, fits ? room - used - (uint32_t)sizeof out : 0);
        if (given < n) g->flags |= G_MSG_CTRUNC;
        if (!fits || (!given && n && h->cmsg_type == SCM_RIGHTS && h->cmsg_level == SOL_SOCKET)) continue;
        n = given;
        out.len = n + (uint32_t)sizeof out;
        if (mm_write(c->mm, g->control + used, &out, sizeof out)) return -G_EFAULT;
        if (mm_write(c->mm, g->control + used + (uint32_t)sizeof out, data, n)) return -G_EFAULT;
        used += align4(out.len) > room - used ? room - used : align4(out.len);
    }
    g->controllen = used;
    return 0;
}

static long send_one(struct call *c, gaddr header, uint32_t flags)
{
    struct guest_msghdr g;
    struct sockaddr_storage sa;
    struct xfer x;
    if (mm_read(c->mm, header, &g, sizeof g)) return -G_EFAULT;
    if (g.iovlen > UIO_MAXIOV) return -errno_to_guest(EMSGSIZE);
    _Alignas(struct cmsghdr) char control[MAX_CONTROL];
    struct msghdr m = {.msg_control = control, .msg_controllen = sizeof control};
    if (g.name) {
        long r = socket_get_address(c, g.name, g.namelen, &sa);
        if (r) return r;
        m.msg_name = &sa;
        m.msg_namelen = g.namelen;
    }
    long r = get_control(c, &g, &m);
    if (r) return r;
    r = xfer_begin_vec(c, &x, g.iov, g.iovlen, false);
    m.msg_iov = x.iov;
    m.msg_iovlen = (size_t)x.count;
    long a[6] = {(int)c->arg[0], (long)&m, (long)flags_to_host(FT_MSG, flags)};
    if (!r) r = sys_wait(c, RESTART_SYS, SYS_sendmsg, a);
    return xfer_end(c, &x, r);
}

long call_sendmsg(struct call *c)
{
    return send_one(c, c->arg[1], c->arg[2]);
}

/* struct mmsghdr: a header and the number of bytes sent or received. */
enum { STEP = sizeof(struct guest_msghdr) + 4, MOST = 1024 };

long call_sendmmsg(struct call *c)
{
    uint32_t n = c->arg[2] < MOST ? c->arg[2] : MOST, done = 0;
    long r = 0;
    for (; done < n; done++) {
        gaddr header = c->arg[1] + done * STEP;
        r = send_one(c, header, c->arg[3]);
        uint32_t sent = (uint32_t)r;
        if (r >= 0 && mm_write(c->mm, header + STEP - 4, &sent, sizeof sent)) r = -G_EFAULT;
        if (r < 0) break;
    }
    return done ? (long)done : r;
}

static long finish_receive(struct call *c, gaddr header, struct guest_msghdr *g, struct msghdr *m)
{
    g->flags = flags_to_guest(FT_MSG, (uint32_t)m->msg_flags);
    long r = put_control(c, g, m);
    if (r) return r;
    if (g->name) {
        uint32_t n = m->msg_namelen < g->namelen ? m->msg_namelen : g->namelen;
        if (mm_write(c->mm, g->name, m->msg_name, n)) return -G_EFAULT;
        g->namelen = m->msg_namelen;
    }
    return mm_write(c->mm, header, g, sizeof *g);
}

static long receive_one(struct call *c, gaddr header, uint32_t flags)
{
    struct guest_msghdr g;
    struct sockaddr_storage sa;
    struct xfer x;
    if (mm_read(c->mm, header, &g, sizeof g)) return -G_EFAULT;
    if (g.name && (int32_t)g.namelen < 0) return -G_EINVAL;
    if (g.iovlen > UIO_MAXIOV) return -errno_to_guest(EMSGSIZE);
    _Alignas(struct cmsghdr) char control[MAX_CONTROL];
    struct msghdr m = {.msg_control = g.controllen ? control : NULL};
    m.msg_name = g.name ? &sa : NULL;
    m.msg_namelen = g.name ? sizeof sa : 0;
    m.msg_controllen = g.controllen ? MAX_CONTROL : 0; /* put_control() cuts */
    long r = xfer_begin_vec(c, &x, g.iov, g.iovlen, true);
    m.msg_iov = x.iov;
    m.msg_iovlen = (size_t)x.count;
    long a[6] = {(int)c->arg[0], (long)&m, (long)flags_to_host(FT_MSG, flags)};
    if (!r) r = sys_wait(c, RESTART_SYS, SYS_recvmsg, a);
    r = xfer_end(c, &x, r);
    if (r < 0) return r;
    long bad = finish_receive(c, header, &g, &m);
    return bad ? bad : r;
}

long call_recvmsg(struct call *c)
{
    return receive_one(c, c->arg[1], c->arg[2]);
}

/* Until `end` (NULL: without one), which is looked at when a message has come, as Linux does. */
static long receive_many(struct call *c, const struct timespec *end)
{
    enum { WAIT_FOR_ONE = 0x10000, DONT_WAIT = 0x40 };
    struct timespec left;
    uint32_t n = c->arg[2] < MOST ? c->arg[2] : MOST, done = 0, flags = c->arg[3] & ~(uint32_t)WAIT_FOR_ONE;
    long r = 0;
    while (done < n) {
        gaddr header = c->arg[1] + done * STEP;
        r = receive_one(c, header, flags);
        uint32_t got = (uint32_t)r;
        if (r >= 0 && mm_write(c->mm, header + STEP - 4, &got, sizeof got)) r = -G_EFAULT;
        if (r < 0) break;
        done++;
        if (c->arg[3] & WAIT_FOR_ONE) flags |= DONT_WAIT;
        if (end) poll_left(end, &left);
        if (end && !left.tv_sec && !left.tv_nsec) break;
    }
    return done ? (long)done : r;
}

/* What is left of the time is written back. */
static long receive_within(struct call *c, bool wide)
{
    struct timespec ts, end;
    gaddr at = c->arg[4];
    if (!at) return receive_many(c, NULL);
    long r = wide ? time_get_spec64(c, at, &ts) : time_get_spec32(c, at, &ts);
    if (r) return r;
    if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec > 999999999) return -G_EINVAL;
    poll_deadline(&ts, &end);
    r = receive_many(c, &end);
    if (r <= 0) return r;
    poll_left(&end, &ts);
    return (wide ? time_put_spec64(c, at, &ts) : time_put_spec32(c, at, &ts)) ? -G_EFAULT : r;
}

long call_recvmmsg(struct call *c)
{
    return receive_within(c, false);
}

long call_recvmmsg_time64(struct call *c)
{
    return receive_within(c, true);
}

/* POSIX message queues. A queue's descriptor is a file's; attributes have 32-bit members. */
#include <errno.h>
#include <mqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { MAX_MESSAGE = 16 << 20 };

struct guest_mq_attr {
    int32_t flags, maxmsg, msgsize, curmsgs, reserved[4];
};

/* The kernel's record has four more members than the C library's: eight words. */
union host_mq_attr {
    struct mq_attr a;
    long words[8];
};

static long get_attr(struct call *c, gaddr at, union host_mq_attr *h)
{
    struct guest_mq_attr g;
    memset(h, 0, sizeof *h);
    if (mm_read(c->mm, at, &g, sizeof g)) return -G_EFAULT;
    h->a.mq_flags = (long)flags_to_host(FT_OPEN, (uint32_t)g.flags);
    h->a.mq_maxmsg = g.maxmsg;
    h->a.mq_msgsize = g.msgsize;
    return 0;
}

/* The kernel takes a name without its slash; under qemu-user the slash must stand before it. */
static long name_arg(struct call *c, char path[PATH_MAX])
{
    path[0] = '/';
    long n = mm_read_string(c->mm, c->arg[0], path + 1, PATH_MAX - 1);
    return n < 0 ? n : 0;
}

long call_mq_open(struct call *c)
{
    enum { CREATE = 0100 };
    char path[PATH_MAX];
    union host_mq_attr h;
    bool attr = c->arg[3] && c->arg[1] & CREATE;
    long r = name_arg(c, path);
    if (!r && attr) r = get_attr(c, c->arg[3], &h);
    if (r) return r;
    long flags = (long)flags_to_host(FT_OPEN, c->arg[1] & ~3u) | (c->arg[1] & 3);
    return fd_result(c, syscall(SYS_mq_open, path + 1, flags, c->arg[2], attr ? &h : NULL));
}

long call_mq_unlink(struct call *c)
{
    char path[PATH_MAX];
    long r = name_arg(c, path);
    return r ? r : sys_result(syscall(SYS_mq_unlink, path + 1));
}

typedef long get_spec(struct call *c, gaddr a, struct timespec *ts);

static long send_by(struct call *c, get_spec *get)
{
    struct timespec ts;
    uint32_t n = c->arg[2];
    long r = c->arg[4] ? get(c, c->arg[4], &ts) : 0;
    if (r) return r;
    if (n > MAX_MESSAGE) return -errno_to_guest(EMSGSIZE);
    char *text = malloc(n + 1);
    if (!text) return -G_ENOMEM;
    if (mm_read(c->mm, c->arg[1], text, n)) r = -G_EFAULT;
    long a[6] = {(int)c->arg[0], (long)text, n, c->arg[3], c->arg[4] ? (long)&ts : 0};
    if (!r) r = sys_wait(c, RESTART_SYS, SYS_mq_timedsend, a);
    free(text);
    return r;
}

static long receive_by(struct call *c, get_spec *get)
{
    struct timespec ts;
    uint32_t n = c->arg[2] < MAX_MESSAGE ? c->arg[2] : MAX_MESSAGE, priority = 0;
    long r = c->arg[4] ? get(c, c->arg[4], &ts) : 0;
    if (r) return r;
    char *text = malloc(n + 1);
    if (!text) return -G_ENOMEM;
    long a[6] = {(int)c->arg[0], (long)text, n, (long)&priority, c->arg[4] ? (long)&ts : 0};
    r = sys_wait(c, RESTART_SYS, SYS_mq_timedreceive, a);
    if (r >= 0 && mm_write(c->mm, c->arg[1], text, (size_t)r)) r = -G_EFAULT;
    if (r >= 0 && c->arg[3] && mm_write(c->mm, c->arg[3], &priority, sizeof priority)) r = -G_EFAULT;
    free(text);
    return r;
}

long call_mq_timedsend(struct call *c)
{
    return send_by(c, time_get_spec32);
}

long call_mq_timedsend_time64(struct call *c)
{
    return send_by(c, time_get_spec64);
}

long call_mq_timedreceive(struct call *c)
{
    return receive_by(c, time_get_spec32);
}

long call_mq_timedreceive_time64(struct call *c)
{
    return receive_by(c, time_get_spec64);
}

long call_mq_getsetattr(struct call *c)
{
    union host_mq_attr new, old;
    long r = c->arg[1] ? get_attr(c, c->arg[1], &new) : 0;
    if (!r) r = sys_result(syscall(SYS_mq_getsetattr, (int)c->arg[0], c->arg[1] ? &new : NULL, &old));
    if (r || !c->arg[2]) return r;
    struct guest_mq_attr g = {.flags = (int32_t)flags_to_guest(FT_OPEN, (uint32_t)old.a.mq_flags),
                              .maxmsg = (int32_t)old.a.mq_maxmsg,
                              .msgsize = (int32_t)old.a.mq_msgsize,
                              .curmsgs = (int32_t)old.a.mq_curmsgs};
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

/* SIGEV_THREAD is the C library's: what it takes to know its request again is sent to a netlink socket, whose
 * descriptor is in the signal's place. */
long call_mq_notify(struct call *c)
{
    struct sigevent ev;
    struct {
        uint32_t cookie;
        int32_t fd;
    } g;
    uint8_t cookie[32]; /* NOTIFY_COOKIE_LEN */
    if (!c->arg[1]) return sys_result(syscall(SYS_mq_notify, (int)c->arg[0], NULL));
    long r = timer_get_event(c, c->arg[1], &ev);
    if (r) return r;
    if (ev.sigev_notify == SIGEV_THREAD) {
        if (mm_read(c->mm, c->arg[1], &g, sizeof g) || mm_read(c->mm, g.cookie, cookie, sizeof cookie))
            return -G_EFAULT;
        ev.sigev_signo = fd_usable(c->s, (uint32_t)g.fd);
        ev.sigev_value.sival_ptr = cookie;
    }
    return sys_result(syscall(SYS_mq_notify, (int)c->arg[0], &ev));
}

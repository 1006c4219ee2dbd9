/* epoll. Events are packed on i386 as on x86-64, and not so on most hosts. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

struct guest_epoll_event {
    uint32_t events;
    uint64_t data;
} GUEST_STRUCT;
static_assert(sizeof(struct guest_epoll_event) == 12, "struct epoll_event of i386");

enum { MAX_EVENTS = 1 << 20 }; /* as many as there can be descriptors; what is not used costs nothing */

long call_epoll_create(struct call *c)
{
    if ((int)c->arg[0] <= 0) return -G_EINVAL;
    return fd_result(c, epoll_create1(0));
}

long call_epoll_create1(struct call *c)
{
    if (!flags_known(FT_EPOLL_CREATE, c->arg[0])) return -G_EINVAL;
    return fd_result(c, epoll_create1((int)flags_to_host(FT_EPOLL_CREATE, c->arg[0])));
}

long call_epoll_ctl(struct call *c)
{
    struct guest_epoll_event g = {0};
    int op = value_to_host(FT_EPOLL_OP, c->arg[1]);
    if (op != EPOLL_CTL_DEL && mm_read(c->mm, c->arg[3], &g, sizeof g)) return -G_EFAULT;
    struct epoll_event h = {.events = flags_to_host(FT_EPOLL_EVENTS, g.events), .data.u64 = g.data};
    return sys_result(epoll_ctl((int)c->arg[0], op, (int)c->arg[2], &h));
}

static int milliseconds(const struct timespec *ts)
{
    if (ts->tv_sec >= INT_MAX / 1000) return INT_MAX;
    return (int)(ts->tv_sec * 1000 + (ts->tv_nsec + 999999) / 1000000);
}

/* `limit`, if there is one, is the time; else `timeout`. */
static long epoll_wait_for(struct call *c, uint32_t max, int timeout, const struct timespec *limit,
                           const sigset_t *mask)
{
    if ((int)max <= 0 || max > INT32_MAX / sizeof(struct guest_epoll_event)) return -G_EINVAL;
    if (max > MAX_EVENTS) max = MAX_EVENTS;
    struct epoll_event *h = calloc(max, sizeof *h);
    if (!h) return -G_ENOMEM;
    long a[6] = {(int)c->arg[0], (long)h, max, limit ? (long)limit : timeout, (long)mask, _NSIG / 8};
    long r = sys_wait(c, G_EINTR, limit ? SYS_epoll_pwait2 : SYS_epoll_pwait, a);
    if (limit && r == -G_ENOSYS) { /* before Linux 5.11 */
        a[3] = milliseconds(limit);
        r = sys_wait(c, G_EINTR, SYS_epoll_pwait, a);
    }
    for (long i = 0; i < r; i++) {
        struct guest_epoll_event g = {flags_to_guest(FT_EPOLL_EVENTS, h[i].events), h[i].data.u64};
        if (mm_write(c->mm, c->arg[1] + (gaddr)(i * (long)sizeof g), &g, sizeof g)) r = i ? i : -G_EFAULT;
    }
    free(h);
    return r;
}

long call_epoll_wait(struct call *c)
{
    return epoll_wait_for(c, c->arg[2], (int)c->arg[3], NULL, NULL);
}

long call_epoll_pwait(struct call *c)
{
    uint64_t mask;
    sigset_t host;
    if (!c->arg[4]) return call_epoll_wait(c);
    long r = signal_get_mask(c, c->arg[4], c->arg[5], &mask);
    if (r) return r;
    signal_mask_begin(c, mask, &host);
    return signal_mask_end(c, epoll_wait_for(c, c->arg[2], (int)c->arg[3], NULL, &host));
}

long call_epoll_pwait2(struct call *c)
{
    uint64_t mask;
    sigset_t host;
    struct timespec ts;
    long r = c->arg[3] ? time_get_spec64(c, c->arg[3], &ts) : 0;
    if (!r && c->arg[3] && (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec > 999999999)) r = -G_EINVAL;
    if (!r && c->arg[4]) r = signal_get_mask(c, c->arg[4], c->arg[5], &mask);
    if (r) return r;
    const struct timespec *limit = c->arg[3] ? &ts : NULL;
    if (!c->arg[4]) return epoll_wait_for(c, c->arg[2], -1, limit, NULL);
    signal_mask_begin(c, mask, &host);
    return signal_mask_end(c, epoll_wait_for(c, c->arg[2], -1, limit, &host));
}

/* Interval timers: setitimer and alarm, POSIX timers, timerfd. The host's timers send the host's signals,
 * which come back to the guest like any other. */
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/sys.h"

/* --- setitimer, alarm ---------------------------------------------------------------------------------- */

static long put_itimer(struct call *c, gaddr to, const struct itimerval *v)
{
    struct guest_itimerval g = {
        {(int32_t)v->it_interval.tv_sec, (int32_t)v->it_interval.tv_usec},
        {(int32_t)v->it_value.tv_sec, (int32_t)v->it_value.tv_usec},
    };
    return mm_write(c->mm, to, &g, sizeof g);
}

long call_getitimer(struct call *c)
{
    struct itimerval v;
    int which = value_to_host(FT_ITIMER, c->arg[0]);
    if (which < 0) return -G_EINVAL;
    long r = sys_result(syscall(SYS_getitimer, which, &v));
    return r ? r : put_itimer(c, c->arg[1], &v);
}

long call_setitimer(struct call *c)
{
    struct guest_itimerval g = {0};
    struct itimerval new, old;
    int which = value_to_host(FT_ITIMER, c->arg[0]);
    if (c->arg[1] && mm_read(c->mm, c->arg[1], &g, sizeof g)) return -G_EFAULT;
    if (which < 0) return -G_EINVAL;
    new = (struct itimerval){{g.interval.sec, g.interval.usec}, {g.value.sec, g.value.usec}};
    long r = sys_result(syscall(SYS_setitimer, which, &new, &old));
    return r || !c->arg[2] ? r : put_itimer(c, c->arg[2], &old);
}

long call_alarm(struct call *c)
{
    return (long)alarm(c->arg[0]);
}

/* --- Layouts ------------------------------------------------------------------------------------------- */

static long get_spec(struct call *c, gaddr at, bool wide, struct itimerspec *v)
{
    gaddr size = wide ? sizeof(struct guest_timespec64) : sizeof(struct guest_timespec32);
    long r = wide ? time_get_spec64(c, at, &v->it_interval) : time_get_spec32(c, at, &v->it_interval);
    if (r) return r;
    return wide ? time_get_spec64(c, at + size, &v->it_value) : time_get_spec32(c, at + size, &v->it_value);
}

static long put_spec(struct call *c, gaddr at, bool wide, const struct itimerspec *v)
{
    gaddr size = wide ? sizeof(struct guest_timespec64) : sizeof(struct guest_timespec32);
    long r = wide ? time_put_spec64(c, at, &v->it_interval) : time_put_spec32(c, at, &v->it_interval);
    if (r) return r;
    return wide ? time_put_spec64(c, at + size, &v->it_value) : time_put_spec32(c, at + size, &v->it_value);
}

/* --- timerfd ------------------------------------------------------------------------------------------- */

long call_timerfd_create(struct call *c)
{
    if (!flags_known(FT_TIMERFD, c->arg[1])) return -G_EINVAL;
    return fd_result(c, timerfd_create((int)c->arg[0], (int)flags_to_host(FT_TIMERFD, c->arg[1])));
}

static long settime_fd(struct call *c, bool wide)
{
    struct itimerspec new, old;
    if (get_spec(c, c->arg[2], wide, &new)) return -G_EFAULT;
    if (!flags_known(FT_TIMER, c->arg[1])) return -G_EINVAL;
    int flags = (int)flags_to_host(FT_TIMER, c->arg[1]);
    long r = sys_result(timerfd_settime((int)c->arg[0], flags, &new, &old));
    return r || !c->arg[3] ? r : put_spec(c, c->arg[3], wide, &old);
}

long call_timerfd_settime(struct call *c)
{
    return settime_fd(c, false);
}

long call_timerfd_settime64(struct call *c)
{
    return settime_fd(c, true);
}

static long gettime_fd(struct call *c, bool wide)
{
    struct itimerspec v;
    long r = sys_result(timerfd_gettime((int)c->arg[0], &v));
    return r ? r : put_spec(c, c->arg[1], wide, &v);
}

long call_timerfd_gettime(struct call *c)
{
    return gettime_fd(c, false);
}

long call_timerfd_gettime64(struct call *c)
{
    return gettime_fd(c, true);
}

/* --- POSIX timers: the host kernel's numbers are the guest's
 * ------------------------------------------------ */

struct guest_sigevent {
    uint32_t value;
    int32_t signo, notify, tid;
};

long timer_get_event(struct call *c, gaddr at, struct sigevent *ev)
{
    struct guest_sigevent g;
    memset(ev, 0, sizeof *ev);
    if (mm_read(c->mm, at, &g, sizeof g)) return -G_EFAULT;
    ev->sigev_notify = g.notify; /* the same numbers everywhere */
    ev->sigev_value.sival_ptr = (void *)(uintptr_t)g.value;
    ev->sigev_signo = g.signo > 0 && g.signo <= G_NSIG ? signo_to_host(g.signo) : 0;
    ev->_sigev_un._tid = g.tid;
    return 0;
}

long call_timer_create(struct call *c)
{
    struct sigevent ev;
    int id = 0;
    long r = c->arg[1] ? timer_get_event(c, c->arg[1], &ev) : 0;
    if (!r) r = sys_result(syscall(SYS_timer_create, (int)c->arg[0], c->arg[1] ? &ev : NULL, &id));
    if (r) return r;
    if (!mm_write(c->mm, c->arg[2], &id, sizeof id)) return 0;
    syscall(SYS_timer_delete, id);
    return -G_EFAULT;
}

static long settime(struct call *c, bool wide)
{
    struct itimerspec new, old;
    if (!c->arg[2]) return -G_EINVAL;
    if (get_spec(c, c->arg[2], wide, &new)) return -G_EFAULT;
    int flags = (int)flags_to_host(FT_TIMER, c->arg[1]);
    long r = sys_result(syscall(SYS_timer_settime, (int)c->arg[0], flags, &new, &old));
    return r || !c->arg[3] ? r : put_spec(c, c->arg[3], wide, &old);
}

long call_timer_settime(struct call *c)
{
    return settime(c, false);
}

long call_timer_settime64(struct call *c)
{
    return settime(c, true);
}

static long gettime(struct call *c, bool wide)
{
    struct itimerspec v;
    long r = sys_result(syscall(SYS_timer_gettime, (int)c->arg[0], &v));
    return r ? r : put_spec(c, c->arg[1], wide, &v);
}

long call_timer_gettime(struct call *c)
{
    return gettime(c, false);
}

long call_timer_gettime64(struct call *c)
{
    return gettime(c, true);
}

long call_timer_getoverrun(struct call *c)
{
    return sys_result(syscall(SYS_timer_getoverrun, (int)c->arg[0]));
}

long call_timer_delete(struct call *c)
{
    return sys_result(syscall(SYS_timer_delete, (int)c->arg[0]));
}

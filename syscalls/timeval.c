/* Times between guest and host layouts: the 32-bit forms, and the 64-bit ones of the _time64 calls. */
#include "syscalls/sys.h"

long time_get_spec32(struct call *c, gaddr a, struct timespec *ts)
{
    struct guest_timespec32 g;
    if (mm_read(c->mm, a, &g, sizeof g)) return -G_EFAULT;
    *ts = (struct timespec){.tv_sec = g.sec, .tv_nsec = g.nsec};
    return 0;
}

/* The upper half of tv_nsec is padding for a 32-bit task (get_timespec64). */
long time_get_spec64(struct call *c, gaddr a, struct timespec *ts)
{
    struct guest_timespec64 g;
    if (mm_read(c->mm, a, &g, sizeof g)) return -G_EFAULT;
    *ts = (struct timespec){.tv_sec = g.sec, .tv_nsec = (uint32_t)g.nsec};
    return 0;
}

long time_put_spec32(struct call *c, gaddr a, const struct timespec *ts)
{
    struct guest_timespec32 g = {(int32_t)ts->tv_sec, (int32_t)ts->tv_nsec};
    return mm_write(c->mm, a, &g, sizeof g);
}

long time_put_spec64(struct call *c, gaddr a, const struct timespec *ts)
{
    struct guest_timespec64 g = {ts->tv_sec, ts->tv_nsec};
    return mm_write(c->mm, a, &g, sizeof g);
}

long time_get_val32(struct call *c, gaddr a, struct timeval *tv)
{
    struct guest_timeval32 g;
    if (mm_read(c->mm, a, &g, sizeof g)) return -G_EFAULT;
    *tv = (struct timeval){.tv_sec = g.sec, .tv_usec = g.usec};
    return 0;
}

long time_put_val32(struct call *c, gaddr a, const struct timeval *tv)
{
    struct guest_timeval32 g = {(int32_t)tv->tv_sec, (int32_t)tv->tv_usec};
    return mm_write(c->mm, a, &g, sizeof g);
}

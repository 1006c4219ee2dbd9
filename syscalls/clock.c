/* Clocks and sleeping. Interval timers are timer.c's. */
#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/sys.h"

typedef long put_spec(struct call *c, gaddr a, const struct timespec *ts);
typedef long get_spec(struct call *c, gaddr a, struct timespec *ts);

/* Clock numbers are the same everywhere; negative ones name a process's CPU clock. */
static long get_clock(struct call *c, put_spec *put)
{
    struct timespec ts;
    long r = sys_result(clock_gettime((int)c->arg[0], &ts));
    return r ? r : put(c, c->arg[1], &ts);
}

long call_clock_gettime(struct call *c)
{
    return get_clock(c, time_put_spec32);
}

long call_clock_gettime64(struct call *c)
{
    return get_clock(c, time_put_spec64);
}

static long get_resolution(struct call *c, put_spec *put)
{
    struct timespec ts;
    long r = sys_result(clock_getres((int)c->arg[0], &ts));
    return r || !c->arg[1] ? r : put(c, c->arg[1], &ts);
}

long call_clock_getres(struct call *c)
{
    return get_resolution(c, time_put_spec32);
}

long call_clock_getres_time64(struct call *c)
{
    return get_resolution(c, time_put_spec64);
}

static long set_clock(struct call *c, get_spec *get)
{
    struct timespec ts;
    long r = get(c, c->arg[1], &ts);
    return r ? r : sys_result(clock_settime((int)c->arg[0], &ts));
}

long call_clock_settime(struct call *c)
{
    return set_clock(c, time_get_spec32);
}

long call_clock_settime64(struct call *c)
{
    return set_clock(c, time_get_spec64);
}

long call_time(struct call *c)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME_COARSE, &ts);
    int32_t t = (int32_t)ts.tv_sec;
    if (c->arg[0] && mm_write(c->mm, c->arg[0], &t, sizeof t)) return -G_EFAULT;
    return t;
}

long call_stime(struct call *c)
{
    int32_t t;
    if (mm_read(c->mm, c->arg[0], &t, sizeof t)) return -G_EFAULT;
    struct timespec ts = {.tv_sec = t};
    return sys_result(clock_settime(CLOCK_REALTIME, &ts));
}

long call_gettimeofday(struct call *c)
{
    struct timeval tv;
    struct timezone tz;
    gettimeofday(&tv, NULL);
    if (c->arg[0] && time_put_val32(c, c->arg[0], &tv)) return -G_EFAULT;
    if (!c->arg[1]) return 0;
    syscall(SYS_gettimeofday, NULL, &tz);
    int32_t g[2] = {tz.tz_minuteswest, tz.tz_dsttime};
    return mm_write(c->mm, c->arg[1], g, sizeof g);
}

long call_settimeofday(struct call *c)
{
    struct timeval tv;
    int32_t g[2] = {0, 0};
    if (c->arg[0] && time_get_val32(c, c->arg[0], &tv)) return -G_EFAULT;
    if (c->arg[1] && mm_read(c->mm, c->arg[1], g, sizeof g)) return -G_EFAULT;
    struct timezone tz = {g[0], g[1]};
    return sys_result(syscall(SYS_settimeofday, c->arg[0] ? &tv : NULL, c->arg[1] ? &tz : NULL));
}

/* Ticks are 1/100 s in both ABIs. */
long call_times(struct call *c)
{
    struct tms t;
    clock_t now = times(&t);
    int32_t g[4] = {(int32_t)t.tms_utime, (int32_t)t.tms_stime, (int32_t)t.tms_cutime, (int32_t)t.tms_cstime};
    if (c->arg[0] && mm_write(c->mm, c->arg[0], g, sizeof g)) return -G_EFAULT;
    return (int32_t)now; /* the C library's times() knows which negative values are no errors */
}

/* --- Sleeping ------------------------------------------------------------------------------------------ */

static void until(int clock, const struct timespec *duration, struct timespec *end)
{
    clock_gettime(clock, end);
    end->tv_sec += duration->tv_sec;
    end->tv_nsec += duration->tv_nsec;
    if (end->tv_nsec >= 1000000000) end->tv_sec++, end->tv_nsec -= 1000000000;
}

static void time_left(int clock, const struct timespec *end, struct timespec *left)
{
    struct timespec now;
    clock_gettime(clock, &now);
    left->tv_sec = end->tv_sec - now.tv_sec;
    left->tv_nsec = end->tv_nsec - now.tv_nsec;
    if (left->tv_nsec < 0) left->tv_sec--, left->tv_nsec += 1000000000;
    if (left->tv_sec < 0) *left = (struct timespec){0, 0};
}

/* Sleeps until s->restart_until; if interrupted, tells what is left and may be continued by restart_syscall.
 * restart_arg: clock, where to tell, whether in the 64-bit form. */
static long sleep_on(struct call *c)
{
    struct sys *s = c->s;
    int clock = (int)s->restart_arg[0];
    long a[6] = {clock, TIMER_ABSTIME, (long)&s->restart_until, 0};
    long r = sys_wait(c, RESTART_BLOCK, SYS_clock_nanosleep, a);
    if (r != -RESTART_BLOCK || !s->restart_arg[1]) return r;
    struct timespec left;
    time_left(clock, &s->restart_until, &left);
    put_spec *put = s->restart_arg[2] ? time_put_spec64 : time_put_spec32;
    return put(c, s->restart_arg[1], &left) ? -G_EFAULT : r;
}

/* A relative sleep on the real-time clock is not changed by setting that clock: it runs on the monotonic one
 * (hrtimer_nanosleep). */
static long sleep_for(struct call *c, int clock, const struct timespec *ts, gaddr left, bool wide)
{
    struct sys *s = c->s;
    if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= 1000000000) return -G_EINVAL;
    if (clock == CLOCK_REALTIME || clock == CLOCK_TAI) clock = CLOCK_MONOTONIC;
    struct timespec now;
    if (clock_gettime(clock, &now)) return -G_EINVAL;
    until(clock, ts, &s->restart_until);
    s->restart_fn = sleep_on;
    s->restart_arg[0] = (uint32_t)clock;
    s->restart_arg[1] = left;
    s->restart_arg[2] = wide;
    return sleep_on(c);
}

long call_nanosleep(struct call *c)
{
    struct timespec ts;
    long r = time_get_spec32(c, c->arg[0], &ts);
    return r ? r : sleep_for(c, CLOCK_MONOTONIC, &ts, c->arg[1], false);
}

static long clock_sleep(struct call *c, get_spec *get, bool wide)
{
    struct timespec ts;
    long r = get(c, c->arg[2], &ts);
    if (r) return r;
    if (!(c->arg[1] & 1)) return sleep_for(c, (int)c->arg[0], &ts, c->arg[3], wide);
    long a[6] = {(int)c->arg[0], TIMER_ABSTIME, (long)&ts, 0};
    return sys_wait(c, RESTART_NOHAND, SYS_clock_nanosleep, a);
}

long call_clock_nanosleep(struct call *c)
{
    return clock_sleep(c, time_get_spec32, false);
}

long call_clock_nanosleep_time64(struct call *c)
{
    return clock_sleep(c, time_get_spec64, true);
}

long call_restart_syscall(struct call *c)
{
    return c->s->restart_fn ? c->s->restart_fn(c) : -G_EINTR;
}

/* --- Tuning the clock ---------------------------------------------------------------------------------- */

struct guest_timex {
    uint32_t modes;
    int32_t offset, freq, maxerror, esterror, status, constant, precision, tolerance, sec, usec;
    int32_t tick, ppsfreq, jitter, shift, stabil, jitcnt, calcnt, errcnt, stbcnt, tai, pad[11];
};

static_assert(sizeof(struct guest_timex) == 128, "struct timex of i386");

// clang-format off
#define EACH_MEMBER(X) \
    X(offset) X(freq) X(maxerror) X(esterror) X(status) X(constant) X(precision) X(tolerance) X(tick) \
    X(ppsfreq) X(jitter) X(shift) X(stabil) X(jitcnt) X(calcnt) X(errcnt) X(stbcnt) X(tai)
// clang-format on

static long tune(struct call *c, int clock, gaddr at)
{
    struct guest_timex g;
    struct timex h = {0};
    if (mm_read(c->mm, at, &g, sizeof g)) return -G_EFAULT;
    h.modes = g.modes;
    h.time = (struct timeval){g.sec, g.usec};
#define TO_HOST(name) h.name = g.name;
    EACH_MEMBER(TO_HOST)
#undef TO_HOST
    long r = sys_result(syscall(SYS_clock_adjtime, clock, &h));
    if (r < 0) return r;
    g.modes = h.modes;
    g.sec = (int32_t)h.time.tv_sec;
    g.usec = (int32_t)h.time.tv_usec;
#define TO_GUEST(name) g.name = (int32_t)h.name;
    EACH_MEMBER(TO_GUEST)
#undef TO_GUEST
    return mm_write(c->mm, at, &g, sizeof g) ? -G_EFAULT : r;
}

long call_adjtimex(struct call *c)
{
    return tune(c, CLOCK_REALTIME, c->arg[0]);
}

long call_clock_adjtime(struct call *c)
{
    return tune(c, (int)c->arg[0], c->arg[1]);
}

/* The form with 64-bit members is the host's. */
long call_clock_adjtime64(struct call *c)
{
    struct timex t;
    if (mm_read(c->mm, c->arg[1], &t, sizeof t)) return -G_EFAULT;
    long r = sys_result(syscall(SYS_clock_adjtime, (int)c->arg[0], &t));
    return r >= 0 && mm_write(c->mm, c->arg[1], &t, sizeof t) ? -G_EFAULT : r;
}

/* Clocks, sleeping, interval timers, in their 32-bit and 64-bit forms: that they agree, and their errors. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

struct t32 {
    int32_t s, n;
};
struct t64 {
    int64_t s, n;
};

static long long ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static const char *took(long long start, int ms)
{
    static char text[40];
    long long d = (ns() - start) / 1000000;
    int late = 20000; /* the machine may be busy */
    if (d >= ms - 1 && d < ms + late) return "as long as asked";
    snprintf(text, sizeof text, "%lld ms", d);
    return text;
}

static volatile int ticks;
static void tick(int signo)
{
    ticks++;
}

int main(void)
{
    struct t32 a, b;
    struct t64 c;
    struct timeval tv;
    int32_t now;
    for (int clock = 0; clock < 12; clock++) {
        long r = raw(SYS_clock_gettime, clock, &a), r64 = raw(403, clock, &c);
        printf("clock %d: %s %s near %d", clock, result(r), result(r64),
               r || (c.s - a.s >= 0 && c.s - a.s <= 1));
        r = raw(SYS_clock_getres, clock, &a), r64 = raw(406, clock, &c);
        printf(", resolution %s same %d\n", result(r), r || (a.s == c.s && a.n == c.n));
    }
    raw(SYS_gettimeofday, &tv, 0);
    long t = raw(SYS_time, &now);
    printf("time near %d stored %d\n", t - tv.tv_sec <= 1 && t - tv.tv_sec >= -1, t == now);
    SHOW(raw(SYS_clock_gettime, -100000, &a));
    SHOW(raw(SYS_clock_getres, 1, 0));

    long long start = ns();
    a = (struct t32){0, 20000000};
    SHOW(raw(SYS_nanosleep, &a, 0));
    printf("%s\n", took(start, 20));
    start = ns();
    c = (struct t64){0, 20000000};
    SHOW(raw(407, CLOCK_MONOTONIC, 0, &c, 0));
    printf("%s\n", took(start, 20));
    raw(SYS_clock_gettime, CLOCK_MONOTONIC, &a);
    a.n += 20000000;
    if (a.n >= 1000000000) a.s++, a.n -= 1000000000;
    start = ns();
    SHOW(raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &a, 0));
    printf("%s\n", took(start, 20));
    a = (struct t32){0, 1000000000};
    SHOW(raw(SYS_nanosleep, &a, 0));
    a = (struct t32){-1, 0};
    SHOW(raw(SYS_nanosleep, &a, 0));
    a = (struct t32){0, 0};
    SHOW(raw(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &a, 0));
    SHOW(raw(SYS_clock_nanosleep, 77, 0, &a, 0));
    SHOW(raw(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &a, 0));

    signal(SIGALRM, tick);
    signal(SIGVTALRM, tick);
    struct itimerval v = {{0, 5000}, {0, 5000}}, old;
    memset(&old, 0xaa, sizeof old);
    SHOW(raw(SYS_setitimer, ITIMER_REAL, &v, &old));
    printf("old %ld.%ld %ld.%ld\n", old.it_interval.tv_sec, old.it_interval.tv_usec, old.it_value.tv_sec,
           old.it_value.tv_usec);
    while (ticks < 4)
        pause();
    SHOW(raw(SYS_getitimer, ITIMER_REAL, &old));
    printf("interval %ld, value sane %d\n", old.it_interval.tv_usec, old.it_value.tv_usec <= 5000);
    v = (struct itimerval){{0, 0}, {0, 0}};
    SHOW(raw(SYS_setitimer, ITIMER_REAL, &v, 0));
    SHOW(raw(SYS_setitimer, 7, &v, 0));
    v.it_value.tv_usec = 1000000;
    SHOW(raw(SYS_setitimer, ITIMER_REAL, &v, 0));
    SHOW(raw(SYS_alarm, 100));
    SHOW(raw(SYS_alarm, 0) >= 90);
    /* A timer that interrupts a loop without system calls. */
    v = (struct itimerval){{0, 0}, {0, 10000}};
    ticks = 0;
    raw(SYS_setitimer, ITIMER_REAL, &v, 0);
    while (!ticks)
        ;
    printf("a busy loop was interrupted\n");
    v.it_value.tv_usec = 2000;
    ticks = 0;
    raw(SYS_setitimer, ITIMER_VIRTUAL, &v, 0);
    while (!ticks)
        ;
    printf("by its own time as well\n");

    struct tms m;
    long before = raw(SYS_times, &m);
    printf("times: sane %d\n", m.tms_utime >= 0 && m.tms_utime < 10000 && m.tms_cutime == 0);
    SHOW(raw(SYS_times, 0) - before < 6000);

    int id = -1, fired = 0;
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    ev.sigev_value.sival_int = 4711;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    SHOW(raw(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
    struct t32 its[2] = {{0, 0}, {0, 3000000}};
    SHOW(raw(SYS_timer_settime, id, 0, its, 0));
    siginfo_t si;
    fired = sigwaitinfo(&set, &si);
    printf("timer: signal right %d value %d overrun %d\n", fired == SIGRTMIN, si.si_value.sival_int,
           si.si_overrun);
    SHOW(raw(SYS_timer_gettime, id, its));
    SHOW(raw(SYS_timer_getoverrun, id));
    SHOW(raw(SYS_timer_delete, id));
    SHOW(raw(SYS_timer_delete, id));
    SHOW(raw(SYS_timer_create, CLOCK_MONOTONIC, 4, &id));
    int fd = raw(SYS_timerfd_create, CLOCK_MONOTONIC, 0);
    its[1].n = 3000000;
    SHOW(raw(SYS_timerfd_settime, fd, 0, its, 0));
    uint64_t count = 0;
    SHOW(raw(SYS_read, fd, &count, 8));
    printf("count %llu\n", (unsigned long long)count);
    SHOW(raw(SYS_timerfd_create, CLOCK_MONOTONIC, 12345));
    return 0;
}

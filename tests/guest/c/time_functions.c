/* Calendar time: gmtime, mktime, strftime, strptime over two centuries; the clocks move forward and agree. */
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "tests/guest/guest.h"

static void calendar(void)
{
    uint32_t sum = MIX_START;
    for (int i = -400; i < 400; i++) {
        time_t t = (time_t)i * 5364663;
        struct tm tm;
        char text[100];
        gmtime_r(&t, &tm);
        size_t n = strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %b %j %U %W %u %y %p %I %e %D %T", &tm);
        sum = mix(sum, text, n);
        if (i % 100 == 0) printf("%s\n", text);
        if (timegm(&tm) != t) printf("timegm differs at %ld\n", (long)t);
        if (mktime(&tm) != t) printf("mktime differs at %ld\n", (long)t);
    }
    struct tm tm = {0};
    char text[64];
    strptime("29 Feb 2024 23:59:60", "%d %b %Y %H:%M:%S", &tm);
    time_t t = mktime(&tm);
    printf("%08x %ld %s", sum, (long)t, ctime_r(&t, text));
    struct tm odd = {.tm_year = 100, .tm_mon = 25, .tm_mday = -40, .tm_hour = 100};
    mktime(&odd);
    printf("%s", asctime_r(&odd, text));
    printf("%.0f\n", difftime(1000, -1000));
}

static long long nanoseconds(clockid_t clock)
{
    struct timespec t;
    return clock_gettime(clock, &t) ? -1 : t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void clocks(void)
{
    static const clockid_t ids[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                    CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME};
    for (int i = 0; i < 5; i++) {
        long long a = nanoseconds(ids[i]), b = nanoseconds(ids[i]);
        struct timespec r;
        printf("clock %d: %s, resolution %d\n", i, a >= 0 && b >= a ? "forward" : "backward",
               clock_getres(ids[i], &r) == 0 && r.tv_sec == 0);
    }
    struct timeval tv;
    gettimeofday(&tv, NULL);
    long long apart = nanoseconds(CLOCK_REALTIME) / 1000000000 - tv.tv_sec, now = time(NULL) - tv.tv_sec;
    printf("agree %d %d\n", apart >= 0 && apart < 5, now >= -1 && now < 5);
    long long start = nanoseconds(CLOCK_MONOTONIC);
    struct timespec nap = {0, 20000000};
    int r = nanosleep(&nap, NULL);
    usleep(1000);
    long long slept = nanoseconds(CLOCK_MONOTONIC) - start;
    printf("nanosleep %d, %s\n", r, slept >= 20000000 && slept < 5000000000ll ? "about right" : "wrong");
    nap.tv_nsec = 2000000000;
    printf("invalid %d\n", nanosleep(&nap, NULL));
    printf("clock() %d\n", clock() >= 0);
}

int main(void)
{
    calendar();
    clocks();
    return 0;
}

/* What the benchmark programs share: a clock, the iteration count of the command line, the last line.
 * Lines that start with "time:" differ from run to run; all others are equal wherever the program runs. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline long iterations(int argc, char **argv, long normally)
{
    long n = argc > 1 ? atol(argv[1]) : normally;

    return n > 0 ? n : normally;
}

static inline int verdict(int wrong)
{
    if (wrong == 0)
        printf("results are right\n");
    else
        printf("%d results are WRONG\n", wrong);
    return wrong != 0;
}

/* The lines that a program ends with: `unit` is what it did `amount` of in that time. Returns its exit
 * status. */
static inline int finish(double spent, double amount, const char *unit, int wrong)
{
    printf("time: %.3f s, %.1f %s a second\n", spent, amount / spent, unit);
    return verdict(wrong);
}

#endif

/* @seconds: 8
 * Threads without a C library's: each begins with a loop that touches no memory, in which it is asked to let
 * others run before it has done anything else. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 4, STACK = 16384 };

static int spin(void *arg)
{
    unsigned n = 0;
    __asm__ volatile("1: incl %0\n\tjmp 1b" : "+r"(n));
    return arg == NULL;
}

int main(void)
{
    int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    for (int i = 0; i < THREADS; i++) {
        char *stack = malloc(STACK);
        if (!stack || clone(spin, stack + STACK, flags, NULL) < 0) return 1;
        usleep(5000);
    }
    usleep(20000);
    printf("%d threads have run\n", THREADS);
    return 0;
}

/* Constructors and destructors in order, atexit, on_exit, thread-local variables with and without initial
 * values, weak symbols, a stack that grows deep, exit status through exit handlers.
 * @variants: O0 O2 pie dyn musl mdyn
 * @status: exit 3 */
#include <stdlib.h>
#include <unistd.h>
#include "tests/guest/guest.h"

static int order;
static __thread int counter = 41;
static __thread char buffer[5000];
static __thread long long wide = 0x123456789abcdefll;
extern int missing(void) __attribute__((weak));

__attribute__((constructor(101))) static void first(void)
{
    order = order * 10 + 1;
}
__attribute__((constructor(102))) static void second(void)
{
    order = order * 10 + 2;
}
__attribute__((constructor)) static void third(void)
{
    order = order * 10 + 3;
}
__attribute__((destructor)) static void last(void)
{
    printf("destructor, counter %d\n", counter);
    fflush(stdout);
}

static void leave(void)
{
    printf("atexit %d\n", ++counter);
}

static unsigned deep(int n)
{
    volatile char page[4096];
    page[n % 4096] = n;
    return n ? deep(n - 1) + page[n % 4096] : 0;
}

int main(void)
{
    printf("constructors %d\n", order);
    atexit(leave), atexit(leave);
    counter++;
    buffer[4999] = 7;
    printf("thread-local %d %d %d %llx\n", counter, buffer[0], buffer[4999], wide);
    printf("weak %s\n", missing ? "there" : "missing");
    printf("deep %u\n", deep(1500));
    exit(3);
}

/* Stores to pages beside one that is read-only, from two loops through the same function; then one to that
 * page. */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static __attribute__((noinline)) void put(volatile int *p, int value)
{
    *p += value;
}

static void refused(int signal)
{
    (void)signal;
    write(1, "refused\n", 8);
    _exit(3);
}

int main(void)
{
    char *block = mmap(NULL, 0x8000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    block = (char *)(((unsigned)block + 0x3fff) & -0x4000u);
    volatile int *a = (int *)block, *b = (int *)(block + 0x2000);
    mprotect(block + 0x1000, 0x1000, PROT_READ);
    signal(SIGSEGV, refused);
    for (int i = 0; i < 20000; i++)
        put(a, i);
    for (int i = 0; i < 20000; i++) {
        put(b, i);
        put(a, -1);
    }
    printf("%d %d\n", *a, *b);
    fflush(stdout);
    put((int *)(block + 0x1000), 1);
    return 0;
}

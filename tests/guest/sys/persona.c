/* personality(ADDR_LIMIT_3GB): the program that is executed next has the address space of a 32-bit kernel.
 * Lisps that tell numbers from addresses by their size ask for it. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/personality.h>

#include "tests/guest/sys/raw.h"

static void show(const char *when)
{
    int here;
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *high = mmap((void *)0xd0000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("%s: stack below 3 GB %d, mapping %d, above it %s\n", when, (unsigned)&here < 0xc0000000,
           (unsigned)p < 0xc0000000, high == MAP_FAILED ? strerror(errno) : "allowed");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        show("3 GB");
        printf("it stays: %d\n", (personality(0xffffffff) & ADDR_LIMIT_3GB) != 0);
        return 0;
    }
    show("by default");
    personality(personality(0xffffffff) | ADDR_LIMIT_3GB);
    execl("/proc/self/exe", argv[0], "again", NULL);
    return 1;
}

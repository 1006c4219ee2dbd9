/* System calls without the C library in between: the number, six words, the kernel's own result. */
#ifndef TESTS_GUEST_SYS_RAW_H
#define TESTS_GUEST_SYS_RAW_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The sixth argument is in ebp, which the compiler will not give away: it is set around the call. */
__attribute__((noinline, unused)) static long raw6(long nr, long a, long b, long c, long d, long e, long f)
{
    long r, args[2] = {nr, f};
    __asm__ volatile("pushl %%ebp\n\t"
                     "movl 4(%%eax), %%ebp\n\t"
                     "movl (%%eax), %%eax\n\t"
                     "int $0x80\n\t"
                     "popl %%ebp"
                     : "=a"(r)
                     : "a"(args), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "memory", "cc");
    return r;
}

#define RAW_PICK(nr, a, b, c, d, e, f, ...) \
    raw6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define raw(nr, ...) RAW_PICK(nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* What a call gave: a number, or an error's name. */
__attribute__((unused)) static const char *result(long r)
{
    static char text[4][32];
    static int next;
    char *t = text[next++ & 3];
    if (r < 0 && r > -4096)
        snprintf(t, 32, "error %ld", -r);
    else
        snprintf(t, 32, "%ld", r);
    return t;
}

#define SHOW(call) printf("%s: %s\n", #call, result(call))

/* An empty directory of our own, which becomes the current one. */
__attribute__((unused)) static void enter_scratch(void)
{
    char name[] = "/tmp/tierrun-sys-XXXXXX";
    if (!mkdtemp(name) || chdir(name)) {
        perror("scratch directory");
        exit(99);
    }
}

__attribute__((unused)) static void leave_scratch(void)
{
    char name[256];
    if (!getcwd(name, sizeof name) || strncmp(name, "/tmp/tierrun-sys-", 17)) exit(99);
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s", name);
    if (chdir("/") || system(command)) exit(99);
}

#endif

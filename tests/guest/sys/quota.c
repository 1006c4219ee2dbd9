/* RLIMIT_AS and RLIMIT_DATA: who gets ENOMEM for what. In steps so large that what the kernel itself maps
 * does not matter. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MB = 1 << 20, STEP = 16 * MB };

static void limit(int what, unsigned mb)
{
    struct rlimit r;
    getrlimit(what, &r);
    r.rlim_cur = mb ? (rlim_t)mb * MB : RLIM_INFINITY;
    printf("limit of %u MB: %d\n", mb, setrlimit(what, &r));
}

/* How many steps can be had; they are given back. */
static void count(const char *what, int prot, int flags)
{
    void *p[8];
    int n = 0;
    while (n < 8 && (p[n] = mmap(NULL, STEP, prot, flags | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED)
        n++;
    printf("%s: %d %s\n", what, n, n < 8 ? strerror(errno) : "or more");
    while (n > 0)
        munmap(p[--n], STEP);
}

static void count_all(void)
{
    count("private", PROT_READ | PROT_WRITE, MAP_PRIVATE);
    count("read-only", PROT_READ, MAP_PRIVATE);
    count("no access", PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
    count("shared", PROT_READ | PROT_WRITE, MAP_SHARED);
}

static void resize(void)
{
    char *p = mmap(NULL, 2 * STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("mapped %d\n", p != MAP_FAILED);
    void *over = mmap(p, 2 * STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("replaced %d\n", over == p);
    void *q = mremap(p, 2 * STEP, 4 * STEP, MREMAP_MAYMOVE);
    printf("by two steps larger: %s\n", q == MAP_FAILED ? strerror(errno) : "yes");
    q = mremap(p, 2 * STEP, 3 * STEP, MREMAP_MAYMOVE);
    printf("by one step: %s\n", q == MAP_FAILED ? strerror(errno) : "yes");
    if (q != MAP_FAILED) p = q;
    printf("brk: %d\n", sbrk(STEP) == (void *)-1 ? errno : 0);
    munmap(p, 3 * STEP);
    bool larger = sbrk(STEP) != (void *)-1;
    printf("brk: %d\n", larger);
    if (larger) sbrk(-STEP);
}

static int __attribute__((noinline)) deep(int n)
{
    volatile char room[STEP / 16];
    room[0] = (char)n;
    return n ? deep(n - 1) + room[0] : room[0];
}

/* The stack does not grow beyond the limit either. */
static void grow(int n)
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) _exit(deep(n) == 0x7fffffff);
    waitpid(pid, &status, 0);
    printf("%d MB of stack: signal %d\n", n, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int main(void)
{
    count_all();
    limit(RLIMIT_AS, 56);
    count_all();
    resize();
    char *most = mmap(NULL, 3 * STEP, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("most of it: %d\n", most != MAP_FAILED);
    grow(2);
    limit(RLIMIT_AS, 52);
    grow(5);
    munmap(most, 3 * STEP);
    limit(RLIMIT_AS, 0);
    limit(RLIMIT_DATA, 40);
    count_all();
    printf("brk: %d\n", sbrk(3 * STEP) == (void *)-1 ? errno : 0);
    limit(RLIMIT_DATA, 0);
    count_all();
    return 0;
}

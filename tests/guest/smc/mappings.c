/* Code that changes without a store to its address: by another mapping of the same memory, by mapping
 * something else, moving, protecting, by the file it came from. */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include "tests/guest/smc/code.h"

static sigjmp_buf back;

static void fault(int signo)
{
    siglongjmp(back, signo);
}

static void attempt(const char *what, void *at)
{
    int signo = sigsetjmp(back, 1);
    if (signo)
        printf("%s: signal %d\n", what, signo);
    else
        printf("%s: %u\n", what, call_hot(at));
}

int main(void)
{
    signal(SIGSEGV, fault);
    int fd = memfd_create("code", 0);
    ftruncate(fd, 65536);
    /* At multiples of 64 KiB, as some hosts have large pages. */
    char *room = mmap(NULL, 8 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    room = (char *)(((uintptr_t)room + 65535) & -65536);
    char *run = mmap(room, 65536, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, fd, 0);
    char *write_here = mmap(room + 65536, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    for (uint32_t i = 0; i < 5; i++) {
        put_function(write_here + 10, 100 + i);
        attempt("second mapping", run + 10);
    }
    char image[FUNCTION];
    put_function(image, 200);
    pwrite(fd, image, FUNCTION, 10);
    attempt("pwrite to the file", run + 10);
    pid_t pid = fork();
    if (!pid) {
        put_function(write_here + 10, 201);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    attempt("another process", run + 10);

    char *p = room + 2 * 65536;
    for (uint32_t i = 0; i < 5; i++) {
        mmap(p, 65536, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        put_function(p, 300 + i);
        attempt("mapped over", p);
    }
    munmap(p, 65536);
    attempt("unmapped", p);
    mmap(p, 65536, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    put_function(p, 310);
    attempt("mapped again", p);
    char *q = mremap(p, 65536, 65536, MREMAP_MAYMOVE | MREMAP_FIXED, room + 3 * 65536);
    attempt("moved", q);
    attempt("where it was", p);
    mprotect(q, 65536, PROT_READ | PROT_WRITE);
    put_function(q, 320);
    attempt("not executable", q);
    mprotect(q, 65536, PROT_READ | PROT_EXEC);
    attempt("executable", q);
    if (!sigsetjmp(back, 1)) put_function(q, 321), printf("was writable\n");
    attempt("still", q);
    for (uint32_t i = 0; i < 20; i++) { /* as careful code generators do */
        mprotect(q, 65536, PROT_READ | PROT_WRITE);
        put_function(q, 400 + i);
        mprotect(q, 65536, PROT_READ | PROT_EXEC);
        if (call_hot(q) != 400 + i) printf("old code %u\n", i);
    }
    madvise(q, 65536, MADV_DONTNEED);
    mprotect(q, 65536, RWX);
    put_function(q, 500);
    attempt("after DONTNEED", q);
    return 0;
}

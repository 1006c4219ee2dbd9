/* Memory calls through the system-call interface: argument forms, flags, errors, what a mapping shows. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static jmp_buf back;

static void handler(int signo)
{
    siglongjmp(back, signo);
}

static int touch(char *p, int write)
{
    int s = sigsetjmp(back, 1);
    if (s) return -s;
    if (write) *(volatile char *)p = 1;
    return *(volatile char *)p;
}

static const char *address(long r)
{
    return r < 0 && r > -4096 ? result(r) : r & 4095 ? "odd" : "an address";
}

#define MAP(...) printf("mmap2(%s): %s\n", #__VA_ARGS__, address(raw(SYS_mmap2, __VA_ARGS__)))

int main(void)
{
    enter_scratch();
    signal(SIGSEGV, handler);
    signal(SIGBUS, handler);
    int fd = open("file", O_RDWR | O_CREAT, 0644), ro = open("file", O_RDONLY);
    char page[4096];
    for (int i = 0; i < 5; i++) {
        memset(page, 'a' + i, sizeof page);
        write(fd, page, i == 4 ? 100 : 4096);
    }
    enum { RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };
    MAP(0, 4096, RW, ANON, -1, 0);
    MAP(0, 0, RW, ANON, -1, 0);
    MAP(0, 4096, RW, MAP_ANONYMOUS, -1, 0);
    MAP(0, 4096, RW, MAP_PRIVATE, -1, 0);
    MAP(0, 4096, RW, MAP_PRIVATE, 99, 0);
    MAP(0, 4096, RW, MAP_SHARED, ro, 0);
    MAP(0, 4096, RW, MAP_PRIVATE, ro, 0);
    MAP(0, 4096, PROT_READ, MAP_SHARED, ro, 0);
    MAP(0, 0xf0000000, RW, ANON, -1, 0);
    MAP(4097, 4096, RW, ANON | MAP_FIXED, -1, 0);
    MAP(0, 4096, RW, ANON | 0x800 | 0x1000, -1, 0);
    uint32_t six[6] = {0, 4096, RW, ANON, -1, 5};
    SHOW(raw(SYS_mmap, six));
    six[5] = 0;
    printf("old mmap: %s\n", address(raw(SYS_mmap, six)));
    /* Page offsets. */
    char *m = (char *)raw(SYS_mmap2, 0, 8192, RW, MAP_PRIVATE, fd, 3);
    printf("%c %c, beyond the end within the page %d\n", m[0], m[4096], m[4096 + 100]);
    m[0] = 'X';
    char c;
    pread(fd, &c, 1, 3 * 4096);
    printf("private: file has %c\n", c);
    char *s = (char *)raw(SYS_mmap2, 0, 8192, RW, MAP_SHARED, fd, 1);
    s[1] = 'Y';
    pread(fd, &c, 1, 4097);
    printf("shared: file has %c\n", c);
    pwrite(fd, "Z", 1, 4098);
    printf("and back: %c\n", s[2]);
    SHOW(raw(SYS_msync, s, 8192, MS_SYNC));
    SHOW(raw(SYS_msync, s, 8192, MS_SYNC | MS_ASYNC));
    SHOW(raw(SYS_msync, s + 1, 4096, MS_SYNC));
    SHOW(raw(SYS_msync, 0x1000, 4096, MS_ASYNC));
    char *e = (char *)raw(SYS_mmap2, 0, 12288, PROT_READ, MAP_SHARED, fd, 4);
    printf("after the end: %d\n", touch(e + 4096, 0));
    /* Protection. */
    char *p = (char *)raw(SYS_mmap2, 0, 5 * 4096, RW, ANON, -1, 0);
    memset(p, 7, 5 * 4096);
    SHOW(raw(SYS_mprotect, p + 4096, 4096, PROT_READ));
    SHOW(raw(SYS_mprotect, p + 2 * 4096, 1, PROT_NONE));
    SHOW(raw(SYS_mprotect, p + 1, 4096, PROT_NONE));
    SHOW(raw(SYS_mprotect, p, 0, PROT_NONE));
    SHOW(raw(SYS_mprotect, p, 4096, 0x40));
    SHOW(raw(SYS_mprotect, 0x1000, 4096, PROT_READ));
    printf("write 0: %d, 1: %d, read 1: %d, 2: %d, 3: %d\n", touch(p, 1), touch(p + 4096, 1),
           touch(p + 4096, 0), touch(p + 8192, 0), touch(p + 12288, 1));
    /* Holes. */
    SHOW(raw(SYS_munmap, p + 3 * 4096, 4096));
    SHOW(raw(SYS_munmap, p + 3 * 4096, 4096));
    SHOW(raw(SYS_munmap, p + 1, 4096));
    SHOW(raw(SYS_munmap, p, 0));
    printf("hole %d, next %d\n", touch(p + 3 * 4096, 0), touch(p + 4 * 4096, 0));
    unsigned char vec[8] = "xxxxxxx";
    SHOW(raw(SYS_mincore, p, 4096, vec));
    printf("%d %c\n", vec[0], vec[1]);
    SHOW(raw(SYS_mincore, p, 5 * 4096, vec));
    SHOW(raw(SYS_mincore, p + 1, 4096, vec));
    SHOW(raw(SYS_mincore, p, 4096, 0));
    SHOW(raw(SYS_madvise, p, 4096, MADV_DONTNEED));
    printf("after DONTNEED %d\n", p[0]);
    SHOW(raw(SYS_madvise, p, 5 * 4096, MADV_DONTNEED));
    SHOW(raw(SYS_madvise, p, 4096, 777));
    SHOW(raw(SYS_madvise, p + 1, 4096, MADV_DONTNEED));
    printf("NOREPLACE: %s\n", address(raw(SYS_mmap2, p, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)));
    printf("NOREPLACE in the hole right %d\n",
           raw(SYS_mmap2, p + 3 * 4096, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == (long)(p + 3 * 4096));
    /* mremap. */
    char *q = (char *)raw(SYS_mmap2, 0, 4 * 4096, RW, ANON, -1, 0);
    for (int i = 0; i < 4; i++)
        q[i * 4096] = '0' + i;
    SHOW(raw(SYS_mremap, q, 4 * 4096, 2 * 4096, 0) == (long)q);
    printf("cut %d\n", touch(q + 2 * 4096, 0));
    char *big = (char *)raw(SYS_mremap, q, 2 * 4096, 300 * 4096, MREMAP_MAYMOVE);
    printf("grown: %c %c %d\n", big[0], big[4096], big[299 * 4096]);
    char *to = (char *)raw(SYS_mmap2, 0, 400 * 4096, PROT_NONE, ANON, -1, 0);
    printf("fixed: %d\n",
           raw(SYS_mremap, big, 300 * 4096, 300 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, to) == (long)to);
    printf("%c, old place %d\n", to[4096], touch(big, 0));
    SHOW(raw(SYS_mremap, to, 4096, 0, 0));
    SHOW(raw(SYS_mremap, to + 1, 4096, 4096, 0));
    SHOW(raw(SYS_mremap, 0x1000, 4096, 8192, MREMAP_MAYMOVE));
    SHOW(raw(SYS_mremap, to, 4096, 8192, MREMAP_FIXED, to));
    SHOW(raw(SYS_mremap, to, 4096, 8192, 64));
    SHOW(raw(SYS_mremap, to, 300 * 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, to + 4096));
    /* brk. */
    long b = raw(SYS_brk, 0), g = raw(SYS_brk, b + 10000);
    printf("brk grew by %ld\n", g - b);
    printf("fresh %d\n", touch((char *)g - 1, 0));
    printf("brk back %d\n", raw(SYS_brk, b) == b);
    printf("refused %d\n", raw(SYS_brk, 0x1000) == b);
    printf("too much %d\n", raw(SYS_brk, 0xffff0000) == b);
    /* Shared anonymous memory between processes, private memory not. */
    int *shared = (int *)raw(SYS_mmap2, 0, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *private = (int *)raw(SYS_mmap2, 0, 4096, RW, ANON, -1, 0);
    fflush(stdout);
    if (!fork()) {
        *shared = 5;
        *private = 6;
        _exit(0);
    }
    wait(NULL);
    printf("shared %d private %d\n", *shared, *private);
    leave_scratch();
    return 0;
}

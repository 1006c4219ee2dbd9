/* Mappings as programs use them: big anonymous ones, a file edited through a shared mapping and read back,
 * private copies, anonymous memory shared with a child, mremap of big blocks, mprotected guard pages,
 * generated code. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/guest/guest.h"

enum { RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS, MEG = 1 << 20 };

static void big(void)
{
    unsigned char *p = mmap(NULL, 64 * MEG, RW, ANON | MAP_NORESERVE, -1, 0);
    uint32_t sum = 0;
    for (int i = 0; i < 64; i++)
        p[i * MEG + i] = i, sum += p[i * MEG + 5000];
    printf("sparse %u\n", sum);
    munmap(p + 16 * MEG, 16 * MEG);
    p = mremap(p, 16 * MEG, 48 * MEG, MREMAP_MAYMOVE);
    printf("moved %d %d %d\n", p[3 * MEG + 3], p[15 * MEG + 15], p[40 * MEG]);
    munmap(p, 48 * MEG);
}

static void file(void)
{
    int fd = open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
    ftruncate(fd, 100000);
    char *a = mmap(NULL, 100000, RW, MAP_SHARED, fd, 0), *b = mmap(NULL, 100000, RW, MAP_PRIVATE, fd, 0);
    for (int i = 0; i < 100000; i += 777)
        a[i] = i;
    msync(a, 100000, MS_SYNC);
    b[777] = 'p';
    char text[100000];
    pread(fd, text, sizeof text, 0);
    printf("file %08x, private %d %d %d\n", mix(MIX_START, text, sizeof text), b[777], b[1554], text[777]);
    pwrite(fd, "written", 7, 50000);
    printf("%.7s %.7s\n", a + 50000, b + 50000);
    munmap(a, 100000), munmap(b, 100000), close(fd), unlink("mapped");
}

static void shared(void)
{
    volatile int *p = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 1000; i++)
            p[i] = i * i;
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    printf("from the child %d %d\n", p[10], p[999]);
}

/* A little compiler: functions that add a constant, made, run and replaced. */
static void generated(void)
{
    unsigned char *code = mmap(NULL, 4096, RW | PROT_EXEC, ANON, -1, 0);
    int sum = 0;
    for (int n = 0; n < 200; n++) {
        unsigned char add[] = {0x8b, 0x44, 0x24, 0x04, 0x05, n, n >> 8, 0, 0, 0xc3};
        memcpy(code + n % 4 * 16, add, sizeof add);
        sum = ((int (*)(int))(code + n % 4 * 16))(sum);
    }
    printf("generated %d\n", sum);
    mprotect(code, 4096, PROT_READ | PROT_EXEC);
    printf("%d\n", ((int (*)(int))code)(1));
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    big();
    file();
    shared();
    generated();
    return 0;
}

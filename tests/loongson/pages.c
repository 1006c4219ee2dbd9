/* Pages of 4 KiB, as an i386 program knows them, whatever the host's pages are: protections, holes, file
 * mappings and their ends, shared views, mremap, brk, the growing stack. Each case is a line: what was tried
 * and what came of it.
 * @variants: O0 O2 pie musl */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { P = 4096, RW = PROT_READ | PROT_WRITE, RWX = RW | PROT_EXEC, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static sigjmp_buf back;
static volatile int signo, code;
static char *volatile where;
static char *area; /* what the case at hand works in */
static int number;

static void caught(int n, siginfo_t *info, void *context)
{
    signo = n, code = info->si_code, where = info->si_addr;
    siglongjmp(back, 1);
}

static const char *outcome(void)
{
    static char text[8][64];
    static int turn;
    char *out = text[turn++ % 8];
    snprintf(out, sizeof text[0], "%s(%d)@%+ld",
             signo == SIGSEGV  ? "SEGV"
             : signo == SIGBUS ? "BUS"
                               : "signal",
             code, (long)(where - area));
    return out;
}

/* What a load, a store, or a call of the address gives. */
static const char *load(char *p)
{
    static char text[8][16];
    static int turn;
    if (sigsetjmp(back, 1)) return outcome();
    char *out = text[turn++ % 8];
    snprintf(out, sizeof text[0], "%02x", *(volatile unsigned char *)p);
    return out;
}

static const char *store(char *p, int v)
{
    if (sigsetjmp(back, 1)) return outcome();
    *(volatile char *)p = v;
    return "ok";
}

static const char *store4(char *p, int v)
{
    if (sigsetjmp(back, 1)) return outcome();
    *(volatile int *)p = v;
    return "ok";
}

static const char *call(char *p)
{
    if (sigsetjmp(back, 1)) return outcome();
    ((void (*)(void))p)();
    return "ok";
}

static const char *result(long r)
{
    static char text[8][32];
    static int turn;
    char *out = text[turn++ % 8];
    if (r == -1)
        snprintf(out, sizeof text[0], "errno %d", errno);
    else
        snprintf(out, sizeof text[0], "%ld", r);
    return out;
}

/* One after the other, which the arguments of a printf() need not be. */
#define SAY(...) say((const char *[]){__VA_ARGS__, NULL})
static void say(const char **words)
{
    for (; *words; words++)
        printf(" %s", *words);
}

static void begin(const char *what)
{
    printf("%d %s:", ++number, what);
}

/* Eight pages, page i filled with 0x10 + i. */
static void fresh(int prot)
{
    area = mmap(NULL, 8 * P, RW, ANON, -1, 0);
    for (int i = 0; i < 8; i++)
        memset(area + i * P, 0x10 + i, P);
    if (prot != RW) mprotect(area, 8 * P, prot);
}

static void end(void)
{
    printf("\n");
    munmap(area, 8 * P);
}

/* A file whose page i holds 0x40 + i, `bytes` long. */
static int make_file(int bytes)
{
    char page[P];
    int fd = open("pages.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int at = 0; at < bytes; at += P) {
        memset(page, 0x40 + at / P, P);
        if (write(fd, page, bytes - at < P ? bytes - at : P) < 0) exit(1);
    }
    return fd;
}

static void protections(void)
{
    begin("mprotect read-only at +4K"), fresh(RW);
    SAY(result(mprotect(area + P, P, PROT_READ)));
    SAY(store(area + P, 1), store(area, 1), store(area + 2 * P, 1), load(area + P));
    end();
    begin("mprotect none at +4K"), fresh(RW);
    SAY(result(mprotect(area + P, P, PROT_NONE)));
    SAY(load(area + P), store(area + P + 5, 1), load(area + 2 * P), load(area));
    end();
    begin("back to read-write keeps bytes"), fresh(RW);
    mprotect(area + P, P, PROT_NONE), mprotect(area + P, P, RW);
    SAY(load(area + P), store(area + P, 7));
    end();
    begin("one page writable among read-only ones"), fresh(PROT_READ);
    mprotect(area + 3 * P, P, RW);
    SAY(store(area + 3 * P, 9), store(area + 2 * P, 9), store(area + 4 * P, 9));
    end();
    begin("store across into a read-only page"), fresh(RW);
    mprotect(area + P, P, PROT_READ);
    SAY(store4(area + P - 2, -1), load(area + P - 2), load(area + P));
    end();
    begin("store across out of a read-only page"), fresh(RW);
    mprotect(area + P, P, PROT_READ);
    SAY(store4(area + 2 * P - 2, -1), load(area + 2 * P - 2), load(area + 2 * P));
    end();
    begin("write-only is readable"), fresh(RW);
    mprotect(area + P, P, PROT_WRITE);
    SAY(load(area + P), store(area + P, 1));
    end();
    begin("execute protection"), fresh(RWX);
    area[0] = area[P] = area[2 * P] = (char)0xc3;
    mprotect(area + P, P, RW);
    SAY(call(area), call(area + P), call(area + 2 * P));
    end();
    begin("mprotect over a hole"), fresh(RW);
    munmap(area + 2 * P, P);
    SAY(result(mprotect(area + P, 3 * P, PROT_READ)));
    SAY(store(area + P, 1), store(area + 3 * P, 1));
    end();
    begin("mprotect arguments"), fresh(RW);
    SAY(result(mprotect(area + 1, P, PROT_READ)));
    SAY(result(mprotect(area, 0, PROT_READ)));
    SAY(result(mprotect(area + P, 1, PROT_READ)));
    SAY(store(area + 2 * P - 1, 1), store(area + 2 * P, 1));
    end();
}

static void holes(void)
{
    begin("munmap at +4K"), fresh(RW);
    SAY(result(munmap(area + P, P)));
    SAY(load(area + P), store(area + P + 9, 1), load(area), load(area + 2 * P));
    end();
    begin("PROT_NONE mapping at +4K"), fresh(RW);
    printf(" %d", mmap(area + P, P, PROT_NONE, ANON | MAP_FIXED, -1, 0) == area + P);
    SAY(load(area + P), load(area), load(area + 2 * P));
    end();
    begin("MAP_FIXED at +4K gives zeros"), fresh(RW);
    printf(" %d", mmap(area + P, 2 * P, RW, ANON | MAP_FIXED, -1, 0) == area + P);
    SAY(load(area), load(area + P), load(area + 3 * P - 1), load(area + 3 * P));
    end();
    begin("hole refilled"), fresh(RW);
    munmap(area + 5 * P, P);
    printf(" %d", mmap(area + 5 * P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == area + 5 * P);
    SAY(load(area + 5 * P), load(area + 6 * P));
    end();
    begin("MAP_FIXED_NOREPLACE over a page"), fresh(RW);
    SAY(result((long)mmap(area + P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)));
    SAY(load(area + P));
    end();
    begin("MAP_FIXED off a page"), fresh(RW);
    SAY(result((long)mmap(area + 100, P, RW, ANON | MAP_FIXED, -1, 0)));
    end();
    begin("hint is taken when free"), fresh(RW);
    munmap(area + 3 * P, P);
    printf(" %d", mmap(area + 3 * P, P, RW, ANON, -1, 0) == area + 3 * P);
    end();
    begin("load across the end"), fresh(RW);
    munmap(area + P, P);
    SAY(store4(area + P - 3, 0), load(area + P - 3));
    end();
}

static void files(void)
{
    int fd = make_file(6 * P);
    begin("private file mapping at offset 4K"), fresh(RW);
    munmap(area, 8 * P), area = mmap(NULL, 8 * P, RW, MAP_PRIVATE, fd, P);
    SAY(load(area), load(area + P), load(area + 4 * P));
    SAY(store(area, 1));
    char byte;
    pread(fd, &byte, 1, P), printf(" file %02x", byte);
    end();
    begin("shared file mapping at offset 4K"), fresh(RW);
    munmap(area, 8 * P), area = mmap(NULL, 4 * P, RW, MAP_SHARED, fd, P);
    SAY(load(area), store(area + P, 0x77));
    pread(fd, &byte, 1, 2 * P), printf(" file %02x", byte);
    pwrite(fd, "\x55", 1, 3 * P), printf(" mapped %s", load(area + 2 * P));
    end();
    begin("shared file mapping at a +4K address"), fresh(RW);
    printf(" %d", mmap(area + P, 2 * P, RW, MAP_SHARED | MAP_FIXED, fd, 0) == area + P);
    SAY(load(area), load(area + P), load(area + 2 * P), load(area + 3 * P));
    SAY(store(area + P + 4, 0x66));
    pread(fd, &byte, 1, 4), printf(" file %02x", byte);
    pwrite(fd, "\x33", 1, P + 8), printf(" mapped %s", load(area + 2 * P + 8));
    end();
    begin("two shared views of one page"), fresh(RW);
    char *one = mmap(area + P, P, RW, MAP_SHARED | MAP_FIXED, fd, 4 * P);
    char *two = mmap(area + 6 * P, P, RW, MAP_SHARED | MAP_FIXED, fd, 4 * P);
    SAY(store(one + 3, 0x21)), printf(" %s", load(two + 3));
    SAY(store(two + 5, 0x22)), printf(" %s", load(one + 5));
    end();
    begin("read-only shared mapping"), fresh(RW);
    mmap(area + P, P, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    SAY(load(area + P), store(area + P, 1));
    end();
    begin("file page among anonymous ones"), fresh(RW);
    mmap(area + 3 * P, P, RW, MAP_PRIVATE | MAP_FIXED, fd, 5 * P);
    SAY(load(area + 2 * P), load(area + 3 * P), load(area + 4 * P), store(area + 3 * P, 2));
    end();
    begin("file offset off a page"), fresh(RW);
    SAY(result((long)mmap(NULL, P, PROT_READ, MAP_PRIVATE, fd, 100)));
    end();
    close(fd);
    int ro = open("pages.tmp", O_RDONLY);
    begin("shared and writable needs a writable file"), fresh(RW);
    SAY(result((long)mmap(NULL, P, RW, MAP_SHARED, ro, 0)));
    printf(" %d", mmap(area, P, RW, MAP_PRIVATE | MAP_FIXED, ro, 0) == area);
    SAY(store(area, 3));
    end();
    close(ro);
}

static void file_ends(void)
{
    int fd = make_file(P + 100);
    begin("beyond the end, private"), fresh(RW);
    munmap(area, 8 * P), area = mmap(NULL, 8 * P, RW, MAP_PRIVATE, fd, 0);
    SAY(load(area + P + 99), load(area + P + 100), load(area + 2 * P), store(area + 3 * P, 1));
    end();
    begin("beyond the end, shared"), fresh(RW);
    munmap(area, 8 * P), area = mmap(NULL, 8 * P, RW, MAP_SHARED, fd, 0);
    SAY(load(area + P + 100), load(area + 2 * P), store(area + 2 * P, 1));
    ftruncate(fd, 3 * P);
    printf(" grown");
    SAY(load(area + 2 * P), load(area + 3 * P));
    ftruncate(fd, P);
    printf(" cut");
    SAY(load(area), load(area + P));
    end();
    close(fd);
}

static void moves(void)
{
    char *p;
    begin("mremap shrinks by 4K"), fresh(RW);
    printf(" %d", mremap(area, 8 * P, 3 * P, 0) == area);
    SAY(load(area + 2 * P), load(area + 3 * P));
    end();
    begin("mremap grows in place"), fresh(RW);
    munmap(area + 2 * P, 6 * P);
    printf(" %d", mremap(area, 2 * P, 5 * P, 0) == area);
    SAY(load(area + P), load(area + 2 * P), load(area + 5 * P));
    end();
    begin("mremap cannot grow over a neighbour"), fresh(RW);
    SAY(result((long)mremap(area, 2 * P, 3 * P, 0) == -1 ? -1 : 0));
    end();
    begin("mremap moves to a +4K address"), fresh(RW);
    p = mremap(area + P, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, area + 5 * P);
    printf(" %d", p == area + 5 * P);
    SAY(load(area + 5 * P), load(area + 6 * P), load(area + P), load(area + 3 * P));
    end();
    begin("brk by single pages");
    area = sbrk(0);
    area = (char *)(((uintptr_t)area + P - 1) & -P);
    brk(area + P);
    SAY(store(area, 1), load(area + P - 1));
    brk(area + 3 * P);
    SAY(store(area + 3 * P - 1, 1), load(area + 3 * P));
    brk(area + P + 1);
    SAY(load(area + 2 * P - 1), load(area + 2 * P));
    brk(area + 3 * P);
    printf(" again %s\n", load(area + 3 * P - 1));
    brk(area);
    begin("growsdown"), fresh(RW);
    munmap(area, 8 * P);
    p = mmap(area + 7 * P, P, RW, ANON | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
    SAY(store(p, 1), store(p - 1, 2), load(p - P - 1));
    munmap(p - 2 * P, 3 * P);
    end();
}

static void system_calls(void)
{
    int fd = make_file(4 * P), pipes[2];
    begin("read() into a read-only page"), fresh(RW);
    mprotect(area + P, P, PROT_READ);
    SAY(result(pread(fd, area + P, 10, 0)));
    SAY(load(area + P));
    end();
    begin("read() that runs into a read-only page"), fresh(RW);
    mprotect(area + 2 * P, P, PROT_READ);
    SAY(result(pread(fd, area + P, 2 * P, 0)));
    SAY(load(area + P), load(area + 2 * P));
    end();
    begin("write() from a hole"), fresh(RW);
    munmap(area + P, P);
    pipe(pipes);
    SAY(result(write(pipes[1], area + P, 4)));
    SAY(result(pwrite(fd, area + P - 3, 4, 0)));
    end();
    begin("read() from a pipe into no page"), fresh(RW);
    write(pipes[1], area, 1);
    mprotect(area, P, PROT_NONE);
    SAY(result(read(pipes[0], area, 1)));
    end();
    begin("msync and madvise of a hole"), fresh(RW);
    munmap(area + P, P);
    SAY(result(msync(area, 3 * P, MS_SYNC)));
    SAY(result(madvise(area, P, MADV_DONTNEED)));
    SAY(load(area), load(area + 2 * P));
    end();
    begin("madvise at +4K gives zeros"), fresh(RW);
    SAY(result(madvise(area + P, P, MADV_DONTNEED)));
    SAY(load(area), load(area + P), load(area + 2 * P));
    end();
    begin("mincore"), fresh(RW);
    unsigned char in[8] = {0};
    SAY(result(mincore(area, 8 * P, in)));
    munmap(area + 3 * P, P);
    printf(" %d", in[0] & 1);
    SAY(result(mincore(area, 8 * P, in)));
    end();
    begin("a child has its own copy"), fresh(RW);
    char *shared = mmap(area + P, P, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (shared == MAP_FAILED) shared = area;
    mprotect(area + 2 * P, P, PROT_READ);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        area[0] = 1, shared[0] = 2;
        _exit(store(area + 2 * P, 1)[0] == 'S');
    }
    int status;
    waitpid(pid, &status, 0);
    printf(" %s %s status %d", load(area), load(area + P), WEXITSTATUS(status));
    end();
}

int main(void)
{
    struct sigaction act = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    protections();
    holes();
    files();
    file_ends();
    moves();
    system_calls();
    unlink("pages.tmp");
    printf("%d cases\n", number);
    return 0;
}

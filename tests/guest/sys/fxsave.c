/* FXSAVE and FXRSTOR: which byte of the area faults first, and that an area whose end cannot be used is not
 * written; the image itself in ten states of the x87, byte by byte.
 * @variants: O2 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { PAGE = 65536, AREA = 512 };

static sigjmp_buf back;
static uint8_t *room; /* a page that can be used, one that cannot, one that can */
static volatile int trap, error;
static volatile uint32_t address;

static void handler(int signo, siginfo_t *info, void *context)
{
    const greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    trap = r[REG_TRAPNO], error = r[REG_ERR];
    address = ((ucontext_t *)context)->uc_mcontext.cr2;
    siglongjmp(back, 1);
}

static void try(const char *what, uint8_t *at)
{
    for (int save = 0; save < 2; save++) {
        printf("%s, %s: ", what, save ? "save" : "restore");
        if (!sigsetjmp(back, 1)) {
            if (save)
                __asm__ volatile("fxsave (%0)" ::"r"(at) : "memory");
            else
                __asm__ volatile("fxrstor (%0)" ::"r"(at) : "memory");
            puts("done");
        } else {
            printf("trap %d, error %x, byte %d\n", trap, error,
                   trap == 14 ? (int)(address - (uint32_t)(uintptr_t)at) : 0);
        }
    }
}

static void faults(void)
{
    uint8_t *bad = room + PAGE, *after = room + 2 * PAGE;
    try("in the middle of nothing", bad + 64);
    try("its end", bad - 64);
    try("what is not used of it", bad - AREA + 16);
    try("its beginning", after - 64);
    try("misaligned", room + 8);
    try("misaligned at the end", bad - 8);
    unsigned written = 0;
    for (uint8_t *p = bad - AREA; p < bad; p++)
        written += *p != 0;
    printf("%u bytes written before the fault\n", written);
}

/* Addresses of the last instruction and operand are not shown. */
static void image(int state)
{
    static uint8_t a[AREA + 16] __attribute__((aligned(16)));
    memset(a, 0xa5, sizeof a);
    __asm__ volatile("fxsave %0" : "=m"(a));
    printf("%d:", state);
    for (unsigned i = 0; i < sizeof a; i++)
        if ((i < 8 || i >= 24) && (i < 160 || i >= 288)) printf("%s%02x", i % 16 ? "" : "\n  ", a[i]);
    putchar('\n');
}

int main(void)
{
    static char stack[65536];
    stack_t alternate = {stack, 0, sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &a, NULL);
    room = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(room + PAGE, PAGE, PROT_NONE);
    faults();
    short control = 0x27f, number;
    __asm__ volatile("fninit");
    image(0);
    __asm__ volatile("fldpi");
    image(1);
    __asm__ volatile("fld1; fldz; fdivrp");
    image(2);
    __asm__ volatile("fldcw %0" ::"m"(control));
    image(3);
    __asm__ volatile("fld1; fldl2e; fyl2x");
    image(4);
    __asm__ volatile("ffree %st(2)");
    image(5);
    __asm__ volatile("fincstp; fincstp");
    image(6);
    __asm__ volatile("fldz; fsqrt; fistps %0" : "=m"(number));
    image(7);
    __asm__ volatile("emms");
    image(8);
    __asm__ volatile("movl $0x1234, %%eax; movd %%eax, %%mm3" ::: "eax");
    image(9);
    return 0;
}

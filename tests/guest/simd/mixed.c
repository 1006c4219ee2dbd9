/* Packed and scalar instructions on the same registers, in one stretch of code; accesses across pages, the
 * second of which cannot be touched, and accesses that are not aligned as they must be.
 * @cpu: max
 * @cflags: -msse4.2
 * @variants: O2 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, ROUNDS = 300 };

struct value {
    uint32_t word[4];
} __attribute__((aligned(16)));

static void show(const char *name, const struct value *v, int n)
{
    for (int k = 0; k < n; k++)
        printf("%s %d %08x %08x %08x %08x\n", name, k, v[k].word[0], v[k].word[1], v[k].word[2],
               v[k].word[3]);
}

/* Each register is written whole, in its low part, in its upper half, and read in all these ways. */
static __attribute__((noinline)) void mix(struct value *v, const double *d)
{
    __asm__ volatile("movdqa (%0), %%xmm0\n\t"
                     "movdqu 16(%0), %%xmm1\n\t"
                     "paddd %%xmm0, %%xmm1\n\t"
                     "movsd (%1), %%xmm2\n\t"
                     "addsd 8(%1), %%xmm2\n\t"
                     "movdqa %%xmm2, %%xmm3\n\t"
                     "punpcklqdq %%xmm1, %%xmm2\n\t"
                     "mulsd 16(%1), %%xmm3\n\t"
                     "pxor %%xmm3, %%xmm0\n\t"
                     "movlps %%xmm0, 32(%0)\n\t"
                     "movhps 32(%0), %%xmm1\n\t"
                     "pshufd $0x93, %%xmm1, %%xmm4\n\t"
                     "movss 4(%0), %%xmm4\n\t"
                     "paddw %%xmm4, %%xmm1\n\t"
                     "cvtsi2sd 12(%0), %%xmm1\n\t"
                     "psubb %%xmm1, %%xmm4\n\t"
                     "movsd %%xmm3, %%xmm4\n\t"
                     "pcmpeqd %%xmm5, %%xmm5\n\t"
                     "psrld $9, %%xmm5\n\t"
                     "pand %%xmm4, %%xmm5\n\t"
                     "shufps $0x1b, %%xmm5, %%xmm0\n\t"
                     "psllw $3, %%xmm2\n\t"
                     "packuswb %%xmm2, %%xmm5\n\t"
                     "movq %%xmm5, %%xmm6\n\t"
                     "por %%xmm6, %%xmm4\n\t"
                     "pmaddwd %%xmm4, %%xmm6\n\t"
                     "paddq %%xmm6, %%xmm0\n\t"
                     "movdqa %%xmm0, (%0)\n\t"
                     "movups %%xmm1, 16(%0)\n\t"
                     "movdqa %%xmm2, 32(%0)\n\t"
                     "movdqa %%xmm4, 48(%0)\n\t"
                     "movdqa %%xmm5, 64(%0)\n\t"
                     "movdqa %%xmm6, 80(%0)"
                     :
                     : "r"(v), "r"(d)
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "memory");
}

static sigjmp_buf back;
static volatile int number, code;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)context;
    number = signo;
    code = info->si_code;
    siglongjmp(back, 1);
}

typedef void access_fn(char *at);

static void load_any(char *at)
{
    __asm__ volatile("movdqu (%0), %%xmm7" ::"r"(at) : "xmm7");
}
static void load_aligned(char *at)
{
    __asm__ volatile("movdqa (%0), %%xmm7" ::"r"(at) : "xmm7");
}
static void add_aligned(char *at)
{
    __asm__ volatile("paddb (%0), %%xmm7" ::"r"(at) : "xmm7");
}
static void store_any(char *at)
{
    __asm__ volatile("pcmpeqd %%xmm7, %%xmm7\n\tmovdqu %%xmm7, (%0)" ::"r"(at) : "xmm7", "memory");
}
static void store_aligned(char *at)
{
    __asm__ volatile("pcmpeqd %%xmm7, %%xmm7\n\tmovdqa %%xmm7, (%0)" ::"r"(at) : "xmm7", "memory");
}

static void try_access(const char *name, access_fn *f, char *pages, int offset)
{
    memset(pages, 'a', PAGE);
    number = code = 0;
    if (!sigsetjmp(back, 1)) f(pages + offset);
    int changed = 0;
    for (int k = 0; k < PAGE; k++)
        changed += pages[k] != 'a';
    printf("%s at %d: signal %d code %d, %d bytes changed\n", name, offset, number, code, changed);
}

int main(void)
{
    static struct value v[6] = {{{1, 2, 3, 4}}, {{5, 0x80000000, 7, 0xffff7fff}}};
    static const double d[3] = {1.5, 2.25, 1e10};
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (int k = 0; k < ROUNDS; k++)
        mix(v, d);
    show("mixed", v, 6);
    sigaction(SIGSEGV, &sa, NULL);
    mprotect(pages + PAGE, PAGE, PROT_NONE);
    for (int k = 0; k < 8; k++) {
        static const int offsets[] = {0, 16, 1, 8, PAGE - 16, PAGE - 15, PAGE - 8, PAGE - 4};
        try_access("movdqu", load_any, pages, offsets[k]);
        try_access("movdqa", load_aligned, pages, offsets[k]);
        try_access("paddb", add_aligned, pages, offsets[k]);
        try_access("movdqu to memory", store_any, pages, offsets[k]);
        try_access("movdqa to memory", store_aligned, pages, offsets[k]);
    }
    return 0;
}

/* What a handler sees of XMM registers whose values translated code has not stored yet when an access faults,
 * and what is left of them behind instructions that need registers of the host themselves.
 * @cpu: pentium4
 * @cflags: -msse2
 * @variants: O2 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { ROUNDS = 300, PAGE = 4096 };

struct fxsave {
    uint8_t legacy[160];
    uint32_t xmm[8][4];
};

static char *forbidden;
static int faults;
static uint32_t sum;

static void add_up(const uint32_t *v, int n)
{
    for (int i = 0; i < n; i++)
        sum = (sum << 5 | sum >> 27) + v[i];
}

static void handler(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    (void)info;
    (void)sig;
    /* The kernel's frame has the FXSAVE image behind the legacy one of 112 bytes. */
    const struct fxsave *f = (const void *)((const char *)uc->uc_mcontext.fpregs + 112);
    add_up(f->xmm[0], 32);
    faults++;
    uc->uc_mcontext.gregs[REG_ESI] = uc->uc_mcontext.gregs[REG_EDI];
}

/* Loads at ESI, which the handler replaces by EDI. */
static __attribute__((noinline)) void load(const void *from, const void *other, uint32_t out[32], unsigned n)
{
    __asm__ volatile("movd %2, %%xmm0\n\t"
                     "pshufd $0x10, %%xmm0, %%xmm0\n\t"
                     "movdqa %%xmm0, %%xmm1\n\t"
                     "paddb %%xmm0, %%xmm1\n\t"
                     "pxor %%xmm2, %%xmm2\n\t"
                     "movdqa %%xmm1, %%xmm3\n\t"
                     "pslld $7, %%xmm3\n\t"
                     "movdqu (%0), %%xmm4\n\t"
                     "paddw %%xmm4, %%xmm3\n\t"
                     "movdqa %%xmm3, %%xmm5\n\t"
                     "pand (%0), %%xmm5\n\t"
                     "movdqa %%xmm3, %%xmm6\n\t"
                     "psubd %%xmm4, %%xmm6\n\t"
                     "movdqa %%xmm6, %%xmm7\n\t"
                     "punpcklbw %%xmm2, %%xmm7\n\t"
                     "pcmpgtw (%0), %%xmm6\n\t"
                     : "+S"(from)
                     : "D"(other), "r"(n), "r"(out)
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "memory");
    __asm__ volatile("movdqu %%xmm1, (%0)\n\t"
                     "movdqu %%xmm2, 16(%0)\n\t"
                     "movups %%xmm3, 33(%0)\n\t"
                     "movdqu %%xmm5, 64(%0)\n\t"
                     "movdqu %%xmm6, 80(%0)\n\t"
                     "movdqu %%xmm7, 96(%0)\n\t" ::"r"(out)
                     : "memory");
}

/* Others of the host's registers are in use between the halves' making and their use. */
static __attribute__((noinline)) void between(uint8_t *bytes, uint32_t out[32], unsigned n, double *x)
{
    void *from = bytes, *to = out + 16;
    unsigned count = 5;
    __asm__ volatile("movd %3, %%xmm0\n\t"
                     "pshufd $0, %%xmm0, %%xmm1\n\t"
                     "paddd %%xmm1, %%xmm1\n\t"
                     "lock xaddb %b3, 3(%4)\n\t"
                     "paddw %%xmm1, %%xmm0\n\t"
                     "fldl (%5); fadd %%st(0), %%st(0); fsqrt; fstpl (%5)\n\t"
                     "movdqa %%xmm0, %%xmm2\n\t"
                     "psrlw $3, %%xmm2\n\t"
                     "rep movsl\n\t"
                     "por %%xmm1, %%xmm2\n\t"
                     "pmulhw %%xmm2, %%xmm1\n\t"
                     "movss %%xmm1, %%xmm2\n\t"
                     "paddq %%xmm2, %%xmm1\n\t"
                     "movsd %%xmm2, %%xmm3\n\t"
                     "movhlps %%xmm1, %%xmm3\n\t"
                     "movhpd (%5), %%xmm3\n\t"
                     "punpckhqdq %%xmm1, %%xmm3\n\t"
                     : "+S"(from), "+D"(to), "+c"(count), "+q"(n)
                     : "r"(bytes), "r"(x)
                     : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
    __asm__ volatile("movdqu %%xmm0, (%0)\n\t"
                     "movdqu %%xmm1, 16(%0)\n\t"
                     "movdqu %%xmm2, 32(%0)\n\t"
                     "movdqu %%xmm3, 48(%0)\n\t" ::"r"(out)
                     : "memory");
}

int main(void)
{
    static uint8_t bytes[64] __attribute__((aligned(16)));
    static uint32_t out[32] __attribute__((aligned(16)));
    double x = 1.25;
    struct sigaction sa;

    memset(&sa, 0, sizeof sa);
    sa.sa_sigaction = handler;
    sa.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &sa, NULL);
    forbidden = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 64; i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
    for (unsigned i = 0; i < ROUNDS; i++) {
        load(i % 8 == 7 ? forbidden : (char *)bytes + i % 3 * 16, bytes, out, i * 0x01234567u);
        add_up(out, 28);
        between(bytes, out, i * 0x089abcdfu, &x);
        add_up(out, 32);
    }
    printf("%d faults, %08x, %a\n", faults, sum, x);
    return 0;
}

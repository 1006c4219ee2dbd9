/* MMX and SSE state: FXSAVE, MXCSR, signal frames, the mixing of MMX and x87, exceptions that are not masked.
 * @cpu: max
 * @cflags: -msse2
 * @variants: O2 */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

struct fx {
    uint16_t cw, sw, tags, fop;
    uint32_t fip, fcs, fdp, fds, mxcsr, mask;
    struct {
        uint64_t m;
        uint16_t se, pad[3];
    } st[8];
    uint8_t xmm[8][16], rest[224];
} __attribute__((aligned(16)));

static void show(const char *what, const struct fx *f, int with_xmm)
{
    printf("%s: cw %04x sw %04x tags %02x mxcsr %04x\n", what, f->cw, f->sw, f->tags & 0xff, f->mxcsr);
    for (int r = 0; r < 8; r++)
        printf("  %04x:%016llx %02x\n", f->st[r].se, (unsigned long long)f->st[r].m,
               with_xmm ? f->xmm[r][7] : 0);
}

/* --- MMX and x87 --------------------------------------------------------------------------------------- */

static void mixing(void)
{
    static struct fx f;
    static uint64_t v = 0x0123456789abcdefull, out;
    static uint8_t ten[10];
    __asm__ volatile("fninit; fld1; fldz; fld1; fchs; movq %1, %%mm3; fxsave %0; emms" : "=m"(f) : "m"(v));
    show("written", &f, 0);
    __asm__ volatile("fninit; fld1; movq %%mm7, %0; fstpt %1; fxsave %2; emms"
                     : "=m"(out), "=m"(ten), "=m"(f));
    printf("mm7 is %016llx, then st %02x%02x %02x..%02x\n", (unsigned long long)out, ten[9], ten[8], ten[7],
           ten[0]);
    show("read", &f, 0);
    __asm__ volatile("emms; fld1; fld1; faddp; fstpt %0; fxsave %1" : "=m"(ten), "=m"(f));
    printf("after emms %02x%02x %02x\n", ten[9], ten[8], ten[7]);
    show("computed", &f, 0);
}

/* --- the whole state ----------------------------------------------------------------------------------- */

static void whole(void)
{
    static struct fx f, g;
    memset(&f, 0xa5, sizeof f);
    __asm__ volatile("fninit; fldpi; fxsave %0" : "=m"(f));
    printf("mask %x, untouched %02x\n", f.mask, f.rest[200]);
    for (int r = 0; r < 8; r++)
        memset(f.xmm[r], 16 * r + 1, 16);
    f.mxcsr = 0x3f80;
    __asm__ volatile("fxrstor %1; paddb %%xmm1, %%xmm2; fxsave %0; fninit"
                     : "=m"(g)
                     : "m"(f)
                     : "xmm1", "xmm2");
    show("restored", &g, 1);
    uint32_t mxcsr = 0x1f80, one = 0x3f800000, three = 0x40400000, r;
    for (unsigned rc = 0; rc < 4; rc++) {
        uint32_t m = mxcsr | rc << 13;
        __asm__ volatile("ldmxcsr %1; movss %2, %%xmm0; divss %3, %%xmm0; movss %%xmm0, %0; stmxcsr %1"
                         : "=m"(r), "+m"(m)
                         : "m"(one), "m"(three)
                         : "xmm0");
        printf("rounding %u: %08x mxcsr %04x\n", rc, r, m);
    }
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* --- signals ------------------------------------------------------------------------------------------- */

static sigjmp_buf back;
static volatile sig_atomic_t seen;

static void on_signal(int signo, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    struct fx *f = (struct fx *)((char *)u->uc_mcontext.fpregs + 112);
    uint32_t mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    printf("signal %d code %d trapno %d: mxcsr %04x, in the handler %04x, xmm5 %02x\n", signo, info->si_code,
           (int)u->uc_mcontext.gregs[REG_TRAPNO], f->mxcsr, mxcsr, f->xmm[5][3]);
    __asm__ volatile("pcmpeqd %%xmm5, %%xmm5" : : : "xmm5");
    seen++;
    if (signo != SIGUSR1) siglongjmp(back, 1);
    f->xmm[5][3]++;
}

static void signals(void)
{
    static uint8_t v[48] __attribute__((aligned(16))), w[16];
    int signos[] = {SIGUSR1, SIGFPE, SIGSEGV};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    for (int k = 0; k < 3; k++)
        sigaction(signos[k], &action, NULL);
    memset(v, 0x41, sizeof v);
    int status;
    __asm__ volatile(
        "movdqu %2, %%xmm5; mov %%ebx, %%esi; mov %3, %%ebx; mov %4, %%ecx; mov $37, %%eax; int $0x80\n\t"
        "mov %%esi, %%ebx; movdqu %%xmm5, %1"
        : "=&a"(status), "=m"(w)
        : "m"(v), "d"(getpid()), "i"(SIGUSR1)
        : "esi", "ecx", "xmm5", "memory");
    printf("came back with %02x %02x\n", w[3], w[4]);
    static const struct {
        uint32_t mxcsr, a, b;
    } cases[] = {{0x1f00, 0x7f800001, 0x3f800000}, {0x1d80, 0x3f800000, 0},
                 {0x1b80, 0x7f7fffff, 0x00800001}, {0x1780, 0x00800001, 0x4f7fffff},
                 {0x0f80, 0x3f800000, 0x40400000}, {0x1e80, 1, 0x3f800000}};
    for (unsigned k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        uint32_t masked = 0x1f80;
        if (!sigsetjmp(back, 1))
            __asm__ volatile("ldmxcsr %0; movss %1, %%xmm0; divss %2, %%xmm0"
                             :
                             : "m"(cases[k].mxcsr), "m"(cases[k].a), "m"(cases[k].b)
                             : "xmm0");
        __asm__ volatile("ldmxcsr %0" : : "m"(masked));
    }
    if (!sigsetjmp(back, 1)) __asm__ volatile("movaps 1(%0), %%xmm1" : : "r"(v) : "xmm1");
    if (!sigsetjmp(back, 1)) __asm__ volatile("movaps %%xmm1, 8(%0)" : : "r"(v) : "memory");
    printf("%d signals\n", (int)seen);
}

/* --- approximations ------------------------------------------------------------------------------------ */

static void approximations(void)
{
    double worst = 0;
    for (float x = 1e-30f; x < 1e30f; x *= 1.37f) {
        float r, s;
        __asm__("rcpss %1, %0" : "=x"(r) : "x"(x));
        __asm__("rsqrtss %1, %0" : "=x"(s) : "x"(x));
        worst = fmax(worst, fabs((double)r * x - 1));
        worst = fmax(worst, fabs((double)s * sqrt(x) - 1));
    }
    printf("within the bound: %d\n", worst <= 1.5 / 4096);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    mixing();
    whole();
    signals();
    approximations();
    return 0;
}

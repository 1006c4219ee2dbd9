/* Loops of x87 instructions that end by a fault: what the signal frame says of the x87, the address of the
 * last instruction too, and of the flags; before the first instruction of a round and within one, with values
 * that are NaNs, overflow or are inexact on the way.
 * @variants: O2 pie */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "tests/guest/guest.h"

/* Each runs `n` rounds from a and b on. The label LOOP of a routine is what addresses are told from. */
void walk_sum(const double *a, double *b, long n);
void walk_scale(const double *a, double *b, long n);
void walk_compare(const double *a, double *b, long n);
void walk_round(const double *a, double *b, long n);
extern const char loops[];

#define BEGIN(name) \
#name ": push %ebx; push %esi; mov 12(%esp),%ebx; mov 16(%esp),%esi; mov 20(%esp),%ecx; cmp $5,%ecx;"
#define END "pop %esi; pop %ebx; ret;"
__asm__(
    ".text; loops:" BEGIN(walk_sum) "fldz; 1: faddl (%ebx); add $8,%ebx; dec %ecx; jnz 1b; fstpl (%esi);" END
        BEGIN(walk_scale) "fldpi; 1: fldl (%ebx); fmul %st(1); faddl (%esi); fstpl (%esi); lea 8(%ebx),%ebx;"
                          "add $8,%esi; cmp $7,%ecx; loop 1b; fstp %st;" END BEGIN(
                              walk_compare) "1: fldl (%ebx); fcompl (%esi); fnstsw %ax; add $8,%ebx; sub "
                                            "$1,%ecx; jnz 1b;" END BEGIN(
                                                walk_round) "1: cmp %ecx,%esi; fldl (%ebx); fld %st; "
                                                            "frndint; fsubrp; fstps (%esi); add $8,%ebx;"
                                                            "sbb $-4,%esi; sub $1,%ecx; jnz 1b;" END);

static sigjmp_buf back;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;
    long eip = uc->uc_mcontext.gregs[REG_EIP] - (long)loops;
    printf(" signal %d at %ld, last x87 at %ld, sw %04lx tags %04lx flags %03x\n", signo, eip,
           (long)fp->ipoff - (long)loops, fp->sw & 0xffff, fp->tag & 0xffff,
           uc->uc_mcontext.gregs[REG_EFL] & 0x8d5);
    (void)info;
    __asm__ volatile("fninit");
    siglongjmp(back, 1);
}

typedef void walk(const double *a, double *b, long n);

static void try(const char *name, walk *f, const double *a, double *b, long n)
{
    printf("%s %ld:", name, n);
    if (sigsetjmp(back, 1)) return;
    f(a, b, n);
    unsigned short sw;
    __asm__ volatile("fnstsw %0; fnclex" : "=m"(sw));
    printf(" well, sw %04x\n", sw);
}

enum { SIZE = 4096, N = SIZE / sizeof(double) };

/* A page of values before one that cannot be read. */
static double *values(double special)
{
    double *p = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) exit(2);
    mprotect(p + N, SIZE, PROT_NONE);
    for (unsigned k = 0; k < N; k++)
        p[k] = k == N - 9 ? special : k % 3 ? k * 0.1 : k;
    return p;
}

static void all(double special)
{
    static const struct {
        const char *name;
        walk *f;
    } walks[] = {{"sum", walk_sum}, {"scale", walk_scale}, {"compare", walk_compare}, {"round", walk_round}};
    for (unsigned k = 0; k < sizeof walks / sizeof *walks; k++) {
        double *a = values(special), *b = values(1);
        uint32_t sum = MIX_START;
        try(walks[k].name, walks[k].f, a, b, 1); /* one round: not yet hot */
        for (long n = 60; n < 68; n++)
            try(walks[k].name, walks[k].f, a, b, n);
        try(walks[k].name, walks[k].f, a, b, N + 1);
        try(walks[k].name, walks[k].f, a, b + 1, N);
        try(walks[k].name, walks[k].f, a + N, b, 1);
        for (unsigned n = 0; n < N; n++)
            MIX(sum, b[n]);
        printf("%s %08x\n", walks[k].name, sum);
        munmap(a, 2 * SIZE);
        munmap(b, 2 * SIZE);
    }
}

int main(void)
{
    static const uint64_t specials[] = {0x3ff0000000000000, 0x7ff8000000000000, 0x7ff4000000000000,
                                        0xffe0000000000000, 0x0000000000000001, 0x7ff0000000000000,
                                        0xfff8000000000001, 0x7fefffffffffffff};
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &act, NULL);
    for (unsigned k = 0; k < sizeof specials / sizeof *specials; k++) {
        double special;
        memcpy(&special, &specials[k], sizeof special);
        printf("with %016llx\n", (unsigned long long)specials[k]);
        all(special);
    }
}

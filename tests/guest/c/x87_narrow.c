/* x87 arithmetic that rounds to the 53 bits of a double: registers, empty ones too, the status word with C1,
 * and flags, after each of some sequences; first of values whose results are normal doubles or zeros, then of
 * those whose results are not, then of denormals, infinities and NaNs. And what a signal frame says when a
 * sequence is left in its middle.
 * @variants: O2 pie */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "tests/guest/guest.h"

struct result {
    uint8_t image[108]; /* of fnsave */
    uint32_t eflags;
    double stored[2];
};
typedef void sequence(const double *a, const double *b, struct result *r, const void *other);

/* Each begins with zeros in all registers, as a CPU may keep or lose what they held before fninit, and with
 * lost precision, as programs soon have it, in a block of its own. */
#define ZERO_ALL ".rept 8; fldz; .endr; .rept 8; fstp %st; .endr;"
#define BEGIN(name)                                                                                       \
    ".globl " #name "; " #name ": push %ebx; push %esi; push %edi; mov 16(%esp),%ebx; mov 20(%esp),%esi;" \
    "mov 24(%esp),%edi; mov 28(%esp),%edx; push $0x40400000; push $0x27f; fninit; fldcw (%esp);" ZERO_ALL \
    "fld1; fdivs 4(%esp); fstp %st; add $8,%esp; xor %ecx,%ecx; jmp 1f; 1: fldl (%ebx); fldl (%esi);"
#define END "pushf; popl 108(%edi); fnsave (%edi); fwait; pop %edi; pop %esi; pop %ebx; ret;"
#define SEQUENCES(X)                                                                                        \
    X(sum, "fadd %st(1),%st;")                                                                              \
    X(difference, "fsub %st(1),%st;")                                                                       \
    X(reversed, "fsubr %st(1),%st;")                                                                        \
    X(product, "fmul %st(1),%st;")                                                                          \
    X(quotient, "fdiv %st(1),%st;")                                                                         \
    X(divided, "fdivr %st(1),%st;")                                                                         \
    X(popping, "fld %st(1); fmulp; fsubrp; fld %st; fdivl (%ebx); fsubrl (%esi);")                          \
    X(moved, "fxch; fchs; fld1; fadd %st(2),%st; fst %st(2); fabs;")                                        \
    X(stored, "fmul %st(1),%st; fstl 112(%edi); faddl (%ebx); fxch; fstpl 120(%edi);")                      \
    X(single, "fmul %st(1),%st; fsts 112(%edi); fadds 112(%edi);")                                          \
    X(narrow_first, "fadd %st(1),%st; fldpi; fmul %st(1),%st;")                                             \
    X(to_integer, "fdiv %st(1),%st; frndint; fildl 108(%edi); faddp;")                                      \
    X(polynomial,                                                                                           \
      "fmul %st,%st; fld %st; fmull (%ebx); faddl (%esi); fmul %st(1),%st; fsubl (%ebx); fmulp;")           \
    X(left, "fmul %st(1),%st; testl $4,(%ebx); jz 2f; fadd %st(1),%st; 2: nop;")                            \
    X(divided_left, "fdivl (%ebx); testl $4,(%esi); jz 2f; fld1; faddp; 2: nop;")                           \
    X(compared, "fcomi %st(1),%st; fstps 112(%edi);")                                                       \
    X(told, "fsub %st(1),%st; fnstsw %ax; fcom %st(1); fnstsw 112(%edi); mov %ax,114(%edi);")               \
    X(examined, "fsubr %st(1),%st; fxam; fnstsw %ax; mov %ax,112(%edi); test $2,%ah; jz 2f; fchs; 2: nop;") \
    X(chosen, "fcomi %st(1),%st; fcmovb %st(1),%st; fadd %st,%st(1);")                                      \
    X(loaded_twice, "fldl (%ebx); fsubrl (%esi); fldl (%ebx); fdivrl (%esi);")                              \
    X(copied, "fld %st(1); fdivl (%esi); fld %st(1); fsubl (%ebx);")                                        \
    X(faulting, "fmul %st(1),%st; faddl (%edx); fld1;")                                                     \
    X(faulting_later, "fsub %st(1),%st; add $1,%ebx; fstpl (%edx);")                                        \
    X(faulting_empty, "fdivp; mov (%edx),%eax; fld1;")

#define X(name, code) sequence name;
SEQUENCES(X)
#undef X
#define X(name, code) BEGIN(name) code END
__asm__(".text;" SEQUENCES(X));
#undef X

static const struct {
    const char *name;
    sequence *f;
} sequences[] = {
#define X(name, code) {#name, name},
    SEQUENCES(X)
#undef X
};

static const uint64_t values[] = {
    0x3ff0000000000000, 0x3fd5555555555555, 0xbfb999999999999a, 0x400921fb54442d18, 0xc05edd2f1a9fbe77,
    0x0000000000000000, 0x8000000000000000, 0x3ff0000000000001, 0x3fefffffffffffff, 0x4340000000000001,
    0x3ca0000000000000, 0xc1e0000000200001, 0x3e112e0be826d695, 0x4008000000000000,
    /* … */
    0x7fe0000000000001, 0x0010000000000000, 0x0010000000000001, 0x2000000000000003, 0x8060000000000005,
    0x5fe123456789abcd, 0x7fefffffffffffff,
    /* … */
    0x0000000000000001, 0x800fffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000,
    0x7ff0000000000001};
enum { VALUES = sizeof values / sizeof *values, NORMAL = 14, FINITE = 21 };

static uint32_t digest;

static void add(const void *data, size_t n)
{
    for (const uint8_t *p = data; n--; p++)
        digest = (digest ^ *p) * 16777619;
}

static sigjmp_buf back;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;
    uint32_t words[] = {fp->sw & 0xffff, fp->tag & 0xffff, (uint32_t)signo};
    (void)info;
    add(words, sizeof words);
    add(fp->_st, sizeof fp->_st);
    __asm__ volatile("fninit");
    siglongjmp(back, 1);
}

static void run(sequence *f, uint64_t first, uint64_t second, const void *other)
{
    struct result r;
    double a, b;
    memset(&r, 0, sizeof r);
    memcpy(&a, &first, sizeof a);
    memcpy(&b, &second, sizeof b);
    if (sigsetjmp(back, 1)) return;
    f(&a, &b, &r, other);
    r.eflags &= 0x8d5;
    memset(r.image + 12, 0, 16); /* addresses */
    add(&r, sizeof r);
}

static void run_all(unsigned k, unsigned from, unsigned to, const void *other)
{
    digest = 2166136261;
    for (unsigned a = 0; a < to; a++)
        for (unsigned b = 0; b < to; b++)
            if (a >= from || b >= from) run(sequences[k].f, values[a], values[b], other);
    printf(" %08x", digest);
}

int main(void)
{
    void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &sa, NULL);
    for (unsigned k = 0; k < sizeof sequences / sizeof *sequences; k++) {
        printf("%s:", sequences[k].name);
        run_all(k, 0, NORMAL, page);
        run_all(k, NORMAL, FINITE, page);
        run_all(k, FINITE, VALUES, page);
        printf("\n");
    }
    return 0;
}

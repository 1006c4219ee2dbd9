/* What a handler sees of the x87 when an MMX instruction of a loop faults, and when an x87 exception waits
 * for it: in translated code nobody has written TOP and tags before.
 * @cpu: pentium3
 * @cflags: -mmmx
 * @variants: O2 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { ROUNDS = 300, PAGE = 4096 };

static char *forbidden;
static int faults;
static unsigned seen_sw, seen_tags;
static uint16_t seen_exponent;

static void handler(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;
    (void)info;
    seen_sw = fp->sw & 0xffff;
    seen_tags = fp->tag & 0xffff;
    seen_exponent = fp->_st[0].exponent;
    faults += sig;
    if (sig == SIGFPE) {
        fp->sw &= ~0x80ffu;
        fp->cw |= 0x3f;
    } else {
        uc->uc_mcontext.gregs[REG_ESI] = uc->uc_mcontext.gregs[REG_EDI];
    }
}

/* The address is in ESI, one that is allowed in EDI. */
static __attribute__((noinline)) uint64_t load(const void *from, const uint64_t *other, uint64_t v)
{
    __asm__ volatile("fld1; fld1\n\t"
                     "movq (%%esi), %%mm1\n\t"
                     "paddw %%mm1, %0\n\t"
                     "emms"
                     : "+y"(v), "+S"(from)
                     : "D"(other)
                     : "mm1", "memory");
    return v;
}

static __attribute__((noinline)) void store(void *to, uint64_t *other)
{
    __asm__ volatile("fld1; fld1\n\t"
                     "movq %%mm7, (%%esi)\n\t"
                     "psubb %%mm7, %%mm6\n\t"
                     "movq %%mm6, 8(%%edi)\n\t"
                     "emms"
                     : "+S"(to)
                     : "D"(other)
                     : "memory");
}

static void show(const char *name, unsigned a, unsigned b)
{
    printf("%s: %d, status %04x, tags %04x, exponent %04x, %08x %08x\n", name, faults, seen_sw, seen_tags,
           seen_exponent, a, b);
}

static void loads_and_stores(void)
{
    static uint64_t at[4];
    uint64_t sum = 0;
    for (int k = 0; k < ROUNDS; k++) {
        at[1] = 0x0102030405060708u * (unsigned)k;
        __asm__ volatile("movq %1, %%mm0; fninit" : "=m"(at[3]) : "m"(at[1]));
        sum += load(k % 100 == 99 ? (void *)forbidden : &at[1], &at[2], at[1]);
        if (k % 100 == 99) show("load", (unsigned)(sum >> 32), (unsigned)sum);
        __asm__ volatile("fninit");
        store(k % 100 == 98 ? (void *)forbidden : at, at);
        if (k % 100 == 98) show("store", (unsigned)(at[1] >> 32), (unsigned)at[1]);
    }
}

/* The division is by zero, which is not masked in some rounds. */
static __attribute__((noinline)) uint64_t divide(uint16_t cw, uint64_t v)
{
    uint64_t out;
    __asm__ volatile(
        "fninit; fldcw %1; fldz; fld1; fdivp; movq %2, %%mm0; paddd %%mm0, %%mm0; movq %%mm0, %0; emms"
        : "=m"(out)
        : "m"(cw), "m"(v));
    return out;
}

static void pending(void)
{
    uint64_t sum = 0;
    for (int k = 0; k < ROUNDS; k++) {
        sum += divide(k % 100 == 97 ? 0x37b : 0x37f, sum + (unsigned)k);
        if (k % 100 == 97) show("pending", (unsigned)(sum >> 32), (unsigned)sum);
    }
}

int main(void)
{
    struct sigaction sa = {.sa_flags = SA_SIGINFO};
    sa.sa_sigaction = handler;
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGFPE, &sa, NULL);
    forbidden = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    loads_and_stores();
    pending();
    printf("%d faults\n", faults);
    return 0;
}

/* What translated code takes for granted of halves of XMM registers: that one is zero, which it is at first
 * and later not; that one has bytes as words, whose source changes before they are used, or which a handler
 * sees; that upper lanes are zero; that memory has the bytes that were loaded from there.
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

enum { ROUNDS = 96, TURNS = 24, PAGE = 4096, SEED = 12345 };

struct fxsave {
    uint8_t legacy[160];
    uint32_t xmm[8][4];
};

/* What a loop begins with and leaves. */
struct state {
    uint8_t xmm[8][16], bytes[128], weights[48];
} __attribute__((aligned(16)));

static char *forbidden;
static int faults;
static uint32_t sum, random_state = SEED;

static void add_up(const void *from, int n)
{
    const uint8_t *v = from;
    for (int i = 0; i < n; i++)
        sum = (sum << 5 | sum >> 27) + v[i];
}

/* The access is made once more, at EDI. */
static void handler(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    const struct fxsave *f = (const void *)((const char *)uc->uc_mcontext.fpregs + 112);
    (void)info;
    (void)sig;
    add_up(f->xmm, sizeof f->xmm);
    faults++;
    uc->uc_mcontext.gregs[REG_ESI] = uc->uc_mcontext.gregs[REG_EDI];
}

/* A loop of its own that begins with s in all registers, and with them ends. In it EAX counts down, EDX is
 * the address of bytes, EDI that of weights, and ESI too, or it cannot be accessed, or not so in the turns
 * that have a bit in `at`. */
#define LOOP(name, ...)                                                                                   \
    static __attribute__((noinline)) void name(struct state *s, const char *elsewhere, uint32_t at)       \
    {                                                                                                     \
        const char *address[TURNS + 1];                                                                   \
        for (int k = 0; k <= TURNS; k++)                                                                  \
            address[k] = at >> k & 1 ? elsewhere : (char *)s->weights;                                    \
        __asm__ volatile("movdqa (%%ecx), %%xmm0; movdqa 16(%%ecx), %%xmm1; movdqa 32(%%ecx), %%xmm2\n\t" \
                         "movdqa 48(%%ecx), %%xmm3; movdqa 64(%%ecx), %%xmm4\n\t"                         \
                         "movdqa 80(%%ecx), %%xmm5; movdqa 96(%%ecx), %%xmm6\n\t"                         \
                         "movdqa 112(%%ecx), %%xmm7\n\t"                                                  \
                         "lea 128(%%ecx), %%edx; lea 256(%%ecx), %%edi; mov %3, %%eax\n\t"                \
                         "1: mov (%0, %%eax, 4), %%esi\n\t" __VA_ARGS__ "dec %%eax; jnz 1b\n\t"           \
                         "movdqa %%xmm0, (%%ecx); movdqa %%xmm1, 16(%%ecx); movdqa %%xmm2, 32(%%ecx)\n\t" \
                         "movdqa %%xmm3, 48(%%ecx); movdqa %%xmm4, 64(%%ecx)\n\t"                         \
                         "movdqa %%xmm5, 80(%%ecx); movdqa %%xmm6, 96(%%ecx)\n\t"                         \
                         "movdqa %%xmm7, 112(%%ecx)" ::"b"(address),                                      \
                         "c"(s), "m"(*s), "i"(TURNS)                                                      \
                         : "eax", "edx", "esi", "edi", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3",    \
                           "xmm4", "xmm5", "xmm6", "xmm7");                                               \
    }

/* Sums of bytes and of weighted ones. xmm3 is mostly 0. */
LOOP(sums, "movdqu 1(%%edx), %%xmm0; movdqu 1(%%edx), %%xmm1; movdqa %%xmm6, %%xmm5\n\t"
           "add $1, %%edx; movdqu (%%edx), %%xmm2; paddd %%xmm4, %%xmm5\n\t"
           "punpcklbw %%xmm3, %%xmm0; punpckhbw %%xmm3, %%xmm1\n\t"
           "pmaddwd (%%esi), %%xmm0; pmaddwd 16(%%esi), %%xmm1; psadbw %%xmm3, %%xmm2\n\t"
           "movdqa %%xmm5, %%xmm6; paddd %%xmm4, %%xmm2; paddd %%xmm1, %%xmm0\n\t"
           "movdqa %%xmm2, %%xmm4; paddd %%xmm7, %%xmm0; movdqa %%xmm0, %%xmm7\n\t")

/* Words of bytes whose source changes, which are copied, stored and used as all kinds of lanes. */
LOOP(words, "movdqa %%xmm1, %%xmm2; punpcklbw %%xmm3, %%xmm2; movdqa %%xmm1, %%xmm4\n\t"
            "punpckhbw %%xmm3, %%xmm4; paddb %%xmm5, %%xmm1; movdqa %%xmm2, %%xmm6\n\t"
            "paddw (%%esi), %%xmm6; punpcklwd %%xmm4, %%xmm2; movdqa %%xmm1, %%xmm7\n\t"
            "punpcklbw %%xmm3, %%xmm7; pmaddwd %%xmm7, %%xmm7; movdqu %%xmm4, 5(%%edx)\n\t"
            "punpckhbw %%xmm3, %%xmm4; pxor %%xmm0, %%xmm0; punpcklbw %%xmm0, %%xmm5\n\t"
            "pmaddwd %%xmm4, %%xmm5; paddd %%xmm7, %%xmm5; pmaddwd (%%esi), %%xmm0\n\t"
            "punpcklbw %%xmm3, %%xmm6; pmovmskb %%xmm6, %%esi; mov %%esi, 32(%%edx)\n\t"
            "psadbw %%xmm0, %%xmm1; paddd %%xmm1, %%xmm1; paddd %%xmm2, %%xmm1; paddd %%xmm6, %%xmm5\n\t")

/* Faults while nobody has needed the words, and while a register that the loop clears has been unpacked. */
LOOP(unmade, "movdqu 3(%%edx), %%xmm0; movdqa %%xmm0, %%xmm1; punpcklbw %%xmm3, %%xmm0\n\t"
             "punpckhbw %%xmm3, %%xmm1; pxor %%xmm2, %%xmm2; punpckhbw %%xmm3, %%xmm2\n\t"
             "paddw 16(%%esi), %%xmm4; movdqa %%xmm1, %%xmm5; punpcklbw %%xmm2, %%xmm6\n\t"
             "paddd 16(%%esi), %%xmm6; movsd %%xmm0, %%xmm7; movd %%eax, %%xmm0; pand (%%esi), %%xmm4\n\t"
             "paddb %%xmm5, %%xmm4; paddd %%xmm1, %%xmm6; paddq %%xmm7, %%xmm6\n\t")

/* The same bytes once more, while they, their address or what has them may have changed. */
LOOP(loads, "movdqu 7(%%edx), %%xmm0; movdqu 7(%%edx), %%xmm1; paddb %%xmm1, %%xmm0\n\t"
            "movdqu 7(%%edx), %%xmm2; movdqu %%xmm0, 2(%%edx); movdqu 7(%%edx), %%xmm3\n\t"
            "add $1, %%edx; movdqu 7(%%edx), %%xmm4; movdqu 7(%%edx), %%xmm5; sub $1, %%edx\n\t"
            "movdqu 8(%%edx), %%xmm5; movdqu (%%esi), %%xmm6; movdqa (%%esi), %%xmm7\n\t"
            "psubb %%xmm7, %%xmm6; movdqu 7(%%edx), %%xmm0; movb %%al, 9(%%edx); movdqu 7(%%edx), %%xmm6\n\t"
            "paddd %%xmm6, %%xmm4; paddw %%xmm5, %%xmm3; psubd %%xmm2, %%xmm1\n\t")

static uint8_t next(void)
{
    random_state = random_state * 1103515245 + 12345;
    return (uint8_t)(random_state >> 16);
}

static void fill(struct state *s)
{
    uint8_t *v = (uint8_t *)s;
    for (unsigned i = 0; i < sizeof *s; i++)
        v[i] = next() % 4 ? next() : 0xff * (next() & 1);
}

typedef void loop(struct state *s, const char *elsewhere, uint32_t at);

/* xmm3 is 0 in the first half of the rounds, and in some of the others. */
static void run(const char *name, loop *f)
{
    static struct state s;
    for (int k = 0; k < ROUNDS; k++) {
        const char *misaligned = (char *)s.weights + 8, *where = k % 8 == 3 ? forbidden : misaligned;
        fill(&s);
        if (k < ROUNDS / 2 || k % 3 == 0) memset(s.xmm[3], 0, sizeof s.xmm[3]);
        if (k % 16 == 9) s.xmm[3][15] = 0;
        f(&s, where, k % 4 == 3 ? 0x124890u >> k % 3 : 0);
        add_up(&s, sizeof s);
    }
    printf("%s: %d faults, %08x\n", name, faults, sum);
}

int main(void)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof sa);
    sa.sa_sigaction = handler;
    sa.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &sa, NULL);
    forbidden = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    run("sums", sums);
    run("words", words);
    run("unmade", unmade);
    run("loads", loads);
    return 0;
}

/* Scalar SSE2 in loops, on the values at which something happens: the ends of the ranges, results that are
 * tiny before they are rounded, denormals, infinities, NaNs; with every flag of MXCSR, from several states of
 * it.
 * @cpu: max
 * @cflags: -msse2 -mfpmath=sse
 * @variants: O2 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t sum; /* of all results and flags */

static void note(uint64_t v)
{
    sum = (sum ^ v) * 0x9e3779b97f4a7c15ull;
    sum ^= sum >> 29;
}

/* Near the end of the range below, 1, the end above, and what is beyond. */
static const uint64_t doubles[] = {0,
                                   0x8000000000000000,
                                   1,
                                   0x000fffffffffffff,
                                   0x0010000000000000,
                                   0x8010000000000001,
                                   0x001fffffffffffff,
                                   0x0020000000000000,
                                   0x3fe0000000000000,
                                   0x3fefffffffffffff,
                                   0x3ff0000000000000,
                                   0xbff0000000000001,
                                   0x3fe8000000000000,
                                   0x1ff8000000000000,
                                   0x2010000000000001,
                                   0x41dfffffffc00000,
                                   0xc1e0000000000000,
                                   0x41e0000000000000,
                                   0x7fdfffffffffffff,
                                   0x7fefffffffffffff,
                                   0xffefffffffffffff,
                                   0x7ff0000000000000,
                                   0xfff0000000000000,
                                   0x7ff8000000000001,
                                   0x7ff0000000000001};
static const uint32_t singles[] = {0,          0x80000000, 1,          0x007fffff, 0x00800000,
                                   0x80800001, 0x00ffffff, 0x01000000, 0x3f000000, 0x3f7fffff,
                                   0x3f800000, 0xbf800001, 0x3f400000, 0x1fc00000, 0x20800001,
                                   0x4effffff, 0xcf000000, 0x4f000000, 0x7effffff, 0x7f7fffff,
                                   0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00001, 0x7f800001};
enum { COUNT = sizeof doubles / sizeof *doubles };
_Static_assert(sizeof singles / sizeof *singles == COUNT, "as many");

static uint32_t mxcsr_before;

static void begin(void)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr_before));
}

static void end(void)
{
    uint32_t v;
    __asm__ volatile("stmxcsr %0" : "=m"(v));
    note(v);
}

/* Register and memory operands. What lies above the low part of the result counts, too. */
#define OPERATION(name, T, text)                                              \
    static void name(const T *a, const T *b)                                  \
    {                                                                         \
        uint64_t r[2] = {1, 2};                                               \
        begin();                                                              \
        __asm__ volatile("movups %0, %%xmm0\n\t" text "\n\tmovups %%xmm0, %0" \
                         : "+m"(r)                                            \
                         : "r"(a), "r"(b)                                     \
                         : "xmm0", "xmm1", "memory");                         \
        end();                                                                \
        note(r[0]);                                                           \
        note(r[1]);                                                           \
    }

#define PAIR(name, op)                                                                                \
    OPERATION(name##_d, uint64_t, "movlpd (%1), %%xmm0; movsd (%2), %%xmm1; " op "sd %%xmm1, %%xmm0") \
    OPERATION(name##_dm, uint64_t, "movsd (%1), %%xmm0; " op "sd (%2), %%xmm0")                       \
    OPERATION(name##_s, uint32_t, "movss (%1), %%xmm1; movss %%xmm1, %%xmm0; " op "ss (%2), %%xmm0")
PAIR(add, "add")
PAIR(sub, "sub")
PAIR(mul, "mul")
PAIR(div, "div")
PAIR(min, "min")
PAIR(max, "max")
PAIR(root, "sqrt")
PAIR(less, "cmplt")
PAIR(different, "cmpneq")
/* A result is an operand at once; one that was given to memory is used again. */
OPERATION(chain, uint64_t,
          "movsd (%1), %%xmm0; movapd %%xmm0, %%xmm1; mulsd (%2), %%xmm0; addsd %%xmm0, %%xmm1;"
          "subsd %%xmm1, %%xmm0; mulsd %%xmm0, %%xmm0")
#define BOTH_LANES(name, op)                                                                          \
    OPERATION(name##_pd, uint64_t,                                                                    \
              "movsd (%1), %%xmm0; movhpd (%2), %%xmm0; movsd (%2), %%xmm1; movhpd (%1), %%xmm1; " op \
              "pd %%xmm1, %%xmm0; " op "pd %%xmm0, %%xmm0")
BOTH_LANES(add, "add")
BOTH_LANES(sub, "sub")
BOTH_LANES(mul, "mul")
BOTH_LANES(div, "div")
OPERATION(widen, uint32_t, "movss (%1), %%xmm1; cvtss2sd %%xmm1, %%xmm0; addsd %%xmm0, %%xmm0")
OPERATION(narrow, uint64_t, "cvtsd2ss (%1), %%xmm0; addss %%xmm0, %%xmm0")

#define TO_INT(name, T, text)                                \
    static void name(const T *a, const T *b)                 \
    {                                                        \
        uint32_t r;                                          \
        (void)b;                                             \
        begin();                                             \
        __asm__ volatile(text : "=r"(r) : "m"(*a) : "xmm0"); \
        end();                                               \
        note(r);                                             \
    }
TO_INT(chop_d, uint64_t, "cvttsd2si %1, %0")
TO_INT(nearest_d, uint64_t, "movsd %1, %%xmm0; cvtsd2si %%xmm0, %0")
TO_INT(chop_s, uint32_t, "cvttss2si %1, %0")
TO_INT(nearest_s, uint32_t, "movss %1, %%xmm0; cvtss2si %%xmm0, %0")

#define COMPARE(name, T, load, op)                                                                           \
    static void name(const T *a, const T *b)                                                                 \
    {                                                                                                        \
        uint32_t r;                                                                                          \
        begin();                                                                                             \
        __asm__ volatile(load " (%1), %%xmm0\n\t" op " (%2), %%xmm0\n\t"                                     \
                              "mov $0, %0; ja 1f; or $1, %0\n1:\t" op " (%2), %%xmm0\n\tjne 2f; or $2, %0\n" \
                              "2:\t" op " (%2), %%xmm0\n\tjp 3f; or $4, %0\n3:\t" op " (%2), %%xmm0\n\t"     \
                              "pushf; pop %%eax; shl $8, %%eax; or %%eax, %0"                                \
                         : "=&r"(r)                                                                          \
                         : "r"(a), "r"(b)                                                                    \
                         : "xmm0", "eax", "cc", "memory");                                                   \
        end();                                                                                               \
        note(r);                                                                                             \
    }
COMPARE(ucomi_d, uint64_t, "movsd", "ucomisd")
COMPARE(comi_d, uint64_t, "movsd", "comisd")
COMPARE(ucomi_s, uint32_t, "movss", "ucomiss")
COMPARE(comi_s, uint32_t, "movss", "comiss")

static void run(const char *what, void (*f)(const uint64_t *, const uint64_t *),
                void (*g)(const uint32_t *, const uint32_t *))
{
    sum = 0;
    for (unsigned a = 0; a < COUNT; a++)
        for (unsigned b = 0; b < COUNT; b++)
            f ? f(&doubles[a], &doubles[b]) : g(&singles[a], &singles[b]);
    printf("%s %016llx\n", what, (unsigned long long)sum);
}

/* Values go round in registers. */
static void accumulate(void)
{
    double s = 0, p = 1, q = 1e300;
    for (int k = 1; k < 3000; k++) {
        s += 1.0 / k;
        p *= 0.75;       /* it becomes a denormal, and zero */
        q = q * 1.5 + k; /* … infinity */
    }
    printf("%a %a %a\n", s, p, q);
}

int main(void)
{
    static const uint32_t states[] = {0x1fa0, 0x1f80, 0x9fc0, 0x5fa0, 0x1f82};
    for (unsigned k = 0; k < sizeof states / sizeof *states; k++) {
        mxcsr_before = states[k];
        printf("mxcsr %x\n", mxcsr_before);
#define BOTH(name) \
    run(#name, name##_d, NULL), run(#name " m", name##_dm, NULL), run(#name " s", NULL, name##_s)
        BOTH(add), BOTH(sub), BOTH(mul), BOTH(div), BOTH(min), BOTH(max), BOTH(root);
        BOTH(less), BOTH(different);
        run("add 2", add_pd, NULL), run("sub 2", sub_pd, NULL), run("mul 2", mul_pd, NULL);
        run("div 2", div_pd, NULL);
        run("chain", chain, NULL);
        run("widen", NULL, widen);
        run("narrow", narrow, NULL);
        run("chop", chop_d, NULL), run("chop s", NULL, chop_s);
        run("nearest", nearest_d, NULL), run("nearest s", NULL, nearest_s);
        run("ucomi", ucomi_d, NULL), run("ucomi s", NULL, ucomi_s);
        run("comi", comi_d, NULL), run("comi s", NULL, comi_s);
    }
    mxcsr_before = 0x1f80;
    begin();
    accumulate();
    return 0;
}

/* What a function left behind in the x87 and in MXCSR is what its caller goes on with, however often it left
 * something else before.
 * @cpu: pentium4
 * @cflags: -msse2 -mfpmath=sse
 * @variants: O2 */
#include <stdint.h>
#include <stdio.h>
#include <xmmintrin.h>

int depth, rounds;
unsigned control;
double sum, step = 0x1p-60;

/* The innermost level sets MXCSR, with which the others add. */
void adds(void);
__asm__("inner: movsd sum, %xmm0\n\t"
        "addsd step, %xmm0\n\t"
        "movsd %xmm0, sum\n\t"
        "decl depth\n\t"
        "js 1f\n\t"
        "call inner\n\t"
        "movsd sum, %xmm0\n\t"
        "addsd step, %xmm0\n\t"
        "movsd %xmm0, sum\n\t"
        "ret\n"
        "1: ldmxcsr control\n\t"
        "ret\n"
        "adds: movl $7, depth\n\t"
        "call inner\n\t"
        "decl rounds\n\t"
        "js 2f\n\t"
        "call adds\n"
        "2: ret");

static void rounding(unsigned then)
{
    sum = 1;
    for (int i = 0; i < 9; i++) {
        _mm_setcsr(0x1fa0);
        control = i == 7 ? then : 0x1fa0;
        rounds = 4;
        adds();
    }
    _mm_setcsr(0x1f80);
    printf("MXCSR %x: %a\n", then, sum);
}

/* Registers that an MMX instruction declared valid are popped, the same number on each level. */
void pops(void);
__asm__("level: paddw %mm1, %mm4\n\t"
        "decl depth\n\t"
        "js 1f\n\t"
        "call level\n"
        "1: fstp %st(0)\n\t"
        "fstp %st(0)\n\t"
        "fstp %st(0)\n\t"
        "fstp %st(0)\n\t"
        "fstp %st(0)\n\t"
        "fstp %st(0)\n\t"
        "ret\n"
        "pops: movl $7, depth\n\t"
        "call level\n\t"
        "decl rounds\n\t"
        "js 2f\n\t"
        "call pops\n"
        "2: ret");

static void stacks(void)
{
    for (int i = 0; i < 12; i++) {
        uint16_t state[14];
        rounds = i % 4;
        pops();
        __asm__ volatile("fnstenv %0\n\tfninit" : "=m"(state));
        printf("%d: status %04x, tags %04x\n", i % 4, state[2], state[4]);
    }
}

int main(void)
{
    rounding(0x5f80);
    rounding(0x3f80);
    rounding(0x1f80);
    rounding(0xff80);
    stacks();
    return 0;
}

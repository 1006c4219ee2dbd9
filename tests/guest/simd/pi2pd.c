/* CVTPI2PD and CVTPI2PS of a memory operand leave the x87 alone: its stack stays, and an exception that waits
 * there goes on waiting. From a register they do neither.
 * @cflags: -msse2
 * @variants: O2 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

static sigjmp_buf back;

static void on_fpe(int signo)
{
    siglongjmp(back, signo);
}

#define OF_MEMORY(op)   __asm__ volatile(op " %0, %%xmm0" : : "m"(two) : "xmm0")
#define OF_REGISTER(op) __asm__ volatile(op " %%mm0, %%xmm0" : : : "xmm0")

int main(void)
{
    static const int32_t two[2] = {5, -7};
    static const uint16_t unmasked = 0x37e;
    double r[3], packed[2];
    for (int k = 0; k < 100; k++)
        __asm__ volatile("fninit; fldpi; fld1; fldz; cvtpi2pd %4, %%xmm0; movupd %%xmm0, %3\n\t"
                         "fstpl %0; fstpl %1; fstpl %2"
                         : "=m"(r[0]), "=m"(r[1]), "=m"(r[2]), "=m"(packed)
                         : "m"(two)
                         : "xmm0");
    printf("%g %g %g, %g %g\n", r[0], r[1], r[2], packed[0], packed[1]);
    signal(SIGFPE, on_fpe);
    for (int k = 0; k < 4; k++) {
        int signo = sigsetjmp(back, 1);
        if (!signo) {
            __asm__ volatile("fninit; fldcw %0; fldz; fldz; fdivp" : : "m"(unmasked));
            switch (k) {
            case 0: OF_MEMORY("cvtpi2pd"); break;
            case 1: OF_MEMORY("cvtpi2ps"); break;
            case 2: OF_REGISTER("cvtpi2pd"); break;
            default: OF_REGISTER("cvtpi2ps"); break;
            }
        }
        __asm__ volatile("fninit");
        printf("%d: signal %d\n", k, signo);
    }
    return 0;
}

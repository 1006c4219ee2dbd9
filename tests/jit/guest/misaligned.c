/* Accesses that are misaligned, of each kind that has a way of its own in translated code, alone and in the
 * sequences that are translated as one. Prints one number. */
#include <stdint.h>
#include <stdio.h>

static _Alignas(64) unsigned char at[128];

#define NUMBER "3(%0)"
#define OTHER  "27(%0)"
#define KIND(name, code)                                                                 \
    static __attribute__((noinline)) void name(void)                                     \
    {                                                                                    \
        __asm__ volatile(code ::"r"(at) : "eax", "edx", "cc", "memory", "xmm0", "xmm1"); \
    }

KIND(word, "movw " NUMBER ", %%ax; addw $1, " OTHER "; movw %%ax, 63(%0)")
KIND(dword, "movl " NUMBER ", %%eax; addl $1, " OTHER "; movl %%eax, 61(%0); xchgl %%eax, 45(%0)")
KIND(stack,
     "pushl " NUMBER "; popl " OTHER "; lea -2(%%esp), %%esp; pushl $1; popl %%eax; lea 2(%%esp), %%esp")
KIND(load, "fldl " NUMBER "; fstpl " OTHER)
KIND(pair, "fldl " NUMBER "; faddl " OTHER "; fstpl " NUMBER)
KIND(reversed, "fldl " NUMBER "; fdivrl " OTHER "; fstpl " OTHER)
KIND(aligned_pair, "fldl 32(%0); faddl " OTHER "; fstpl 32(%0)")
KIND(dot, "fldz; fldl " NUMBER "; fmull " OTHER "; faddp; fstpl 32(%0)")
KIND(axpy, "fld1; fldl " NUMBER "; fmul %%st(1); faddl " OTHER "; fstpl " OTHER "; fstp %%st(0)")
KIND(copy, "fld1; fld %%st(0); faddl " OTHER "; fstpl 32(%0); fstp %%st(0)")
KIND(stored, "fldl " NUMBER "; fld1; fxch; fmul %%st(1); fstpl " OTHER "; fstp %%st(0)")
KIND(single, "flds " NUMBER "; fadds " OTHER "; fstps " NUMBER)
KIND(integers, "fildl " NUMBER "; fiaddl " OTHER "; fistpl 61(%0); filds " OTHER "; fistps 31(%0)")
KIND(wide, "fildll " NUMBER "; fistpll " OTHER "; fldt " NUMBER "; fstpt " OTHER)
KIND(compared, "fldl " NUMBER "; fcompl " OTHER "; fnstsw %%ax")
KIND(scalar, "movsd " NUMBER ", %%xmm0; addsd " OTHER ", %%xmm0; movsd %%xmm0, " NUMBER)
KIND(small,
     "movss " NUMBER ", %%xmm0; mulss " OTHER ", %%xmm0; movss %%xmm0, " NUMBER "; cvtsi2sdl 61(%0), %%xmm1")
KIND(packed, "movdqu " NUMBER ", %%xmm0; movq " OTHER ", %%xmm1; paddd %%xmm1, %%xmm0; movdqu %%xmm0, " OTHER)
KIND(halves,
     "movlps " NUMBER ", %%xmm0; movhps " OTHER ", %%xmm0; movhps %%xmm0, " NUMBER "; movd 61(%0), %%xmm1")

static void (*const kinds[])(void) = {word,     dword,  stack, load,   pair,   reversed, aligned_pair,
                                      dot,      axpy,   copy,  stored, single, integers, wide,
                                      compared, scalar, small, packed, halves};

int main(void)
{
    uint32_t sum = 0;
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (unsigned n = 0; n < sizeof at; n++)
            at[n] = (unsigned char)(n * 11 % 64);
        for (unsigned n = 0; n < 400; n++)
            kinds[k]();
        for (unsigned n = 0; n < sizeof at; n++)
            sum = sum * 31 + at[n];
    }
    printf("%u\n", sum);
    return 0;
}

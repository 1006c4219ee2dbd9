/* MMX between x87 instructions, in either model of the x87's registers.
 * @cpu: pentium3
 * @cflags: -mmmx
 * @variants: O2 */
#include <stdint.h>
#include <stdio.h>

static uint64_t shuffle(uint64_t v)
{
    uint64_t out;
    __asm__ volatile("movq %1, %%mm0; paddb %%mm0, %%mm0; pshufw $27, %%mm0, %%mm1; movq %%mm1, %%mm5\n\t"
                     "pmaddwd %%mm0, %%mm5; pxor %%mm1, %%mm5; movq %%mm5, %0; emms"
                     : "=m"(out)
                     : "m"(v));
    return out;
}

/* What the x87 pushed is in MMX registers 7, 6, …: the significands. */
static void significands(void)
{
    uint64_t one, pi, sum;
    double d = 0;
    __asm__ volatile("fninit; fld1; fldl %4; movq %%mm7, %0; movq %%mm6, %1; paddd %%mm7, %%mm6\n\t"
                     "movq %%mm6, %2; emms; fldl %4; fld1; faddp; fstpl %3"
                     : "=m"(one), "=m"(pi), "=m"(sum), "=m"(d)
                     : "m"((double){3.25}));
    printf("%016llx %016llx %016llx %g\n", (unsigned long long)one, (unsigned long long)pi,
           (unsigned long long)sum, d);
}

/* An MMX register is a NaN to the x87. */
static void nan(void)
{
    uint8_t ten[10];
    uint64_t v = 0x8123456789abcdefull;
    __asm__ volatile("fninit; movq %1, %%mm0; fstpt %0; fninit" : "=m"(ten) : "m"(v));
    for (int k = 9; k >= 0; k--)
        printf("%02x", ten[k]);
    printf("\n");
}

int main(void)
{
    uint64_t v = 0x0123456789abcdefull;
    volatile double d = 0; /* not in a register that MMX shares */
    for (int k = 0; k < 300; k++) {
        v = shuffle(v + k);
        d = d / 7 + (double)(int32_t)v / 3;
    }
    printf("%016llx %.9g\n", (unsigned long long)v, d);
    significands();
    nan();
    return 0;
}

/* What follows the flags of fcomi and fucomi: each condition as setcc, jump and cmov, then adc, lahf behind
 * inc, and pushf; often enough to be translated.
 * @variants: O2 */
#include "tests/guest/guest.h"

static const double values[] = {
    0.0, -0.0, 1.0, -1.0, 2.0, 0x1p-1022, 1e300, __builtin_inf(), -__builtin_inf(), __builtin_nan("")};
enum { VALUES = sizeof values / sizeof values[0], ROUNDS = 4 };

#define AFTER(compare, what)                                                                    \
    do {                                                                                        \
        uint32_t x = 5;                                                                         \
        __asm__ volatile("fldl %2\n fldl %1\n " compare " %%st(1), %%st\n fstp %%st(0)\n " what \
                         : "+r"(x)                                                              \
                         : "m"(a), "m"(b)                                                       \
                         : "cc", "eax", "ecx", "st", "st(1)");                                  \
        MIX(sum, x);                                                                            \
    } while (0)

#define CONDITION(compare, cc)                                     \
    AFTER(compare, "set" cc " %%cl\n movzbl %%cl, %0");            \
    AFTER(compare, "movl $1, %0\n j" cc " 1f\n movl $0, %0\n 1:"); \
    AFTER(compare, "movl $3, %%ecx\n cmov" cc " %%ecx, %0")

#define CONDITIONS(compare)   \
    CONDITION(compare, "o");  \
    CONDITION(compare, "no"); \
    CONDITION(compare, "b");  \
    CONDITION(compare, "ae"); \
    CONDITION(compare, "e");  \
    CONDITION(compare, "ne"); \
    CONDITION(compare, "be"); \
    CONDITION(compare, "a");  \
    CONDITION(compare, "s");  \
    CONDITION(compare, "ns"); \
    CONDITION(compare, "p");  \
    CONDITION(compare, "np"); \
    CONDITION(compare, "l");  \
    CONDITION(compare, "ge"); \
    CONDITION(compare, "le"); \
    CONDITION(compare, "g")

#define OTHERS(compare)                                 \
    AFTER(compare, "adcl $7, %0");                      \
    AFTER(compare, "incl %0\n lahf\n movzbl %%ah, %0"); \
    AFTER(compare, "pushf\n popl %0\n andl $0x8d5, %0")

static uint32_t ordered(double a, double b)
{
    uint32_t sum = MIX_START;
    CONDITIONS("fcomip");
    OTHERS("fcomip");
    return sum;
}

static uint32_t quiet(double a, double b)
{
    uint32_t sum = MIX_START;
    CONDITIONS("fucomip");
    OTHERS("fucomip");
    return sum;
}

int main(void)
{
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < VALUES; i++) {
            for (int k = 0; k < VALUES; k++) {
                uint32_t sums[] = {ordered(values[i], values[k]), quiet(values[i], values[k])};
                if (round == ROUNDS) printf("%g %g: %08x %08x\n", values[i], values[k], sums[0], sums[1]);
            }
        }
    }
    return 0;
}

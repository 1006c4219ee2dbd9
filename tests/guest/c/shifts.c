/* Shifts and rotates with counts of 0, 1, above the width and in CL, double shifts, and the flags they leave,
 * read with pushf where they are defined. */
#include "tests/guest/guest.h"

enum { CF = 1, PF = 4, ZF = 0x40, SF = 0x80, OF = 0x800 };

#define SHIFT(name, insn, reg, type)                                                   \
    static uint32_t name(type v, unsigned char n, uint32_t carry, unsigned *flags)     \
    {                                                                                  \
        unsigned f;                                                                    \
        __asm__ volatile("btl $0, %3\n\t" insn " %%cl, %" reg "0\n\tpushfl\n\tpopl %1" \
                         : "+q"(v), "=&r"(f)                                           \
                         : "c"(n), "r"(carry)                                          \
                         : "cc");                                                      \
        *flags = f;                                                                    \
        return v;                                                                      \
    }

SHIFT(shlb, "shlb", "b", uint8_t)
SHIFT(shrb, "shrb", "b", uint8_t)
SHIFT(sarb, "sarb", "b", uint8_t)
SHIFT(rolb, "rolb", "b", uint8_t)
SHIFT(rorb, "rorb", "b", uint8_t)
SHIFT(rclb, "rclb", "b", uint8_t)
SHIFT(rcrb, "rcrb", "b", uint8_t)
SHIFT(shlw, "shlw", "w", uint16_t)
SHIFT(shrw, "shrw", "w", uint16_t)
SHIFT(rclw, "rclw", "w", uint16_t)
SHIFT(rcrw, "rcrw", "w", uint16_t)
SHIFT(rolw, "rolw", "w", uint16_t)
SHIFT(shll, "shll", "", uint32_t)
SHIFT(shrl, "shrl", "", uint32_t)
SHIFT(sarl, "sarl", "", uint32_t)
SHIFT(roll, "roll", "", uint32_t)
SHIFT(rorl, "rorl", "", uint32_t)
SHIFT(rcll, "rcll", "", uint32_t)
SHIFT(rcrl, "rcrl", "", uint32_t)

#define ROW(f, width, rotate)                                                            \
    {                                                                                    \
#f, (uint32_t(*)(uint32_t, unsigned char, uint32_t, unsigned *))f, width, rotate \
    }
static const struct {
    const char *name;
    uint32_t (*f)(uint32_t, unsigned char, uint32_t, unsigned *);
    unsigned width, rotate;
} rows[] = {
    ROW(shlb, 8, 0),  ROW(shrb, 8, 0),  ROW(sarb, 8, 0),  ROW(rolb, 8, 1),  ROW(rorb, 8, 1),
    ROW(rclb, 8, 1),  ROW(rcrb, 8, 1),  ROW(shlw, 16, 0), ROW(shrw, 16, 0), ROW(rclw, 16, 1),
    ROW(rcrw, 16, 1), ROW(rolw, 16, 1), ROW(shll, 32, 0), ROW(shrl, 32, 0), ROW(sarl, 32, 0),
    ROW(roll, 32, 1), ROW(rorl, 32, 1), ROW(rcll, 32, 1), ROW(rcrl, 32, 1),
};

/* CF is undefined for shl/shr by more than the width, OF for counts other than 1 (SDM vol. 2). */
static unsigned defined(unsigned width, unsigned rotate, unsigned n)
{
    unsigned mask = rotate ? CF : CF | PF | ZF | SF;
    n &= 31;
    if (n == 0) return CF;
    if (n == 1) mask |= OF;
    if (!rotate && n >= width) mask &= ~CF;
    return mask;
}

int main(void)
{
    for (unsigned r = 0; r < sizeof rows / sizeof *rows; r++) {
        uint32_t sum = MIX_START;
        for (unsigned n = 0; n < 256; n += n < 34 ? 1 : 31)
            for (int i = 0; i < 12; i++) {
                unsigned flags;
                uint32_t carry = i & 1, v = rows[r].f(rnd(), n, carry, &flags);
                flags &= defined(rows[r].width, rows[r].rotate, n);
                sum = MIX(sum, v);
                sum = MIX(sum, flags);
            }
        printf("%s %08x\n", rows[r].name, sum);
    }
    uint32_t sum = MIX_START;
    for (int i = 0; i < 2000; i++) {
        uint32_t a = rnd(), b = rnd(), c = a;
        __asm__ volatile("shldl %%cl, %1, %0" : "+r"(a) : "r"(b), "c"(i) : "cc");
        __asm__ volatile("shrdl $11, %1, %0" : "+r"(c) : "r"(b) : "cc");
        uint64_t v = rnd64(), s = v << (i % 64), u = v >> (i % 64), t = (uint64_t)((int64_t)v >> (i % 64));
        sum = MIX(sum, a), sum = MIX(sum, c), sum = MIX(sum, s), sum = MIX(sum, u), sum = MIX(sum, t);
    }
    printf("double shifts %08x\n", sum);
    return 0;
}

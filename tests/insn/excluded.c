/* Opcodes that CPUs execute or refuse depending on extensions that tierrun's default CPU does not have: what
 * the real CPU does with them says nothing about tierrun. The one list of them. */
#include "tests/insn/gen.h"

enum { MEM = 1, REG = 2, BOTH = 3 };

struct extension {
    uint8_t map; /* 0: one byte, 1: 0F */
    uint8_t first, last;
    uint8_t operands; /* with which kind of r/m operand */
    uint8_t digits;   /* bit d: with /d */
    const char *name;
};

// clang-format off
static const struct extension extensions[] = {
    {0, 0x62, 0x62, REG,  0xff, "AVX-512"},
    {0, 0x8f, 0x8f, BOTH, 0xfe, "XOP"},
    {0, 0xc4, 0xc5, REG,  0xff, "AVX, BMI"},
    {0, 0xc6, 0xc7, REG,  0x80, "TSX"},
    {1, 0x01, 0x01, REG,  0xff, "VMX, XSAVE, PKU, RDTSCP, …"},
    {1, 0x01, 0x01, MEM,  0x20, "CET"},
    {1, 0x04, 0x05, BOTH, 0xff, "SYSCALL"},
    {1, 0x07, 0x07, BOTH, 0xff, "SYSRET"},
    {1, 0x0d, 0x0d, REG,  0xff, "PREFETCHW"},
    {1, 0x0e, 0x0f, BOTH, 0xff, "3DNow!"},
    {1, 0x10, 0x17, BOTH, 0xff, "SSE"},
    {1, 0x28, 0x2f, BOTH, 0xff, "SSE"},
    {1, 0x34, 0x37, BOTH, 0xff, "SYSENTER, GETSEC"},
    {1, 0x38, 0x38, BOTH, 0xff, "SSSE3 and later"},
    {1, 0x3a, 0x3a, BOTH, 0xff, "SSSE3 and later"},
    {1, 0x50, 0x7f, BOTH, 0xff, "MMX, SSE, VMX"},
    {1, 0xae, 0xae, BOTH, 0xff, "FXSR, SSE, XSAVE, CLFLUSH"},
    {1, 0xb8, 0xb8, BOTH, 0xff, "POPCNT"},
    {1, 0xc2, 0xc6, BOTH, 0xff, "SSE"},
    {1, 0xc7, 0xc7, BOTH, 0xfd, "RDRAND, XSAVES, VMX"},
    {1, 0xd0, 0xfe, BOTH, 0xff, "MMX, SSE"},
};
// clang-format on

const char *excluded(const uint8_t *bytes, unsigned n)
{
    unsigned at = 0, map = 0;
    if (n > 1 && bytes[0] == 0x0f) map = at = 1;
    if (at + 1 >= n) return NULL;
    unsigned opcode = bytes[at], modrm = bytes[at + 1], kind = modrm >= 0xc0 ? REG : MEM;
    for (unsigned k = 0; k < sizeof extensions / sizeof extensions[0]; k++) {
        const struct extension *e = &extensions[k];
        if (e->map == map && e->first <= opcode && opcode <= e->last && e->operands & kind &&
            e->digits >> (modrm >> 3 & 7) & 1)
            return e->name;
    }
    return NULL;
}

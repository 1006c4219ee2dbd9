/* Integer operands. */
#include "tests/insn/guest/values.h"

static uint32_t random_state, last;

void values_seed(uint32_t seed)
{
    random_state = seed * 2654435761u | 1;
    last = 0;
}

/* Marsaglia's xorshift: a guest instruction or two for each step, the same on every machine. */
uint32_t values_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state * 0x9e3779b1u ^ random_state >> 15;
}

static const uint32_t edges[32] = {
    0,          1,          2,          3,          7,          8,          0xf,        0x10,
    0x1f,       0x20,       0x21,       0x7f,       0x80,       0x81,       0xff,       0x100,
    0x7fff,     0x8000,     0x8001,     0xffff,     0x10000,    0x7ffffffe, 0x7fffffff, 0x80000000,
    0x80000001, 0xfffffffe, 0xffffffff, 0xffff8000, 0xffffff80, 0xffffff7f, 0x99,       0x9a,
};

uint32_t values_number(void)
{
    uint32_t r = values_bits();
    switch (r >> 29) {
    case 0:
    case 1: last = edges[r & 31]; break;
    case 2: break;
    case 3: last += (r & 3) - 1; break;
    case 4: last = values_bits() >> (r & 31); break;
    default: last = values_bits(); break;
    }
    return last;
}

/* Selectors that mean the same to every Linux process: null ones, the flat ones, the two that the runner made
 * and one it did not, its LDT entries, kernel ones, ones beyond the tables. The 64-bit code selector is not
 * here (a far transfer would leave i386), nor the one whose limit is the number of the CPU. */
uint32_t values_selector(void)
{
    static const uint16_t selectors[32] = {
        0,    1,    3,    0x23, 0x2b, 0x63, 0x6b, 0x73, 0x2b, 0x63, 0x6b, 0x2a,   0x28,   0x20, 0x62, 0x10,
        0x18, 0x40, 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x06, 0x3f, 0x1007, 0xffff, 0x83, 0xfb, 0x2b,
    };
    return selectors[values_bits() & 31];
}

/* For SS, whose base must stay 0 while the runner uses it. */
uint32_t values_ss_selector(void)
{
    static const uint16_t selectors[8] = {0x2b, 0x2b, 0, 0x23, 0x73, 0x2a, 0x10, 0xffff};
    return selectors[values_bits() & 7];
}

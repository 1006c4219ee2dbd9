/* Programs of random bytes, for --noise: slots that are entered one after the other, each after the fault
 * that ended the one before. They may rewrite themselves. What would leave the program, or tells of the
 * machine, is left out. */
#include "tests/fuzz/progen.h"

#include <string.h>

static uint32_t state;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state * 0x9e3779b1u >> 3;
}

static uint8_t one_byte(unsigned taste)
{
    static const uint8_t common[] = {0x0f, 0x66, 0xf3, 0xf2, 0x8b, 0x89, 0x83, 0x81, 0xc1, 0xd3, 0xd8,
                                     0xd9, 0xdb, 0xdd, 0xdf, 0x74, 0x75, 0x7c, 0xeb, 0xe8, 0xc3, 0x50,
                                     0x58, 0xf7, 0xff, 0xa4, 0xab, 0x9c, 0x9d, 0xf0, 0x64, 0x67, 0x6f,
                                     0x7f, 0x28, 0x10, 0x58, 0x59, 0x46, 0x03, 0xe2, 0xfe};
    return (uint8_t)(next() % 8 < taste ? common[next() % sizeof common] : next());
}

/* Interrupts, and after 0f: fast system calls, counters, CPUID and other questions about the machine. */
static void tame(uint8_t *code, unsigned n)
{
    static const uint8_t left_out[] = {0x01, 0x05, 0x07, 0x31, 0x33, 0x34, 0x35, 0xa2, 0xc7};
    for (unsigned k = 0; k < n; k++) {
        if (code[k] == 0xcd) code[k] = 0x90;
        if (k && code[k - 1] == 0x0f && memchr(left_out, code[k], sizeof left_out)) code[k] = 0x90;
    }
}

static uint32_t start_value(unsigned reg)
{
    static const uint32_t where[] = {
        AREA + 0x1000, AREA + AT_F64, STACK_START - 0x200, BORDER_NONE - 64, 0, 7};
    if (reg == ESP) return STACK_START;
    uint32_t v = where[next() % (sizeof where / sizeof *where)];
    return next() % 12 ? v + next() % 16 * 4 : next();
}

void noise_make(struct prog *p, uint32_t seed, uint32_t base)
{
    unsigned taste = seed % 7;
    state = seed * 2654435761u | 1;
    memset(p, 0, offsetof(struct prog, code));
    p->resume_count = p->item_count = 0;
    p->size = NOISE_SIZE;
    for (unsigned k = 0; k < NOISE_SIZE; k++)
        p->code[k] = k < NOISE_SLOTS * NOISE_SLOT ? one_byte(taste) : 0xcc;
    tame(p->code, NOISE_SIZE);
    for (unsigned r = 0; r < 8; r++)
        p->head.gpr[r] = start_value(r);
    if (next() % 4 == 0) p->head.gpr[EDI] = base + next() % 256; /* a string that overwrites what runs */
    p->head.seed = seed;
    p->head.entry = base;
    p->head.eflags = 0x202 | (next() & 0x8d5);
    p->head.control = 0x37f;
    p->head.depth = (uint16_t)(next() % 5);
    p->head.mxcsr = 0x1f80;
    p->head.lanes = next() % LANES_KINDS;
}

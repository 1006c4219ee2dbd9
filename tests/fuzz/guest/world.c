#include "tests/fuzz/guest/world.h"

#include <asm/ldt.h>

#include "tests/insn/guest/system.h"
#include "tests/insn/guest/values.h"
#include "tests/insn/trial.h"

static void make_segments(void)
{
    struct user_desc d = {.limit = 0xfffff, .limit_in_pages = 1, .seg_32bit = 1, .useable = 1};
    d.entry_number = 12;
    d.base_addr = AREA;
    sys_set_thread_area(&d);
    d.entry_number = 13;
    sys_set_thread_area(&d);
    __asm__ volatile("mov %0, %%fs\n\tmov %1, %%gs" : : "r"(12 * 8 + 3), "r"(13 * 8 + 3));
}

/* Whole large pages are mapped, so that a host with such pages has plain memory but for the border. */
void world_make(void)
{
    sys_map(AREA, 0x10000);
    sys_map(STACK, STACK_SIZE);
    sys_map(BORDER, 0x3000);
    sys_protect(BORDER_NONE, 0x1000, 0);
    sys_protect(BORDER_READ_ONLY, 0x1000, 1);
    make_segments();
}

static uint8_t *at(uint32_t offset)
{
    return (uint8_t *)(uintptr_t)(AREA + offset);
}

static void fill_numbers(uint32_t from, uint32_t to, unsigned shift)
{
    for (uint32_t k = from; k < to; k += 4) {
        uint32_t v = values_number() >> shift;
        __builtin_memcpy(at(k), &v, 4);
    }
}

/* A double of everyday size. */
static void put_plain_double(uint8_t *to)
{
    uint64_t bits = (uint64_t)values_bits() << 32 | values_bits();
    uint64_t exponent = 1023 - 6 + (values_bits() & 15);
    if (values_bits() & 1) bits &= ~0ull << 40;
    bits = (bits & 0x800fffffffffffffull) | exponent << 52;
    __builtin_memcpy(to, &bits, 8);
}

static void put_plain_float(uint8_t *to)
{
    uint32_t bits = (values_bits() & 0x807fffff) | (127 - 6 + (values_bits() & 15)) << 23;
    __builtin_memcpy(to, &bits, 4);
}

static void put_plain_extended(uint8_t *to)
{
    uint64_t bits = (uint64_t)values_bits() << 32 | values_bits() | 1ull << 63;
    uint16_t exponent = (values_bits() & 0x8000) | (16383 - 6 + (values_bits() & 15));
    __builtin_memcpy(to, &bits, 8);
    __builtin_memcpy(to + 8, &exponent, 2);
}

static void fill_floats(void)
{
    for (uint32_t k = 0; k < 128; k++)
        if (values_bits() & 3)
            put_plain_double(at(AT_F64 + 8 * k));
        else
            values_f64(at(AT_F64 + 8 * k));
    for (uint32_t k = 0; k < 128; k++)
        if (values_bits() & 3)
            put_plain_float(at(AT_F32 + 4 * k));
        else
            values_f32(at(AT_F32 + 4 * k));
    for (uint32_t k = 0; k < 51; k++)
        if (values_bits() & 3)
            put_plain_extended(at(AT_F80 + 10 * k));
        else
            values_f80(at(AT_F80 + 10 * k), DOMAIN_ANY);
    for (uint32_t k = 0; k < 25; k++)
        values_bcd(at(AT_BCD + 10 * k));
}

void world_fill(uint32_t seed)
{
    values_seed(seed);
    fill_numbers(0, AREA_SIZE, 0);
    fill_floats();
    fill_numbers(AT_SMALL, AT_BCD, 20);
    for (uint32_t k = 0; k < 0x100; k += 4)
        *(volatile uint32_t *)(uintptr_t)(AREA + AT_SCRATCH + k) = *(uint32_t *)at(AT_COUNTERS + k) = 0;
    for (uint32_t a = BORDER_NONE - BORDER_USED; a < BORDER_NONE; a += 4)
        *(volatile uint32_t *)(uintptr_t)a = a * 2654435761u;
    for (uint32_t a = STACK_START - 0x400; a < STACK_START; a += 4)
        *(volatile uint32_t *)(uintptr_t)a = a;
}

/* The registers in use hold everyday numbers, or now and then anything; TOP depends on the seed. */
void world_x87(const struct program *p, uint8_t image[108])
{
    uint32_t top = (p->seed >> 3) & 7, tags = 0xffff;
    for (uint32_t k = 0; k < p->depth; k++)
        tags &= ~(3u << 2 * ((top + k) & 7));
    __builtin_memset(image, 0, 108);
    __builtin_memcpy(image, &p->control, 2);
    image[5] = (uint8_t)(top << 3);
    __builtin_memcpy(image + 8, &tags, 2);
    for (uint32_t k = 0; k < 8; k++)
        if (values_bits() & 7)
            put_plain_extended(image + 28 + 10 * k);
        else
            values_f80(image + 28 + 10 * k, DOMAIN_ANY);
}

/* Numbers of the kind that most of the program's instructions work on. */
void world_simd(const struct program *p, uint8_t image[512])
{
    static const uint8_t content[] = {[LANES_DOUBLE] = CONTENT_LANES_F64,
                                      [LANES_SINGLE] = CONTENT_LANES_F32,
                                      [LANES_INT] = CONTENT_LANES_INT};
    values_fx(image, image, 0, content[p->lanes % LANES_KINDS], 0);
    __builtin_memcpy(image + FX_MXCSR, &p->mxcsr, sizeof p->mxcsr);
    if (p->lanes == LANES_INT) return;
    for (uint32_t at = FX_XMM; at < FX_SIZE; at += 8) {
        if ((values_bits() & 7) == 0) continue;
        if (p->lanes == LANES_DOUBLE) {
            put_plain_double(image + at);
        } else {
            put_plain_float(image + at);
            put_plain_float(image + at + 4);
        }
    }
}

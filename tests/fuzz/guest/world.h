/* The memory, segments, x87 and SIMD state that a generated program finds. */
#ifndef TESTS_FUZZ_GUEST_WORLD_H
#define TESTS_FUZZ_GUEST_WORLD_H

#include "tests/fuzz/program.h"

void world_make(void);
void world_fill(uint32_t seed);
void world_x87(const struct program *p, uint8_t image[108]);
void world_simd(const struct program *p, uint8_t image[512]);

#endif

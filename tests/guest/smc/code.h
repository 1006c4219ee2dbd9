/* Small functions made at run time: `mov eax, N; ret`, and how they are called. */
#ifndef TESTS_GUEST_SMC_CODE_H
#define TESTS_GUEST_SMC_CODE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FUNCTION = 6, RWX = PROT_READ | PROT_WRITE | PROT_EXEC };

__attribute__((unused)) static void put_function(void *at, uint32_t n)
{
    unsigned char code[FUNCTION] = {0xb8, 0, 0, 0, 0, 0xc3};
    memcpy(code + 1, &n, 4);
    memcpy(at, code, sizeof code);
}

static inline uint32_t call_function(void *at)
{
    return ((uint32_t(*)(void))at)();
}

/* Often enough to be translated. */
__attribute__((unused)) static uint32_t call_hot(void *at)
{
    uint32_t sum = 0;
    for (int i = 0; i < 120; i++)
        sum += call_function(at);
    return sum / 120;
}

__attribute__((unused)) static char *code_pages(unsigned n)
{
    char *p = mmap(NULL, n * 4096, RWX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) exit(99);
    return p;
}

#endif

/* Stores of many forms to the immediate of the very next instruction, once the code has run with its stores
 * elsewhere. */
#include "tests/guest/smc/code.h"

typedef uint32_t routine(void *target, uint32_t value);

struct form {
    const char *name;
    unsigned char bytes[20]; /* ecx is the target, edx the value; a 0 ends it */
};

static const struct form forms[] = {
    {"mov", {0x89, 0x11}},
    {"inc", {0xff, 0x01}},
    {"lock xadd", {0xf0, 0x0f, 0xc1, 0x11}},
    {"cmpxchg", {0x8b, 0x01, 0x0f, 0xb1, 0x11}},
    {"shld", {0x0f, 0xa4, 0x11, 0x04}},
    {"rcl", {0xd3, 0x11}},
    {"bts", {0x0f, 0xba, 0x29, 0x05}},
    {"setc", {0x0f, 0x92, 0x01}},
    {"stosd", {0x89, 0xcf, 0x89, 0xd0, 0xab}},
    {"push", {0x89, 0xe5, 0x8d, 0x61, 0x04, 0x52, 0x89, 0xec}},
    {"pop", {0x52, 0x8f, 0x01}},
    {"fist", {0x52, 0xdb, 0x04, 0x24, 0xdb, 0x19, 0x5a}},
    {"fnstcw", {0xd9, 0x39}},
    {"movd mm", {0x0f, 0x6e, 0xc2, 0x0f, 0x7e, 0x01, 0x0f, 0x77}},
    {"movd xmm", {0x66, 0x0f, 0x6e, 0xc2, 0x66, 0x0f, 0x7e, 0x01}},
    {"movnti", {0x0f, 0xc3, 0x11}},
    {"stmxcsr", {0x0f, 0xae, 0x19}},
    {"mov ds", {0x8c, 0x19}},
};

/* push edi, ebp; mov ecx, edx; clc; the store; mov eax, …; pop ebp, edi; ret. Gives where the immediate lies.
 */
static char *put(char *at, const struct form *f)
{
    static const char begin[] = {0x57, 0x55, 0x8b, 0x4c, 0x24, 0x0c, 0x8b, 0x54, 0x24, 0x10, 0xf8};
    static const char end[] = {0xb8, 0x11, 0x22, 0x33, 0x44, 0x5d, 0x5f, 0xc3};
    memcpy(at, begin, sizeof begin);
    at += sizeof begin;
    memcpy(at, f->bytes, strlen((const char *)f->bytes));
    at += strlen((const char *)f->bytes);
    memcpy(at, end, sizeof end);
    return at + 1;
}

static void show(const struct form *f, char *at)
{
    static uint32_t elsewhere[2];
    routine *run = (routine *)(void *)at;
    char *immediate = put(at, f);
    printf("%s:", f->name);
    for (int i = 0; i < 100; i++)
        run(elsewhere, 0x55667788);
    for (uint32_t i = 0; i < 3; i++)
        printf(" %x", run(immediate, 0x55667788 + i * 0x01010101));
    printf("\n");
}

int main(void)
{
    char *page = code_pages(2);
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        show(&forms[k], page + 64 * k);
        show(&forms[k], page + 4096 - 13); /* on two pages */
    }
    return 0;
}

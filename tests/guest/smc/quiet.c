/* A page of very many small blocks that is written until it is not watched, then left alone until it is
 * watched again: that happens between two of them, and the first one is gone by then. */
#include "tests/guest/smc/code.h"

enum { BLOCKS = 900, SPARE = BLOCKS * 4 + 8 };

/* inc eax; jmp over a nop; …; ret */
static void put_chain(unsigned char *page)
{
    static const unsigned char block[4] = {0x40, 0xeb, 1, 0x90};
    for (int i = 0; i < BLOCKS; i++)
        memcpy(page + 4 * i, block, 4);
    page[4 * BLOCKS] = 0xc3;
}

static uint32_t run(unsigned char *page)
{
    uint32_t n = 0;
    __asm__ volatile("call *%1" : "+a"(n) : "r"(page) : "memory", "cc");
    return n;
}

int main(void)
{
    unsigned char *page = (unsigned char *)code_pages(1);
    uint32_t sum = 0;
    put_chain(page);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 140; i++) {
            *(volatile unsigned char *)(page + SPARE) = (unsigned char)i;
            sum += run(page + 4 * (BLOCKS - 2));
        }
        for (int i = 0; i < 3 << round; i++)
            sum += run(page);
    }
    printf("%u\n", sum);
    return 0;
}

/* CRC-32 by bits and by table, Adler-32, Fletcher-16 and FNV of a generated text. */
#include "tests/guest/guest.h"

static uint32_t table[256];

static void make_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[i] = c;
    }
}

static uint32_t by_table(const unsigned char *p, size_t n)
{
    uint32_t c = ~0u;
    while (n--)
        c = table[(c ^ *p++) & 255] ^ c >> 8;
    return ~c;
}

static uint32_t by_bits(const unsigned char *p, size_t n)
{
    uint32_t c = ~0u;
    while (n--) {
        c ^= *p++;
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (0xedb88320u & -(c & 1));
    }
    return ~c;
}

static uint32_t adler(const unsigned char *p, size_t n)
{
    uint32_t a = 1, b = 0;
    while (n--)
        a = (a + *p++) % 65521, b = (b + a) % 65521;
    return b << 16 | a;
}

static uint16_t fletcher(const unsigned char *p, size_t n)
{
    uint16_t a = 0, b = 0;
    while (n--)
        a = (a + *p++) % 255, b = (b + a) % 255;
    return b << 8 | a;
}

int main(void)
{
    static unsigned char text[20000];
    make_table();
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "etaoin shrdlu\n"[rnd() % 14];
    printf("check value %08x %08x\n", by_table((const unsigned char *)"123456789", 9),
           by_bits((const unsigned char *)"123456789", 9));
    for (size_t n = 1; n <= sizeof text; n = n * 3 + 1)
        printf("%zu %08x %08x %08x %04x %08x\n", n, by_table(text, n), by_bits(text, n), adler(text, n),
               fletcher(text, n), mix(MIX_START, text, n));
    return 0;
}

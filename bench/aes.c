/* AES-128 (FIPS 197), written from the standard in its table form: four look-ups a column and round.
 * aes [ROUNDS]: a round encrypts 1 KiB in CBC mode, in place. The standard's example is checked; so is, with
 * a few rounds, that the inverse steps taken one by one lead back. */
#include <stdint.h>
#include <string.h>

#include "bench/report.h"

enum { ROUNDS = 10, WORDS = 4 * (ROUNDS + 1), DATA = 1024 };

static uint8_t sbox[256], inverse[256];
static uint32_t table[4][256]; /* SubBytes, ShiftRows and MixColumns in one: for each row of a column */

static uint8_t doubled(uint8_t x)
{
    return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0));
}

static uint8_t times(uint8_t a, uint8_t b)
{
    uint8_t product = 0;

    for (; b != 0; b >>= 1, a = doubled(a))
        if (b & 1) product ^= a;
    return product;
}

static uint8_t turned(uint8_t x, int n)
{
    return (uint8_t)(x << n | x >> (8 - n));
}

/* p runs through all of the field but 0, q is its reciprocal: 3 generates, and f6 undoes it. */
static void make_tables(void)
{
    uint8_t p = 1, q = 1;

    do {
        p = times(p, 3);
        q = times(q, 0xf6);
        sbox[p] = (uint8_t)(q ^ turned(q, 1) ^ turned(q, 2) ^ turned(q, 3) ^ turned(q, 4) ^ 0x63);
    } while (p != 1);
    sbox[0] = 0x63;
    for (int i = 0; i < 256; i++) {
        uint8_t s = sbox[i];
        uint32_t column = (uint32_t)doubled(s) << 24 | (uint32_t)s << 16 | (uint32_t)s << 8 | times(s, 3);

        inverse[s] = (uint8_t)i;
        for (int row = 0; row < 4; row++) {
            table[row][i] = column;
            column = column >> 8 | column << 24;
        }
    }
}

static uint32_t get(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t substitute(uint32_t w)
{
    return (uint32_t)sbox[w >> 24] << 24 | (uint32_t)sbox[w >> 16 & 0xff] << 16 |
           (uint32_t)sbox[w >> 8 & 0xff] << 8 | sbox[w & 0xff];
}

static void expand(const uint8_t key[16], uint32_t w[WORDS])
{
    uint8_t constant = 1;

    for (int i = 0; i < 4; i++)
        w[i] = get(key + 4 * i);
    for (int i = 4; i < WORDS; i++) {
        uint32_t t = w[i - 1];

        if (i % 4 == 0) {
            t = substitute(t << 8 | t >> 24) ^ (uint32_t)constant << 24;
            constant = doubled(constant);
        }
        w[i] = w[i - 4] ^ t;
    }
}

static __attribute__((noinline)) void encrypt(const uint32_t w[WORDS], uint8_t block[16])
{
    uint32_t s[4], t[4];

    for (int i = 0; i < 4; i++)
        s[i] = get(block + 4 * i) ^ w[i];
    for (int round = 1; round < ROUNDS; round++) {
        for (int i = 0; i < 4; i++)
            t[i] = table[0][s[i] >> 24] ^ table[1][s[(i + 1) & 3] >> 16 & 0xff] ^
                   table[2][s[(i + 2) & 3] >> 8 & 0xff] ^ table[3][s[(i + 3) & 3] & 0xff] ^ w[4 * round + i];
        memcpy(s, t, sizeof s);
    }
    for (int i = 0; i < 4; i++)
        put(block + 4 * i, substitute((s[i] & 0xff000000u) | (s[(i + 1) & 3] & 0xff0000) |
                                      (s[(i + 2) & 3] & 0xff00) | (s[(i + 3) & 3] & 0xff)) ^
                               w[4 * ROUNDS + i]);
}

/* The inverse steps, one after the other on bytes: slow, and made from other parts than encrypt(). */
static void decrypt(const uint32_t w[WORDS], uint8_t block[16])
{
    uint8_t t[16];

    for (int round = ROUNDS; round >= 0; round--) {
        for (int i = 0; i < 16; i++)
            block[i] ^= (uint8_t)(w[4 * round + i / 4] >> (24 - 8 * (i % 4)));
        if (round == 0) return;
        memcpy(t, block, sizeof t);
        for (int i = 0; i < 16 && round < ROUNDS; i++) {
            const uint8_t *c = t + (i & ~3);
            int row = i & 3;

            block[i] = times(c[row], 14) ^ times(c[(row + 1) & 3], 11) ^ times(c[(row + 2) & 3], 13) ^
                       times(c[(row + 3) & 3], 9);
        }
        memcpy(t, block, sizeof t);
        for (int i = 0; i < 16; i++)
            block[(i + 4 * (i & 3)) & 15] = inverse[t[i]];
    }
}

static void encrypt_all(const uint32_t w[WORDS], uint8_t *data)
{
    for (int at = 16; at < DATA; at += 16) {
        for (int i = 0; i < 16; i++)
            data[at + i] ^= data[at - 16 + i];
        encrypt(w, data + at);
    }
}

static int check(const uint32_t w[WORDS])
{
    static const uint8_t expected[16] = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                                         0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
    uint8_t block[16];
    int wrong = 0;

    for (int i = 0; i < 16; i++)
        block[i] = (uint8_t)(i * 0x11);
    encrypt(w, block);
    wrong += memcmp(block, expected, sizeof block) != 0;
    decrypt(w, block);
    for (int i = 0; i < 16; i++)
        wrong += block[i] != (uint8_t)(i * 0x11);
    return wrong;
}

int main(int argc, char **argv)
{
    static uint8_t data[DATA], key[16];
    uint32_t w[WORDS], sum = 0;
    long rounds = iterations(argc, argv, 20000);

    for (int i = 0; i < 16; i++)
        key[i] = (uint8_t)i;
    make_tables();
    expand(key, w);
    int wrong = check(w);
    double start = seconds();

    for (long i = 0; i < rounds; i++)
        encrypt_all(w, data);
    double spent = seconds() - start;

    for (int at = 0; at < DATA; at += 4)
        sum = sum * 31 + get(data + at);
    printf("AES-128, %ld KiB\nsum %08x\n", rounds, sum);
    return finish(spent, (double)rounds, "KiB", wrong);
}

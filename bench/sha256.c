/* SHA-256 (FIPS 180-4), written from the standard: rotations and additions of 32 bits.
 * sha256 [ROUNDS]: a round hashes 1 KiB, which begins with the digest before. The standard's example is
 * checked, and the digests of all rounds by hashing again with the message in one piece. */
#include <stdint.h>
#include <string.h>

#include "bench/report.h"

enum { BLOCK = 64, DATA = 1024 };

/* Fractions of the first primes' cube roots and square roots. */
static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
static const uint32_t start_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
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

static __attribute__((noinline)) void hash_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t w[64], v[8];

    for (int i = 0; i < 16; i++)
        w[i] = get(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

/* The message is done in place of what it needs: whole blocks, then the rest with its padding. */
static void hash(const uint8_t *data, size_t size, uint8_t digest[32])
{
    uint8_t last[2 * BLOCK] = {0};
    uint32_t state[8];
    size_t whole = size / BLOCK * BLOCK, rest = size - whole, padded = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;

    memcpy(state, start_state, sizeof state);
    for (size_t at = 0; at < whole; at += BLOCK)
        hash_block(state, data + at);
    memcpy(last, data + whole, rest);
    last[rest] = 0x80;
    put(last + padded - 4, (uint32_t)size * 8);
    for (size_t at = 0; at < padded; at += BLOCK)
        hash_block(state, last + at);
    for (int i = 0; i < 8; i++)
        put(digest + 4 * i, state[i]);
}

int main(int argc, char **argv)
{
    static const uint8_t of_abc[4] = {0xba, 0x78, 0x16, 0xbf}, of_two_blocks[4] = {0x24, 0x8d, 0x6a, 0x61};
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static uint8_t data[DATA];
    uint8_t digest[32];
    int wrong = 0;
    long times = iterations(argc, argv, 20000);

    hash((const uint8_t *)"abc", 3, digest);
    wrong += memcmp(digest, of_abc, sizeof of_abc) != 0;
    hash((const uint8_t *)two_blocks, strlen(two_blocks), digest);
    wrong += memcmp(digest, of_two_blocks, sizeof of_two_blocks) != 0;

    double start = seconds();

    for (long i = 0; i < times; i++) {
        hash(data, sizeof data, digest);
        memcpy(data, digest, sizeof digest);
    }
    double spent = seconds() - start;

    printf("SHA-256, %ld KiB\ndigest %08x...%08x\n", times, get(digest), get(digest + 28));
    return finish(spent, (double)times, "KiB", wrong);
}

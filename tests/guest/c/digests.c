/* SHA-256 and MD5 of strings of many lengths; the empty string's digests are the published ones. */
#include <math.h>
#include "tests/guest/guest.h"

static uint32_t ror(uint32_t v, int n)
{
    return v >> n | v << (32 - n);
}

static uint32_t big(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

/* The first 32 bits of the fraction of the nth prime's square or cube root (FIPS 180-4, 4.2.2 and 5.3.3). */
static uint32_t k256[64], h256[8], kmd5[64];

static uint32_t root_bits(int prime, int cube)
{
    uint64_t lo = 0, hi = 1ull << 36; /* fixed point, 32 fractional bits */
    while (hi - lo > 1) {
        uint64_t mid = (lo + hi) / 2;
        long double m = (long double)mid / 4294967296.0L, p = cube ? m * m * m : m * m;
        if (p <= prime)
            lo = mid;
        else
            hi = mid;
    }
    return (uint32_t)lo;
}

static void make_tables(void)
{
    for (int n = 2, i = 0; i < 64; n++) {
        int d = 2;
        while (d * d <= n && n % d)
            d++;
        if (d * d <= n) continue;
        k256[i] = root_bits(n, 1);
        if (i < 8) h256[i] = root_bits(n, 0);
        i++;
    }
    for (int i = 0; i < 64; i++)
        kmd5[i] = (uint32_t)floorl(fabsl(sinl(i + 1)) * 4294967296.0L);
}

static void sha_block(uint32_t h[8], const unsigned char *p)
{
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = big(p + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (ror(a, 7) ^ ror(a, 18) ^ a >> 3) + w[i - 7] + (ror(b, 17) ^ ror(b, 19) ^ b >> 10);
    }
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = ror(v[4], 6) ^ ror(v[4], 11) ^ ror(v[4], 25), ch = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + ch + k256[i] + w[i];
        uint32_t s0 = ror(v[0], 2) ^ ror(v[0], 13) ^ ror(v[0], 22);
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        h[i] += v[i];
}

static void md5_block(uint32_t h[4], const unsigned char *p)
{
    static const unsigned char turn[] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], m[16];
    memcpy(m, p, sizeof m);
    for (int i = 0; i < 64; i++) {
        uint32_t f;
        int g;
        if (i < 16)
            f = (b & c) | (~b & d), g = i;
        else if (i < 32)
            f = (d & b) | (~d & c), g = (5 * i + 1) % 16;
        else if (i < 48)
            f = b ^ c ^ d, g = (3 * i + 5) % 16;
        else
            f = c ^ (b | ~d), g = 7 * i % 16;
        f += a + kmd5[i] + m[g];
        a = d, d = c, c = b;
        b += ror(f, 32 - turn[i / 16 * 4 + i % 4]);
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

/* The padding of both: 0x80, zeros, the bit count at the end. */
static void digest(const unsigned char *p, size_t n, int sha)
{
    uint32_t s[8], m[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    unsigned char tail[128] = {0};
    memcpy(s, h256, sizeof s);
    size_t whole = n & ~63u, rest = n - whole, end = rest < 56 ? 64 : 128;
    memcpy(tail, p + whole, rest);
    tail[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        tail[sha ? end - 1 - i : end - 8 + i] = (uint64_t)n * 8 >> 8 * i;
    for (size_t at = 0; at < whole + end; at += 64) {
        const unsigned char *block = at < whole ? p + at : tail + (at - whole);
        if (sha)
            sha_block(s, block);
        else
            md5_block(m, block);
    }
    for (int i = 0; i < (sha ? 8 : 16); i++)
        sha ? printf("%08x", s[i]) : printf("%02x", (unsigned char)(m[i / 4] >> i % 4 * 8));
    printf("\n");
}

int main(void)
{
    unsigned char text[300];
    make_tables();
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = 'a' + i % 26;
    for (size_t n = 0; n < sizeof text; n += n < 4 ? 1 : 29)
        for (int sha = 0; sha < 2; sha++)
            digest(text, n, sha);
    return 0;
}

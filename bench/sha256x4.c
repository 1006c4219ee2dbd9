/* SHA-256 (FIPS 180-4) of four messages at once, one in each lane of SSE2's registers: packed additions,
 * shifts and logic. sha256x4 [ROUNDS]: a round hashes four messages of 1 KiB, which begin with the digests
 * before. The digests of the standard's example and of all rounds are compared with those of one lane alone.
 */
#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#include "bench/report.h"

enum { LANES = 4, BLOCK = 64, DATA = 1024, WORDS = BLOCK / 4 };

/* Bits of the fractions of the first primes' roots. */
static uint32_t k[64], start_state[8];

/* floor(root of p, the second or third, times 2^32) modulo 2^32, in integers. */
static uint32_t fraction(unsigned p, int degree)
{
    uint64_t low = 0, high = (uint64_t)20 << 32;

    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        long double root = (long double)middle / 4294967296.0L, power = root * root;

        if (degree == 3) power *= root;
        if (power > p)
            high = middle;
        else
            low = middle;
    }
    return (uint32_t)low;
}

static void make_constants(void)
{
    unsigned count = 0;

    for (unsigned p = 2; count < 64; p++) {
        int prime = 1;

        for (unsigned q = 2; q * q <= p; q++)
            prime &= p % q != 0;
        if (!prime) continue;
        if (count < 8) start_state[count] = fraction(p, 2);
        k[count++] = fraction(p, 3);
    }
}

static inline __m128i rotate(__m128i x, int n)
{
    return _mm_or_si128(_mm_srli_epi32(x, n), _mm_slli_epi32(x, 32 - n));
}

static inline __m128i add(__m128i a, __m128i b)
{
    return _mm_add_epi32(a, b);
}

static inline __m128i three(__m128i a, __m128i b, __m128i c)
{
    return _mm_xor_si128(_mm_xor_si128(a, b), c);
}

/* Words of four blocks, those of one place in one register: a transposition. */
static void gather(__m128i w[WORDS], uint32_t words[LANES][WORDS])
{
    for (int i = 0; i < WORDS; i += 4) {
        __m128i a = _mm_loadu_si128((const __m128i *)&words[0][i]),
                b = _mm_loadu_si128((const __m128i *)&words[1][i]);
        __m128i c = _mm_loadu_si128((const __m128i *)&words[2][i]),
                d = _mm_loadu_si128((const __m128i *)&words[3][i]);
        __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);

        w[i] = _mm_unpacklo_epi64(ab, cd);
        w[i + 1] = _mm_unpackhi_epi64(ab, cd);
        ab = _mm_unpackhi_epi32(a, b);
        cd = _mm_unpackhi_epi32(c, d);
        w[i + 2] = _mm_unpacklo_epi64(ab, cd);
        w[i + 3] = _mm_unpackhi_epi64(ab, cd);
    }
}

static __attribute__((noinline)) void hash_blocks(__m128i state[8], uint32_t words[LANES][WORDS])
{
    __m128i w[64], v[8];

    gather(w, words);
    for (int i = 16; i < 64; i++) {
        __m128i s0 = three(rotate(w[i - 15], 7), rotate(w[i - 15], 18), _mm_srli_epi32(w[i - 15], 3));
        __m128i s1 = three(rotate(w[i - 2], 17), rotate(w[i - 2], 19), _mm_srli_epi32(w[i - 2], 10));

        w[i] = add(add(w[i - 16], s0), add(w[i - 7], s1));
    }
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i++) {
        __m128i s1 = three(rotate(v[4], 6), rotate(v[4], 11), rotate(v[4], 25));
        __m128i s0 = three(rotate(v[0], 2), rotate(v[0], 13), rotate(v[0], 22));
        __m128i choice = _mm_xor_si128(_mm_and_si128(v[4], v[5]), _mm_andnot_si128(v[4], v[6]));
        __m128i most = three(_mm_and_si128(v[0], v[1]), _mm_and_si128(v[0], v[2]), _mm_and_si128(v[1], v[2]));
        __m128i t1 = add(add(add(v[7], s1), add(choice, _mm_set1_epi32((int)k[i]))), w[i]);

        for (int j = 7; j > 0; j--)
            v[j] = v[j - 1];
        v[4] = add(v[4], t1);
        v[0] = add(t1, add(s0, most));
    }
    for (int i = 0; i < 8; i++)
        state[i] = add(state[i], v[i]);
}

/* The words are the messages', most significant byte first already; the size is one of whole blocks. */
static void hash(uint32_t data[LANES][DATA / 4], uint32_t digest[LANES][8])
{
    uint32_t block[LANES][WORDS];
    __m128i state[8];

    for (int i = 0; i < 8; i++)
        state[i] = _mm_set1_epi32((int)start_state[i]);
    for (int at = 0; at < DATA / 4; at += WORDS) {
        for (int lane = 0; lane < LANES; lane++)
            memcpy(block[lane], data[lane] + at, BLOCK);
        hash_blocks(state, block);
    }
    for (int lane = 0; lane < LANES; lane++) {
        memset(block[lane], 0, BLOCK);
        block[lane][0] = 0x80000000;
        block[lane][WORDS - 1] = DATA * 8;
    }
    hash_blocks(state, block);
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < 8; i++)
            digest[lane][i] = ((const uint32_t *)&state[i])[lane];
}

/* The standard's example "abc", in one lane. */
static int example_is_wrong(void)
{
    static const uint32_t wanted[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                       0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    uint32_t block[LANES][WORDS] = {{0}};
    __m128i state[8];
    int wrong = 0;

    block[2][0] = 0x61626380;
    block[2][WORDS - 1] = 24;
    for (int i = 0; i < 8; i++)
        state[i] = _mm_set1_epi32((int)start_state[i]);
    hash_blocks(state, block);
    for (int i = 0; i < 8; i++)
        wrong += ((const uint32_t *)&state[i])[2] != wanted[i];
    return wrong;
}

int main(int argc, char **argv)
{
    static uint32_t data[LANES][DATA / 4], digest[LANES][8];
    long times = iterations(argc, argv, 20000);

    make_constants();
    int wrong = example_is_wrong();
    double start = seconds();

    for (long i = 0; i < times; i++) {
        hash(data, digest);
        for (int lane = 0; lane < LANES; lane++)
            memcpy(data[lane], digest[0], sizeof digest[0]);
    }
    double spent = seconds() - start;

    for (int lane = 1; lane < LANES; lane++)
        wrong += memcmp(digest[lane], digest[0], sizeof digest[0]) != 0;
    printf("SHA-256 in four lanes, %ld KiB\ndigest %08x...%08x\n", 4 * times, digest[0][0], digest[0][7]);
    return finish(spent, 4.0 * (double)times, "KiB", wrong);
}

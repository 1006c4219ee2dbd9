/* Adler-32 (RFC 1950) by SSE2, 16 bytes a step: sums of bytes by their differences from 0, weighted ones by
 * products of words. adler32 [ROUNDS]: a round sums up 4 KiB; each sum is compared with that of the
 * definition. */
#include <emmintrin.h>
#include <stdint.h>

#include "bench/random.h"
#include "bench/report.h"

enum { SIZE = 4096, STEP = 16, MODULUS = 65521 };

static uint32_t by_definition(const uint8_t *data, size_t size)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < size; i++) {
        a = (a + data[i]) % MODULUS;
        b = (b + a) % MODULUS;
    }
    return b << 16 | a;
}

static uint32_t sum_of(__m128i v)
{
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(v);
}

/* The size is a multiple of STEP, and so small that no sum leaves its lane. */
static __attribute__((noinline)) uint32_t adler(const uint8_t *data, size_t size)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i first = _mm_set_epi16(9, 10, 11, 12, 13, 14, 15, 16),
                  second = _mm_set_epi16(1, 2, 3, 4, 5, 6, 7, 8);
    __m128i sums = zero, before = zero, weighted = zero;

    for (size_t i = 0; i < size; i += STEP) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(data + i));

        before = _mm_add_epi32(before, sums);
        sums = _mm_add_epi32(sums, _mm_sad_epu8(v, zero));
        weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_unpacklo_epi8(v, zero), first));
        weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_unpackhi_epi8(v, zero), second));
    }
    uint32_t a = 1 + sum_of(sums);
    uint32_t b = (uint32_t)((size + (uint64_t)STEP * sum_of(before) + sum_of(weighted)) % MODULUS);

    return b << 16 | a % MODULUS;
}

int main(int argc, char **argv)
{
    static uint8_t data[SIZE + STEP];
    long times = iterations(argc, argv, 100000);
    uint32_t seed = 1, all = 0;
    int wrong = 0;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)next_random(&seed, 256);
    for (size_t i = 0; i < STEP; i++)
        wrong += adler(data + i, SIZE) != by_definition(data + i, SIZE);
    double start = seconds();

    for (long i = 0; i < times; i++) {
        all ^= adler(data + i % STEP, SIZE);
        data[i % SIZE] = (uint8_t)all;
    }
    double spent = seconds() - start;

    wrong += adler(data, SIZE) != by_definition(data, SIZE);
    printf("Adler-32 of %ld blocks: %08x\n", times, all);
    return finish(spent, (double)times * SIZE / 1048576, "MiB", wrong);
}

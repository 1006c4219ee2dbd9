/* Packed singles in loops that become hot: ordinary numbers, zeros among them, and then denormals,
 * infinities, NaNs, and results at both ends of the range. Each result and MXCSR counts.
 * @cflags: -msse2
 * @variants: O2 */
#include <emmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { VALUES = 96, FLAGS = 0x3f, OPERATIONS = 16 };

static uint32_t values[VALUES];
static uint64_t sum;

static void count(__m128 v)
{
    uint32_t lanes[4];
    memcpy(lanes, &v, sizeof lanes);
    for (int k = 0; k < 4; k++)
        sum = (sum ^ lanes[k]) * 0x9e3779b97f4a7c15 + (sum >> 29);
}

static __m128 at(unsigned k)
{
    float v[4];
    for (unsigned n = 0; n < 4; n++)
        memcpy(&v[n], &values[(k + 7 * n) % VALUES], sizeof v[n]);
    return _mm_loadu_ps(v);
}

#define EACH(name, result)                                     \
    static __attribute__((noinline)) void name(unsigned mxcsr) \
    {                                                          \
        for (unsigned i = 0; i < VALUES; i++)                  \
            for (unsigned j = 0; j < VALUES; j++) {            \
                __m128 a = at(i), b = at(j);                   \
                _mm_setcsr(mxcsr);                             \
                __m128 r = result;                             \
                __asm__ volatile("" : "+x"(r));                \
                sum += _mm_getcsr() & FLAGS;                   \
                count(r);                                      \
            }                                                  \
    }

EACH(add, _mm_add_ps(a, b))
EACH(subtract, _mm_sub_ps(a, b))
EACH(multiply, _mm_mul_ps(a, b))
EACH(divide, _mm_div_ps(a, b))
EACH(root, _mm_sqrt_ps(_mm_add_ps(a, b)))
EACH(least, _mm_min_ps(a, b))
EACH(most, _mm_max_ps(a, b))
EACH(equal, _mm_cmpeq_ps(a, b))
EACH(less, _mm_cmplt_ps(a, b))
EACH(not_above, _mm_cmple_ps(a, b))
EACH(unordered, _mm_cmpunord_ps(a, b))
EACH(not_less, _mm_cmpnlt_ps(a, b))
EACH(from_integers, _mm_cvtepi32_ps(_mm_xor_si128(_mm_castps_si128(a), _mm_castps_si128(b))))
EACH(to_integers, _mm_castsi128_ps(_mm_cvtps_epi32(_mm_mul_ps(a, b))))
EACH(chopped, _mm_castsi128_ps(_mm_cvttps_epi32(_mm_add_ps(a, b))))
EACH(all, _mm_add_ps(_mm_mul_ps(a, _mm_movehl_ps(b, a)),
                     _mm_div_ps(_mm_shuffle_ps(a, b, 0x1b), _mm_movelh_ps(b, a))))

static const struct {
    const char *name;
    void (*run)(unsigned mxcsr);
} operations[OPERATIONS] = {
    {"add", add},
    {"subtract", subtract},
    {"multiply", multiply},
    {"divide", divide},
    {"root", root},
    {"least", least},
    {"most", most},
    {"equal", equal},
    {"less", less},
    {"not above", not_above},
    {"unordered", unordered},
    {"not less", not_less},
    {"integers", from_integers},
    {"to integers", to_integers},
    {"chopped", chopped},
    {"all", all},
};

/* Every `step`th value is one of the few; `kinds` of these. */
static void fill(unsigned step, unsigned kinds)
{
    static const uint32_t few[] = {0,          0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff,
                                   0x7f800000, 0xff800000, 0x7fc00001, 0x7f800001, 0xffa00000, 0x01000000};
    uint32_t x = 12345;
    for (unsigned k = 0; k < VALUES; k++) {
        x = x * 1103515245 + 12345;
        values[k] = (x & 0x80000000) | (117 + (x >> 16 & 15)) << 23 | (x >> 4 & 0x7fffff);
        if (k % step == 0) values[k] = few[k / step % kinds];
    }
}

static void round_of(const char *title, unsigned mxcsr)
{
    for (unsigned k = 0; k < OPERATIONS; k++) {
        sum = 1;
        operations[k].run(mxcsr);
        _mm_setcsr(0x1f80);
        printf("%s, %x, %s: %016llx\n", title, mxcsr, operations[k].name, (unsigned long long)sum);
    }
}

int main(void)
{
    fill(VALUES + 1, 1);
    round_of("numbers", 0x1fa0);
    fill(3, 2);
    round_of("zeros", 0x1fa0);
    round_of("zeros", 0x1f80);
    fill(31, 3);
    round_of("a denormal", 0x1fa0);
    fill(2, 12);
    round_of("all kinds", 0x1fa0);
    round_of("all kinds, upwards, denormals are zeros", 0xdfc0);
    return 0;
}

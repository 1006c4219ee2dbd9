/* Fast Fourier transform and its inverse in double and float, and convolution modulo a prime. */
#include <complex.h>
#include <math.h>
#include "tests/guest/guest.h"

enum { N = 256 };

static void fft(double complex *v, int n, int sign)
{
    if (n == 1) return;
    double complex even[n / 2], odd[n / 2];
    for (int i = 0; i < n / 2; i++)
        even[i] = v[2 * i], odd[i] = v[2 * i + 1];
    fft(even, n / 2, sign);
    fft(odd, n / 2, sign);
    for (int i = 0; i < n / 2; i++) {
        double angle = sign * 2 * M_PI * i / n;
        double complex t = (cos(angle) + I * sin(angle)) * odd[i];
        v[i] = even[i] + t;
        v[i + n / 2] = even[i] - t;
    }
}

static void fft_float(float complex *v, int n)
{
    for (int i = 1, j = 0; i < n; i++) {
        int bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            float complex t = v[i];
            v[i] = v[j], v[j] = t;
        }
    }
    for (int len = 2; len <= n; len <<= 1) {
        float complex step = cosf(2 * (float)M_PI / len) + I * sinf(2 * (float)M_PI / len);
        for (int i = 0; i < n; i += len) {
            float complex w = 1;
            for (int k = 0; k < len / 2; k++, w *= step) {
                float complex a = v[i + k], b = v[i + k + len / 2] * w;
                v[i + k] = a + b, v[i + k + len / 2] = a - b;
            }
        }
    }
}

enum { PRIME = 998244353, ROOT = 3 };

static uint32_t power(uint64_t b, uint32_t e)
{
    uint64_t r = 1;
    for (; e; e >>= 1, b = b * b % PRIME)
        if (e & 1) r = r * b % PRIME;
    return r;
}

static void number_transform(uint32_t *v, int n, uint32_t w)
{
    if (n == 1) return;
    uint32_t even[n / 2], odd[n / 2];
    for (int i = 0; i < n / 2; i++)
        even[i] = v[2 * i], odd[i] = v[2 * i + 1];
    uint32_t w2 = (uint64_t)w * w % PRIME;
    number_transform(even, n / 2, w2);
    number_transform(odd, n / 2, w2);
    uint64_t t = 1;
    for (int i = 0; i < n / 2; i++, t = t * w % PRIME) {
        uint32_t u = t * odd[i] % PRIME;
        v[i] = (even[i] + u) % PRIME, v[i + n / 2] = (even[i] + PRIME - u) % PRIME;
    }
}

int main(void)
{
    static double complex v[N];
    static float complex f[N];
    static uint32_t u[N];
    for (int i = 0; i < N; i++)
        v[i] = f[i] = (int)(rnd() % 2001) - 1000 + I * ((int)(rnd() % 2001) - 1000), u[i] = rnd() % PRIME;
    fft(v, N, -1);
    for (int i = 0; i < N; i += 17)
        printf("%.9f %.9f\n", creal(v[i]), cimag(v[i]));
    fft(v, N, 1);
    for (int i = 0; i < N; i += 17)
        printf("%.6f %.6f\n", creal(v[i]) / N, cimag(v[i]) / N);
    fft_float(f, N);
    for (int i = 0; i < N; i += 17)
        printf("%.1f %.1f\n", crealf(f[i]), cimagf(f[i]));
    number_transform(u, N, power(ROOT, (PRIME - 1) / N));
    printf("%08x\n", mix(MIX_START, u, sizeof u));
    return 0;
}

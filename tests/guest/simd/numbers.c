/* Floating point as compilers make it for SSE2 and later, vectorized loops, the C library's own SSE code.
 * @cpu: max
 * @cflags: -msse4.2 -mfpmath=sse -maes -ftree-vectorize
 * @variants: O0 O3 dyn */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double a[16][16], b[16], x[16];

static void solve(void)
{
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 16; j++)
            a[i][j] = 1.0 / (i + j + 1) + (i == j);
        b[i] = sin(i);
    }
    for (int k = 0; k < 16; k++)
        for (int i = k + 1; i < 16; i++) {
            double f = a[i][k] / a[k][k];
            for (int j = k; j < 16; j++)
                a[i][j] -= f * a[k][j];
            b[i] -= f * b[k];
        }
    for (int i = 15; i >= 0; i--) {
        x[i] = b[i];
        for (int j = i + 1; j < 16; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
    for (int i = 0; i < 16; i++)
        printf("%a\n", x[i]);
}

static void singles(void)
{
    static float v[64];
    float sum = 0, least = INFINITY, most = -INFINITY;
    for (int i = 0; i < 64; i++)
        v[i] = sqrtf(i * 0.37f) - 1.5f * (i % 7);
    for (int i = 0; i < 64; i++) {
        sum += v[i] * v[63 - i];
        least = v[i] < least ? v[i] : least;
        most = v[i] > most ? v[i] : most;
    }
    printf("%a %a %a %a\n", sum, least, most, (float)(sum / 3.0));
    for (int i = 0; i < 64; i += 9)
        printf("%d %u %lld %g %g\n", (int)v[i], (unsigned)fabsf(v[i]), (long long)(v[i] * 1e9f), floorf(v[i]),
               rint(v[i] * 1.5));
}

static void integers(void)
{
    static uint8_t bytes[1024];
    static int32_t words[256];
    static int16_t shorts[512];
    uint32_t sum = 0;
    for (int i = 0; i < 1024; i++)
        bytes[i] = i * 37 + (i >> 3);
    for (int i = 0; i < 512; i++)
        shorts[i] = bytes[i] * bytes[i + 512] - 7;
    for (int i = 0; i < 256; i++)
        words[i] = shorts[i] * shorts[511 - i] + (bytes[i] > 99 ? i : -i);
    for (int i = 0; i < 1024; i++)
        sum += abs(bytes[i] - bytes[1023 - i]);
    int32_t most = 0;
    for (int i = 0; i < 256; i++)
        most = words[i] > most ? words[i] : most;
    uint64_t product = 1;
    for (int i = 0; i < 256; i++)
        product = product * 31 + (uint32_t)words[i] * (uint64_t)bytes[i];
    printf("%u %d %llx %u\n", sum, most, (unsigned long long)product, __builtin_popcount(most));
}

static void strings(void)
{
    static char from[300], to[300];
    unsigned long hash = 0;
    for (int n = 0; n < 200; n += 7) {
        for (int i = 0; i < n; i++)
            from[i] = 'a' + (i * n) % 26;
        from[n] = 0;
        memset(to, n, sizeof to);
        strcpy(to + n % 17, from);
        hash = hash * 33 + strlen(to + n % 17);
        hash = hash * 33 + (strchr(from, 'q') ? strchr(from, 'q') - from : 0);
        hash = hash * 33 + strspn(from, "abcdefghij") + strcspn(from, "xyz") * 3;
        hash = hash * 33 + (memcmp(from, to + n % 17, n) == 0) + (strstr(from, "kl") != NULL) * 2;
        memmove(to + 3, to, 100);
        hash = hash * 33 + to[50] + (strcasecmp(from, to + 20) > 0);
    }
    printf("%lx\n", hash);
}

int main(void)
{
    solve();
    singles();
    integers();
    strings();
    for (double v = -2.5; v < 3; v += 0.75)
        printf("%a %a %a %a %g\n", sin(v), exp(v), pow(fabs(v) + 0.1, v), atan2(v, 2),
               strtod("1.1", NULL) * v);
    return 0;
}

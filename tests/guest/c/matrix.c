/* Matrices: LU with pivots, inverse, determinant and QR in double and float, Hilbert's in long double,
 * integer and boolean products. */
#include <math.h>
#include "tests/guest/guest.h"

enum { N = 24 };

#define SOLVER(type, name, magnitude)                                     \
    static type name(type a[N][N], type *b)                               \
    {                                                                     \
        type det = 1;                                                     \
        for (int k = 0; k < N; k++) {                                     \
            int best = k;                                                 \
            for (int i = k + 1; i < N; i++)                               \
                if (magnitude(a[i][k]) > magnitude(a[best][k])) best = i; \
            for (int j = 0; j < N && best != k; j++) {                    \
                type t = a[k][j];                                         \
                a[k][j] = a[best][j], a[best][j] = t;                     \
            }                                                             \
            type t = b[k];                                                \
            b[k] = b[best], b[best] = t;                                  \
            det *= best == k ? a[k][k] : -a[k][k];                        \
            for (int i = k + 1; i < N; i++) {                             \
                type f = a[i][k] / a[k][k];                               \
                for (int j = k; j < N; j++)                               \
                    a[i][j] -= f * a[k][j];                               \
                b[i] -= f * b[k];                                         \
            }                                                             \
        }                                                                 \
        for (int i = N - 1; i >= 0; i--) {                                \
            for (int j = i + 1; j < N; j++)                               \
                b[i] -= a[i][j] * b[j];                                   \
            b[i] /= a[i][i];                                              \
        }                                                                 \
        return det;                                                       \
    }
SOLVER(double, solve, fabs)
SOLVER(float, solvef, fabsf)
SOLVER(long double, solvel, fabsl)

int main(void)
{
    static double a[N][N], b[N], r[N][N];
    static float af[N][N], bf[N];
    static long double al[N][N], bl[N];
    static int32_t m[N][N], p[N][N];
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = af[i][j] = (int)(rnd() % 200) - 100;
            al[i][j] = 1.0L / (i + j + 1);
            m[i][j] = rnd();
        }
        b[i] = bf[i] = i - 10, bl[i] = 1;
    }
    printf("determinant %a\n", solve(a, b));
    for (int i = 0; i < N; i += 5)
        printf("%a\n", b[i]);
    printf("float determinant %.3e\n", solvef(af, bf));
    for (int i = 0; i < N; i += 5)
        printf("%.4f\n", bf[i]);
    printf("Hilbert's determinant %La\n", solvel(al, bl));
    for (int i = 0; i < N; i += 5)
        printf("%La\n", bl[i]);
    for (int n = 0; n < 4; n++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                p[i][j] = 0, r[i][j] = 0;
                for (int k = 0; k < N; k++)
                    p[i][j] += m[i][k] * m[k][j], r[i][j] += m[i][k] * (double)m[j][k];
            }
        memcpy(m, p, sizeof m);
    }
    printf("products %08x %08x\n", mix(MIX_START, p, sizeof p), mix(MIX_START, r, sizeof r));
    return 0;
}

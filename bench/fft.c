/* A fast Fourier transform of 256 complex numbers, radix 2, in place.
 * fft [ROUNDS]: a round transforms and transforms back; the last round's numbers must be the first ones, the
 * energy of the transformed ones must agree (Parseval), and a sine's transform has its one line where it
 * belongs. */
#include <math.h>
#include <string.h>

#include "bench/random.h"
#include "bench/report.h"

enum { N = 256, LINE = 37 };

struct complex_number {
    double re, im;
};

static struct complex_number root[N / 2]; /* e^(-2 pi i k / N) */

static void make_roots(void)
{
    for (int i = 0; i < N / 2; i++) {
        double angle = -2.0 * acos(-1.0) * i / N;

        root[i].re = cos(angle);
        root[i].im = sin(angle);
    }
}

static void reverse_bits(struct complex_number *x)
{
    for (unsigned i = 1, j = 0; i < N; i++) {
        unsigned bit = N / 2;

        for (; j & bit; bit /= 2)
            j ^= bit;
        j |= bit;
        if (i < j) {
            struct complex_number keep = x[i];

            x[i] = x[j];
            x[j] = keep;
        }
    }
}

/* direction: 1, or -1 for the way back, without the division by N. */
static __attribute__((noinline)) void transform(struct complex_number *x, double direction)
{
    reverse_bits(x);
    for (int half = 1; half < N; half *= 2)
        for (int from = 0; from < N; from += 2 * half)
            for (int i = 0; i < half; i++) {
                struct complex_number w = root[i * (N / 2 / half)], *a = &x[from + i], *b = a + half, t;

                w.im *= direction;
                t.re = w.re * b->re - w.im * b->im;
                t.im = w.re * b->im + w.im * b->re;
                b->re = a->re - t.re;
                b->im = a->im - t.im;
                a->re += t.re;
                a->im += t.im;
            }
}

static double energy(const struct complex_number *x)
{
    double sum = 0.0;

    for (int i = 0; i < N; i++)
        sum += x[i].re * x[i].re + x[i].im * x[i].im;
    return sum;
}

static int check_line(void)
{
    struct complex_number x[N];
    int wrong = 0;

    for (int i = 0; i < N; i++) {
        x[i].re = sin(2.0 * acos(-1.0) * LINE * i / N);
        x[i].im = 0.0;
    }
    transform(x, 1.0);
    for (int i = 0; i < N; i++) {
        double expected = i == LINE ? -N / 2.0 : i == N - LINE ? N / 2.0 : 0.0;

        wrong += !(fabs(x[i].im - expected) < 1e-9) || !(fabs(x[i].re) < 1e-9);
    }
    return wrong;
}

int main(int argc, char **argv)
{
    static struct complex_number x[N], first[N];
    long rounds = iterations(argc, argv, 4000);
    double transformed = 0.0;
    uint32_t seed = 5;
    int wrong = 0;

    make_roots();
    for (int i = 0; i < N; i++) {
        x[i].re = next_random(&seed, 20001) / 10000.0 - 1.0;
        x[i].im = next_random(&seed, 20001) / 10000.0 - 1.0;
    }
    memcpy(first, x, sizeof x);
    double start = seconds();

    for (long round = 0; round < rounds; round++) {
        transform(x, 1.0);
        transformed = energy(x) / N;
        transform(x, -1.0);
        for (int i = 0; i < N; i++) {
            x[i].re /= N;
            x[i].im /= N;
        }
    }
    double spent = seconds() - start;

    for (int i = 0; i < N; i++)
        wrong += !(fabs(x[i].re - first[i].re) < 1e-9) || !(fabs(x[i].im - first[i].im) < 1e-9);
    wrong += !(fabs(transformed - energy(first)) < 1e-8) + check_line();
    printf("Fourier transforms of %d numbers, %ld rounds\nenergy %.9f\n", N, rounds, transformed);
    return finish(spent, (double)rounds, "rounds", wrong);
}

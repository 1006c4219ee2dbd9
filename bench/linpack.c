/* Linpack: Gaussian elimination with partial pivoting of a dense 100 x 100 system in double precision, as
 * J. J. Dongarra and others describe it (LINPACK Users' Guide, SIAM 1979: dgefa, dgesl and the vector
 * routines below them), columns first, written from that description.
 * linpack [TIMES]: solves the system TIMES times; the last solution's residual is printed and checked. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "bench/report.h"

enum { N = 100 };

typedef double column[N];

static column a[N], original[N]; /* a[j][i]: row i of column j */
static double b[N], x[N];
static int pivot[N];

/* The users' guide's generator; the right side is the sum of each row, so the solution is all ones. */
static double generate(column m[N], double right[N])
{
    int seed = 1325;
    double largest = 0.0;

    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++) {
            seed = 3125 * seed % 65536;
            m[j][i] = (seed - 32768.0) / 16384.0;
            largest = fmax(largest, fabs(m[j][i]));
        }
    memset(right, 0, N * sizeof right[0]);
    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
            right[i] += m[j][i];
    return largest;
}

/* y += factor * v: almost all of the time is spent here. */
static __attribute__((noinline)) void add_scaled(int n, double factor, const double *v, double *y)
{
    if (factor == 0.0) return;
    for (int i = 0; i < n; i++)
        y[i] += factor * v[i];
}

static __attribute__((noinline)) void scale(int n, double factor, double *v)
{
    for (int i = 0; i < n; i++)
        v[i] *= factor;
}

static __attribute__((noinline)) int index_of_largest(int n, const double *v)
{
    int at = 0;

    for (int i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[at])) at = i;
    return at;
}

static void swap(double *p, double *q)
{
    double keep = *p;

    *p = *q;
    *q = keep;
}

/* Factors m into a lower and an upper triangle in place. Returns the number of zero pivots. */
static int factor(column m[N])
{
    int singular = 0;

    for (int k = 0; k < N - 1; k++) {
        int p = k + index_of_largest(N - k, &m[k][k]);

        pivot[k] = p;
        if (m[k][p] == 0.0) {
            singular++;
            continue;
        }
        swap(&m[k][p], &m[k][k]);
        scale(N - k - 1, -1.0 / m[k][k], &m[k][k + 1]);
        for (int j = k + 1; j < N; j++) {
            double t = m[j][p];

            m[j][p] = m[j][k];
            m[j][k] = t;
            add_scaled(N - k - 1, t, &m[k][k + 1], &m[j][k + 1]);
        }
    }
    pivot[N - 1] = N - 1;
    return singular + (m[N - 1][N - 1] == 0.0);
}

/* Solves with the factors: forward through the lower triangle, back through the upper one. */
static void solve(column m[N], double right[N])
{
    for (int k = 0; k < N - 1; k++) {
        double t = right[pivot[k]];

        right[pivot[k]] = right[k];
        right[k] = t;
        add_scaled(N - k - 1, t, &m[k][k + 1], &right[k + 1]);
    }
    for (int k = N - 1; k >= 0; k--) {
        right[k] /= m[k][k];
        add_scaled(k, -right[k], m[k], right);
    }
}

static double largest_of(const double *v)
{
    return fabs(v[index_of_largest(N, v)]);
}

/* Prints what is left of original * x - b. Returns how many of the checks fail. */
static int check(double largest, int singular)
{
    double rest[N];

    generate(original, rest);
    scale(N, -1.0, rest);
    for (int j = 0; j < N; j++)
        add_scaled(N, x[j], original[j], rest);

    double residual = largest_of(rest);
    double normalised = residual / (N * largest * largest_of(x) * DBL_EPSILON);
    double first = x[0] - 1.0, last = x[N - 1] - 1.0;

    printf("norm. resid      resid           machep         x[0]-1        x[n-1]-1\n");
    printf("%11.8f  %15.8e %15.8e %15.8e %15.8e\n", normalised, residual, DBL_EPSILON, first, last);
    return (normalised > 0.0 && normalised < 10.0 ? 0 : 1) + (fabs(first) > 1e-10) + (fabs(last) > 1e-10) +
           (singular != 0);
}

int main(int argc, char **argv)
{
    long times = iterations(argc, argv, 500);
    double largest = 0.0, spent = 0.0;
    int singular = 0;

    for (long i = 0; i < times; i++) {
        largest = generate(a, b);
        double start = seconds();
        singular = factor(a);
        solve(a, b);
        spent += seconds() - start;
    }
    memcpy(x, b, sizeof x);

    double operations = (2.0 * N * N * N / 3.0 + 2.0 * N * N) * (double)times;

    printf("Linpack, %d x %d, double precision, solved %ld times\n", N, N, times);
    int wrong = check(largest, singular);
    printf("time: %.3f s, %.3f MFLOPS\n", spent, operations / spent * 1e-6);
    return verdict(wrong);
}

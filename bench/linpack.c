/* Linpack: a dense 100 x 100 system, generated, factored and solved (bench/lu.h).
 * linpack [TIMES]: solves the system TIMES times; the last solution's residual is printed and checked. */
#include <string.h>

#include "bench/lu.h"
#include "bench/report.h"

static column a[N], original[N];
static real b[N], x[N];
static int pivot[N];

/* The users' guide's generator; the right side is the sum of each row, so the solution is all ones. */
static real generate(column m[N], real right[N])
{
    int seed = 1325;
    real largest = 0;

    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++) {
            seed = 3125 * seed % 65536;
            m[j][i] = (real)(seed - 32768) / 16384;
            largest = fmax(largest, fabs(m[j][i]));
        }
    memset(right, 0, N * sizeof right[0]);
    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
            right[i] += m[j][i];
    return largest;
}

/* Factors m into a lower and an upper triangle in place. Returns the number of zero pivots. */
static int factor(column m[N])
{
    int singular = 0;

    for (int k = 0; k < N - 1; k++) {
        pivot[k] = eliminate(m, k);
        singular += pivot[k] < 0;
    }
    return singular + (m[N - 1][N - 1] == 0);
}

static void solve(column m[N], real right[N])
{
    for (int k = 0; k < N - 1; k++)
        if (pivot[k] >= 0) eliminate_right(m, right, k, pivot[k]);
    substitute_back(m, right);
}

static real largest_of(const real *v)
{
    return fabs(v[index_of_largest(N, v)]);
}

/* Prints what is left of original * x - b. Returns how many of the checks fail. */
static int check(real largest, int singular)
{
    real rest[N];

    generate(original, rest);
    scale(N, -1, rest);
    for (int j = 0; j < N; j++)
        add_scaled(N, x[j], original[j], rest);

    double residual = largest_of(rest);
    double normalised = residual / (N * largest * largest_of(x) * REAL_EPSILON);
    double first = x[0] - 1.0, last = x[N - 1] - 1.0, close = 450000 * REAL_EPSILON;

    printf("norm. resid      resid           machep         x[0]-1        x[n-1]-1\n");
    printf("%11.8f  %15.8e %15.8e %15.8e %15.8e\n", normalised, residual, REAL_EPSILON, first, last);
    return (normalised > 0.0 && normalised < 10.0 ? 0 : 1) + (fabs(first) > close) + (fabs(last) > close) +
           (singular != 0);
}

int main(int argc, char **argv)
{
    long times = iterations(argc, argv, 500);
    real largest = 0;
    double spent = 0.0;
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

    printf("Linpack, %d x %d, " REAL_NAME " precision, " LU_LOOP ", solved %ld times\n", N, N, times);
    int wrong = check(largest, singular);
    printf("time: %.3f s, %.3f MFLOPS\n", spent, operations / spent * 1e-6);
    return verdict(wrong);
}

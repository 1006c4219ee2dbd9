/* Linpack's 1000 x 1000 system (bench/lu.h), of which only the first columns can be eliminated, since each
 * takes millions of operations. linpack1000 [COLUMNS]: 999 of them solve the system. The right side is the
 * sum of each row, so ones solve what is left after any number of columns; that is checked. */
#include <stdint.h>

#define LU_SIZE 1000
#include "bench/lu.h"
#include "bench/report.h"

enum { CHECKED = 16 }; /* one row in CHECKED is checked */

static column a[N];
static real b[N];

static void generate(void)
{
    uint32_t seed = 1325;

    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++) {
            seed = seed * 1664525 + 1013904223;
            a[j][i] = (real)((int32_t)seed >> 16) / 16384; /* less than 2 */
            b[i] += a[j][i];
        }
}

/* The largest difference between a row's sum and its right side. Below the triangle are multipliers. */
static double residual(int columns)
{
    static double rest[N];
    double largest = 0;

    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i += CHECKED)
            if (j >= columns || i <= j) rest[i] += a[j][i];
    for (int i = 0; i < N; i += CHECKED)
        largest = fmax(largest, fabs(rest[i] - b[i]));
    return largest;
}

int main(int argc, char **argv)
{
    int columns = (int)iterations(argc, argv, N - 1), wrong = 0;
    double operations = 0.0;

    if (columns > N - 1) columns = N - 1;
    generate();
    double start = seconds();

    for (int k = 0; k < columns; k++) {
        int p = eliminate(a, k);

        wrong += p < 0;
        if (p >= 0) eliminate_right(a, b, k, p);
        operations += 2.0 * (N - k) * (N - k);
    }
    double spent = seconds() - start, rest = residual(columns) / (2.0 * N * REAL_EPSILON);

    printf("Linpack, %d x %d, " REAL_NAME " precision, " LU_LOOP ", %d columns\n", N, N, columns);
    printf("norm. resid %.8f\n", rest);
    wrong += !(rest < 100.0);
    if (columns == N - 1) {
        substitute_back(a, b);
        printf("x[0]-1 %.8e x[n-1]-1 %.8e\n", (double)b[0] - 1, (double)b[N - 1] - 1);
        wrong += !(fabs(b[0] - 1) < 1e8 * REAL_EPSILON) + !(fabs(b[N - 1] - 1) < 1e8 * REAL_EPSILON);
    }
    return finish(spent, operations * 1e-6, "million floating-point operations", wrong);
}

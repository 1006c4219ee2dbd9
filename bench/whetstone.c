/* Whetstone, in double precision or (-DSINGLE) in single: the eleven modules of H. J. Curnow and B. A.
 * Wichmann, "A synthetic benchmark", The Computer Journal 19/1 (1976), written from the paper's description.
 * whetstone [N]: N * 100,000 Whetstone instructions. First every module runs with the paper's own
 * count, N = 10, and its results are compared with those of the paper's table. */
#include <tgmath.h>

#include "bench/real.h"
#include "bench/report.h"

static const real t0 = 0.499975, t1 = 0.50025, t2 = 2;

enum { MODULES = 11, ROWS = 10 };

/* How often a module's loop runs for N = 1. The paper gives modules 1 and 10 a weight of 0; there is no 5. */
static const int weight[MODULES + 1] = {
    [2] = 12, [3] = 14, [4] = 345, [6] = 210, [7] = 32, [8] = 899, [9] = 616, [11] = 93};

struct row {
    int module;
    long count, j, k;
    real x[4];
};

/* Shared by modules 2, 3, 6 and 9 as in the paper: index 1 to 4 of its array E1, and its J, K, L. */
static real e[5];
static long j, k, l;

static void module1(long n, real x[4])
{
    real x1 = 1, x2 = -1, x3 = -1, x4 = -1;

    for (long i = 0; i < n; i++) {
        x1 = (x1 + x2 + x3 - x4) * t0;
        x2 = (x1 + x2 - x3 + x4) * t0;
        x3 = (x1 - x2 + x3 + x4) * t0;
        x4 = (-x1 + x2 + x3 + x4) * t0;
    }
    x[0] = x1, x[1] = x2, x[2] = x3, x[3] = x4;
}

static void copy_array(real x[4])
{
    for (int i = 0; i < 4; i++)
        x[i] = e[i + 1];
}

static void module2(long n, real x[4])
{
    e[1] = 1, e[2] = -1, e[3] = -1, e[4] = -1;
    for (long i = 0; i < n; i++) {
        e[1] = (e[1] + e[2] + e[3] - e[4]) * t0;
        e[2] = (e[1] + e[2] - e[3] + e[4]) * t0;
        e[3] = (e[1] - e[2] + e[3] + e[4]) * t0;
        e[4] = (-e[1] + e[2] + e[3] + e[4]) * t0;
    }
    copy_array(x);
}

static __attribute__((noinline)) void array_parameter(real a[5])
{
    for (int round = 0; round < 6; round++) {
        a[1] = (a[1] + a[2] + a[3] - a[4]) * t0;
        a[2] = (a[1] + a[2] - a[3] + a[4]) * t0;
        a[3] = (a[1] - a[2] + a[3] + a[4]) * t0;
        a[4] = (-a[1] + a[2] + a[3] + a[4]) / t2;
    }
}

static void module3(long n, real x[4])
{
    for (long i = 0; i < n; i++)
        array_parameter(e);
    copy_array(x);
}

static void module4(long n, real x[4])
{
    j = 1;
    for (long i = 0; i < n; i++) {
        j = j == 1 ? 2 : 3;
        j = j > 2 ? 0 : 1;
        j = j < 1 ? 1 : 0;
    }
    copy_array(x);
}

static void module6(long n, real x[4])
{
    j = 1, k = 2, l = 3;
    for (long i = 0; i < n; i++) {
        j = j * (k - j) * (l - k);
        k = l * k - (l - j) * k;
        l = (l - k) * (k + j);
        e[l - 1] = (real)(j + k + l);
        e[k - 1] = (real)(j * k * l);
    }
    copy_array(x);
}

static void module7(long n, real x[4])
{
    real a = 0.5, b = 0.5;

    for (long i = 0; i < n; i++) {
        a = t0 * atan(t2 * sin(a) * cos(a) / (cos(a + b) + cos(a - b) - 1));
        b = t0 * atan(t2 * sin(b) * cos(b) / (cos(a + b) + cos(a - b) - 1));
    }
    x[0] = a, x[1] = a, x[2] = b, x[3] = b;
}

static __attribute__((noinline)) void three_parameters(real a, real b, real *c)
{
    a = t0 * (a + b);
    b = t0 * (a + b);
    *c = (a + b) / t2;
}

static void module8(long n, real x[4])
{
    real a = 1, b = 1, c = 1;

    for (long i = 0; i < n; i++)
        three_parameters(a, b, &c);
    x[0] = a, x[1] = b, x[2] = c, x[3] = c;
}

static __attribute__((noinline)) void rotate_array(void)
{
    e[j] = e[k];
    e[k] = e[l];
    e[l] = e[j];
}

static void module9(long n, real x[4])
{
    j = 1, k = 2, l = 3;
    e[1] = 1, e[2] = 2, e[3] = 3;
    for (long i = 0; i < n; i++)
        rotate_array();
    copy_array(x);
}

static void module10(long n, real x[4])
{
    j = 2, k = 3;
    for (long i = 0; i < n; i++) {
        j = j + k;
        k = j + k;
        j = k - j;
        k = k - j - j;
    }
    copy_array(x);
}

static void module11(long n, real x[4])
{
    real a = 0.75;

    for (long i = 0; i < n; i++)
        a = sqrt(exp(log(a) / t1));
    x[0] = x[1] = x[2] = x[3] = a;
}

typedef void module_fn(long n, real x[4]);
static module_fn *const module[MODULES + 1] = {
    [1] = module1, [2] = module2, [3] = module3, [4] = module4,   [6] = module6,
    [7] = module7, [8] = module8, [9] = module9, [10] = module10, [11] = module11};

static void run(long n, struct row rows[ROWS])
{
    struct row *row = rows;

    j = k = l = 0;
    for (int m = 1; m <= MODULES; m++) {
        if (module[m] == NULL) continue;
        row->module = m;
        row->count = weight[m] * n;
        module[m](row->count, row->x);
        row->j = j;
        row->k = k;
        row++;
    }
}

/* Results for N = 10 to four decimals: of the arrays, of the functions, and of the integers J and K. */
static const struct row paper[ROWS] = {
    {1, 0, 0, 0, {1.0, -1.0, -1.0, -1.0}},
    {2, 120, 0, 0, {-0.0683, -0.4626, -0.7297, -1.1240}},
    {3, 140, 0, 0, {-0.0553, -0.4474, -0.7110, -1.1031}},
    {4, 3450, 1, 0, {-0.0553, -0.4474, -0.7110, -1.1031}},
    {6, 2100, 1, 2, {6.0, 6.0, -0.7110, -1.1031}},
    {7, 320, 1, 2, {0.4904, 0.4904, 0.4904, 0.4904}},
    {8, 8990, 1, 2, {1.0, 1.0, 0.9999, 0.9999}},
    {9, 6160, 1, 2, {3.0, 2.0, 3.0, -1.1031}},
    {10, 0, 2, 3, {3.0, 2.0, 3.0, -1.1031}},
    {11, 930, 2, 3, {0.8347, 0.8347, 0.8347, 0.8347}},
};

static int differs(const struct row *got, const struct row *want)
{
    double close = 0.00005 + 1000 * REAL_EPSILON;
    int wrong = got->count != want->count || got->j != want->j || got->k != want->k;

    for (int i = 0; i < 4; i++)
        wrong |= !(fabs(got->x[i] - want->x[i]) < close);
    if (wrong) printf("module %d is wrong for N = 10\n", want->module);
    return wrong;
}

int main(int argc, char **argv)
{
    long n = iterations(argc, argv, 10000);
    struct row rows[ROWS];
    int wrong = 0;

    run(10, rows);
    for (int i = 0; i < ROWS; i++)
        wrong += differs(&rows[i], &paper[i]);

    double start = seconds();
    run(n, rows);
    double spent = seconds() - start;

    printf("Whetstone, " REAL_NAME " precision, N = %ld\n", n);
    printf("module       loops  J  K %23s %23s %23s %23s\n", "x1", "x2", "x3", "x4");
    for (const struct row *r = rows; r < rows + ROWS; r++)
        printf("%6d %11ld %2ld %2ld %23.16e %23.16e %23.16e %23.16e\n", r->module, r->count, r->j, r->k,
               (double)r->x[0], (double)r->x[1], (double)r->x[2], (double)r->x[3]);
    printf("time: %.3f s, %.1f MWIPS\n", spent, (double)n / 10.0 / spent);
    return verdict(wrong);
}

/* Gaussian elimination with partial pivoting as J. J. Dongarra and others describe it (LINPACK Users' Guide,
 * SIAM 1979: dgefa, dgesl and the vector routines below them), columns first, written from that description.
 * LU_SIZE says how large the system is; SINGLE makes its numbers floats, UNROLLED does four elements
 * a turn of the innermost loop. */
#ifndef BENCH_LU_H
#define BENCH_LU_H

#include <stdbool.h>
#include <tgmath.h>

#include "bench/real.h"

#ifdef UNROLLED
enum { UNROLL = true };
#define LU_LOOP "unrolled"
#else
enum { UNROLL = false };
#define LU_LOOP "rolled"
#endif

#ifndef LU_SIZE
#define LU_SIZE 100
#endif
enum { N = LU_SIZE };

typedef real column[N]; /* m[j][i]: row i of column j */

/* y += factor * v: almost all of the time is spent here. */
static __attribute__((noinline)) void add_scaled(int n, real factor, const real *v, real *y)
{
    int i = 0;

    if (factor == 0) return;
    for (; UNROLL && i + 3 < n; i += 4) {
        y[i] += factor * v[i];
        y[i + 1] += factor * v[i + 1];
        y[i + 2] += factor * v[i + 2];
        y[i + 3] += factor * v[i + 3];
    }
    for (; i < n; i++)
        y[i] += factor * v[i];
}

static __attribute__((noinline)) void scale(int n, real factor, real *v)
{
    for (int i = 0; i < n; i++)
        v[i] *= factor;
}

static __attribute__((noinline)) int index_of_largest(int n, const real *v)
{
    int at = 0;

    for (int i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[at])) at = i;
    return at;
}

static void swap(real *p, real *q)
{
    real keep = *p;

    *p = *q;
    *q = keep;
}

/* Takes column k out of the columns right of it. Returns the pivot's row, or -1 when the pivot is zero. */
static int eliminate(column m[N], int k)
{
    int p = k + index_of_largest(N - k, &m[k][k]);

    if (m[k][p] == 0) return -1;
    swap(&m[k][p], &m[k][k]);
    scale(N - k - 1, -1 / m[k][k], &m[k][k + 1]);
    for (int j = k + 1; j < N; j++) {
        real t = m[j][p];

        m[j][p] = m[j][k];
        m[j][k] = t;
        add_scaled(N - k - 1, t, &m[k][k + 1], &m[j][k + 1]);
    }
    return p;
}

/* The same for the right side, with the pivot's row. */
static void eliminate_right(column m[N], real right[N], int k, int p)
{
    real t = right[p];

    right[p] = right[k];
    right[k] = t;
    add_scaled(N - k - 1, t, &m[k][k + 1], &right[k + 1]);
}

/* Back through the upper triangle: right becomes the solution. */
static void substitute_back(column m[N], real right[N])
{
    for (int k = N - 1; k >= 0; k--) {
        right[k] /= m[k][k];
        add_scaled(k, -right[k], m[k], right);
    }
}

#endif

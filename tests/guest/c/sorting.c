/* Sorting: qsort with several orders and element sizes, bsearch, and our own heap, merge, shell, radix and
 * insertion sorts, which must agree. */
#include <search.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

enum { N = 1500 };

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void heap(int32_t *v, int n)
{
    for (int start = n / 2, end = n; end > 1;) {
        if (start > 0)
            start--;
        else {
            int32_t t = v[--end];
            v[end] = v[0], v[0] = t;
        }
        for (int root = start, child; (child = 2 * root + 1) < end; root = child) {
            if (child + 1 < end && v[child] < v[child + 1]) child++;
            if (v[root] >= v[child]) break;
            int32_t t = v[root];
            v[root] = v[child], v[child] = t;
        }
    }
}

static void merge(int32_t *v, int n)
{
    static int32_t t[N];
    if (n < 2) return;
    merge(v, n / 2), merge(v + n / 2, n - n / 2);
    for (int i = 0, a = 0, b = n / 2; i < n; i++)
        t[i] = b == n || (a < n / 2 && v[a] <= v[b]) ? v[a++] : v[b++];
    memcpy(v, t, n * sizeof *v);
}

static void shell(int32_t *v, int n)
{
    for (int gap = n / 2; gap; gap /= 2)
        for (int i = gap; i < n; i++)
            for (int j = i; j >= gap && v[j - gap] > v[j]; j -= gap) {
                int32_t t = v[j];
                v[j] = v[j - gap], v[j - gap] = t;
            }
}

static void radix(int32_t *v, int n)
{
    static int32_t t[N];
    for (int shift = 0; shift < 32; shift += 8) {
        int at[257] = {0};
        for (int i = 0; i < n; i++)
            at[(((uint32_t)v[i] ^ 0x80000000u) >> shift & 255) + 1]++;
        for (int i = 0; i < 256; i++)
            at[i + 1] += at[i];
        for (int i = 0; i < n; i++)
            t[at[((uint32_t)v[i] ^ 0x80000000u) >> shift & 255]++] = v[i];
        memcpy(v, t, n * sizeof *v);
    }
}

int main(void)
{
    static int32_t data[N], v[N];
    static double d[N];
    static char text[N][11];
    void (*const sorts[])(int32_t *, int) = {heap, merge, shell, radix};
    for (int i = 0; i < N; i++) {
        data[i] = rnd() >> (i % 3 * 10), d[i] = (int32_t)rnd() / 1024.0;
        for (int k = 0; k < 10; k++)
            text[i][k] = 'a' + rnd() % 3;
        text[i][rnd() % 10] = 0;
    }
    memcpy(v, data, sizeof v);
    qsort(v, N, sizeof *v, by_value);
    printf("qsort %08x\n", mix(MIX_START, v, sizeof v));
    int32_t *hit = bsearch(&data[77], v, N, sizeof *v, by_value);
    printf("bsearch %s\n", hit && *hit == data[77] ? "found" : "lost");
    for (int i = 0; i < 4; i++) {
        memcpy(v, data, sizeof v);
        sorts[i](v, N);
        printf("own %08x\n", mix(MIX_START, v, sizeof v));
    }
    qsort(d, N, sizeof *d, by_double);
    qsort(text, N, sizeof *text, by_text);
    printf("doubles %08x from %a to %a\n", mix(MIX_START, d, sizeof d), d[0], d[N - 1]);
    for (int i = 0; i < N; i += 150)
        printf("%s ", text[i]);
    printf("\n");
    return 0;
}

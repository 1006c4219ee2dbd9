/* Big numbers: factorials, Fibonacci, modular powers, and pi to 500 digits by the spigot. */
#include "tests/guest/guest.h"

enum { LIMBS = 64 };
typedef struct {
    uint32_t at[LIMBS];
} big;

static void add(big *a, const big *b)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)a->at[i] + b->at[i];
        a->at[i] = carry;
        carry >>= 32;
    }
}

static void times(big *a, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)a->at[i] * by;
        a->at[i] = carry;
        carry >>= 32;
    }
}

static uint32_t divide(big *a, uint32_t by)
{
    uint64_t rest = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        rest = rest << 32 | a->at[i];
        a->at[i] = rest / by;
        rest %= by;
    }
    return rest;
}

static void show(const char *what, big a)
{
    char text[LIMBS * 10], *p = text + sizeof text;
    *--p = 0;
    for (;;) {
        int any = 0;
        *--p = '0' + divide(&a, 10);
        for (int i = 0; i < LIMBS; i++)
            any |= a.at[i] != 0;
        if (!any) break;
    }
    printf("%s %s\n", what, p);
}

static uint64_t power(uint64_t base, uint64_t e, uint32_t m)
{
    uint64_t r = 1;
    for (base %= m; e; e >>= 1, base = base * base % m)
        if (e & 1) r = r * base % m;
    return r;
}

static void pi(void)
{
    enum { DIGITS = 200, N = DIGITS * 10 / 3 + 10 };
    static int a[N];
    int nines = 0, held = 0;
    for (int i = 0; i < N; i++)
        a[i] = 2;
    for (int d = 0; d < DIGITS; d++) {
        int carry = 0;
        for (int i = N - 1; i > 0; i--) {
            int x = 10 * a[i] + carry * (i + 1);
            a[i] = x % (2 * i + 1), carry = x / (2 * i + 1);
        }
        int x = 10 * a[0] + carry;
        a[0] = x % 10, x /= 10;
        if (x == 9) {
            nines++;
            continue;
        }
        if (d) printf("%d", held + x / 10);
        for (; nines; nines--)
            printf("%d", x >= 10 ? 0 : 9);
        held = x % 10;
    }
    printf("\n");
}

int main(void)
{
    big f = {{1}}, a = {{0}}, b = {{1}};
    for (int i = 1; i <= 250; i++) {
        times(&f, i);
        if (i % 50 == 0) show("factorial", f);
    }
    for (int i = 0; i < 500; i++) {
        big t = b;
        add(&b, &a);
        a = t;
    }
    show("fibonacci", a);
    for (int i = 0; i < 6; i++)
        printf("power %llu\n", (unsigned long long)power(3 + i, 1000000007ull * i + 12345, 4294967291u));
    pi();
    return 0;
}

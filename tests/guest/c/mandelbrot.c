/* The Mandelbrot set in float, double and long double, and in 32-bit fixed point. */
#include "tests/guest/guest.h"

enum { WIDTH = 60, HEIGHT = 24, LIMIT = 60 };

#define SET(type)                                     \
    static int set_##type(type x, type y)             \
    {                                                 \
        type a = 0, b = 0;                            \
        int n = 0;                                    \
        for (; n < LIMIT && a * a + b * b < 4; n++) { \
            type t = a * a - b * b + x;               \
            b = 2 * a * b + y;                        \
            a = t;                                    \
        }                                             \
        return n;                                     \
    }
typedef long double extended;
SET(float)
SET(double)
SET(extended)

static int set_fixed(int32_t x, int32_t y)
{
    int32_t a = 0, b = 0;
    int n = 0;
    for (; n < LIMIT; n++) {
        int32_t aa = (int64_t)a * a >> 26, bb = (int64_t)b * b >> 26;
        if (aa + bb >= 4 << 26) break;
        b = ((int64_t)a * b >> 25) + y;
        a = aa - bb + x;
    }
    return n;
}

int main(void)
{
    int sum[3] = {0};
    for (int row = 0; row < HEIGHT; row++) {
        for (int column = 0; column < WIDTH; column++) {
            double x = -2.2 + column * 3.2 / WIDTH, y = -1.2 + row * 2.4 / HEIGHT;
            int n = set_double(x, y), f = set_float(x, y), e = set_extended(x, y);
            int i = set_fixed((int32_t)(x * (1 << 26)), (int32_t)(y * (1 << 26)));
            sum[0] += f - n, sum[1] += e - n, sum[2] += i * (column + row);
            putchar(" .:-=+*#%@"[n * 9 / LIMIT]);
        }
        putchar('\n');
    }
    printf("float %d long double %d fixed %d\n", sum[0], sum[1], sum[2]);
    return 0;
}

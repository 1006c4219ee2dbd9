/* libm in long double. The transcendental instructions of two CPUs may differ in the last bit (SDM vol.
 * 1, 8.3.10), and what glibc makes of them in a few more: 16 of the 64 bits are rounded away. musl lacks some
 * of these functions.
 * @variants: O0 O2 dyn */
#include <stdint.h>
#define REAL     long double
#define FN(name) name##l
#define SHOW     "%.12La"
#define TINY     1e-4000L
#define HUGE     1e4000L
static uint32_t note(uint32_t sum, long double v);
#include "tests/guest/c/libm_grid.h"

static uint32_t note(uint32_t sum, long double v)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%.11La", v);
    return v != v ? mix(sum, "nan", 3) : mix(sum, text, n);
}

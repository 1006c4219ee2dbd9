/* libm in double, each result to its last bit. */
#include <stdint.h>
#define REAL     double
#define FN(name) name
#define SHOW     "%a"
#define TINY     1e-300
#define HUGE     1e300
static uint32_t note(uint32_t sum, double v);
#include "tests/guest/c/libm_grid.h"

static uint32_t note(uint32_t sum, double v)
{
    if (v != v) v = -77.5; /* which NaN is glibc's affair */
    return MIX(sum, v);
}

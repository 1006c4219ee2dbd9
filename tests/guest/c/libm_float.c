/* libm in float, each result to its last bit. */
#include <stdint.h>
#define REAL     float
#define FN(name) name##f
#define SHOW     "%a"
#define TINY     1e-40f
#define HUGE     1e38f
static uint32_t note(uint32_t sum, float v);
#include "tests/guest/c/libm_grid.h"

static uint32_t note(uint32_t sum, float v)
{
    if (v != v) v = -77.5f; /* which NaN is glibc's affair */
    return MIX(sum, v);
}

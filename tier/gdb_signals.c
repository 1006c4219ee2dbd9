/* Signals by the numbers of GDB's remote protocol (gdb/signals.h), which are those of no system. */
#include "tier/gdb_inside.h"

/* By the guest's number, below 32. */
static const uint8_t numbers[32] = {
    [1] = 1,   [2] = 2,   [3] = 3,   [4] = 4,   [5] = 5,   [6] = 6,   [7] = 10,  [8] = 8,
    [9] = 9,   [10] = 30, [11] = 11, [12] = 31, [13] = 13, [14] = 14, [15] = 15, [17] = 20,
    [18] = 19, [19] = 17, [20] = 18, [21] = 21, [22] = 22, [23] = 16, [24] = 24, [25] = 25,
    [26] = 26, [27] = 27, [28] = 28, [29] = 23, [30] = 32, [31] = 12,
};
enum { RT_FIRST = 33, RT_LAST = 63, RT_BASE = 45 - RT_FIRST, RT_32 = 77, RT_64 = 78, UNKNOWN = 143 };

int gdb_signal_number(int g)
{
    if (g >= 0 && g < 32) return numbers[g];
    if (g >= RT_FIRST && g <= RT_LAST) return g + RT_BASE;
    return g == 32 ? RT_32 : g == 64 ? RT_64 : UNKNOWN;
}

int gdb_signal_from(uint64_t number)
{
    for (int g = 1; g <= 64; g++)
        if ((uint64_t)gdb_signal_number(g) == number) return g;
    return 0;
}

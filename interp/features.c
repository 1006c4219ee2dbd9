/* The guest CPU's extensions: models, the list of --cpu, CPUID's bits. */
#include "interp/features.h"

#include <stdio.h>
#include <string.h>

#include "interp/cpu.h"

struct feature_row {
    const char *name;
    uint32_t leaf;
    uint8_t reg, bit, needs;
};

static const struct feature_row rows[FEATURES] = {
#define FEATURE(id, name, leaf, reg, bit, needs) {name, leaf, reg, bit, FEATURE_##needs},
#include "interp/features.def"
#undef FEATURE
};

const char *const features_names[] = {
#define FEATURE(id, name, leaf, reg, bit, needs) name,
#include "interp/features.def"
#undef FEATURE
    NULL};

#define BIT(id) (1u << FEATURE_##id)
enum {
    PENTIUM2 = BIT(MMX) | BIT(FXSR),
    PENTIUM3 = PENTIUM2 | BIT(SSE),
    PENTIUM4 = PENTIUM3 | BIT(SSE2) | BIT(CLFLUSH),
    CORE2 = PENTIUM4 | BIT(SSE3) | BIT(SSSE3),
    NEHALEM = CORE2 | BIT(SSE41) | BIT(SSE42) | BIT(POPCNT),
    ALL = (1u << FEATURES) - 1,
};

struct model {
    uint32_t features, signature;
};
const char *const features_models[] = {"pentiumpro", "pentium2", "pentium3", "pentium4",
                                       "core2",      "nehalem",  "max",      NULL};
static const struct model models[] = {{0, 0x619},        {PENTIUM2, 0x652}, {PENTIUM3, 0x673},
                                      {PENTIUM4, 0xf29}, {CORE2, 0x6fb},    {NEHALEM, 0x106a5},
                                      {ALL, 0x106a5}};

static struct model chosen = {CORE2, 0x6fb};

/* --- choice -------------------------------------------------------------------------------------------- */

static int find(const char *const *names, const char *word, size_t n)
{
    for (int k = 0; names[k]; k++)
        if (strlen(names[k]) == n && memcmp(names[k], word, n) == 0) return k;
    return -1;
}

/* With what it needs. */
static void add(unsigned f)
{
    for (; !(chosen.features >> f & 1); f = rows[f].needs)
        chosen.features |= 1u << f;
}

/* With what needs it. */
static void drop(unsigned f)
{
    chosen.features &= ~(1u << f);
    for (unsigned k = f + 1; k < FEATURES; k++)
        if (rows[k].needs != k && !(chosen.features >> rows[k].needs & 1)) chosen.features &= ~(1u << k);
}

static bool apply(const char *word, size_t n)
{
    if (n == 0) return false;
    if (*word == '+' || *word == '-') {
        int f = find(features_names, word + 1, n - 1);
        if (f < 0) return false;
        if (*word == '+')
            add((unsigned)f);
        else
            drop((unsigned)f);
        return true;
    }
    int m = find(features_models, word, n);
    if (m >= 0) chosen = models[m];
    return m >= 0;
}

bool features_choose(const char *list, char *wrong, unsigned size)
{
    for (;;) {
        size_t n = strcspn(list, ",");
        if (!apply(list, n)) {
            snprintf(wrong, size, "%.*s", (int)n, list);
            return false;
        }
        if (!list[n]) return true;
        list += n + 1;
    }
}

/* --- what was chosen ----------------------------------------------------------------------------------- */

bool features_has(enum feature f)
{
    return chosen.features >> f & 1;
}

bool features_any(void)
{
    return chosen.features != 0;
}

uint32_t features_signature(void)
{
    return chosen.signature;
}

/* out: in the order of CPUID's registers. */
void features_cpuid(uint32_t leaf, uint32_t out[4])
{
    static const uint8_t place[] = {[EAX] = 0, [EBX] = 1, [ECX] = 2, [EDX] = 3};
    for (unsigned k = 0; k < FEATURES; k++)
        if (rows[k].leaf == leaf && leaf && features_has((enum feature)k))
            out[place[rows[k].reg]] |= 1u << rows[k].bit;
}

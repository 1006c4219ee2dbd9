/* What CPUID tells of the guest's CPU. */
#include <criterion/criterion.h>

#include "interp/cpu.h"
#include "interp/features.h"

/* Libraries choose code by family and model: from model 3 on they count on MMX. */
Test(features, model_and_flags_agree)
{
    enum { MMX = 1 << 23 };
    uint32_t id[4];
    cpu_cpuid(1, 0, id);
    cr_assert_eq(id[0] >> 8 & 15, 6);
    cr_assert((id[0] >> 4 & 15) < 3 || id[3] & MMX, "model %u without MMX", id[0] >> 4 & 15);
}

/* D's runtime counts down from leaf 2's AL. */
Test(features, descriptors_are_asked_for_once)
{
    char wrong[64];
    uint32_t id[4];
    cr_assert(features_choose("max", wrong, sizeof wrong));
    cpu_cpuid(2, 0, id);
    cr_assert_eq(id[0] & 255, 1);
}

/* Which CPU the guest sees: its extensions, as CPUID tells of them and the decoder knows them. Chosen once,
 * before the guest runs. */
#ifndef INTERP_FEATURES_H
#define INTERP_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

enum feature {
#define FEATURE(id, name, leaf, reg, bit, needs) FEATURE_##id,
#include "interp/features.def"
#undef FEATURE
    FEATURES
};

/* MODEL, +FEATURE and -FEATURE in a list, a model first. false: `wrong` is the word that means nothing. */
bool features_choose(const char *list, char *wrong, unsigned size);

bool features_has(enum feature f);
bool features_any(void);

/* The CPUID bits of a leaf, and leaf 1's signature: family, model and stepping. */
void features_cpuid(uint32_t leaf, uint32_t out[4]);
uint32_t features_signature(void);

/* Names of the models and of the features, NULL-terminated: for help. */
extern const char *const features_models[], *const features_names[];

#endif

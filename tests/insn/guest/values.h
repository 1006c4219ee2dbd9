/* Operands that a trial's seed determines. */
#ifndef TESTS_INSN_GUEST_VALUES_H
#define TESTS_INSN_GUEST_VALUES_H

#include <stdint.h>

#include "tests/insn/trial.h"

void values_seed(uint32_t seed);
uint32_t values_bits(void);   /* 32 random bits */
uint32_t values_number(void); /* a number that is likely to be an edge case or related to the last one */
uint32_t values_selector(void);
uint32_t values_ss_selector(void);

/* Memory operands in the formats of the x87. */
void values_f32(uint8_t *to);
void values_f64(uint8_t *to);
void values_f80(uint8_t *to, unsigned domain);
void values_bcd(uint8_t *to);

/* A whole state as FRSTOR loads it; run chooses rounding and precision. `unmasked`: exceptions may be. */
void values_x87_state(uint8_t image[108], unsigned run, unsigned domain, int unmasked);
/* An environment alone, 28 bytes or (wide == 0) 14. */
void values_x87_env(uint8_t *image, unsigned run, int wide, int unmasked);

/* Packed values of a kind (enum content). */
void values_lanes(uint8_t to[16], unsigned kind);
uint32_t values_mxcsr(unsigned run, int unmasked);
/* A whole state as FXRSTOR loads it: registers of the kind, the x87's part from an image of FRSTOR if traits
 * say so. */
void values_fx(uint8_t image[512], const uint8_t x87[108], unsigned run, unsigned kind, unsigned traits);

#endif

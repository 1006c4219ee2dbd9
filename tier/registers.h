/* The guest's registers as text, for logs and crash reports. */
#ifndef TIER_REGISTERS_H
#define TIER_REGISTERS_H

#include <stdio.h>

#include "interp/cpu.h"

void registers_print(FILE *out, const struct cpu *cpu); /* general, flags, segments */
void registers_print_x87(FILE *out, const struct cpu *cpu);

#endif

/* Segment checks beyond cpu.h: used by the handlers of segment and far-transfer instructions. */
#ifndef INTERP_SEGMENT_H
#define INTERP_SEGMENT_H

#include "interp/cpu.h"

/* May CS become `selector` by a far jump or call, or (is_return) by RETF or IRET? false: cpu->trap is set.
 * Only flat 32-bit code segments of privilege 3 qualify. */
bool segment_code_ok(struct cpu *cpu, uint16_t selector, bool is_return);

/* The access rights as LAR gives them (second descriptor word, SDM vol. 3, 3.4.5), limit bits cleared. */
uint32_t segment_rights(const struct descriptor *d);

#endif

/* From an x87 encoding to the double model. */
#ifndef TESTS_FPU_DOUBLE_H
#define TESTS_FPU_DOUBLE_H

#include "tests/fpu/vectors.h"

/* Executes one instruction; false: it is none, or the same in both models. */
bool double_execute(struct encoding e, struct machine *m);
/* The same by the inline common case; false: nothing done, it is for double_execute. */
bool double_quick(struct encoding e, struct machine *m);

#endif

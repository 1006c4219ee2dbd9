/* Are two outcomes of the same run the same, as far as they are defined? */
#ifndef TESTS_INSN_COMPARE_H
#define TESTS_INSN_COMPARE_H

#include "tests/insn/gen.h"

/* torn: memory does not count where a store faulted. */
bool compare_records(const struct trial *t, const struct record *cpu, const struct record *emulator,
                     bool torn);

/* Prints instruction, state before, and what differs after. `code` is the trial's instruction. */
void compare_report(const struct trial *t, const uint8_t *code, const struct record *cpu,
                    const struct record *emulator);

#endif

/* Which flags and results are defined for a given count (SDM vol. 2). Shared by runner and comparer. */
#ifndef TESTS_INSN_RULES_FLAGS_H
#define TESTS_INSN_RULES_FLAGS_H

#include "tests/insn/trial.h"

enum { CF = 1, PF = 4, AF = 16, ZF = 64, SF = 128, OF = 1 << 11 };

/* EFLAGS bits to compare when ECX was `ecx`. */
static inline uint32_t trial_flag_mask(const struct trial *t, uint32_t ecx)
{
    unsigned count = ecx & 31;
    unsigned width = t->rule == RULE_COUNT_CL8 ? 8 : t->rule == RULE_COUNT_CL16 ? 16 : 32;
    switch (t->rule) {
    case RULE_COUNT_CL8:
    case RULE_COUNT_CL16:
    case RULE_COUNT_CL32:
        if (count == 0) return ~0u;
        if (count == 1) return ~(uint32_t)AF;
        return ~(uint32_t)(AF | OF | (count > width ? CF : 0));
    case RULE_DOUBLE_CL16:
        if (count > 16) return ~(uint32_t)(CF | PF | AF | ZF | SF | OF);
        if (count == 0) return ~0u;
        return ~(uint32_t)(count == 1 ? AF : AF | OF);
    case RULE_ROTATE_CL: return count <= 1 ? ~0u : ~(uint32_t)OF;
    default: return t->flag_mask;
    }
}

/* More registers whose value is undefined; bit 8: memory too. */
static inline unsigned trial_ignored(const struct trial *t, uint32_t ecx)
{
    return t->rule == RULE_DOUBLE_CL16 && (ecx & 31) > 16 ? 0x1ff : 0;
}

#endif

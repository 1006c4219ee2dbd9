/* The arithmetic of the two-operand integer operations on values: one function, used for every operand
 * form, locked or not. Constant `op`, `bits` and `want` fold it to a few instructions. */
#ifndef INTERP_ALU_H
#define INTERP_ALU_H

#include "interp/flags.h"

/* a op b; sets the flags if `want`. Values are zero-extended; so is the result. */
static inline uint32_t alu(struct cpu *cpu, enum op op, uint32_t a, uint32_t b, int bits, bool want)
{
    uint64_t r;
    switch (op) {
    case OP_ADD:
    case OP_XADD: r = (uint64_t)a + b; break;
    case OP_ADC: r = (uint64_t)a + b + flag_cf(cpu); break;
    case OP_SBB: r = (uint64_t)a - b - flag_cf(cpu); break;
    case OP_INC: r = (uint64_t)a + (b = 1); break;
    case OP_DEC: r = (uint64_t)a - (b = 1); break;
    case OP_NEG:
        b = a;
        a = 0;
        r = (uint64_t)a - b;
        break;
    case OP_SUB:
    case OP_CMP: r = (uint64_t)a - b; break;
    case OP_AND:
    case OP_TEST: r = a & b; break;
    case OP_OR: r = a | b; break;
    case OP_XOR: r = a ^ b; break;
    default: r = ~a; break; /* NOT: no flags */
    }
    if (want) {
        if (op == OP_AND || op == OP_TEST || op == OP_OR || op == OP_XOR)
            flags_logic(cpu, r, bits);
        else if (op == OP_INC || op == OP_DEC)
            flags_step(cpu, a, b, r, bits);
        else if (op != OP_NOT)
            flags_sum(cpu, a, b, r, bits);
    }
    return trunc_bits(r, bits);
}

static inline bool alu_writes(enum op op)
{
    return op != OP_CMP && op != OP_TEST;
}

#endif

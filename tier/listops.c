/* --list-ops: one line an operation of interp/ops.def. */
#include "tier/listops.h"

#include <stdio.h>

#include "interp/insn.h"

static const char *flags(unsigned mask, char out[8])
{
    static const struct {
        unsigned bit;
        char name;
    } letters[] = {{FL_OF, 'O'}, {FL_SF, 'S'}, {FL_ZF, 'Z'}, {FL_AF, 'A'}, {FL_PF, 'P'}, {FL_CF, 'C'}};
    int n = 0;
    for (unsigned i = 0; i < sizeof letters / sizeof *letters; i++)
        if (mask & letters[i].bit) out[n++] = letters[i].name;
    if (!n) out[n++] = '-';
    out[n] = '\0';
    return out;
}

static const char *jit_name(unsigned class)
{
    switch (class) {
    case JIT_NATIVE: return "native";
    case JIT_HELPER: return "helper";
    default: return "never";
    }
}

void listops_print(void)
{
    char reads[8], writes[8], undefined[8];
    printf("%-12s %-12s %-7s %-7s %-7s %-9s\n", "operation", "mnemonic", "jit", "reads", "writes",
           "undefined");
    for (int i = 0; i < OP_COUNT; i++) {
        const struct op_info *op = &op_info[i];
        printf("%-12s %-12s %-7s %-7s %-7s %-9s\n", op->name, op->mnemonic, jit_name(op->jit),
               flags(op->reads, reads), flags(op->writes, writes), flags(op->undefined, undefined));
    }
}

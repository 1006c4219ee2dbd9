/* What the emitters of x87 instructions give each other. */
#ifndef JIT_MIPS64_X87_EMIT_H
#define JIT_MIPS64_X87_EMIT_H

#include "jit/mips64/translate.h"

/* A function of fpu/direct.h, of whatever type. */
typedef void x87_fn(void);

/* Offset of ST(i) in struct cpu. */
static inline int x87_offset(const struct tr *t, unsigned i)
{
    return CPU_OFFSET(x87.reg) + (int)sizeof(struct f80) * (int)((t->x87.top + i) & 7);
}
/* rt = address of ST(i). */
void x87_address(struct tr *t, enum reg rt, unsigned i);
/* Calls f, A1 and so on are its arguments; the first one is struct x87. */
void x87_call(struct tr *t, x87_fn *f);

bool x87_used(const struct tr *t, unsigned i);
void x87_pushed(struct tr *t);
void x87_popped(struct tr *t, unsigned n);
/* It was not a control instruction. true. */
bool x87_done(struct tr *t, const struct insn *i);

void x87_load64(struct tr *t, const struct insn *i, enum reg rd, struct address a);
void x87_store64(struct tr *t, const struct insn *i, enum reg rt, struct address a);
/* rd = the bits of a memory operand of at most 64, sign-extended. */
void x87_load_operand(struct tr *t, const struct insn *i, enum reg rd, struct address a);
/* Stores V0 as the record's size says. */
void x87_store_result(struct tr *t, const struct insn *i);

/* Emitters, as in translate.h. x87_fused() does several items at once, or none. */
emit_fn x87_arithmetic, x87_compare, x87_fused;

#endif

/* What the back-end's main file and the control-flow emitters need from translate.c. */
#ifndef JIT_MIPS64_TRANSLATE_H
#define JIT_MIPS64_TRANSLATE_H

#include "jit/mips64/jit.h"

/* Translates b and sets b->native. false: refused (no room, or too long). */
bool translate(struct jit *j, struct block *b);
bool trampolines_new(struct jit *j);

/* Has the last record of a block an emitter, or must the interpreter run it? */
bool ends_natively(const struct insn *i);

void emit_pointer(struct tr *t, enum reg rt, const void *p);
/* A jump to code that is there already. */
void emit_jump(struct tr *t, const uint32_t *to);

/* Leaves the block by exit `which` (EXIT_FALL, EXIT_TAKEN): chainable. A backward one looks at cpu->poll. */
void emit_exit(struct tr *t, unsigned which, bool backward);

#endif

/* Between the files of the MIPS64 back-end. */
#ifndef JIT_MIPS64_JIT_H
#define JIT_MIPS64_JIT_H

#include "interp/block.h"
#include "jit/jit.h"
#include "jit/mips64/memory.h"
#include "jit/mips64/regs.h"

/* Which record the host code from a word on implements. */
struct mark {
    uint32_t word; /* index into code memory */
    uint16_t rec;
};

/* A translation: code words [first, end), in the order of code memory. */
struct translation {
    struct block *block; /* NULL: dropped */
    uint32_t first, end;
    uint32_t marks, mark_count; /* in jit->marks */
};

typedef const struct insn *enter_fn(struct cpu *cpu, uint8_t *base, const void *native);

struct jit {
    struct interp *in;
    struct codemem mem;
    uint32_t *leave, *leave_clean; /* trampolines: registers are stored; are in struct cpu already */
    enter_fn *enter;
    struct translation *translations; /* sorted by first: code memory only grows */
    size_t translation_count, translation_room;
    struct mark *marks;
    size_t mark_count, mark_room;
    struct translation *faulted; /* by the last host fault */
};

/* --- a translation being made (translate.c) and its emitters ----------------------------------------- */

struct tr {
    struct code c;
    struct jit *j;
    struct block *b;
    uint16_t live[2 * BLOCK_MAX_INSNS + 4]; /* flags live after each record */
    struct label leave_null, leave_here;    /* shared tails */
};

/* Emits record i (number k of its block). false: it has no emitter; nothing was emitted. */
typedef bool emit_fn(struct tr *t, const struct insn *i, bool flags);
emit_fn emit_alu, emit_data, emit_stack, emit_shift, emit_mul;

/* CMP or TEST with the conditional jump after it (emit_ctl.c). */
bool emit_fused(struct tr *t, const struct insn *i, bool flags);
/* The last record: leaves or jumps in every case. */
void emit_end(struct tr *t, const struct insn *i);
/* Leaves for the interpreter, which goes on with record `to`. */
void emit_leave(struct tr *t, const struct insn *to);
/* Sets rd to non-zero if condition cc of the lazy flags holds; false: no emitter. */
bool emit_condition(struct tr *t, enum reg rd, unsigned cc);

/* Operands (operand.c). Host address of a memory operand: *offset(ADDRESS). */
int emit_address(struct tr *t, const struct insn *i);
/* rd = the guest address. */
void emit_lea(struct tr *t, enum reg rd, const struct insn *i);
/* Loads: 32 bits sign-extended, 8 and 16 zero-extended. */
void emit_load(struct tr *t, const struct insn *i, enum reg rd, int offset, int bits);
/* Aligned, or the host does it: a store that was seen misaligned is a helper's (emit_native), because two
 * partial stores would not be all or nothing at a page's end. */
void emit_store(struct tr *t, enum reg rt, int offset, int bits);
/* rd = register operand at byte offset `off`: 32 bits sign-extended (may return the register itself), 8 and
 * 16 zero-extended into rd. */
enum reg emit_get(struct tr *t, enum reg rd, unsigned off, int bits);
void emit_set(struct tr *t, unsigned off, enum reg rs, int bits);
int insn_bits(const struct insn *i);

#endif

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

/* Has i emitters that rely on the x87's state? */
bool x87_relies(const struct tr *t, const struct insn *i);
bool x87_used(const struct tr *t, unsigned i);
void x87_pushed(struct tr *t);
void x87_popped(struct tr *t, unsigned n);
/* Pushes ST(i), C1 apart. Uses V0, V1. */
void x87_push_copy(struct tr *t, unsigned i);
/* It was not a control instruction. true. */
bool x87_done(struct tr *t, const struct insn *i);

void x87_load64(struct tr *t, const struct insn *i, enum reg rd, struct address a);
void x87_store64(struct tr *t, const struct insn *i, enum reg rt, struct address a);
/* V0 and V1: significand, sign and exponent of an m80 operand. */
void x87_load80(struct tr *t, const struct insn *i);
void x87_store80(struct tr *t, const struct insn *i);
/* rd = the bits of a memory operand of at most 64, sign-extended. */
void x87_load_operand(struct tr *t, const struct insn *i, enum reg rd, struct address a);
/* Stores V0 as the record's size says. */
void x87_store_result(struct tr *t, const struct insn *i);

/* How many registers the instruction takes off the stack; -1: it adds one. */
int x87_pops(unsigned op);

/* ST(dst) = a op b, or of ST(dst) and memory. */
struct x87_arith {
    bool is, pop;
    uint8_t op, dst, src;
};
struct x87_arith x87_arith_of(const struct insn *i);

/* Emitters, as in translate.h. x87_fused() does several items at once, or none. x87_control() is of fnstsw,
 * fnstcw, fldcw and fwait. */
emit_fn x87_arithmetic, x87_compare, x87_fused, x87_control;
/* Of the double model, on ST(0) alone: fchs, fabs, fsqrt, frndint, fxam. */
emit_fn x87_unary;

/* fldcw; bits of the control word that are not in `matters` make no difference to the translation. */
bool x87_load_control(struct tr *t, const struct insn *i, unsigned matters);

/* --- exact, doubles in FPRs (x87_narrow.c) ------------------------------------------------------------ */

/* As an emitter: by the emitters of the double model, if the control word rounds to 53 bits. */
emit_fn x87_narrow;
/* Does the control word, as it is known, round to nearest, to 53 bits? */
bool x87_rounds_to_53(const struct tr *t);
/* Is there another emitter, should an assumption of x87_narrow() fail? */
bool x87_has_wide(const struct tr *t, const struct insn *i);
/* f has been loaded, or computed: soon it is tested that it is zero or a normal number. */
void narrow_loaded(struct tr *t, unsigned f);
void narrow_computed(struct tr *t, unsigned f);
/* V0 is an m32 that is no denormal. */
void narrow_test_m32(struct tr *t);
/* f = the double that V0 and V1, significand, sign and exponent, are: zero or normal; others are left to the
 * interpreter. */
void x87_to_double(struct tr *t, unsigned f);
/* Registers and C1 to struct cpu, where they stay; the same without a change of the state. Neither V0 nor V1
 * is used. */
void x87_to_memory(struct tr *t);
void narrow_leave(struct tr *t);

/* --- the double model (x87_fpr.c) --------------------------------------------------------------------- */

/* One operation of the host is one of the guest: to nearest, 53 bits at least. */
enum { X87_CW_RC = 0xc00, X87_CW_WIDE = 0x200 };
static inline bool fpr_is_plain(const struct tr *t)
{
    return (t->x87.cw & (X87_CW_RC | X87_CW_WIDE)) == X87_CW_WIDE;
}
/* After an operation that may raise flags. */
void fpr_note_causes(struct tr *t);
/* As at a way in. */
void fpr_begin(struct tr *t);
/* The FPR that ST(i) is in. */
unsigned fpr_of(const struct tr *t, unsigned i);
/* Those that may not be changed, a set; those of exact mode. */
uint32_t fpr_taken(const struct tr *t);
extern const uint32_t narrow_fprs;
/* A free one, for a new value of ST(i), or for nothing but the current record. */
unsigned fpr_new(struct tr *t, unsigned i);
/* ST(i) is in f from now on. */
void fpr_name(struct tr *t, unsigned i, unsigned f);
void fpr_push(struct tr *t, unsigned f);
/* The current record goes on with the chain, or begins one. */
void fpr_chain(struct tr *t);
/* Where the interpreter does the current record, and the chain before it. */
struct label *fpr_back(struct tr *t);
/* f is the result of an operation that makes a NaN of one. */
void fpr_result(struct tr *t, unsigned f);
/* f holds no NaN. */
void fpr_ordered(struct tr *t, unsigned f);
/* Tests a and b, if it is not known that they are no NaNs. */
void fpr_order(struct tr *t, unsigned a, unsigned b);
/* Values to their homes; and to struct cpu, with the flags; and back. */
void fpr_home(struct tr *t);
void fpr_to_memory(struct tr *t);
void fpr_from_memory(struct tr *t, unsigned registers);

#endif

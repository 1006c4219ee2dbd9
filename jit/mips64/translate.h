/* A translation being made: its state, and what the emitters give each other. */
#ifndef JIT_MIPS64_TRANSLATE_H
#define JIT_MIPS64_TRANSLATE_H

#include "jit/mips64/jit.h"
#include "jit/mips64/trace.h"

/* A host register that holds the host address of what a guest register's holds, or of a constant. */
struct cached {
    uint8_t reg; /* EAX..EDI, plus c; REG_ZERO: of constant c; REG_EA: that constant itself; REG_SLOTS:
                    nothing; REG_TWICE: the constant in both halves; REG_HALVES: the value
                    of halves of XMM registers, of the set c */
    bool fresh;  /* REG_HALVES: for a new value that no half has yet */
    bool narrow; /* … its upper 32 bits are 0 */
    uint32_t c;
    uint32_t used; /* when, for choosing a victim */
};

enum { CLOCK_STEP = 64 };
enum { REG_TWICE = REG_SLOTS + 1, REG_HALVES };

/* What a guest register holds (values.c): what the host register of `base` does, plus c; of REG_ZERO: c. */
struct value {
    uint8_t base;
    int32_t c;
};

/* The 16 bytes that an item loaded to an XMM register, which still has them: their address is what the host
 * register of `base` does, plus c. REG_SLOTS: none are known. */
struct loaded {
    uint8_t base;
    uint32_t c;
    unsigned off, item;
};

/* Which value a check of the operands and results of scalar SSE looks at (sse.c). A zero looks like a
 * denormal at first: it is right always, or only if an operand was zero. ZERO_OR_WHOLE: the value has not
 * been looked at. ZERO_PRODUCT and what follows: neither have its factors. ZERO_PACKED_…: of packed singles
 * (sse_packed.c). */
enum zero_result {
    ZERO_ANY,
    ZERO_OF_FIRST,
    ZERO_OF_EITHER,
    ZERO_OR_WHOLE,
    ZERO_PRODUCT,
    ZERO_LOST,
    ZERO_SUM,
    ZERO_PACKED_NONE,
    ZERO_PACKED_SUM,
    ZERO_PACKED_PRODUCT,
    ZERO_PACKED_QUOTIENT
};
struct check_of {
    uint8_t f, a, b; /* the value, and what it was computed from */
    uint8_t sum, c;  /* ZERO_SUM: a sum of f and c */
    uint8_t high[3]; /* packed: the upper halves' f, a, b */
    uint8_t zero;
    bool is_double, of_doubles;
};

/* A way out whose code comes after the main line. */
enum stub_kind { STUB_EDGE, STUB_RECORD, STUB_V0, STUB_TRAP, STUB_TRAP_LIGHT, STUB_OTHER, STUB_ELSEWHERE };

struct stub {
    struct label label;
    uint8_t kind;
    struct insn *to; /* the exit record, or the record to go on with */
    gaddr from;      /* eip of the jump: a target at or before it is a loop */
    struct recipe flags;
    int32_t esp;
    struct frame *frame;
    struct x87_state x87;
    struct xmm_state xmm;
    bool sse_known;
    const uint32_t *back; /* where a value that is zero after all goes on (sse.c); NULL: nowhere */
    uint32_t *leaves;     /* where all others leave */
    struct check_of check;
    uint16_t item;
    bool guard, seldom; /* of an assumption about the items blame..last; as in struct site */
    uint16_t blame, last;
    uint8_t doubt;
    uint8_t wide[REG_SLOTS];
    struct value value[REG_SLOTS];
};

/* A call whose callee is part of the trace: if that is left, the return prediction must be told. */
struct frame {
    struct frame *outer;
    struct item *call;
    const uint32_t *landing;
};
enum { FRAMES = TRACE_BLOCKS, WORD = 32 };

/* What a jump back to the translation's own entry may leave undone. */
struct loop {
    bool back;        /* such a jump is being made */
    bool carries;     /* … to t->again */
    bool flags_used;  /* a way out passes on the flags of the entry */
    bool fip_used;    /* … or the address of the x87 instruction before it */
    uint32_t written; /* guest registers that change while the flags of the entry count */
};

/* Registers of the double model (x87_fpr.c), sets by number. */
struct fpr_state {
    uint32_t ordered;   /* these hold no NaN */
    uint32_t unchecked; /* these may hold one that an operation of the host made */
    uint32_t held;      /* taken by the current record */
    bool open;          /* a chain … */
    bool tests;         /* exact: … whose flags are to be tested */
    unsigned first;     /* … of records, since this item */
    struct x87_state start;
    struct stub *back; /* where it is left for its beginning; NULL: not yet */
};

/* Copies in f0 and so on (packed_copies.c): the halves of XMM registers that each has, a set; 1 + the
 * constant; when it was used. */
enum { COPIES = 14 };
struct copies {
    uint16_t halves[COPIES], used[COPIES];
    uint8_t constant[COPIES];
    uint16_t sane; /* FPRs with two singles, neither denormals nor NaNs */
};

enum { STUBS = 4 * TRACE_RECORDS, MARKS = 3 * TRACE_RECORDS, PENDINGS = 4 * MARKS };

struct tr {
    struct code c;
    struct jit *j;
    struct trace *trace;
    unsigned k;     /* item being translated */
    unsigned ahead; /* so many items further on is the one that accesses memory; a fault there begins at k */
    bool keep;      /* the flags from before it are needed after it */
    bool reads_flags; /* … or by itself */
    bool shows_flags; /* … or by who sees a fault of it, which is yet to come */
    bool in_memory;   /* this translation wants the flags in memory when it is entered */
    bool restart;     /* … as turned out only now */
    struct recipe flags;
    int32_t esp;  /* still to be added to ESP */
    uint32_t key; /* of the x87, as this translation wants it */
    bool has_x87; /* … if it does */
    struct x87_state x87;
    struct fpr_state fpr;
    struct copies copies;
    struct xmm_state xmm;
    bool lower_fprs;   /* those of the x87 are for XMM registers as well */
    uint32_t xmm_held; /* FPRs that the item xmm_item has taken */
    unsigned xmm_item;
    uint8_t sse;              /* enum sse_key that this translation is made for */
    bool sse_known;           /* MXCSR is as that says */
    uint32_t *again;          /* the way in for jumps back; NULL: there is none */
    struct xmm_state carried; /* the registers there */
    uint16_t changed_last[8]; /* by the trace's item */
    uint32_t again_word;      /* a constant in again_reg there; 0: none */
    enum reg again_reg;
    bool again_kept;         /* … and ever since */
    uint8_t wide[REG_SLOTS]; /* bits of each host register that may be set: all above are 0; WORD: any */
    struct value value[REG_SLOTS]; /* of each guest register; ESP has its own, above */
    struct cached cache[CACHE_SIZE];
    struct loaded loaded;
    uint8_t aligned[REG_SLOTS]; /* 1 + n: its host register plus n is a multiple of 16; 0: not known */
    uint32_t clock,
        item_clock; /* of uses, in steps of CLOCK_STEP for each item; when the current one began */
    struct frame frame[FRAMES]; /* of all calls, in order */
    unsigned frames;
    uint32_t *entry, *direct;
    struct loop loop;
    struct frame *inside; /* innermost call that has not returned */
    struct stub stub[STUBS];
    unsigned stubs;
    uint32_t *start[TRACE_RECORDS + 1]; /* of each item's code, and of the stubs */
    struct mark mark[MARKS]; /* a record's, a poll's, a value's that is settled in a record's middle */
    unsigned marks;
    bool helped[TRACE_RECORDS];  /* items that call the interpreter's function */
    struct recipe recipe[MARKS]; /* those of the marks */
    unsigned recipes;
    struct pending pending[PENDINGS];
    unsigned pendings;
    struct site *way_in; /* count.c */
    struct site *sites;  /* of this translation, by next_of */
};

/* --- state (state.c) --------------------------------------------------------------------------------- */

/* The state is as at an entry. */
void state_begin(struct tr *t);
/* After a C helper: what callers save is lost. */
void state_clobber(struct tr *t);
/* The same, but guest registers are as they were. */
void state_clobber_addresses(struct tr *t);
/* The host registers that do not survive a function of fpu/direct.h are lost. */
void state_clobber_arguments(struct tr *t);
/* The current item may fault from here on. */
void state_mark(struct tr *t);
/* The same where it is emitted once more, in another state. */
void state_mark_afresh(struct tr *t);
/* The record n items further on, if all up to it are plain; else NULL. */
const struct insn *item_ahead(const struct tr *t, unsigned n);
/* The next item is the current one from here on: an emitter has done both. */
void item_advance(struct tr *t);
/* Did the assumptions about item k fail? */
bool is_left_to_helper(const struct tr *t, unsigned k);
/* A value was settled: where the guest is left must know if the current item may fault already. */
void state_changed(struct tr *t);

/* Sign-extended value of a guest register operand (byte offset `off`); tmp is used if it is in no register
 * as such. emit_get_zx: zero-extended (8 and 16 bits). */
enum reg emit_get(struct tr *t, enum reg tmp, unsigned off, int bits);
enum reg emit_get_zx(struct tr *t, enum reg tmp, unsigned off, int bits);
/* A register whose low bits are the operand's; those above are not defined. */
enum reg emit_get_low(struct tr *t, enum reg tmp, unsigned off, int bits);
/* The register to compute a new value of a guest register in: its own, or tmp. The old value may still be an
 * operand until the last instruction of the computation; flags that need it are saved first. */
enum reg emit_out(struct tr *t, enum reg tmp, unsigned off, int bits);
/* Makes value `v` (from emit_out's register, or any other) the guest register's. */
void emit_put(struct tr *t, unsigned off, enum reg v, int bits);
/* The same of zero-extended values: where all above is 0, the whole register is theirs. */
enum reg emit_out_zx(struct tr *t, enum reg tmp, unsigned off, int bits);
void emit_put_zx(struct tr *t, unsigned off, enum reg v, int bits);
/* Is the operand's register its zero-extended value? */
bool state_is_zx(const struct tr *t, unsigned off, int bits);
static inline unsigned bits_of(uint32_t v)
{
    return v ? 32 - (unsigned)__builtin_clz(v) : 0;
}
/* Bits of the 32-bit register operand, which is in its host register, from `n` on are 0 from now on. */
void state_narrow(struct tr *t, unsigned off, unsigned n);
/* rd = v, sign-extended from `bits`. */
void emit_extend(struct code *c, enum reg rd, enum reg v, int bits);
/* Adds what is pending to ESP. */
void emit_sync_esp(struct tr *t);

/* --- what guest registers hold (values.c) -------------------------------------------------------------- */

void values_begin(struct tr *t);
struct value value_of(const struct tr *t, unsigned r);
/* The register operand as a constant. */
bool value_is_constant(const struct tr *t, unsigned off, int bits, int32_t *c);
/* How many bits of the register may be set. */
unsigned value_width(const struct tr *t, unsigned r);
/* Guest register r holds v, which nobody computes before it is needed. false: nothing was done. */
bool value_set(struct tr *t, unsigned r, struct value v);
/* Guest register r, and no other, has been written to its host register. */
void value_kept(struct tr *t, unsigned r);
/* Guest register r, or all, to their host registers. */
void value_settle(struct tr *t, unsigned r);
void values_settle(struct tr *t);
/* Is it what some host register holds? */
bool value_in_register(const struct tr *t, unsigned r);
/* Both register operands will be had from registers: to get one leaves the other where it is. */
void values_ready(struct tr *t, unsigned a, unsigned b);
/* Host register r is about to change: values that follow from it are settled. */
void value_release(struct tr *t, unsigned r);
/* HOST_ESP is about to grow by c. */
void values_follow_esp(struct tr *t, int32_t c);
/* For an empty delay slot: an instruction that settles a value; 0: none. The branch's stub must be given the
 * state after it. */
uint32_t value_slot_word(struct tr *t);

/* --- flags (flags.c) --------------------------------------------------------------------------------- */

/* A register operand, as it is now. */
struct val val_guest(struct tr *t, unsigned off, int bits);
struct val val_host(enum reg r);
struct val val_const(int32_t c);
/* Is the host register of that operand its zero-extended value? */
bool val_is_zx(const struct tr *t, const struct val *v, int bits);
/* The flags follow this recipe from now on (only if somebody may want them). */
void flags_set_recipe(struct tr *t, enum recipe_kind kind, int bits, struct val x, struct val y);
/* Are the flags that the current item leaves wanted? */
bool flags_wanted(const struct tr *t);
/* Guest register r is about to change: operands of the recipe that live there move. */
void flags_before_write(struct tr *t, unsigned r);
/* The flags go to struct cpu. false: they came with the entry: the translation begins anew. */
bool flags_to_memory(struct tr *t);
/* The same, at the end of a way out: FLAG_A and FLAG_B hold what is no constant. */
struct recipe flags_to_registers(struct tr *t, struct recipe r);
/* The operand's value in a register, sign-extended. */
enum reg flags_value(struct tr *t, const struct recipe *r, const struct val *v, enum reg tmp);
/* The flags of r = a ± b to struct cpu; uses SCRATCH and AT. */
void flags_store_sum(struct tr *t, enum reg a, enum reg b, enum reg r, int bits);
/* rd = CF of the current recipe, 0 or 1; any register but V0, V1, AT, SCRATCH. */
bool flags_carry(struct tr *t, enum reg rd);

/* x87_flags.c, of RECIPE_FCOM: emit_condition() and emit_truth(); rd = the flags; and before a way out, which
 * has flags in general registers only. */
void fcom_branch(struct tr *t, unsigned cc, struct label *to);
void fcom_truth(struct tr *t, enum reg rd, unsigned cc);
void fcom_bits(struct tr *t, enum reg rd);
void fcom_leave(struct tr *t, bool wanted);
/* Flags as v has them, other than CF, PF and ZF clear, to struct cpu. */
void bits_to_memory(struct tr *t, enum reg v);

/* conditions.c */
/* Branches to `to` if condition cc holds. false: no emitter for it, nothing emitted. Without delay slot word.
 */
bool emit_condition(struct tr *t, unsigned cc, struct label *to);
/* Does the condition follow from constants? */
bool condition_is_known(const struct tr *t, unsigned cc, bool *truth);
/* rd = truth of cc; 0 or not 0 (one: 0 or 1). */
bool emit_truth(struct tr *t, enum reg rd, unsigned cc, bool one);

/* --- the x87 (x87.c) ---------------------------------------------------------------------------------- */

/* Where a translation is entered: tests that the x87 is as it should be. */
void x87_begin(struct tr *t);
/* Can the current record be native? Tests the state if it is not known. */
bool x87_ready(struct tr *t, const struct insn *i);
/* Struct cpu gets the state, before a helper … */
void x87_write(struct tr *t);
/* … of record i: right after it; … */
void x87_after_c(struct tr *t, const struct insn *i);
/* … and when it has not trapped, after which it is as this says. */
bool x87_uses(const struct insn *i); /* the state of the x87, MMX registers included */
void x87_after_helper(struct tr *t, const struct insn *i);
/* Before a way out. keeps_fip: the address of the last instruction is left to whoever finds the site. */
void x87_leave(struct tr *t, bool keeps_fip);

/* --- XMM registers (xmm.c, sse.c; for their emitters: simd_emit.h) ------------------------------------- */

/* Struct cpu gets all, before a way out. */
void xmm_leave(struct tr *t);
/* Behind the way in of a translation that jumps back to itself: another one, for these jumps (xmm_loop.c). */
void xmm_loop_begin(struct tr *t);
/* Before such a jump: all is as there. false: nothing was done, it is xmm_leave()'s. */
bool xmm_loop_back(struct tr *t);
/* The same before C code, or whatever changes FPRs: no low part is in one any more. */
void xmm_before_c(struct tr *t);
/* Struct cpu gets all halves that are in slots of the cache, which is about to be lost (packed_halves.c); or
 * those of this slot. */
void halves_leave(struct tr *t);
void halves_evict(struct tr *t, unsigned slot);
/* How well can the slot's halves do without it? Items until one is read, by the instructions that it takes to
 * store and load them then; CACHE_COST: one in one item. */
enum { CACHE_COST = 6 };
unsigned halves_can_wait(const struct tr *t, unsigned slot);
/* Copies of a register, or all, are copies no more. */
void copies_forget(struct tr *t, unsigned off);
void copies_forget_all(struct tr *t);
/* Where a translation is entered: tests that MXCSR is as it should be. */
void sse_begin(struct tr *t);
/* After a helper for record i. */
void sse_after_helper(struct tr *t, const struct insn *i);
/* In a stub: goes back to the main line if it was a zero that is right. */
void sse_zero_back(struct tr *t, const struct stub *s);
/* enum sse_key for this MXCSR. */
uint8_t sse_key_of(uint32_t mxcsr);

/* x87_fpr.c. Does the item belong to the chain that is open, or may one begin with it? If not: */
bool fpr_goes_on(const struct tr *t, const struct item *it);
/* Tests what is left of the chain. */
void fpr_settle(struct tr *t);
/* Flags that FCSR collected (not sticky: FP_CAUSES) to struct cpu. Uses AT and V0. */
void fpr_merge_flags(struct code *c, bool sticky);

/* With threads each access of the guest begins with one of these: so all but a load after a store keep their
 * order, as on x86. Nothing for a thread alone. */
static inline void order_load(struct tr *t)
{
    if (t->j->ordered) sync_acquire(&t->c);
}

static inline void order_store(struct tr *t)
{
    if (t->j->ordered) sync_release(&t->c);
}

/* --- operands (operand.c) ---------------------------------------------------------------------------- */

struct address {
    enum reg base;
    int offset;
};
/* Host address of a memory operand. */
struct address emit_address(struct tr *t, const struct insn *i);
/* tmp = guest address of the operand, sign-extended. */
void emit_lea(struct tr *t, enum reg rd, const struct insn *i);
/* rd = memory operand, sign- or zero-extended; marks. rd changes only when nothing can fault any more. */
void emit_load(struct tr *t, const struct insn *i, enum reg rd, struct address a, int bits, bool sign);
/* The same of the record's own memory operand, in the way that suits the host. */
void emit_load_operand(struct tr *t, const struct insn *i, enum reg rd, int bits, bool sign);
void emit_store(struct tr *t, const struct insn *i, enum reg rt, struct address a, int bits);
/* Before a store in parts: the address may be aligned this time, and then other threads must see one store.
 */
void emit_store_if_aligned(struct tr *t, enum reg rt, struct address a, int bits, struct label *done);
/* A register that holds the constant; it may be needed again. */
enum reg emit_word(struct tr *t, uint32_t v);
/* The same, in both halves. */
enum reg emit_word_twice(struct tr *t, uint32_t v);
/* paged.c. Of a record that has met a host page of mixed protection: C code makes the access, and then the
 * code goes to `done`; or what follows makes it. false: what follows does always. Uses AT and SCRATCH, but
 * not if rt is one of them. */
bool paged_load(struct tr *t, const struct insn *i, enum reg rd, struct address a, int bits, bool sign,
                struct label *done);
bool paged_store(struct tr *t, const struct insn *i, enum reg rt, struct address a, int bits,
                 struct label *done);
bool is_paged(const struct tr *t, const struct insn *i); /* Is it the current item, and such a record? */
bool paged_is_possible(const struct insn *i);
uint32_t *emit_paged_call(struct code *c);
/* Jumps to `otherwise`, with the caller's delay slot, if `bytes` bytes there touch two pages. Uses SCRATCH.
 */
void emit_within_page(struct tr *t, struct address a, int bytes, struct label *otherwise);
struct address emit_stack_slot(struct tr *t, int32_t above_esp);
/* The operand's address, if it is a value that may be pending. */
bool address_value(const struct tr *t, const struct insn *i, struct value *v);
/* A slot of the cache, for something new; and its register. */
unsigned cache_take(struct tr *t);
enum reg cache_reg(unsigned slot);
/* Host register r changes, or grows by c: what is known of addresses. */
void cache_forget(struct tr *t, unsigned r);
void cache_moved(struct tr *t, unsigned r, int32_t c);
int insn_bits(const struct insn *i);
void emit_pointer(struct tr *t, enum reg rt, const void *p);

/* --- emitters: one for each group; false: nothing was emitted, a helper does it ------------------------ */

typedef bool emit_fn(struct tr *t, const struct insn *i);
emit_fn emit_alu, emit_data, emit_stack, emit_shift, emit_mul, emit_str, emit_bit, emit_exchange, emit_seg,
    emit_scan, emit_x87, emit_x87_double, emit_simd, emit_mmx;
/* Packed SSE by MSA, where the host has it (msa.c). */
emit_fn emit_msa;
/* Calls the function of simd/ that computes it (simd_call.c). */
emit_fn emit_simd_call;
/* Calls the step engine's handler of the record (helper.c). */
void emit_helper(struct tr *t, struct insn *i);
void emit_store_registers(struct code *c);
void emit_load_registers(struct code *c);
/* jal if it reaches, as code memory is meant to lie. */
void emit_call_c(struct tr *t, const void *f);
/* The jumps of an item with a role (emit_ctl.c). */
void emit_ctl(struct tr *t, struct item *it);
/* An indirect jump or call that goes elsewhere than expected. */
void emit_elsewhere(struct tr *t, struct item *it);

/* An update of memory (emit_atomic.c): V0 = the operand, sign-extended; later register v, which is none of
 * V0, SCRATCH, becomes it. What is between them may run again: the operation may be atomic. */
void emit_update_begin(struct tr *t, const struct insn *i, struct address at, int bits, struct label *again);
void emit_update_end(struct tr *t, const struct insn *i, enum reg v, struct address at, int bits,
                     struct label *again);
/* Or must the interpreter do it? */
bool update_is_possible(const struct insn *i);

/* --- ways out (exits.c) ------------------------------------------------------------------------------- */

/* A label of code, after the main line, for a way out that begins with the branch that is about to be
 * emitted; exit_state() right after the branch says in which state. */
/* A signal that wants control gets it before this item. */
void emit_poll_here(struct tr *t);
struct label *exit_aside(struct tr *t, struct item *it, unsigned which);
/* … to the block's translation for another state of the x87. */
struct label *exit_to_other(struct tr *t);
/* … where the interpreter goes on with record i. */
struct label *exit_to_record(struct tr *t, struct insn *i);
/* … because an assumption about the current item failed. If that goes on, the item is left to a helper. */
struct label *exit_by_guard(struct tr *t);
/* … after a helper that trapped. light: it did not get the registers. */
struct label *exit_trap(struct tr *t, bool light);
/* … a return to guest address V0, which is not the expected one. */
struct label *exit_to_v0(struct tr *t);
/* … the current item, an indirect jump, which goes elsewhere than expected: to guest address V0, if that
 * comes from memory. */
struct label *exit_elsewhere(struct tr *t);
void exit_state(struct tr *t);
/* Leaves here, by exit record `which` of the item's block. */
void exit_here(struct tr *t, struct item *it, unsigned which);
/* … behind a call of the trace, whose exit record it is. It may be a loop. */
void exit_after_return(struct tr *t, struct insn *edge);
void exit_here_to_record(struct tr *t, struct insn *i);
/* A0 = where the jump table says that the code of guest address `to` is, or a branch to `miss`. Uses A1,
 * SCRATCH. */
void emit_jump_lookup(struct tr *t, enum reg to, struct label *miss);
/* Jumps to guest address `to` (V1 or a guest's register) through the jump table. */
void exit_indirect(struct tr *t, enum reg to);
/* Leaves for guest address `to`. */
void leave_away(struct tr *t, enum reg to, const struct recipe *r);
/* The stubs, after the main line. */
void exits_finish(struct tr *t);

/* Where the call of a frame returns to: leaves for the block after it. */
void emit_landing(struct tr *t, struct item *call);
/* Tells the return prediction of the calls that the trace is inside of. Uses V0. */
void exit_frames(struct tr *t);
/* Makes the flags ready for a jump to eip (any: unknown), and the pending ESP: *r is the recipe there; says
 * whether the jump sets ORIGIN. */
enum { ANYWHERE = -1 };
bool exit_flags(struct tr *t, int64_t eip, struct recipe *r);
/* A site whose jump is the next word. */
struct site *new_site(struct tr *t, enum site_kind kind, struct insn *to, bool links, const struct recipe *r);
/* A jump to `to`, or a jump and link. */
/* Its jump comes here as long as it is not chained. */
void site_cold(struct tr *t, struct site *s);
void emit_leave(struct tr *t, const struct site *s);

#endif

/* What the emitters of packed SIMD instructions give each other. A 16-byte value is handled in halves of 64
 * bits: a general register takes one, and so does an FPR, for the packed operations of Loongson's CPUs. */
#ifndef JIT_MIPS64_PACKED_EMIT_H
#define JIT_MIPS64_PACKED_EMIT_H

#include "jit/mips64/simd_emit.h"

/* Where struct cpu has a half of an XMM register; `off` is as in a record's dst or src. */
static inline int packed_offset(unsigned off, enum half h)
{
    return xmm_offset(off) + 8 * (int)h;
}
static_assert(offsetof(struct cpu, simd) + sizeof(struct simd) < 32768, "offsets are 16 bits");

/* --- copies in FPRs (packed_copies.c) ------------------------------------------------------------------ */

/* Before all others of a record. */
void copies_ready(struct tr *t);
/* The FPR that has the half, which xmm_read() has seen to; or that number, at most 254. It must not be
 * changed, and stays for this record at least. */
unsigned copies_get(struct tr *t, unsigned off, enum half h);
unsigned copies_constant(struct tr *t, unsigned n);
/* One for a new value. */
unsigned copies_new(struct tr *t);
/* The same of a half that may be in a general register only: struct cpu need not have it. */
unsigned copies_take(struct tr *t, unsigned off, enum half h);
/* FPR f has the half as well. */
void copies_share(struct tr *t, unsigned off, enum half h, unsigned f);
/* Are the FPR's two singles known to be neither denormals nor NaNs? They are from now on. */
bool copies_are_sane(const struct tr *t, unsigned f);
void copies_know_sane(struct tr *t, unsigned f);
/* FPR f has the half's new value, which goes to struct cpu; after xmm_written(). */
void copies_put(struct tr *t, unsigned off, enum half h, unsigned f);

/* --- in general registers ------------------------------------------------------------------------------ */

/* The address of a memory operand; one that must be aligned is tested. false: it cannot be, nothing was
 * emitted. */
bool packed_address(struct tr *t, const struct insn *i, struct address *a);
/* lo, hi = the memory operand of 16 bytes. Uses AT. */
void packed_load(struct tr *t, const struct insn *i, struct address a, enum reg lo, enum reg hi);
/* A source operand of 16 bytes that is in memory goes to V0 and V1; nothing can fault after it. false: a
 * helper must do it. Then a register that has a half of the source; and, of what that said, one for
 * half_put(). */
bool packed_fetch(struct tr *t, const struct insn *i);
enum reg packed_source(struct tr *t, const struct insn *i, enum half h);
enum reg packed_own(struct tr *t, enum reg v);
/* Is it memory's, in V0 or V1? */
static inline bool is_fetched(enum reg v)
{
    return v == V0 || v == V1;
}
/* The source operand in FPRs; may use V0 and V1. */
bool packed_source_f(struct tr *t, const struct insn *i, unsigned lo, unsigned hi);

/* 8 bytes: rd, another register than d and s, = d op s, of lanes of `bits`. They use AT A0 A1 ADDRESS
 * SCRATCH. */
typedef void lanes_fn(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits);
struct lanes {
    lanes_fn *f; /* NULL: op has none */
    unsigned bits;
    enum { LANES_PLAIN, LANES_MULTIPLY, LANES_UNARY } how; /* it changes HI and LO; d does not matter */
};
struct lanes lanes_of(unsigned op);
struct lanes lanes_signed_of(unsigned op); /* those of simd_signed.c */
/* The same, but rd = half of a result, of all of d, then s: packing, and sums of neighbours. */
struct lanes narrow_of(unsigned op);
/* Before its function. */
void lanes_ready(struct tr *t, const struct lanes *r);
lanes_fn lanes_sum_differences, lanes_multiply_add;
/* A1 = where d, unsigned, is at least s; ADDRESS = d ^ s. low, high: all bits of lanes but the highest, and
 * that. */
void lanes_at_least(struct code *c, enum reg d, enum reg s, enum reg low, enum reg high, unsigned bits);

/* rd = rs op rt, of 8 bytes. They may use AT. NULL: op is no such one. */
typedef void logic_fn(struct code *c, enum reg rd, enum reg rs, enum reg rt);
logic_fn *logic_of(unsigned op);

/* Is op a shift of lanes? Then rd = d shifted by n; one of 64 bits by register n, which is not rd. They use
 * AT and A1. */
bool lanes_shifts(unsigned op);
void lanes_shift(struct tr *t, unsigned op, enum reg rd, enum reg d, unsigned n);
void lanes_shift_all(struct tr *t, unsigned op, enum reg rd, enum reg d, enum reg n);
/* rd, which is none of s and AT, = four words of s as imm says. Uses AT. */
void lanes_shuffle_words(struct tr *t, enum reg rd, enum reg s, unsigned imm);
/* rd, another register than s, = the 4 bytes of s from bit `at` on, zero-extended to words. Uses AT. */
void lanes_spread(struct code *c, enum reg rd, enum reg s, unsigned at);
/* rd, which is neither d nor s, = what unpacking of bytes or words makes of the lower or higher half of d and
 * s. Uses AT and A1. */
void lanes_unpack(struct tr *t, unsigned op, enum reg rd, enum reg d, enum reg s, enum half h);

/* --- MMX registers (mmx.c) ----------------------------------------------------------------------------- */

/* Where struct cpu has the register. */
static inline int mmx_offset(unsigned off)
{
    return CPU_OFFSET(x87.reg) + (int)off;
}
/* Can i, which uses MMX registers, be native? Tests the x87's state if it is not known. */
bool mmx_ready(struct tr *t, const struct insn *i);
/* The x87 is as after an MMX instruction; nothing of the current record can fault any more. */
void mmx_enter(struct tr *t);
/* … and the register's value has been written. Uses AT. */
void mmx_written(struct tr *t, unsigned off);

/* Emitters, as in translate.h: moves; logic; lanes from elsewhere; arithmetic, compares, shifts and unpacking
 * by Loongson's packed operations (simd_packed), and in general registers; sums of lanes there. */
/* Does it copy 16 bytes as they are? */
bool is_move128(unsigned op);
/* Where a lane that is taken out goes, V0 if that is memory; and, once it is there, to its destination. */
enum reg extract_into(struct tr *t, const struct insn *i);
bool extract_done(struct tr *t, const struct insn *i, enum reg d, int bits);
emit_fn simd_move, simd_logic, simd_arrange, simd_shuffle, simd_packed, simd_lanes, simd_sums, simd_bits;
emit_fn simd_narrow, simd_repeat;

#endif

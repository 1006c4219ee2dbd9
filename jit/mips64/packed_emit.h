/* What the emitters of packed SIMD instructions give each other. A 16-byte value is handled in halves of 64
 * bits: a general register takes one, and so does an FPR, for the packed operations of Loongson's CPUs. */
#ifndef JIT_MIPS64_PACKED_EMIT_H
#define JIT_MIPS64_PACKED_EMIT_H

#include "jit/mips64/simd_emit.h"

enum half { LOW, HIGH };

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
/* FPR f has the half's new value, which goes to struct cpu; after xmm_written(). */
void copies_put(struct tr *t, unsigned off, enum half h, unsigned f);

/* --- in general registers ------------------------------------------------------------------------------ */

static inline void packed_get(struct tr *t, enum reg rd, unsigned off, enum half h)
{
    ld(&t->c, rd, packed_offset(off, h), CPU);
}
static inline void packed_put(struct tr *t, unsigned off, enum half h, enum reg v)
{
    sd(&t->c, v, packed_offset(off, h), CPU);
}
static inline void packed_put_both(struct tr *t, unsigned off, enum reg lo, enum reg hi)
{
    packed_put(t, off, LOW, lo);
    packed_put(t, off, HIGH, hi);
}

/* The address of a memory operand; one that must be aligned is tested. false: it cannot be, nothing was
 * emitted. */
bool packed_address(struct tr *t, const struct insn *i, struct address *a);
/* lo, hi = the memory operand of 16 bytes. Uses AT. */
void packed_load(struct tr *t, const struct insn *i, struct address a, enum reg lo, enum reg hi);
/* lo, hi = the source operand of 16 bytes, of a register or memory; nothing can fault after it. false: a
 * helper must do it. */
bool packed_source(struct tr *t, const struct insn *i, enum reg lo, enum reg hi);
/* The same in FPRs; may use V0 and V1. */
bool packed_source_f(struct tr *t, const struct insn *i, unsigned lo, unsigned hi);

/* Emitters, as in translate.h: moves; logic; lanes from elsewhere; arithmetic, compares, shifts and unpacking
 * by Loongson's packed operations (simd_packed), and in general registers. */
emit_fn simd_move, simd_logic, simd_arrange, simd_packed, simd_lanes, simd_bits;

#endif

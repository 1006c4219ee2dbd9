/* What the emitters of instructions on XMM registers give each other. */
#ifndef JIT_MIPS64_SIMD_EMIT_H
#define JIT_MIPS64_SIMD_EMIT_H

#include "interp/simd.h"
#include "jit/mips64/translate.h"

/* --- registers in struct cpu (xmm.c): `off` is as in a record's dst or src ----------------------------- */

/* Where the register is; its upper half is 8 bytes further. */
static inline int xmm_offset(unsigned off)
{
    return CPU_OFFSET(simd.xmm) + (int)off;
}
/* Struct cpu gets all of the register, before it is read there: stores of FPRs and of ZERO, no scratch
 * register is used. What is in FPRs stays known. */
void xmm_read(struct tr *t, unsigned off);
/* All 16 bytes in struct cpu are, or are about to be, written; nothing of the current record can fault any
 * more. */
void xmm_written(struct tr *t, unsigned off);
/* The same of the upper 8 bytes alone. */
void xmm_written_high(struct tr *t, unsigned off);

/* --- halves in general registers (packed_halves.c) ------------------------------------------------------ */

enum half { LOW, HIGH };

/* A register that has the half, of 64 bits; it must not be changed. Few may be had for one record. May use
 * AT.
 */
enum reg half_get(struct tr *t, unsigned off, enum half h);
/* One for a new value; or the one that half_get() gave, if the half's old value is in no other one. */
enum reg half_new(struct tr *t);
enum reg half_instead(struct tr *t, unsigned off, enum half h, enum reg v);
/* v itself, which half_get() gave, if nobody else needs its old value any more; ZERO: somebody does. */
enum reg half_over(struct tr *t, unsigned off, enum half h, enum reg v);
/* The upper 32 bits of what v, a register with halves, has are 0 from now on; are they known to be? */
void half_narrow(struct tr *t, enum reg v);
bool half_is_narrow(const struct tr *t, enum reg v);
/* The half's new value is in register v, one of these or ZERO; struct cpu gets it later. Nothing of the
 * current record can fault any more. */
void half_put(struct tr *t, unsigned off, enum half h, enum reg v);
/* The half's new value is bytes 0 to 3 of register v as words, or, of an upper half, bytes 4 to 7. */
void half_put_bytes(struct tr *t, unsigned off, enum half h, enum reg v);
/* Is that so, and has nobody needed the words so far? Then *r is the register, not to be changed. */
bool half_bytes(struct tr *t, unsigned off, enum half h, enum reg *r);
/* Would half_get() load nothing? */
bool half_is_known(const struct tr *t, unsigned off, enum half h);
/* Struct cpu gets the half; or both: true if it lacked one, and then state_changed() is the caller's. */
void half_write(struct tr *t, unsigned off, enum half h);
bool halves_write(struct tr *t, unsigned off);
/* The half's value changes otherwise. */
void half_forget(struct tr *t, unsigned off, enum half h);

/* --- low parts in FPRs --------------------------------------------------------------------------------- */

/* The FPR that holds the low 64, or 32, bits. It must not be changed. It is not given away before the next
 * record. */
unsigned xmm_double(struct tr *t, unsigned off);
unsigned xmm_single(struct tr *t, unsigned off);
/* The same of either. */
static inline unsigned xmm_low(struct tr *t, unsigned off, bool is_double)
{
    return is_double ? xmm_double(t, off) : xmm_single(t, off);
}
/* Where a translation is entered. */
void xmm_begin(struct tr *t);
/* So many registers a loop may keep in FPRs, the others being for what is computed. */
unsigned xmm_most_carried(const struct tr *t);
/* An FPR for a new value; for that of the register. */
unsigned xmm_new(struct tr *t);
unsigned xmm_new_result(struct tr *t, unsigned off);
/* FPR f holds the low bits from now on; those above stay. */
void xmm_set(struct tr *t, unsigned off, unsigned f, bool is_double);
/* … those above are 0. */
void xmm_set_clear(struct tr *t, unsigned off, unsigned f, bool is_double);
/* dst = all of src. packed: the low part is not for scalar instructions. */
void xmm_copy(struct tr *t, unsigned dst, unsigned src, bool packed);
/* For packed_halves.c: rd = the half, if an FPR has it; false: struct cpu does now. The half in an FPR is of
 * no use any more, and the other one goes to struct cpu; the upper half will be 0, or something else. */
bool xmm_half_to(struct tr *t, enum reg rd, unsigned off, enum half h);
void xmm_give_up(struct tr *t, unsigned off, enum half h);
void xmm_set_high_zero(struct tr *t, unsigned off, bool zero);

/* --- whole registers in MSA's vectors (msa.c) ----------------------------------------------------------- */

/* As above: the vector that holds the register, not to be changed; f, from xmm_new(), holds its new value. It
 * may share that of another register. */
unsigned xmm_wide(struct tr *t, unsigned off);
void xmm_set_wide(struct tr *t, unsigned off, unsigned f);
bool xmm_is_wide(const struct tr *t, unsigned off);
/* One for the new value, which the record's last operation makes: the register's own, if no other shares it,
 * in place of what is in there, or a new one. */
unsigned xmm_update(struct tr *t, unsigned off);

/* What is known of the value in FPR f, which some registers hold. */
enum { XMM_WHOLE = 1, XMM_SANE = 2, XMM_MODEST = 4 };
unsigned xmm_knowledge(const struct tr *t, unsigned f);
void xmm_know(struct tr *t, unsigned f, unsigned knowledge);

/* All to struct cpu but low parts of the registers `dirty`; what is in FPRs is known of the registers `kept`
 * only. */
void xmm_leave_but(struct tr *t, unsigned kept, unsigned dirty);

/* --- MXCSR (sse.c) ------------------------------------------------------------------------------------- */

/* What scalar instruction i does with the low parts of its registers; 0: it is no scalar one. */
enum {
    SSE_USES_SRC = 1,
    SSE_USES_DST = 2,
    SSE_CHANGES_DST = 4,
    SSE_OF_DOUBLES = 8, /* those it uses */
    SSE_COMPUTES = 16,  /* a result that is known to be no denormal */
    SSE_NEEDS_MXCSR = 32,
    SSE_SCALAR = 64,                               /* the upper half stays as it is */
    SSE_PACKED = SSE_NEEDS_MXCSR | SSE_CHANGES_DST /* no scalar one, but MXCSR matters (sse_packed.c) */
};
unsigned sse_uses(const struct insn *i);
/* Is MXCSR as the translation was made for? Tests it if that is not known. false: leave it to a helper. */
bool sse_ready(struct tr *t);

/* --- checks (sse.c): what they refuse is left to the interpreter. They use V0, AT ---------------------- */

/* f is no denormal: V0 = what sse_branch() tests. What is emitted in between may go into its delay slot. */
void sse_test_whole(struct tr *t, unsigned f, bool is_double);
/* f, a result, is zero or normal and so without doubt. */
void sse_test_sane(struct tr *t, unsigned f, bool is_double);
void sse_branch(struct tr *t, struct check_of of);
/* The same, by what V0 has of f already: its word with the exponent; `word`: a register with this constant.
 */
void sse_sane_bits(struct code *c, enum reg word, bool is_double);
uint32_t sse_sane_word(bool is_double);
/* f, a sum of doubles, has shown that its operand `other` is no denormal, or that is tested. A denormal would
 * have been lost in the sum, as the operand `sane` is not small: if that is 0, the result is the other one,
 * and then found not to be sane: V0 = the test of that, for sse_branch(). */
void sse_check_sum(struct tr *t, unsigned f, unsigned sane, unsigned other);
/* In the way out of a check of packed singles: goes back if they are right after all. */
void sse_packed_back(struct tr *t, const struct check_of *of, struct label *back);
/* f is no denormal, tested if that is not known. */
void sse_check_whole(struct tr *t, unsigned f, bool is_double);
/* f is below 2^63, too; V0 = what sse_branch() tests. */
void sse_test_modest(struct tr *t, unsigned f);
/* Of two factors, doubles: must f be looked at before they are multiplied? Not if the other one is below
 * 2^63, or f itself: a denormal would show in the product, which is found not to be sane. */
bool sse_must_test_factor(const struct tr *t, unsigned f, unsigned other);
/* Neither is a NaN. */
void sse_check_ordered(struct tr *t, unsigned a, unsigned b, bool is_double);
/* Before and after an operation that may raise flags. */
void sse_begin_operation(struct tr *t);
void sse_end_operation(struct tr *t);

/* The FPR that holds the operand: a register's low part, or memory's. */
unsigned sse_operand(struct tr *t, const struct insn *i, bool is_double);
/* f = the memory operand. */
void sse_load(struct tr *t, const struct insn *i, unsigned f, bool is_double);
void sse_store(struct tr *t, const struct insn *i, unsigned f, bool is_double);

/* --- emitters, as in translate.h ----------------------------------------------------------------------- */

emit_fn sse_move, sse_arith, sse_convert, sse_packed;
/* Two items at once (sse_fused.c): a product that is added. */
emit_fn sse_fused;

#endif

/* Operands of packed SIMD instructions, and which emitter an instruction has. */
#include "jit/mips64/packed_emit.h"
#include "jit/mips64/x87_emit.h"

#include "jit/mips64/effects.h"

/* --- alignment --------------------------------------------------------------------------------------- */

/* Leaves for the interpreter, which raises what is to be raised, unless the address is a multiple of 16. */
static bool test_alignment(struct tr *t, struct address a, const struct value *v)
{
    struct code *c = &t->c;
    if (v && v->base == REG_ZERO) return (v->c & 15) == 0;
    if (v && t->aligned[v->base] == 1 + (v->c & 15)) return true;
    enum reg at = a.base;
    if (a.offset & 15) {
        daddiu(c, SCRATCH, a.base, a.offset);
        at = SCRATCH;
    }
    andi(c, SCRATCH, at, 15);
    uint32_t slot = slot_word(c, REG_BIT(SCRATCH));
    bne(c, SCRATCH, ZERO, exit_by_guard(t));
    emit(c, slot);
    if (v) t->aligned[v->base] = (uint8_t)(1 + (v->c & 15));
    return true;
}

bool packed_address(struct tr *t, const struct insn *i, struct address *a)
{
    struct value v;
    bool simple = address_value(t, i, &v);
    if (i->size == SIMD_A16 && simple && v.base == REG_ZERO && v.c & 15) return false;
    *a = emit_address(t, i);
    return i->size != SIMD_A16 || test_alignment(t, *a, simple ? &v : NULL);
}

/* --- 16 bytes of memory ------------------------------------------------------------------------------ */

void packed_load(struct tr *t, const struct insn *i, struct address a, enum reg lo, enum reg hi)
{
    struct code *c = &t->c;
    state_mark(t);
    order_load(t);
    if (i->size != SIMD_A16 && i->prefix & PFX_MISALIGNED) {
        enum reg first = a.base == lo ? AT : lo;
        ldr(c, first, a.offset, a.base);
        ldl(c, first, a.offset + 7, a.base);
        ldr(c, hi, a.offset + 8, a.base);
        ldl(c, hi, a.offset + 15, a.base);
        if (first != lo) move(c, lo, first);
    } else {
        ld(c, hi, a.offset + 8, a.base);
        ld(c, lo, a.offset, a.base);
    }
}

static void load_f(struct tr *t, const struct insn *i, struct address a, unsigned lo, unsigned hi)
{
    struct code *c = &t->c;
    if (i->size != SIMD_A16 && i->prefix & PFX_MISALIGNED) {
        packed_load(t, i, a, V0, V1);
        dmtc1(c, V0, lo);
        dmtc1(c, V1, hi);
        return;
    }
    state_mark(t);
    order_load(t);
    ldc1(c, lo, a.offset, a.base);
    ldc1(c, hi, a.offset + 8, a.base);
}

bool packed_fetch(struct tr *t, const struct insn *i)
{
    struct address a;
    if (i->form != FORM_RM) return true;
    if (!packed_address(t, i, &a)) return false;
    packed_load(t, i, a, V0, V1);
    return true;
}

enum reg packed_source(struct tr *t, const struct insn *i, enum half h)
{
    if (i->form == FORM_RM) return h == LOW ? V0 : V1;
    return half_get(t, i->src, h);
}

enum reg packed_own(struct tr *t, enum reg v)
{
    if (!is_fetched(v)) return v;
    enum reg rd = half_new(t);
    move(&t->c, rd, v);
    return rd;
}

bool packed_source_f(struct tr *t, const struct insn *i, unsigned lo, unsigned hi)
{
    struct address a;
    if (i->form != FORM_RM) {
        xmm_read(t, i->src);
        ldc1(&t->c, lo, packed_offset(i->src, LOW), CPU);
        ldc1(&t->c, hi, packed_offset(i->src, HIGH), CPU);
        return true;
    }
    if (!packed_address(t, i, &a)) return false;
    load_f(t, i, a, lo, hi);
    return true;
}

/* --- choice ------------------------------------------------------------------------------------------ */

bool emit_simd(struct tr *t, const struct insn *i)
{
    return sse_move(t, i) || sse_arith(t, i) || sse_convert(t, i) || sse_packed(t, i) || simd_packed(t, i) ||
           simd_move(t, i) || simd_logic(t, i) || simd_arrange(t, i) || simd_shuffle(t, i) ||
           simd_sums(t, i) || simd_lanes(t, i) || simd_bits(t, i) || simd_narrow(t, i) || simd_repeat(t, i);
}

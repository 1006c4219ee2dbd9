/* What a translation knows of the x87 while it is made: TOP, tags and control word; when struct cpu is told.
 */
#include <string.h>

#include "fpu/direct.h"
#include "interp/simd.h"
#include "jit/mips64/x87_emit.h"

/* --- the way in -------------------------------------------------------------------------------------- */

/* All exceptions masked: then none can be pending. */
static bool is_masked(uint32_t key)
{
    return (key >> 16 & X87_EXCEPTIONS) == X87_EXCEPTIONS;
}

bool x87_relies(const struct tr *t, const struct insn *i)
{
    if (op_info[i->op].group == GROUP_x87) return true;
    return op_info[i->op].group == GROUP_mmx && !t->j->dbl && (simd_uses_mmx(i) || i->op == OP_EMMS);
}

static bool uses_x87(const struct tr *t)
{
    for (unsigned k = 0; k < t->trace->count; k++)
        if (x87_relies(t, t->trace->item[k].rec)) return true;
    return false;
}

static void know(struct tr *t, uint32_t key)
{
    t->x87.known = true;
    t->x87.top = t->x87.cpu_top = key & 7;
    t->x87.empty = t->x87.cpu_empty = key >> 8 & 0xff;
    t->x87.cw = (uint16_t)(key >> 16);
    t->x87.fip_stale = false;
    t->x87.cw_known = true;
}

static void test_key(struct tr *t, uint32_t key, struct label *other)
{
    struct code *c = &t->c;
    lw(c, V0, CPU_OFFSET(x87.top), CPU);
    li(c, V1, (int32_t)key);
    bne(c, V0, V1, other);
    nop(c);
}

/* A register of the double model that is no double: the interpreter's. */
static void test_raw(struct tr *t, struct insn *next)
{
    struct code *c = &t->c;
    if (!t->j->dbl) return;
    lbu(c, V0, CPU_OFFSET(x87.raw), CPU);
    bne(c, V0, ZERO, exit_to_record(t, next));
    nop(c);
}

void x87_begin(struct tr *t)
{
    t->x87 = (struct x87_state){.known = false, .exact = !t->j->dbl};
    t->has_x87 = uses_x87(t) && is_masked(t->key);
    if (t->j->dbl) fpr_begin(t);
    if (!t->has_x87) return;
    test_key(t, t->key, exit_to_other(t));
    test_raw(t, t->trace->item[t->k].rec);
    know(t, t->key);
    t->x87.fip_entry = true;
}

bool x87_ready(struct tr *t, const struct insn *i)
{
    if (!t->has_x87) return false;
    if (t->x87.known) return true;
    uint32_t key = t->x87.top | (uint32_t)t->x87.empty << 8 | (uint32_t)t->x87.cw << 16;
    test_key(t, key, exit_to_record(t, (struct insn *)(uintptr_t)i));
    test_raw(t, (struct insn *)(uintptr_t)i);
    know(t, key);
    return true;
}

/* --- struct cpu gets it ------------------------------------------------------------------------------ */

static void write_words(struct tr *t, bool keeps_fip)
{
    struct code *c = &t->c;
    struct x87_state *s = &t->x87;
    if (!s->known) return;
    if (s->top != s->cpu_top || s->empty != s->cpu_empty) {
        li(c, SCRATCH, s->top | s->empty << 8);
        sh(c, SCRATCH, CPU_OFFSET(x87.top), CPU);
        s->cpu_top = s->top;
        s->cpu_empty = s->empty;
    }
    if (s->fip_stale && !keeps_fip) {
        li(c, SCRATCH, (int32_t)s->fip);
        sw(c, SCRATCH, CPU_OFFSET(x87.fip), CPU);
        s->fip_stale = false;
    }
}

void x87_write(struct tr *t)
{
    if (t->j->dbl) {
        fpr_settle(t);
        fpr_to_memory(t);
    } else {
        x87_to_memory(t);
        t->x87.fcsr_clear = false;
    }
    write_words(t, false);
}

void x87_leave(struct tr *t, bool keeps_fip)
{
    struct code *c = &t->c;
    write_words(t, keeps_fip);
    if (t->j->dbl)
        fpr_home(t);
    else
        narrow_leave(t);
    if (t->x87.fcsr_kept) ctc1(c, FCSR_KEPT, FCSR);
    if (t->x87.sw_kept) { /* the instruction is to be run again */
        lhu(c, SCRATCH, CPU_OFFSET(x87.kept_sw), CPU);
        sh(c, SCRATCH, CPU_OFFSET(x87.sw), CPU);
        t->x87.sw_kept = false;
    }
    if (t->x87.origin_kept && t->flags.kind == RECIPE_ENTRY) ld(c, ORIGIN, CPU_OFFSET(jit.x87_origin), CPU);
    t->x87.origin_kept = false;
}

static uint64_t bits_in(const double *fpr, unsigned f)
{
    uint64_t bits;
    memcpy(&bits, &fpr[f], sizeof bits);
    return bits;
}

/* The exact model's doubles, and C1. */
static void recover_narrow(struct x87 *x, const struct x87_state *s, const double *fpr)
{
    bool up =
        s->c1.kind == C1_OF && fpu_direct_rounds_up(s->c1.op, bits_in(fpr, s->c1.a), bits_in(fpr, s->c1.b));
    for (unsigned r = 0; r < 8; r++)
        if (s->stale >> r & 1) x->reg[r] = fpu_direct_of_f64(bits_in(fpr, s->at[r]));
    if (s->c1.kind != C1_TOLD) x->sw = (uint16_t)((x->sw & ~X87_C1) | (up ? X87_C1 : 0));
}

void x87_recover(struct cpu *cpu, const struct x87_state *s, const double *fpr)
{
    if (!s->known) return;
    cpu->x87.top = s->top;
    cpu->x87.empty = s->empty;
    if (s->fip_stale) cpu->x87.fip = s->fip;
    if (s->sw_kept) cpu->x87.sw = cpu->x87.kept_sw;
    if (s->exact) recover_narrow(&cpu->x87, s, fpr);
}

/* --- helpers ----------------------------------------------------------------------------------------- */

bool x87_uses(const struct insn *i)
{
    return op_info[i->op].group == GROUP_x87 || op_info[i->op].group == GROUP_mmx;
}

int x87_pops(unsigned op)
{
    switch (op) {
    case OP_FADDP:
    case OP_FMULP:
    case OP_FSUBP:
    case OP_FSUBRP:
    case OP_FDIVP:
    case OP_FDIVRP:
    case OP_FCOMP:
    case OP_FICOMP:
    case OP_FUCOMP:
    case OP_FCOMIP:
    case OP_FUCOMIP:
    case OP_FSTP:
    case OP_FISTP:
    case OP_FISTTP:
    case OP_FBSTP:
    case OP_FSTPNCE:
    case OP_FFREEP:
    case OP_FYL2X:
    case OP_FYL2XP1:
    case OP_FPATAN: return 1;
    case OP_FCOMPP:
    case OP_FUCOMPP: return 2;
    case OP_FLD:
    case OP_FILD:
    case OP_FBLD:
    case OP_FPTAN:
    case OP_FSINCOS:
    case OP_FXTRACT: return -1;
    default: return op >= OP_FLD1 && op <= OP_FLDZ ? -1 : 0;
    }
}

/* Is it known what stack the instruction leaves? All exceptions are masked; then it is if no operand is
 * missing. */
static bool is_certain(const struct tr *t, const struct insn *i)
{
    struct x87_arith a = x87_arith_of(i);
    if (i->op >= OP_FLD1 && i->op <= OP_FLDZ) return !x87_used(t, 7);
    if (op_info[i->op].group == GROUP_mmx) return simd_uses_mmx(i);
    if (a.is) return x87_used(t, a.dst) && (i->form == FORM_M || x87_used(t, a.src));
    switch (i->op) {
    case OP_FNOP:
    case OP_FXAM:
    case OP_FNSTCW:
    case OP_FNSTSW:
    case OP_FNSTSW_AX:
    case OP_FNSTENV:
    case OP_FNCLEX:
    case OP_FWAIT:
    case OP_FNINIT: return true;
    case OP_FLD:
    case OP_FILD:
    case OP_FBLD: return i->form == FORM_M && !x87_used(t, 7);
    case OP_FXTRACT: return x87_used(t, 0) && !x87_used(t, 7);
    case OP_FST:
    case OP_FSTP:
    case OP_FIST:
    case OP_FISTP:
    case OP_FBSTP: return i->form == FORM_M && x87_used(t, 0);
    case OP_F2XM1:
    case OP_FSIN:
    case OP_FCOS:
    case OP_FSQRT:
    case OP_FRNDINT: return x87_used(t, 0);
    case OP_FYL2X:
    case OP_FYL2XP1:
    case OP_FPATAN:
    case OP_FSCALE:
    case OP_FPREM:
    case OP_FPREM1: return x87_used(t, 0) && x87_used(t, 1);
    default: return false;
    }
}

/* What the stack is like after i, if it found what it needs. */
static void predict(struct tr *t, const struct insn *i)
{
    struct x87_state *s = &t->x87;
    int n = x87_pops(i->op);
    if (n < 0)
        x87_pushed(t);
    else
        x87_popped(t, (unsigned)n);
    if (i->op == OP_EMMS)
        s->top = 0, s->empty = 0xff;
    else if (op_info[i->op].group == GROUP_mmx && simd_uses_mmx(i))
        s->top = 0, s->empty = 0;
    if (i->op == OP_FNINIT || i->op == OP_FNSAVE)
        s->top = 0, s->empty = 0xff, s->cw = 0x37f, s->cw_known = true;
    s->cpu_top = s->top;
    s->cpu_empty = s->empty;
    s->fip_entry = false;
    s->inexact = false;
    s->mmx = 0;
}

void x87_after_c(struct tr *t, const struct insn *i)
{
    if (!t->j->dbl) return;
    if (!t->j->host.fcsr)
        move(&t->c, FP_CAUSES, ZERO);
    else if (x87_uses(i) || op_info[i->op].group == GROUP_simd)
        ctc1(&t->c, ZERO, FCSR);
}

void x87_after_helper(struct tr *t, const struct insn *i)
{
    bool certain = t->has_x87 && t->x87.known && is_certain(t, i);
    if (t->has_x87) predict(t, i);
    if (!certain) t->x87.known = false; /* what is expected is tested before it is relied on */
    if (!t->j->dbl) return;
    fpr_from_memory(t, certain ? (unsigned)(uint8_t)~t->x87.empty : 0xff);
    bool loads = i->form == FORM_M && x87_pops(i->op) < 0; /* a value that may be no double */
    if (certain && loads) test_raw(t, t->trace->item[t->k + 1].rec);
}

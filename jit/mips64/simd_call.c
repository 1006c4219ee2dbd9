/* SIMD instructions without an emitter: a call of the function of simd/ that computes them, on registers and
 * operands in struct cpu. General registers, flags and ESP stay where they are, since such a function neither
 * faults nor knows of them. Should it refuse, for an exception that is not masked, nothing has changed: the
 * interpreter does it again. */
#include "jit/mips64/packed_emit.h"
#include "jit/mips64/x87_emit.h"

/* --- what a call would lose -------------------------------------------------------------------------- */

struct kept {
    bool flag_a, flag_b, origin;
};

static bool lives_in(const struct tr *t, enum reg r)
{
    const struct val *x = &t->flags.x, *y = &t->flags.y;
    if (t->flags.kind == RECIPE_ENTRY) return true;
    return ((x->kind == VAL_HOST || x->kind == VAL_ESP) && x->n == r) ||
           ((y->kind == VAL_HOST || y->kind == VAL_ESP) && y->n == r);
}

static struct kept keep(struct tr *t)
{
    struct code *c = &t->c;
    x87_write(t);
    if (t->flags.kind == RECIPE_FCOM) flags_to_memory(t);
    if (t->flags.kind >= RECIPE_MUL) t->flags = flags_to_registers(t, t->flags);
    struct kept k = {.flag_a = lives_in(t, FLAG_A), .flag_b = lives_in(t, FLAG_B)};
    k.origin = (t->flags.kind == RECIPE_ENTRY || t->x87.fip_entry) && !t->x87.origin_kept;
    sd(c, RING, CPU_OFFSET(jit.ring), CPU);
    if (k.flag_a) sd(c, FLAG_A, CPU_OFFSET(jit.flag_a), CPU);
    if (k.flag_b) sd(c, FLAG_B, CPU_OFFSET(jit.flag_b), CPU);
    if (k.origin) sd(c, ORIGIN, CPU_OFFSET(jit.origin), CPU);
    return k;
}

static void take_back(struct tr *t, const struct insn *i, struct kept k)
{
    struct code *c = &t->c;
    state_clobber_addresses(t);
    x87_after_c(t, i);
    if (k.flag_a) ld(c, FLAG_A, CPU_OFFSET(jit.flag_a), CPU);
    if (k.flag_b) ld(c, FLAG_B, CPU_OFFSET(jit.flag_b), CPU);
    if (k.origin) ld(c, ORIGIN, CPU_OFFSET(jit.origin), CPU);
    ld(c, RING, CPU_OFFSET(jit.ring), CPU);
}

/* --- operands ---------------------------------------------------------------------------------------- */

static int source_offset(const struct insn *i)
{
    bool is_register = i->form != FORM_RI && i->form != FORM_RM;
    if (is_register && simd_src(i) == KIND_X) return packed_offset(i->src, LOW);
    if (is_register && simd_src(i) == KIND_M) return mmx_offset(i->src);
    return CPU_OFFSET(simd.operand);
}

/* One that is in no XMM register goes where source_offset() says. false: nothing was emitted. */
static bool put_operand(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a;
    enum reg lo = V0, hi = ZERO;
    if (source_offset(i) != CPU_OFFSET(simd.operand)) return true;
    if (i->form == FORM_RI) {
        li(c, V0, (int32_t)i->imm);
    } else if (i->form == FORM_RR) {
        lo = emit_get(t, V0, i->src, 32);
        dext(c, V0, lo, 0, 32);
        lo = V0;
    } else {
        if (!packed_address(t, i, &a)) return false;
        if (i->size == SIMD_A16 || i->size == SIMD_U16)
            packed_load(t, i, a, V0, hi = V1);
        else if (i->size == SIMD_B8)
            x87_load64(t, i, V0, a);
        else
            emit_load(t, i, V0, a, 8 * simd_size_bytes[i->size], false);
        if (i->size == SIMD_B4) dext(c, V0, V0, 0, 32);
    }
    sd(c, lo, CPU_OFFSET(simd.operand), CPU);
    sd(c, hi, CPU_OFFSET(simd.operand) + 8, CPU);
    return true;
}

static void store_result(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a;
    packed_address(t, i, &a);
    ld(c, V0, CPU_OFFSET(simd.result), CPU);
    if (i->size == SIMD_B8)
        x87_store64(t, i, V0, a);
    else
        emit_store(t, i, V0, a, 8 * simd_size_bytes[i->size]);
}

/* --- the call ---------------------------------------------------------------------------------------- */

/* Packed integers, of which a call may write all of the x87's register. */
static bool is_callable_mmx(const struct insn *i)
{
    return simd_functions[i->op] && i->form != FORM_MR && simd_dst(i) == KIND_M && simd_src(i) != KIND_X;
}

/* String compares have operands in general registers. */
static bool is_callable(const struct insn *i)
{
    if (op_info[i->op].group == GROUP_mmx) return is_callable_mmx(i);
    if (op_info[i->op].group != GROUP_simd || !simd_functions[i->op] || op_info[i->op].writes) return false;
    if (i->form == FORM_MR)
        return i->size == SIMD_B8 || i->size == SIMD_B4 || i->size == SIMD_B2 || i->size == SIMD_B1;
    return simd_dst(i) == KIND_X || simd_dst(i) == KIND_G;
}

/* Integers and moves raise nothing. */
static bool may_refuse(const struct insn *i)
{
    return i->op >= OP_ADDPS;
}

/* Leaves for the interpreter if it refused, with MXCSR as it was. */
static void test_refusal(struct tr *t)
{
    struct code *c = &t->c;
    struct label done = {0};
    beq(c, V0, ZERO, &done);
    lw(c, AT, CPU_OFFSET(simd.mxcsr_before), CPU);
    sw(c, AT, CPU_OFFSET(simd.mxcsr), CPU);
    beq(c, ZERO, ZERO, exit_to_record(t, t->trace->item[t->k].rec));
    nop(c);
    bind_label(c, &done);
}

static int destination_offset(const struct insn *i)
{
    if (i->form != FORM_MR && simd_dst(i) == KIND_X) return packed_offset(i->dst, LOW);
    return simd_dst(i) == KIND_M ? mmx_offset(i->dst) : CPU_OFFSET(simd.result);
}

bool emit_simd_call(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    bool mmx = op_info[i->op].group == GROUP_mmx;
    if (!is_callable(i) || (mmx && !mmx_ready(t, i))) return false;
    if (t->fpr.open) fpr_settle(t);
    xmm_before_c(t);
    if (!put_operand(t, i)) return false;
    t->helped[t->k] = true;
    if (mmx) mmx_enter(t);
    struct kept k = keep(t);
    if (may_refuse(i)) {
        lw(c, V0, CPU_OFFSET(simd.mxcsr), CPU);
        sw(c, V0, CPU_OFFSET(simd.mxcsr_before), CPU);
    }
    daddiu(c, A1, CPU, destination_offset(i));
    daddiu(c, A2, CPU, source_offset(i));
    li(c, A3, (int32_t)i->imm);
    emit_call_c(t, (const void *)(uintptr_t)simd_functions[i->op]);
    daddiu(c, A0, CPU, CPU_OFFSET(simd));
    take_back(t, i, k);
    if (may_refuse(i)) test_refusal(t);
    if (i->form == FORM_MR) {
        store_result(t, i);
    } else if (mmx) {
        t->x87.mmx &= (uint8_t) ~(1u << i->dst / SIMD_STRIDE);
        mmx_written(t, i->dst);
    } else if (simd_dst(i) != KIND_X) {
        enum reg d = emit_out(t, V0, i->dst, 32);
        lw(c, d, CPU_OFFSET(simd.result), CPU);
        emit_put(t, i->dst, d, 32);
    }
    return true;
}

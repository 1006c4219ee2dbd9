/* Calls of the step engine's own handlers, for operations without an emitter. */
#include "interp/sem.h"
#include "interp/simd.h"
#include "jit/mips64/translate.h"

void emit_store_registers(struct code *c)
{
#define X(guest, host) sw(c, host, CPU_OFFSET(gpr[guest]), CPU);
    HOSTREGS(X)
#undef X
}

void emit_load_registers(struct code *c)
{
#define X(guest, host) lw(c, host, CPU_OFFSET(gpr[guest]), CPU);
    HOSTREGS(X)
#undef X
    daddu(c, HOST_ESP, HOST_ESP, GUEST_BASE);
}

/* x87 register forms neither read nor write general registers, nor do those of XMM registers but for string
 * compares. */
static bool leaves_registers(const struct insn *i)
{
    if (op_info[i->op].group == GROUP_simd)
        return (i->form == FORM_RR || i->form == FORM_RI) && simd_dst(i) == KIND_X && simd_src(i) == KIND_X &&
               i->op != OP_MASKMOVDQU && !(i->op >= OP_PCMPESTRM && i->op <= OP_PCMPISTRI);
    return op_info[i->op].group == GROUP_x87 && i->form != FORM_M && i->op != OP_FNSTSW_AX;
}

/* What the handler may have changed: of x87 operations only FNSTSW AX changes a general register. */
static void load_results(struct code *c, const struct insn *i)
{
    if (op_info[i->op].group == GROUP_simd && leaves_registers(i)) return;
    if (op_info[i->op].group != GROUP_x87)
        emit_load_registers(c);
    else if (i->op == OP_FNSTSW_AX)
        lw(c, hostreg(EAX), CPU_OFFSET(gpr[EAX]), CPU);
}

void emit_call_c(struct tr *t, const void *f)
{
    struct code *c = &t->c;
    if (j_reaches(c->at, f)) {
        emit(c, word_jal(f));
    } else {
        emit_pointer(t, T9, f);
        jalr(c, T9);
    }
}

void emit_helper(struct tr *t, struct insn *i)
{
    struct code *c = &t->c;
    bool light = leaves_registers(i);
    struct label *trap;
    if (t->fpr.open) fpr_settle(t); /* with flags and ESP as they were at the chain's beginning */
    if (!flags_to_memory(t)) return;
    xmm_before_c(t);
    emit_sync_esp(t);
    if (!light) values_settle(t);
    t->loop.fip_used |= t->x87.fip_entry;
    x87_write(t);
    if (!light) emit_store_registers(c);
    sd(c, RING, CPU_OFFSET(jit.ring), CPU);
    emit_pointer(t, A1, i);
    move(c, A0, CPU);
    const void *step = (const void *)(uintptr_t)sem_step(i);
    if (!light) emit_pointer(t, A3, step);
    emit_call_c(t, light ? step : (const void *)(uintptr_t)interp_call_step);
    move(c, A2, GUEST_BASE);
    state_clobber(t);
    x87_after_c(t, i);
    trap = exit_trap(t, light);
    beq(c, V0, ZERO, trap);
    ld(c, RING, CPU_OFFSET(jit.ring), CPU);
    load_results(c, i);
    sse_after_helper(t, i);
    if (x87_uses(i)) x87_after_helper(t, i);
}

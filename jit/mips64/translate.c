/* Translates one trace: item by item through an emitter, or by a call of the step engine's own handler. Owns
 * the order of things in a translation; the emitters own what an instruction becomes. */
#include <stdlib.h>
#include <string.h>

#include "jit/mips64/effects.h"
#include "jit/mips64/x87_emit.h"

#define SCRATCH_SET                                                                                    \
    (REG_BIT(AT) | REG_BIT(V0) | REG_BIT(V1) | REG_BIT(A0) | REG_BIT(A1) | REG_BIT(A2) | REG_BIT(A3) | \
     REG_BIT(A4) | REG_BIT(A5) | REG_BIT(T0) | REG_BIT(T1) | REG_BIT(T2) | REG_BIT(ADDRESS) |          \
     REG_BIT(SCRATCH) | COND_BIT)

enum { LARGEST = 64 * 1024 / 4 }; /* words a translation may need: well within branch range */

/* INTO: the interpreter raises what follows from OF. */
static bool emit_into(struct tr *t, struct insn *i)
{
    if (!emit_condition(t, CC_O, exit_to_record(t, i))) return false;
    exit_state(t); /* the delay slot may settle a value */
    return true;
}

bool is_left_to_helper(const struct tr *t, unsigned k)
{
    const struct item *it = &t->trace->item[k];
    const struct block *b = it->block;
    size_t index = (size_t)(it->rec - b->rec);
    return index < 64 && b->by_helper >> index & 1;
}

static bool emit_native(struct tr *t, const struct insn *i)
{
    const struct item *it = &t->trace->item[t->k];
    if (is_left_to_helper(t, t->k) && !x87_has_wide(t, i)) return false;
    unsigned group = op_info[i->op].group;
    if (group == GROUP_simd) t->x87.fcsr_clear = false;
    if (group == GROUP_simd && emit_msa(t, i)) return true;
    if (op_info[i->op].jit != JIT_NATIVE) return emit_simd_call(t, i);
    if (i->prefix & PFX_LOCK && !update_is_possible(i)) return false;
    if (group == GROUP_mmx && t->x87.exact) x87_to_memory(t);
    switch (group) {
    case GROUP_alu: return emit_alu(t, i);
    case GROUP_data: return emit_data(t, i);
    case GROUP_shift: return emit_shift(t, i);
    case GROUP_mul: return emit_mul(t, i);
    case GROUP_stack: return emit_stack(t, i);
    case GROUP_str: return emit_str(t, i);
    case GROUP_bit: return emit_bit(t, i);
    case GROUP_seg: return emit_seg(t, i);
    case GROUP_sys: return i->op == OP_INTO && emit_into(t, it->rec);
    case GROUP_simd: return emit_simd(t, i) || emit_simd_call(t, i);
    case GROUP_mmx: return emit_mmx(t, i) || emit_simd_call(t, i);
    case GROUP_x87:
        halves_leave(t);
        t->x87.mmx = 0;
        return t->j->dbl ? emit_x87_double(t, i) : emit_x87(t, i);
    default: return false;
    }
}

/* Where the calls of the trace return to, unless that follows them: before the entry, so that these addresses
 * are known. */
static void emit_landings(struct tr *t)
{
    for (unsigned k = 0; k < t->trace->count; k++) {
        struct item *it = &t->trace->item[k];
        bool last = it->role == ROLE_END && ends_natively(it->rec);
        if (it->role != ROLE_INTO && !(last && (it->rec->op == OP_CALL || it->rec->op == OP_CALL_IND)))
            continue;
        t->frame[t->frames++] = (struct frame){.call = it, .landing = t->c.at};
        emit_landing(t, it);
    }
    t->entry = t->c.at;
    code_fence(&t->c);
}

static void emit_items(struct tr *t)
{
    struct trace *trace = t->trace;
    emit_landings(t);
    for (t->k = 0; t->k < trace->count && !t->restart; t->k++) {
        struct item *it = &trace->item[t->k];
        t->start[t->k] = t->c.at;
        t->item_clock = t->clock = (t->clock / CLOCK_STEP + 1) * CLOCK_STEP;
        if (it->entry) {
            state_begin(t);
            x87_begin(t);
            sse_begin(t);
            t->direct = t->c.at;
            code_fence(&t->c);
            if (t->k == 0) xmm_loop_begin(t);
        }
        if (t->fpr.open && !fpr_goes_on(t, it)) fpr_settle(t);
        if (it->loops) emit_poll_here(t);
        t->keep = ((it->real | it->shown) & ~flags_replaced(it->rec)) != 0;
        t->reads_flags = lower_reads_flags(it->rec) != 0;
        t->shows_flags = lower_shows_flags(it->rec);
        t->helped[t->k] = false;
        if (it->role != ROLE_PLAIN) {
            emit_ctl(t, it);
        } else if (!emit_native(t, it->rec) && !t->restart) {
            t->helped[t->k] = true;
            emit_helper(t, it->rec);
        }
    }
    t->start[t->k] = t->c.at;
    if (t->restart) return;
    exits_finish(t);
    count_entries(t);
}

/* A block of one record that the interpreter must run: its translation would only come back to itself. */
static bool is_pointless(const struct block *b)
{
    return b->records == 1 && !ends_natively(&b->rec[0]);
}

static void free_sites(struct site *s)
{
    while (s) {
        struct site *next = s->next_of;
        free(s);
        s = next;
    }
}

/* One attempt; t->restart: with flags in memory at the entry. */
static void attempt(struct tr *t, bool in_memory)
{
    t->in_memory = in_memory;
    t->restart = false;
    t->stubs = t->marks = t->recipes = t->pendings = t->frames = 0;
    t->inside = NULL;
    t->x87.known = false;
    t->xmm = (struct xmm_state){.dirty = 0};
    t->sse = sse_key_of(t->j->in->cpu->simd.mxcsr);
    t->sse_known = false;
    t->again = NULL;
    t->fpr.open = false;
    t->loop = (struct loop){.back = false};
    t->clock = t->item_clock = 0;
    t->c.at = t->c.begin;
    t->c.fence = NULL;
    t->c.overflow = false;
    t->c.open = NULL;
    t->ahead = 0;
    t->c.scratch = SCRATCH_SET;
    t->c.idle = SCRATCH_SET & ~REG_BIT(V0); /* of stubs, one takes V0 */
    free_sites(t->sites);
    t->sites = NULL;
    emit_items(t);
}

bool translate(struct jit *j, struct block *b, uint32_t key, enum jit_refusal *why)
{
    struct tr *t = j->tr;
    *why = REFUSE_POINTLESS;
    if (is_pointless(b)) return false;
    trace_build(j->in, b, t->trace);
    trace_liveness(j->in, t->trace);
    t->j = j;
    t->key = key;
    t->sites = NULL;
    *why = REFUSE_CODE_FULL;
    t->c = codemem_reserve(&j->mem, LARGEST);
    if (!t->c.begin) return false;
    attempt(t, false);
    if (t->restart && !t->c.overflow) {
        b->eager_flags = true; /* its own way back must know */
        attempt(t, true);
    }
    *why = t->c.overflow ? REFUSE_TOO_LONG : REFUSE_NO_MEMORY;
    if (t->c.overflow || t->restart || !translation_add(j, t)) {
        codemem_abort(&j->mem, &t->c);
        free_sites(t->sites);
        return false;
    }
    codemem_commit(&j->mem, &t->c);
    report_translated(j, t);
    return true;
}

/* --- trampolines ------------------------------------------------------------------------------------- */

static const uint8_t saved[] = {S0, S1, S2, S3, S4, S5, S6, S7, GP, CPU, RA};
enum { SAVED = sizeof saved, FPRS = SAVED * 8, FRAME = (FPRS + 8 * 8 + 15) & ~15 };

/* The guest's doubles to their FPRs, which are C's as well; FCSR collects from 0 on. Exact: the constant. */
static void enter_doubles(struct code *c, const struct jit *j)
{
    for (int r = 0; r < 8; r++) {
        sdc1(c, FPR_HOME((unsigned)r), FPRS + 8 * r, SP);
        if (j->dbl) ldc1(c, FPR_HOME((unsigned)r), CPU_OFFSET(x87.d) + 8 * r, CPU);
    }
    if (!j->dbl) {
        li64(c, AT, BELOW_ONE);
        dmtc1(c, AT, FPR_BELOW_ONE);
        return;
    }
    if (j->host.fcsr)
        ctc1(c, ZERO, FCSR);
    else
        move(c, FP_CAUSES, ZERO);
}

static void leave_doubles(struct code *c, const struct jit *j)
{
    if (j->dbl) fpr_merge_flags(c, j->host.fcsr);
    for (int r = 0; r < 8; r++)
        ldc1(c, FPR_HOME((unsigned)r), FPRS + 8 * r, SP);
}

/* enter(cpu, base, code). linked: with ORIGIN and what belongs to it as they were when translated code was
 * left; else ORIGIN is no site's: the flags are in struct cpu. */
static enter_fn *emit_enter(struct code *c, const struct jit *j, bool linked)
{
    enter_fn *enter = (enter_fn *)(uintptr_t)c->at;
    daddiu(c, SP, SP, -FRAME);
    for (int k = 0; k < SAVED; k++)
        sd(c, saved[k], 8 * k, SP);
    move(c, CPU, A0);
    move(c, GUEST_BASE, A1);
    enter_doubles(c, j);
    ld(c, RING, CPU_OFFSET(jit.ring), CPU);
    emit_load_registers(c);
    if (linked) {
        ld(c, ORIGIN, CPU_OFFSET(jit.origin), CPU);
        ld(c, FLAG_A, CPU_OFFSET(jit.flag_a), CPU);
        ld(c, FLAG_B, CPU_OFFSET(jit.flag_b), CPU);
        jr(c, A2);
    } else {
        jalr(c, A2);
    }
    nop(c);
    return enter;
}

/* The ways in and out, all in one piece at the start of code memory. */
bool trampolines_new(struct jit *j)
{
    struct code c = codemem_reserve(&j->mem, LARGEST);
    if (!c.begin) return false;
    j->enter = emit_enter(&c, j, false);
    j->enter_linked = emit_enter(&c, j, true);
    j->leave = c.at;
    emit_store_registers(&c);
    sd(&c, RING, CPU_OFFSET(jit.ring), CPU);
    for (int r = 0; r < 8 && j->dbl; r++)
        sdc1(&c, FPR_HOME((unsigned)r), CPU_OFFSET(x87.d) + 8 * r, CPU);
    j->leave_clean = c.at;
    sd(&c, ORIGIN, CPU_OFFSET(jit.origin), CPU);
    sd(&c, FLAG_A, CPU_OFFSET(jit.flag_a), CPU);
    sd(&c, FLAG_B, CPU_OFFSET(jit.flag_b), CPU);
    leave_doubles(&c, j);
    move(&c, V0, A0);
    for (int k = 0; k < SAVED; k++)
        ld(&c, saved[k], 8 * k, SP);
    jr(&c, RA);
    daddiu(&c, SP, SP, FRAME);
    j->paged = emit_paged_call(&c);
    if (c.overflow) return false;
    codemem_commit(&j->mem, &c);
    codemem_keep(&j->mem);
    return true;
}

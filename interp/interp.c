/* The interpreter's loop: look up, run, retry what faulted in the step engine, give control back. */
#include "interp/interp.h"

#include <stdlib.h>

#include "interp/block.h"
#include "interp/engine_step.h"
#include "interp/sem.h"

enum { DEFAULT_HOT_LINK = 6 };

struct interp *interp_new(struct mm *mm, const struct interp_options *opt)
{
    struct interp *in = calloc(1, sizeof *in);
    if (!in) return NULL;
    in->mm = mm;
    in->opt = *opt;
    if (!in->opt.hot_link) in->opt.hot_link = DEFAULT_HOT_LINK;
    if (in->opt.hot && in->opt.hot < in->opt.hot_link) in->opt.hot_link = in->opt.hot;
    if (in->opt.hot_loop && in->opt.hot_loop < in->opt.hot_link) in->opt.hot_link = in->opt.hot_loop;
    if (!block_tables_new(in)) {
        free(in);
        return NULL;
    }
    mm_set_watcher(mm, interp_code_changed, in);
    return in;
}

void interp_free(struct interp *in)
{
    block_drop_all(in);
    block_reap(in);
    block_tables_free(in);
    free(in);
}

void interp_code_changed(void *interp, gaddr from, uint32_t len)
{
    block_drop_range(interp, from, len);
}

void interp_flush(struct interp *in)
{
    block_drop_all(in);
}

void interp_stats(const struct interp *in, struct interp_stats *out)
{
    *out = in->stats;
}

bool interp_links(const struct interp *in)
{
    return !in->opt.no_links && !in->trace_exec;
}

void interp_trace(struct interp *in, interp_trace_fn *new_block, interp_trace_fn *exec, void *trace_ctx)
{
    in->trace_new = new_block;
    in->trace_exec = exec;
    in->trace_ctx = trace_ctx;
    block_drop_all(in); /* links would bypass the exec trace */
}

_Noreturn void interp_retry(struct cpu *cpu)
{
    siglongjmp(*cpu->recover, RESUME_HOST_FAULT);
}

bool interp_host_fault_sig(struct cpu *cpu, int signo, const siginfo_t *info, void *machine_context)
{
    gaddr ignored;
    if (!cpu || !cpu->recover) return false;
    const struct interp_hooks *hooks = &cpu->interp->hooks;
    enum interp_recovery how = RECOVERY_NONE;
    if (hooks->recover_sig) how = hooks->recover_sig(hooks->self, cpu, signo, info, machine_context);
    if (how == RECOVERY_RESUMED) return true;
    if (how == RECOVERY_LEFT) siglongjmp(*cpu->recover, RESUME_LEFT);
    if (how == RECOVERY_NONE && !mm_guest_of_sig(cpu->mm, info->si_addr, &ignored)) return false;
    siglongjmp(*cpu->recover, RESUME_HOST_FAULT);
}

void interp_leave_after(struct cpu *cpu)
{
    if (!cpu->interp->exact)
        interp_retry(cpu); /* translated code would go on behind this call of a handler */
    cpu->interp->changed = true;
    cpu_ask(cpu, true);
}

NOT_SANITIZED void interp_ask_sig(struct cpu *cpu)
{
    const struct interp_hooks *hooks = cpu->interp ? &cpu->interp->hooks : NULL;
    if (cpu->poll && hooks && hooks->ask_sig) hooks->ask_sig(hooks->self, cpu);
}

/* --- one record in the step engine ------------------------------------------------------------------- */

_Noreturn void step_fault(struct cpu *cpu, const struct insn *i, const struct mm_fault *f)
{
    cpu->at = i;
    cpu->eip = i->eip;
    cpu_trap_fault(cpu, f);
    siglongjmp(*cpu->recover, RESUME_GUEST_FAULT);
}

_Noreturn void step_misaligned(struct cpu *cpu, const struct insn *i)
{
    cpu->at = i;
    cpu->eip = i->eip;
    cpu_trap(cpu, VEC_AC, 0);
    siglongjmp(*cpu->recover, RESUME_GUEST_FAULT);
}

/* Is it atomic? The step engine is not, so it must be alone for that. */
static bool is_locked(const struct insn *i)
{
    return i->prefix & PFX_LOCK || i->op == OP_XCHG;
}

/* Runs record i checked. The record to go on with, or NULL: cpu->exit and cpu->eip say what next. */
static const struct insn *step_record(struct interp *in, struct cpu *cpu, const struct insn *i)
{
    const struct insn *next;
    in->exact = true;
    do {
        if (is_locked(i)) interp_stop_others(in);
        cpu->at = i;
        next = sem_step(i)(cpu, i, cpu->base);
    } while (i++->op == OP_EA);
    in->exact = false;
    if (next && in->changed) { /* it may have rewritten its own block */
        cpu->eip = insn_next_eip(i - 1);
        cpu->exit = EXIT_LOOKUP;
        return NULL;
    }
    return next;
}

const struct insn *interp_call_step(struct cpu *cpu, const struct insn *i, uint8_t *base, handler_fn *step)
{
    const struct insn *next = step(cpu, i, base);
    if (!next || turn_is_inside(cpu) || !cpu->interp->changed) return next;
    cpu->eip = insn_next_eip(i);
    cpu->exit = EXIT_LOOKUP;
    return NULL;
}

/* Memory for a block could not be had: the guest is told in the only way there is. */
static enum exit_reason no_memory(struct cpu *cpu)
{
    cpu_trap(cpu, VEC_GP, 0);
    return EXIT_TRAP;
}

/* cpu is the one that runs now. */
static void begin(struct interp *in, struct cpu *cpu)
{
    in->cpu = cpu;
    if (cpu->interp != in) cpu->interp = in; /* others read it to ask for control */
    cpu->ordered = turn_is_free(in->turn) && !in->opt.relaxed;
    if (in->hooks.resume) in->hooks.resume(in->hooks.self, cpu);
    in->exact = false; /* a fault may have left it */
}

enum exit_reason interp_step(struct interp *in, struct cpu *cpu)
{
    sigjmp_buf recover, *outer = cpu->recover;
    begin(in, cpu);
    if (sigsetjmp(recover, 0)) {
        cpu->recover = outer;
        return EXIT_TRAP; /* a guest fault: cpu->trap is set */
    }
    block_reap(in);
    struct block *b = block_get(in, cpu->eip);
    if (!b) return no_memory(cpu);
    cpu->recover = &recover;
    const struct insn *next = step_record(in, cpu, b->rec);
    cpu->recover = outer;
    if (next) {
        cpu->eip = next->op == OP_EXIT ? next->imm : next->eip;
        return EXIT_STEP;
    }
    return cpu->exit == EXIT_LOOKUP ? EXIT_STEP : cpu->exit;
}

/* --- running ----------------------------------------------------------------------------------------- */

/* A load of SS holds #DB back until the next instruction is done (SDM vol. 3, 6.8.3). */
static bool holds_back(const struct insn *i)
{
    return (i->op == OP_MOV_TO_SREG || i->op == OP_POP_SREG) && i->aux == SS;
}

/* TF: one instruction, then #DB (a trap: eip is the next instruction's). AC: only the step engine checks
 * alignment. */
static enum exit_reason run_stepwise(struct interp *in, struct cpu *cpu)
{
    bool trace = cpu->flag_sys & FL_TF;
    enum exit_reason why = interp_step(in, cpu);
    if (why == EXIT_STEP && trace && holds_back(cpu->at)) why = interp_step(in, cpu);
    if (why != EXIT_STEP || !trace) return why;
    cpu_trap(cpu, VEC_DB, FL_TF);
    return EXIT_TRAP;
}

/* The record to run for cpu->eip; makes the link that was missing. NULL: out of memory. */
static const struct insn *look_up(struct interp *in, struct cpu *cpu)
{
    const struct insn *edge = in->changed || !block_is_known(in, cpu) ? NULL : cpu->edge;
    if (edge && edge->imm != cpu->eip) edge = NULL; /* a signal's handler came in between */
    cpu->edge = NULL;
    in->stats.lookups++;
    if (UNLIKELY(in->changed)) block_reap(in);
    struct block *b = block_get(in, cpu->eip);
    if (!b) return NULL;
    if (UNLIKELY(in->changed)) edge = NULL; /* on the way the block that it is of may have been dropped */
    b->visits++;
    if (UNLIKELY(block_is_counted_out(b))) block_ask_if_due(in, b);
    if (in->trace_exec) in->trace_exec(in->trace_ctx, b);
    if (b->visits < in->opt.hot_link || b->alone) return b->rec;
    optimize_block(in, b);
    if (!interp_links(in)) return b->rec;
    if (edge)
        block_link(edge, b);
    else
        cpu->jump_cache[jump_hash(b->eip)] = (struct jump_cache_entry){b->eip, b->rec};
    return b->rec;
}

/* Runs records until one leaves. ThreadSanitizer does not see it, nor handlers: what they find by a link,
 * which is one word, others have made. */
NOT_SANITIZED static void run_records(struct cpu *cpu, const struct insn *i)
{
    while (i)
        i = i->fn(cpu, i, cpu->base);
}

/* From record i, or from cpu->eip if it is NULL, until the run loop is needed. */
static enum exit_reason run(struct interp *in, struct cpu *cpu, const struct insn *i)
{
    for (;; i = NULL) {
        if (!i && cpu_is_asked(cpu)) return EXIT_POLL;
        if (!i && cpu->flag_sys & (FL_TF | FL_AC)) {
            enum exit_reason why = run_stepwise(in, cpu);
            if (why != EXIT_STEP) return why;
            continue;
        }
        if (!i) i = look_up(in, cpu);
        if (!i) return no_memory(cpu);
        interp_go_in(in, cpu);
        run_records(cpu, i);
        interp_come_out(in, cpu);
        if (cpu->exit != EXIT_LOOKUP) return cpu->exit;
    }
}

/* Where a jump of the step engine leads, if the fast engine would need no look-up. */
static const struct insn *known_target(const struct cpu *cpu)
{
    const struct jump_cache_entry *seen = &cpu->jump_cache[jump_hash(cpu->eip)];
    if (cpu->exit != EXIT_LOOKUP || cpu->interp->changed || cpu_is_asked(cpu)) return NULL;
    if (cpu->flag_sys & (FL_TF | FL_AC) || seen->eip != cpu->eip) return NULL;
    return seen->rec;
}

/* The handler of a record that faults often because its operand lies in a host page of mixed protection
 * (mm/mixed.c): a checked run costs far less than a host signal. */
static const struct insn *run_checked(struct cpu *cpu, const struct insn *i, uint8_t *base)
{
    (void)base;
    cpu->at = i;
    if (turn_is_inside(cpu)) interp_retry(cpu);
    cpu->exit = EXIT_LOOKUP;
    const struct insn *next = step_record(cpu->interp, cpu, i);
    return next ? next : known_target(cpu);
}

/* Does it fault often? */
static bool count_fault(struct interp *in, const struct insn *i)
{
    enum { OFTEN = 4 };
    uint8_t *n = &in->faults[(uintptr_t)i / sizeof *i % sizeof in->faults];
    if (is_locked(i) || ++*n < OFTEN) return false;
    *n = 0;
    struct block *b = block_of(i);
    if (i == b->rec)
        block_set_first(b, run_checked);
    else
        insn_set_fn(&b->rec[i - b->rec], run_checked);
    return true;
}

/* After a host fault in record cpu->at. */
static enum exit_reason retry(struct interp *in, struct cpu *cpu)
{
    in->stats.faults_retried++;
    bool often = count_fault(in, cpu->at);
    if (in->hooks.faulted) in->hooks.faulted(in->hooks.self, cpu, often);
    cpu->exit = EXIT_LOOKUP;
    const struct insn *next = step_record(in, cpu, cpu->at);
    if (!next && cpu->exit != EXIT_LOOKUP) return cpu->exit;
    return run(in, cpu, next);
}

/* After a host fault. false: while cpu waited for the turn the record went away; cpu->eip is where it was. */
static bool come_back(struct interp *in, struct cpu *cpu)
{
    gaddr eip = cpu->at->eip;
    interp_come_out(in, cpu);
    if (block_is_known(in, cpu)) return true;
    cpu->eip = eip;
    return false;
}

enum exit_reason interp_run(struct interp *in, struct cpu *cpu)
{
    sigjmp_buf recover, *outer = cpu->recover;
    enum exit_reason why;
    begin(in, cpu);
    switch (sigsetjmp(recover, 0)) {
    case 0:
        cpu->recover = &recover;
        why = run(in, cpu, NULL);
        break;
    case RESUME_HOST_FAULT: why = come_back(in, cpu) ? retry(in, cpu) : run(in, cpu, NULL); break;
    case RESUME_LEFT:
        interp_come_out(in, cpu);
        why = cpu->exit;
        break;
    default: why = EXIT_TRAP; break; /* a guest fault in the step engine: cpu->trap is set */
    }
    cpu->recover = outer;
    in->stats.exits[why]++;
    return why;
}

/* The choice of handlers for a block: first quickly, record by record; again, better, when it is hot: flags
 * that the successors overwrite are not computed, and neighbours that have a common handler are fused. */
#include "interp/block.h"
#include "interp/sem.h"

static sem_choice *const fast_groups[] = {
    [GROUP_alu] = sem_alu_fast, [GROUP_shift] = sem_shift_fast, [GROUP_mul] = sem_mul_fast,
    [GROUP_bcd] = sem_bcd_fast, [GROUP_data] = sem_data_fast,   [GROUP_stack] = sem_stack_fast,
    [GROUP_ctl] = sem_ctl_fast, [GROUP_far] = sem_far_fast,     [GROUP_sys] = sem_sys_fast,
    [GROUP_str] = sem_str_fast, [GROUP_bit] = sem_bit_fast,     [GROUP_seg] = sem_seg_fast,
    [GROUP_x87] = sem_x87_fast, [GROUP_simd] = sem_simd_fast,   [GROUP_mmx] = sem_simd_fast,
    [GROUP_ext] = sem_ext_fast,
};

static sem_choice *const step_groups[] = {
    [GROUP_alu] = sem_alu_step, [GROUP_shift] = sem_shift_step, [GROUP_mul] = sem_mul_step,
    [GROUP_bcd] = sem_bcd_step, [GROUP_data] = sem_data_step,   [GROUP_stack] = sem_stack_step,
    [GROUP_ctl] = sem_ctl_step, [GROUP_far] = sem_far_step,     [GROUP_sys] = sem_sys_step,
    [GROUP_str] = sem_str_step, [GROUP_bit] = sem_bit_step,     [GROUP_seg] = sem_seg_step,
    [GROUP_x87] = sem_x87_step, [GROUP_simd] = sem_simd_step,   [GROUP_mmx] = sem_simd_step,
    [GROUP_ext] = sem_ext_step,
};

handler_fn *sem_fast(const struct insn *i, bool noflags)
{
    return fast_groups[op_info[i->op].group](i, noflags);
}

handler_fn *sem_step(const struct insn *i)
{
    return step_groups[op_info[i->op].group](i, false);
}

/* --- flag liveness ----------------------------------------------------------------------------------- */

/* Which records may fault or trap: with a memory operand or without one (of the x87 and SIMD, when an
 * exception is pending). */
enum { NEVER, WITH_MEMORY, ALWAYS };
enum {
    ALWAYS_GROUPS = 1 << GROUP_stack | 1 << GROUP_str | 1 << GROUP_seg | 1 << GROUP_sys | 1 << GROUP_far |
                    1 << GROUP_simd | 1 << GROUP_mmx | 1 << GROUP_x87
};
#define SHOWS_ALWAYS(op, group)                                                                              \
    (ALWAYS_GROUPS >> (group)&1 || (op) == OP_DIV || (op) == OP_IDIV || (op) == OP_CALL || (op) == OP_RET || \
     (op) == OP_RET_IMM || (op) == OP_XLAT)
#define SHOWS(op, group) \
    (SHOWS_ALWAYS(op, group) ? ALWAYS : (op) == OP_LEA || (op) == OP_EA ? NEVER : WITH_MEMORY)
static const uint8_t shows_flags[OP_COUNT] = {
#define OP(name, mnemonic, group, jit, reads, writes, undefined, traits) \
    [OP_##name] = SHOWS(OP_##name, GROUP_##group),
#include "interp/ops.def"
#undef OP
};

bool lower_shows_flags(const struct insn *i)
{
    unsigned when = shows_flags[i->op];
    return when == ALWAYS || (when == WITH_MEMORY && form_has_memory(i->form));
}

static bool constant_shift(const struct insn *i)
{
    return op_info[i->op].group == GROUP_shift && (i->form == FORM_RI || i->form == FORM_MI) && i->imm & 31 &&
           (i->op == OP_SHL || i->op == OP_SHR || i->op == OP_SAR);
}

unsigned lower_reads_flags(const struct insn *i)
{
    return constant_shift(i) ? 0 : op_info[i->op].reads;
}

/* Flags live before the record, given those live after it. */
static unsigned live_before(const struct insn *i, unsigned live)
{
    const struct op_info *info = &op_info[i->op];
    if (lower_shows_flags(i)) return FL_ARITH;
    return (live & ~info->writes) | lower_reads_flags(i);
}

static unsigned live_at_entry(const struct block *b, unsigned live)
{
    for (unsigned k = b->records; k-- > 0;)
        live = live_before(&b->rec[k], live);
    return live;
}

static void choose(struct block *b, unsigned live)
{
    for (unsigned k = b->records; k-- > 0;) {
        struct insn *i = &b->rec[k];
        insn_set_fn(i, sem_fast(i, (op_info[i->op].writes & live) == 0));
        live = live_before(i, live);
    }
}

void lower_block(struct block *b)
{
    for (struct insn *i = b->rec, *end = i + b->records; i < end; i++)
        i->fn = sem_fast(i, false);
    b->first_fn = b->rec[0].fn;
}

/* --- hot blocks -------------------------------------------------------------------------------------- */

enum { OPTIMIZE_DEPTH = 8 };

static void optimize(struct interp *in, struct block *b, int depth);

/* Flags live along an exit. A successor that is known gets linked, so that what it reads stays true. */
static unsigned live_along(struct interp *in, struct block *b, unsigned exit, int depth)
{
    struct insn *edge = &b->rec[b->records + exit];
    struct block *to = block_find(in, edge->imm);
    if (!to || !interp_links(in)) return FL_ARITH;
    if (depth > 0) optimize(in, to, depth - 1);
    if (!to->optimized) return FL_ARITH; /* it gets its turn when it is hot itself */
    block_link(edge, to);
    return live_at_entry(to, FL_ARITH);
}

static unsigned live_at_end(struct interp *in, struct block *b, int depth)
{
    const struct insn *last = &b->rec[b->records - 1];
    unsigned traits = op_info[last->op].traits;
    if (!(traits & DIRECT)) return FL_ARITH;
    unsigned live = live_along(in, b, EXIT_TAKEN, depth);
    if (traits & COND && last->op != OP_CALL) live |= live_along(in, b, EXIT_FALL, depth);
    return live;
}

/* Replaces the handlers of neighbours that have one in common by that one. Each record keeps what the step
 * engine needs, and the second its own handler: a fault in the middle goes on from there. */
static void fuse(struct block *b, unsigned live)
{
    for (unsigned k = b->records - 1; k-- > 0;) { /* live: after record k + 1 */
        struct insn *i = &b->rec[k];
        handler_fn *both = sem_fuse_fast(i, (op_info[i->op].writes & live) == 0);
        if (both) insn_set_fn(i, both);
        live = live_before(i + 1, live);
    }
}

static void optimize(struct interp *in, struct block *b, int depth)
{
    if (b->optimized || b->visits == 0 || b->alone) return;
    b->optimized = true;
    unsigned live = live_at_end(in, b, depth);
    handler_fn *entry = b->rec[0].fn;
    bool settled = block_is_settled(b);
    choose(b, live);
    fuse(b, live);
    b->first_fn = b->rec[0].fn;
    b->live_out = live;
    insn_set_fn(&b->rec[0], entry);
    if (!settled) return;
    block_interpret(b);
    block_count(in, b); /* until now each entry was a look-up */
}

void optimize_block(struct interp *in, struct block *b)
{
    optimize(in, b, OPTIMIZE_DEPTH);
}

/* Records of a new block. Owns the windows: copies of code in watched pages, which stay right until a change
 * is reported, so that neighbouring blocks are fetched once. */
#include "interp/draft.h"

#include <string.h>

#include "interp/decode.h"
#include "interp/sem.h"

/* --- code bytes -------------------------------------------------------------------------------------- */

void draft_forget_windows(struct interp *in)
{
    for (unsigned k = 0; k < CODE_WINDOWS; k++)
        in->windows[k].n = 0;
}

/* Its page must be watched, or is from now on. */
static void fill(struct interp *in, struct code_window *w, gaddr at, bool may_watch)
{
    struct mm_fault ignored;
    bool watched = mm_is_watched(in->mm, at);
    w->n = 0;
    if (!watched && !may_watch) return;
    if (!watched) mm_watch(in->mm, at, CODE_WINDOW);
    w->at = at;
    w->n = mm_fetch(in->mm, at, w->bytes, CODE_WINDOW, &ignored);
    if (!watched && w->n == 0) mm_unwatch(in->mm, at, CODE_WINDOW);
}

/* The code bytes that a window holds from run->eip on. false: none does. */
static bool use_window(struct interp *in, struct decode_run *run, bool may_watch)
{
    gaddr at = run->eip & ~(gaddr)(CODE_WINDOW - 1);
    struct code_window *w = &in->windows[at / CODE_WINDOW % CODE_WINDOWS];
    if (in->opt.smc == SMC_NONE) return false; /* no change is reported */
    if (w->n == 0 || w->at != at) fill(in, w, at, may_watch);
    run->at = w->bytes + (run->eip - at);
    run->end = w->bytes + w->n;
    return run->at < run->end;
}

/* --- records ----------------------------------------------------------------------------------------- */

static unsigned decode_noting(struct draft *d, struct decode_run *run)
{
    const uint8_t *bytes = run->at;
    uint8_t *note = d->bytes ? d->bytes + (run->eip - d->eip) : NULL;
    unsigned insns = decode_run(run);
    if (note) memcpy(note, bytes, run->at - bytes);
    return insns;
}

/* An instruction that no window holds is fetched for itself. 0: its bytes cannot all be fetched. */
static __attribute__((noinline)) unsigned decode_alone(struct interp *in, struct draft *d,
                                                       struct decode_run *run, struct mm_fault *fault)
{
    uint8_t bytes[INSN_MAX + DECODE_PADDING];
    unsigned n = mm_fetch(in->mm, run->eip, bytes, INSN_MAX, fault);
    d->watched = false;
    run->at = bytes;
    run->end = bytes + n;
    run->left = 1;
    return n ? decode_noting(d, run) : 0;
}

void draft_block(struct interp *in, struct draft *d, bool singly)
{
    struct mm_fault fault;
    struct decode_run run = {.eip = d->eip, .out = d->rec, .x87 = in->opt.x87_double ? AUX_DOUBLE : 0};
    uint64_t stop = breaks_next(in, d->eip);
    d->watched = run.eip != stop;
    bool one_by_one = singly || stop != NO_BREAK;
    unsigned insns = 0;
    while (insns < BLOCK_MAX_INSNS && run.eip != stop && !run.ended) {
        run.left = one_by_one ? 1 : BLOCK_MAX_INSNS - insns;
        unsigned n = use_window(in, &run, !singly) ? decode_noting(d, &run) : 0;
        if (n == 0) n = decode_alone(in, d, &run, &fault);
        if (n == 0) break;
        insns += n;
        if (singly && lower_shows_flags(run.out - 1)) break;
    }
    struct insn *out = run.out;
    gaddr eip = run.eip;
    if (insns == 0 && eip == stop)
        *out++ = (struct insn){.op = OP_BREAK, .eip = eip++, .len = 1};
    else if (insns == 0)
        *out++ = (struct insn){
            .op = OP_FETCH_FAULT, .eip = eip, .imm = fault.addr, .disp = fault.present | fault.bus << 1};
    else if (!(op_info[out[-1].op].traits & ENDS))
        *out++ = (struct insn){.op = OP_FALL, .eip = eip, .imm = eip};
    for (struct insn *i = run.out; i < out; i++)
        i->fn = sem_fast(i, false);
    d->records = out - d->rec;
    d->insns = insns;
    d->eip = eip;
}

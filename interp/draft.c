/* Records of a new block. Owns the windows: copies of code in watched pages, which stay right until a change
 * is reported, so that neighbouring blocks are fetched once. */
#include "interp/draft.h"

#include <string.h>

/* --- code bytes -------------------------------------------------------------------------------------- */

void draft_forget_windows(struct interp *in)
{
    for (unsigned k = 0; k < CODE_WINDOWS; k++)
        in->windows[k].n = 0;
}

/* The code bytes that a window holds from eip on, and where they end: DECODE_PADDING readable bytes before
 * that of the array. NULL: none does. It is filled if its page is watched. */
static const uint8_t *window_at(struct interp *in, gaddr eip, const uint8_t **end)
{
    gaddr at = eip & ~(gaddr)(CODE_WINDOW - 1);
    struct code_window *w = &in->windows[at / CODE_WINDOW % CODE_WINDOWS];
    *end = NULL;
    if (w->n == 0 || w->at != at) {
        struct mm_fault ignored;
        if (in->opt.smc == SMC_NONE || !mm_is_watched(in->mm, eip)) return NULL;
        w->at = at;
        w->n = mm_fetch(in->mm, at, w->bytes, CODE_WINDOW, &ignored);
    }
    if (eip - at >= w->n) return NULL;
    *end = w->bytes + w->n;
    return w->bytes + (eip - at);
}

/* --- records ----------------------------------------------------------------------------------------- */

/* An instruction that no window holds: fetched for itself. 0: its bytes cannot all be fetched. */
static unsigned decode_alone(struct interp *in, struct draft *d, gaddr eip, struct insn *out,
                             struct mm_fault *fault)
{
    uint8_t bytes[INSN_MAX + DECODE_PADDING];
    unsigned n = mm_fetch(in->mm, eip, bytes, INSN_MAX, fault);
    if (d->bytes) memcpy(d->bytes + (eip - d->eip), bytes, n);
    return n ? decode_padded(bytes, n, eip, out) : 0;
}

void draft_block(struct interp *in, struct draft *d, bool singly)
{
    struct mm_fault fault;
    struct insn *out = d->rec;
    gaddr eip = d->eip;
    const uint8_t *end, *at = window_at(in, eip, &end);
    unsigned traits = 0, insns = 0;
    uint64_t stop = breaks_next(in, eip);
    while (insns < BLOCK_MAX_INSNS && eip != stop) {
        if (at == end) at = window_at(in, eip, &end);
        unsigned n = at ? decode_padded(at, end - at, eip, out) : 0;
        if (n && d->bytes) memcpy(d->bytes + (eip - d->eip), at, out[n - 1].len);
        if (n == 0) n = decode_alone(in, d, eip, out, &fault);
        if (n == 0) break;
        out += n;
        insns++;
        unsigned len = out[-1].len;
        eip += len;
        traits = op_info[out[-1].op].traits;
        if (traits & X87 && in->opt.x87_double) out[-1].aux |= AUX_DOUBLE;
        if (traits & (ENDS | LAST) || (singly && lower_shows_flags(out - 1))) break;
        at = (size_t)(end - at) > len ? at + len : end;
    }
    if (insns == 0 && eip == stop)
        *out++ = (struct insn){.op = OP_BREAK, .eip = eip++, .len = 1};
    else if (insns == 0)
        *out++ = (struct insn){
            .op = OP_FETCH_FAULT, .eip = eip, .imm = fault.addr, .disp = fault.present | fault.bus << 1};
    else if (!(traits & ENDS))
        *out++ = (struct insn){.op = OP_FALL, .eip = eip, .imm = eip};
    d->records = out - d->rec;
    d->insns = insns;
    d->eip = eip;
}

/* Breakpoints of a debugger. Owns the sorted list of their addresses. A block ends before such an address,
 * and the one that begins there is a single record that gives control back (draft.c): so guest memory stays
 * as it is, and whatever else is decoded or translated, too. */
#include <stdlib.h>
#include <string.h>

#include "interp/block.h"

/* The number of breakpoints below eip. */
static unsigned below(const struct interp *in, gaddr eip)
{
    unsigned low = 0, high = in->break_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (in->breaks[middle] < eip)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t breaks_find(const struct interp *in, gaddr eip)
{
    unsigned k = below(in, eip);
    return k < in->break_count ? in->breaks[k] : NO_BREAK;
}

static bool make_room(struct interp *in)
{
    if (in->break_count < in->break_room) return true;
    unsigned room = in->break_room ? 2 * in->break_room : 16;
    gaddr *grown = realloc(in->breaks, room * sizeof *grown);
    if (!grown) return false;
    in->breaks = grown;
    in->break_room = room;
    return true;
}

/* The block before a breakpoint that goes is made anew, too: it ended there. */
static void forget(struct interp *in, gaddr at, bool on)
{
    bool before = !on && at > 0;
    block_redo_range(in, at - before, 1 + before);
}

bool interp_break(struct interp *in, gaddr at, bool on)
{
    unsigned k = below(in, at);
    bool there = k < in->break_count && in->breaks[k] == at;
    if (there == on) return true;
    if (on && !make_room(in)) return false;
    gaddr *p = in->breaks + k;
    if (on) {
        memmove(p + 1, p, (in->break_count++ - k) * sizeof *p);
        *p = at;
    } else {
        memmove(p, p + 1, (--in->break_count - k) * sizeof *p);
    }
    forget(in, at, on);
    return true;
}

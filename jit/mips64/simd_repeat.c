/* SIMD emitters in general registers: halves that move to the other one, and lanes that are repeated. */
#include "jit/mips64/packed_emit.h"
#include "jit/mips64/x87_emit.h"

static bool move_half(struct tr *t, const struct insn *i, enum half to, enum half from)
{
    half_put(t, i->dst, to, half_get(t, i->src, from));
    return true;
}

static bool repeat_low_half(struct tr *t, const struct insn *i)
{
    enum reg v = V0;
    if (i->form == FORM_RM)
        x87_load64(t, i, V0, emit_address(t, i));
    else
        v = half_get(t, i->src, LOW);
    v = packed_own(t, v);
    half_put(t, i->dst, LOW, v);
    half_put(t, i->dst, HIGH, v);
    return true;
}

/* Each half becomes its lower, or upper, 32 bits twice. */
static bool repeat_lanes(struct tr *t, const struct insn *i, bool upper)
{
    struct code *c = &t->c;
    if (!packed_fetch(t, i)) return false;
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg s = packed_source(t, i, h), rd = half_new(t);
        if (upper)
            dsrl32(c, rd, s, 0);
        else
            move(c, rd, s);
        dins(c, rd, rd, 32, 32);
        half_put(t, i->dst, h, rd);
    }
    return true;
}

bool simd_repeat(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_MOVHLPS: return move_half(t, i, LOW, HIGH);
    case OP_MOVLHPS: return move_half(t, i, HIGH, LOW);
    case OP_MOVDDUP: return repeat_low_half(t, i);
    case OP_MOVSLDUP: return repeat_lanes(t, i, false);
    case OP_MOVSHDUP: return repeat_lanes(t, i, true);
    default: return false;
    }
}

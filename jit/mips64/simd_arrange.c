/* SIMD emitters: lanes from elsewhere, in general registers. Unpacking of doublewords and quadwords,
 * shuffles, shifts of whole registers, inserts and extracts. */
#include "jit/mips64/packed_emit.h"

/* A lane of 32 bits: the upper one of register r, or the lower one. */
struct lane {
    enum reg r;
    bool upper;
};

/* rd, which is none of theirs, = a | b << 32. Uses AT. */
static void join(struct code *c, enum reg rd, struct lane a, struct lane b)
{
    if (b.upper) {
        enum reg low = a.r;
        if (a.upper) dsrl32(c, low = AT, a.r, 0);
        move(c, rd, b.r);
        if (a.upper || a.r != b.r) dins(c, rd, low, 0, 32);
        return;
    }
    if (a.upper)
        dsrl32(c, rd, a.r, 0);
    else
        move(c, rd, a.r);
    dins(c, rd, b.r, 32, 32);
}

/* The source in V0 and V1, the destination in A0 and A1, which is about to be written. */
static bool get_both(struct tr *t, const struct insn *i)
{
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get(t, A0, i->dst, LOW);
    packed_get(t, A1, i->dst, HIGH);
    return true;
}

static bool get_source(struct tr *t, const struct insn *i)
{
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_written(t, i->dst);
    return true;
}

/* --- unpacking --------------------------------------------------------------------------------------- */

static bool unpack_quadwords(struct tr *t, const struct insn *i, enum half h)
{
    if (!packed_source(t, i, V0, V1)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    if (h == HIGH) {
        packed_get(t, A0, i->dst, HIGH);
        packed_put(t, i->dst, LOW, A0);
    }
    packed_put(t, i->dst, HIGH, h == LOW ? V0 : V1);
    return true;
}

static bool unpack_doublewords(struct tr *t, const struct insn *i, enum half h)
{
    struct code *c = &t->c;
    if (t->j->host.mmi) return false;
    if (!get_both(t, i)) return false;
    enum reg s = h == LOW ? V0 : V1, d = h == LOW ? A0 : A1;
    join(c, ADDRESS, (struct lane){d, true}, (struct lane){s, true});
    dins(c, d, s, 32, 32);
    packed_put_both(t, i->dst, d, ADDRESS);
    return true;
}

/* --- shuffles ---------------------------------------------------------------------------------------- */

/* Lane n of the register whose halves are lo and hi. */
static struct lane lane_of(enum reg lo, enum reg hi, unsigned n)
{
    return (struct lane){n & 2 ? hi : lo, n & 1};
}

/* A register with both lanes: one that has them already, or rd. */
static enum reg joined(struct code *c, enum reg rd, struct lane a, struct lane b)
{
    if (a.r == b.r && !a.upper && b.upper) return a.r;
    join(c, rd, a, b);
    return rd;
}

static bool shuffle(struct tr *t, const struct insn *i, enum reg lo, enum reg hi)
{
    struct code *c = &t->c;
    unsigned n = i->imm;
    enum reg low = joined(c, ADDRESS, lane_of(lo, hi, n & 3), lane_of(lo, hi, n >> 2 & 3));
    enum reg high = SCRATCH;
    if ((n >> 4 & 15) == (n & 15) && lo == V0)
        high = low;
    else
        high = joined(c, SCRATCH, lane_of(V0, V1, n >> 4 & 3), lane_of(V0, V1, n >> 6 & 3));
    packed_put_both(t, i->dst, low, high);
    return true;
}

static bool shuffle_doubles(struct tr *t, const struct insn *i)
{
    if (!get_both(t, i)) return false;
    packed_put_both(t, i->dst, i->imm & 1 ? A1 : A0, i->imm & 2 ? V1 : V0);
    return true;
}

void lanes_shuffle_words(struct tr *t, enum reg rd, enum reg s, unsigned imm)
{
    struct code *c = &t->c;
    dext(c, rd, s, 16 * (imm & 3), 16);
    for (unsigned k = 1; k < 4; k++) {
        unsigned from = imm >> 2 * k & 3;
        if (from) dext(c, AT, s, 16 * from, 16);
        dins(c, rd, from ? AT : s, 16 * k, 16);
    }
}

/* Four words of one half. */
static bool shuffle_words(struct tr *t, const struct insn *i, enum half h)
{
    if (!get_source(t, i)) return false;
    lanes_shuffle_words(t, A0, h == LOW ? V0 : V1, i->imm);
    packed_put_both(t, i->dst, h == LOW ? A0 : V0, h == LOW ? V1 : A0);
    return true;
}

/* --- shifts ------------------------------------------------------------------------------------------ */

static void shift_left(struct code *c, enum reg rd, enum reg r, unsigned n)
{
    n < 32 ? dsll(c, rd, r, n) : dsll32(c, rd, r, n - 32);
}

static void shift_right(struct code *c, enum reg rd, enum reg r, unsigned n)
{
    n < 32 ? dsrl(c, rd, r, n) : dsrl32(c, rd, r, n - 32);
}

/* rd = 64 bits of hi:lo from bit n of lo on; n is less than 64. Uses AT. */
static void funnel(struct code *c, enum reg rd, enum reg hi, enum reg lo, unsigned n)
{
    if (n == 0) {
        move(c, rd, lo);
    } else if (lo == ZERO) {
        shift_left(c, rd, hi, 64 - n);
    } else {
        shift_right(c, rd, lo, n);
        if (hi == ZERO) return;
        shift_left(c, AT, hi, 64 - n);
        or_(c, rd, rd, AT);
    }
}

/* The destination = 16 bytes from byte n on of these four parts, lowest first. */
static void take_bytes(struct tr *t, const struct insn *i, const enum reg part[4], unsigned n)
{
    struct code *c = &t->c;
    enum reg result[2];
    for (unsigned k = 0; k < 2; k++) {
        unsigned at = n / 8 + k;
        enum reg lo = at < 4 ? part[at] : ZERO, hi = at < 3 ? part[at + 1] : ZERO;
        result[k] = n % 8 == 0 || (lo == ZERO && hi == ZERO) ? lo : k ? SCRATCH : ADDRESS;
        if (result[k] != lo) funnel(c, result[k], hi, lo, 8 * (n % 8));
    }
    packed_put_both(t, i->dst, result[0], result[1]);
}

static bool shift_bytes(struct tr *t, const struct insn *i)
{
    unsigned n = i->imm < 16 ? i->imm : 16;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    if (n < 16) packed_get(t, V0, i->dst, LOW);
    if (n < 16) packed_get(t, V1, i->dst, HIGH);
    if (i->op == OP_PSLLDQ)
        take_bytes(t, i, (const enum reg[]){ZERO, ZERO, V0, V1}, 16 - n);
    else
        take_bytes(t, i, (const enum reg[]){V0, V1, ZERO, ZERO}, n);
    return true;
}

static bool align(struct tr *t, const struct insn *i)
{
    if (!get_both(t, i)) return false;
    take_bytes(t, i, (const enum reg[]){V0, V1, A0, A1}, i->imm & 0xff);
    return true;
}

/* --- inserts and extracts ---------------------------------------------------------------------------- */

static bool insert(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned lane = i->imm & (128 / (unsigned)bits - 1), at = lane * (unsigned)bits;
    enum half h = at < 64 ? LOW : HIGH;
    enum reg v = V0;
    if (i->form == FORM_RM)
        emit_load_operand(t, i, V0, bits, true);
    else
        v = emit_get_low(t, V0, i->src, 32);
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get(t, V1, i->dst, h);
    dins(c, V1, v, at % 64, (unsigned)bits);
    packed_put(t, i->dst, h, V1);
    return true;
}

static bool extract(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned lane = i->imm & (128 / (unsigned)bits - 1), at = lane * (unsigned)bits;
    bool to_memory = i->form == FORM_MR;
    xmm_read(t, i->src);
    enum reg d = to_memory ? V0 : emit_out(t, V0, i->dst, 32);
    packed_get(t, V0, i->src, at < 64 ? LOW : HIGH);
    if (bits < 32)
        dext(c, d, V0, at % 64, (unsigned)bits);
    else if (at % 64)
        dsra32(c, d, V0, 0);
    else
        sll(c, d, V0, 0);
    if (to_memory) {
        emit_store(t, i, d, emit_address(t, i), bits);
        return true;
    }
    emit_put(t, i->dst, d, 32);
    if (bits < 32) state_narrow(t, i->dst, (unsigned)bits);
    return true;
}

bool simd_arrange(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_PUNPCKLQDQ:
    case OP_UNPCKLPD: return unpack_quadwords(t, i, LOW);
    case OP_PUNPCKHQDQ:
    case OP_UNPCKHPD: return unpack_quadwords(t, i, HIGH);
    case OP_PUNPCKLDQ:
    case OP_UNPCKLPS: return unpack_doublewords(t, i, LOW);
    case OP_PUNPCKHDQ:
    case OP_UNPCKHPS: return unpack_doublewords(t, i, HIGH);
    case OP_PSHUFD: return get_source(t, i) && shuffle(t, i, V0, V1);
    case OP_SHUFPS: return get_both(t, i) && shuffle(t, i, A0, A1);
    case OP_SHUFPD: return shuffle_doubles(t, i);
    case OP_PSHUFLW: return shuffle_words(t, i, LOW);
    case OP_PSHUFHW: return shuffle_words(t, i, HIGH);
    case OP_PSLLDQ:
    case OP_PSRLDQ: return shift_bytes(t, i);
    case OP_PALIGNR: return align(t, i);
    case OP_PINSRB: return insert(t, i, 8);
    case OP_PINSRW: return insert(t, i, 16);
    case OP_PINSRD: return insert(t, i, 32);
    case OP_PEXTRB: return extract(t, i, 8);
    case OP_PEXTRW:
    case OP_PEXTRW_ST: return extract(t, i, 16);
    case OP_PEXTRD:
    case OP_EXTRACTPS: return extract(t, i, 32);
    default: return false;
    }
}

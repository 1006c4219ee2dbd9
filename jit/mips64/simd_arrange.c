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
    if (a.r == b.r && a.upper && !b.upper) {
        drotr32(c, rd, a.r, 0);
    } else if (a.upper) {
        dsrl32(c, rd, a.r, 0);
        if (b.upper && a.r != b.r) dsrl32(c, AT, b.r, 0);
        dins(c, rd, !b.upper ? b.r : a.r == b.r ? rd : AT, 32, 32);
    } else {
        move(c, rd, b.upper ? b.r : a.r);
        dins(c, rd, b.upper ? a.r : b.r, b.upper ? 0 : 32, 32);
    }
}

/* The same of registers that have halves, or V0 and V1: one that has both lanes already, or a new one. */
static enum reg joined(struct tr *t, struct lane a, struct lane b)
{
    if (a.r == b.r && !a.upper && b.upper) return packed_own(t, a.r);
    enum reg rd = half_new(t);
    join(&t->c, rd, a, b);
    return rd;
}

static bool put_both(struct tr *t, const struct insn *i, enum reg lo, enum reg hi)
{
    half_put(t, i->dst, LOW, lo);
    half_put(t, i->dst, HIGH, hi);
    return true;
}

/* --- unpacking --------------------------------------------------------------------------------------- */

static bool unpack_quadwords(struct tr *t, const struct insn *i, enum half h)
{
    if (!packed_fetch(t, i)) return false;
    enum reg s = packed_own(t, packed_source(t, i, h));
    if (h == HIGH) half_put(t, i->dst, LOW, half_get(t, i->dst, HIGH));
    half_put(t, i->dst, HIGH, s);
    return true;
}

static bool unpack_doublewords(struct tr *t, const struct insn *i, enum half h)
{
    if (t->j->host.mmi) return false;
    if (!packed_fetch(t, i)) return false;
    enum reg s = packed_source(t, i, h), d = half_get(t, i->dst, h);
    enum reg high = half_new(t), low = half_instead(t, i->dst, h, d);
    join(&t->c, high, (struct lane){d, true}, (struct lane){s, true});
    if (low != d) move(&t->c, low, d);
    dins(&t->c, low, s, 32, 32);
    return put_both(t, i, low, high);
}

/* --- shuffles ---------------------------------------------------------------------------------------- */

/* Lane n of a register's halves. */
static struct lane lane_of(const enum reg r[2], unsigned n)
{
    return (struct lane){r[n >> 1], n & 1};
}

/* Lanes of `low` become the lower half, of `high` the upper one. */
static bool shuffle(struct tr *t, const struct insn *i, const enum reg low[2], const enum reg high[2])
{
    unsigned n = i->imm;
    enum reg lo = joined(t, lane_of(low, n & 3), lane_of(low, n >> 2 & 3)), hi = lo;
    if ((n >> 4 & 15) != (n & 15) || low != high)
        hi = joined(t, lane_of(high, n >> 4 & 3), lane_of(high, n >> 6 & 3));
    return put_both(t, i, lo, hi);
}

/* A half that no lane is of is not asked for. */
static void get_lanes(struct tr *t, const struct insn *i, enum reg s[2], unsigned lanes)
{
    for (enum half h = LOW; h <= HIGH; h++)
        s[h] = (lanes >> 1 & 1) == h || (lanes >> 3 & 1) == h ? packed_source(t, i, h) : ZERO;
}

static bool shuffle_doublewords(struct tr *t, const struct insn *i)
{
    enum reg s[2], other[2];
    if (!packed_fetch(t, i)) return false;
    get_lanes(t, i, s, i->imm);
    get_lanes(t, i, other, i->imm >> 4);
    for (enum half h = LOW; h <= HIGH; h++)
        if (s[h] == ZERO) s[h] = other[h];
    return shuffle(t, i, s, s);
}

static bool shuffle_singles(struct tr *t, const struct insn *i)
{
    enum reg s[2];
    if (!packed_fetch(t, i)) return false;
    get_lanes(t, i, s, i->imm >> 4);
    enum reg d[2] = {half_get(t, i->dst, LOW), half_get(t, i->dst, HIGH)};
    return shuffle(t, i, d, s);
}

static bool shuffle_doubles(struct tr *t, const struct insn *i)
{
    if (!packed_fetch(t, i)) return false;
    enum reg s = packed_own(t, packed_source(t, i, i->imm & 2 ? HIGH : LOW));
    if (i->imm & 1) half_put(t, i->dst, LOW, half_get(t, i->dst, HIGH));
    half_put(t, i->dst, HIGH, s);
    return true;
}

void lanes_shuffle_words(struct tr *t, enum reg rd, enum reg s, unsigned imm)
{
    enum { SWAP_LANES = 0x4e, SWAP_PAIRS = 0xb1, BACKWARD = 0x1b };
    struct code *c = &t->c;
    imm &= 0xff;
    if (imm == SWAP_LANES) {
        drotr32(c, rd, s, 0);
        return;
    }
    if (imm == BACKWARD || imm == SWAP_PAIRS) {
        dshd(c, rd, s);
        if (imm == SWAP_PAIRS) drotr32(c, rd, rd, 0);
        return;
    }
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
    if (!packed_fetch(t, i)) return false;
    enum reg other = packed_own(t, packed_source(t, i, !h)), s = packed_source(t, i, h), rd = half_new(t);
    lanes_shuffle_words(t, rd, s, i->imm);
    half_put(t, i->dst, !h, other);
    half_put(t, i->dst, h, rd);
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

/* rd = 64 bits of hi:lo from bit n of lo on; n is 1 to 63. */
static void funnel(struct code *c, enum reg rd, enum reg hi, enum reg lo, unsigned n)
{
    if (lo == ZERO) {
        shift_left(c, rd, hi, 64 - n);
    } else {
        shift_right(c, rd, lo, n);
        if (hi != ZERO) dins(c, rd, hi, 64 - n, n);
    }
}

/* The destination = 16 bytes from byte n on of these four parts, lowest first. */
static bool take_bytes(struct tr *t, const struct insn *i, const enum reg part[4], unsigned n)
{
    enum reg result[2];
    for (unsigned k = 0; k < 2; k++) {
        unsigned at = n / 8 + k;
        enum reg lo = at < 4 ? part[at] : ZERO, hi = at < 3 ? part[at + 1] : ZERO;
        bool whole = n % 8 == 0 || (lo == ZERO && hi == ZERO);
        result[k] = whole ? packed_own(t, lo) : half_new(t);
        if (!whole) funnel(&t->c, result[k], hi, lo, 8 * (n % 8));
    }
    return put_both(t, i, result[0], result[1]);
}

static bool shift_bytes(struct tr *t, const struct insn *i)
{
    unsigned n = i->imm < 16 ? i->imm : 16;
    enum reg lo = ZERO, hi = ZERO;
    if (n < (i->op == OP_PSLLDQ ? 16 : 8)) lo = half_get(t, i->dst, LOW);
    if (n < (i->op == OP_PSLLDQ ? 8 : 16)) hi = half_get(t, i->dst, HIGH);
    if (i->op == OP_PSLLDQ) return take_bytes(t, i, (const enum reg[]){ZERO, ZERO, lo, hi}, 16 - n);
    return take_bytes(t, i, (const enum reg[]){lo, hi, ZERO, ZERO}, n);
}

static bool align(struct tr *t, const struct insn *i)
{
    enum reg part[4];
    unsigned n = i->imm & 0xff;
    if (!packed_fetch(t, i)) return false;
    for (unsigned k = 0; k < 4; k++) {
        bool used = k >= n / 8 && k < n / 8 + 2 + (n % 8 != 0);
        part[k] = !used ? ZERO : k < 2 ? packed_source(t, i, k) : half_get(t, i->dst, k - 2);
    }
    return take_bytes(t, i, part, n);
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
    enum reg d = half_get(t, i->dst, h), rd = half_instead(t, i->dst, h, d);
    if (rd != d) move(c, rd, d);
    dins(c, rd, v, at % 64, (unsigned)bits);
    half_put(t, i->dst, h, rd);
    return true;
}

enum reg extract_into(struct tr *t, const struct insn *i)
{
    return i->form == FORM_MR ? V0 : emit_out(t, V0, i->dst, 32);
}

bool extract_done(struct tr *t, const struct insn *i, enum reg d, int bits)
{
    if (i->form == FORM_MR) {
        emit_store(t, i, d, emit_address(t, i), bits);
        return true;
    }
    emit_put(t, i->dst, d, 32);
    if (bits < 32) state_narrow(t, i->dst, (unsigned)bits);
    return true;
}

static bool extract(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    unsigned lane = i->imm & (128 / (unsigned)bits - 1), at = lane * (unsigned)bits;
    enum reg v = half_get(t, i->src, at < 64 ? LOW : HIGH);
    enum reg d = extract_into(t, i);
    if (bits < 32)
        dext(c, d, v, at % 64, (unsigned)bits);
    else if (at % 64)
        dsra32(c, d, v, 0);
    else
        sll(c, d, v, 0);
    return extract_done(t, i, d, bits);
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
    case OP_PSHUFD: return shuffle_doublewords(t, i);
    case OP_SHUFPS: return shuffle_singles(t, i);
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

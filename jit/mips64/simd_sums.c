/* SIMD emitters in general registers: sums of several lanes. Words that are known to be bytes are taken right
 * from where the bytes are, and those of memory are loaded one by one. */
#include "jit/mips64/packed_emit.h"

/* --- sums of products of words ----------------------------------------------------------------------- */

/* Where four words are. */
struct words {
    enum { IN_REGISTER, IN_MEMORY, AS_BYTES } kind;
    enum reg r; /* … or the address's base */
    int at;     /* the address's offset; or the first byte's bit */
};

/* lo, hi = the lower pair of words, or the upper one, sign-extended. */
static void get_pair(struct code *c, enum reg lo, enum reg hi, struct words w, bool upper)
{
    switch (w.kind) {
    case IN_REGISTER:
        (upper ? dsra32 : sll)(c, hi, w.r, 0);
        seh(c, lo, hi);
        sra(c, hi, hi, 16);
        break;
    case IN_MEMORY:
        lh(c, lo, w.at + 4 * upper, w.r);
        lh(c, hi, w.at + 4 * upper + 2, w.r);
        break;
    case AS_BYTES:
        dext(c, lo, w.r, (unsigned)w.at + 16 * upper, 8);
        dext(c, hi, w.r, (unsigned)w.at + 16 * upper + 8, 8);
        break;
    }
}

/* rd, which has no words, = the sums of the two products of a pair each. Uses AT A0 A1 SCRATCH. */
static void multiply_add(struct code *c, enum reg rd, struct words d, struct words s)
{
    for (unsigned upper = 0; upper < 2; upper++) {
        get_pair(c, A0, A1, d, upper);
        get_pair(c, SCRATCH, AT, s, upper);
        mul(c, A0, A0, SCRATCH);
        mul(c, A1, A1, AT);
        addu(c, upper ? A1 : rd, A0, A1);
    }
    dins(c, rd, A1, 32, 32);
}

void lanes_multiply_add(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    (void)bits;
    multiply_add(&t->c, rd, (struct words){IN_REGISTER, d, 0}, (struct words){IN_REGISTER, s, 0});
}

static struct words words_of(struct tr *t, unsigned off, enum half h)
{
    struct words w = {AS_BYTES, ZERO, 32 * (int)h};
    if (!half_bytes(t, off, h, &w.r)) w = (struct words){IN_REGISTER, half_get(t, off, h), 0};
    return w;
}

/* The source's words: aligned ones in memory stay there. With threads memory may change between two accesses,
 * and each half is loaded at once. */
static bool find_source(struct tr *t, const struct insn *i, struct words s[2])
{
    struct address a;
    if (i->form != FORM_RM || i->size != SIMD_A16 || t->j->shared) {
        if (!packed_fetch(t, i)) return false;
        s[LOW] = (struct words){IN_REGISTER, V0, 0};
        s[HIGH] = (struct words){IN_REGISTER, V1, 0};
        return true;
    }
    if (!packed_address(t, i, &a)) return false;
    state_mark(t);
    s[LOW] = (struct words){IN_MEMORY, a.base, a.offset};
    s[HIGH] = (struct words){IN_MEMORY, a.base, a.offset + 8};
    return true;
}

static bool sum_products(struct tr *t, const struct insn *i)
{
    struct words s[2];
    enum reg rd[2];
    if (!find_source(t, i, s)) return false;
    lanes_ready(t, &(struct lanes){lanes_multiply_add, 16, LANES_MULTIPLY});
    for (enum half h = LOW; h <= HIGH; h++) {
        struct words d = words_of(t, i->dst, h);
        if (i->form != FORM_RM) s[h] = words_of(t, i->src, h);
        rd[h] = half_new(t);
        multiply_add(&t->c, rd[h], d, s[h]);
    }
    half_put(t, i->dst, LOW, rd[LOW]);
    half_put(t, i->dst, HIGH, rd[HIGH]);
    return true;
}

/* --- sums of differences of bytes -------------------------------------------------------------------- */

/* rd = the sizes of the differences of bytes: the greater one less the other, which borrows from no lane. */
static void differences(struct code *c, enum reg rd, enum reg d, enum reg s)
{
    li(c, A0, 0x7f7f7f7f);
    dins(c, A0, A0, 32, 32);
    nor(c, rd, A0, ZERO);
    lanes_at_least(c, d, s, A0, rd, 8);
    and_(c, A1, A1, ADDRESS);
    xor_(c, rd, s, A1);
    xor_(c, AT, d, A1);
    dsubu(c, rd, rd, AT);
}

/* If s is ZERO, rd may be d. */
void lanes_sum_differences(struct tr *t, enum reg rd, enum reg d, enum reg s, unsigned bits)
{
    struct code *c = &t->c;
    struct label zeros = {0};
    enum reg even = emit_word_twice(t, 0x00ff00ff), v = d;
    (void)bits;
    if (s != ZERO) {
        v = rd;
        beq(c, s, ZERO, &zeros); /* as where bytes are summed up */
        move(c, rd, d);
        differences(c, rd, d, s);
        bind_label(c, &zeros);
    }
    dsrl(c, AT, v, 8);
    and_(c, rd, v, even);
    and_(c, AT, AT, even);
    daddu(c, rd, rd, AT);
    dsrl32(c, AT, rd, 0);
    daddu(c, rd, rd, AT);
    dsrl(c, AT, rd, 16);
    daddu(c, rd, rd, AT);
    andi(c, rd, rd, 0xffff);
}

static bool sum_differences(struct tr *t, const struct insn *i)
{
    if (!packed_fetch(t, i)) return false;
    for (enum half h = LOW; h <= HIGH; h++) {
        enum reg s = packed_source(t, i, h), d = half_get(t, i->dst, h);
        enum reg rd = s == ZERO ? half_instead(t, i->dst, h, d) : half_new(t);
        lanes_sum_differences(t, rd, d, s, 8);
        half_put(t, i->dst, h, rd);
        half_narrow(t, rd);
    }
    return true;
}

bool simd_sums(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_PMADDWD: return sum_products(t, i);
    case OP_PSADBW: return sum_differences(t, i);
    default: return false;
    }
}

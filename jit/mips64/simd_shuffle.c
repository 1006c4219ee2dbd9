/* PSHUFB in general registers: the destination's bytes become a table in struct cpu, where the source's lower
 * bits find them. Bytes for which the source has its highest bit become 0 afterwards, if there are any. */
#include "jit/mips64/effects.h"
#include "jit/mips64/packed_emit.h"

enum { TABLE = CPU_OFFSET(simd.operand), INDEX_BITS = 4 };

/* rd = the table's byte that byte `at` of s says; ADDRESS is the table's address where the host adds
 * registers. */
static void look_up(struct tr *t, enum reg rd, enum reg s, unsigned at)
{
    struct code *c = &t->c;
    dext(c, rd, s, 8 * at, INDEX_BITS);
    if (t->j->host.gs) {
        gslbx(c, rd, 0, ADDRESS, rd);
    } else {
        daddu(c, rd, rd, CPU);
        lb(c, rd, TABLE, rd);
    }
}

/* rd = the bytes that s says. Uses AT. */
static void look_up_all(struct tr *t, enum reg rd, enum reg s)
{
    look_up(t, rd, s, 0);
    for (unsigned k = 1; k < 8; k++) {
        look_up(t, AT, s, k);
        dins(&t->c, rd, AT, 8 * k, 8);
    }
}

/* rd without the bytes for which s has its highest bit. Uses AT and A1. */
static void clear(struct code *c, enum reg rd, enum reg s, enum reg high)
{
    and_(c, AT, s, high);
    dsrl(c, A1, AT, 7);
    dsll(c, AT, AT, 1);
    dsubu(c, AT, AT, A1);
    nor(c, AT, AT, ZERO);
    and_(c, rd, rd, AT);
}

bool simd_shuffle(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct label done = {0};
    if (i->op != OP_PSHUFB || !packed_fetch(t, i)) return false;
    sd(c, half_get(t, i->dst, LOW), TABLE, CPU);
    sd(c, half_get(t, i->dst, HIGH), TABLE + 8, CPU);
    enum reg high = emit_word_twice(t, 0x80808080), s[2], rd[2];
    if (t->j->host.gs) daddiu(c, ADDRESS, CPU, TABLE);
    for (enum half h = LOW; h <= HIGH; h++)
        s[h] = packed_source(t, i, h);
    for (enum half h = LOW; h <= HIGH; h++)
        rd[h] = half_new(t);
    or_(c, A1, s[LOW], s[HIGH]);
    and_(c, A1, A1, high);
    for (enum half h = LOW; h <= HIGH; h++)
        look_up_all(t, rd[h], s[h]);
    uint32_t slot = slot_word(c, REG_BIT(A1));
    beq(c, A1, ZERO, &done);
    emit(c, slot);
    for (enum half h = LOW; h <= HIGH; h++)
        clear(c, rd[h], s[h], high);
    bind_label(c, &done);
    for (enum half h = LOW; h <= HIGH; h++)
        half_put(t, i->dst, h, rd[h]);
    return true;
}

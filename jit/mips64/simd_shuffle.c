/* PSHUFB in general registers: the destination's bytes become a table in struct cpu, and the source's bytes
 * offsets into it, where 16 zeros follow for those whose highest bit is set. */
#include "jit/mips64/packed_emit.h"

enum { TABLE = CPU_OFFSET(simd.operand), INDEX_BITS = 5 };
static_assert(offsetof(struct simd, result) == offsetof(struct simd, operand) + sizeof(union vec),
              "the zeros follow the table");

/* s = its bytes as offsets: the four lowest bits stay, the highest comes to be the fifth. Uses AT. */
static void make_offsets(struct tr *t, enum reg s)
{
    struct code *c = &t->c;
    enum reg low = emit_word_twice(t, 0x0f0f0f0f), fifth = emit_word_twice(t, 0x10101010);
    and_(c, AT, s, low);
    dsrl(c, s, s, 3);
    and_(c, s, s, fifth);
    or_(c, s, s, AT);
}

/* rd = byte `at` of the table's offsets s; ADDRESS is the table's address where the host adds registers. */
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

/* rd = the bytes at s's offsets. Uses AT. */
static void look_up_all(struct tr *t, enum reg rd, enum reg s)
{
    look_up(t, rd, s, 0);
    for (unsigned k = 1; k < 8; k++) {
        look_up(t, AT, s, k);
        dins(&t->c, rd, AT, 8 * k, 8);
    }
}

bool simd_shuffle(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->op != OP_PSHUFB || !packed_source(t, i, V0, V1)) return false;
    xmm_read(t, i->dst);
    xmm_written(t, i->dst);
    packed_get(t, A0, i->dst, LOW);
    packed_get(t, A1, i->dst, HIGH);
    sd(c, A0, TABLE, CPU);
    sd(c, A1, TABLE + 8, CPU);
    sd(c, ZERO, TABLE + 16, CPU);
    sd(c, ZERO, TABLE + 24, CPU);
    if (t->j->host.gs) daddiu(c, ADDRESS, CPU, TABLE);
    make_offsets(t, V0);
    make_offsets(t, V1);
    look_up_all(t, A0, V0);
    look_up_all(t, A1, V1);
    packed_put_both(t, i->dst, A0, A1);
    return true;
}

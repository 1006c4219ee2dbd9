/* Emitters: one function an instruction, named and ordered as the assembler writes it, appending to a
 * buffer of instruction words. Owns encodings, labels and constants; which guest value is in which register
 * is regs.h, where code lives is codemem.h.
 *
 * A full buffer sets `overflow` and drops what is emitted: the translation is then given up as a whole. */
#ifndef JIT_MIPS64_ENCODE_H
#define JIT_MIPS64_ENCODE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reg {
    ZERO,
    AT,
    V0,
    V1,
    A0,
    A1,
    A2,
    A3,
    A4,
    A5,
    A6,
    A7,
    T0,
    T1,
    T2,
    T3,
    S0,
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
    S7,
    T8,
    T9,
    K0,
    K1,
    GP,
    SP,
    FP,
    RA,
};
enum freg { F0, F12 = 12, F20 = 20, F24 = 24, F31 = 31 };

struct code {
    uint32_t *at, *begin, *end;
    bool overflow;
};

/* A place to branch to. Uses before it is bound are chained through their offset fields. */
struct label {
    uint32_t *bound; /* NULL: not yet */
    uint32_t *uses;  /* last branch that waits, NULL: none */
};

static inline void emit(struct code *c, uint32_t word)
{
    if (c->at == c->end)
        c->overflow = true;
    else
        *c->at++ = word;
}

/* --- formats ----------------------------------------------------------------------------------------- */

static inline uint32_t word_r(unsigned op, unsigned rs, unsigned rt, unsigned rd, unsigned sa, unsigned funct)
{
    return op << 26 | rs << 21 | rt << 16 | rd << 11 | sa << 6 | funct;
}

static inline uint32_t word_i(unsigned op, unsigned rs, unsigned rt, int imm)
{
    return op << 26 | rs << 21 | rt << 16 | (imm & 0xffff);
}

enum { OP_SPECIAL = 0x00, OP_COP1 = 0x11, OP_SPECIAL3 = 0x1f };

/* Points the branch at `from` to `to`: the offset counts words from the delay slot. false: out of range. */
static inline bool branch_patch(uint32_t *from, const uint32_t *to)
{
    ptrdiff_t words = to - (from + 1);
    if (words < INT16_MIN || words > INT16_MAX) return false;
    *from = (*from & 0xffff0000u) | ((uint32_t)words & 0xffff);
    return true;
}

/* Emits a branch word towards a label. An unbound label's uses form a list: each holds the distance in
 * words to the one before, 0 for the first. */
static inline void emit_branch(struct code *c, uint32_t word, struct label *to)
{
    uint32_t *here = c->at;
    emit(c, word);
    if (c->overflow) return;
    if (to->bound) {
        c->overflow |= !branch_patch(here, to->bound);
        return;
    }
    ptrdiff_t back = to->uses ? here - to->uses : 0;
    if (back > 0xffff) c->overflow = true;
    *here |= (uint32_t)back & 0xffff;
    to->uses = here;
}

static inline void bind_label(struct code *c, struct label *l)
{
    for (uint32_t *use = l->uses, *next; use; use = next) {
        unsigned back = *use & 0xffff;
        next = back ? use - back : NULL;
        c->overflow |= !branch_patch(use, c->at);
    }
    l->uses = NULL;
    l->bound = c->at;
}

/* --- instructions ------------------------------------------------------------------------------------ */

#define R3(name, funct)                                                            \
    static inline void name(struct code *c, enum reg rd, enum reg rs, enum reg rt) \
    {                                                                              \
        emit(c, word_r(OP_SPECIAL, rs, rt, rd, 0, funct));                         \
    }
#define RV(name, funct)                                                            \
    static inline void name(struct code *c, enum reg rd, enum reg rt, enum reg rs) \
    {                                                                              \
        emit(c, word_r(OP_SPECIAL, rs, rt, rd, 0, funct));                         \
    }
#define SH(name, funct, rs)                                                        \
    static inline void name(struct code *c, enum reg rd, enum reg rt, unsigned sa) \
    {                                                                              \
        emit(c, word_r(OP_SPECIAL, rs, rt, rd, sa & 31, funct));                   \
    }
#define MD(name, funct)                                               \
    static inline void name(struct code *c, enum reg rs, enum reg rt) \
    {                                                                 \
        emit(c, word_r(OP_SPECIAL, rs, rt, 0, 0, funct));             \
    }
#define MF(name, funct)                                  \
    static inline void name(struct code *c, enum reg rd) \
    {                                                    \
        emit(c, word_r(OP_SPECIAL, 0, 0, rd, 0, funct)); \
    }
#define I(name, op)                                                            \
    static inline void name(struct code *c, enum reg rt, enum reg rs, int imm) \
    {                                                                          \
        emit(c, word_i(op, rs, rt, imm));                                      \
    }
#define IU(name, op) I(name, op)
#define LS(name, op)                                                                \
    static inline void name(struct code *c, enum reg rt, int offset, enum reg base) \
    {                                                                               \
        emit(c, word_i(op, base, rt, offset));                                      \
    }
#define LSF(name, op)                                                               \
    static inline void name(struct code *c, unsigned ft, int offset, enum reg base) \
    {                                                                               \
        emit(c, word_i(op, base, ft, offset));                                      \
    }
#define B2(name, op)                                                                    \
    static inline void name(struct code *c, enum reg rs, enum reg rt, struct label *to) \
    {                                                                                   \
        emit_branch(c, word_i(op, rs, rt, 0), to);                                      \
    }
#define B1(name, op, rt)                                                   \
    static inline void name(struct code *c, enum reg rs, struct label *to) \
    {                                                                      \
        emit_branch(c, word_i(op, rs, rt, 0), to);                         \
    }
#define EX(name, funct, sa)                                           \
    static inline void name(struct code *c, enum reg rd, enum reg rt) \
    {                                                                 \
        emit(c, word_r(OP_SPECIAL3, 0, rt, rd, sa, funct));           \
    }
#define F3(name, fmt, funct)                                                       \
    static inline void name(struct code *c, unsigned fd, unsigned fs, unsigned ft) \
    {                                                                              \
        emit(c, word_r(OP_COP1, fmt, ft, fs, fd, funct));                          \
    }
#define F2(name, fmt, funct)                                          \
    static inline void name(struct code *c, unsigned fd, unsigned fs) \
    {                                                                 \
        emit(c, word_r(OP_COP1, fmt, 0, fs, fd, funct));              \
    }
#define FC(name, fmt, funct)                                          \
    static inline void name(struct code *c, unsigned fs, unsigned ft) \
    {                                                                 \
        emit(c, word_r(OP_COP1, fmt, ft, fs, 0, funct));              \
    }
#define FM(name, rs)                                                  \
    static inline void name(struct code *c, enum reg rt, unsigned fs) \
    {                                                                 \
        emit(c, word_r(OP_COP1, rs, rt, fs, 0, 0));                   \
    }
#include "jit/mips64/insns.def"
#undef R3
#undef RV
#undef SH
#undef MD
#undef MF
#undef I
#undef IU
#undef LS
#undef LSF
#undef B2
#undef B1
#undef EX
#undef F3
#undef F2
#undef FC
#undef FM

/* Those with a shape of their own. */
static inline void nop(struct code *c)
{
    emit(c, 0);
}

static inline void lui(struct code *c, enum reg rt, int imm)
{
    emit(c, word_i(0x0f, 0, rt, imm));
}

static inline void jr(struct code *c, enum reg rs)
{
    emit(c, word_r(OP_SPECIAL, rs, 0, 0, 0, 0x08));
}

static inline void jalr(struct code *c, enum reg rs)
{
    emit(c, word_r(OP_SPECIAL, rs, 0, RA, 0, 0x09));
}

static inline void sync_(struct code *c)
{
    emit(c, word_r(OP_SPECIAL, 0, 0, 0, 0, 0x0f));
}

/* ext rt, rs, pos, size: zero-extended bit field; ins: inserts rs's low bits. */
static inline void ext(struct code *c, enum reg rt, enum reg rs, unsigned pos, unsigned size)
{
    emit(c, word_r(OP_SPECIAL3, rs, rt, size - 1, pos, 0x00));
}

static inline void ins(struct code *c, enum reg rt, enum reg rs, unsigned pos, unsigned size)
{
    emit(c, word_r(OP_SPECIAL3, rs, rt, pos + size - 1, pos, 0x04));
}

/* dext for fields that begin below 32 and are at most 32 wide. */
static inline void dext(struct code *c, enum reg rt, enum reg rs, unsigned pos, unsigned size)
{
    emit(c, word_r(OP_SPECIAL3, rs, rt, size - 1, pos, 0x03));
}

static inline void bc1t(struct code *c, struct label *to)
{
    emit_branch(c, word_i(OP_COP1, 8, 1, 0), to);
}

static inline void bc1f(struct code *c, struct label *to)
{
    emit_branch(c, word_i(OP_COP1, 8, 0, 0), to);
}

/* j: within the 256 MiB region of the delay slot. */
static inline bool j_reaches(const uint32_t *from, const uint32_t *to)
{
    return ((uintptr_t)(from + 1) >> 28) == ((uintptr_t)to >> 28);
}

static inline uint32_t word_j(const uint32_t *to)
{
    return 0x02u << 26 | ((uintptr_t)to >> 2 & 0x3ffffff);
}

/* --- common sequences -------------------------------------------------------------------------------- */

static inline void move(struct code *c, enum reg rd, enum reg rs)
{
    or_(c, rd, rs, ZERO);
}

/* A 32-bit constant, sign-extended as every guest value in a register is: one or two instructions. */
static inline void li(struct code *c, enum reg rt, int32_t v)
{
    if (v >= INT16_MIN && v <= INT16_MAX) {
        addiu(c, rt, ZERO, v);
    } else if (v >= 0 && v <= 0xffff) {
        ori(c, rt, ZERO, v);
    } else {
        lui(c, rt, v >> 16);
        if (v & 0xffff) ori(c, rt, rt, v & 0xffff);
    }
}

#endif

/* Emitters: one function an instruction, named and ordered as the assembler writes it, appending to a
 * buffer of instruction words. Owns encodings, labels and constants; which guest value is in which register
 * is regs.h, where code lives is memory.h.
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
enum freg {
    F0,
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9,
    F10,
    F11,
    F12,
    F13,
    F14,
    F15,
    F16,
    F17,
    F18,
    F19,
    F20,
    F21,
    F22,
    F23,
    F24,
    F25,
    F26,
    F27,
    F28,
    F29,
    F30,
    F31,
};
/* FP control registers. */
enum { FIR = 0, FCCR = 25, FEXR = 26, FENR = 28, FCSR = 31 };

struct code {
    uint32_t *at, *begin, *end;
    bool overflow;
    uint32_t *fence;  /* words before it stay where they are (effects.h); NULL: none */
    uint64_t scratch; /* registers whose value no fault handler looks at (a set as in effects.h) */
    uint32_t *open;   /* an empty delay slot that the next instruction may fill (effects.h); NULL: none */
    uint64_t idle;    /* registers that are of no use on the branch's other way */
};

/* A place to branch to. Uses before it is bound are chained through their offset fields. */
struct label {
    uint32_t *bound; /* NULL: not yet */
    uint32_t *uses;  /* last branch that waits, NULL: none */
};

/* Puts the word into the open delay slot if that is right (effects.c). */
bool slot_fill(struct code *c, uint32_t word);

static inline void emit(struct code *c, uint32_t word)
{
    if (c->open && slot_fill(c, word)) return;
    if (c->at == c->end)
        c->overflow = true;
    else
        *c->at++ = word;
}

/* What was emitted so far must stay where it is: somebody keeps its address. */
static inline void code_fence(struct code *c)
{
    c->open = NULL;
    c->fence = c->at;
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

/* Loongson's base, index and 8 bits of offset. */
static inline uint32_t word_x(unsigned op, unsigned base, unsigned rt, unsigned index, int offset, unsigned f)
{
    return op << 26 | base << 21 | rt << 16 | index << 11 | (offset & 0xff) << 3 | f;
}

enum {
    OP_SPECIAL = 0x00,
    OP_REGIMM = 0x01,
    OP_COP1 = 0x11,
    OP_COP2 = 0x12,
    OP_SPECIAL2 = 0x1c,
    OP_MSA = 0x1e,
    OP_SPECIAL3 = 0x1f
};

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
    c->open = NULL;
    for (uint32_t *use = l->uses, *next; use; use = next) {
        unsigned back = *use & 0xffff;
        next = back ? use - back : NULL;
        c->overflow |= !branch_patch(use, c->at);
    }
    l->uses = NULL;
    l->bound = c->at;
    code_fence(c);
}

/* --- instructions ------------------------------------------------------------------------------------ */

#define R3(name, funct)                                                            \
    static inline void name(struct code *c, enum reg rd, enum reg rs, enum reg rt) \
    {                                                                              \
        emit(c, word_r(OP_SPECIAL, rs, rt, rd, 0, funct));                         \
    }
#define M3(name, funct)                                                            \
    static inline void name(struct code *c, enum reg rd, enum reg rs, enum reg rt) \
    {                                                                              \
        emit(c, word_r(OP_SPECIAL2, rs, rt, rd, 0, funct));                        \
    }
#define C2(name, funct)                                               \
    static inline void name(struct code *c, enum reg rd, enum reg rs) \
    {                                                                 \
        emit(c, word_r(OP_SPECIAL2, rs, rd, rd, 0, funct));           \
    }
#define RV(name, funct, sa)                                                        \
    static inline void name(struct code *c, enum reg rd, enum reg rt, enum reg rs) \
    {                                                                              \
        emit(c, word_r(OP_SPECIAL, rs, rt, rd, sa, funct));                        \
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
#define MT(name, funct)                                  \
    static inline void name(struct code *c, enum reg rs) \
    {                                                    \
        emit(c, word_r(OP_SPECIAL, rs, 0, 0, 0, funct)); \
    }
#define TR(name, funct) MD(name, funct)
#define MC(name, tf)                                                  \
    static inline void name(struct code *c, enum reg rd, enum reg rs) \
    {                                                                 \
        emit(c, word_r(OP_SPECIAL, rs, tf, rd, 0, 0x01));             \
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
#define GX(name, op, f)                                                                             \
    static inline void name(struct code *c, enum reg rt, int offset, enum reg base, enum reg index) \
    {                                                                                               \
        emit(c, word_x(op, base, rt, index, offset, f));                                            \
    }
#define GXF(name, op, f)                                                                            \
    static inline void name(struct code *c, unsigned ft, int offset, enum reg base, enum reg index) \
    {                                                                                               \
        emit(c, word_x(op, base, ft, index, offset, f));                                            \
    }
#define GQ(name, op)                                                                               \
    static inline void name(struct code *c, enum reg high, enum reg rt, int offset, enum reg base) \
    {                                                                                              \
        emit(c, word_i(op, base, rt, (offset >> 4 & 0x1ff) << 6 | 0x20 | high));                   \
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
#define FZ(name, fmt, funct)                                                       \
    static inline void name(struct code *c, unsigned fd, unsigned fs, enum reg rt) \
    {                                                                              \
        emit(c, word_r(OP_COP1, fmt, rt, fs, fd, funct));                          \
    }
#define FT(name, fmt, tf)                                             \
    static inline void name(struct code *c, unsigned fd, unsigned fs) \
    {                                                                 \
        emit(c, word_r(OP_COP1, fmt, tf, fs, fd, 17));                \
    }
#define FK(name, rs) FM(name, rs)
#define FM(name, rs)                                                  \
    static inline void name(struct code *c, enum reg rt, unsigned fs) \
    {                                                                 \
        emit(c, word_r(OP_COP1, rs, rt, fs, 0, 0));                   \
    }
#define P3(name, fmt, funct)                                                       \
    static inline void name(struct code *c, unsigned fd, unsigned fs, unsigned ft) \
    {                                                                              \
        emit(c, word_r(OP_COP2, fmt, ft, fs, fd, funct));                          \
    }
#define P2(name, fmt, funct)                                          \
    static inline void name(struct code *c, unsigned fd, unsigned fs) \
    {                                                                 \
        emit(c, word_r(OP_COP2, fmt, 0, fs, fd, funct));              \
    }
#include "jit/mips64/insns.def"
#undef R3
#undef M3
#undef C2
#undef RV
#undef SH
#undef MD
#undef MF
#undef MT
#undef TR
#undef MC
#undef I
#undef IU
#undef LS
#undef LSF
#undef GX
#undef GXF
#undef GQ
#undef B2
#undef B1
#undef EX
#undef F3
#undef F2
#undef FC
#undef FZ
#undef FT
#undef FM
#undef FK
#undef P3
#undef P2

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

/* jalr with a link register of choice: rd must not be rs. */
static inline void jalr2(struct code *c, enum reg rd, enum reg rs)
{
    emit(c, word_r(OP_SPECIAL, rs, 0, rd, 0, 0x09));
}

static inline void jalr(struct code *c, enum reg rs)
{
    jalr2(c, RA, rs);
}

static inline void sync_(struct code *c)
{
    emit(c, word_r(OP_SPECIAL, 0, 0, 0, 0, 0x0f));
}

/* Older loads before all that follows; all that is older before stores that follow. CPUs that have no such
 * weaker kinds do the full one (MIPS64 vol. II, SYNC). */
static inline void sync_acquire(struct code *c)
{
    emit(c, word_r(OP_SPECIAL, 0, 0, 0, 0x11, 0x0f));
}

static inline void sync_release(struct code *c)
{
    emit(c, word_r(OP_SPECIAL, 0, 0, 0, 0x12, 0x0f));
}

static inline void synci(struct code *c, int offset, enum reg base)
{
    emit(c, word_i(OP_REGIMM, base, 0x1f, offset));
}

/* break: the number (10 bits) is for whoever looks at the word. */
static inline void break_(struct code *c, unsigned number)
{
    emit(c, number << 16 | 0x0d);
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

/* The same of 64 bits, any field: dext, dextm and dextu; dins, dinsm and dinsu. */
static inline void dext(struct code *c, enum reg rt, enum reg rs, unsigned pos, unsigned size)
{
    unsigned funct = pos >= 32 ? 0x02 : size > 32 ? 0x01 : 0x03;
    emit(c, word_r(OP_SPECIAL3, rs, rt, (size - 1) & 31, pos & 31, funct));
}

static inline void dins(struct code *c, enum reg rt, enum reg rs, unsigned pos, unsigned size)
{
    unsigned funct = pos >= 32 ? 0x06 : pos + size > 32 ? 0x05 : 0x07;
    emit(c, word_r(OP_SPECIAL3, rs, rt, (pos + size - 1) & 31, pos & 31, funct));
}

static inline void bc1t(struct code *c, struct label *to)
{
    emit_branch(c, word_i(OP_COP1, 8, 1, 0), to);
}

static inline void bc1f(struct code *c, struct label *to)
{
    emit_branch(c, word_i(OP_COP1, 8, 0, 0), to);
}

/* j, jal: within the 256 MiB region of the delay slot. */
static inline bool j_reaches(const uint32_t *from, const uint32_t *to)
{
    return ((uintptr_t)(from + 1) >> 28) == ((uintptr_t)to >> 28);
}

static inline uint32_t word_j(const uint32_t *to)
{
    return 0x02u << 26 | ((uintptr_t)to >> 2 & 0x3ffffff);
}

static inline uint32_t word_jal(const uint32_t *to)
{
    return 0x03u << 26 | ((uintptr_t)to >> 2 & 0x3ffffff);
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

/* A 64-bit constant in the fewest instructions (constant.c). */
void li64(struct code *c, enum reg rt, uint64_t v);

#endif

/* Emitters of MSA's instructions, as encode.h has the others. */
#ifndef JIT_MIPS64_MSA_ENCODE_H
#define JIT_MIPS64_MSA_ENCODE_H

#include "jit/mips64/encode.h"

static inline uint32_t word_v(unsigned upper, unsigned middle, unsigned wd, unsigned f)
{
    return (uint32_t)OP_MSA << 26 | (upper & 0x3ff) << 16 | middle << 11 | wd << 6 | f;
}

/* A bit of a lane; a lane of a vector: what stands before the number says how large a lane is. */
static inline unsigned msa_bit(unsigned df, unsigned m)
{
    return (0x70u << df & 0x70) | m;
}

static inline unsigned msa_lane(unsigned df, unsigned n)
{
    return (0x38u << (3 - df) & 0x38) | n;
}

#define V3(name, op, df, f)                                                        \
    static inline void name(struct code *c, unsigned wd, unsigned ws, unsigned wt) \
    {                                                                              \
        emit(c, word_v(op << 7 | df << 5 | wt, ws, wd, f));                        \
    }
#define VS(name, op, df, f)                                                       \
    static inline void name(struct code *c, unsigned wd, unsigned ws, unsigned m) \
    {                                                                             \
        emit(c, word_v(op << 7 | msa_bit(df, m), ws, wd, f));                     \
    }
#define VI(name, op, df, f)                                                    \
    static inline void name(struct code *c, unsigned wd, unsigned ws, int imm) \
    {                                                                          \
        emit(c, word_v(op << 7 | df << 5 | (imm & 31), ws, wd, f));            \
    }
#define VB(name, op, f)                                                             \
    static inline void name(struct code *c, unsigned wd, unsigned ws, unsigned imm) \
    {                                                                               \
        emit(c, word_v(op << 8 | (imm & 0xff), ws, wd, f));                         \
    }
#define VN(name, op, df)                                                          \
    static inline void name(struct code *c, unsigned wd, unsigned ws, unsigned n) \
    {                                                                             \
        emit(c, word_v(op << 6 | msa_lane(df, n), ws, wd, 0x19));                 \
    }
#define V0(name, op, df)                                                          \
    static inline void name(struct code *c, unsigned wd, unsigned n, unsigned ws) \
    {                                                                             \
        emit(c, word_v(op << 6 | msa_lane(df, n), ws, wd, 0x19));                 \
    }
#define VX(name, op, df)                                                          \
    static inline void name(struct code *c, enum reg rd, unsigned ws, unsigned n) \
    {                                                                             \
        emit(c, word_v(op << 6 | msa_lane(df, n), ws, rd, 0x19));                 \
    }
#define VP(name, op, df)                                                          \
    static inline void name(struct code *c, unsigned wd, unsigned n, enum reg rs) \
    {                                                                             \
        emit(c, word_v(op << 6 | msa_lane(df, n), rs, wd, 0x19));                 \
    }
#define VF(name, df)                                                  \
    static inline void name(struct code *c, unsigned wd, enum reg rs) \
    {                                                                 \
        emit(c, word_v(0xc0 << 2 | df, rs, wd, 0x1e));                \
    }
#define VL(name, f, df)                                                             \
    static inline void name(struct code *c, unsigned wd, int offset, enum reg base) \
    {                                                                               \
        emit(c, word_v((unsigned)(offset >> df), base, wd, f));                     \
    }
#include "jit/mips64/msa.def"
#undef V3
#undef VS
#undef VI
#undef VB
#undef VN
#undef V0
#undef VX
#undef VP
#undef VF
#undef VL

/* Those with a shape of their own. */
static inline void ldi_b(struct code *c, unsigned wd, int imm)
{
    emit(c, (uint32_t)OP_MSA << 26 | 6u << 23 | (imm & 0x3ffu) << 11 | wd << 6 | 0x07);
}

static inline void move_v(struct code *c, unsigned wd, unsigned ws)
{
    emit(c, word_v(2 << 6 | 0x3e, ws, wd, 0x19));
}

#endif

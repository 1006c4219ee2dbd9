/* SIMD: one operation on the values of MMX and XMM registers. Owns packed integers, packed and scalar
 * floating point under MXCSR, AES, SHA, CRC and string compares. Knows nothing of guest memory, decoding or
 * the x87's stack: operands come and go as values. */
#ifndef SIMD_SIMD_H
#define SIMD_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A register or operand; an MMX one has its value in the first 8 bytes. */
union vec {
    uint64_t u64[2];
    int64_t s64[2];
    uint32_t u32[4];
    int32_t s32[4];
    uint16_t u16[8];
    int16_t s16[8];
    uint8_t u8[16];
    int8_t s8[16];
} __attribute__((may_alias));

/* The guest's XMM state, and what an operation needs beside its two operands. */
struct simd {
    union vec xmm[8];
    uint32_t mxcsr;
    uint32_t flags;        /* EFLAGS that an operation which writes flags leaves */
    uint32_t length[2];    /* EAX and EDX for pcmpestri, pcmpestrm */
    uint32_t index;        /* ECX of pcmpestri, pcmpistri */
    union vec operand;     /* a memory, general register or immediate operand, zero-extended */
    union vec result;      /* for memory or a general register */
    union vec mm[2];       /* MMX operands: destination, source */
    uint32_t mxcsr_before; /* … an operation that may refuse, kept by translated code */
};

/* MXCSR: six flags as in the x87's status word (DE is 2, …), masks, and the rest. */
enum mxcsr {
    MXCSR_FLAGS = 0x3f,
    MXCSR_DAZ = 1 << 6,
    MXCSR_MASKS = 0x3f << 7,
    MXCSR_MASK_SHIFT = 7,
    MXCSR_RC_SHIFT = 13,
    MXCSR_FTZ = 1 << 15,
    MXCSR_INIT = 0x1f80,
    MXCSR_VALID = 0xffff,
};

/* d = d op s, or d = op s. d and s may be the same. Returns the unmasked exceptions (of enum x87_sw) that it
 * raised, recorded in MXCSR; then d is as before. */
typedef unsigned simd_fn(struct simd *st, union vec *d, const union vec *s, unsigned imm);

#define SIMD_ARGS                                                                                      \
    __attribute__((unused)) struct simd *st, union vec *d, __attribute__((unused)) const union vec *s, \
        __attribute__((unused)) unsigned imm

/* The operations that interp/simd_ops.def names. */
#define SIMD_OP(name, mnemonic, group, jit, function, reads, writes) simd_fn simd_##function;
#include "simd/ops.def"
#undef SIMD_OP

/* In general registers. */
uint32_t simd_crc32(uint32_t crc, uint32_t v, unsigned bits);

#endif

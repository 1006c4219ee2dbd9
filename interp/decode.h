/* The decoder's byte stream, and what decode.c and decode_simd.c know of each other. */
#ifndef INTERP_DECODE_H
#define INTERP_DECODE_H

#include <string.h>

#include "interp/insn.h"

/* Instruction bytes, followed by padding that may be read (whether too much was taken is seen at the end). */
struct stream {
    const uint8_t *at;
};

static inline uint32_t take1(struct stream *s)
{
    return *s->at++;
}

/* At any address. Where hosts trap misaligned accesses, this is read in fewer instructions than memcpy()
 * takes. */
struct immediate {
    union {
        uint16_t v2;
        uint32_t v4;
    } __attribute__((packed));
} __attribute__((packed, may_alias));

static inline uint32_t take2(struct stream *s)
{
    uint32_t v = ((const struct immediate *)s->at)->v2; /* hosts are little-endian */
    s->at += 2;
    return v;
}

static inline uint32_t take4(struct stream *s)
{
    uint32_t v = ((const struct immediate *)s->at)->v4;
    s->at += 4;
    return v;
}

static inline uint32_t take1_signed(struct stream *s)
{
    return (uint32_t)(int8_t)take1(s);
}

/* Instructions one after the other. */
struct decode_run {
    const uint8_t *at, *end; /* the bytes that there are; DECODE_PADDING readable ones follow */
    gaddr eip;               /* of the next instruction */
    struct insn *out;        /* its record, which gets the handler that computes all flags */
    unsigned left;           /* so many more are wanted */
    uint8_t x87;             /* what each record of the x87 gets in aux: AUX_DOUBLE or nothing */
    bool ended;              /* a block ends behind the last one */
};

/* Goes on until a block ends, or nothing is left, or the bytes are not enough; returns how many instructions
 * there were. Each takes a record or two, as with decode(). */
unsigned decode_run(struct decode_run *run);

/* The memory operand that ModRM names, whose further bytes are at `at`, to the record's address fields;
 * returns where they end. */
const uint8_t *decode_address(struct insn *i, unsigned modrm, const uint8_t *at, bool a16);

/* An instruction behind 0F. */
struct extension {
    const uint8_t *at, *end; /* the byte after 0F and another one; where the bytes end that may be taken */
    uint8_t opcode;          /* that other byte */
    bool o16, a16;
    bool memory; /* it has a memory operand */
    bool open;   /* it is none, but bytes that are not there could decide otherwise */
};

/* If it is one of simd_encodings.def: fills the record, whose prefix is set, and moves `at` behind it. */
bool decode_simd(struct extension *x, struct insn *i);

/* Does the guest's CPU lack the extension that brought this operation of encodings.def? */
bool decode_masked(enum op op);

#endif

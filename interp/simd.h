/* Encodings of MMX, SSE and later as data, and how a record (struct insn) of one names its operands. */
#ifndef INTERP_SIMD_H
#define INTERP_SIMD_H

#include "interp/features.h"
#include "interp/insn.h"

/* What an operand is. */
enum operand_kind { KIND_X, KIND_M, KIND_G, KIND_N };

/* Sizes of memory operands: aligned to 16 bytes, any 16, …; V is 2 or 4 by prefix. */
enum simd_size { SIMD_A16, SIMD_U16, SIMD_B8, SIMD_B4, SIMD_B2, SIMD_B1, SIMD_A512, SIMD_V };
extern const uint16_t simd_size_bytes[];

/* How the operands go: see simd_encodings.def. */
enum simd_how { SIMD_NONE, SIMD_LD, SIMD_ST, SIMD_LDI, SIMD_STI, SIMD_SHI };

enum simd_map { SIMD_OF, SIMD_OF38, SIMD_OF3A, SIMD_MAPS };

struct simd_encoding {
    uint8_t map;    /* enum simd_map */
    uint8_t prefix; /* 0, 0x66, 0xf3, 0xf2 */
    uint8_t opcode;
    uint8_t reg, rm, size, how, feature;
    uint16_t digits; /* as in struct encoding */
    uint16_t op;
};
bool simd_row(unsigned k, struct simd_encoding *out); /* false at the end */

static inline bool simd_has_immediate(const struct simd_encoding *e)
{
    return e->how >= SIMD_LDI;
}
static inline bool simd_stores(const struct simd_encoding *e)
{
    return e->how == SIMD_ST || e->how == SIMD_STI;
}

/* The row for an opcode after a mandatory prefix (0: none, 0x66, …) that the guest's CPU has, by the byte
 * that follows the opcode; NULL: none. */
const struct simd_encoding *simd_find(unsigned map, unsigned prefix, unsigned opcode, unsigned modrm);
/* Is there a row for the opcode, whatever follows it? */
bool simd_known(unsigned map, unsigned prefix, unsigned opcode);

/* A record of such an operation: dst and src are byte offsets into the XMM registers, the MMX ones (which lie
 * as far apart as the x87's) or the general ones; size is an enum simd_size, and aux tells which. */
static inline unsigned simd_aux(enum operand_kind dst, enum operand_kind src)
{
    return dst | src << 2;
}
static inline enum operand_kind simd_dst(const struct insn *i)
{
    return (enum operand_kind)(i->aux & 3);
}
static inline enum operand_kind simd_src(const struct insn *i)
{
    return (enum operand_kind)(i->aux >> 2 & 3);
}
enum { SIMD_STRIDE = 16 };

/* Does it look at MMX registers? What only loads its operand from memory instead, as CVTPI2PD may, leaves the
 * x87 alone and does not wait for its exceptions. */
static inline bool simd_uses_mmx(const struct insn *i)
{
    return simd_dst(i) == KIND_M || (simd_src(i) == KIND_M && i->form != FORM_RM);
}

/* What computes an operation's result; NULL: it is no function of its operands. */
extern simd_fn *const simd_functions[OP_COUNT];

#endif

/* A decoded guest instruction: the record that the decoder makes, the interpreter runs and the JIT
 * translates. Also the enums and trait look-ups that ops.def feeds. */
#ifndef INTERP_INSN_H
#define INTERP_INSN_H

#include <assert.h>
#include <stddef.h>

#include "interp/cpu.h"

enum op {
#define OP(name, mnemonic, group, jit, reads, writes, undefined, traits) OP_##name,
#include "interp/ops.def"
#undef OP
    OP_COUNT
};

enum group {
    GROUP_alu,
    GROUP_shift,
    GROUP_mul,
    GROUP_bcd,
    GROUP_data,
    GROUP_stack,
    GROUP_ctl,
    GROUP_far,
    GROUP_sys,
    GROUP_str,
    GROUP_bit,
    GROUP_seg,
    GROUP_simd,
    GROUP_mmx, /* as simd, but with MMX registers, that is those of the x87 */
    GROUP_ext,
    GROUP_x87
};

enum jit_class { JIT_NATIVE, JIT_HELPER, JIT_NEVER };

/* LAST: a block ends behind it as well, since what follows is translated for the control word that it loads.
 */
enum trait { ENDS = 1, DIRECT = 2, COND = 4, LOCK = 8, X87 = 16, PRIV = 32, REP = 64, LAST = 128 };

struct op_info {
    const char *name;     /* row name, e.g. "IMUL3" */
    const char *mnemonic; /* Intel syntax; J, SET and CMOV get their condition appended */
    uint8_t group, jit;
    uint8_t traits;
    uint16_t reads, writes, undefined; /* FL_ARITH bits */
};
extern const struct op_info op_info[OP_COUNT];

/* Where the operands are, destination first. A third operand is in imm, or implied by the operation. */
enum form { FORM_NONE, FORM_R, FORM_M, FORM_I, FORM_RR, FORM_RI, FORM_RM, FORM_MR, FORM_MI, FORMS };

static inline bool form_has_memory(unsigned form)
{
    return form == FORM_M || form >= FORM_RM;
}

enum size { S8, S16, S32, F32, F64, F80, I16, I32, I64, BCD };

enum prefix {
    PFX_LOCK = 1,
    PFX_REP = 2,
    PFX_REPNE = 4,
    PFX_A16 = 8,
    PFX_SEG_SHIFT = 4,
    PFX_SEG = 7 << 4,
    PFX_MISALIGNED = 1 << 7 /* not a prefix: its access was seen misaligned on a host that traps */
};

enum cond {
    CC_O,
    CC_NO,
    CC_B,
    CC_AE,
    CC_E,
    CC_NE,
    CC_BE,
    CC_A,
    CC_S,
    CC_NS,
    CC_P,
    CC_NP,
    CC_L,
    CC_GE,
    CC_LE,
    CC_G
};

struct insn;
/* A handler runs record i. Fast engine: it tail-calls the next record's handler. Step engine (and
 * ENGINE_LOOP builds): it returns the next record. NULL: cpu->exit says why. */
typedef const struct insn *handler_fn(struct cpu *cpu, const struct insn *i, uint8_t *base);

/* Register operands are byte offsets into cpu->gpr: (AH is 1, ECX 4, …), x87 ones are ST indices.
 * A successor link `to` is the record to go on with; it begins as an exit record (see block.h). */
struct insn {
    handler_fn *fn;
    const struct insn *to;
    uint32_t imm; /* immediate; target eip of direct branches; second word in disp for far and ENTER */
    uint32_t disp;
    uint8_t dst, src;
    uint8_t rbase, rindex; /* REG_ZERO*4 when absent; REG_EA*4 with disp 0 after an EA record */
    gaddr eip;
    uint16_t op;
    uint8_t len;   /* bytes */
    uint8_t scale; /* index is shifted left by 0..3 */
    uint8_t form;
    uint8_t size;
    uint8_t aux;    /* condition; segment register; of x87 instructions AUX_DOUBLE or not */
    uint8_t prefix; /* enum prefix; bits 4..6: 1 + segment register of an override */
};

/* Other threads may be running it: with the old handler or with the new one. */
static inline void insn_set_fn(struct insn *i, handler_fn *fn)
{
    __atomic_store_n(&i->fn, fn, __ATOMIC_RELAXED);
}

/* In aux of each x87 record when the double model is in use (interp_options): its handlers are others. */
enum { AUX_DOUBLE = 0x80 };
static_assert(sizeof(struct insn) == 40, "a record is five words: stride of the interpreter's hot loop");

static inline gaddr insn_next_eip(const struct insn *i)
{
    return i->eip + i->len;
}

static inline bool insn_seg(const struct insn *i, enum sreg *s)
{
    unsigned code = (i->prefix & PFX_SEG) >> PFX_SEG_SHIFT;
    *s = (enum sreg)(code - 1);
    return code != 0;
}

/* Decodes the instruction at `eip` from up to 15 bytes. out must hold 2 records: an address that needs a
 * segment base or 16-bit wrap becomes an EA record before the instruction's own.
 * Returns the number of records; the last one's len is the instruction's. Bytes that are no instruction
 * give OP_INVALID; n too small for the instruction gives 0. */
unsigned decode(const uint8_t *bytes, unsigned n, gaddr eip, struct insn out[2]);

enum { INSN_MAX = 15, DECODE_PADDING = 32 };

/* The encodings as data, for generators of tests and reports: row k, false at the end. */
struct encoding {
    uint8_t map;    /* 0: one byte, 1: 0F, 2: x87 register form (first/last are second bytes) */
    uint8_t prefix; /* 0, 0xF3, 0xF2 */
    uint8_t escape; /* x87 register forms: D8..DF */
    uint8_t first, last;
    uint16_t digits; /* bit d: /d with a memory operand, bit 8+d: with a register operand */
    uint16_t op;
    uint8_t shape, size;
};
bool encoding_row(unsigned k, struct encoding *out);

/* Operand shapes of encodings.def; those with a ModRM byte come first. */
// clang-format off
enum shape {
    SHAPE_EG, SHAPE_GE, SHAPE_EI, SHAPE_EIB, SHAPE_EI8, SHAPE_E, SHAPE_E1, SHAPE_ECL, SHAPE_EGI8, SHAPE_GEI,
    SHAPE_GEIB, SHAPE_M, SHAPE_ES, SHAPE_SE,
    SHAPES_WITH_MODRM,
    SHAPE_NONE = SHAPES_WITH_MODRM, SHAPE_AI, SHAPE_Z, SHAPE_ZI, SHAPE_ZA, SHAPE_I, SHAPE_IB, SHAPE_I8, SHAPE_I16,
    SHAPE_I16I8, SHAPE_J, SHAPE_JB, SHAPE_AO, SHAPE_OA, SHAPE_SREG, SHAPE_AP, SHAPE_STR, SHAPE_S0I, SHAPE_SI0,
    SHAPE_SI,
};
// clang-format on

static inline bool shape_has_modrm(unsigned shape)
{
    return shape < SHAPES_WITH_MODRM;
}

/* Sizes of encodings.def before prefixes. */
enum enc_size { SZ_B, SZ_W, SZ_D, SZ_V, SZ_F32, SZ_F64, SZ_F80, SZ_I16, SZ_I32, SZ_I64, SZ_BCD };

#endif

/* Arithmetic on the lazy flags of struct cpu (see there for the encoding). Owns every rule of how an
 * operation leaves CF, PF, AF, ZF, SF and OF; inlined by both engines. */
#ifndef INTERP_FLAGS_H
#define INTERP_FLAGS_H

#include "interp/insn.h"

static inline int64_t sext(uint64_t v, int bits)
{
    return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

static inline uint32_t trunc_bits(uint32_t v, int bits)
{
    return bits == 32 ? v : v & ((1u << bits) - 1);
}

static inline bool flag_zf(const struct cpu *cpu)
{
    return (uint32_t)cpu->flag_res == 0;
}

static inline bool flag_sf(const struct cpu *cpu)
{
    return cpu->flag_res < 0;
}

static inline bool flag_cf(const struct cpu *cpu)
{
    return cpu->flag_carry >> 32 & 1;
}

static inline bool flag_of(const struct cpu *cpu)
{
    return (cpu->flag_carry >> 31 ^ cpu->flag_carry >> 32) & 1;
}

static inline bool flag_af(const struct cpu *cpu)
{
    return cpu->flag_carry >> 4 & 1;
}

static inline bool flag_pf(const struct cpu *cpu)
{
    return !__builtin_parity((cpu->flag_res ^ cpu->flag_res >> 32) & 0xff);
}

/* After an addition or subtraction: a and b as they went in (zero-extended), r = a ± b (± carry) in 64 bits.
 */
static inline void flags_sum(struct cpu *cpu, uint32_t a, uint32_t b, uint64_t r, int bits)
{
    uint64_t carries = a ^ b ^ r;
    cpu->flag_res = sext(r, bits);
    cpu->flag_carry = bits == 32 ? carries : (carries & 0x10) | carries << (32 - bits);
}

/* After AND, OR, XOR, TEST: CF = OF = 0; AF (undefined) is cleared as CPUs do. */
static inline void flags_logic(struct cpu *cpu, uint32_t r, int bits)
{
    cpu->flag_res = sext(r, bits);
    cpu->flag_carry = 0;
}

/* INC and DEC keep CF: OF stays the difference of bits 31 and 32. */
static inline void flags_step(struct cpu *cpu, uint32_t a, uint32_t b, uint64_t r, int bits)
{
    uint64_t old = cpu->flag_carry;
    flags_sum(cpu, a, b, r, bits);
    uint64_t wrong = (cpu->flag_carry ^ old) & 1ull << 32;
    cpu->flag_carry ^= wrong | wrong >> 1;
}

/* Replaces CF and OF only. */
static inline void flags_set_cf_of(struct cpu *cpu, unsigned cf, unsigned of)
{
    cpu->flag_carry = (cpu->flag_carry & ~(3ull << 31)) | (uint64_t)cf << 32 | (uint64_t)(cf ^ of) << 31;
}

static inline void flags_set_cf(struct cpu *cpu, unsigned cf)
{
    flags_set_cf_of(cpu, cf, flag_of(cpu));
}

/* Sets all six from EFLAGS bits. */
static inline void flags_set(struct cpu *cpu, uint32_t fl)
{
    cpu->flag_res =
        (int64_t)((uint64_t)(fl & FL_SF) << 56 | (fl & FL_PF ? 0 : 1ull << 32) | (fl & FL_ZF ? 0 : 0x100));
    cpu->flag_carry = fl & FL_AF;
    flags_set_cf_of(cpu, fl & FL_CF, fl >> 11 & 1);
}

static inline uint32_t flags_get(const struct cpu *cpu)
{
    return (flag_cf(cpu) ? FL_CF : 0) | (flag_pf(cpu) ? FL_PF : 0) | (flag_af(cpu) ? FL_AF : 0) |
           (flag_zf(cpu) ? FL_ZF : 0) | (flag_sf(cpu) ? FL_SF : 0) | (flag_of(cpu) ? FL_OF : 0);
}

static inline void flags_set_zf(struct cpu *cpu, bool zf)
{
    flags_set(cpu, (flags_get(cpu) & ~FL_ZF) | (zf ? FL_ZF : 0));
}

/* Does condition `cc` (low four bits of the opcode) hold? */
static inline bool flags_cond(const struct cpu *cpu, unsigned cc)
{
    bool v;
    switch (cc >> 1) {
    case CC_O >> 1: v = flag_of(cpu); break;
    case CC_B >> 1: v = flag_cf(cpu); break;
    case CC_E >> 1: v = flag_zf(cpu); break;
    case CC_BE >> 1: v = flag_cf(cpu) || flag_zf(cpu); break;
    case CC_S >> 1: v = flag_sf(cpu); break;
    case CC_P >> 1: v = flag_pf(cpu); break;
    case CC_L >> 1: v = flag_sf(cpu) != flag_of(cpu); break;
    default: v = flag_zf(cpu) || flag_sf(cpu) != flag_of(cpu); break;
    }
    return v != (cc & 1);
}

#endif

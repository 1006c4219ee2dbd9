#include "jit/mips64/effects.h"

/* --- what the fields of a word are for --------------------------------------------------------------- */

enum {
    RS = 1 << 0, /* reads the register in field rs (bits 21..25) */
    RT = 1 << 1, /* field rt (bits 16..20) */
    RD = 1 << 2, /* field rd (bits 11..15) */
    RZ = 1 << 3, /* bits 0..4 */
    WT = 1 << 4, /* writes it */
    WD = 1 << 5,
    WZ = 1 << 6,
    FT = 1 << 7, /* reads the floating point register in field rt */
    FS = 1 << 8, /* field rd */
    FD = 1 << 9, /* bits 6..10 */
    WFT = 1 << 10,
    WFS = 1 << 11,
    WFD = 1 << 12,
    HILO = 1 << 13,
    W_HILO = 1 << 14,
    COND = 1 << 15,
    W_COND = 1 << 16,
    W_RA = 1 << 17,
    WS = 1 << 18, /* writes the general register in bits 6..10 */
    KIND = 19,    /* EFFECT_… from this bit on */
    LOAD = (EFFECT_LOAD | EFFECT_FAULT) << KIND,
    STORE = (EFFECT_STORE | EFFECT_FAULT) << KIND,
    FAULT = EFFECT_FAULT << KIND,
    BRANCH = EFFECT_BRANCH << KIND,
    STAYS = EFFECT_STAYS << KIND,
    UNKNOWN = 0, /* no row */

    ALU = RS | RT | WD,
    SHIFT = RT | WD,
    CMOVE = RS | RT | RD | WD,
    MULDIV = RS | RT | W_HILO,
    IMM = RS | WT,
    GET = RS | WT | LOAD,
    PUT = RS | RT | STORE,
    FP2 = FS | WFD,
    FP3 = FS | FT | WFD,
    FCMP = FS | FT | W_COND,
};

// clang-format off
static const uint32_t by_opcode[64] = {
    [0x02] = BRANCH, BRANCH | W_RA, RS | RT | BRANCH, RS | RT | BRANCH, RS | BRANCH, RS | BRANCH,
    [0x09] = IMM, IMM, IMM, IMM, IMM, IMM, WT,                              /* addiu … xori, lui */
    [0x19] = IMM, RT | GET, RT | GET,                                       /* daddiu, ldl, ldr */
    [0x20] = GET, GET, RT | GET, GET, GET, GET, RT | GET, GET,              /* lb lh lwl lw lbu lhu lwr lwu */
    [0x28] = PUT, PUT, PUT, PUT, PUT, PUT, PUT,                             /* sb sh swl sw sdl sdr swr */
    [0x30] = GET | STAYS, RS | WFT | LOAD, [0x34] = GET | STAYS, RS | WFT | LOAD, [0x37] = GET,
    [0x38] = PUT | WT | STAYS, RS | FT | STORE, [0x3c] = PUT | WT | STAYS, RS | FT | STORE, [0x3f] = PUT,
};

static const uint32_t by_special[64] = {
    [0x00] = SHIFT, [0x02] = SHIFT, SHIFT, ALU, [0x06] = ALU, ALU,
    [0x01] = RS | RD | WD | COND,                                           /* movf, movt */
    [0x08] = RS | BRANCH, RS | WD | BRANCH, CMOVE, CMOVE,                   /* jr jalr movz movn */
    [0x0d] = FAULT | STAYS, [0x0f] = STAYS,                                 /* break, sync */
    [0x10] = HILO | WD, RS | W_HILO, HILO | WD, RS | W_HILO,
    [0x14] = ALU, [0x16] = ALU, ALU,
    [0x18] = MULDIV, MULDIV, MULDIV, MULDIV, MULDIV, MULDIV, MULDIV, MULDIV,
    [0x21] = ALU, [0x23] = ALU, ALU, ALU, ALU, ALU, [0x2a] = ALU, ALU, [0x2d] = ALU, [0x2f] = ALU,
    [0x34] = RS | RT | FAULT, [0x36] = RS | RT | FAULT,                     /* teq, tne */
    [0x38] = SHIFT, [0x3a] = SHIFT, SHIFT, SHIFT, [0x3e] = SHIFT, SHIFT,
};

static const uint32_t by_regimm[32] = {
    [0x00] = RS | BRANCH, RS | BRANCH, [0x10] = RS | BRANCH | W_RA, RS | BRANCH | W_RA, [0x1f] = RS | FAULT | STAYS,
};

/* mul leaves HI and LO unpredictable. */
static const uint32_t by_special2[64] = {
    [0x02] = ALU | W_HILO, [0x20] = RS | WD, RS | WD, [0x24] = RS | WD, RS | WD,
};

static const uint32_t by_special3[64] = {
    [0x00] = IMM, IMM, IMM, IMM, RT | IMM, RT | IMM, RT | IMM, RT | IMM, [0x20] = SHIFT, [0x24] = SHIFT,
};

static const uint32_t by_cop1[32] = {
    [0x00] = FS | WT, FS | WT, WT | COND | STAYS, FS | WT, [0x04] = RT | WFS, RT | WFS, RT | W_COND | STAYS,
    [0x08] = COND | BRANCH,
};

static const uint32_t by_fp[64] = {
    [0x00] = FP3, FP3, FP3, FP3, FP2, FP2, FP2, FP2, FP2, FP2, FP2, FP2, FP2, FP2, FP2, FP2,
    [0x11] = FP2 | FD | COND, FP2 | FD | RT, FP2 | FD | RT,                 /* movf movt, movz, movn */
    [0x20] = FP2, FP2, [0x24] = FP2, FP2, [0x28] = FP2, [0x2c] = FP3,       /* cvt, pll */
    [0x30] = FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP, FCMP,
};

/* Loongson's packed operations. */
static const uint32_t by_packed[64] = {
    FP3, FP3, FP3, FP3, [0x08] = FP3, FP3, FP3, FP3, FP3, FP3, FP3, FP2,
};

/* Loongson's indexed accesses. */
static const uint32_t by_gs_get[8] = {
    [0] = RD | GET, RD | GET, RD | GET, RD | GET, [6] = RS | RD | WFT | LOAD, RS | RD | WFT | LOAD,
};
static const uint32_t by_gs_put[8] = {
    [0] = RD | PUT, RD | PUT, RD | PUT, RD | PUT, [6] = RS | RD | FT | STORE, RS | RD | FT | STORE,
};

/* MSA's, by the lowest bits; those that change their destination in part, or take general registers, apart. */
static const uint32_t by_msa[64] = {
    [0x00] = FP2, [0x02] = FP2, [0x06] = FP2, FP2, [0x09] = FP2, FP2, [0x0d] = FP3, FP3, FP3, FP3, FP3, FP3, FP3,
    [0x14] = FP3, FP3, [0x1e] = FP3,
    [0x20] = RD | WFD | LOAD, RD | WFD | LOAD, RD | WFD | LOAD, RD | WFD | LOAD,
    [0x24] = RD | FD | STORE, RD | FD | STORE, RD | FD | STORE, RD | FD | STORE,
};
// clang-format on

/* Lanes; `op` with the number of a lane, which may say that it is none. */
static uint32_t fields_of_lane(unsigned op)
{
    switch (op >> 6) {
    case 0: return FP2 | FD;                              /* sldi */
    case 2: return op == (2 << 6 | 0x3e) ? FP2 : FS | WS; /* move.v, copy_s */
    case 3: return FS | WS;                               /* copy_u */
    case 4: return RD | FD | WFD;                         /* insert */
    case 5: return FP2 | FD;                              /* insve */
    default: return UNKNOWN;
    }
}

static uint32_t fields_of_msa(uint32_t word)
{
    unsigned upper = word >> 16 & 0x3ff, minor = word & 63;
    switch (minor) {
    case 0x07: return upper >> 7 == 6 ? WFD : FP2;      /* ldi */
    case 0x09: return upper >> 7 == 6 ? FP2 | FD : FP2; /* binsli */
    case 0x15: return upper >> 7 == 0 ? FP3 | FD : FP3; /* vshf */
    case 0x19: return fields_of_lane(upper);
    case 0x1e:
        if (upper >> 2 == 0xc0) return RD | WFD; /* fill */
        return upper >> 5 == 6 ? FP3 | FD : FP3; /* bsel */
    default: return by_msa[minor];
    }
}

enum { OP_GSGET = 0x36, OP_GSPUT = 0x3e, OP_GSLQ = 0x32, OP_GSSQ = 0x3a };

static uint32_t fields_of(uint32_t word)
{
    unsigned rs = word >> 21 & 31, rt = word >> 16 & 31, funct = word & 63;
    bool is_gsq = (word & 0x8020) == 0x20;
    switch (word >> 26) {
    case OP_SPECIAL: return by_special[funct];
    case OP_REGIMM: return by_regimm[rt];
    case OP_SPECIAL2: return by_special2[funct];
    case OP_SPECIAL3: return by_special3[funct];
    case OP_COP1: return rs < 16 ? by_cop1[rs] : rs > 22 ? UNKNOWN : by_fp[funct];
    case OP_COP2: return rs < 24 ? UNKNOWN : by_packed[funct];
    case OP_MSA: return fields_of_msa(word);
    case OP_GSGET: return by_gs_get[word & 7];
    case OP_GSPUT: return by_gs_put[word & 7];
    case OP_GSLQ: return is_gsq ? RS | WT | WZ | LOAD : UNKNOWN;
    case OP_GSSQ: return is_gsq ? RS | RT | RZ | STORE : UNKNOWN;
    default: return by_opcode[word >> 26];
    }
}

struct effects effects(uint32_t word)
{
    unsigned rs = word >> 21 & 31, rt = word >> 16 & 31, rd = word >> 11 & 31, fd = word >> 6 & 31;
    uint32_t f = fields_of(word);
    struct effects e = {.kind = f ? f >> KIND : EFFECT_UNKNOWN};
    if (f & RS) e.reads |= REG_BIT(rs);
    if (f & RT) e.reads |= REG_BIT(rt);
    if (f & RD) e.reads |= REG_BIT(rd);
    if (f & RZ) e.reads |= REG_BIT(word & 31);
    if (f & FT) e.reads |= FREG_BIT(rt);
    if (f & FS) e.reads |= FREG_BIT(rd);
    if (f & FD) e.reads |= FREG_BIT(fd);
    if (f & WT) e.writes |= REG_BIT(rt);
    if (f & WD) e.writes |= REG_BIT(rd);
    if (f & WZ) e.writes |= REG_BIT(word & 31);
    if (f & WS) e.writes |= REG_BIT(fd);
    if (f & W_RA) e.writes |= REG_BIT(RA);
    if (f & WFT) e.writes |= FREG_BIT(rt);
    if (f & WFS) e.writes |= FREG_BIT(rd);
    if (f & WFD) e.writes |= FREG_BIT(fd);
    e.reads &= ~(HILO_BIT | COND_BIT | REG_BIT(ZERO));
    e.writes &= ~(HILO_BIT | COND_BIT | REG_BIT(ZERO));
    if (f & HILO) e.reads |= HILO_BIT;
    if (f & COND) e.reads |= COND_BIT;
    if (f & W_HILO) e.writes |= HILO_BIT;
    if (f & W_COND) e.writes |= COND_BIT;
    return e;
}

/* --- delay slots ------------------------------------------------------------------------------------- */

/* May the instruction at p leave its place for the slot of a branch with `touches`? */
static bool may_leave(const struct code *c, const uint32_t *p, const struct effects *e, uint64_t touches)
{
    if (!*p || e->kind & (EFFECT_BRANCH | EFFECT_STAYS | EFFECT_UNKNOWN)) return false;
    if (e->writes & touches) return false;
    if (touches & e->reads & REG_BIT(RA)) return false; /* the branch may have written it by then */
    return p == c->begin || !(effects(p[-1]).kind & (EFFECT_BRANCH | EFFECT_UNKNOWN));
}

/* May `e` be executed after `other` instead of before it? */
static bool may_cross(const struct code *c, const struct effects *e, const struct effects *other)
{
    if (other->kind) return false;
    if (e->writes & (other->reads | other->writes) || e->reads & other->writes) return false;
    return !(e->kind & EFFECT_FAULT) || !(other->writes & ~c->scratch);
}

uint32_t slot_word(struct code *c, uint64_t touches)
{
    ptrdiff_t movable = c->at - (c->fence > c->begin ? c->fence : c->begin);
    if (c->overflow || movable < 1) return 0;
    uint32_t *last = c->at - 1, *before = c->at - 2;
    struct effects of_last = effects(*last);
    if (may_leave(c, last, &of_last, touches)) {
        c->at = last;
        return *last;
    }
    if (movable < 2) return 0;
    struct effects of_before = effects(*before);
    if (!may_leave(c, before, &of_before, touches) || !may_cross(c, &of_before, &of_last)) return 0;
    uint32_t word = *before;
    *before = *last;
    c->at = last;
    return word;
}

bool slot_fill(struct code *c, uint32_t word)
{
    uint32_t *slot = c->open;
    c->open = NULL;
    if (slot + 1 != c->at || *slot != 0) return false;
    struct effects e = effects(word);
    if (e.kind || word == 0 || !e.writes || e.writes & ~c->idle) return false;
    *slot = word;
    return true;
}

/* The exact x87 while its control word rounds to nearest, to the 53 bits of a double: then an operation of
 * the host is one of the guest, as long as operands and result are zeros or normal doubles. Registers are in
 * FPRs from their first use on, by the emitters of the double model and with its chains (x87_fpr.c). Owns
 * what that model does not know: the 80-bit registers of struct cpu, C1, and the tests that values are as
 * they must be.
 *
 * What a register of the double model never tells: an infinity, a denormal or a NaN, or an exponent that only
 * 80 bits have. All that shows in flags of FCSR, which are tested at a chain's end: no operation may have
 * been invalid, have divided by zero, overflowed or underflowed. A value times 1 - 2^-53 underflows if it is
 * a denormal, or the least normal number; infinity less itself is invalid, and so is a NaN's comparison. That
 * precision was lost the status word must say already.
 *
 * C1, which each instruction sets and next to nobody reads, is computed where struct cpu needs it. */
#include "jit/mips64/x87_emit.h"

#include "fpu/dbl.h"

/* f0 and so on, which C does not preserve (xmm.c has those above), and some that it does. */
const uint32_t narrow_fprs = 0x3f003fff;
enum { FPRS_NEEDED = 5 }; /* by one record: imports, an operand, a result */

static uint8_t set_of(const struct tr *t, unsigned i)
{
    return (uint8_t)(1u << ((t->x87.top + i) & 7));
}

/* --- struct cpu ---------------------------------------------------------------------------------------- */

/* struct cpu's register r = the double in f, zero or a normal number. */
static void export(struct tr *t, unsigned r)
{
    enum { EXPONENTS = F80_BIAS - 1023 };
    struct code *c = &t->c;
    int at = CPU_OFFSET(x87.reg) + (int)(r * sizeof(struct f80));
    dmfc1(c, A0, t->x87.at[r]);
    dext(c, A1, A0, 52, 11);
    dsll(c, AT, A0, 11);
    sltu(c, ADDRESS, ZERO, A1);
    dins(c, AT, ADDRESS, 63, 1);
    addiu(c, A1, A1, EXPONENTS);
    movz(c, A1, ZERO, ADDRESS);
    dsrl32(c, A0, A0, 31);
    ins(c, A1, A0, 15, 1);
    sd(c, AT, at, CPU);
    sh(c, A1, at + (int)offsetof(struct f80, se), CPU);
}

/* A1 = C1 of r = a + b or, with `minus`, a - b: the error of the sum, which is a double, has the other sign.
 */
static void c1_of_sum(struct tr *t, unsigned a, unsigned b, unsigned r, bool minus)
{
    struct code *c = &t->c;
    unsigned p = FPR_WASTE, q = (unsigned)__builtin_ctz(narrow_fprs & ~fpr_taken(t));
    sub_d(c, p, r, a);
    sub_d(c, q, r, p);
    sub_d(c, q, a, q);
    (minus ? add_d : sub_d)(c, p, b, p);
    (minus ? sub_d : add_d)(c, p, q, p);
    dmfc1(c, A0, p);
    dmfc1(c, A1, r);
    xor_(c, A1, A1, A0);
    dsrl32(c, A1, A1, 31);
    dsll(c, A0, A0, 1);
    movz(c, A1, ZERO, A0);
    if (q < COPIES) copies_forget_all(t);
}

/* A1 = whether the product of x and y is below z, or (above) above it, where they differ by less than a unit
 * of z's last place but one: 0 if z is. As 53-bit integers, z shifted to the product's place, modulo 2^64. */
static void c1_of_product(struct tr *t, unsigned x, unsigned y, unsigned z, bool above)
{
    enum { PLACE = 1023 + 52 };
    struct code *c = &t->c;
    if (t->flags.kind >= RECIPE_MUL) t->flags = flags_to_registers(t, t->flags); /* out of HI and LO */
    dmfc1(c, A0, x);
    dmfc1(c, A1, y);
    dmfc1(c, AT, z);
    dext(c, ADDRESS, A0, 52, 11);
    dext(c, SCRATCH, A1, 52, 11);
    addu(c, ADDRESS, ADDRESS, SCRATCH);
    dext(c, SCRATCH, AT, 52, 11);
    subu(c, ADDRESS, SCRATCH, ADDRESS);
    addiu(c, ADDRESS, ADDRESS, PLACE);
    li(c, SCRATCH, 1);
    dins(c, A0, SCRATCH, 52, 12);
    dins(c, A1, SCRATCH, 52, 12);
    dmultu(c, A0, A1);
    dext(c, A0, AT, 52, 11);
    dins(c, AT, SCRATCH, 52, 12);
    dsllv(c, AT, AT, ADDRESS);
    mflo(c, A1);
    if (above)
        dsubu(c, A1, AT, A1);
    else
        dsubu(c, A1, A1, AT);
    dsrl32(c, A1, A1, 31);
    movz(c, A1, ZERO, A0);
}

static void tell_c1(struct tr *t)
{
    struct code *c = &t->c;
    const struct x87_c1 o = t->x87.c1;
    if (o.kind == C1_TOLD) return;
    if (o.kind == C1_OF) {
        switch (o.op) {
        case X87_ADD: c1_of_sum(t, o.a, o.b, o.r, false); break;
        case X87_SUB: c1_of_sum(t, o.a, o.b, o.r, true); break;
        case X87_SUBR: c1_of_sum(t, o.b, o.a, o.r, true); break;
        case X87_MUL: c1_of_product(t, o.a, o.b, o.r, false); break;
        case X87_DIV: c1_of_product(t, o.r, o.b, o.a, true); break;
        default: c1_of_product(t, o.r, o.a, o.b, true); break;
        }
    }
    lhu(c, A0, CPU_OFFSET(x87.sw), CPU);
    ins(c, A0, o.kind == C1_OF ? A1 : ZERO, (unsigned)__builtin_ctz(X87_C1), 1);
    sh(c, A0, CPU_OFFSET(x87.sw), CPU);
    t->x87.c1.kind = C1_TOLD;
}

void narrow_leave(struct tr *t)
{
    if (!t->x87.exact || !t->x87.known) return;
    tell_c1(t);
    for (unsigned r = 0; r < 8; r++)
        if (t->x87.stale >> r & 1) export(t, r);
    t->x87.stale = 0;
}

void x87_to_memory(struct tr *t)
{
    if (t->fpr.open) fpr_settle(t);
    narrow_leave(t);
    t->x87.narrow = 0;
}

/* --- values -------------------------------------------------------------------------------------------- */

void narrow_computed(struct tr *t, unsigned f)
{
    mul_d(&t->c, FPR_WASTE, f, FPR_BELOW_ONE);
    t->fpr.tests = true;
}

void narrow_loaded(struct tr *t, unsigned f)
{
    narrow_computed(t, f);
    sub_d(&t->c, FPR_WASTE, f, f);
    c_ngle_d(&t->c, f, f);
}

void narrow_test_m32(struct tr *t)
{
    struct code *c = &t->c;
    struct label *back = fpr_back(t);
    ext(c, AT, V0, 23, 8);
    sltiu(c, AT, AT, 1);
    sll(c, V1, V0, 1);
    movz(c, AT, ZERO, V1);
    bne(c, AT, ZERO, back);
    nop(c);
}

/* ST(i) to an FPR. */
static void import(struct tr *t, unsigned i)
{
    struct code *c = &t->c;
    if (t->x87.narrow & set_of(t, i)) return;
    unsigned f = fpr_new(t, i);
    ld(c, V0, x87_offset(t, i), CPU);
    lhu(c, V1, x87_offset(t, i) + (int)offsetof(struct f80, se), CPU);
    x87_to_double(t, f);
    t->x87.at[(t->x87.top + i) & 7] = (uint8_t)f;
    t->x87.narrow |= set_of(t, i);
}

/* The next operation may lose precision: the status word must say so before. */
static void test_inexact(struct tr *t)
{
    struct code *c = &t->c;
    if (t->x87.inexact) return;
    lhu(c, AT, CPU_OFFSET(x87.sw), CPU);
    andi(c, AT, AT, X87_PE);
    beq(c, AT, ZERO, fpr_back(t));
    nop(c);
    t->x87.inexact = true;
}

/* --- which instructions -------------------------------------------------------------------------------- */

/* The registers ST(a), ST(b) that a record uses, of NONE or more; whether it may lose precision. */
enum { NONE = 8 };
struct uses {
    bool is, rounds;
    uint8_t a, b;
};

static bool is_short(const struct insn *i)
{
    return i->form != FORM_M || i->size == F64 || i->size == F32 || i->size == I16 || i->size == I32;
}

static struct uses uses_of(const struct insn *i)
{
    struct x87_arith a = x87_arith_of(i);
    bool memory = i->form == FORM_M;
    struct uses u = {.is = is_short(i), .a = 0, .b = NONE};
    if (a.is) {
        u.rounds = true;
        u.a = a.dst;
        if (!memory) u.b = a.src;
        return u;
    }
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) {
        u.b = i->src;
        return u;
    }
    switch (i->op) {
    case OP_FLD1:
    case OP_FLDZ:
    case OP_FILD: u.a = NONE; break;
    case OP_FLD: u.a = memory ? NONE : i->dst; break;
    case OP_FST:
    case OP_FSTP: u.is = !memory || i->size == F64; break;
    case OP_FXCH: u.b = i->dst; break;
    case OP_FCHS:
    case OP_FABS:
    case OP_FXAM:
    case OP_FTST: break;
    case OP_FCOM:
    case OP_FCOMP:
    case OP_FICOM:
    case OP_FICOMP:
    case OP_FUCOM:
    case OP_FUCOMP:
    case OP_FCOMI:
    case OP_FCOMIP:
    case OP_FUCOMI:
    case OP_FUCOMIP: u.b = memory ? NONE : i->src; break;
    case OP_FCOMPP:
    case OP_FUCOMPP: u.b = 1; break;
    default: u.is = false; break;
    }
    return u;
}

bool x87_has_wide(const struct tr *t, const struct insn *i)
{
    return t->x87.exact && op_info[i->op].group == GROUP_x87 && uses_of(i).is &&
           !(i->form == FORM_M && (i->op == OP_FST || i->op == OP_FSTP));
}

static bool are_there(const struct tr *t, const struct insn *i, const struct uses *u)
{
    if (x87_pops(i->op) < 0 && x87_used(t, 7)) return false;
    return (u->a == NONE || x87_used(t, u->a)) && (u->b == NONE || x87_used(t, u->b));
}

/* Compares into flags and conditional moves leave it alone. */
static void set_c1(struct tr *t, const struct insn *i, const struct uses *u)
{
    if (u->rounds || (i->op >= OP_FCOMI && i->op <= OP_FUCOMIP)) return;
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) return;
    bool codes = false;
    switch (i->op) {
    case OP_FTST:
    case OP_FXAM:
    case OP_FCOM:
    case OP_FCOMP:
    case OP_FICOM:
    case OP_FICOMP:
    case OP_FUCOM:
    case OP_FUCOMP:
    case OP_FCOMPP:
    case OP_FUCOMPP: codes = true; break;
    default: break;
    }
    t->x87.c1.kind = codes ? C1_TOLD : C1_ZERO;
}

static unsigned free_fprs(const struct tr *t)
{
    return (unsigned)__builtin_popcount(narrow_fprs & ~fpr_taken(t));
}

/* The current record goes on with the chain, or begins one, with FPRs enough. */
static void begin(struct tr *t)
{
    t->fpr.held = 0;
    if (free_fprs(t) < FPRS_NEEDED) fpr_settle(t);
    if (free_fprs(t) < FPRS_NEEDED) x87_to_memory(t);
    fpr_chain(t);
    if (t->x87.fcsr_clear) return;
    if (t->j->host.fcsr) ctc1(&t->c, ZERO, FCSR);
    t->x87.fcsr_clear = true;
}

bool x87_rounds_to_53(const struct tr *t)
{
    enum { ROUNDING = 0xf00, TO_53 = 0x200 };
    return (t->x87.cw & ROUNDING) == TO_53;
}

bool x87_narrow(struct tr *t, const struct insn *i)
{
    struct uses u = uses_of(i);
    if (!u.is || !x87_rounds_to_53(t) || is_left_to_helper(t, t->k) || !are_there(t, i, &u)) return false;
    begin(t);
    if (u.rounds) test_inexact(t);
    if (u.a != NONE) import(t, u.a);
    if (u.b != NONE) import(t, u.b);
    if (!emit_x87_double(t, i)) return false;
    set_c1(t, i, &u);
    return true;
}

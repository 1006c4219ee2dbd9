/* Flags as recipes: which values the six arithmetic flags follow from, and how they get to struct cpu when
 * somebody must have them there. A recipe's operands are sign-extended values: in guest registers, as long as
 * these do not change, else in FLAG_A (x) and FLAG_B (y). */
#include <string.h>

#include "interp/flags.h"
#include "jit/mips64/translate.h"

/* Told by the host register that it follows from, or as a constant if that is a short one. */
struct val val_guest(struct tr *t, unsigned off, int bits)
{
    unsigned r = off / 4;
    int32_t k;
    if (value_is_constant(t, off, bits, &k) && k >= INT16_MIN && k <= INT16_MAX) return val_const(k);
    struct value v = value_of(t, r);
    if (v.base == REG_ZERO || (off & 1 && v.c)) {
        value_settle(t, r);
        v = value_of(t, r);
    }
    return (struct val){VAL_GUEST, (uint8_t)(4 * v.base + (off & 3)), v.c};
}

bool val_is_zx(const struct tr *t, const struct val *v, int bits)
{
    return v->kind == VAL_GUEST && v->n / 4 != ESP && v->c == 0 && !(v->n & 1) && t->wide[v->n / 4] <= bits;
}

struct val val_host(enum reg r)
{
    return (struct val){VAL_HOST, (uint8_t)r, 0};
}

struct val val_const(int32_t c)
{
    return (struct val){VAL_CONST, 0, c};
}

bool flags_wanted(const struct tr *t)
{
    const struct item *it = &t->trace->item[t->k];
    return (it->real | it->shown) != 0;
}

void flags_set_recipe(struct tr *t, enum recipe_kind kind, int bits, struct val x, struct val y)
{
    t->flags = (struct recipe){(uint8_t)kind, (uint8_t)bits, x, y};
}

/* --- at run time, in C ------------------------------------------------------------------------------- */

static void apply_sum(struct cpu *cpu, int64_t a, int64_t b, uint64_t r, int bits)
{
    uint64_t mask = bits == 32 ? 0xffffffff : (1u << bits) - 1;
    /* The carry into the bit above the width is that of the unsigned sum. */
    uint64_t carries = (uint64_t)a ^ (uint64_t)b ^ r;
    cpu->flag_res = sext(r & mask, bits);
    carries &= mask << 1 | 1;
    cpu->flag_carry = bits == 32 ? carries : (carries & 0x10) | carries << (32 - bits);
}

static void apply_step(struct cpu *cpu, int64_t a, int64_t b, uint64_t r, int bits, bool cf)
{
    apply_sum(cpu, a, b, r, bits);
    flags_set_cf_of(cpu, cf, flag_of(cpu));
}

static void apply_shift(struct cpu *cpu, unsigned kind, int64_t x, unsigned n, int bits)
{
    uint64_t mask = bits == 32 ? 0xffffffff : (1u << bits) - 1, a = (uint64_t)x & mask, r;
    unsigned cf, of = 0;
    if (kind == RECIPE_SHL) {
        r = a << n;
        cf = r >> bits & 1;
        of = (r >> (bits - 1) & 1) ^ cf;
    } else if (kind == RECIPE_SHR) {
        r = a >> n;
        cf = a >> (n - 1) & 1;
        of = a >> (bits - 1) & 1;
    } else {
        r = (uint64_t)(sext(a, bits) >> n);
        cf = sext(a, bits) >> (n - 1) & 1;
    }
    flags_logic(cpu, (uint32_t)(r & mask), bits);
    flags_set_cf_of(cpu, cf, of);
}

void recipe_apply(struct cpu *cpu, const struct recipe *r, int64_t x, int64_t y)
{
    int bits = r->bits;
    switch (r->kind) {
    case RECIPE_CMP: apply_sum(cpu, x, y, (uint64_t)(x - y), bits); break;
    case RECIPE_ADD:
        apply_sum(cpu, sext((uint64_t)(x - y), bits), y, (uint64_t)(sext((uint64_t)(x - y), bits) + y), bits);
        break;
    case RECIPE_SUB:
        apply_sum(cpu, sext((uint64_t)(x + y), bits), y, (uint64_t)(sext((uint64_t)(x + y), bits) - y), bits);
        break;
    case RECIPE_LOGIC: flags_logic(cpu, (uint32_t)x, bits); break;
    case RECIPE_NEG:
        apply_sum(cpu, 0, sext((uint64_t)-x, bits), (uint64_t)-sext((uint64_t)-x, bits), bits);
        break;
    case RECIPE_INC: {
        int64_t a = sext((uint64_t)(x - 1), bits);
        apply_step(cpu, a, 1, (uint64_t)(a + 1), bits, y & 1);
        break;
    }
    case RECIPE_DEC: {
        int64_t a = sext((uint64_t)(x + 1), bits);
        apply_step(cpu, a, 1, (uint64_t)(a - 1), bits, y & 1);
        break;
    }
    case RECIPE_CARRY: flags_set_cf(cpu, x & 1); break;
    case RECIPE_BITS: flags_set(cpu, (uint32_t)x); break;
    case RECIPE_FCOM: {
        double a, b;
        memcpy(&a, &x, sizeof a);
        memcpy(&b, &y, sizeof b);
        flags_set(cpu, a < b ? FL_CF : a == b ? FL_ZF : 0);
        break;
    }
    case RECIPE_SHL:
    case RECIPE_SHR:
    case RECIPE_SAR:
        if (y) apply_shift(cpu, r->kind, x, (unsigned)y, bits);
        break;
    case RECIPE_MUL:
    case RECIPE_IMUL: { /* x: HI, y: LO */
        bool overflow = r->kind == RECIPE_MUL ? (uint32_t)x != 0 : (int32_t)x != (int32_t)y >> 31;
        flags_set(cpu, 0);
        cpu->flag_res = (int32_t)y;
        if ((uint32_t)y == 0) flags_set(cpu, FL_PF);
        flags_set_cf_of(cpu, overflow, overflow);
        break;
    }
    default: break; /* in memory already */
    }
}

/* --- operands ---------------------------------------------------------------------------------------- */

/* VAL_GUEST, whatever the guest register holds by now. */
static enum reg host_value(struct tr *t, const struct val *v, enum reg tmp, int bits)
{
    struct code *c = &t->c;
    enum reg r = hostreg(v->n / 4);
    if (val_is_zx(t, v, 0)) return ZERO;
    if (val_is_zx(t, v, bits - 1)) return r;
    if (r == HOST_ESP || v->n & 1) {
        (r == HOST_ESP ? sll : srl)(c, tmp, r, r == HOST_ESP ? 0 : 8);
        r = tmp;
    }
    if (v->c) {
        if (v->c < INT16_MIN || v->c > INT16_MAX) {
            li(c, SCRATCH, v->c);
            addu(c, tmp, r, SCRATCH);
        } else {
            addiu(c, tmp, r, v->c);
        }
        r = tmp;
    }
    if (bits == 32) return r;
    emit_extend(c, tmp, r, bits);
    return tmp;
}

enum reg flags_value(struct tr *t, const struct recipe *r, const struct val *v, enum reg tmp)
{
    switch (v->kind) {
    case VAL_GUEST: return host_value(t, v, tmp, r->bits);
    case VAL_HOST: return (enum reg)v->n;
    case VAL_ESP:
        sll(&t->c, tmp, (enum reg)v->n, 0);
        if (v->c) addiu(&t->c, tmp, tmp, v->c);
        if (r->bits == 16) seh(&t->c, tmp, tmp);
        return tmp;
    case VAL_CONST:
        if (v->c == 0) return ZERO;
        li(&t->c, tmp, v->c);
        return tmp;
    default: return ZERO;
    }
}

static void save(struct tr *t, struct val *v, enum reg to)
{
    if (v->n / 4 == ESP) {
        move(&t->c, to, HOST_ESP);
        *v = (struct val){VAL_ESP, (uint8_t)to, v->c};
        return;
    }
    enum reg from = flags_value(t, &t->flags, v, to);
    if (from != to) move(&t->c, to, from);
    *v = val_host(to);
}

void flags_before_write(struct tr *t, unsigned r)
{
    if (!t->keep) return;
    if (t->flags.kind == RECIPE_ENTRY) t->loop.written |= 1u << r;
    if (t->flags.x.kind == VAL_GUEST && (t->flags.x.n & ~3u) == 4 * r) save(t, &t->flags.x, FLAG_A);
    if (t->flags.y.kind == VAL_GUEST && (t->flags.y.n & ~3u) == 4 * r) save(t, &t->flags.y, FLAG_B);
}

struct recipe flags_to_registers(struct tr *t, struct recipe r)
{
    struct recipe now = t->flags;
    t->flags = r;
    if (r.x.kind == VAL_GUEST) save(t, &t->flags.x, FLAG_A);
    if (r.y.kind == VAL_GUEST) save(t, &t->flags.y, FLAG_B);
    if ((r.kind == RECIPE_IMUL || r.kind == RECIPE_MUL) && r.x.kind == VAL_NONE) {
        mfhi(&t->c, FLAG_A);
        mflo(&t->c, FLAG_B);
        t->flags.x = val_host(FLAG_A);
        t->flags.y = val_host(FLAG_B);
    }
    r = t->flags;
    t->flags = now;
    return r;
}

/* --- to memory --------------------------------------------------------------------------------------- */

static void store_result(struct tr *t, enum reg r, int bits)
{
    struct code *c = &t->c;
    emit_extend(c, SCRATCH, r, bits);
    sd(c, SCRATCH, CPU_OFFSET(flag_res), CPU);
}

/* The carry vector of r = a ± b, and r extended. Uses SCRATCH and AT. */
void flags_store_sum(struct tr *t, enum reg a, enum reg b, enum reg r, int bits)
{
    struct code *c = &t->c;
    xor_(c, SCRATCH, a, b);
    xor_(c, SCRATCH, SCRATCH, r);
    if (bits < 32) { /* AF stays at bit 4, the carries move up to bits 31 and 32 */
        andi(c, AT, SCRATCH, 0x10);
        if (bits == 8)
            dsll(c, SCRATCH, SCRATCH, 24);
        else
            dsll(c, SCRATCH, SCRATCH, 16);
        or_(c, SCRATCH, SCRATCH, AT);
    }
    sd(c, SCRATCH, CPU_OFFSET(flag_carry), CPU);
    store_result(t, r, bits);
}

static void store_arithmetic(struct tr *t, const struct recipe *r)
{
    struct code *c = &t->c;
    bool adds = r->kind == RECIPE_ADD;
    enum reg x = flags_value(t, r, &r->x, A0), y = ZERO, a = V0, res = V1;
    switch (r->kind) {
    case RECIPE_CMP:
        y = flags_value(t, r, &r->y, A1);
        a = x;
        dsubu(c, res, x, y);
        break;
    case RECIPE_ADD:
    case RECIPE_SUB:
        y = flags_value(t, r, &r->y, A1);
        (adds ? dsubu : daddu)(c, a, x, y);
        emit_extend(c, a, a, r->bits);
        (adds ? daddu : dsubu)(c, res, a, y);
        break;
    default: /* NEG: 0 - y */
        y = A1;
        dsubu(c, y, ZERO, x);
        emit_extend(c, y, y, r->bits);
        dsubu(c, res, ZERO, y);
        a = ZERO;
        break;
    }
    flags_store_sum(t, a, y, res, r->bits);
}

/* CF in bit 32 becomes that of register cf; bit 31 turns with it, so that OF stays. */
static void replace_carry(struct code *c, enum reg cf)
{
    ld(c, SCRATCH, CPU_OFFSET(flag_carry), CPU);
    dsrl32(c, AT, SCRATCH, 0);
    xor_(c, AT, AT, cf);
    andi(c, AT, AT, 1);
    dsll(c, V0, AT, 31);
    xor_(c, SCRATCH, SCRATCH, V0);
    dsll(c, V0, V0, 1);
    xor_(c, SCRATCH, SCRATCH, V0);
    sd(c, SCRATCH, CPU_OFFSET(flag_carry), CPU);
}

/* INC, DEC: as a sum, with the old CF. */
static void store_step(struct tr *t, const struct recipe *r)
{
    struct code *c = &t->c;
    enum reg x = flags_value(t, r, &r->x, A0), y = flags_value(t, r, &r->y, A1);
    if (y != A1) move(c, A1, y);
    li(c, V1, 1);
    (r->kind == RECIPE_INC ? dsubu : daddu)(c, V0, x, V1);
    emit_extend(c, V0, V0, r->bits);
    (r->kind == RECIPE_INC ? daddu : dsubu)(c, ADDRESS, V0, V1);
    flags_store_sum(t, V0, V1, ADDRESS, r->bits);
    replace_carry(c, A1);
}

/* V0 = CF, V1 = OF, to the carry vector: CF at bit 32, CF ^ OF at bit 31. */
static void store_cf_of(struct code *c)
{
    xor_(c, V1, V1, V0);
    dsll32(c, V0, V0, 0);
    dsll(c, V1, V1, 31);
    or_(c, V0, V0, V1);
    sd(c, V0, CPU_OFFSET(flag_carry), CPU);
}

/* A count that is not constant may be 0: then the flags in struct cpu stay. */
static void store_shift(struct tr *t, const struct recipe *r)
{
    struct code *c = &t->c;
    unsigned bits = r->bits;
    struct label none = {0};
    enum reg x = flags_value(t, r, &r->x, A0), n = flags_value(t, r, &r->y, ADDRESS);
    if (r->y.kind != VAL_CONST) beq(c, n, ZERO, &none);
    addiu(c, SCRATCH, n, -1);
    if (r->kind == RECIPE_SHL) {
        dsllv(c, A1, x, n);
        dext(c, V1, A1, bits - 1, 1);
        if (bits == 32)
            dsrl32(c, V0, A1, 0);
        else
            dsrl(c, V0, A1, bits);
        andi(c, V0, V0, 1);
        xor_(c, V1, V1, V0); /* OF */
    } else {
        bool zx = r->kind == RECIPE_SHR;
        if (zx) dext(c, A1, x, 0, bits);
        dsrav(c, V0, zx ? A1 : x, SCRATCH);
        andi(c, V0, V0, 1);
        if (zx)
            dext(c, V1, x, bits - 1, 1);
        else
            move(c, V1, ZERO);
        dsrav(c, A1, zx ? A1 : x, n);
    }
    store_result(t, A1, (int)bits);
    store_cf_of(c);
    bind_label(c, &none);
}

static void store_product(struct tr *t, const struct recipe *r)
{
    struct code *c = &t->c;
    struct label not_zero = {0};
    if (r->x.kind == VAL_HOST) {
        move(c, A1, (enum reg)r->x.n);
        move(c, A0, (enum reg)r->y.n);
    } else {
        mflo(c, A0);
        mfhi(c, A1);
    }
    sra(c, V0, A0, 31);
    if (r->kind == RECIPE_IMUL)
        xor_(c, V0, V0, A1);
    else
        move(c, V0, A1);
    sltu(c, V0, ZERO, V0);
    dsll32(c, V1, V0, 0);
    sd(c, V1, CPU_OFFSET(flag_carry), CPU);
    /* ZF is clear after a product of 0 too: then PF alone, as flags_set(FL_PF) has it. */
    bne(c, A0, ZERO, &not_zero);
    sd(c, A0, CPU_OFFSET(flag_res), CPU);
    li(c, V1, 0x100);
    sd(c, V1, CPU_OFFSET(flag_res), CPU);
    bind_label(c, &not_zero);
}

bool flags_to_memory(struct tr *t)
{
    const struct recipe r = t->flags;
    switch (r.kind) {
    case RECIPE_MEMORY: return true;
    case RECIPE_ENTRY: t->restart = true; return false;
    case RECIPE_LOGIC:
        sd(&t->c, ZERO, CPU_OFFSET(flag_carry), CPU);
        sd(&t->c, flags_value(t, &r, &r.x, A0), CPU_OFFSET(flag_res), CPU);
        break;
    case RECIPE_INC:
    case RECIPE_DEC: store_step(t, &r); break;
    case RECIPE_CARRY: replace_carry(&t->c, flags_value(t, &r, &r.x, A1)); break;
    case RECIPE_SHL:
    case RECIPE_SHR:
    case RECIPE_SAR: store_shift(t, &r); break;
    case RECIPE_FCOM:
        fcom_bits(t, V0);
        bits_to_memory(t, V0);
        break;
    case RECIPE_BITS: bits_to_memory(t, flags_value(t, &r, &r.x, V0)); break;
    case RECIPE_MUL:
    case RECIPE_IMUL: store_product(t, &r); break;
    default: store_arithmetic(t, &r); break;
    }
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

/* --- the carry ---------------------------------------------------------------------------------------- */

/* Does the product need its upper half? */
static void product_carry(struct tr *t, const struct recipe *r, enum reg rd)
{
    struct code *c = &t->c;
    enum reg high = V0, low = V1;
    if (r->x.kind == VAL_HOST)
        high = (enum reg)r->x.n, low = (enum reg)r->y.n;
    else
        mfhi(c, high);
    if (r->kind == RECIPE_IMUL) {
        if (low == V1) mflo(c, low);
        sra(c, V1, low, 31);
        xor_(c, V0, V1, high);
        high = V0;
    }
    sltu(c, rd, ZERO, high);
}

bool flags_carry(struct tr *t, enum reg rd)
{
    struct code *c = &t->c;
    const struct recipe r = t->flags;
    enum reg x, y;
    switch (r.kind) {
    case RECIPE_ENTRY: t->restart = true; return false;
    case RECIPE_FCOM: fcom_truth(t, rd, CC_B); return true;
    case RECIPE_MEMORY:
        lw(c, rd, CPU_OFFSET(flag_carry) + 4, CPU);
        andi(c, rd, rd, 1);
        return true;
    case RECIPE_CMP:
    case RECIPE_ADD: /* the sum is below the addend */
        x = flags_value(t, &r, &r.x, V0);
        if (r.y.kind == VAL_CONST && r.y.c >= INT16_MIN && r.y.c <= INT16_MAX) {
            sltiu(c, rd, x, r.y.c);
            return true;
        }
        y = flags_value(t, &r, &r.y, V1);
        sltu(c, rd, x, y);
        return true;
    case RECIPE_SUB: /* a = x + y is below y */
        x = flags_value(t, &r, &r.x, V0);
        y = flags_value(t, &r, &r.y, V1);
        daddu(c, V0, x, y);
        emit_extend(c, V0, V0, r.bits);
        sltu(c, rd, V0, y);
        return true;
    case RECIPE_LOGIC: move(c, rd, ZERO); return true;
    case RECIPE_NEG:
        x = flags_value(t, &r, &r.x, V0);
        sltu(c, rd, ZERO, x);
        return true;
    case RECIPE_INC:
    case RECIPE_DEC:
        y = flags_value(t, &r, &r.y, V0);
        andi(c, rd, y, 1);
        return true;
    case RECIPE_CARRY:
        x = flags_value(t, &r, &r.x, rd);
        if (x != rd) move(c, rd, x);
        return true;
    case RECIPE_SHL:
    case RECIPE_SHR:
    case RECIPE_SAR:
        if (r.y.kind != VAL_CONST || r.y.c >= r.bits) break;
        x = flags_value(t, &r, &r.x, V0);
        dext(c, rd, x, r.kind == RECIPE_SHL ? (unsigned)(r.bits - r.y.c) & 31 : (unsigned)r.y.c - 1, 1);
        return true;
    case RECIPE_MUL:
    case RECIPE_IMUL: product_carry(t, &r, rd); return true;
    default: break;
    }
    if (!flags_to_memory(t)) return false;
    return flags_carry(t, rd);
}

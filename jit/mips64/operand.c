/* Memory operands: host addresses, shared where one register serves several accesses, loads and stores. */
#include "jit/mips64/translate.h"

int insn_bits(const struct insn *i)
{
    return i->size == S8 ? 8 : i->size == S16 ? 16 : 32;
}

static bool small(uint32_t disp)
{
    return (int32_t)disp >= -32768 + 16 && (int32_t)disp <= 32767 - 16;
}

/* --- shared addresses -------------------------------------------------------------------------------- */

static const uint8_t cache_regs[] = CACHE_REGS;
static_assert(sizeof cache_regs == CACHE_SIZE, "a slot a register");

/* The last one has another use where the host's FCSR cannot be cleared (x87.h). */
static unsigned cache_size(const struct tr *t)
{
    return t->j->dbl && !t->j->host.fcsr ? CACHE_SIZE - 1 : CACHE_SIZE;
}

/* The register that holds it; if it is a new one, *fresh. */
static enum reg cached(struct tr *t, unsigned reg, uint32_t constant, bool *fresh)
{
    unsigned victim = 0;
    *fresh = false;
    for (unsigned k = 0; k < cache_size(t); k++) {
        struct cached *e = &t->cache[k];
        if (e->reg == reg && e->c == constant) {
            e->used = ++t->clock;
            return (enum reg)cache_regs[k];
        }
        if (e->reg == REG_SLOTS) e->used = 0;
        if (e->used < t->cache[victim].used) victim = k;
    }
    *fresh = true;
    t->cache[victim] = (struct cached){(uint8_t)reg, constant, ++t->clock};
    return (enum reg)cache_regs[victim];
}

/* Host address of guest register r. */
static enum reg host_of(struct tr *t, unsigned r)
{
    bool fresh;
    enum reg h = cached(t, r, 0, &fresh);
    if (fresh) daddu(&t->c, h, hostreg(r), GUEST_BASE);
    return h;
}

/* Host address of the constant's upper part; the rest is the offset. */
static struct address host_of_constant(struct tr *t, uint32_t a)
{
    bool fresh;
    int32_t low = (int16_t)a;
    if (!small((uint32_t)low)) low = 0;
    if (a - (uint32_t)low == 0) return (struct address){GUEST_BASE, low};
    enum reg h = cached(t, REG_ZERO, a - (uint32_t)low, &fresh);
    if (fresh) {
        li(&t->c, h, (int32_t)(a - (uint32_t)low));
        daddu(&t->c, h, h, GUEST_BASE);
    }
    return (struct address){h, low};
}

enum reg emit_word(struct tr *t, uint32_t v)
{
    bool fresh;
    enum reg h = cached(t, REG_EA, v, &fresh);
    if (fresh) li(&t->c, h, (int32_t)v);
    return h;
}

/* --- addresses --------------------------------------------------------------------------------------- */

void emit_lea(struct tr *t, enum reg rd, const struct insn *i)
{
    struct code *c = &t->c;
    uint32_t disp = i->disp;
    if (i->rbase == 4 * REG_EA) {
        lw(c, rd, CPU_OFFSET(gpr[REG_EA]), CPU);
        return;
    }
    enum reg base = hostreg(i->rbase / 4), index = hostreg(i->rindex / 4);
    if (i->rbase / 4 == ESP) {
        sll(c, SCRATCH, HOST_ESP, 0);
        base = SCRATCH;
        disp += (uint32_t)t->esp;
    }
    if (index != ZERO) {
        if (i->scale) {
            sll(c, AT, index, i->scale);
            index = AT;
        }
        if (base == ZERO && disp == 0) {
            move(c, rd, index);
            return;
        }
        if (base != ZERO) {
            addu(c, disp ? SCRATCH : rd, base, index);
            base = disp ? SCRATCH : rd;
        } else {
            base = index;
        }
    }
    if (base == ZERO) {
        li(c, rd, (int32_t)disp);
    } else if (disp == 0) {
        if (rd != base) move(c, rd, base);
    } else if (small(disp)) {
        addiu(c, rd, base, (int32_t)disp);
    } else {
        enum reg k = base == AT ? SCRATCH : AT;
        li(c, k, (int32_t)disp);
        addu(c, rd, base, k);
    }
}

struct address emit_stack_slot(struct tr *t, int32_t above_esp)
{
    return (struct address){HOST_ESP, t->esp + above_esp};
}

/* A base address and a displacement of any size. */
static struct address displaced(struct tr *t, enum reg base, uint32_t disp)
{
    struct code *c = &t->c;
    if (small(disp)) return (struct address){base, (int32_t)disp};
    int32_t low = (int16_t)disp;
    if (!small((uint32_t)low)) low = 0;
    li(c, AT, (int32_t)(disp - (uint32_t)low));
    daddu(c, ADDRESS, base, AT);
    return (struct address){ADDRESS, low};
}

struct address emit_address(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    unsigned base = i->rbase / 4, index = i->rindex / 4;
    uint32_t disp = i->disp;
    if (i->rbase == 4 * REG_EA) { /* computed by the EA record before */
        lw(c, ADDRESS, CPU_OFFSET(gpr[REG_EA]), CPU);
        daddu(c, ADDRESS, ADDRESS, GUEST_BASE);
        return (struct address){ADDRESS, 0};
    }
    if (base == REG_ZERO && index == REG_ZERO) return host_of_constant(t, disp);
    if (index == REG_ZERO) {
        if (base == ESP) return displaced(t, HOST_ESP, disp + (uint32_t)t->esp);
        return displaced(t, host_of(t, base), disp);
    }
    if (base == REG_ZERO && i->scale == 0) return displaced(t, host_of(t, index), disp);
    enum reg x = hostreg(index);
    struct address a = {HOST_ESP, 0};
    if (base == ESP)
        disp += (uint32_t)t->esp;
    else if (base == REG_ZERO)
        a = host_of_constant(t, disp), disp = (uint32_t)a.offset;
    else
        a.base = host_of(t, base);
    if (i->scale) {
        sll(c, AT, x, i->scale);
        x = AT;
    }
    daddu(c, ADDRESS, a.base, x);
    return displaced(t, ADDRESS, disp);
}

/* --- accesses ---------------------------------------------------------------------------------------- */

/* Of an access that was seen misaligned: byte by byte, or in two halves. */
static void load_apart(struct code *c, enum reg rd, struct address a, int bits, bool sign)
{
    if (bits == 16) {
        lbu(c, AT, a.offset, a.base);
        (sign ? lb : lbu)(c, SCRATCH, a.offset + 1, a.base);
        sll(c, SCRATCH, SCRATCH, 8);
        or_(c, rd, SCRATCH, AT);
    } else {
        lwr(c, AT, a.offset, a.base);
        lwl(c, AT, a.offset + 3, a.base);
        move(c, rd, AT);
    }
}

void emit_load(struct tr *t, const struct insn *i, enum reg rd, struct address a, int bits, bool sign)
{
    struct code *c = &t->c;
    state_mark(t);
    if (bits == 8)
        (sign ? lb : lbu)(c, rd, a.offset, a.base);
    else if (i->prefix & PFX_MISALIGNED)
        load_apart(c, rd, a, bits, sign);
    else if (bits == 16)
        (sign ? lh : lhu)(c, rd, a.offset, a.base);
    else
        lw(c, rd, a.offset, a.base);
}

/* Loongson adds base, index and a small offset in the access itself: then no sum is made for one access. The
 * loads extend the sign. */
static bool load_indexed(struct tr *t, const struct insn *i, enum reg rd, int bits, bool sign)
{
    struct code *c = &t->c;
    unsigned base = i->rbase / 4;
    int32_t disp = (int32_t)i->disp;
    if (!t->j->host.gs || !sign || i->prefix & PFX_MISALIGNED || i->rindex / 4 != REG_ZERO) return false;
    if (base >= REG_ZERO || base == ESP || disp < -128 || disp > 127) return false;
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        if (t->cache[k].reg == base) return false;
    state_mark(t);
    (bits == 8 ? gslbx : bits == 16 ? gslhx : gslwx)(c, rd, disp, hostreg(base), GUEST_BASE);
    return true;
}

void emit_load_operand(struct tr *t, const struct insn *i, enum reg rd, int bits, bool sign)
{
    if (!load_indexed(t, i, rd, bits, sign)) emit_load(t, i, rd, emit_address(t, i), bits, sign);
}

/* Across two pages either may refuse, and then nothing must have been done: the interpreter does it. */
static void store_apart(struct tr *t, enum reg rt, struct address a, int bits)
{
    struct code *c = &t->c;
    enum reg at = a.base;
    if (a.offset) {
        daddiu(c, SCRATCH, a.base, a.offset);
        at = SCRATCH;
    }
    andi(c, SCRATCH, at, GPAGE - 1);
    sltiu(c, SCRATCH, SCRATCH, GPAGE + 1 - bits / 8);
    beq(c, SCRATCH, ZERO, exit_by_guard(t));
    if (bits == 32) {
        nop(c);
        swl(c, rt, a.offset + 3, a.base);
        swr(c, rt, a.offset, a.base);
    } else {
        srl(c, SCRATCH, rt, 8);
        sb(c, SCRATCH, a.offset + 1, a.base);
        sb(c, rt, a.offset, a.base);
    }
}

void emit_store(struct tr *t, const struct insn *i, enum reg rt, struct address a, int bits)
{
    struct code *c = &t->c;
    state_mark(t);
    if (bits == 8)
        sb(c, rt, a.offset, a.base);
    else if (i->prefix & PFX_MISALIGNED)
        store_apart(t, rt, a, bits);
    else if (bits == 16)
        sh(c, rt, a.offset, a.base);
    else
        sw(c, rt, a.offset, a.base);
}

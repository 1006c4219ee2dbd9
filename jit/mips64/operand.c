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

enum reg cache_reg(unsigned slot)
{
    return (enum reg)cache_regs[slot];
}

/* How well can slot k be done without? Addresses and constants are expected to be needed as far ahead as
 * their last use is ago. */
static unsigned can_wait(const struct tr *t, unsigned k)
{
    const struct cached *e = &t->cache[k];
    if (e->reg == REG_SLOTS) return UINT32_MAX;
    if (e->reg == REG_HALVES) return halves_can_wait(t, k);
    return (t->clock / CLOCK_STEP - e->used / CLOCK_STEP + 1) * CACHE_COST;
}

/* The one that can wait longest, but none that the current item has taken: no emitter uses so many. */
unsigned cache_take(struct tr *t)
{
    unsigned victim = 0, longest = 0;
    for (unsigned k = 0; k < cache_size(t); k++) {
        struct cached *e = &t->cache[k];
        if (e->reg == REG_SLOTS) e->used = 0;
        unsigned wait = e->used > t->item_clock ? 0 : can_wait(t, k);
        if (wait > longest || (wait == longest && e->used < t->cache[victim].used)) {
            victim = k;
            longest = wait;
        }
    }
    halves_evict(t, victim);
    if (cache_reg(victim) == t->again_reg) t->again_kept = false;
    return victim;
}

/* The register that holds it; if it is a new one, *fresh. */
static enum reg cached(struct tr *t, unsigned reg, uint32_t constant, bool *fresh)
{
    *fresh = false;
    for (unsigned k = 0; k < cache_size(t); k++) {
        struct cached *e = &t->cache[k];
        if (e->reg != reg || e->c != constant) continue;
        e->used = ++t->clock;
        return (enum reg)cache_regs[k];
    }
    unsigned victim = cache_take(t);
    *fresh = true;
    t->cache[victim] = (struct cached){.reg = (uint8_t)reg, .c = constant, .used = ++t->clock};
    return (enum reg)cache_regs[victim];
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

/* Host address of what host register r of the guest holds, plus disp, which may be large: by one that is
 * known if it is near. */
static struct address near_host_of(struct tr *t, unsigned r, uint32_t disp)
{
    bool fresh;
    for (unsigned k = 0; k < cache_size(t); k++) {
        struct cached *e = &t->cache[k];
        if (e->reg != r || !small(disp - e->c)) continue;
        e->used = ++t->clock;
        return (struct address){(enum reg)cache_regs[k], (int32_t)(disp - e->c)};
    }
    enum reg h = cached(t, r, 0, &fresh);
    if (fresh) daddu(&t->c, h, hostreg(r), GUEST_BASE);
    return (struct address){h, (int32_t)disp};
}

static struct address host_of(struct tr *t, unsigned r, uint32_t disp)
{
    struct address a = near_host_of(t, r, disp);
    return displaced(t, a.base, (uint32_t)a.offset);
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

enum reg emit_word_twice(struct tr *t, uint32_t v)
{
    bool fresh;
    enum reg h = cached(t, REG_TWICE, v, &fresh);
    if (!fresh) return h;
    li(&t->c, h, (int32_t)v);
    dins(&t->c, h, h, 32, 32);
    return h;
}

void cache_forget(struct tr *t, unsigned r)
{
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        if (t->cache[k].reg == r) t->cache[k].reg = REG_SLOTS;
    t->aligned[r] = 0;
    if (t->loaded.base == r) t->loaded.base = REG_SLOTS;
}

void cache_moved(struct tr *t, unsigned r, int32_t c)
{
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        if (t->cache[k].reg == r) t->cache[k].c -= (uint32_t)c;
    if (t->loaded.base == r) t->loaded.c -= (uint32_t)c;
    if (t->aligned[r]) t->aligned[r] = (uint8_t)(1 + ((t->aligned[r] - 1 - c) & 15));
}

/* --- addresses --------------------------------------------------------------------------------------- */

/* Of a memory operand: which host registers of the guest are added (REG_ZERO: none), and what else. A lone
 * register is the base. */
struct parts {
    unsigned base, index, scale;
    uint32_t disp;
};

static struct parts parts_of(const struct tr *t, const struct insn *i)
{
    struct value base = value_of(t, i->rbase / 4), index = value_of(t, i->rindex / 4);
    uint32_t disp = i->disp + (uint32_t)base.c + ((uint32_t)index.c << i->scale);
    if (base.base == REG_ZERO && i->scale == 0) return (struct parts){index.base, REG_ZERO, 0, disp};
    if (index.base == ESP && i->scale == 0) return (struct parts){ESP, base.base, 0, disp};
    return (struct parts){base.base, index.base, i->scale, disp};
}

bool address_value(const struct tr *t, const struct insn *i, struct value *v)
{
    if (i->rbase / 4 == REG_EA) return false;
    struct parts p = parts_of(t, i);
    *v = (struct value){(uint8_t)p.base, (int32_t)p.disp};
    return p.index == REG_ZERO;
}

/* The scaled index; ESP in terms of the guest. */
static enum reg scaled(struct tr *t, const struct parts *p)
{
    if (p->scale == 0 && p->index != ESP) return hostreg(p->index);
    sll(&t->c, AT, hostreg(p->index), p->scale);
    return AT;
}

void emit_lea(struct tr *t, enum reg rd, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->rbase == 4 * REG_EA) {
        lw(c, rd, CPU_OFFSET(gpr[REG_EA]), CPU);
        return;
    }
    const struct parts p = parts_of(t, i);
    enum reg base = hostreg(p.base);
    if (p.base == ESP) {
        sll(c, SCRATCH, HOST_ESP, 0);
        base = SCRATCH;
    }
    if (p.index != REG_ZERO) {
        enum reg index = scaled(t, &p);
        if (base == ZERO && p.disp == 0) {
            move(c, rd, index);
            return;
        }
        if (base != ZERO) {
            addu(c, p.disp ? SCRATCH : rd, base, index);
            base = p.disp ? SCRATCH : rd;
        } else {
            base = index;
        }
    }
    if (base == ZERO) {
        li(c, rd, (int32_t)p.disp);
    } else if (p.disp == 0) {
        if (rd != base) move(c, rd, base);
    } else if (small(p.disp)) {
        addiu(c, rd, base, (int32_t)p.disp);
    } else {
        enum reg k = base == AT ? SCRATCH : AT;
        li(c, k, (int32_t)p.disp);
        addu(c, rd, base, k);
    }
}

struct address emit_stack_slot(struct tr *t, int32_t above_esp)
{
    return (struct address){HOST_ESP, t->esp + above_esp};
}

struct address emit_address(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->rbase == 4 * REG_EA) { /* computed by the EA record before */
        lw(c, ADDRESS, CPU_OFFSET(gpr[REG_EA]), CPU);
        daddu(c, ADDRESS, ADDRESS, GUEST_BASE);
        return (struct address){ADDRESS, 0};
    }
    const struct parts p = parts_of(t, i);
    struct address a;
    if (p.base == REG_ZERO)
        a = host_of_constant(t, p.disp);
    else if (p.base == ESP)
        a = p.index == REG_ZERO ? displaced(t, HOST_ESP, p.disp)
                                : (struct address){HOST_ESP, (int32_t)p.disp};
    else if (p.index == REG_ZERO)
        a = host_of(t, p.base, p.disp);
    else
        a = near_host_of(t, p.base, p.disp);
    if (p.index == REG_ZERO) return a;
    daddu(c, ADDRESS, a.base, scaled(t, &p));
    return displaced(t, ADDRESS, (uint32_t)a.offset);
}

void emit_within_page(struct tr *t, struct address a, int bytes, struct label *otherwise)
{
    struct code *c = &t->c;
    enum reg at = a.base;
    if (a.offset) daddiu(c, at = SCRATCH, a.base, a.offset);
    andi(c, SCRATCH, at, GPAGE - 1);
    sltiu(c, SCRATCH, SCRATCH, GPAGE + 1 - bytes);
    beq(c, SCRATCH, ZERO, otherwise);
}

/* --- accesses ---------------------------------------------------------------------------------------- */

/* Of an access that was seen misaligned: byte by byte, or in two halves of which the second
 * is all of an aligned word. With threads an aligned operand of 16 bits is loaded at once. */
static void load_apart(struct tr *t, enum reg rd, struct address a, int bits, bool sign)
{
    struct code *c = &t->c;
    struct label apart = {0}, done = {0};
    if (bits == 16) {
        if (t->j->shared) {
            daddiu(c, SCRATCH, a.base, a.offset);
            andi(c, SCRATCH, SCRATCH, 1);
            bne(c, SCRATCH, ZERO, &apart);
            nop(c);
            (sign ? lh : lhu)(c, rd, a.offset, a.base);
            beq(c, ZERO, ZERO, &done);
            nop(c);
            bind_label(c, &apart);
        }
        lbu(c, AT, a.offset, a.base);
        (sign ? lb : lbu)(c, SCRATCH, a.offset + 1, a.base);
        sll(c, SCRATCH, SCRATCH, 8);
        or_(c, rd, SCRATCH, AT);
        if (t->j->shared) bind_label(c, &done);
    } else {
        lwr(c, AT, a.offset, a.base);
        lwl(c, AT, a.offset + 3, a.base);
        move(c, rd, AT);
    }
}

void emit_load(struct tr *t, const struct insn *i, enum reg rd, struct address a, int bits, bool sign)
{
    struct code *c = &t->c;
    struct label done = {0};
    state_mark(t);
    order_load(t);
    bool paged = paged_load(t, i, rd, a, bits, sign, &done);
    if (bits == 8)
        (sign ? lb : lbu)(c, rd, a.offset, a.base);
    else if (i->prefix & PFX_MISALIGNED)
        load_apart(t, rd, a, bits, sign);
    else if (bits == 16)
        (sign ? lh : lhu)(c, rd, a.offset, a.base);
    else
        lw(c, rd, a.offset, a.base);
    if (paged) bind_label(c, &done);
}

/* Loongson adds base, index and a small offset in the access itself: then no sum is made for one access. The
 * loads extend the sign. */
static bool load_indexed(struct tr *t, const struct insn *i, enum reg rd, int bits, bool sign)
{
    struct code *c = &t->c;
    struct value at;
    if (!t->j->host.gs || !sign || i->prefix & PFX_MISALIGNED || is_paged(t, i) || !address_value(t, i, &at))
        return false;
    if (at.base == REG_ZERO || at.base == ESP || at.c < -128 || at.c > 127) return false;
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        if (t->cache[k].reg == at.base) return false;
    state_mark(t);
    order_load(t);
    (bits == 8 ? gslbx : bits == 16 ? gslhx : gslwx)(c, rd, at.c, hostreg(at.base), GUEST_BASE);
    return true;
}

void emit_load_operand(struct tr *t, const struct insn *i, enum reg rd, int bits, bool sign)
{
    if (!load_indexed(t, i, rd, bits, sign)) emit_load(t, i, rd, emit_address(t, i), bits, sign);
}

void emit_store_if_aligned(struct tr *t, enum reg rt, struct address a, int bits, struct label *done)
{
    struct code *c = &t->c;
    struct label apart = {0};
    daddiu(c, SCRATCH, a.base, a.offset);
    andi(c, SCRATCH, SCRATCH, (unsigned)bits / 8 - 1);
    bne(c, SCRATCH, ZERO, &apart);
    nop(c);
    (bits == 16 ? sh : bits == 32 ? sw : sd)(c, rt, a.offset, a.base);
    beq(c, ZERO, ZERO, done);
    nop(c);
    bind_label(c, &apart);
}

/* Across two pages either may refuse, and then nothing must have been done: the interpreter does it. */
static void store_apart(struct tr *t, enum reg rt, struct address a, int bits)
{
    struct code *c = &t->c;
    enum reg at = a.base;
    struct label done = {0};
    if (t->j->shared) emit_store_if_aligned(t, rt, a, bits, &done);
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
    if (t->j->shared) bind_label(c, &done);
}

void emit_store(struct tr *t, const struct insn *i, enum reg rt, struct address a, int bits)
{
    struct code *c = &t->c;
    struct label done = {0};
    state_mark(t);
    order_store(t);
    bool paged = paged_store(t, i, rt, a, bits, &done);
    if (bits == 8)
        sb(c, rt, a.offset, a.base);
    else if (i->prefix & PFX_MISALIGNED)
        store_apart(t, rt, a, bits);
    else if (bits == 16)
        sh(c, rt, a.offset, a.base);
    else
        sw(c, rt, a.offset, a.base);
    if (paged) bind_label(c, &done);
}

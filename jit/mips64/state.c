/* The state of a translation being made: guest registers, pending ESP, marks. */
#include <string.h>

#include "jit/mips64/translate.h"

static void forget_addresses(struct tr *t)
{
    t->again_kept = false;
    t->loaded.base = REG_SLOTS;
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        t->cache[k].reg = REG_SLOTS;
    copies_forget_all(t);
}

static void forget_values(struct tr *t)
{
    memset(t->wide, WORD, sizeof t->wide);
    memset(t->aligned, 0, sizeof t->aligned);
}

void state_begin(struct tr *t)
{
    forget_addresses(t);
    forget_values(t);
    values_begin(t);
    t->flags = (struct recipe){.kind = t->in_memory ? RECIPE_MEMORY : RECIPE_ENTRY};
    t->esp = 0;
}

void state_clobber(struct tr *t)
{
    forget_addresses(t);
    forget_values(t);
}

void state_clobber_addresses(struct tr *t)
{
    forget_addresses(t);
}

void state_clobber_arguments(struct tr *t)
{
    t->again_kept = false;
    static const uint8_t regs[] = CACHE_REGS;
    for (unsigned k = 0; k < CACHE_SIZE; k++)
        if (regs[k] <= A5) t->cache[k].reg = REG_SLOTS;
    copies_forget_all(t);
}

static bool same_pending(const struct pending *a, const struct pending *b, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        if (a[k].reg != b[k].reg || a[k].base != b[k].base || a[k].c != b[k].c) return false;
    return true;
}

static uint16_t recipe_index(struct tr *t)
{
    unsigned n = t->recipes;
    if (n > 0 && recipe_same(&t->recipe[n - 1], &t->flags)) return (uint16_t)(n - 1);
    t->recipe[t->recipes++] = t->flags;
    return (uint16_t)n;
}

/* Where the pending values are told that mark m shall have; the last mark's if they are the same. */
static void note_pending(struct tr *t, struct mark *m)
{
    struct pending now[REG_ZERO];
    unsigned n = 0;
    const struct mark *last = t->marks ? &t->mark[t->marks - 1] : NULL;
    for (unsigned r = 0; r < REG_ZERO; r++) {
        const struct value v = t->value[r];
        if (r == ESP || (v.base == r && v.c == 0)) continue;
        now[n] = (struct pending){.reg = (uint8_t)r, .base = v.base, .c = v.c};
        n++;
    }
    m->pendings = (uint8_t)n;
    if (last && last->pendings == n && same_pending(&t->pending[last->pending], now, n)) {
        m->pending = last->pending;
        return;
    }
    m->pending = (uint16_t)t->pendings;
    for (unsigned k = 0; k < n; k++)
        t->pending[t->pendings++] = now[k];
}

static void add_mark(struct tr *t, struct mark m)
{
    if (t->marks == MARKS || t->pendings > PENDINGS - REG_ZERO) {
        t->c.overflow = true;
        return;
    }
    m.word = (uint32_t)(t->c.at - t->j->mem.begin);
    m.recipe = recipe_index(t);
    m.xmm = t->xmm;
    note_pending(t, &m);
    t->mark[t->marks++] = m;
}

void state_mark(struct tr *t)
{
    bool chain = t->fpr.open;
    t->shows_flags = false;
    if (t->marks && !t->mark[t->marks - 1].polls && t->mark[t->marks - 1].blame == t->k + t->ahead &&
        (chain || t->mark[t->marks - 1].item == t->k))
        return;
    state_mark_afresh(t);
}

void state_mark_afresh(struct tr *t)
{
    bool chain = t->fpr.open;
    add_mark(t, (struct mark){.item = (uint16_t)(chain ? t->fpr.first : t->k),
                              .blame = (uint16_t)(t->k + t->ahead),
                              .esp = t->esp,
                              .x87 = chain ? t->fpr.start : t->x87});
}

void state_changed(struct tr *t)
{
    if (!t->marks) return;
    const struct mark last = t->mark[t->marks - 1];
    if (last.blame == t->k + t->ahead && !last.polls) add_mark(t, last);
}

/* --- several items at once --------------------------------------------------------------------------- */

const struct insn *item_ahead(const struct tr *t, unsigned n)
{
    const struct trace *trace = t->trace;
    if (t->k + n >= trace->count) return NULL;
    for (unsigned k = 0; k <= n; k++)
        if (trace->item[t->k + k].role != ROLE_PLAIN) return NULL;
    return trace->item[t->k + n].rec;
}

void item_advance(struct tr *t)
{
    t->start[++t->k] = t->c.at;
    t->helped[t->k] = false;
}

/* --- registers --------------------------------------------------------------------------------------- */

static bool is_esp(unsigned off)
{
    return off / 4 == ESP;
}

/* A register whose low 32 bits are the guest register's: its own, or that of an equal one. */
static enum reg raw(struct tr *t, enum reg tmp, unsigned off)
{
    unsigned r = off / 4;
    if (!is_esp(off)) {
        if (!value_in_register(t, r)) value_settle(t, r);
        return hostreg(t->value[r].base);
    }
    sll(&t->c, tmp, HOST_ESP, 0);
    if (t->esp) addiu(&t->c, tmp, tmp, t->esp);
    return tmp;
}

void emit_extend(struct code *c, enum reg rd, enum reg v, int bits)
{
    if (bits == 8)
        seb(c, rd, v);
    else if (bits == 16)
        seh(c, rd, v);
    else
        sll(c, rd, v, 0);
}

bool state_is_zx(const struct tr *t, unsigned off, int bits)
{
    return !(off & 1) && value_width(t, off / 4) <= (unsigned)bits;
}

void state_narrow(struct tr *t, unsigned off, unsigned n)
{
    if (n < t->wide[off / 4] && !is_esp(off)) t->wide[off / 4] = (uint8_t)n;
}

enum reg emit_get_low(struct tr *t, enum reg tmp, unsigned off, int bits)
{
    enum reg r = raw(t, tmp, off);
    if (bits != 8 || !(off & 1)) return r;
    srl(&t->c, tmp, r, 8);
    return tmp;
}

enum reg emit_get(struct tr *t, enum reg tmp, unsigned off, int bits)
{
    struct code *c = &t->c;
    if (state_is_zx(t, off, 0)) return ZERO;
    if (bits == 32 || state_is_zx(t, off, bits - 1)) return raw(t, tmp, off);
    enum reg r = emit_get_low(t, tmp, off, bits);
    (bits == 16 ? seh : seb)(c, tmp, r);
    return tmp;
}

enum reg emit_get_zx(struct tr *t, enum reg tmp, unsigned off, int bits)
{
    struct code *c = &t->c;
    if (state_is_zx(t, off, 0)) return ZERO;
    enum reg r = raw(t, tmp, off);
    if (bits == 32 || state_is_zx(t, off, bits)) return r;
    if (bits == 16)
        andi(c, tmp, r, 0xffff);
    else if (off & 1)
        ext(c, tmp, r, 8, 8);
    else
        andi(c, tmp, r, 0xff);
    return tmp;
}

enum reg emit_out(struct tr *t, enum reg tmp, unsigned off, int bits)
{
    if (bits != 32) value_settle(t, off / 4);
    value_release(t, off / 4);
    flags_before_write(t, off / 4);
    return bits == 32 && !is_esp(off) ? hostreg(off / 4) : tmp;
}

void emit_put(struct tr *t, unsigned off, enum reg v, int bits)
{
    struct code *c = &t->c;
    unsigned r = off / 4, top = bits == 32 ? WORD : (unsigned)bits + (off & 1) * 8;
    if (bits != 32) value_settle(t, r);
    value_kept(t, r);
    cache_forget(t, r);
    if (t->wide[r] < top || bits == 32) t->wide[r] = (uint8_t)(v == ZERO && bits == 32 ? 0 : top);
    if (is_esp(off)) {
        t->wide[r] = WORD;
        if (bits == 16) { /* rare: in terms of the whole value */
            sll(c, SCRATCH, HOST_ESP, 0);
            if (t->esp) addiu(c, SCRATCH, SCRATCH, t->esp);
            ins(c, SCRATCH, v, 0, 16);
            v = SCRATCH;
        }
        daddu(c, HOST_ESP, GUEST_BASE, v);
        t->esp = 0;
    } else if (bits != 32) {
        ins(c, hostreg(r), v, off & 1 ? 8 : 0, (unsigned)bits);
    } else if (hostreg(r) != v) {
        move(c, hostreg(r), v);
    }
}

/* May a value of so many bits replace the whole register? */
static bool is_whole(const struct tr *t, unsigned off, int bits)
{
    return bits == 32 || state_is_zx(t, off, bits);
}

enum reg emit_out_zx(struct tr *t, enum reg tmp, unsigned off, int bits)
{
    return emit_out(t, tmp, off, is_whole(t, off, bits) ? 32 : bits);
}

void emit_put_zx(struct tr *t, unsigned off, enum reg v, int bits)
{
    bool whole = is_whole(t, off, bits);
    emit_put(t, off, v, whole ? 32 : bits);
    if (whole) state_narrow(t, off, (unsigned)bits);
}

void emit_sync_esp(struct tr *t)
{
    if (!t->esp) return;
    values_follow_esp(t, t->esp);
    daddiu(&t->c, HOST_ESP, HOST_ESP, t->esp);
    if (t->flags.x.kind == VAL_GUEST && t->flags.x.n / 4 == ESP) t->flags.x.c -= t->esp;
    if (t->flags.y.kind == VAL_GUEST && t->flags.y.n / 4 == ESP) t->flags.y.c -= t->esp;
    t->esp = 0;
}

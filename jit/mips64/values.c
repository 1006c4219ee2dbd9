/* What guest registers hold while a translation is made. Owns which of them are pending: not in their own
 * host register yet, because they follow from another one's or are a constant. A pending value costs nothing
 * if it is overwritten before anybody needs it; it is settled, that is computed, when an emitter wants it in
 * a register, before what it follows from changes, and on the way out; marks tell it to who recovers a fault.
 * Invariant: what another value follows from is a host register that has its own guest register's value, or
 * has it but for a sum that is pending. So settling one never needs another. */
#include "jit/mips64/effects.h"
#include "jit/mips64/translate.h"

static bool fits(int32_t c)
{
    return c >= INT16_MIN && c <= INT16_MAX;
}

void values_begin(struct tr *t)
{
    for (unsigned r = 0; r < REG_SLOTS; r++)
        t->value[r] = (struct value){(uint8_t)r, 0};
}

struct value value_of(const struct tr *t, unsigned r)
{
    return r == ESP ? (struct value){ESP, t->esp} : t->value[r];
}

static bool is_settled(const struct tr *t, unsigned r)
{
    return t->value[r].base == r && t->value[r].c == 0;
}

bool value_is_constant(const struct tr *t, unsigned off, int bits, int32_t *c)
{
    const struct value v = value_of(t, off / 4);
    if (v.base != REG_ZERO) return false;
    uint32_t u = (uint32_t)v.c >> (off & 3) * 8;
    *c = bits == 8 ? (int8_t)u : bits == 16 ? (int16_t)u : (int32_t)u;
    return true;
}

unsigned value_width(const struct tr *t, unsigned r)
{
    const struct value v = value_of(t, r);
    if (v.base == REG_ZERO) return bits_of((uint32_t)v.c);
    return v.c == 0 && v.base != ESP ? t->wide[v.base] : WORD;
}

/* --- flags that follow from host registers -------------------------------------------------------------- */

static bool names(const struct val *v, unsigned r)
{
    return v->kind == VAL_GUEST && v->n / 4 == r;
}

/* Host register r is about to grow by c: that much less is to be added to it. */
static void adjust(struct val *v, unsigned r, int32_t c)
{
    if (names(v, r)) v->c = (int32_t)((uint32_t)v->c - (uint32_t)c);
}

static bool needs_flags(const struct tr *t)
{
    return t->keep || t->reads_flags || t->shows_flags;
}

/* Bits 8 to 15 do not take part in a sum. */
static bool has_upper_byte(const struct tr *t, unsigned r)
{
    const struct val *x = &t->flags.x, *y = &t->flags.y;
    return (names(x, r) && x->n & 1) || (names(y, r) && y->n & 1);
}

static void save_flags(struct tr *t, unsigned r)
{
    bool keep = t->keep;
    t->keep = needs_flags(t);
    flags_before_write(t, r);
    t->keep = keep;
}

/* --- settling ---------------------------------------------------------------------------------------- */

/* Host register r becomes its value plus c; who follows from it need not follow. */
static void grow(struct tr *t, unsigned r, int32_t c)
{
    if (has_upper_byte(t, r) || t->flags.kind == RECIPE_ENTRY) save_flags(t, r);
    for (unsigned q = 0; q < REG_ZERO; q++) {
        struct value *v = &t->value[q];
        if (q != r && v->base == r && !fits(v->c - c)) value_settle(t, q);
        if (q != r && v->base == r) v->c -= c;
    }
    adjust(&t->flags.x, r, c);
    adjust(&t->flags.y, r, c);
    cache_moved(t, r, c);
    t->wide[r] = WORD;
    addiu(&t->c, hostreg(r), hostreg(r), c);
}

static void settle(struct tr *t, unsigned r)
{
    struct code *c = &t->c;
    const struct value v = t->value[r];
    if (v.base == r) {
        grow(t, r, v.c);
    } else {
        save_flags(t, r);
        t->wide[r] = (uint8_t)value_width(t, r);
        cache_forget(t, r);
        if (v.base == REG_ZERO && v.c) {
            li(c, hostreg(r), v.c);
        } else if (v.base == ESP) {
            sll(c, hostreg(r), HOST_ESP, 0);
            if (v.c) addiu(c, hostreg(r), hostreg(r), v.c);
        } else if (v.c) {
            addiu(c, hostreg(r), hostreg(v.base), v.c);
        } else {
            move(c, hostreg(r), hostreg(v.base));
        }
    }
    t->value[r] = (struct value){(uint8_t)r, 0};
}

void value_settle(struct tr *t, unsigned r)
{
    if (r == ESP || is_settled(t, r)) return;
    settle(t, r);
    state_changed(t);
}

bool value_in_register(const struct tr *t, unsigned r)
{
    const struct value v = value_of(t, r);
    return r == ESP || (v.c == 0 && v.base != ESP);
}

/* Where one grows the other may no more be what that one's host register holds. */
void values_ready(struct tr *t, unsigned a, unsigned b)
{
    for (int k = 0; k < 4; k++) {
        unsigned r = (k & 1 ? b : a) / 4;
        if (!value_in_register(t, r) && t->value[r].base != REG_ZERO) value_settle(t, r);
    }
}

void values_settle(struct tr *t)
{
    for (unsigned r = 0; r < REG_ZERO; r++)
        value_settle(t, r);
}

void value_release(struct tr *t, unsigned r)
{
    for (unsigned q = 0; q < REG_ZERO; q++)
        if (q != r && t->value[q].base == r) value_settle(t, q);
}

void value_kept(struct tr *t, unsigned r)
{
    t->value[r] = (struct value){(uint8_t)r, 0};
}

bool value_set(struct tr *t, unsigned r, struct value v)
{
    if (r == ESP || (v.base != REG_ZERO && !fits(v.c))) return false;
    if (v.base != r) value_release(t, r);
    if (t->flags.kind == RECIPE_ENTRY && needs_flags(t)) t->loop.written |= 1u << r;
    t->value[r] = v;
    return true;
}

void values_follow_esp(struct tr *t, int32_t c)
{
    for (unsigned q = 0; q < REG_ZERO; q++) {
        struct value *v = &t->value[q];
        if (q != ESP && v->base == ESP && !fits(v->c - c)) value_settle(t, q);
        if (q != ESP && v->base == ESP) v->c -= c;
    }
    cache_moved(t, ESP, c);
}

/* --- delay slots ------------------------------------------------------------------------------------- */

/* Takes one instruction, and leaves flags where they are? */
static bool is_short(const struct tr *t, unsigned r)
{
    const struct value v = t->value[r];
    if (r == ESP || is_settled(t, r)) return false;
    if (v.base == REG_ZERO && !fits(v.c) && v.c & 0xffff && v.c >> 16) return false;
    if (v.base == ESP && v.c) return false;
    if (v.base == r) return !has_upper_byte(t, r) && t->flags.kind != RECIPE_ENTRY;
    return !names(&t->flags.x, r) && !names(&t->flags.y, r);
}

uint32_t value_slot_word(struct tr *t)
{
    struct code *c = &t->c;
    for (unsigned r = 0; r < REG_ZERO; r++) {
        if (!is_short(t, r)) continue;
        uint32_t *before = c->at;
        c->open = NULL;
        value_settle(t, r);
        if (c->at != before + 1) return 0;
        c->at = before;
        return *before;
    }
    return 0;
}

/* The double model: registers and their images, loads, stores, moves and compares. Arithmetic is in
 * dblarith.c, transcendental instructions are in dblmath.c. */
#include "fpu/dbl.h"
#include "fpu/stack.h"

/* --- values -------------------------------------------------------------------------------------------- */

static struct f80 widen(uint64_t v)
{
    unsigned none = 0;
    return f80_from(X87_F64, &v, &none);
}

/* The double nearest to v as RC says. NaNs keep what fits and stay quiet or signalling. */
static uint64_t narrow(struct f80 v, unsigned cw)
{
    uint64_t bits;
    unsigned none = 0;
    if (f80_class(v) == CLASS_UNSUPPORTED) return DBL_INDEFINITE;
    if (f80_is_nan(f80_class(v))) {
        uint64_t fraction = (v.m & ~F80_TOP) >> 11;
        return (uint64_t)(v.se >> 15) << 63 | DBL_INF | (fraction ? fraction : 1);
    }
    f80_to(X87_F64, v, cw | X87_EXCEPTIONS, &bits, &none);
    return bits;
}

struct f80 dbl_image(const struct x87 *x, unsigned r)
{
    return x->raw >> r & 1 ? x->reg[r] : widen(x->d[r]);
}

void dbl_set_image(struct x87 *x, unsigned r, struct f80 v)
{
    x->d[r] = narrow(v, x->cw);
    struct f80 same = widen(x->d[r]);
    bool raw = same.m != v.m || same.se != v.se;
    x->reg[r] = v;
    x->raw = (uint8_t)((x->raw & ~(1u << r)) | (unsigned)raw << r);
}

/* All of a register, for moves. */
struct content {
    uint64_t d;
    struct f80 image;
    bool raw;
};

static struct content content(const struct x87 *x, unsigned i)
{
    unsigned r = slot(x, i);
    return (struct content){x->d[r], x->reg[r], x->raw >> r & 1};
}

static struct content indefinite(void)
{
    return (struct content){.d = DBL_INDEFINITE};
}

static void put_content(struct x87 *x, unsigned i, struct content c)
{
    dbl_put(x, i, c.d);
    if (!c.raw) return;
    x->reg[slot(x, i)] = c.image;
    x->raw |= (uint8_t)(1u << slot(x, i));
}

void dbl_put(struct x87 *x, unsigned i, uint64_t v)
{
    unsigned bit = 1u << slot(x, i);
    x->d[slot(x, i)] = v;
    x->empty &= (uint8_t)~bit;
    x->raw &= (uint8_t)~bit;
}

/* C1 tells stack faults apart; it does not tell which way a result was rounded. #D does not exist. */
bool dbl_deliver(struct x87 *x, unsigned ex)
{
    unsigned c1 = (ex & X87_SF ? ex : x->sw) & X87_C1;
    bool delivered = x87_deliver(x, ex & ~(unsigned)(X87_DE | X87_C1));
    x->sw |= (uint16_t)c1;
    return delivered;
}

/* --- loads --------------------------------------------------------------------------------------------- */

/* Makes room for a value; false: there is none, and if that is masked the default NaN is there. */
static bool make_room(struct x87 *x, unsigned ex)
{
    if (!can_push(x) && !(ex & X87_SF)) ex = STACK_OVERFLOW;
    if (!dbl_deliver(x, ex)) return false;
    x->top = (uint8_t)slot(x, 7);
    dbl_put(x, 0, DBL_INDEFINITE);
    return !(ex & X87_SF);
}

void dbl_fld(struct x87 *x, enum x87_type type, const void *operand)
{
    unsigned ex = 0, none = 0;
    struct f80 v = f80_from(type, operand, &none);
    if (type == X87_F32 && f80_class(v) == CLASS_SNAN) {
        v = f80_nan(v, v, &ex);
    }
    if (make_room(x, ex)) dbl_set_image(x, x->top, v);
}

void dbl_fld_st(struct x87 *x, unsigned i)
{
    struct content c = content(x, i);
    if (make_room(x, is_empty(x, i) ? STACK_UNDERFLOW : 0)) put_content(x, 0, c);
}

void dbl_fldconst(struct x87 *x, enum x87_const c)
{
    /* Cut off at 53 bits; whether the next bit was set decides nearest. */
    static const struct {
        uint64_t bits;
        bool exact, next;
    } table[] = {
        [X87_ONE] = {0x3ff0000000000000, true, false},
        [X87_L2T] = {0x400a934f0979a371, false, false},
        [X87_L2E] = {0x3ff71547652b82fe, false, false},
        [X87_PI] = {0x400921fb54442d18, false, false},
        [X87_LG2] = {0x3fd34413509f79fe, false, true},
        [X87_LN2] = {0x3fe62e42fefa39ef, false, false},
        [X87_ZERO] = {0, true, false},
    };
    enum f80_rc rc = f80_rc(x->cw);
    bool up = !table[c].exact && (rc == RC_UP || (rc == RC_NEAREST && table[c].next));
    if (make_room(x, 0)) dbl_put(x, 0, table[c].bits + up);
}

/* --- stores and moves ---------------------------------------------------------------------------------- */

bool dbl_convert(const struct x87 *x, enum x87_type type, void *bytes, unsigned *ex)
{
    struct f80 v = f80_indefinite();
    *ex = STACK_UNDERFLOW;
    if (!is_empty(x, 0)) {
        bool whole = type == X87_F80 || type == X87_I64 || type == X87_BCD;
        v = whole ? dbl_image(x, x->top) : widen(x->d[x->top]);
        *ex = 0;
    }
    if (type == X87_F64 && !*ex)
        memcpy(bytes, &x->d[x->top], 8);
    else
        f80_to(type, v, x->cw, bytes, ex);
    return !(x87_unmasked(x, *ex) & (X87_IE | X87_OE | X87_UE));
}

void dbl_stored(struct x87 *x, unsigned ex, bool pop)
{
    bool unmasked = x87_unmasked(x, ex) & (X87_OE | X87_UE);
    if (ex & X87_SF) ex &= ~(unsigned)X87_C1; /* conversion of the default NaN rounds nothing */
    if (dbl_deliver(x, ex) && !unmasked && pop) x87_pop(x);
}

void dbl_fst_st(struct x87 *x, unsigned i, bool pop)
{
    bool empty = is_empty(x, 0);
    if (!dbl_deliver(x, empty ? STACK_UNDERFLOW : 0)) return;
    put_content(x, i, empty ? indefinite() : content(x, 0));
    if (pop) x87_pop(x);
}

void dbl_fstpnce(struct x87 *x, unsigned i)
{
    if (!is_empty(x, 0)) put_content(x, i, content(x, 0));
    x87_pop(x);
}

void dbl_fxch(struct x87 *x, unsigned i)
{
    struct content a = is_empty(x, 0) ? indefinite() : content(x, 0);
    struct content b = is_empty(x, i) ? indefinite() : content(x, i);
    if (!dbl_deliver(x, is_empty(x, 0) || is_empty(x, i) ? STACK_UNDERFLOW : 0)) return;
    put_content(x, 0, b);
    put_content(x, i, a);
}

void dbl_fcmov(struct x87 *x, unsigned i, bool condition)
{
    if (is_empty(x, 0) || is_empty(x, i)) {
        if (dbl_deliver(x, STACK_UNDERFLOW)) dbl_put(x, 0, DBL_INDEFINITE);
    } else if (condition) {
        put_content(x, 0, content(x, i));
    }
}

/* --- compares ------------------------------------------------------------------------------------------ */

enum { UNORDERED = X87_C3 | X87_C2 | X87_C0 };

/* C3, C2 and C0 of comparing ST(0) with v; `empty`: one of them is not there. */
static unsigned compare(const struct x87 *x, bool empty, struct f80 v, bool quiet, unsigned *ex)
{
    *ex = STACK_UNDERFLOW;
    if (empty) return UNORDERED;
    *ex = 0;
    return f80_compare(widen(x->d[x->top]), v, quiet, ex);
}

static void finish_compare(struct x87 *x, unsigned cc, unsigned ex, unsigned pops)
{
    bool delivered = dbl_deliver(x, ex);
    x->sw = (uint16_t)((x->sw & ~X87_CC) | cc);
    if (!delivered) return;
    for (; pops; pops--)
        x87_pop(x);
}

void dbl_fcom(struct x87 *x, unsigned i, bool quiet, unsigned pops)
{
    unsigned ex;
    bool empty = is_empty(x, 0) || is_empty(x, i);
    unsigned cc = compare(x, empty, widen(x->d[slot(x, i)]), quiet, &ex);
    finish_compare(x, cc, ex, pops);
}

void dbl_fcom_mem(struct x87 *x, enum x87_type type, const void *operand, bool pop)
{
    unsigned ex, none = 0;
    struct f80 v = f80_from(type, operand, &none);
    unsigned cc = compare(x, is_empty(x, 0), v, false, &ex);
    finish_compare(x, cc, ex, pop);
}

unsigned dbl_fcomi(struct x87 *x, unsigned i, bool quiet, bool pop)
{
    unsigned ex;
    bool empty = is_empty(x, 0) || is_empty(x, i);
    unsigned cc = compare(x, empty, widen(x->d[slot(x, i)]), quiet, &ex);
    if (dbl_deliver(x, ex) && pop) x87_pop(x);
    return cc >> 8; /* C3 to ZF, C2 to PF, C0 to CF */
}

void dbl_ftst(struct x87 *x)
{
    unsigned ex;
    unsigned cc = compare(x, is_empty(x, 0), f80_zero(false), false, &ex);
    finish_compare(x, cc, ex, 0);
}

/* A denormal double counts as normal, as it does once it is in an 80-bit register. */
void dbl_fxam(struct x87 *x)
{
    uint64_t v = is_empty(x, 0) ? 0 : x->d[x->top];
    unsigned cc = X87_C2; /* normal */
    if (is_empty(x, 0))
        cc = X87_C3 | X87_C0;
    else if (v << 1 == 0)
        cc = X87_C3;
    else if (dbl_is_nan(v))
        cc = X87_C0;
    else if (v << 1 == DBL_INF << 1)
        cc = X87_C2 | X87_C0;
    if (v & DBL_SIGN) cc |= X87_C1;
    x->sw = (uint16_t)((x->sw & ~X87_CC) | cc);
}

/* The register stack seen from inside fpu: ST(i), empty slots, and how an instruction ends. */
#ifndef FPU_STACK_H
#define FPU_STACK_H

#include "fpu/float80.h"

enum { STACK_UNDERFLOW = X87_IE | X87_SF, STACK_OVERFLOW = X87_IE | X87_SF | X87_C1 };

static inline unsigned slot(const struct x87 *x, unsigned i)
{
    return (x->top + i) & 7;
}
static inline bool is_empty(const struct x87 *x, unsigned i)
{
    return x->empty >> slot(x, i) & 1;
}
static inline bool can_push(const struct x87 *x)
{
    return is_empty(x, 7);
}
static inline struct f80 st(const struct x87 *x, unsigned i)
{
    return x->reg[slot(x, i)];
}

static inline void put_st(struct x87 *x, unsigned i, struct f80 v)
{
    x->reg[slot(x, i)] = v;
    x->empty &= (uint8_t) ~(1u << slot(x, i));
}

static inline void x87_pop(struct x87 *x)
{
    x->empty |= (uint8_t)(1u << x->top);
    x->top = (x->top + 1) & 7;
}

/* A denormal memory operand raises #D unless the other operand decides alone: a NaN or unsupported. */
static inline bool denormal_matters(struct f80 other)
{
    return f80_class(other) < CLASS_QNAN;
}

/* Records exception flags and C1 and tells whether the instruction delivers its result: not
 * when an invalid operation, denormal or zero divide is unmasked. */
bool x87_deliver(struct x87 *x, unsigned ex);

/* Pushes v unless that overflows the stack or `ex` has an unmasked exception. */
bool x87_push(struct x87 *x, struct f80 v, unsigned ex);

/* What instructions compute, apart from the stack; exception flags and C1 are added to *ex. A denormal in
 * memory is one more exception than in a register; a load makes signalling NaNs quiet. */
struct f80 x87_loaded(enum x87_type type, const void *operand, unsigned *ex);
struct f80 x87_operate(enum x87_op op, struct f80 a, struct f80 b, unsigned cw, unsigned *ex);
struct f80 x87_operate_mem(enum x87_op op, struct f80 a, enum x87_type type, const void *operand, unsigned cw,
                           unsigned *ex);
unsigned x87_compare_mem(struct f80 a, enum x87_type type, const void *operand, unsigned *ex);
unsigned x87_examine(struct f80 a); /* fxam's condition codes */

/* ST(0) = f(ST(0)). */
typedef struct f80 x87_unary_fn(struct f80 a, unsigned cw, unsigned *ex);
void x87_on_top(struct x87 *x, x87_unary_fn *f);

#endif

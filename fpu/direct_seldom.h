/* What the functions of direct.h leave to others: operands that direct_core.h refuses. */
#ifndef FPU_DIRECT_SELDOM_H
#define FPU_DIRECT_SELDOM_H

#include "fpu/direct_core.h"

/* The control words that `64`, `53` and `chop` stand for, and an instruction in one number. */
enum { DIRECT_CW_64 = 0x37f, DIRECT_CW_53 = 0x27f, DIRECT_CW_CHOP = 0xf7f };
#define DIRECT_HOW(cw, type, op) ((unsigned)(cw) << 6 | (unsigned)(type) << 3 | (unsigned)(op))
static inline unsigned direct_how_cw(unsigned how)
{
    return how >> 6;
}
static inline enum x87_type direct_how_type(unsigned how)
{
    return (enum x87_type)(how >> 3 & 7);
}
static inline enum x87_op direct_how_op(unsigned how)
{
    return (enum x87_op)(how & 7);
}

DIRECT_COLD void direct_op_seldom(struct x87 *x, struct f80 *d, const struct f80 *a, const struct f80 *b,
                                  unsigned how);
DIRECT_COLD void direct_mem_op_seldom(struct x87 *x, struct f80 *d, const struct f80 *a, uint64_t bits,
                                      unsigned how);
DIRECT_COLD void direct_load_seldom(struct x87 *x, struct f80 *d, uint64_t bits, enum x87_type type);
DIRECT_COLD int64_t direct_store_seldom(struct x87 *x, const struct f80 *a, unsigned how);
typedef struct f80 direct_unary(struct f80 a, unsigned cw, unsigned *ex);
DIRECT_COLD void direct_unary_seldom(struct x87 *x, struct f80 *d, const struct f80 *a, unsigned cw,
                                     direct_unary *f);

/* Translated code keeps values in registers that calls need not preserve, and these functions and those of
 * direct.h leave them alone: the Makefile keeps the compiler from using them in direct_*.c. What is called
 * from direct_seldom.c may use them, so its functions begin with KEEP_REGISTERS. */
struct direct_kept {
    uint64_t r[3];
};
#ifdef __mips__
static inline void direct_save(struct direct_kept *k)
{
    __asm__ volatile("sd $10,0(%0)\n\tsd $11,8(%0)\n\tsd $15,16(%0)" : : "r"(k) : "memory");
}
static inline void direct_restore(struct direct_kept *k)
{
    __asm__ volatile("ld $10,0(%0)\n\tld $11,8(%0)\n\tld $15,16(%0)" : : "r"(k) : "memory");
}
#else
static inline void direct_save(struct direct_kept *k)
{
    (void)k;
}
static inline void direct_restore(struct direct_kept *k)
{
    (void)k;
}
#endif
#define KEEP_REGISTERS                                                       \
    struct direct_kept direct_kept __attribute__((cleanup(direct_restore))); \
    direct_save(&direct_kept)

/* Which compare: fcom, fucom and their forms that leave the condition codes alone. */
enum { DIRECT_QUIET = 1, DIRECT_EFLAGS = 2 };
DIRECT_COLD unsigned direct_compare_seldom(struct x87 *x, const struct f80 *a, const struct f80 *b,
                                           unsigned kind);
DIRECT_COLD unsigned direct_compare_mem_seldom(struct x87 *x, const struct f80 *a, uint64_t bits,
                                               enum x87_type type);

#endif

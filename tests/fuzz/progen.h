/* The program generator: a seed → one guest program, machine code and all.
 *   progen.c      its shape: blocks, branches, loops, calls, jump tables
 *   prog_flow.c   loops, subroutines and jumps
 *   prog_insn.c   integer instructions, from the rows of the tables
 *   prog_string.c sequences that need prepared registers: strings, stack, deliberate faults
 *   prog_x87.c    x87 instructions
 *   prog_simd.c   MMX and SSE instructions, up to SSSE3
 *   prog_mem.c    memory operands
 *   prog_noise.c  instead of all that: random bytes
 *   prog_code.c   bytes, labels, resume points, and what is known at a point of the program
 * An item (an instruction, a loop, …) takes its random numbers from a seed of its own, so that a program can
 * lose items and the rest stays as it is: that is how the smallest failing program is found. */
#ifndef TESTS_FUZZ_PROGEN_H
#define TESTS_FUZZ_PROGEN_H

#include <stdbool.h>
#include <stddef.h>

#include "interp/insn.h"
#include "tests/fuzz/program.h"

enum { PROG_CODE = 16384, PROG_ITEMS = 2048, PROG_RESUMES = 1024, PROG_LABELS = 1024, PROG_SUBS = 4 };

/* --- what the caller gets ----------------------------------------------------------------------------- */

/* An item: where it began, and how deep it lies in others. */
struct prog_item {
    uint32_t id, depth, at;
};

struct prog {
    struct program head;
    uint8_t code[PROG_CODE];
    unsigned size;
    struct resume resumes[PROG_RESUMES];
    unsigned resume_count;
    struct prog_item items[PROG_ITEMS];
    unsigned item_count;
};

/* Makes the program of `seed` for address `base`, without the items listed in `dropped`. */
void prog_make(struct prog *p, uint32_t seed, uint32_t base, const uint32_t *dropped, unsigned dropped_count);

/* Random bytes, in a page of its own. */
void noise_make(struct prog *p, uint32_t seed, uint32_t base);

/* --- shared by the generator's files ------------------------------------------------------------------ */

/* What is known at a point of the program. */
struct facts {
    uint32_t lo[8], hi[8]; /* bounds of the registers */
    uint16_t defined;      /* flags that are */
    uint8_t aligned;       /* bit r: register r is a multiple of 16, and lo[r] too */
    uint8_t pinned;        /* bit r: the code here must not change register r */
    int8_t depth;          /* x87 registers that are in use, if nothing unusual happened */
};

struct label {
    int at; /* -1: not yet known */
    bool reached;
    struct facts facts; /* what holds on every way to it */
};

enum fix_kind { FIX_REL8, FIX_REL32, FIX_ABSOLUTE, FIX_RESUME };

struct fix {
    unsigned kind, label, where;
};

/* A subroutine: it keeps the registers of `keeps`. */
struct sub {
    unsigned label, cost, words; /* words: arguments that it removes */
    uint8_t keeps;
    uint16_t defined; /* flags when it returns */
    int counter;      /* of its recursion, -1: none */
};

struct maker {
    struct prog *p;
    uint32_t base, rng, item;
    unsigned depth;
    const uint32_t *dropped;
    unsigned dropped_count;
    struct facts f;
    unsigned pushed; /* words that this straight run has pushed */
    struct label labels[PROG_LABELS];
    unsigned label_count;
    struct fix fixes[2 * PROG_LABELS];
    unsigned fix_count;
    struct sub subs[PROG_SUBS];
    unsigned sub_count;
    bool quiet;           /* only what leaves the flags alone */
    int walker;           /* a pinned register that walks out of the border's first page, -1: none */
    int counter;          /* register that counts the innermost loop, -1: a word of memory does, or no loop */
    unsigned turns;       /* of the innermost loop */
    int fault_exit;       /* label to which faults of a loop may go, -1: none */
    unsigned budget;      /* items still to be made */
    unsigned times;       /* how often the code here runs */
    unsigned spent;       /* instructions that will have been executed */
    unsigned counters;    /* words of AT_COUNTERS in use */
    unsigned checks;      /* number of the next check */
    unsigned x87_share;   /* of 100 */
    bool unmasked;        /* x87 exceptions may be: each x87 instruction may fault */
    unsigned fault_share; /* of 1000 memory operands */
    unsigned simd_share;  /* of 100 */
    const uint8_t *simd_taste; /* weights of the kinds of SIMD instructions */
    bool simd_unmasked;        /* SIMD exceptions may be */
};

/* prog_code.c */
uint32_t rnd(struct maker *m, uint32_t n); /* 0..n-1 */
bool chance(struct maker *m, unsigned percent);
bool item_begin(struct maker *m, unsigned ordinal, uint32_t saved[2]); /* false: dropped */
void item_end(struct maker *m, const uint32_t saved[2]);
void put(struct maker *m, uint32_t value, unsigned bytes);
unsigned label_new(struct maker *m);
void label_place(struct maker *m, unsigned label); /* here; facts: of all ways to it */
void label_reach(struct maker *m, unsigned label); /* a way to it with the facts of here */
void put_ref(struct maker *m, unsigned kind, unsigned label);
void put_jump(struct maker *m, unsigned opcode, unsigned label, bool near_by); /* 0x70..0x7f, 0xeb, 0xe8 */
void resume_next(struct maker *m, int start,
                 uint32_t flags); /* the instruction from `start` to here may fault */
void resolve(struct maker *m);
void facts_forget(struct facts *f, unsigned reg);
void facts_merge(struct facts *f, const struct facts *other);
uint32_t here(const struct maker *m); /* guest address */

/* prog_mem.c */
struct want {
    unsigned size, from, to; /* bytes, and the range of the area */
    bool store, no_stack, no_fault, anywhere;
    bool aligned; /* by 16; then from, to are so, too */
};
struct ea {
    uint8_t modrm, sib, disp_bytes, seg;
    bool has_sib, addr16, faults;
    uint32_t disp;
};
void address(struct maker *m, const struct want *w, struct ea *ea);
void put_ea_prefixes(struct maker *m, const struct ea *ea);
void put_ea(struct maker *m, const struct ea *ea, unsigned reg);
struct want want_ints(struct maker *m, unsigned size, bool store);

/* prog_insn.c */
void insn_setup(void);
void integer_insn(struct maker *m);
void define_flags(struct maker *m, uint16_t flags);
uint16_t cond_flags(unsigned cc);
unsigned defined_cond(struct maker *m); /* a condition whose flags are defined */
int free_register(struct maker *m);     /* one that is not pinned, -1: none */
void set_register(struct maker *m, unsigned reg, uint32_t value);
void put_check(struct maker *m);
uint32_t immediate(struct maker *m);

/* prog_string.c */
void string_sequence(struct maker *m);
void stack_sequence(struct maker *m);
void unwind(struct maker *m); /* what was pushed */
void fault_insn(struct maker *m);

/* prog_x87.c */
void x87_insn(struct maker *m);
uint16_t x87_control(struct maker *m, uint32_t precision, uint32_t rounding);
void x87_balance(struct maker *m, int depth);
void x87_waiting(struct maker *m, int start); /* the instruction from `start` may find an exception pending */

/* prog_simd.c */
void simd_character(struct maker *m); /* what SIMD instructions the program has */
void simd_insn(struct maker *m);

/* prog_flow.c */
void block(struct maker *m, unsigned items);
void make_loop(struct maker *m);
void make_subs(struct maker *m);
void make_call(struct maker *m);
void make_switch(struct maker *m);

#endif

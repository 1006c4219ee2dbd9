/* The batch: what the generator tells the guest program `runner` to execute, and what the runner writes.
 * A trial is one instruction in one form, run many times with operands that the runner makes from the
 * trial's seed; so the same batch gives the same operands on the CPU and in tierrun, and a result is one
 * digest a trial. Shared by host and guest: fixed-size little-endian fields only. */
#ifndef TESTS_INSN_TRIAL_H
#define TESTS_INSN_TRIAL_H

#include <stdint.h>

/* --- guest addresses ---------------------------------------------------------------------------------- */

enum {
    HUB = 0x0f000000, /* where an exit pad stores its address and finds the way out */
    HUB_SIZE = 0x10000,
    HUB_EXIT_AT = HUB,           /* address of the pad that was reached */
    HUB_EXIT_TO = HUB + 4,       /* the runner's exit code */
    CODE = 0x10000000,           /* all trials' code, read and execute */
    CODE_END_PAGES = 0x1f000000, /* pages that hold code up to their last byte, each followed by a hole */
    PLAIN = 0x20000000,          /* 64 KiB of plain memory: no page of the host has two kinds of pages here */
    PLAIN_SIZE = 0x10000,
    EDGE = 0x20100000, /* read-write, read-write, none, read-only, hole */
    EDGE_SIZE = 0x4000,
    EDGE_NONE = EDGE + 0x2000,
    EDGE_READ_ONLY = EDGE + 0x3000,
    EDGE_HOLE = EDGE + 0x4000,
    FS_BASE = PLAIN, /* the segments that set_thread_area makes: entries 12 and 13 */
    GS_BASE = PLAIN + 0x400,
    FS_SELECTOR = 0x63,
    GS_SELECTOR = 0x6b,
    FLAT_DATA = 0x2b,
    FLAT_CODE = 0x23,
};

enum {
    WINDOW = PLAIN + 0x800,
    WINDOW_STRADDLE = PLAIN + 0xf80,
    WINDOW_AT_END = EDGE + 0x1f00,
    WINDOW_SIZE = 256,
};

/* Places in a window. */
enum { AT_OPERAND = 32, AT_SOURCE = 100, AT_DEST = 150, AT_STACK = 208 };

enum { END_PAGES = 15 };

/* --- trials ------------------------------------------------------------------------------------------- */

/* What a register holds at the start. */
enum role {
    ROLE_VALUE,    /* edge or random number */
    ROLE_FIXED,    /* trial's constant */
    ROLE_COUNT,    /* 0..11 */
    ROLE_COUNT16,  /* 0..11, upper half random */
    ROLE_BIT,      /* a bit offset of -256..255 */
    ROLE_SELECTOR, /* upper half random */
};

/* What memory holds at the operand or at the stack pointer; the rest of the window is random. */
enum content {
    CONTENT_VALUES,
    CONTENT_F32,
    CONTENT_F64,
    CONTENT_F80,
    CONTENT_I16,
    CONTENT_I64,
    CONTENT_BCD,
    CONTENT_ENV16,
    CONTENT_ENV32,
    CONTENT_CW,
    CONTENT_TARGET,   /* the landing, then the flat code selector, then flags: any return, near or far */
    CONTENT_TARGET16, /* as above in words */
    CONTENT_SELECTOR,
    CONTENT_FAR32,
    CONTENT_FAR16, /* a number, then a selector */
    CONTENT_BOUNDS32,
    CONTENT_BOUNDS16,
    CONTENT_FLAGS,
    CONTENT_EDX_EAX,   /* half of the time what cmpxchg8b looks for */
    CONTENT_FRAMES,    /* stack addresses, for ENTER's levels */
    CONTENT_LANES_F32, /* 16 bytes, and the same kind in each XMM register */
    CONTENT_LANES_F64,
    CONTENT_LANES_INT,
    CONTENT_LANES_TEXT,
    CONTENT_MXCSR,
};

enum domain { DOMAIN_ANY, DOMAIN_UNIT, DOMAIN_NEAR_ZERO, DOMAIN_ANGLE };

/* Which flags are defined depends on the count for shifts. */
enum flag_rule {
    RULE_MASK,      /* flag_mask as it is */
    RULE_COUNT_CL8, /* a shift by CL of 8, 16, 32 bits */
    RULE_COUNT_CL16,
    RULE_COUNT_CL32,
    RULE_DOUBLE_CL16, /* shld, shrd by CL: above 16 nothing is defined, the result neither */
    RULE_ROTATE_CL,   /* only OF depends */
};

enum trial_trait {
    TRIAL_X87 = 1,
    TRIAL_UNMASKED = 2,       /* some runs have unmasked x87 exceptions, some of them pending */
    TRIAL_IGNORES_MEMORY = 4, /* the stored result depends on the machine */
    TRIAL_NEAR_ULP = 8,   /* ST(0) and ST(1) may differ by one unit in the last place; XMM registers anyhow */
    TRIAL_SS = 32,        /* selectors are ones that SS refuses, or the flat one */
    TRIAL_SIMD = 64,      /* MMX and XMM registers and MXCSR, with their x87 state */
    TRIAL_NO_WINDOW = 16, /* the memory operand cannot be written by the runner */
};

struct trial {
    uint32_t code;    /* address of the instruction */
    uint32_t landing; /* address of the second exit pad */
    uint32_t seed;
    uint32_t runs;
    uint32_t fixed[8];
    uint8_t role[8];
    uint32_t window;
    uint32_t operand;   /* address that gets `content` */
    uint32_t flag_mask; /* EFLAGS bits that are compared */
    uint16_t seg[4];    /* DS, ES, FS, GS */
    uint8_t content, stack_content;
    uint8_t rule, traits;
    uint8_t ignored; /* bit r: register r is not compared */
    uint8_t domain;
    uint16_t row; /* of encodings.def, for reports */
    uint8_t len;  /* of the instruction */
    uint8_t pad[3];
};

struct batch {
    uint32_t magic, trials, code_size, end_pages;
    /* then: struct trial[trials], code[code_size], end_pages pages of 4096 bytes */
};
enum { BATCH_MAGIC = 0x31746274 };

/* What FXSAVE stores. */
enum { FX_SIZE = 288, FX_MXCSR = 24, FX_MASK = 28, FX_ST = 32, FX_XMM = 160 };

/* --- results ------------------------------------------------------------------------------------------ */

struct state {
    uint32_t gpr[8];
    uint32_t eflags;
    uint32_t eip; /* an exit pad, or where the signal came */
    uint16_t seg[6];
    uint32_t signo, code, addr, trapno, err;
    uint8_t x87[108];    /* as FNSAVE stores it */
    uint8_t fx[FX_SIZE]; /* as FXSAVE does, of TRIAL_SIMD */
    uint8_t memory[WINDOW_SIZE];
};

/* With trial numbers on its command line the runner writes records, else digests. */
struct record {
    uint32_t trial, run;
    struct state before, after;
};

struct digest {
    uint32_t a, b;
};

#endif

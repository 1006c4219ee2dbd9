/* What the program generator puts into a guest program, and what the guest program writes. The program is the
 * runner (guest/) with a batch patched into its section at BATCH: entries, resume points and code. Shared by
 * host and guest: fixed-size little-endian fields only. */
#ifndef TESTS_FUZZ_PROGRAM_H
#define TESTS_FUZZ_PROGRAM_H

#include <stdint.h>

/* --- guest addresses ---------------------------------------------------------------------------------- */

enum {
    STUBS = 0x0f000000, /* section .stubs of the runner */
    STUB_CHECK = STUBS, /* push imm32 check word; call STUB_CHECK: records the state, pops the word */
    STUB_LEAVE = STUBS + 16,
    BATCH = 0x10000000, /* section .batch, read and execute */
    BATCH_ROOM = 0xc0000,
    AREA = 0x20000000, /* all that programs read and write, but for the stack and the border */
    AREA_SIZE = 0x2000,
    BORDER = 0x20100000, /* read-write, none, read-only, hole */
    BORDER_NONE = BORDER + 0x1000,
    BORDER_USED = 0x400, /* bytes before it that programs touch */
    BORDER_READ_ONLY = BORDER + 0x2000,
    BORDER_HOLE = BORDER + 0x3000,
    STACK = 0x20200000,
    STACK_SIZE = 0x10000,
    STACK_START = STACK + STACK_SIZE - 0x100,
};

/* What lies where in the area. Random stores keep out of what is after AT_BCD's end and before AT_MORE. */
enum {
    AT_INTS = 0,
    AT_F64 = 0x800,
    AT_F32 = 0xc00,
    AT_MIDDLE = 0xe00, /* integers around a page boundary */
    AT_F80 = 0x1800,
    AT_SMALL = 0x1a00, /* integers that are not large */
    AT_BCD = 0x1b00,
    AT_SCRATCH = 0x1c00, /* control words, x87 images */
    AT_COUNTERS = 0x1d00,
    AT_MORE = 0x1e00, /* room for FXSAVE, and for nothing behind it */
};

/* --- the batch ---------------------------------------------------------------------------------------- */

enum { PROG_MAGIC = 0x676f7270, VERBOSE = 1, NOISE = 2 };

/* With NOISE a program is a page that it may write to; each fault leads to the next slot. */
enum { NOISE_SIZE = 4096, NOISE_SLOT = 32, NOISE_SLOTS = 24 };

struct prog_batch {
    uint32_t magic, options, programs, resumes;
    /* then: struct program[programs], struct resume[resumes], code */
};

struct program {
    uint32_t seed, entry;
    uint32_t gpr[8];
    uint32_t eflags;
    uint16_t control; /* x87 control word */
    uint16_t depth;   /* x87 registers in use */
    uint32_t mxcsr;
    uint32_t lanes; /* what XMM registers hold: enum lanes */
};

enum lanes { LANES_DOUBLE, LANES_SINGLE, LANES_INT, LANES_KINDS };

/* Where a program goes on after a fault at `eip`. */
struct resume {
    uint32_t eip, to, flags;
};

/* --- what is written ---------------------------------------------------------------------------------- */

/* A check word: EFLAGS bits that are defined in the lower half, a number in the upper half. */
enum { CHECK_SHIFT = 16, CHECK_FLAGS = 0xffff };

enum record_kind { RECORD_CHECK, RECORD_FAULT, RECORD_END };

struct prog_record {
    uint32_t kind, number; /* number of the check; eip of the fault */
    uint32_t gpr[8];
    uint32_t eflags; /* defined bits */
    uint32_t signo, code, addr;
    uint8_t x87[108]; /* as FNSAVE stores it; for a fault without pointers */
    uint32_t mxcsr;
    uint8_t xmm[128];
};

/* One a program. With VERBOSE its records come before it, and the memory after it. */
struct prog_result {
    uint32_t kind; /* RECORD_END */
    uint32_t seed;
    uint32_t checks, faults, stray; /* stray: faults that were not expected */
    uint32_t late;                  /* with NOISE: it had to be stopped; nothing else is said */
    uint32_t digest[2], memory[2];
};

#endif

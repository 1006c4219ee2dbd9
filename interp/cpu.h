/* The guest CPU: registers, lazy flags, segments, the trap it raised. Shared by both tiers.
 * Owns no behaviour beyond flag arithmetic that both tiers must agree on. */
#ifndef INTERP_CPU_H
#define INTERP_CPU_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "fpu/fpu.h"
#include "mm/mm.h"
#include "simd/simd.h"

enum gpr { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI, REG_ZERO, REG_EA, REG_SLOTS };
enum sreg { ES, CS, SS, DS, FS, GS, SREGS };

/* EFLAGS bits. */
enum eflag {
    FL_CF = 1 << 0,
    FL_PF = 1 << 2,
    FL_AF = 1 << 4,
    FL_ZF = 1 << 6,
    FL_SF = 1 << 7,
    FL_TF = 1 << 8,
    FL_IF = 1 << 9,
    FL_DF = 1 << 10,
    FL_OF = 1 << 11,
    FL_IOPL = 3 << 12,
    FL_NT = 1 << 14,
    FL_RF = 1 << 16,
    FL_AC = 1 << 18,
    FL_ID = 1 << 21,
    FL_ARITH = FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_OF,
};

/* Exception vectors (SDM vol. 3, 6.15); also sigcontext.trapno. */
enum vector {
    VEC_DE = 0,
    VEC_DB = 1,
    VEC_BP = 3,
    VEC_OF = 4,
    VEC_BR = 5,
    VEC_UD = 6,
    VEC_NP = 11,
    VEC_SS = 12,
    VEC_GP = 13,
    VEC_PF = 14,
    VEC_MF = 16,
    VEC_AC = 17,
    VEC_XM = 19, /* SIMD floating point */
};

/* A guest exception as Linux tells the guest about it. cpu->eip is already what the frame shows. */
struct trap {
    uint8_t vector;
    uint32_t err;     /* error code of the exception: sigcontext.err */
    gaddr addr;       /* cr2 for VEC_PF */
    int signo;        /* SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGBUS, by i386's numbers */
    int code;         /* si_code */
    gaddr fault_addr; /* si_addr; <signal.h> has a macro of that name */
};

/* Why a tier gave control back. */
enum exit_reason {
#define EXIT(name, text) EXIT_##name,
#include "interp/exits.def"
#undef EXIT
    EXIT_REASONS
};

struct insn;
struct cpu;

/* Is told of each access of the step engine before it is made (--check). */
struct access_watch {
    void (*load)(struct access_watch *self, struct cpu *cpu, gaddr from, unsigned n);
    void (*store)(struct access_watch *self, struct cpu *cpu, gaddr to, unsigned n);
};

/* Where an indirect jump went before: guest address → first record of its block. */
struct jump_cache_entry {
    gaddr eip;
    const struct insn *rec;
};
enum { JUMP_CACHE = 4096, RETURN_STACK = 32 };

static inline unsigned jump_hash(gaddr eip)
{
    return (eip ^ eip >> 12) & (JUMP_CACHE - 1);
}

enum { GDT_TLS_MIN = 12, TLS_SLOTS = 3, LDT_ENTRIES = 8192 };
/* Selectors of an i386 process on a 64-bit kernel. */
enum { SEL_USER_CS = 0x23, SEL_USER_DS = 0x2b, SEL_USER_CS64 = 0x33 };

/* A segment descriptor that the guest made by set_thread_area or modify_ldt. */
struct descriptor {
    uint32_t base, limit; /* limit in bytes, inclusive */
    bool present, seg32, code, read_exec_only, limit_in_pages, expand_down, useable;
};

struct cpu {
    /* REG_ZERO is always 0 (an address without base or index); REG_EA is the interpreter's address scratch.
     */
    uint32_t gpr[REG_SLOTS];
    uint32_t eip; /* valid outside of a tier only */

    /* Arithmetic flags, lazily, in two words; see cpu_eflags().
     *   ZF = (uint32_t)flag_res == 0     SF = flag_res < 0
     *   PF = even parity of byte 0 and byte 4 of flag_res together
     *   CF = bit 32 of flag_carry        OF = bit 31 ^ bit 32        AF = bit 4
     * flag_carry is the vector of carries into each bit, a ^ b ^ (a + b), so an addition or
     * subtraction of any width leaves all six flags with two stores. */
    int64_t flag_res;
    uint64_t flag_carry;

    uint32_t flag_sys; /* TF, AC, ID, NT, and IF (always set); DF is in `df` */
    int32_t df;        /* +1 or -1: string direction */

    volatile uint32_t poll; /* set (also by signal handlers) to ask for EXIT_POLL soon */

    uint32_t seg_base[SREGS];
    uint16_t seg[SREGS];

    struct x87 x87;
    const struct insn *volatile at; /* record of the last memory access or trap: names eip at a fault */
    enum exit_reason exit;
    struct trap trap;

    struct mm *mm;
    uint8_t *base; /* mm_base(mm) */
    struct interp *interp;
    sigjmp_buf *recover; /* set while a tier runs: where a host fault resumes */

    /* Fast-engine state. `edge` is the exit record that was run last: the link to make; NULL after an
     * indirect jump. The return stack holds the record after each call, newest at ret_top. */
    const struct insn *edge;
    unsigned ret_top;
    struct jump_cache_entry ret[RETURN_STACK];
    /* The translator's: what its registers of other meaning held when it was left. */
    struct {
        uint64_t origin, flag_a, flag_b;
        void *ring, *ring_top, *jumps;
        uint64_t x87_origin;
        uint8_t fp_flags[16]; /* x87 flags by the host's: inexact, underflow, overflow, division by zero */
        volatile int page_own, asked; /* the page before struct cpu: is no page of zeros; is forbidden */
        char *tables;                 /* the memory of ring and jumps; NULL: none yet */
        uint64_t epoch;               /* of the translator's, when they were good */
        void *faulted;                /* the translation of the last host fault, … */
        const struct insn *accessing; /* … the record whose access it was, … */
        void *accessed;               /* … where that was on the host, … */
        bool misaligned;              /* … and that it was misaligned */
        unsigned jumps_used;          /* entries of the table of jumps */
        const uint8_t *pages;         /* mm_page_bytes() */
        uint64_t apart_at, apart;     /* host address and value of an access that C code makes (paged.c) */
    } jit;
    struct access_watch *watch; /* NULL: nobody */
    uint64_t jumps_epoch; /* of the interpreter's, when it last went on: what it knows of blocks is right */
    struct descriptor tls[TLS_SLOTS];
    struct descriptor *ldt; /* LDT_ENTRIES of them, shared by threads; NULL until used */
    struct simd simd;
    /* In the list of those that run without the turn (turn.c); inside_at NULL: it is not. */
    struct cpu *inside_next, **inside_at;
    bool ordered; /* there are threads: what this one does is seen in x86's order */
    struct jump_cache_entry jump_cache[JUMP_CACHE]; /* the last member */
};

/* What lies in the CPU_PAGE bytes before a struct cpu that translated code is to run is the translator's. */
enum { CPU_PAGE = 65536 };

/* State at process start, of one that is zero: Linux's selectors, x87 after FNINIT, EFLAGS = 0x202. */
void cpu_init(struct cpu *cpu, struct mm *mm);

/* Of what may interrupt anything, and of what runs the guest's own accesses: ThreadSanitizer sees neither. */
#define NOT_SANITIZED __attribute__((no_sanitize("thread")))

/* cpu->poll, for all but handlers, which look at it as it is: other threads set it. */
static inline bool cpu_is_asked(const struct cpu *cpu)
{
    return __atomic_load_n(&cpu->poll, __ATOMIC_RELAXED) != 0;
}

static inline void cpu_ask(struct cpu *cpu, bool on)
{
    __atomic_store_n(&cpu->poll, on, __ATOMIC_RELAXED);
}

void cpu_copy(struct cpu *to, const struct cpu *from); /* all of it; nobody asks `to` for anything yet */

uint32_t cpu_eflags(const struct cpu *cpu);                      /* all of EFLAGS, computed */
void cpu_set_eflags(struct cpu *cpu, uint32_t v, uint32_t mask); /* only bits in mask change */

/* Loads a segment register as `mov sreg, sel` does in Linux user space. false: #GP(sel & ~3) (or #NP, #SS:
 * vector and error in cpu->trap). CS is not loaded here. */
bool cpu_load_segment(struct cpu *cpu, enum sreg s, uint16_t selector);
/* The descriptor a selector names, as user space sees it; NULL if none. */
const struct descriptor *cpu_descriptor(const struct cpu *cpu, uint16_t selector);

/* CPUID as this build presents it; also the source of AT_HWCAP. */
void cpu_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

/* Fills cpu->trap for an exception: signo, si_code, si_addr as Linux would. */
void cpu_trap(struct cpu *cpu, enum vector v, uint32_t err);
void cpu_trap_fault(struct cpu *cpu, const struct mm_fault *f); /* page fault → SIGSEGV or SIGBUS */

#endif

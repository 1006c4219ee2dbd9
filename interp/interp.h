/* The interpreter: runs guest code from cpu->eip. Owns blocks and their links.
 * The JIT, the profile and the run loop see blocks and records through interp/block.h and interp/insn.h. */
#ifndef INTERP_INTERP_H
#define INTERP_INTERP_H

#include <signal.h>

#include "interp/cpu.h"

struct interp;
struct block;

/* How often a block was entered in the interpreter. Belongs to who counts, and outlives the block. */
struct block_fact {
    uint64_t interpreted;
};

/* Which stores to code are noticed: those to the bytes of decoded instructions, as a CPU does; those to a
 * page with code, of which all code is forgotten; none, only code that is mapped anew. */
enum smc { SMC_PRECISE, SMC_PAGE, SMC_NONE };

struct interp_options {
    uint32_t hot_link; /* executions of an edge before it is linked and its blocks optimized; 0: default */
    bool no_links;     /* each block is looked up */
    /* With a translator (else 0): entries after which a block is translated, and one that jumps to itself. */
    uint32_t hot, hot_loop;
    bool (*may_translate)(void *ctx, gaddr eip, uint32_t bytes); /* NULL: any code may be */
    void *may_translate_ctx;
    /* Asked for each new block: where its entries are counted. NULL: nobody counts. */
    struct block_fact *(*fact)(void *ctx, struct block *b);
    /* Asked by the translator of code that was not decoded yet: will it run often? NULL: nobody knows. */
    bool (*expects)(void *ctx, gaddr eip);
    void *fact_ctx;  /* of both */
    enum smc smc;    /* SMC_NONE: the guest memory is made with stores_unwatched */
    bool relaxed;    /* threads see each other's accesses in the host's order */
    bool x87_double; /* the double model of the x87; cpu->x87.dbl says the same */
};

struct interp *interp_new(struct mm *mm, const struct interp_options *opt); /* NULL: no memory */
void interp_free(struct interp *in);

/* Runs until something needs the run loop: EXIT_SYSCALL (cpu->eip is after the int 0x80), EXIT_TRAP
 * (cpu->trap says what; cpu->eip as in the signal frame), EXIT_POLL. cpu->eip is valid on return. */
enum exit_reason interp_run(struct interp *in, struct cpu *cpu);

/* Runs exactly one guest instruction, every access checked. EXIT_STEP, or as interp_run. */
enum exit_reason interp_step(struct interp *in, struct cpu *cpu);

/* In a host SIGSEGV/SIGBUS handler: if `cpu` is inside a tier and the host address belongs to the guest's
 * window, resumes the tier (does not return). false: not the guest's business. Async-signal-safe. */
bool interp_host_fault_sig(struct cpu *cpu, int signo, const siginfo_t *info, void *machine_context);

/* Several processors run: what they share is used with the turn, which who calls interp_run() has. Guest code
 * runs without, if the turn allows it. */
struct turn;
void interp_use_turn(struct interp *in, struct turn *t);

/* cpu will not run any more. */
void interp_forget_cpu(struct interp *in, struct cpu *cpu);

/* After a host signal's handler set cpu->poll: a tier that is running is left soon. Async-signal-safe.
 * Another thread may ask, too, as long as cpu exists. */
void interp_ask_sig(struct cpu *cpu);

/* Inside the fast engine, or in a translation that has all of its state in struct cpu: gives the record
 * cpu->at up, to be run again by the step engine, with the turn. Does not return. */
_Noreturn void interp_retry(struct cpu *cpu);

/* Guest code in [from, from+len) changed or went away: forget blocks there. The mm watcher. */
void interp_code_changed(void *interp, gaddr from, uint32_t len);
void interp_flush(struct interp *in); /* forget all blocks */

/* A debugger's breakpoint: the code at `at` is not run, but gives EXIT_BREAK with cpu->eip there. Guest
 * memory stays as it is; blocks with that code are decoded anew. No tier runs meanwhile. false: no memory. */
bool interp_break(struct interp *in, gaddr at, bool on);

/* In an access of the guest's (mm's tripwires) that a debugger waits for: cpu gives control back, with
 * EXIT_POLL, right after the instruction. May not return: then the instruction is begun again. */
void interp_leave_after(struct cpu *cpu);

struct interp_stats {
    uint64_t blocks, insns_decoded, blocks_dropped, lookups, faults_retried, hot, excluded,
        exits[EXIT_REASONS];
};
void interp_stats(const struct interp *in, struct interp_stats *out);

/* -d: called for each new block with its records when set (in_asm); for each lookup (exec). */
typedef void interp_trace_fn(void *ctx, const struct block *blk);
void interp_trace(struct interp *in, interp_trace_fn *new_block, interp_trace_fn *exec, void *ctx);

/* Disassembles the instruction whose bytes are `code` (n of them) at eip, Intel syntax, into out.
 * Returns its length, or 0 when the bytes are not an instruction that tierrun knows ("(bad)"). */
unsigned disasm(const uint8_t *code, unsigned n, gaddr eip, bool code32, char *out, size_t size);

#endif

/* What the CPU can do beyond MIPS64 release 2. Owns the questions; who uses an answer is elsewhere. No name
 * of a CPU decides anything: one that nobody has heard of is a release 2 CPU, with what it shows to have. */
#ifndef JIT_MIPS64_FEATURES_H
#define JIT_MIPS64_FEATURES_H

#include <stdbool.h>

struct host_features {
    bool gs;         /* Loongson's indexed and 16-byte accesses: gsldx, gslq … */
    bool mmi;        /* Loongson's packed integers in FPRs; … */
    bool mmi_orders; /* … signed compares are signed, unsigned ones are not, and what is below 0 becomes 0:
                        not so in QEMU 7.2 */
    bool msa;        /* MSA: vectors of 16 bytes */
    bool paired;     /* paired singles in FPRs, and no MSA's vectors there */
    bool fcsr;       /* FCSR keeps what is written to it */
    bool misaligned; /* lw, ld, ldc1 and their stores at any address, without a trap */
};

/* Asks the CPU by trying. While it does, SIGILL, SIGBUS and SIGSEGV are its own: for the start only. */
struct host_features features_detect(void);

/* Linux's default is to do a misaligned access that the CPU refuses, at a hundred times the cost of two
 * aligned ones; nobody is told. With `trap` it raises SIGBUS, in this thread and what it forks and executes.
 */
void features_trap_misaligned(bool trap);

#endif

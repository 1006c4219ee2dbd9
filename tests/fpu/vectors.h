/* The parts of the x87 tests: encodings, random machine states, our execution and the host CPU's. */
#ifndef TESTS_FPU_VECTORS_H
#define TESTS_FPU_VECTORS_H

#include "fpu/fpu.h"

/* One x87 encoding; memory forms have mod 0 and address the operand buffer. */
struct encoding {
    uint8_t opcode, modrm;
};

static inline bool encoding_memory(struct encoding e)
{
    return e.modrm < 0xc0;
}
static inline unsigned encoding_reg(struct encoding e)
{
    return e.modrm >> 3 & 7;
}

enum { OPERAND_SIZE = 128 }; /* room for an fnsave image */

/* Everything an instruction can read or change. */
struct machine {
    struct x87 x87;
    uint8_t operand[OPERAND_SIZE];
    uint32_t eflags; /* the six arithmetic flags */
    uint16_t ax;
};

/* Executes one instruction through fpu's functions; false: the encoding is not an instruction. */
bool vector_execute(struct encoding e, struct machine *m);
/* The same by the inline common case; false: nothing done, it is for vector_execute. */
bool vector_quick(struct encoding e, struct machine *m);
/* Is the result only specified to within an ulp (transcendental instructions)? */
bool vector_inexact(struct encoding e);

struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *r);
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
    return rng_next(r) % n;
}

/* A machine state worth testing `e` on: nothing pending, operands near the instruction's edges. */
void vector_make(struct rng *r, struct encoding e, struct machine *m);

/* The host's own x87, where it has one: host_x86.c or host_none.c. */
bool host_has_x87(void);
void host_execute(struct encoding e, struct machine *m);

/* Runs any instruction whose operand is [rdx]: `memory`, aligned to 16 bytes. */
void host_run(const uint8_t *insn, unsigned n, struct x87 *x, uint8_t *memory);

/* Are the states the same, as far as an instruction can read or change them? */
bool vector_same(const struct machine *a, const struct machine *b);

/* [-n STATES] [-s SEED] [-e HEX] [-H]; exits with 2 if it is something else. */
struct vector_options {
    uint64_t states, seed;
    int only; /* opcode << 8 | modrm, or -1 */
    bool hash;
};
struct vector_options vector_options(int argc, char **argv);

/* Text for a report. */
void vector_print(const char *title, const struct machine *m);

#endif

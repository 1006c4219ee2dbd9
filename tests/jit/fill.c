/* Delay slots, executed on a MIPS64 host: random programs give the same registers and memory with nops in
 * their slots and with what slot_word() puts there. Also what filling saves. */
#include <string.h>

#include "jit/mips64/effects.h"
#include "jit/mips64/memory.h"
#include "tests/jit/check.h"

enum { VALUES = 8, CELLS = 8, STEPS = 24, PROGRAMS = 3000 };

/* What a program works on: registers T0 … T3, V0, V1, A2, A3 and F0 … F7 are loaded from it and stored. */
struct state {
    uint64_t values[VALUES], doubles[VALUES], cells[CELLS];
};

static const enum reg regs[VALUES] = {T0, T1, T2, T3, V0, V1, A2, A3};

static uint64_t seed;

static unsigned random_below(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static enum reg any(void)
{
    return regs[random_below(VALUES)];
}

/* One instruction that is no branch, on random registers; the state is at A0. */
static void emit_any(struct code *c)
{
    enum reg a = any(), b = any(), d = any();
    unsigned f = random_below(VALUES), g = random_below(VALUES), h = random_below(VALUES);
    int cell = 8 * (2 * VALUES + (int)random_below(CELLS));
    switch (random_below(14)) {
    case 0: addu(c, d, a, b); break;
    case 1: xor_(c, d, a, b); break;
    case 2: daddiu(c, d, a, 77); break;
    case 3: movn(c, d, a, b); break;
    case 4: mult(c, a, b); break;
    case 5: mflo(c, d); break;
    case 6: ld(c, d, cell, A0); break;
    case 7: sd(c, a, cell, A0); break;
    case 8: dins(c, d, a, 8, 16); break;
    case 9: lwl(c, d, cell + 2, A0); break;
    case 10: add_d(c, f, g, h); break;
    case 11: c_olt_d(c, f, g); break;
    case 12: sdc1(c, f, cell, A0); break;
    default: movt_d(c, f, g); break;
    }
}

static uint32_t slot(struct code *c, bool fill, uint64_t touches)
{
    return fill ? slot_word(c, touches) : 0;
}

/* Branches over one or two instructions, on a register's sign or on the FP condition. */
static void emit_branch_over(struct code *c, bool fill)
{
    struct label over = {0};
    enum reg a = any();
    if (random_below(2)) {
        slti(c, AT, a, 100);
        uint32_t w = slot(c, fill, REG_BIT(AT));
        bne(c, AT, ZERO, &over);
        emit(c, w);
    } else if (random_below(2)) {
        uint32_t w = slot(c, fill, REG_BIT(a));
        bltz(c, a, &over);
        emit(c, w);
    } else {
        uint32_t w = slot(c, fill, COND_BIT);
        bc1t(c, &over);
        emit(c, w);
    }
    for (unsigned k = random_below(2) + 1; k; k--)
        emit_any(c);
    bind_label(c, &over);
}

static struct code program(struct codemem *cm, uint64_t which, bool fill)
{
    struct code c = codemem_reserve(cm, 1024);
    c.scratch = REG_BIT(AT);
    for (int k = 0; k < VALUES; k++)
        ld(&c, regs[k], 8 * k, A0);
    for (int k = 0; k < VALUES; k++)
        ldc1(&c, (unsigned)k, 8 * (VALUES + k), A0);
    mult(&c, T0, T1);
    c_eq_d(&c, 0, 1);
    seed = which;
    for (int k = 0; k < STEPS; k++)
        random_below(4) ? emit_any(&c) : emit_branch_over(&c, fill);
    for (int k = 0; k < VALUES; k++)
        sd(&c, regs[k], 8 * k, A0);
    for (int k = 0; k < VALUES; k++)
        sdc1(&c, (unsigned)k, 8 * (VALUES + k), A0);
    uint32_t w = slot(&c, fill, REG_BIT(RA));
    jr(&c, RA);
    emit(&c, w);
    codemem_commit(cm, &c);
    return c;
}

static void run(const struct code *c, struct state *s)
{
    union {
        const uint32_t *code;
        void (*function)(struct state *);
    } as = {c->begin};
    for (int k = 0; k < VALUES; k++) {
        s->values[k] = (uint64_t)(int32_t)(0x9e3779b9u * (unsigned)(k + 1));
        s->doubles[k] = 0x3ff0000000000000 + ((uint64_t)(k * 5 % VALUES) << 50);
        s->cells[k] = s->values[k] >> 32 ^ s->doubles[k];
    }
    as.function(s);
}

int main(void)
{
    struct tally t = {0};
    struct codemem cm;
    if (!codemem_new(&cm, 1 << 20, false)) return 1;
    bool same = true;
    ptrdiff_t plain_words = 0, filled_words = 0;
    for (uint64_t which = 1; which <= PROGRAMS && same; which++) {
        struct state with_nops, with_work;
        codemem_reset(&cm);
        struct code plain = program(&cm, which, false), filled = program(&cm, which, true);
        run(&plain, &with_nops);
        run(&filled, &with_work);
        same = !memcmp(&with_nops, &with_work, sizeof with_nops);
        if (!same) printf("program %d computes something else\n", (int)which);
        plain_words += plain.at - plain.begin;
        filled_words += filled.at - filled.begin;
    }
    check(&t, "filled delay slots compute the same", same);
    check(&t, "filling saves instructions", filled_words * 100 < plain_words * 97);
    codemem_free(&cm);
    return report(&t);
}

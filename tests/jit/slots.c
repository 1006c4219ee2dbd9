/* Delay slots: what may move into one, and what is left. */
#include <string.h>

#include "jit/mips64/effects.h"
#include "tests/jit/check.h"

enum { ROOM = 16 };

struct trial {
    uint32_t words[ROOM];
    struct code c;
};

static struct code *begin(struct trial *t)
{
    *t = (struct trial){.c = {.at = t->words, .begin = t->words, .end = t->words + ROOM}};
    return &t->c;
}

/* What one instruction is encoded as. */
#define WORD(instruction)             \
    __extension__({                   \
        struct trial one;             \
        struct code *w = begin(&one); \
        instruction;                  \
        one.words[0];                 \
    })

static const uint64_t on_at = REG_BIT(AT) | REG_BIT(ZERO);

static void taken(struct tally *t)
{
    struct trial a;
    struct code *c = begin(&a);
    addu(c, S0, S1, S2);
    check(t, "an independent instruction fills the slot",
          slot_word(c, on_at) == WORD(addu(w, S0, S1, S2)) && c->at == c->begin);

    c = begin(&a);
    lw(c, S0, 4, S1);
    check(t, "a load may fill it", slot_word(c, on_at) == WORD(lw(w, S0, 4, S1)));

    c = begin(&a);
    addu(c, S0, S1, S2);
    slt(c, AT, S3, S4);
    check(t, "an instruction may move across the condition",
          slot_word(c, on_at) == WORD(addu(w, S0, S1, S2)) && c->at == c->begin + 1 &&
              a.words[0] == WORD(slt(w, AT, S3, S4)));

    c = begin(&a);
    addu(c, AT, AT, S2);
    check(t, "one may read what the branch reads", slot_word(c, REG_BIT(S2)) == WORD(addu(w, AT, AT, S2)));

    c = begin(&a);
    sw(c, S0, 4, S1);
    c->scratch = REG_BIT(AT);
    slt(c, AT, S3, S4);
    check(t, "a store may move across what writes scratch registers only",
          slot_word(c, on_at) == WORD(sw(w, S0, 4, S1)));

    c = begin(&a);
    c_eq_d(c, F24, F25);
    add_d(c, F24, F24, F25);
    check(t, "floating point fills the slot of its condition's branch",
          slot_word(c, COND_BIT) == WORD(add_d(w, F24, F24, F25)));

    c = begin(&a);
    struct label l = {0};
    beq(c, S0, S1, &l);
    nop(c);
    addu(c, S0, S1, S2);
    bind_label(c, &l);
    addu(c, S3, S1, S2);
    check(t, "after a label, what follows the label", slot_word(c, on_at) == WORD(addu(w, S3, S1, S2)));
}

static void refused(struct tally *t)
{
    struct trial a;
    struct code *c = begin(&a);
    check(t, "nothing in an empty buffer", slot_word(c, on_at) == 0);
    slt(c, AT, S3, S4);
    check(t, "not what the branch reads", slot_word(c, on_at) == 0 && c->at == c->begin + 1);

    c = begin(&a);
    addu(c, S3, S1, S2);
    slt(c, AT, S3, S4);
    check(t, "not what the condition reads", slot_word(c, on_at) == 0 && c->at == c->begin + 2);

    c = begin(&a);
    addu(c, S0, S3, S2);
    addiu(c, S3, S3, 1);
    slt(c, AT, S3, S4);
    check(t, "not further back than two", slot_word(c, on_at) == 0);

    c = begin(&a);
    addu(c, S0, AT, S2);
    slt(c, AT, S3, S4);
    check(t, "not what reads what is overwritten", slot_word(c, on_at) == 0);

    c = begin(&a);
    move(c, AT, S2);
    slt(c, AT, S3, S4);
    check(t, "not what the condition overwrites", slot_word(c, on_at) == 0);

    c = begin(&a);
    sw(c, S0, 4, S1);
    slt(c, AT, S3, S4);
    check(t, "a fault does not move across what it would show", slot_word(c, on_at) == 0);

    c = begin(&a);
    addu(c, S0, S1, S2);
    lw(c, AT, 0, S3);
    check(t, "what may fault is not moved across", slot_word(c, on_at) == 0);

    c = begin(&a);
    addu(c, S0, S1, S2);
    code_fence(c);
    check(t, "nothing before a fence", slot_word(c, on_at) == 0);
    slt(c, AT, S3, S4);
    check(t, "nor across it", slot_word(c, on_at) == 0);

    c = begin(&a);
    struct label l = {0};
    addu(c, S0, S1, S2);
    bind_label(c, &l);
    check(t, "nothing before a label", slot_word(c, on_at) == 0);

    c = begin(&a);
    jalr(c, T9);
    addu(c, S0, S1, S2);
    check(t, "nothing that is in a delay slot", slot_word(c, on_at) == 0);
    slt(c, AT, S3, S4);
    check(t, "nor that two back", slot_word(c, on_at) == 0);

    c = begin(&a);
    addu(c, S0, S1, S2);
    sync_(c);
    check(t, "no barrier", slot_word(c, on_at) == 0);

    c = begin(&a);
    move(c, A0, RA);
    check(t, "not what reads RA, if the branch links", slot_word(c, REG_BIT(T9) | REG_BIT(RA)) == 0);

    c = begin(&a);
    c_eq_d(c, F24, F25);
    check(t, "no compare before its branch", slot_word(c, COND_BIT) == 0);

    c = begin(&a);
    mult(c, S0, S1);
    mflo(c, AT);
    check(t, "no product before it is read", slot_word(c, on_at) == 0);

    c = begin(&a);
    addu(c, S0, S1, S2);
    c->overflow = true;
    check(t, "nothing after an overflow", slot_word(c, on_at) == 0);
}

int main(void)
{
    struct tally t = {0};
    taken(&t);
    refused(&t);
    return report(&t);
}

/* An interpreter of a small stack machine, each of whose instructions ends with an indirect jump to the next
 * one. bytecode [ROUNDS]: a round runs a program that counts the primes below LIMIT with a sieve and finds
 * the longest way to 1 from the numbers below STARTS (halve it when even, else 3 n + 1). Both results are
 * compared with C's. */
#include <stdint.h>
#include <string.h>

#include "bench/report.h"

enum { LIMIT = 1000, STARTS = 60, STACK = 16 };

/* LOAD and STORE name a variable, PUSH a number, jumps a mark; GET and SET take a cell's index from the
 * stack. */
enum op {
    HALT,
    PUSH,
    LOAD,
    STORE,
    GET,
    SET,
    ADD,
    MULTIPLY,
    HALF,
    ODD,
    LESS,
    JUMP,
    JUMP_IF,
    JUMP_UNLESS,
    MARK
};

enum { I, J, COUNT, STEPS, BEST, VARIABLES };

static const int16_t
    source[] = {PUSH,        2,     STORE, I,       MARK,     0,                  /* for (i = 2; */
                LOAD,        I,     PUSH,  LIMIT,   LESS,     JUMP_UNLESS, 4,     /*      i < LIMIT;) */
                LOAD,        I,     GET,   JUMP_IF, 3,                            /*     if (!cell[i]) { */
                LOAD,        COUNT, PUSH,  1,       ADD,      STORE,       COUNT, /*         count++; */
                LOAD,        I,     STORE, J,       MARK,     1,                  /*         for (j = i; */
                LOAD,        J,     PUSH,  LIMIT,   LESS,     JUMP_UNLESS, 3, /*              j < LIMIT; */
                PUSH,        1,     LOAD,  J,       SET,                      /*             cell[j] = 1, */
                LOAD,        J,     LOAD,  I,       ADD,      STORE,       J,
                JUMP,        1,     MARK,  3, /*              j += i) } */
                LOAD,        I,     PUSH,  1,       ADD,      STORE,       I,
                JUMP,        0,     MARK,  4,                                 /*      i++ */
                PUSH,        1,     STORE, I,       MARK,     5,              /* for (i = 1; */
                LOAD,        I,     PUSH,  STARTS,  LESS,     JUMP_UNLESS, 9, /*      i < STARTS; */
                PUSH,        0,     STORE, STEPS,   LOAD,     I,           STORE,
                J,           MARK,  6,                                        /*     for (steps = 0, j = i; */
                PUSH,        1,     LOAD,  J,       LESS,     JUMP_UNLESS, 8, /*          1 < j; */
                LOAD,        STEPS, PUSH,  1,       ADD,      STORE,       STEPS, /*         steps++; */
                LOAD,        J,     ODD,   JUMP_IF, 7,                            /*         if (j is even) */
                LOAD,        J,     HALF,  STORE,   J,        JUMP,        6,
                MARK,        7, /*             j = j / 2; */
                LOAD,        J,     PUSH,  3,       MULTIPLY, PUSH,        1,
                ADD,         STORE, J, /*         else j = j * 3 + 1 */
                JUMP,        6,     MARK,  8,       LOAD,     BEST,        LOAD,
                STEPS,       LESS, /*     if (best < steps) */
                JUMP_UNLESS, 10,    LOAD,  STEPS,   STORE,    BEST,        MARK,
                10, /*         best = steps */
                LOAD,        I,     PUSH,  1,       ADD,      STORE,       I,
                JUMP,        5,     MARK,  9,       HALT};

enum { LENGTH = sizeof source / sizeof source[0], MARKS = 16 };

static int has_operand(int op)
{
    return op == PUSH || op == LOAD || op == STORE || op >= JUMP;
}

/* Copies the source without its marks; jumps then say which word they lead to. */
static void assemble(int16_t *code)
{
    int16_t mark[MARKS];
    int length = 0;

    for (int i = 0; i < LENGTH; i += 1 + has_operand(source[i])) {
        if (source[i] == MARK) {
            mark[source[i + 1]] = (int16_t)length;
            continue;
        }
        code[length++] = source[i];
        if (has_operand(source[i])) code[length++] = source[i + 1];
    }
    for (int i = 0; i < length; i += 1 + has_operand(code[i]))
        if (code[i] >= JUMP) code[i + 1] = mark[code[i + 1]];
}

static __attribute__((noinline)) void interpret(const int16_t *code, int32_t variable[VARIABLES],
                                                int32_t cell[LIMIT])
{
    static const void *const handler[] = {[HALT] = &&halt,       [PUSH] = &&push,
                                          [LOAD] = &&load,       [STORE] = &&store,
                                          [GET] = &&get,         [SET] = &&set,
                                          [ADD] = &&add,         [HALF] = &&half,
                                          [ODD] = &&odd,         [MULTIPLY] = &&multiply,
                                          [LESS] = &&less,       [JUMP] = &&jump,
                                          [JUMP_IF] = &&jump_if, [JUMP_UNLESS] = &&jump_unless};
    const int16_t *at = code;
    int32_t stack[STACK], *top = stack; /* behind the last one pushed */

#define NEXT goto *handler[*at++]
    NEXT;
push:
    *top++ = *at++;
    NEXT;
load:
    *top++ = variable[*at++];
    NEXT;
store:
    variable[*at++] = *--top;
    NEXT;
get:
    top[-1] = cell[top[-1]];
    NEXT;
set:
    top -= 2;
    cell[top[1]] = top[0];
    NEXT;
add:
    top--;
    top[-1] += top[0];
    NEXT;
multiply:
    top--;
    top[-1] *= top[0];
    NEXT;
half:
    top[-1] /= 2;
    NEXT;
odd:
    top[-1] &= 1;
    NEXT;
less:
    top--;
    top[-1] = top[-1] < top[0];
    NEXT;
jump:
    at = code + *at;
    NEXT;
jump_if:
    at = *--top != 0 ? code + *at : at + 1;
    NEXT;
jump_unless:
    at = *--top == 0 ? code + *at : at + 1;
    NEXT;
halt:;
#undef NEXT
}

static int primes(void)
{
    int count = 0;

    for (int n = 2; n < LIMIT; n++) {
        int d = 2;

        while (n % d != 0)
            d++;
        count += d == n;
    }
    return count;
}

static int longest_way(void)
{
    int best = 0;

    for (int start = 1; start < STARTS; start++) {
        int steps = 0;

        for (int n = start; n > 1; steps++)
            n = n % 2 != 0 ? 3 * n + 1 : n / 2;
        if (steps > best) best = steps;
    }
    return best;
}

int main(int argc, char **argv)
{
    static int16_t code[LENGTH];
    static int32_t cell[LIMIT];
    int32_t variable[VARIABLES] = {0};
    int count = primes(), longest = longest_way(), wrong = 0;
    long rounds = iterations(argc, argv, 5000);

    assemble(code);
    double start = seconds();

    for (long i = 0; i < rounds; i++) {
        memset(cell, 0, sizeof cell);
        memset(variable, 0, sizeof variable);
        interpret(code, variable, cell);
        wrong += variable[COUNT] != count || variable[BEST] != longest;
    }
    double spent = seconds() - start;

    printf("Bytecode, %ld rounds\nprimes %d, longest way %d\n", rounds, (int)variable[COUNT],
           (int)variable[BEST]);
    return finish(spent, (double)rounds, "rounds", wrong);
}

/* Coverage: which operations ran, how often, in which tier, and what share of the time each may have taken:
 * the rows that are worth an emitter. */
#include <stdlib.h>

#include "interp/insn.h"
#include "profile/model.h"

/* Host instructions: of the interpreter for an instruction, and of a function that translated code calls
 * beyond the call. Measured over bench/plan; what a single one takes differs. */
enum { INTERPRETED = 20, FUNCTION = 150 };

struct row {
    unsigned op;
    double interpreted, native, helped;
    double words, cost; /* host instructions: translated, all */
};

static double all(const struct row *r)
{
    return r->interpreted + r->native + r->helped;
}

static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    double d = y->cost - x->cost;
    return d > 0 ? 1 : d < 0 ? -1 : (int)x->op - (int)y->op;
}

/* What the executions cost; returns the sum. */
static double weigh(struct row *row)
{
    double sum = 0;
    for (struct row *r = row; r < row + OP_COUNT; r++) {
        r->cost = r->interpreted * INTERPRETED + r->words + r->helped * FUNCTION;
        sum += r->cost;
    }
    return sum;
}

static double add(const struct prof *p, struct row *row)
{
    double sum = 0;
    for (size_t k = 0; k < p->blocks; k++) {
        const struct prof_block *b = p->block[k];
        double translated = prof_translated(p, b);
        for (unsigned n = 0; b->op && n < b->insns; n++) {
            struct row *r = &row[b->op[n] & ~PROF_HELPED];
            r->interpreted += (double)b->count.interpreted;
            *(b->op[n] & PROF_HELPED ? &r->helped : &r->native) += translated;
            if (b->words) r->words += translated * b->words[n];
            sum += (double)b->count.interpreted + translated;
        }
    }
    return sum;
}

/* An operation that no instruction is. */
static bool is_internal(unsigned op)
{
    return op_info[op].mnemonic[0] == '(';
}

void prof_write_coverage(const struct prof *p, FILE *out)
{
    static const char *const class[] = {
        [JIT_NATIVE] = "native", [JIT_HELPER] = "helper", [JIT_NEVER] = "never"};
    struct row row[OP_COUNT] = {{0}};
    unsigned never = 0;
    for (unsigned k = 0; k < OP_COUNT; k++)
        row[k].op = k;
    double sum = add(p, row), cost = weigh(row);
    qsort(row, OP_COUNT, sizeof *row, compare);
    fprintf(
        out,
        "coverage of %s: operations by the time they take, an estimate\n%7s %7s %14s %14s %14s %6s %7s  %s\n",
        p->program ? p->program : "?", "% time", "% runs", "interpreted", "native", "by functions", "host",
        "class", "operation");
    for (unsigned k = 0; k < OP_COUNT; k++) {
        const struct row *r = &row[k];
        double translated = r->native + r->helped;
        if (is_internal(r->op)) continue;
        if (all(r) > 0)
            fprintf(out, "%7.3f %7.3f %14.0f %14.0f %14.0f %6.1f %7s  %s\n",
                    cost > 0 ? 100 * r->cost / cost : 0, sum > 0 ? 100 * all(r) / sum : 0, r->interpreted,
                    r->native, r->helped, translated > 0 ? r->words / translated : 0,
                    class[op_info[r->op].jit], op_info[r->op].name);
        else
            never++;
    }
    fprintf(out, "\nnever executed: %u operations\n", never);
    for (unsigned k = 0; k < OP_COUNT; k++)
        if (all(&row[k]) <= 0 && !is_internal(row[k].op)) fprintf(out, "  %s\n", op_info[row[k].op].name);
}

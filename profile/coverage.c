/* Coverage: which operations ran, how often, and in which tier: the rows that are worth an emitter. */
#include <stdlib.h>

#include "interp/insn.h"
#include "profile/model.h"

struct row {
    unsigned op;
    double interpreted, native, helped;
};

static double all(const struct row *r)
{
    return r->interpreted + r->native + r->helped;
}

static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    double d = all(y) - all(x);
    return d > 0 ? 1 : d < 0 ? -1 : (int)x->op - (int)y->op;
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
    double sum = add(p, row);
    qsort(row, OP_COUNT, sizeof *row, compare);
    fprintf(out, "coverage of %s: operations by executions\n%8s %16s %16s %16s %8s  %s\n",
            p->program ? p->program : "?", "%", "interpreted", "native", "by helpers", "class", "operation");
    for (unsigned k = 0; k < OP_COUNT; k++) {
        const struct row *r = &row[k];
        if (is_internal(r->op)) continue;
        if (all(r) > 0)
            fprintf(out, "%8.4f %16.0f %16.0f %16.0f %8s  %s\n", sum > 0 ? 100 * all(r) / sum : 0,
                    r->interpreted, r->native, r->helped, class[op_info[r->op].jit], op_info[r->op].name);
        else
            never++;
    }
    fprintf(out, "\nnever executed: %u operations\n", never);
    for (unsigned k = 0; k < OP_COUNT; k++)
        if (all(&row[k]) <= 0 && !is_internal(row[k].op)) fprintf(out, "  %s\n", op_info[row[k].op].name);
}

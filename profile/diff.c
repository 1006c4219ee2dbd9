/* Two profiles beside each other: where the instructions went that one has and the other has not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "profile/model.h"

struct pair {
    const char *module, *symbol;
    double before, after, native_before, native_after; /* instructions; of them translated */
};

static int by_name(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int c = strcmp(x->module, y->module);
    return c ? c : strcmp(x->symbol, y->symbol);
}

static int by_change(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    double d = fabs(y->after - y->before) - fabs(x->after - x->before);
    return d > 0 ? 1 : d < 0 ? -1 : by_name(a, b);
}

static void add(struct pair *to, const struct prof_function *f, size_t n, bool after)
{
    for (size_t k = 0; k < n; k++) {
        double all = f[k].interpreted + f[k].translated;
        to[k] = (struct pair){f[k].module, f[k].symbol, 0, 0, 0, 0};
        *(after ? &to[k].after : &to[k].before) = all;
        *(after ? &to[k].native_after : &to[k].native_before) = f[k].translated;
    }
}

/* One row a function, of two that have the same name. */
static size_t join(struct pair *p, size_t n)
{
    size_t out = 0;
    qsort(p, n, sizeof *p, by_name);
    for (size_t k = 0; k < n; k++) {
        if (out && !by_name(&p[out - 1], &p[k])) {
            p[out - 1].before += p[k].before;
            p[out - 1].after += p[k].after;
            p[out - 1].native_before += p[k].native_before;
            p[out - 1].native_after += p[k].native_after;
        } else {
            p[out++] = p[k];
        }
    }
    qsort(p, out, sizeof *p, by_change);
    return out;
}

static double share(double part, double all)
{
    return all > 0 ? 100 * part / all : 0;
}

static void write_total(const char *what, double before, double after, const char *format, FILE *out)
{
    char a[32], b[32], change[32] = "";
    snprintf(a, sizeof a, format, before);
    snprintf(b, sizeof b, format, after);
    if (before > 0) snprintf(change, sizeof change, "%+.1f %%", 100 * (after - before) / before);
    fprintf(out, "%-28s %20s %20s %10s\n", what, a, b, change);
}

static void write_totals(const struct prof *x, const struct prof *y, FILE *out)
{
    struct prof_sum a = prof_sum(x), b = prof_sum(y);
    uint64_t back_a = 0, back_b = 0;
    for (unsigned k = 0; k < JIT_DEOPTS; k++) {
        back_a += x->deopt_total[k];
        back_b += y->deopt_total[k];
    }
    fprintf(out, "%-28s %20s %20s %10s\n", "", "before", "after", "change");
    write_total("seconds", x->seconds, y->seconds, "%.3f", out);
    write_total("guest instructions", a.interpreted + a.translated, b.interpreted + b.translated, "%.0f",
                out);
    write_total("interpreted", a.interpreted, b.interpreted, "%.0f", out);
    write_total("translated", a.translated, b.translated, "%.0f", out);
    write_total("translations", (double)x->translations, (double)y->translations, "%.0f", out);
    write_total("seconds of translation", x->translation_seconds, y->translation_seconds, "%.3f", out);
    write_total("back from translated code", (double)back_a, (double)back_b, "%.0f", out);
    write_total("system calls", (double)x->system_calls, (double)y->system_calls, "%.0f", out);
}

void prof_write_diff(struct prof *before, struct prof *after, unsigned top, FILE *out)
{
    size_t n, m;
    struct prof_function *f = prof_functions(before, &n), *g = prof_functions(after, &m);
    struct pair *pair = f && g ? calloc(n + m + 1, sizeof *pair) : NULL;
    fprintf(out, "before: %s (process %d)\nafter:  %s (process %d)\n\n",
            before->program ? before->program : "?", before->pid, after->program ? after->program : "?",
            after->pid);
    write_totals(before, after, out);
    if (pair) {
        add(pair, f, n, false);
        add(pair + n, g, m, true);
        size_t rows = join(pair, n + m);
        fprintf(out, "\nFunctions, by the change of their guest instructions\n%20s %20s %20s %10s %10s  %s\n",
                "change", "before", "after", "translated", "translated", "function, module");
        for (size_t k = 0; k < rows && (!top || k < top); k++)
            fprintf(out, "%+20.0f %20.0f %20.0f %8.1f %% %8.1f %%  %s, %s\n", pair[k].after - pair[k].before,
                    pair[k].before, pair[k].after, share(pair[k].native_before, pair[k].before),
                    share(pair[k].native_after, pair[k].after), pair[k].symbol, pair[k].module);
    }
    free(pair);
    free(f);
    free(g);
}

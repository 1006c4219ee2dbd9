/* The tables of a profile: blocks, edges, deoptimizations; sorting and sums. */
#include "profile/model.h"

#include <stdlib.h>
#include <string.h>

#define REFUSAL(name, text)
#define DEOPT(name, text) [DEOPT_##name] = #name,
const char *const prof_deopt_name[JIT_DEOPTS] = {
#include "jit/reasons.def"
};
#undef DEOPT
#define DEOPT(name, text) [DEOPT_##name] = text,
const char *const prof_deopt_text[JIT_DEOPTS] = {
#include "jit/reasons.def"
};
#undef DEOPT
#undef REFUSAL
#define DEOPT(name, text)
#define REFUSAL(name, text) [REFUSE_##name] = #name,
const char *const prof_refusal_name[JIT_REFUSALS] = {
#include "jit/reasons.def"
};
#undef REFUSAL
#define REFUSAL(name, text) [REFUSE_##name] = text,
const char *const prof_refusal_text[JIT_REFUSALS] = {
#include "jit/reasons.def"
};
#undef REFUSAL
#undef DEOPT

struct prof *prof_new(void)
{
    return calloc(1, sizeof(struct prof));
}

/* --- blocks ------------------------------------------------------------------------------------------ */

static bool has_room(struct prof *p)
{
    if (p->blocks < p->room) return true;
    size_t n = p->room ? 2 * p->room : 1024;
    struct prof_block **grown = realloc(p->block, n * sizeof(struct prof_block *));
    if (!grown) return false;
    p->block = grown;
    p->room = n;
    return true;
}

struct prof_block *prof_block(struct prof *p, gaddr eip, uint32_t bytes, uint32_t insns, uint64_t hash)
{
    struct prof_block **at = &p->bucket[prof_bucket(eip)], *b;
    for (b = *at; b; b = b->next)
        if (b->eip == eip && b->bytes == bytes && b->hash == hash) return b;
    b = has_room(p) ? calloc(1, sizeof *b) : NULL;
    if (!b) return NULL;
    b->eip = eip;
    b->bytes = bytes;
    b->insns = insns;
    b->hash = hash;
    b->next = *at;
    *at = b;
    p->block[p->blocks++] = b;
    return b;
}

struct prof_block *prof_block_at(const struct prof *p, gaddr a)
{
    struct prof_block *best = prof_find(p, a);
    if (best) return best;
    for (size_t k = 0; k < p->blocks; k++) {
        struct prof_block *b = p->block[k];
        if (a - b->eip < b->bytes && (!best || b->eip > best->eip)) best = b;
    }
    return best;
}

/* --- edges, deoptimizations -------------------------------------------------------------------------- */

void prof_add_edge(struct prof *p, gaddr from, gaddr to, uint64_t times)
{
    struct prof_edge **at = &p->edges[prof_bucket(from ^ to << 1)], *e;
    for (e = *at; e; e = e->next)
        if (e->from == from && e->to == to) break;
    if (!e) {
        e = calloc(1, sizeof *e);
        if (!e) return;
        *e = (struct prof_edge){.next = *at, .from = from, .to = to};
        *at = e;
    }
    e->pending += times;
}

void prof_add_deopt(struct prof *p, gaddr eip, unsigned why)
{
    struct prof_deopt **at = &p->deopts[prof_bucket(eip)], *d;
    for (d = *at; d; d = d->next)
        if (d->eip == eip && d->why == why) break;
    if (!d) {
        d = calloc(1, sizeof *d);
        if (!d) return;
        *d = (struct prof_deopt){.next = *at, .eip = eip, .why = why};
        *at = d;
    }
    d->times++;
    p->deopt_total[why]++;
}

void prof_settle_deopts(struct prof *p)
{
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (struct prof_deopt *d = p->deopts[k]; d; d = d->next) {
            struct prof_block *b = d->times ? prof_block_at(p, d->eip) : NULL;
            if (b) b->deopt[d->why] += d->times;
            d->times = 0;
        }
}

/* --- counts ------------------------------------------------------------------------------------------ */

void prof_fold(struct prof *p, double weight)
{
    for (size_t k = 0; k < p->blocks; k++) {
        struct prof_block *b = p->block[k];
        b->translated += weight * (double)b->pending;
        b->last = b->pending;
        b->pending = 0;
    }
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (struct prof_edge *e = p->edges[k]; e; e = e->next) {
            e->times += weight * (double)e->pending;
            e->last = e->pending;
            e->pending = 0;
        }
}

double prof_pending(const struct prof *p)
{
    double sum = 0;
    for (size_t k = 0; k < p->blocks; k++)
        sum += (double)p->block[k]->pending * p->block[k]->insns;
    return sum;
}

void prof_discard(struct prof *p)
{
    for (size_t k = 0; k < p->blocks; k++)
        p->block[k]->pending = 0;
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (struct prof_edge *e = p->edges[k]; e; e = e->next)
            e->pending = 0;
}

void prof_reset(struct prof *p)
{
    prof_fold(p, 0);
    for (size_t k = 0; k < p->blocks; k++) {
        struct prof_block *b = p->block[k];
        b->count.interpreted = b->last = 0;
        b->translated = 0;
        memset(b->deopt, 0, sizeof b->deopt);
        memset(b->refusal, 0, sizeof b->refusal);
    }
    for (unsigned k = 0; k < PROF_BUCKETS; k++) {
        for (struct prof_edge *e = p->edges[k]; e; e = e->next)
            e->times = e->last = 0;
        for (struct prof_deopt *d = p->deopts[k]; d; d = d->next)
            d->times = 0;
    }
    memset(p->deopt_total, 0, sizeof p->deopt_total);
    memset(p->refusal_total, 0, sizeof p->refusal_total);
    memset(p->call, 0, sizeof p->call);
    p->moments = 0;
}

struct prof_sum prof_sum(const struct prof *p)
{
    struct prof_sum s = {0};
    for (size_t k = 0; k < p->blocks; k++) {
        const struct prof_block *b = p->block[k];
        s.interpreted += (double)b->count.interpreted * b->insns;
        s.translated += prof_translated(p, b) * b->insns;
        if (prof_insns(p, b) > 0) s.executed++;
    }
    return s;
}

/* qsort() has no argument for it. */
static const struct prof *sorted;

static int compare(const void *a, const void *b)
{
    const struct prof_block *x = *(struct prof_block *const *)a, *y = *(struct prof_block *const *)b;
    double d = prof_insns(sorted, y) - prof_insns(sorted, x);
    if (d != 0) return d > 0 ? 1 : -1;
    return x->eip < y->eip ? -1 : x->eip > y->eip;
}

bool prof_sort(struct prof *p)
{
    sorted = p;
    if (p->blocks) qsort(p->block, p->blocks, sizeof(struct prof_block *), compare);
    return true;
}

const char *prof_name(const struct prof_block *b, char *out, size_t size)
{
    if (!b->symbol)
        snprintf(out, size, "0x%08x", b->eip);
    else if (b->offset)
        snprintf(out, size, "%s+0x%x", b->symbol, b->offset);
    else
        snprintf(out, size, "%s", b->symbol);
    return out;
}

/* --- functions --------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct prof_function *x = a, *y = b;
    int c = strcmp(x->module, y->module);
    return c ? c : strcmp(x->symbol, y->symbol);
}

static int by_instructions(const void *a, const void *b)
{
    const struct prof_function *x = a, *y = b;
    double d = y->interpreted + y->translated - x->interpreted - x->translated;
    return d > 0 ? 1 : d < 0 ? -1 : by_name(a, b);
}

static uint64_t total(const uint64_t *n, unsigned count)
{
    uint64_t sum = 0;
    for (unsigned k = 0; k < count; k++)
        sum += n[k];
    return sum;
}

struct prof_function *prof_functions(const struct prof *p, size_t *count)
{
    struct prof_function *f = calloc(p->blocks + 1, sizeof *f);
    *count = 0;
    if (!f) return NULL;
    for (size_t k = 0; k < p->blocks; k++) {
        const struct prof_block *b = p->block[k];
        f[k] = (struct prof_function){.module = b->module ? b->module : "?",
                                      .symbol = b->symbol ? b->symbol : "(no symbol)",
                                      .interpreted = (double)b->count.interpreted * b->insns,
                                      .translated = prof_translated(p, b) * b->insns,
                                      .deopts = total(b->deopt, JIT_DEOPTS),
                                      .refusals = total(b->refusal, JIT_REFUSALS)};
    }
    qsort(f, p->blocks, sizeof *f, by_name);
    size_t n = 0;
    for (size_t k = 0; k < p->blocks; k++) {
        if (n && by_name(&f[n - 1], &f[k]) == 0) {
            f[n - 1].interpreted += f[k].interpreted;
            f[n - 1].translated += f[k].translated;
            f[n - 1].deopts += f[k].deopts;
            f[n - 1].refusals += f[k].refusals;
        } else {
            f[n++] = f[k];
        }
    }
    qsort(f, n, sizeof *f, by_instructions);
    *count = n;
    return f;
}

/* --- formats ----------------------------------------------------------------------------------------- */

int prof_format(const char *name)
{
    static const char *const names[] = {
#define X(name) #name,
        PROF_FORMATS(X)
#undef X
    };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(names[k], name)) return (int)k;
    return -1;
}

void prof_write(const struct prof *p, enum prof_format f, unsigned top, FILE *out)
{
    switch (f) {
    case PROF_text: prof_write_text(p, top, out); break;
    case PROF_json: prof_write_json(p, out); break;
    case PROF_callgrind: prof_write_callgrind(p, out); break;
    case PROF_folded: prof_write_folded(p, out); break;
    }
}

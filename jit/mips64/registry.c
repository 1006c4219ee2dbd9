/* The translations there are: finding them by code address, the ways in of a block, chaining and its undoing,
 * and their end. */
#include <stdlib.h>
#include <string.h>

#include "jit/mips64/translate.h"

/* --- finding ----------------------------------------------------------------------------------------- */

struct translation *translation_at(struct jit *j, const uint32_t *pc)
{
    size_t low = 0, high = __atomic_load_n(&j->count, __ATOMIC_ACQUIRE);
    if (!codemem_has(&j->mem, pc) || high == 0) return NULL;
    uint32_t word = (uint32_t)(pc - j->mem.begin);
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (j->all[mid]->first <= word)
            low = mid;
        else
            high = mid;
    }
    struct translation *tr = j->all[low];
    return word >= tr->first && word < tr->end ? tr : NULL;
}

const struct site *site_of_origin(struct jit *j, uint64_t origin)
{
    const uint32_t *pc = (const uint32_t *)(uintptr_t)origin;
    struct translation *tr = translation_at(j, pc - 2);
    if (!tr) return NULL;
    uint32_t word = (uint32_t)(pc - 2 - j->mem.begin);
    for (const struct site *s = tr->sites; s; s = s->next_of)
        if (s->word == word && s->links) return s;
    return NULL;
}

/* --- making ------------------------------------------------------------------------------------------ */

static void *copy(const void *from, size_t n)
{
    void *p = malloc(n ? n : 1);
    if (p) memcpy(p, from, n);
    return p;
}

static void free_translation(struct translation *tr)
{
    free(tr->entry.adapter);
    free(tr->marks);
    free(tr->recipes);
    free(tr->pendings);
    free(tr->records);
    free(tr->starts);
    free(tr->blocks);
    free(tr);
}

/* For reports: of --check, and of a profile. */
static uint32_t *copy_starts(const struct tr *t)
{
    uint32_t starts[TRACE_RECORDS + 1];
    for (unsigned k = 0; k <= t->trace->count; k++)
        starts[k] = (uint32_t)(t->start[k] - t->c.begin);
    return t->j->check || t->j->counts ? copy(starts, (t->trace->count + 1) * sizeof *starts) : NULL;
}

static struct translation *new_translation(struct tr *t)
{
    struct translation *tr = calloc(1, sizeof *tr);
    if (!tr) return NULL;
    const struct trace *trace = t->trace;
    struct insn *records[TRACE_RECORDS];
    for (unsigned k = 0; k < trace->count; k++)
        records[k] = trace->item[k].rec;
    tr->marks = copy(t->mark, t->marks * sizeof *t->mark);
    tr->recipes = copy(t->recipe, t->recipes * sizeof *t->recipe);
    tr->pendings = copy(t->pending, t->pendings * sizeof *t->pending);
    tr->records = copy(records, trace->count * sizeof *records);
    tr->blocks = malloc((trace->blocks + trace->depends) * sizeof *tr->blocks);
    if (tr->blocks) {
        memcpy(tr->blocks, trace->block, trace->blocks * sizeof *tr->blocks);
        memcpy(tr->blocks + trace->blocks, trace->depend, trace->depends * sizeof *tr->blocks);
    }
    tr->starts = copy_starts(t);
    tr->record_count = trace->count;
    tr->trace_blocks = trace->blocks;
    tr->mark_count = t->marks;
    tr->block_count = trace->blocks + trace->depends;
    tr->entry = (struct native){.block = trace->block[0], .code = t->entry, .way_in = t->way_in, .of = tr};
    if (tr->marks && tr->recipes && tr->pendings && tr->records && tr->blocks &&
        (tr->starts || !(t->j->check || t->j->counts)))
        return tr;
    free_translation(tr);
    return NULL;
}

/* The first one of a block is entered first. */
static void append(struct block *b, struct native *n)
{
    struct native **at = (struct native **)&b->native;
    while (*at)
        at = &(*at)->next;
    __atomic_store_n(at, n, __ATOMIC_RELEASE); /* others read it without the turn */
}

static void remove_native(struct native *n)
{
    struct block *b = n->block;
    struct native **at = (struct native **)&b->native;
    while (*at && *at != n)
        at = &(*at)->next;
    if (!*at) return;
    *at = n->next;
    if (!b->native) block_interpret(b);
}

bool translation_add(struct jit *j, struct tr *t)
{
    struct translation *tr = j->count < j->room ? new_translation(t) : NULL;
    if (!tr) return false;
    tr->first = (uint32_t)(t->c.begin - j->mem.begin);
    tr->end = (uint32_t)(t->c.at - j->mem.begin);
    tr->sites = t->sites;
    for (struct site *s = tr->sites; s; s = s->next_of)
        s->of = tr;
    for (unsigned k = 0; k < tr->block_count; k++) {
        struct block *b = tr->blocks[k];
        struct member *m = malloc(sizeof *m);
        if (!m) { /* its memory is needed for correctness: the translation is not used */
            translation_end(j, tr);
            t->sites = NULL;
            return false;
        }
        *m = (struct member){tr, b->translations};
        b->translations = m;
    }
    j->all[j->count] = tr;
    __atomic_store_n(&j->count, j->count + 1, __ATOMIC_RELEASE);
    tr->entry.in_memory = t->in_memory;
    tr->entry.has_x87 = t->has_x87;
    tr->entry.key = t->key;
    tr->entry.sse = t->sse;
    tr->entry.direct = t->direct;
    tr->entry.again = t->again;
    tr->carried = t->carried;
    append(tr->entry.block, &tr->entry);
    return true;
}

/* --- chaining ---------------------------------------------------------------------------------------- */

void translation_again(struct jit *j, struct translation *tr)
{
    struct block *b = tr->entry.block;
    if (tr->dead) return;
    translation_end(j, tr);
    block_count(j->in, b);
}

bool site_fits(const struct site *s, const struct native *n)
{
    bool x87 = !n->has_x87 || (s->x87_known && s->x87_key == n->key);
    return x87 && (n->sse == SSE_NONE || n->sse == s->sse);
}

void chain(struct jit *j, struct site *s, struct native *to, uint64_t origin)
{
    bool adapts = to->in_memory && s->flags.kind != RECIPE_MEMORY;
    if (s->chain || (s->own && to != &s->of->entry)) return;
    if (adapts && s->kind == SITE_EDGE) {
        translation_again(j, s->of);
        return;
    }
    if (j->check) return; /* C comes between all translations */
    bool direct = (to->has_x87 || to->sse != SSE_NONE) && site_fits(s, to);
    const uint32_t *code = adapts ? adapter(j, to, origin) : direct ? to->direct : to->code;
    if (s->again) code = to->again;
    if (!code) return;
    s->adapts = adapts;
    s->chain = to;
    s->goal = code;
    count_chain(j, s);
    s->next_in = to->in;
    to->in = s;
    report_chained(j, s, to);
}

void chain_to_adapter(struct jit *j, const struct native *to, const uint32_t *code)
{
    codemem_open(&j->mem);
    for (struct site *s = to->in; s; s = s->next_in) {
        if (!s->adapts) continue;
        s->goal = code;
        count_chain(j, s);
    }
    codemem_close(&j->mem);
}

static void unchain(struct jit *j, struct site *s)
{
    codemem_patch(&j->mem, j->mem.begin + s->word, jump_word(j->mem.begin + s->cold, s->links));
    s->chain = NULL;
}

/* --- the end ----------------------------------------------------------------------------------------- */

static void remove_from_list(struct native *to, struct site *s)
{
    struct site **at = &to->in;
    while (*at && *at != s)
        at = &(*at)->next_in;
    if (*at) *at = s->next_in;
}

static void remove_member(struct block *b, struct translation *tr)
{
    struct member **at = (struct member **)&b->translations;
    while (*at && (*at)->of != tr)
        at = &(*at)->next;
    struct member *m = *at;
    if (!m) return;
    *at = m->next;
    free(m);
}

/* Its code stays where it is, unreachable; its sites and marks too, as somebody may still be in it. */
void translation_end(struct jit *j, struct translation *tr)
{
    if (tr->dead) return;
    interp_stop_others(j->in);
    count_end(j, tr);
    tr->dead = true;
    codemem_open(&j->mem);
    for (struct site *s = tr->entry.in, *next; s; s = next) {
        next = s->next_in;
        unchain(j, s);
    }
    tr->entry.in = NULL;
    for (struct site *s = tr->sites; s; s = s->next_of)
        if (s->chain) {
            remove_from_list(s->chain, s);
            unchain(j, s);
        }
    codemem_close(&j->mem);
    for (unsigned k = 0; k < tr->block_count; k++)
        remove_member(tr->blocks[k], tr);
    remove_native(&tr->entry);
}

static void release(struct translation *tr)
{
    for (struct site *s = tr->sites, *next; s; s = next) {
        next = s->next_of;
        free(s);
    }
    free_translation(tr);
}

void translations_flush(struct jit *j)
{
    interp_stop_others(j->in);
    j->in->jumps_epoch++; /* others may be on their way out of one */
    jit_forget_jumps(j);
    jit_counted(j);
    for (size_t k = 0; k < j->count; k++) {
        struct translation *tr = j->all[k];
        struct block *b = tr->entry.block;
        bool dead = tr->dead;
        for (unsigned n = 0; !dead && n < tr->block_count; n++)
            remove_member(tr->blocks[n], tr);
        if (!dead && b->native) {
            b->native = NULL;
            block_interpret(b);
            block_count(j->in, b);
        }
        release(tr);
    }
    j->count = 0;
    codemem_reset(&j->mem);
    j->counters->flushes++;
    j->counters->code_bytes = 0;
    if (j->log && j->log->flushed) j->log->flushed(j->log->self);
}

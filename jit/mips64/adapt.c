/* Adapters: ways into a translation that wants the flags in struct cpu, for code that leaves them as a recipe
 * and does not know where it leads to: returns and indirect jumps. An adapter compares ORIGIN with that of
 * the sites that came so far and does what the site's recipe needs; it is made anew when another one comes.
 * Its code belongs to nobody: it is valid until code memory begins anew. */
#include <stdlib.h>
#include <string.h>

#include "jit/mips64/effects.h"
#include "jit/mips64/translate.h"

enum { WAYS = 12, WAY_WORDS = 64 };

struct adapter {
    const uint32_t *code;
    struct site *miss; /* where it leaves when nothing matches */
    struct way {
        uint64_t origin;
        struct recipe flags;
    } way[WAYS]; /* newest first: old ones may come from translations that are no more */
    unsigned ways;
};

static void emit_way(struct tr *t, const struct native *to, const struct way *w)
{
    struct code *c = &t->c;
    t->flags = w->flags;
    t->esp = 0;
    flags_to_memory(t);
    uint32_t slot = slot_word(c, 0);
    emit(c, word_j(to->code));
    emit(c, slot);
}

static const uint32_t *emit_adapter(struct jit *j, const struct native *to, const struct adapter *a)
{
    struct tr *t = j->tr;
    struct code *c = &t->c;
    struct label way[WAYS] = {{0}};
    t->c = codemem_reserve(&j->mem, (WAYS + 1) * WAY_WORDS);
    if (!c->begin) return NULL;
    c->idle = REG_BIT(V0);
    for (unsigned k = 0; k < a->ways; k++) {
        li64(c, V0, a->way[k].origin);
        beq(c, ORIGIN, V0, &way[k]);
        nop(c);
        slot_open(c);
    }
    emit_leave(t, a->miss);
    for (unsigned k = 0; k < a->ways; k++) {
        bind_label(c, &way[k]);
        emit_way(t, to, &a->way[k]);
    }
    if (c->overflow) {
        codemem_abort(&j->mem, c);
        return NULL;
    }
    codemem_commit(&j->mem, c);
    return c->begin;
}

static struct adapter *adapter_new(struct native *to)
{
    struct adapter *a = calloc(1, sizeof *a);
    struct site *s = calloc(1, sizeof *s);
    if (!a || !s) {
        free(a);
        free(s);
        return NULL;
    }
    *s = (struct site){.kind = SITE_ADAPTER,
                       .flags = {.kind = RECIPE_ENTRY},
                       .to = &to->block->rec[0],
                       .next_of = to->of->sites,
                       .of = to->of};
    __atomic_store_n(&to->of->sites, s, __ATOMIC_RELEASE); /* others read it without the turn */
    a->miss = s;
    return a;
}

static bool has_way(const struct adapter *a, uint64_t origin)
{
    for (unsigned k = 0; k < a->ways; k++)
        if (a->way[k].origin == origin) return true;
    return a->ways == WAYS;
}

static void add_way(struct jit *j, struct adapter *a, uint64_t origin)
{
    const struct site *s = site_of_origin(j, origin);
    memmove(&a->way[1], &a->way[0], a->ways++ * sizeof a->way[0]);
    a->way[0] = (struct way){.origin = origin, .flags = {.kind = RECIPE_MEMORY}}; /* C code entered */
    if (s) a->way[0].flags = s->flags;
}

const uint32_t *adapter(struct jit *j, struct native *to, uint64_t origin)
{
    if (!to->adapter) to->adapter = adapter_new(to);
    struct adapter *a = to->adapter;
    if (!a || has_way(a, origin)) return a ? a->code : NULL;
    add_way(j, a, origin);
    const uint32_t *code = emit_adapter(j, to, a);
    if (!code) return a->code;
    chain_to_adapter(j, to, code);
    return a->code = code;
}

/* Replays what a translation is going to do in the step engine, takes it back, and compares afterwards. The
 * translation may be left anywhere on its path, so the replay notes where it was before each record; if the
 * translation did not come to the end, the replay is repeated up to where it was left. It ends
 * before an access to memory that it shares with other processes: what follows is not compared. */
#include "jit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interp/flags.h"
#include "interp/sem.h"

enum { RESUME_UNKNOWN = RESUME_VALUES }; /* an access that cannot be replayed */

/* What struct check_state has of struct cpu, by the same names. */
#define PARTS(X) X(gpr) X(eip) X(flag_res) X(flag_carry) X(flag_sys) X(df) X(seg_base) X(seg) X(x87) X(simd)

void check_save(struct check_state *s, const struct cpu *cpu)
{
#define X(part) memcpy(&s->part, &cpu->part, sizeof s->part);
    PARTS(X)
#undef X
    s->flags = flags_get(cpu);
}

void check_restore(struct cpu *cpu, const struct check_state *s)
{
#define X(part) memcpy(&cpu->part, &s->part, sizeof s->part);
    PARTS(X)
#undef X
}

/* --- stores ------------------------------------------------------------------------------------------ */

static struct check_store *new_store(struct check *c)
{
    if (c->store_count == CHECK_STORES) return NULL;
    if (c->store_count == c->store_room) {
        unsigned room = c->store_room ? 2 * c->store_room : 256;
        struct check_store *grown = realloc(c->stores, room * sizeof *grown);
        if (!grown) return NULL;
        c->stores = grown;
        c->store_room = room;
    }
    return &c->stores[c->store_count];
}

/* A store to code ends translations, among them maybe the one that is checked: it is not replayed. */
static bool touches_code(struct mm *mm, gaddr at, unsigned n)
{
    return mm_is_watched(mm, at) || mm_is_watched(mm, at + n - 1);
}

/* Memory that other processes write may be another when the translation reads it. */
static void before_load(struct access_watch *watch, struct cpu *cpu, gaddr at, unsigned n)
{
    (void)watch;
    if (mm_is_shared(cpu->mm, at, n)) siglongjmp(*cpu->recover, RESUME_UNKNOWN);
}

/* Nor may they see what the replay stores there. */
static void before_store(struct access_watch *watch, struct cpu *cpu, gaddr at, unsigned n)
{
    struct check *c = (struct check *)watch;
    bool apart = n > CHECK_STORE || touches_code(cpu->mm, at, n) || mm_is_shared(cpu->mm, at, n);
    struct check_store *s = apart ? NULL : new_store(c);
    struct mm_fault f;
    if (!s) siglongjmp(*cpu->recover, RESUME_UNKNOWN);
    s->at = at; /* what was found there before a second replay stays */
    s->n = (uint8_t)n;
    if (mm_load(cpu->mm, at, s->old, n, &f)) c->store_count++; /* else the store faults as well */
}

static void read_stores(struct check *c, struct mm *mm, bool found)
{
    struct mm_fault f;
    for (unsigned k = 0; k < c->store_count; k++) {
        struct check_store *s = &c->stores[k];
        if (!mm_load(mm, s->at, found ? s->found : s->expected, s->n, &f)) s->n = 0; /* unmapped meanwhile */
    }
}

static void undo_stores(struct check *c, struct mm *mm)
{
    struct mm_fault f;
    for (unsigned k = c->store_count; k-- > 0;)
        if (!mm_store(mm, c->stores[k].at, c->stores[k].old, c->stores[k].n, &f)) c->stores[k].n = 0;
}

static void redo_found(struct check *c, struct mm *mm)
{
    struct mm_fault f;
    for (unsigned k = 0; k < c->store_count; k++)
        if (!mm_store(mm, c->stores[k].at, c->stores[k].found, c->stores[k].n, &f)) c->stores[k].n = 0;
}

/* --- the replay -------------------------------------------------------------------------------------- */

/* Does it give another result each time, or leave at any time? */
static bool is_fickle(const struct insn *i)
{
    return i->op == OP_RDTSC;
}

/* Flags that are undefined after record i. A shift by 0 leaves all as they were. */
static unsigned undefined_after(const struct insn *i, unsigned before)
{
    const struct op_info *info = &op_info[i->op];
    if (info->group == GROUP_shift) return before | info->undefined;
    return (before & ~info->writes) | info->undefined;
}

/* Record k ended: where does the path go on? false: it is left. */
static bool go_on(struct check *c, struct cpu *cpu, const struct insn *next)
{
    unsigned k = c->length++;
    const struct insn *i = c->path.records[k];
    gaddr to = next ? next->op == OP_EXIT ? next->imm : next->eip : cpu->eip;
    c->eip[k + 1] = to;
    c->undefined[k + 1] = (uint16_t)undefined_after(i, c->undefined[k]);
    return k + 1 < c->path.count && c->path.records[k + 1]->eip == to;
}

/* Runs at most `most` records of the path. */
static void run_path(struct check *c, struct cpu *cpu, unsigned most)
{
    c->end = CHECK_LEFT;
    while (c->length < most) {
        struct insn *i = c->path.records[c->length];
        if (c->path.leaves(i)) return;
        if (is_fickle(i)) {
            c->end = CHECK_UNKNOWN;
            return;
        }
        cpu->at = i;
        cpu->exit = EXIT_LOOKUP;
        const struct insn *next = sem_step(i)(cpu, i, cpu->base);
        if (!next && cpu->exit != EXIT_LOOKUP) {
            c->end = cpu->exit == EXIT_TRAP ? CHECK_TRAPPED : CHECK_UNKNOWN;
            return;
        }
        if (!go_on(c, cpu, next)) return;
    }
}

static void replay(struct check *c, struct cpu *cpu, unsigned most)
{
    sigjmp_buf *outer = cpu->recover;
    const struct insn *at = cpu->at, *edge = cpu->edge;
    const enum exit_reason left = cpu->exit;
    const struct trap trap = cpu->trap;
    c->length = 0;
    cpu->recover = &c->recover;
    cpu->watch = &c->watch;
    switch (sigsetjmp(c->recover, 0)) {
    case 0: run_path(c, cpu, most); break;
    case RESUME_GUEST_FAULT: c->end = CHECK_TRAPPED; break;
    default: c->end = CHECK_UNKNOWN; break;
    }
    cpu->watch = NULL;
    cpu->recover = outer;
    cpu->at = at;
    cpu->edge = edge;
    cpu->exit = left;
    cpu->trap = trap;
    if (c->end != CHECK_TRAPPED) cpu->eip = c->eip[c->length]; /* INTO's trap is after it */
}

void check_begin(struct check *c, struct cpu *cpu, const struct check_path *path)
{
    c->path = *path;
    if (c->path.count > CHECK_PATH) c->path.count = CHECK_PATH;
    c->eip[0] = cpu->eip = path->records[0]->eip;
    c->undefined[0] = 0;
    c->store_count = 0;
    check_save(&c->before, cpu);
    replay(c, cpu, c->path.count);
    check_save(&c->expected, cpu);
    read_stores(c, cpu->mm, false);
    undo_stores(c, cpu->mm);
    check_restore(cpu, &c->before);
}

/* --- the comparison ---------------------------------------------------------------------------------- */

static unsigned part(bool differs, enum check_part p)
{
    return differs ? 1u << p : 0;
}

static unsigned compare_x87(const struct x87 *a, const struct x87 *b, uint16_t early)
{
    bool values = false;
    for (unsigned r = 0; r < 8; r++) {
        struct f80 v = x87_register(a, r), w = x87_register(b, r);
        values |= v.m != w.m || v.se != w.se;
    }
    return part(values, CHECK_X87_BIT) | part(a->top != b->top || a->empty != b->empty, CHECK_STACK_BIT) |
           part(a->cw != b->cw || (a->sw ^ b->sw) & ~(b->sw & early), CHECK_WORDS_BIT) |
           part(a->fop != b->fop || a->fip != b->fip || a->fdp != b->fdp || a->fcs != b->fcs ||
                    a->fds != b->fds,
                CHECK_LAST_BIT);
}

static unsigned compare_states(const struct check *c, uint32_t flags)
{
    const struct check_state *a = &c->expected, *b = &c->found;
    unsigned d = 0;
    for (unsigned r = 0; r < REG_ZERO; r++)
        d |= part(a->gpr[r] != b->gpr[r], r);
    d |= part(a->eip != b->eip, CHECK_EIP_BIT);
    d |= part(((a->flags ^ b->flags) & flags) != 0, CHECK_FLAGS_BIT);
    d |= part(a->flag_sys != b->flag_sys || a->df != b->df, CHECK_SYSTEM_BIT);
    d |= part(memcmp(a->seg, b->seg, sizeof a->seg) || memcmp(a->seg_base, b->seg_base, sizeof a->seg_base),
              CHECK_SEG_BIT);
    bool xmm = memcmp(a->simd.xmm, b->simd.xmm, sizeof a->simd.xmm) || a->simd.mxcsr != b->simd.mxcsr;
    return d | part(xmm, CHECK_XMM_BIT) | compare_x87(&a->x87, &b->x87, c->early);
}

static unsigned compare_stores(const struct check *c)
{
    for (unsigned k = 0; k < c->store_count; k++) {
        const struct check_store *s = &c->stores[k];
        if (memcmp(s->expected, s->found, s->n)) return 1u << CHECK_MEMORY_BIT;
    }
    return 0;
}

/* Compares with the state after n records of the path. What was stored by records after them is expected to
 * be as it was before. */
static unsigned compare_after(struct check *c, struct cpu *cpu, unsigned n, uint32_t flags)
{
    unsigned all = c->store_count, kept = c->length, end = c->end;
    undo_stores(c, cpu->mm);
    check_restore(cpu, &c->before);
    c->store_count = 0;
    replay(c, cpu, n);
    check_save(&c->expected, cpu);
    c->store_count = all;
    read_stores(c, cpu->mm, false);
    redo_found(c, cpu->mm);
    check_restore(cpu, &c->found);
    c->length = kept;
    c->end = end;
    return compare_states(c, flags & ~(uint32_t)c->undefined[n]) | compare_stores(c);
}

/* At the end of what was replayed: this needs no second replay. */
static unsigned compare_at_end(const struct check *c, const struct check_ending *e)
{
    return compare_states(c, e->flags & ~(uint32_t)c->undefined[c->length]) | compare_stores(c) |
           part(e->trapped != (c->end == CHECK_TRAPPED), CHECK_TRAP_BIT);
}

bool check_compare(struct check *c, struct cpu *cpu, const struct check_ending *e)
{
    check_save(&c->found, cpu);
    c->found.eip = e->eip;
    c->early = e->early;
    read_stores(c, cpu->mm, true);
    c->differs = compare_at_end(c, e);
    if (!c->differs || (c->end == CHECK_UNKNOWN && e->trapped)) return true;
    if (e->trapped) return false;
    for (unsigned n = c->length + (c->end != CHECK_LEFT); c->differs && n-- > 0;)
        if (c->eip[n] == e->eip) c->differs = compare_after(c, cpu, n, e->flags);
    if (!c->differs || c->end == CHECK_UNKNOWN) return true;
    if (c->end == CHECK_LEFT) c->differs = compare_after(c, cpu, c->length, e->flags); /* the likelier one */
    return false;
}

void check_text(const struct check *c, char *text, size_t size)
{
    static const char *const name[CHECK_PARTS] = {
#define PART(name, text) text,
#include "jit/check.def"
#undef PART
    };
    size_t used = 0;
    *text = 0;
    for (unsigned p = 0; p < CHECK_PARTS; p++)
        if (c->differs >> p & 1 && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", name[p]);
}

struct check *check_new(void)
{
    struct check *c = calloc(1, sizeof *c);
    if (c) c->watch = (struct access_watch){before_load, before_store};
    return c;
}

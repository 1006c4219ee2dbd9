/* Blocks: making them, finding them, linking them, forgetting them. Their records come from draft.c, the
 * choice of handlers from lower.c. */
#include "interp/block.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "interp/draft.h"
#include "interp/sem.h"

enum { LONGEST_BLOCK = BLOCK_MAX_INSNS * INSN_MAX };

/* --- finding ----------------------------------------------------------------------------------------- */

static struct block **bucket(struct interp *in, gaddr eip)
{
    return &in->hash[eip * 2654435761u >> (32 - BLOCK_HASH_BITS)]; /* Fibonacci hashing */
}

struct block *block_find(struct interp *in, gaddr eip)
{
    struct block *b = *bucket(in, eip);
    while (b && b->eip != eip)
        b = b->next_hash;
    return b;
}

static void enter_hash(struct interp *in, struct block *b)
{
    struct block **at = bucket(in, b->eip);
    b->next_hash = *at;
    *at = b;
}

static void leave_hash(struct interp *in, struct block *b)
{
    struct block **at = bucket(in, b->eip);
    while (*at != b)
        at = &(*at)->next_hash;
    *at = b->next_hash;
}

static gaddr first_page(const struct block *b)
{
    return b->eip >> GPAGE_SHIFT;
}

static gaddr last_page(const struct block *b)
{
    return (gaddr)(b->eip + (b->bytes ? b->bytes - 1 : 0)) >> GPAGE_SHIFT;
}

static void enter_page(struct interp *in, struct block *b, unsigned k, gaddr page)
{
    b->next_on_page[k] = in->page_blocks[page];
    in->page_blocks[page] = b;
}

static void enter_pages(struct interp *in, struct block *b)
{
    enter_page(in, b, 0, first_page(b));
    if (last_page(b) != first_page(b)) enter_page(in, b, 1, last_page(b));
}

static void make_exits(struct interp *in, struct block *b)
{
    struct insn *last = &b->rec[b->records - 1], *exits = last + 1;
    for (unsigned k = 0; k < EXIT_RECORDS; k++) {
        exits[k] = (struct insn){.fn = in->exit_handler, .op = OP_EXIT, .eip = last->eip, .aux = k};
        exits[k].to = &exits[k];
    }
    exits[EXIT_TAKEN].to = b->rec; /* not a link: names the block */
    exits[EXIT_FALL].imm = insn_next_eip(last);
    exits[EXIT_TAKEN].imm = last->imm;
    last->to = &exits[EXIT_TAKEN];
}

/* --- memory ------------------------------------------------------------------------------------------ */

enum { CHUNK_BYTES = 256 * 1024 };

static void release(struct chunk *c)
{
    if (--c->live == 0) free(c);
}

/* Room for the largest block; what it does not use is given back by trim(). */
static struct block *reserve(struct interp *in)
{
    size_t most = sizeof(struct block) + DRAFT_RECORDS * sizeof(struct insn);
    if (in->filling && in->filling->used + most > CHUNK_BYTES) {
        release(in->filling);
        in->filling = NULL;
    }
    if (!in->filling) {
        in->filling = malloc(sizeof *in->filling + CHUNK_BYTES);
        if (!in->filling) return NULL;
        in->filling->live = 1;
        in->filling->used = 0;
    }
    struct block *b = (struct block *)(void *)(in->filling->mem + in->filling->used);
    *b = (struct block){.chunk = in->filling};
    b->chunk->live++;
    return b;
}

static void trim(struct block *b)
{
    b->chunk->used += sizeof *b + (b->records + EXIT_RECORDS) * sizeof(struct insn);
}

bool block_tables_new(struct interp *in)
{
    size_t size = GPAGES * (sizeof *in->page_blocks + sizeof *in->written) +
                  ((size_t)1 << BLOCK_HASH_BITS) * sizeof *in->hash;
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return false;
    in->page_blocks = p;
    in->hash = in->page_blocks + GPAGES;
    in->written = (struct written_page *)(in->hash + ((size_t)1 << BLOCK_HASH_BITS));
    in->exit_handler = sem_fast(&(struct insn){.op = OP_EXIT}, false);
    return true;
}

void block_tables_free(struct interp *in)
{
    if (in->filling) release(in->filling);
    free(in->breaks);
    munmap(in->page_blocks, GPAGES * (sizeof *in->page_blocks + sizeof *in->written) +
                                ((size_t)1 << BLOCK_HASH_BITS) * sizeof *in->hash);
}

/* --- making ------------------------------------------------------------------------------------------ */

static bool is_checked(const struct interp *in, gaddr page)
{
    return in->written[page].stores >= CHECKED_PAGE;
}

static bool may_be_alone(const struct interp *in, gaddr eip)
{
    gaddr last = eip + LONGEST_BLOCK - 1;
    if (in->opt.smc == SMC_NONE) return false;
    return (in->some_checked && is_checked(in, eip >> GPAGE_SHIFT)) ||
           (in->some_checked && is_checked(in, last >> GPAGE_SHIFT)) ||
           mm_is_shared(in->mm, eip, LONGEST_BLOCK);
}

/* Watches b's code, or sees to it that it is compared. */
static void guard_code(struct interp *in, struct block *b, bool maybe, bool watched)
{
    bool nothing = b->rec[0].op == OP_FETCH_FAULT;
    b->alone = nothing || (maybe && (is_checked(in, first_page(b)) || is_checked(in, last_page(b)) ||
                                     mm_is_shared(in->mm, b->eip, b->bytes)));
    if (!b->alone && !watched) mm_watch(in->mm, b->eip, b->bytes);
    if (!b->alone) return;
    struct mm_fault ignored;
    b->copy = nothing ? NULL : malloc(b->bytes);
    if (b->copy && mm_fetch(in->mm, b->eip, b->copy, b->bytes, &ignored) == b->bytes) return;
    free(b->copy);
    b->copy = NULL;
}

/* Is the code of a block that is alone as it was? */
static bool is_current(struct interp *in, const struct block *b)
{
    uint8_t now[LONGEST_BLOCK];
    struct mm_fault ignored;
    if (!b->copy || mm_fetch(in->mm, b->eip, now, b->bytes, &ignored) != b->bytes) return false;
    return memcmp(now, b->copy, b->bytes) == 0;
}

/* Another thread may have changed the code between its decoding and its watching. */
static bool is_as_decoded(struct interp *in, struct block *b, const uint8_t *bytes)
{
    uint8_t now[LONGEST_BLOCK];
    struct mm_fault ignored;
    if (!turn_is_free(in->turn)) return true;
    if (!b->alone)
        return mm_fetch(in->mm, b->eip, now, b->bytes, &ignored) == b->bytes && !memcmp(now, bytes, b->bytes);
    if (b->copy && memcmp(b->copy, bytes, b->bytes)) {
        free(b->copy);
        b->copy = NULL;
    }
    return true;
}

static void drop(struct interp *in, struct block *b);

static void drop_page(struct interp *in, gaddr page)
{
    while (in->page_blocks[page])
        drop(in, in->page_blocks[page]);
}

/* Code of a page that was entered so often without a change shows that the page is quiet: it is watched
 * again, until it has been written half as often. Each time that it has to, it waits longer. */
static void count_entry(struct interp *in, gaddr page)
{
    enum { QUIET = 256, LONGEST_WAIT = 4 };
    struct written_page *w = &in->written[page];
    if (!is_checked(in, page) || ++w->entries < QUIET << w->wait) return;
    w->stores = CHECKED_PAGE / 2;
    w->entries = 0;
    w->wait += w->wait < LONGEST_WAIT;
    drop_page(in, page);
}

/* Counts that b, which is as it was, is entered. True: it is gone, its page is watched again. */
static bool is_quiet(struct interp *in, const struct block *b)
{
    gaddr first = first_page(b), last = last_page(b);
    uint64_t dropped = in->stats.blocks_dropped;
    if (mm_is_shared(in->mm, b->eip, b->bytes)) return false;
    count_entry(in, first);
    if (last != first) count_entry(in, last);
    return in->stats.blocks_dropped != dropped;
}

/* Decodes the block at eip. `bytes` may be used to tell whether its code changes meanwhile. */
static struct block *make_block(struct interp *in, gaddr eip, uint8_t *bytes)
{
    struct block *b = reserve(in);
    if (!b) return NULL;
    struct draft d = {.rec = b->rec, .eip = eip, .bytes = turn_is_free(in->turn) ? bytes : NULL};
    bool maybe = may_be_alone(in, eip);
    draft_block(in, &d, maybe);
    b->eip = eip;
    b->bytes = d.eip - eip;
    b->records = d.records;
    b->insns = d.insns;
    make_exits(in, b);
    trim(b);
    b->first_fn = b->rec[0].fn;
    enter_hash(in, b);
    enter_pages(in, b);
    guard_code(in, b, maybe, d.watched);
    return b;
}

static __attribute__((noinline)) struct block *new_block(struct interp *in, gaddr eip)
{
    uint8_t bytes[LONGEST_BLOCK + INSN_MAX];
    struct block *b;
    while ((b = make_block(in, eip, bytes)) && !is_as_decoded(in, b, bytes))
        draft_forget_windows(in), drop(in, b); /* who changes it is stopped now */
    if (!b) return NULL;
    in->stats.blocks++;
    in->stats.insns_decoded += b->insns;
    if (in->opt.fact) {
        b->fact = in->opt.fact(in->opt.fact_ctx, b);
        if (b->fact) block_interpret(b);
    }
    if (in->trace_new) in->trace_new(in->trace_ctx, b);
    return b;
}

/* Is a block that is alone still right? */
static __attribute__((noinline)) bool stays(struct interp *in, struct block *b)
{
    if (is_current(in, b)) return !is_quiet(in, b);
    drop(in, b);
    return false;
}

struct block *block_get(struct interp *in, gaddr eip)
{
    struct block *b = block_find(in, eip);
    return b && (!b->alone || stays(in, b)) ? b : new_block(in, eip);
}

struct block *block_expected(struct interp *in, gaddr eip)
{
    struct block *b = block_find(in, eip);
    return b || !in->opt.expects || !in->opt.expects(in->opt.fact_ctx, eip) ? b : block_get(in, eip);
}

/* --- links ------------------------------------------------------------------------------------------- */

/* The link that an exit record stands for (see block.h). */
static const struct insn **link_of(struct insn *edge)
{
    return edge->aux == EXIT_FALL ? &edge->to : &edge[-1 - EXIT_TAKEN].to;
}

/* The list that a linked exit record is in, from there on. */
static struct insn **next_in(const struct insn *edge)
{
    return &block_of_exit(edge)->next_in[edge->aux];
}

void block_link(const struct insn *edge_const, struct block *to)
{
    struct insn *edge = (struct insn *)(uintptr_t)edge_const; /* records belong to this file */
    if (*link_of(edge) != edge) return;
    *next_in(edge) = to->in;
    to->in = edge;
    __atomic_store_n(link_of(edge), to->rec, __ATOMIC_RELEASE); /* other threads follow it */
}

struct block *block_of_exit(const struct insn *edge)
{
    return block_of_first(edge[EXIT_TAKEN - edge->aux].to);
}

struct block *block_of(const struct insn *rec)
{
    while (rec->op != OP_EXIT)
        rec++;
    return block_of_exit(rec);
}

static void forget_edge(struct block *to, const struct insn *edge)
{
    struct insn **at = &to->in;
    while (*at != edge)
        at = next_in(*at);
    *at = *next_in(edge);
}

/* Undoes the links out of b. */
static void unlink_out(struct block *b)
{
    struct insn *exits = &b->rec[b->records];
    for (unsigned k = 0; k < EXIT_RECORDS; k++) {
        const struct insn **link = link_of(&exits[k]);
        if (*link != &exits[k]) forget_edge(block_of_first(*link), &exits[k]);
        *link = &exits[k];
    }
}

/* --- forgetting -------------------------------------------------------------------------------------- */

static void leave_page(struct interp *in, struct block *b, gaddr page)
{
    struct block **at = &in->page_blocks[page];
    while (*at && *at != b)
        at = &(*at)->next_on_page[page != first_page(*at)];
    if (*at) *at = b->next_on_page[page != first_page(b)];
    if (in->page_blocks[page]) return;
    draft_forget_windows(in);
    mm_unwatch(in->mm, page << GPAGE_SHIFT, GPAGE);
}

/* A block that links to b may rely on which flags b reads: it gets its plain handlers back. */
static void undo_link(struct interp *in, struct insn *edge)
{
    struct block *from = block_of_exit(edge);
    bool translated = from->translations != NULL;
    if (translated) in->hooks.dropped(in->hooks.self, from);
    *link_of(edge) = edge;
    from->optimized = false;
    lower_block(from);
    block_interpret(from);
    if (translated)
        block_set_back(in, from);
    else
        block_count(in, from);
}

/* Takes b out of every structure. */
static void drop(struct interp *in, struct block *b)
{
    interp_stop_others(in);
    if (!b->alone || (in->turn && in->turn->shared)) in->jumps_epoch++;
    if (b->translations) in->hooks.dropped(in->hooks.self, b);
    leave_hash(in, b);
    leave_page(in, b, first_page(b));
    if (last_page(b) != first_page(b)) leave_page(in, b, last_page(b));
    unlink_out(b);
    for (struct insn *edge = b->in; edge; edge = *next_in(edge))
        undo_link(in, edge);
    b->in = NULL;
    b->next_retired = in->retired;
    in->retired = b;
    in->changed = true;
    in->stats.blocks_dropped++;
}

static bool overlaps(const struct block *b, gaddr from, uint32_t len)
{
    return b->eip - from < len || from - b->eip < b->bytes;
}

/* A short write to a page with code. When there were many, the page's blocks are decoded again, and compared
 * from then on: nothing watches it any more. */
static void count_rewrite(struct interp *in, gaddr page)
{
    if (is_checked(in, page) || ++in->written[page].stores < CHECKED_PAGE) return;
    in->some_checked = true;
    drop_page(in, page);
}

void block_drop_range(struct interp *in, gaddr from, uint32_t len)
{
    interp_stop_others(in); /* also before a page can be written for a moment: that would not be noticed */
    if (len == 0) return;
    draft_forget_windows(in);
    if (len < GPAGE) count_rewrite(in, from >> GPAGE_SHIFT);
    if (in->opt.smc == SMC_PAGE) {
        uint32_t before = from & (GPAGE - 1), after = -(from + len) & (GPAGE - 1);
        from -= before;
        len += before + after;
    }
    block_redo_range(in, from, len);
}

void block_redo_range(struct interp *in, gaddr from, uint32_t len)
{
    gaddr last = (gaddr)(from + len - 1) >> GPAGE_SHIFT;
    for (gaddr page = from >> GPAGE_SHIFT;; page = (page + 1) & (GPAGES - 1)) {
        for (struct block *b = in->page_blocks[page], *next; b; b = next) {
            next = b->next_on_page[page != first_page(b)];
            if (!overlaps(b, from, len)) continue;
            drop(in, b);
        }
        if (page == last) break;
    }
}

void block_drop_all(struct interp *in)
{
    for (unsigned k = 0; k < 1u << BLOCK_HASH_BITS; k++)
        while (in->hash[k])
            drop(in, in->hash[k]);
}

void block_reap(struct interp *in)
{
    for (struct block *b; (b = in->retired);) {
        in->retired = b->next_retired;
        free(b->copy);
        release(b->chunk);
    }
    in->changed = false;
}

/* Returning to or jumping to an address that is not cached runs this record. */
static struct insn nowhere;

void block_begin_jumps(struct cpu *cpu)
{
    cpu->jump_cache[jump_hash(0)].eip = 1; /* an address that belongs to another entry, as 0 does elsewhere */
    if (!nowhere.fn)
        nowhere = (struct insn){
            .fn = sem_fast(&(struct insn){.op = OP_EXIT}, false), .op = OP_EXIT, .to = &nowhere};
    for (unsigned k = 0; k < RETURN_STACK; k++)
        cpu->ret[k] = (struct jump_cache_entry){0, &nowhere};
}

void block_renew_cpu(struct interp *in, struct cpu *cpu)
{
    memset(cpu->jump_cache, 0, sizeof cpu->jump_cache);
    block_begin_jumps(cpu);
    cpu->edge = NULL;
    cpu->jumps_epoch = in->jumps_epoch;
}

void interp_use_turn(struct interp *in, struct turn *t)
{
    in->turn = t;
}

void interp_forget_cpu(struct interp *in, struct cpu *cpu)
{
    if (in->hooks.forget) in->hooks.forget(in->hooks.self, cpu);
    if (in->cpu == cpu) in->cpu = NULL;
}

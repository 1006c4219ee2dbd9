/* Reads a profile that write_json.c wrote. Members that are not known are passed over: a later version may
 * have more; a file of another version is refused. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile/json.h"
#include "profile/model.h"

enum { FIRST_BYTES = 1 << 13 };

static char *copy(const char *s)
{
    return s ? strdup(s) : NULL;
}

static uint64_t whole_of(double v)
{
    return v > 0 && v < 1.8e19 ? (uint64_t)v : 0;
}

static uint64_t whole(const struct json *j, const char *key)
{
    return whole_of(json_number(j, key));
}

static uint32_t at_most(uint64_t v, uint32_t most)
{
    return v < most ? (uint32_t)v : most;
}

static uint32_t whole32(const struct json *j, const char *key)
{
    return at_most(whole(j, key), UINT32_MAX);
}

/* Hexadecimal digits, after 0x or not. */
static uint64_t hex(const char *s)
{
    uint64_t v = 0;
    if (s[0] == '0' && (s[1] | 32) == 'x') s += 2;
    for (; isxdigit((unsigned char)*s); s++)
        v = v << 4 | ((unsigned)(*s & 15) + (*s > '9' ? 9 : 0));
    return v;
}

static gaddr address(const struct json *j)
{
    return j && j->kind == JSON_STRING ? (gaddr)hex(j->text) : 0;
}

static void read_counted(const struct json *j, const char *key, const char *const *names, uint64_t *n,
                         unsigned count)
{
    const struct json *m = json_member(j, key);
    for (unsigned k = 0; k < count; k++)
        n[k] = whole(m, names[k]);
}

static void read_lines(const struct json *list, struct prof_block *b)
{
    unsigned n = 0;
    for (const struct json *l = list ? list->first : NULL; l; l = l->next)
        n++;
    b->line = n ? calloc(n, sizeof *b->line) : NULL;
    for (const struct json *l = list ? list->first : NULL; l && b->line; l = l->next)
        b->line[b->lines++] = (struct prof_line){.eip = address(json_member(l, "eip")),
                                                 .guest = copy(json_string(l, "guest")),
                                                 .host = copy(json_string(l, "host"))};
}

static bool read_block(struct prof *p, const struct json *j)
{
    const char *hash = json_string(j, "hash");
    struct prof_block *b = prof_block(p, address(json_member(j, "eip")), whole32(j, "bytes"),
                                      whole32(j, "instructions"), hash ? hex(hash) : 0);
    if (!b) return false;
    b->count.interpreted = whole(j, "interpreted");
    b->translated = json_number(j, "translated");
    b->promotions = whole32(j, "promotions");
    b->traces = whole32(j, "traces");
    b->promoted_at = json_number(j, "promoted_at");
    b->promoted_after = json_number(j, "promoted_after");
    b->host_bytes = whole32(j, "host_bytes");
    b->trace_insns = whole32(j, "trace_instructions");
    b->offset = whole32(j, "offset");
    b->module = copy(json_string(j, "module"));
    b->symbol = copy(json_string(j, "symbol"));
    b->source = copy(json_string(j, "source"));
    read_counted(j, "deopts", prof_deopt_name, b->deopt, JIT_DEOPTS);
    read_counted(j, "refusals", prof_refusal_name, b->refusal, JIT_REFUSALS);
    read_lines(json_member(j, "code"), b);
    return true;
}

static void read_totals(struct prof *p, const struct json *t)
{
    p->seconds = json_number(t, "seconds");
    p->system_calls = whole(t, "system_calls");
    p->translations = whole(t, "translations");
    p->translation_seconds = json_number(t, "translation_seconds");
    p->dropped = whole(t, "given_up");
    p->chained = whole(t, "chained");
    p->host_words = whole(t, "host_instructions");
    p->code_bytes = whole(t, "code_bytes");
    p->code_room = whole(t, "code_room");
    p->flushes = whole(t, "flushes");
    p->decoded = whole(t, "decoded_blocks");
    p->lookups = whole(t, "lookups");
    p->faults = whole(t, "faults");
    p->rewritten = whole(t, "rewritten_blocks");
}

static void read_edge(struct prof *p, const struct json *e)
{
    const struct json *to = e->first ? e->first->next : NULL, *times = to ? to->next : NULL;
    if (times && times->kind == JSON_NUMBER && times->number > 0)
        prof_add_edge(p, address(e->first), address(to), (uint64_t)times->number);
}

static void read_moment(struct prof *p, const struct json *m)
{
    const struct json *i = m->first ? m->first->next : NULL, *t = i ? i->next : NULL;
    if (t && p->moments < PROF_MOMENTS)
        p->moment[p->moments++] = (struct prof_moment){m->first->number, i->number, t->number};
}

static void read_call(struct prof *p, unsigned *n, const struct json *c)
{
    const char *name = json_string(c, "name");
    if (name && *n < PROF_CALLS)
        p->call[(*n)++] = (struct prof_call){strdup(name), whole(c, "times"), json_number(c, "seconds")};
}

static uint64_t read_bits(const struct json *j, const char *key)
{
    uint64_t bits = 0;
    const struct json *list = json_member(j, key);
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (e->kind == JSON_NUMBER && e->number >= 0 && e->number < 64)
            bits |= UINT64_C(1) << (unsigned)e->number;
    return bits;
}

static uint8_t whole8(const struct json *j, const char *key)
{
    return (uint8_t)at_most(whole(j, key), UINT8_MAX);
}

static uint32_t element32(const struct json *e)
{
    return e->kind == JSON_NUMBER ? at_most(whole_of(e->number), UINT32_MAX) : 0;
}

static void read_facts(const struct json *j, struct prof_facts *f)
{
    const struct json *jumps = json_member(j, "jumps_to");
    const struct json *votes = jumps && jumps->first ? jumps->first->next : NULL;
    f->misaligned = read_bits(j, "misaligned");
    f->by_helper = read_bits(j, "by_helper");
    f->eager_flags = whole(j, "eager_flags");
    f->setbacks = whole8(j, "setbacks");
    f->wrong_guesses = whole8(j, "wrong_guesses");
    if (votes && votes->next)
        f->went = (struct jump_votes){address(jumps->first), element32(votes), element32(votes->next)};
}

/* Of a block that was read. */
static void read_assumptions(struct prof *p, const struct json *e)
{
    const struct json *hash = e->first ? e->first->next : NULL, *times = hash ? hash->next : NULL;
    if (!times || hash->kind != JSON_STRING) return;
    struct prof_block *b = prof_find(p, address(e->first));
    while (b && (b->eip != address(e->first) || b->hash != hex(hash->text)))
        b = b->next;
    if (b) read_facts(times->next, &b->facts);
}

static bool fill(struct prof *p, const struct json *j)
{
    unsigned calls = 0;
    p->tierrun = copy(json_string(j, "tierrun"));
    p->host = copy(json_string(j, "host"));
    p->program = copy(json_string(j, "program"));
    p->program_id = copy(json_string(j, "program_id"));
    p->tier = copy(json_string(j, "tier"));
    p->x87 = copy(json_string(j, "x87"));
    p->ended = copy(json_string(j, "ended"));
    p->pid = (int)whole32(j, "pid");
    const struct json *sampled = json_member(j, "sampled"), *list;
    p->sampled = sampled && sampled->kind == JSON_TRUE;
    read_totals(p, json_member(j, "totals"));
    read_counted(j, "deopts", prof_deopt_name, p->deopt_total, JIT_DEOPTS);
    read_counted(j, "refusals", prof_refusal_name, p->refusal_total, JIT_REFUSALS);
    if ((list = json_member(j, "system_calls")))
        for (const struct json *c = list->first; c; c = c->next)
            read_call(p, &calls, c);
    if ((list = json_member(j, "timeline")))
        for (const struct json *m = list->first; m; m = m->next)
            read_moment(p, m);
    if ((list = json_member(j, "edges")))
        for (const struct json *e = list->first; e; e = e->next)
            read_edge(p, e);
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (struct prof_edge *e = p->edges[k]; e; e = e->next) {
            e->times = (double)e->pending;
            e->pending = 0;
        }
    list = json_member(j, "blocks");
    for (const struct json *b = list ? list->first : NULL; b; b = b->next)
        if (!read_block(p, b)) return false;
    list = json_member(j, "hot");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        read_assumptions(p, e);
    return prof_sort(p);
}

/* The file's first `most` bytes; *all: there are no more. */
static char *read_text(const char *path, size_t most, bool *all, char *why, size_t size)
{
    FILE *f = fopen(path, "r");
    size_t n = 0, room = most < FIRST_BYTES ? most : FIRST_BYTES;
    char *text = f ? malloc(room + 1) : NULL;
    while (text && !ferror(f)) {
        n += fread(text + n, 1, room - n, f);
        if (n < room || room == most) break;
        room = room < most / 2 ? 2 * room : most;
        char *grown = realloc(text, room + 1);
        if (!grown) free(text);
        text = grown;
    }
    *all = n < room;
    if (!f || (text && ferror(f))) {
        snprintf(why, size, "%s: cannot be read: %s", path, strerror(errno));
        free(text);
        text = NULL;
    } else if (!text) {
        snprintf(why, size, "%s: is too large for this host's memory", path);
    } else {
        text[n] = '\0';
    }
    if (f) fclose(f);
    return text;
}

static bool is_ours(const struct json *j, const char *path, unsigned line, char *why, size_t size)
{
    const char *format = json_string(j, "format");
    if (!j)
        snprintf(why, size, "%s: is not a profile in JSON: line %u cannot be understood", path, line);
    else if (!format || strcmp(format, "tierrun-profile"))
        snprintf(why, size, "%s: is JSON, but not a profile of tierrun", path);
    else if (json_number(j, "version") != PROF_VERSION)
        snprintf(why, size, "%s: is a profile of version %g; this tierrun reads version %d", path,
                 json_number(j, "version"), PROF_VERSION);
    else
        return true;
    return false;
}

/* The members until that one (NULL: all) of a profile's file, or NULL with a sentence in `why`. What follows
 * them is much longer, so the beginning is tried by itself. */
static struct json *parse(const char *path, const char *until, char *why, size_t size)
{
    unsigned line = 0;
    struct json *j = NULL;
    size_t most = until ? FIRST_BYTES : SIZE_MAX / 2;
    for (bool all = false; !all && !j; most = most < SIZE_MAX / 32 ? 16 * most : most) {
        char *text = read_text(path, most, &all, why, size);
        if (!text) return NULL;
        j = json_parse_until(text, until, &line);
        free(text);
    }
    if (is_ours(j, path, line, why, size)) return j;
    json_free(j);
    return NULL;
}

/* What was read until there is no memory left does not matter any more. */
static struct prof *filled(struct json *j, bool (*fill_in)(struct prof *p, const struct json *j),
                           const char *path, char *why, size_t size)
{
    struct prof *p = j ? prof_new() : NULL;
    bool good = p && fill_in(p, j);
    if (j && !good) snprintf(why, size, "%s: is too large for this host's memory", path);
    json_free(j);
    return good ? p : NULL;
}

struct prof *prof_read(const char *path, char *why, size_t size)
{
    return filled(parse(path, NULL, why, size), fill, path, why, size);
}

static bool fill_hot(struct prof *p, const struct json *j)
{
    const char *x87 = json_string(j, "x87");
    const struct json *list = json_member(j, "hot");
    p->dbl = x87 && !strcmp(x87, "double");
    p->program = copy(json_string(j, "program"));
    p->program_id = copy(json_string(j, "program_id"));
    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        const struct json *hash = e->first ? e->first->next : NULL, *times = hash ? hash->next : NULL;
        if (!times || hash->kind != JSON_STRING || times->kind != JSON_NUMBER || times->number < PROF_HOT)
            continue;
        struct prof_block *b = prof_block(p, address(e->first), 0, 0, hex(hash->text));
        if (!b) return false;
        b->translated = times->number;
        read_facts(times->next, &b->facts);
    }
    return true;
}

struct prof *prof_read_hot(const char *path, char *why, size_t size)
{
    return filled(parse(path, "hot", why, size), fill_hot, path, why, size);
}

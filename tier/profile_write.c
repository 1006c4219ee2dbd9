/* A profile gets names and code from the running guest, and becomes files. A file that cannot be written
 * costs a sentence on standard error, not the guest's work. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tier/hostasm.h"
#include "tier/profiler.h"
#include "tier/symbols.h"
#include "tier/text.h"

static bool shows_blocks(const struct vm *vm)
{
    return vm->opt.value[OPT_PROFILE] || vm->opt.value[OPT_WHY];
}

/* --- names ------------------------------------------------------------------------------------------- */

void profiler_name_blocks(struct vm *vm)
{
    struct prof *f = vm->profiler->prof;
    if (!shows_blocks(vm)) return;
    for (size_t k = 0; k < f->blocks; k++) {
        struct prof_block *b = f->block[k];
        if (b->module) continue;
        const char *module = symbols_module(vm->symbols, b->eip);
        const char *symbol = symbols_at(vm->symbols, b->eip, &b->offset);
        if (module) b->module = text_format("%s", module);
        if (symbol) b->symbol = text_format("%s", symbol);
        if (module) b->source = symbols_source(vm->symbols, b->eip);
    }
}

/* --- code -------------------------------------------------------------------------------------------- */

enum { LISTED = 25, LINE = 256 };

struct lister {
    struct vm *vm;
    bool heads; /* only translations that begin with a listed block */
    size_t listed;
};

static char *guest_text(struct vm *vm, gaddr eip, unsigned *length)
{
    uint8_t code[INSN_MAX];
    char text[128];
    struct mm_fault fault;
    unsigned n = mm_fetch(vm->mm, eip, code, sizeof code, &fault);
    *length = n ? disasm(code, n, eip, true, text, sizeof text) : 0;
    return text_format("%s", *length ? text : "(not there any more)");
}

static void add_host(struct prof_line *l, const uint32_t *at, const uint32_t *end)
{
    size_t have = l->host ? strlen(l->host) : 0;
    l->host = realloc(l->host, have + (size_t)(end - at) * LINE + 1);
    if (!l->host) return;
    l->host[have] = '\0';
    for (char *to = l->host + have; at < end; at++) {
        char text[LINE - 1];
        if (!hostasm(at, text, sizeof text)) snprintf(text, sizeof text, ".word    0x%08x", *at);
        to += sprintf(to, "%s\n", text);
    }
    char *fit = realloc(l->host, strlen(l->host) + 1);
    if (fit) l->host = fit;
}

static struct prof_line *add_line(struct prof_block *b, gaddr eip)
{
    struct prof_line *grown = realloc(b->line, (b->lines + 1) * sizeof *grown);
    if (!grown) return NULL;
    b->line = grown;
    b->line[b->lines] = (struct prof_line){.eip = eip};
    return &b->line[b->lines++];
}

/* One line for an address record and its instruction. */
static struct prof_line *line_of(struct vm *vm, struct prof_block *b, const struct insn *rec)
{
    unsigned length;
    if (rec && b->lines && b->line[b->lines - 1].guest && b->line[b->lines - 1].eip == rec->eip)
        return &b->line[b->lines - 1];
    struct prof_line *l = add_line(b, rec ? rec->eip : 0);
    if (l && rec) l->guest = guest_text(vm, rec->eip, &length);
    return l;
}

static bool belongs(const struct insn *rec, const struct prof_block *b, bool all)
{
    return all || (rec && rec->eip - b->eip < b->bytes);
}

/* The whole translation if b begins it, else b's part. */
static void list_view(struct vm *vm, struct prof_block *b, const struct jit_view *v, bool all)
{
    if (all && v->span_count && v->spans[0].word) {
        struct prof_line *l = line_of(vm, b, NULL);
        if (l) add_host(l, v->code, v->code + v->spans[0].word);
    }
    for (uint32_t k = 0; k < v->span_count; k++) {
        const struct jit_span *s = &v->spans[k];
        uint32_t end = k + 1 < v->span_count ? s[1].word : v->words;
        const struct insn *rec = s->rec && s->rec->op != OP_EXIT ? s->rec : NULL;
        if (!belongs(rec, b, all) || (rec && op_info[rec->op].mnemonic[0] == '(' && rec->op != OP_EA))
            continue;
        struct prof_line *l = line_of(vm, b, rec);
        if (l) add_host(l, v->code + s->word, v->code + end);
    }
}

static void see(void *self, const struct jit_view *v)
{
    struct lister *l = self;
    const struct prof *f = l->vm->profiler->prof;
    for (size_t k = 0; k < f->blocks && k < l->listed; k++) {
        struct prof_block *b = f->block[k];
        if (b->lines) continue;
        for (unsigned n = 0; n < (l->heads ? 1 : v->block_count); n++)
            if (v->blocks[n]->fact == &b->count) list_view(l->vm, b, v, l->heads);
    }
}

static void list_guest(struct vm *vm, struct prof_block *b)
{
    unsigned length = 0;
    for (gaddr eip = b->eip; eip - b->eip < b->bytes; eip += length) {
        struct prof_line *l = add_line(b, eip);
        if (!l) return;
        l->guest = guest_text(vm, eip, &length);
        if (!length) return;
    }
}

static void forget_code(struct prof_block *b)
{
    for (unsigned k = 0; k < b->lines; k++) {
        free(b->line[k].guest);
        free(b->line[k].host);
    }
    free(b->line);
    b->line = NULL;
    b->lines = 0;
}

/* Of as many as a report may show. */
void profiler_list_code(struct vm *vm)
{
    const struct prof *f = vm->profiler->prof;
    struct lister l = {.vm = vm, .listed = vm->opt.profile_top > LISTED ? vm->opt.profile_top : LISTED};
    if (!shows_blocks(vm)) return;
    if (vm->opt.value[OPT_WHY]) l.listed = f->blocks;
    for (size_t k = 0; k < f->blocks; k++)
        forget_code(f->block[k]);
    l.heads = true;
    if (vm->jit) jit_views(vm->jit, see, &l);
    l.heads = false;
    if (vm->jit) jit_views(vm->jit, see, &l);
    for (size_t k = 0; k < f->blocks && k < l.listed; k++)
        if (!f->block[k]->lines) list_guest(vm, f->block[k]);
}

/* --- files ------------------------------------------------------------------------------------------- */

/* %d is the process; a child's file has its number behind the name even if that has no %d. */
static char *file_name(struct vm *vm, const char *pattern, const char *suffix)
{
    const char *mark = strstr(pattern, "%d");
    if (mark)
        return text_format("%.*s%d%s%s", (int)(mark - pattern), pattern, (int)getpid(), mark + 2, suffix);
    if (vm->profiler->forked) return text_format("%s.%d%s", pattern, (int)getpid(), suffix);
    return text_format("%s%s", pattern, suffix);
}

static bool write_file(struct vm *vm, const char *name, bool coverage)
{
    const struct options *o = &vm->opt;
    enum prof_format format = o->profile_format < 0 ? PROF_json : (enum prof_format)o->profile_format;
    FILE *out = fopen(name, "we");
    if (!out) return false;
    if (coverage)
        prof_write_coverage(vm->profiler->prof, out);
    else
        prof_write(vm->profiler->prof, format, o->profile_top, out);
    bool good = !ferror(out) && !fflush(out);
    int saved = errno;
    good = !fclose(out) && good;
    if (!good && saved) errno = saved;
    return good;
}

/* A device or a pipe is written as it is. */
static bool is_special(const char *name)
{
    struct stat st;
    return !stat(name, &st) && !S_ISREG(st.st_mode);
}

/* Under another name first: a reader never sees half of it. */
static void write_one(struct vm *vm, enum option_id id, const char *suffix)
{
    if (!vm->opt.value[id]) return;
    char *name = file_name(vm, vm->opt.value[id], suffix), *draft = text_format("%s.part", name);
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before; /* a file that grows beyond the limit */
    sigaction(SIGXFSZ, &ignore, &before);
    bool special = is_special(name);
    if (!write_file(vm, special ? name : draft, id == OPT_COVERAGE) || (!special && rename(draft, name))) {
        fprintf(vm->log.out, "tierrun: the profile %s could not be written: %s\n", name, strerror(errno));
        if (!special) unlink(draft);
    }
    sigaction(SIGXFSZ, &before, NULL);
    free(name);
    free(draft);
}

void profiler_write(struct vm *vm, const char *suffix)
{
    write_one(vm, OPT_PROFILE, suffix);
    write_one(vm, OPT_COVERAGE, suffix);
}

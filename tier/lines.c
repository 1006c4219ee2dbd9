/* Reads .debug_line. Everything is bounded by the section: a broken table ends the reading, and what was read
 * until then counts. */
#include "tier/lines.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tier/elfdata.h"

struct row {
    uint32_t address, line; /* line 0: the end of a stretch of code */
    const char *file;
};

struct lines {
    struct row *row; /* by address */
    size_t rows, room;
};

enum { FILES = 4096, FORMATS = 16 };

struct table {
    Elf_Data *strings, *line_strings;
    const char *file[FILES];
    uint32_t files, first_file;
    uint8_t min_length, line_range, opcode_base;
    int8_t line_base;
    uint8_t operands[256];
};

static const char *string_at(const Elf_Data *d, uint64_t offset)
{
    if (!d || offset >= d->d_size || !memchr((char *)d->d_buf + offset, 0, d->d_size - offset)) return "?";
    return (const char *)d->d_buf + offset;
}

/* --- the header -------------------------------------------------------------------------------------- */

enum { FORM_DATA2 = 0x05, FORM_STRING = 0x08, FORM_BLOCK, FORM_STRP = 0x0e, FORM_UDATA };
enum { FORM_DATA16 = 0x1e, FORM_LINE_STRP = 0x1f, FORM_DATA1 = 0x0b, CONTENT_PATH = 1 };

static const char *take_form(struct elfdata *c, const struct table *t, uint64_t form)
{
    switch (form) {
    case FORM_STRING: return elfdata_string(c);
    case FORM_STRP: return string_at(t->strings, elfdata_take(c, 4));
    case FORM_LINE_STRP: return string_at(t->line_strings, elfdata_take(c, 4));
    case FORM_UDATA: elfdata_leb(c, false); return NULL;
    case FORM_DATA1: elfdata_take(c, 1); return NULL;
    case FORM_DATA2: elfdata_take(c, 2); return NULL;
    case FORM_DATA16: elfdata_take(c, 16); return NULL;
    case FORM_BLOCK: elfdata_take(c, (unsigned)elfdata_leb(c, false)); return NULL;
    default: c->bad = true; return NULL;
    }
}

/* A list of version 5: of folders, or of files. */
static void take_entries(struct elfdata *c, struct table *t, bool files)
{
    uint64_t content[FORMATS], form[FORMATS];
    unsigned n = (unsigned)elfdata_take(c, 1);
    if (n > FORMATS) c->bad = true;
    for (unsigned k = 0; k < n && !c->bad; k++) {
        content[k] = elfdata_leb(c, false);
        form[k] = elfdata_leb(c, false);
    }
    for (uint64_t count = elfdata_leb(c, false); count && n && !c->bad; count--)
        for (unsigned k = 0; k < n && !c->bad; k++) {
            const char *s = take_form(c, t, form[k]);
            if (files && s && content[k] == CONTENT_PATH && t->files < FILES) t->file[t->files++] = s;
        }
}

static void take_old_entries(struct elfdata *c, struct table *t)
{
    while (!c->bad && *elfdata_string(c))
        continue;
    t->first_file = 1;
    for (const char *s; !c->bad && *(s = elfdata_string(c));) {
        for (int k = 0; k < 3; k++)
            elfdata_leb(c, false);
        if (t->files < FILES) t->file[t->files++] = s;
    }
}

/* false: of no version that is known. */
static bool take_header(struct elfdata *c, struct table *t, struct elfdata *program)
{
    unsigned version = (unsigned)elfdata_take(c, 2);
    if (version < 2 || version > 5) return false;
    if (version == 5) elfdata_take(c, 2);
    uint64_t length = elfdata_take(c, 4);
    if (length > (size_t)(c->end - c->at)) return false;
    *program = (struct elfdata){.at = c->at + length, .end = c->end};
    t->min_length = (uint8_t)elfdata_take(c, 1);
    if (version >= 4) elfdata_take(c, 1);
    elfdata_take(c, 1);
    t->line_base = (int8_t)elfdata_take(c, 1);
    t->line_range = (uint8_t)elfdata_take(c, 1);
    t->opcode_base = (uint8_t)elfdata_take(c, 1);
    for (unsigned k = 1; k < t->opcode_base; k++)
        t->operands[k] = (uint8_t)elfdata_take(c, 1);
    if (!t->line_range) return false;
    if (version < 5) {
        take_old_entries(c, t);
    } else {
        take_entries(c, t, false);
        take_entries(c, t, true);
    }
    return !c->bad;
}

/* --- the program ------------------------------------------------------------------------------------- */

struct state {
    uint32_t address, file;
    int64_t line;
};

static void add_row(struct lines *l, const struct table *t, const struct state *s, bool end)
{
    if (l->rows == l->room) {
        size_t room = l->room ? 2 * l->room : 1024;
        struct row *grown = realloc(l->row, room * sizeof *grown);
        if (!grown) return;
        l->row = grown;
        l->room = room;
    }
    uint32_t f = s->file - t->first_file;
    const char *file = f < t->files ? t->file[f] : "?", *slash = strrchr(file, '/');
    uint32_t line = s->line > 0 && s->line < UINT32_MAX ? (uint32_t)s->line : 1;
    l->row[l->rows++] = (struct row){s->address, end ? 0 : line, slash ? slash + 1 : file};
}

static void extended(struct lines *l, const struct table *t, struct elfdata *c, struct state *s)
{
    enum { END_SEQUENCE = 1, SET_ADDRESS };
    uint64_t n = elfdata_leb(c, false);
    if (n == 0 || n > (size_t)(c->end - c->at)) {
        c->bad = true;
        return;
    }
    const uint8_t *next = c->at + n;
    unsigned op = (unsigned)elfdata_take(c, 1);
    if (op == END_SEQUENCE) {
        add_row(l, t, s, true);
        *s = (struct state){.file = 1, .line = 1};
    } else if (op == SET_ADDRESS && n == 5) {
        s->address = (uint32_t)elfdata_take(c, 4);
    }
    c->at = next;
}

static void standard(struct lines *l, const struct table *t, struct elfdata *c, struct state *s, unsigned op)
{
    enum { COPY = 1, ADVANCE_PC, ADVANCE_LINE, SET_FILE, CONST_ADD_PC = 8, FIXED_ADVANCE_PC };
    switch (op) {
    case COPY: add_row(l, t, s, false); break;
    case ADVANCE_PC: s->address += (uint32_t)elfdata_leb(c, false) * t->min_length; break;
    case ADVANCE_LINE: s->line += (int32_t)elfdata_leb(c, true); break;
    case SET_FILE: s->file = (uint32_t)elfdata_leb(c, false); break;
    case CONST_ADD_PC: s->address += (255u - t->opcode_base) / t->line_range * t->min_length; break;
    case FIXED_ADVANCE_PC: s->address += (uint32_t)elfdata_take(c, 2); break;
    default:
        for (unsigned k = 0; k < t->operands[op]; k++)
            elfdata_leb(c, false);
    }
}

static void run(struct lines *l, const struct table *t, struct elfdata *c)
{
    struct state s = {.file = 1, .line = 1};
    while (c->at < c->end && !c->bad) {
        unsigned op = (unsigned)elfdata_take(c, 1);
        if (op >= t->opcode_base) {
            op -= t->opcode_base;
            s.address += op / t->line_range * t->min_length;
            s.line += t->line_base + (int)(op % t->line_range);
            add_row(l, t, &s, false);
        } else if (op == 0) {
            extended(l, t, c, &s);
        } else {
            standard(l, t, c, &s, op);
        }
    }
}

/* --- the section ------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return (x->line != 0) - (y->line != 0); /* an end before the next beginning */
}

struct lines *lines_read(Elf *elf)
{
    Elf_Data *data = elfdata_section(elf, ".debug_line", NULL);
    struct lines *l = data && data->d_buf ? calloc(1, sizeof *l) : NULL;
    struct table *t = l ? malloc(sizeof *t) : NULL;
    struct elfdata all = {.at = t ? data->d_buf : NULL,
                          .end = t ? (uint8_t *)data->d_buf + data->d_size : NULL};
    while (t && all.at < all.end && !all.bad) {
        uint64_t length = elfdata_take(&all, 4);
        if (length > (size_t)(all.end - all.at)) break;
        struct elfdata unit = {.at = all.at, .end = all.at + length}, program;
        *t = (struct table){.strings = elfdata_section(elf, ".debug_str", NULL),
                            .line_strings = elfdata_section(elf, ".debug_line_str", NULL)};
        all.at += length;
        if (take_header(&unit, t, &program)) run(l, t, &program);
    }
    free(t);
    if (l && l->rows) qsort(l->row, l->rows, sizeof *l->row, compare);
    return l;
}

void lines_free(struct lines *l)
{
    if (l) free(l->row);
    free(l);
}

const char *lines_find(const struct lines *l, uint32_t vaddr, unsigned *line)
{
    size_t low = 0, high = l ? l->rows : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->row[middle].address <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || !l->row[low - 1].line) return NULL;
    *line = l->row[low - 1].line;
    return l->row[low - 1].file;
}

/* Walks the rows of encodings.def and makes trials of each in all sizes, forms and with prefixes. */
#include "tests/insn/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the batch ---------------------------------------------------------------------------------------- */

enum { PAD_BYTES = 18, LANDING_AFTER = 40 };

struct gen *gen_new(uint32_t seed)
{
    struct gen *g = calloc(1, sizeof *g);
    if (g) g->seed = seed;
    return g;
}

void gen_free(struct gen *g)
{
    free(g->trials);
    free(g->code);
    free(g);
}

bool gen_write(const struct gen *g, const char *path)
{
    struct batch head = {BATCH_MAGIC, g->count, (g->code_size + 3) & ~3u, g->end_page_count};
    FILE *out = fopen(path, "wb");
    if (!out) return false;
    fwrite(&head, sizeof head, 1, out);
    fwrite(g->trials, sizeof *g->trials, g->count, out);
    fwrite(g->code, 1, head.code_size, out);
    fwrite(g->end_pages, 4096, g->end_page_count, out);
    return fclose(out) == 0;
}

const uint8_t *gen_code(const struct gen *g, unsigned trial)
{
    uint32_t at = g->trials[trial].code;
    if (at >= CODE_END_PAGES) return g->end_pages[0] + (at - CODE_END_PAGES) / 0x2000 * 4096 + (at & 0xfff);
    return g->code + (at - CODE);
}

static void grow(struct gen *g)
{
    if (g->count == g->room) {
        g->room = g->room ? 2 * g->room : 1024;
        g->trials = realloc(g->trials, g->room * sizeof *g->trials);
    }
    if (g->code_size + 128 > g->code_room) {
        g->code_room = g->code_room ? 2 * g->code_room : 1 << 16;
        g->code = realloc(g->code, g->code_room);
    }
    if (!g->trials || !g->code) abort();
}

/* mov dword ptr ss:[HUB_EXIT_AT], own address; jmp dword ptr ss:[HUB_EXIT_TO]. Leaves the flags alone. */
static void put_pad(struct gen *g, uint32_t at)
{
    uint8_t pad[PAD_BYTES] = {0x36, 0xc7, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0x36, 0xff, 0x25};
    uint32_t where = HUB_EXIT_AT, to = HUB_EXIT_TO;
    memcpy(pad + 3, &where, 4);
    memcpy(pad + 7, &at, 4);
    memcpy(pad + 14, &to, 4);
    memcpy(g->code + (at - CODE), pad, PAD_BYTES);
}

/* A trial whose code will start at t->code; every other one has its landing pad in front of it. */
static struct trial *begin(struct gen *g, unsigned runs)
{
    grow(g);
    struct trial *t = &g->trials[g->count];
    bool backward = g->count & 1;
    *t = (struct trial){.seed = g->seed + 7919 * g->count,
                        .runs = runs,
                        .flag_mask = ~0u,
                        .window = WINDOW,
                        .operand = WINDOW + AT_OPERAND,
                        .row = 0xffff,
                        .seg = {FLAT_DATA, FLAT_DATA, FS_SELECTOR, GS_SELECTOR}};
    t->code = CODE + g->code_size + (backward ? PAD_BYTES : 0);
    t->landing = backward ? CODE + g->code_size : t->code + LANDING_AFTER;
    return t;
}

static void finish(struct gen *g, struct trial *t, const struct bytes *b)
{
    uint32_t end = t->landing > t->code ? t->landing + PAD_BYTES : t->code + b->n + PAD_BYTES;
    memset(g->code + g->code_size, 0xcc, end - CODE - g->code_size);
    memcpy(g->code + (t->code - CODE), b->at, b->n);
    put_pad(g, t->code + b->n);
    put_pad(g, t->landing);
    g->code_size = end - CODE;
    t->len = b->n;
    g->count++;
}

void gen_form(struct gen *g, const struct sample *f)
{
    struct trial *t = begin(g, f->runs);
    struct bytes b;
    t->row = f->row_number;
    if (f->memory && f->mem == MEM_STRADDLE) t->window = WINDOW_STRADDLE;
    if (f->memory && (f->mem == MEM_FAULT_END || f->mem == MEM_FAULT_MIDDLE)) t->window = WINDOW_AT_END;
    form_setup(f, t);
    form_emit(f, t, &b);
    finish(g, t, &b);
    g->tested[f->row_number]++;
}

struct trial *gen_bytes(struct gen *g, const uint8_t *bytes, unsigned n, unsigned runs)
{
    struct trial *t = begin(g, runs);
    struct bytes b = {.n = n};
    memcpy(b.at, bytes, n);
    t->role[ESP] = ROLE_FIXED;
    t->fixed[ESP] = WINDOW + AT_STACK;
    t->role[EBX] = ROLE_FIXED;
    t->fixed[EBX] = WINDOW + AT_OPERAND;
    finish(g, t, &b);
    return t;
}

/* --- forms of a row ----------------------------------------------------------------------------------- */

static uint32_t next_immediate(struct gen *g, const struct sample *f)
{
    static const uint32_t values[] = {0x7f, 0x80,       1,          0x12345678, 0xffffffff,
                                      0,    0x80000000, 0x7fffffff, 0x9a5c};
    static const uint32_t counts[] = {1, 31, 7, 8, 0, 9, 15, 16, 17, 32, 33, 2, 24, 0xff};
    static const uint32_t levels[] = {0x000004, 0x010008, 0x020000, 0x050003, 0x1f0010, 0x200000, 0xff0000};
    static const uint32_t vectors[] = {3, 4, 0, 1, 13, 0x20, 0x81, 0xff};
    static const uint32_t code_selectors[] = {FLAT_CODE, FLAT_CODE, 0x2b, 0, 0x10, 0x20, 0x63, 0xffff};
    unsigned n = g->turn;
    if (op_info[f->row.op].group == GROUP_shift || f->row.op == OP_AAM || f->row.op == OP_AAD)
        return counts[n % 14];
    switch (f->row.op) {
    case OP_ENTER: return levels[n % 7];
    case OP_INT: return vectors[n % 8];
    case OP_RET_IMM:
    case OP_RET_FAR: return 4 * (n % 4);
    case OP_JMP_FAR:
    case OP_CALL_FAR: return code_selectors[n % 8];
    default: return values[n % 9];
    }
}

static unsigned variants_of_immediate(const struct sample *f)
{
    if (op_info[f->row.op].group == GROUP_shift && (f->row.shape == SHAPE_EI8 || f->row.shape == SHAPE_EGI8))
        return 4;
    switch (f->row.op) {
    case OP_ENTER: return 7;
    case OP_INT:
    case OP_JMP_FAR:
    case OP_CALL_FAR: return 8;
    case OP_AAM:
    case OP_AAD: return 14;
    default: return 1;
    }
}

static void add(struct gen *g, struct sample f)
{
    for (unsigned k = variants_of_immediate(&f); k > 0; k--) {
        g->turn++;
        f.imm = next_immediate(g, &f);
        gen_form(g, &f);
    }
}

static bool is_digit_row(const struct encoding *row)
{
    return row->digits != 0xffff && row->digits != 0x00ff && row->digits != 0xff00;
}

/* ModRM.reg for the next trial: the row's digit, or the registers in turn. */
static unsigned next_reg(struct gen *g, const struct sample *f)
{
    unsigned digit = (g->turn * 5 + 3) & 7;
    if (!is_digit_row(&f->row)) return digit;
    while (!((f->row.digits >> digit | f->row.digits >> (8 + digit)) & 1))
        digit = (digit + 1) & 7;
    return digit;
}

static bool row_allows(const struct encoding *row, bool memory)
{
    return row->digits & (memory ? 0x00ff : 0xff00);
}

/* Stores through CS are #GP on a CPU; tierrun, which has no segment limits and rights, makes them. */
static bool only_reads(const struct sample *f)
{
    return f->row.shape == SHAPE_GE || f->row.op == OP_CMP || f->row.op == OP_TEST;
}

static void memory_forms(struct gen *g, struct sample f, unsigned runs)
{
    f.memory = true;
    for (unsigned m = 0; m < MEM_FORMS; m++) {
        if (f.row.op == OP_STORE_SYSTEM && m > MEM_STRADDLE) break; /* Linux emulates it: its own faults */
        f.mem = m;
        f.reg = next_reg(g, &f);
        f.runs = m <= MEM_STRADDLE ? runs : runs / 16 + 2;
        add(g, f);
    }
    f.mem = MEM_EBX;
    f.lock = true;
    f.runs = op_info[f.row.op].traits & LOCK ? runs / 4 : 2;
    f.reg = next_reg(g, &f);
    add(g, f);
    f.lock = false;
    f.runs = runs / 8 + 2;
    for (int seg = ES; seg <= DS; seg++) { /* all four are flat: an override changes nothing */
        if (seg == CS && !only_reads(&f)) continue;
        f.seg = seg;
        add(g, f);
    }
}

static void register_forms(struct gen *g, struct sample f, unsigned runs)
{
    f.memory = false;
    f.runs = runs;
    for (unsigned k = 0; k < 6; k++) {
        f.reg = next_reg(g, &f);
        f.rm = (g->turn + 3 * k) & 7;
        add(g, f);
    }
    f.lock = true;
    f.runs = 2;
    add(g, f);
}

/* Prefixes that mean nothing to the row must be ignored; to some 0F opcodes they mean another instruction. */
static void ignored_prefixes(struct gen *g, struct sample f)
{
    f.runs = 4;
    if (f.row.map == 1 || f.row.shape == SHAPE_STR) return;
    f.rep = 0xf2;
    add(g, f);
    f.rep = 0xf3;
    add(g, f);
    f.rep = 0;
    f.seg = GS;
    if (!(shape_has_modrm(f.row.shape) && f.memory) && f.row.shape != SHAPE_AO && f.row.shape != SHAPE_OA &&
        f.row.op != OP_XLAT)
        add(g, f);
}

static void string_forms(struct gen *g, struct sample f, unsigned runs)
{
    static const uint8_t reps[] = {0, 0xf3, 0xf2};
    f.runs = runs;
    for (unsigned k = 0; k < 3; k++) {
        for (int seg = -1; seg <= GS; seg++) {
            if (seg != -1 && seg != CS && seg != FS && seg != GS) continue;
            f.rep = reps[k];
            f.seg = seg;
            f.addr16 = false;
            add(g, f);
            f.addr16 = true;
            add(g, f);
        }
    }
}

static void plain_forms(struct gen *g, struct sample f, unsigned runs)
{
    f.runs = runs;
    add(g, f);
    if (f.row.shape == SHAPE_AO || f.row.shape == SHAPE_OA) {
        f.addr16 = true;
        f.seg = GS;
        add(g, f);
        return;
    }
    bool counts_cx = op_info[f.row.op].group == GROUP_ctl && f.row.shape == SHAPE_JB;
    if (f.row.op == OP_XLAT || counts_cx) {
        f.seg = f.row.op == OP_XLAT ? GS : -1;
        f.addr16 = true;
        add(g, f);
        f.runs |= 1;
        f.addr16 = false;
        add(g, f);
        f.seg = -1;
    }
    f.lock = true;
    f.runs = 2;
    add(g, f);
    f.lock = false;
    ignored_prefixes(g, f);
}

static void opcode_forms(struct gen *g, struct sample f, unsigned runs)
{
    if (f.row.shape == SHAPE_STR) {
        string_forms(g, f, runs);
    } else if (!shape_has_modrm(f.row.shape)) {
        plain_forms(g, f, runs);
    } else {
        if (row_allows(&f.row, true)) memory_forms(g, f, runs);
        if (row_allows(&f.row, false)) register_forms(g, f, runs);
        f.memory = row_allows(&f.row, true);
        f.reg = next_reg(g, &f);
        ignored_prefixes(g, f);
    }
}

/* --- rows --------------------------------------------------------------------------------------------- */

/* A signal costs more than a plain run, and all of one kind look alike. */
static unsigned runs_of(const struct encoding *row)
{
    const struct op_info *info = &op_info[row->op];
    if (info->traits & PRIV || row->op == OP_UD || row->op == OP_INT || row->op == OP_INT1 ||
        row->op == OP_INT3)
        return 2;
    if (info->traits & X87 || row->map == 2) return row->map == 2 ? 400 : 120;
    if (info->group == GROUP_far || info->group == GROUP_seg) return 60;
    return row->last > row->first ? 60 : 120;
}

/* 66 in front of these is another instruction (CLWB, TPAUSE, …). */
static bool takes_66(const struct encoding *row)
{
    return !(row->map == 1 && row->first == 0xae) && row->prefix == 0;
}

static void x87_forms(struct gen *g, struct sample f, unsigned runs)
{
    f.seg = -1;
    for (unsigned unmasked = 0; unmasked < 2; unmasked++) {
        f.unmasked = unmasked;
        f.runs = unmasked ? runs / 4 : runs;
        if (f.row.map == 2) {
            add(g, f);
            continue;
        }
        f.memory = true;
        f.reg = next_reg(g, &f);
        for (unsigned m = 0; m < MEM_FORMS; m++) {
            f.mem = m;
            f.runs = (m == MEM_EBX ? 6 * runs : m <= MEM_STRADDLE ? runs / 4 : 4) / (1 + 3 * unmasked) + 1;
            add(g, f);
        }
        f.mem = MEM_EBX;
        f.lock = true;
        f.runs = 2;
        add(g, f);
        f.lock = false;
    }
}

static void walk_row(struct gen *g, const struct encoding *row, unsigned number)
{
    struct sample f = {.row = *row, .row_number = number, .seg = -1};
    unsigned runs = runs_of(row);
    for (unsigned opcode = row->first; opcode <= row->last; opcode++) {
        f.opcode = opcode;
        for (unsigned op16 = 0; op16 < (takes_66(row) ? 2u : 1u); op16++) {
            f.op16 = op16;
            bool matters = row->size == SZ_V || !op16;
            unsigned n = matters ? runs : runs / 20 + 2;
            if (op_info[row->op].traits & X87 || row->map == 2)
                x87_forms(g, f, n);
            else
                opcode_forms(g, f, n);
        }
    }
}

void gen_walk(struct gen *g)
{
    struct encoding row;
    for (unsigned k = 0; encoding_row(k, &row); k++)
        walk_row(g, &row, k);
}

/* Trials of simd_encodings.def: each row in its register and memory forms, with immediates, with masked and
 * unmasked exceptions. */
#include "interp/simd.h"

#include <string.h>

#include "tests/insn/gen.h"

static bool ends_in(const char *text, const char *a, const char *b)
{
    size_t n = strlen(text);
    return n > 2 && (strcmp(text + n - 2, a) == 0 || strcmp(text + n - 2, b) == 0);
}

/* What operands are: by the name of the instruction. */
static unsigned content_of(const struct simd_encoding *e)
{
    const char *name = op_info[e->op].mnemonic;
    if (e->op == OP_LDMXCSR) return CONTENT_MXCSR;
    if (strncmp(name, "pcmpi", 5) == 0 || strncmp(name, "pcmpes", 6) == 0) return CONTENT_LANES_TEXT;
    if (*name == 'p' || strncmp(name, "mov", 3) == 0 || strncmp(name, "sha", 3) == 0)
        return CONTENT_LANES_INT;
    if (strstr(name, "ps2") || strstr(name, "ss2")) return CONTENT_LANES_F32;
    if (strstr(name, "pd2") || strstr(name, "sd2")) return CONTENT_LANES_F64;
    if (strncmp(name, "cvt", 3) == 0) return CONTENT_LANES_INT;
    if (ends_in(name, "ps", "ss")) return CONTENT_LANES_F32;
    return ends_in(name, "pd", "sd") ? CONTENT_LANES_F64 : CONTENT_LANES_INT;
}

static bool is_approximate(unsigned op)
{
    return op == OP_RCPPS || op == OP_RCPSS || op == OP_RSQRTPS || op == OP_RSQRTSS;
}

static struct sample sample_of(const struct simd_encoding *e, unsigned k)
{
    static const uint8_t maps[] = {[SIMD_OF] = 1, [SIMD_OF38] = MAP_OF38, [SIMD_OF3A] = MAP_OF3A};
    struct sample f = {.row_number = GEN_SIMD + k, .opcode = e->opcode, .seg = -1};
    f.row = (struct encoding){.map = maps[e->map],
                              .prefix = e->prefix == 0x66 ? 0 : e->prefix,
                              .digits = e->digits,
                              .op = e->op,
                              .shape = simd_has_immediate(e) ? SHAPE_EGI8 : SHAPE_GE,
                              .size = SZ_D};
    if (e->how == SIMD_NONE) f.row.shape = SHAPE_NONE;
    f.op16 = e->prefix == 0x66;
    return f;
}

static void add(struct gen *g, const struct simd_encoding *e, const struct sample *f)
{
    gen_form(g, f);
    struct trial *t = &g->trials[g->count - 1];
    t->traits |= TRIAL_SIMD | (f->unmasked ? TRIAL_UNMASKED : 0);
    if (op_info[e->op].group == GROUP_mmx) t->traits |= TRIAL_X87;
    if (is_approximate(e->op)) t->traits |= TRIAL_NEAR_ULP;
    t->content = (uint8_t)content_of(e);
    if (t->content == CONTENT_LANES_TEXT && g->turn & 1) t->role[EAX] = t->role[EDX] = ROLE_COUNT;
    if (e->op == OP_MASKMOVQ || e->op == OP_MASKMOVDQU) {
        t->role[EDI] = ROLE_FIXED;
        t->fixed[EDI] = WINDOW + AT_DEST;
    }
}

static unsigned digit_or_register(const struct simd_encoding *e, struct gen *g)
{
    unsigned digit = (g->turn++ * 5 + 3) & 7;
    while (!((e->digits >> digit | e->digits >> (8 + digit)) & 1))
        digit = (digit + 1) & 7;
    return digit;
}

static void register_trials(struct gen *g, const struct simd_encoding *e, struct sample f)
{
    unsigned n = !simd_has_immediate(e) ? 6 : f.row.op >= OP_PCMPESTRM && f.row.op <= OP_PCMPISTRI ? 128 : 32;
    if (e->how == SIMD_NONE) n = 1;
    f.memory = false;
    f.runs = n > 6 ? 8 : 40;
    for (unsigned k = 0; k < n; k++) {
        f.reg = (uint8_t)digit_or_register(e, g);
        f.rm = g->turn * 3 & 7;
        f.imm = n > 32 ? k : k < 16 ? k : k * 0x4d;
        f.unmasked = k % 4 == 3;
        add(g, e, &f);
    }
}

static void memory_trials(struct gen *g, const struct simd_encoding *e, struct sample f)
{
    f.memory = true;
    for (unsigned m = 0; m < MEM_FORMS; m++) {
        f.mem = m;
        f.runs = m == MEM_EBX ? 40 : m <= MEM_STRADDLE ? 8 : 3;
        f.reg = (uint8_t)digit_or_register(e, g);
        f.imm = g->turn * 0x35 & 0xff;
        f.unmasked = m == MEM_DISP8;
        add(g, e, &f);
    }
    f.mem = MEM_EBX;
    f.lock = true;
    f.runs = 2;
    add(g, e, &f);
}

/* FXSAVE's area is larger than a trial's window: tests/guest has it. */
static bool has_own_test(unsigned op)
{
    return op == OP_FXSAVE || op == OP_FXRSTOR;
}

void gen_simd(struct gen *g)
{
    struct simd_encoding e;
    for (unsigned k = 0; simd_row(k, &e); k++) {
        struct sample f = sample_of(&e, k);
        if (has_own_test(e.op)) {
            g->tested[GEN_SIMD + k]++;
            continue;
        }
        if (e.digits & 0xff00) register_trials(g, &e, f);
        if (e.digits & 0x00ff && e.how != SIMD_NONE) memory_trials(g, &e, f);
        if (e.size != SIMD_V || e.prefix == 0x66) continue;
        f.op16 = true;
        if (e.digits & 0xff00) register_trials(g, &e, f);
        if (e.digits & 0x00ff) memory_trials(g, &e, f);
    }
}

bool gen_row(unsigned number, unsigned *op, unsigned *map, unsigned *opcode)
{
    struct encoding row;
    struct simd_encoding e;
    if (number < GEN_SIMD) {
        if (!encoding_row(number, &row)) return false;
        *op = row.op;
        *map = row.map;
        *opcode = row.map == 2 ? row.escape : row.first;
        return true;
    }
    if (!simd_row(number - GEN_SIMD, &e)) return false;
    *op = e.op;
    *map = 1;
    *opcode = e.opcode;
    return true;
}

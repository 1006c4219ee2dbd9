/* One instruction in one form → its bytes. Owns the encoder of prefixes, ModRM, displacement and immediate,
 * and the values that address registers must hold so that the operand lies in the trial's window. */
#include "tests/insn/gen.h"

#include <string.h>

/* How each memory form is written: ModRM without reg, SIB (0: none; it is never 0 here), displacement bytes;
 * base and index registers (8: none), the index's value; the segment, whose base the address leaves out. */
struct memory_shape {
    uint8_t modrm, sib, disp_bytes;
    uint8_t base, index, scale;
    int8_t seg; /* -1 none */
    uint32_t seg_base;
    uint32_t disp;
    uint32_t operand;
    bool addr16;
};

enum { NO_REG = 8, OPERAND = WINDOW + AT_OPERAND };

// clang-format off
static const struct memory_shape memory_shapes[MEM_FORMS] = {
    /*                    modrm  sib  disp  base    index   scale seg seg_base disp    operand                addr16 */
    [MEM_EBX]          = {0x03, 0,    0,    EBX,    NO_REG, 0,   -1,  0,       0,      OPERAND,               false},
    [MEM_DISP8]        = {0x46, 0,    1,    ESI,    NO_REG, 0,   -1,  0,       0xf0,   OPERAND,               false},
    [MEM_DISP32]       = {0x85, 0,    4,    EBP,    NO_REG, 0,   -1,  0,       0x89abcdef, OPERAND,           false},
    [MEM_ABSOLUTE]     = {0x05, 0,    4,    NO_REG, NO_REG, 0,   -1,  0,       OPERAND, OPERAND,              false},
    [MEM_SIB]          = {0x44, 0x88, 1,    EAX,    ECX,    2,   -1,  0,       0x10,   OPERAND,               false},
    [MEM_ESP]          = {0x84, 0x24, 4,    ESP,    NO_REG, 0,   -1,  0,       (uint32_t)(AT_OPERAND - AT_STACK), OPERAND, false},
    [MEM_INDEX_ONLY]   = {0x04, 0xfd, 4,    NO_REG, EDI,    3,   -1,  0,       OPERAND - 0x38, OPERAND,       false},
    [MEM_EBP_BASE]     = {0x44, 0x55, 1,    EBP,    EDX,    1,   -1,  0,       0,      OPERAND,               false},
    [MEM_FS]           = {0x43, 0,    1,    EBX,    NO_REG, 0,   FS,  FS_BASE, 0x20,   OPERAND,               false},
    [MEM_GS_ABSOLUTE]  = {0x05, 0,    4,    NO_REG, NO_REG, 0,   GS,  GS_BASE, OPERAND - GS_BASE, OPERAND,    false},
    [MEM_BX_SI]        = {0x00, 0,    0,    EBX,    ESI,    0,   GS,  GS_BASE, 0,      OPERAND,               true},
    [MEM_BP_DI]        = {0x43, 0,    1,    EBP,    EDI,    0,   GS,  GS_BASE, 0xf8,   OPERAND,               true},
    [MEM_ABSOLUTE16]   = {0x06, 0,    2,    NO_REG, NO_REG, 0,   GS,  GS_BASE, OPERAND - GS_BASE, OPERAND,    true},
    [MEM_BX_FS]        = {0x87, 0,    2,    EBX,    NO_REG, 0,   FS,  FS_BASE, 0x9abc, OPERAND,               true},
    [MEM_STRADDLE]     = {0x03, 0,    0,    EBX,    NO_REG, 0,   -1,  0,       0,      PLAIN + 0xfff,          false},
    [MEM_FAULT_END]    = {0x47, 0,    1,    EDI,    NO_REG, 0,   -1,  0,       4,      EDGE_NONE - 1,         false},
    [MEM_FAULT_MIDDLE] = {0x03, 0,    0,    EBX,    NO_REG, 0,   -1,  0,       0,      EDGE_NONE - 6,         false},
    [MEM_READ_ONLY]    = {0x03, 0,    0,    EBX,    NO_REG, 0,   -1,  0,       0,      EDGE_READ_ONLY + 0x100, false},
    [MEM_HOLE]         = {0x46, 0,    1,    ESI,    NO_REG, 0,   -1,  0,       8,      EDGE_HOLE + 0x123,     false},
    [MEM_LOW16]        = {0x02, 0,    0,    EBP,    ESI,    0,   -1,  0,       0,      0x1234,                true},
};
// clang-format on

/* Does the memory form lie where the runner prepares and captures memory? */
bool form_touches_window(const struct sample *f)
{
    return !f->memory || f->mem <= MEM_FAULT_MIDDLE;
}

static bool at_window_end(const struct sample *f)
{
    return f->mem == MEM_FAULT_END || f->mem == MEM_FAULT_MIDDLE;
}

static void put(struct bytes *out, uint32_t value, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        out->at[out->n++] = value >> 8 * k;
}

static void fix(struct trial *t, unsigned reg, uint32_t value)
{
    t->role[reg] = ROLE_FIXED;
    t->fixed[reg] = value;
}

static uint32_t sign_extended(uint32_t v, unsigned bytes)
{
    return bytes == 1 ? (uint32_t)(int8_t)v : bytes == 2 ? (uint32_t)(int16_t)v : v;
}

/* Gives base and index registers values that lead to the operand. 16-bit registers have garbage above. */
static void address_registers(const struct memory_shape *m, struct trial *t)
{
    uint32_t rest = m->operand - m->seg_base;
    if (m->disp_bytes) rest -= sign_extended(m->disp, m->disp_bytes);
    uint32_t garbage = m->addr16 ? 0xa5a50000 : 0;
    if (m->index != NO_REG) {
        uint32_t index = m->base == NO_REG ? 7 : m->addr16 ? 0x0f3 : 5;
        fix(t, m->index, index | garbage);
        rest -= index << m->scale;
    }
    if (m->base != NO_REG) fix(t, m->base, m->addr16 ? (rest & 0xffff) | garbage : rest);
}

static void put_modrm(const struct sample *f, struct bytes *out)
{
    if (!f->memory) {
        put(out, 0xc0 | f->reg << 3 | f->rm, 1);
        return;
    }
    const struct memory_shape *m = &memory_shapes[f->mem];
    put(out, m->modrm | f->reg << 3, 1);
    if (m->sib) put(out, m->sib, 1);
    put(out, m->disp, m->disp_bytes);
}

static void place_operand(const struct sample *f, struct trial *t)
{
    const struct memory_shape *m = &memory_shapes[f->mem];
    address_registers(m, t);
    t->operand = m->operand;
    if (f->mem == MEM_STRADDLE) t->window = WINDOW_STRADDLE;
    if (at_window_end(f)) t->window = WINDOW_AT_END;
    if (!form_touches_window(f) || at_window_end(f)) t->operand = t->window + AT_OPERAND;
    if (!form_touches_window(f)) t->traits |= TRIAL_NO_WINDOW;
}

static void put_prefixes(const struct sample *f, struct bytes *out)
{
    static const uint8_t seg_prefix[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    const struct memory_shape *m = f->memory ? &memory_shapes[f->mem] : NULL;
    int seg = m && m->seg >= 0 ? m->seg : f->seg;
    if (f->lock) put(out, 0xf0, 1);
    if (seg >= 0) put(out, seg_prefix[seg], 1);
    if (f->op16) put(out, 0x66, 1);
    if (f->addr16 || (m && m->addr16)) put(out, 0x67, 1);
    if (f->row.prefix)
        put(out, f->row.prefix, 1);
    else if (f->rep)
        put(out, f->rep, 1);
}

static unsigned wide(const struct sample *f)
{
    if (f->row.size == SZ_B) return 1;
    return f->op16 || f->row.size == SZ_W ? 2 : 4;
}

static void put_immediate(const struct sample *f, const struct trial *t, struct bytes *out)
{
    switch (f->row.shape) {
    case SHAPE_EI:
    case SHAPE_AI:
    case SHAPE_ZI:
    case SHAPE_I:
    case SHAPE_GEI: put(out, f->imm, wide(f)); break;
    case SHAPE_EIB:
    case SHAPE_EI8:
    case SHAPE_IB:
    case SHAPE_I8:
    case SHAPE_EGI8:
    case SHAPE_GEIB: put(out, f->imm, 1); break;
    case SHAPE_I16: put(out, f->imm, 2); break;
    case SHAPE_I16I8: put(out, f->imm, 3); break;
    case SHAPE_J: put(out, t->landing - (t->code + out->n + wide(f)), wide(f)); break;
    case SHAPE_JB: put(out, t->landing - (t->code + out->n + 1), 1); break;
    case SHAPE_AO:
    case SHAPE_OA:
        put(out, f->addr16 ? WINDOW + AT_OPERAND - GS_BASE : WINDOW + AT_OPERAND, f->addr16 ? 2 : 4);
        break;
    case SHAPE_AP:
        put(out, t->landing, wide(f));
        put(out, f->imm, 2);
        break;
    default: break;
    }
}

void form_emit(const struct sample *f, struct trial *t, struct bytes *out)
{
    out->n = 0;
    put_prefixes(f, out);
    if (f->row.map == 2) {
        put(out, f->row.escape, 1);
        put(out, f->opcode, 1);
        return;
    }
    if (f->row.map) put(out, 0x0f, 1);
    if (f->row.map == MAP_OF38) put(out, 0x38, 1);
    if (f->row.map == MAP_OF3A) put(out, 0x3a, 1);
    put(out, f->opcode, 1);
    bool modrm = shape_has_modrm(f->row.shape);
    if (modrm) put_modrm(f, out);
    if (modrm && f->memory) place_operand(f, t);
    put_immediate(f, t, out);
}

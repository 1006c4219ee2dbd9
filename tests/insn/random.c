/* Random bytes as trials: prefixes, ModRM, SIB and displacements in combinations that no form of the table
 * walk has. Kept are those that decode to an operation of the table which neither leaves straight-line code
 * nor could reach memory of the runner itself. */
#include <string.h>

#include "tests/insn/gen.h"

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static const uint8_t prefixes[] = {0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0, 0xf2, 0xf3};

/* What every register holds: sums of a few of them are in plain memory or where nothing is mapped. */
static const uint32_t start[8] = {[EAX] = WINDOW + 16,
                                  [ECX] = 5,
                                  [EDX] = 3,
                                  [EBX] = WINDOW + AT_OPERAND,
                                  [ESP] = WINDOW + AT_STACK,
                                  [EBP] = WINDOW + AT_STACK - 16,
                                  [ESI] = WINDOW + AT_SOURCE,
                                  [EDI] = WINDOW + AT_DEST};

/* Nothing of the runner, the kernel's or tierrun's choosing lies here. */
static bool harmless(uint32_t address)
{
    return (address >= 0x18000000 && address < 0x1e000000) || (address >= 0x20000000 && address < 0xe0000000);
}

/* i: the instruction's first record, which has the address. */
static bool address_harmless(const struct insn *i, unsigned form)
{
    if (!form_has_memory(form)) return true;
    enum sreg seg;
    uint32_t a = i->disp, base = 0;
    if (insn_seg(i, &seg)) base = seg == FS ? FS_BASE : seg == GS ? GS_BASE : 0;
    if (i->rbase < 4 * REG_ZERO) a += start[i->rbase / 4];
    if (i->rindex < 4 * REG_ZERO) a += start[i->rindex / 4] << i->scale;
    return (i->prefix & PFX_A16 ? (a & 0xffff) < 0xff00 : harmless(a) && harmless(a + base));
}

static bool straight(const struct insn *i)
{
    switch (op_info[i->op].group) {
    case GROUP_alu:
    case GROUP_mul:
    case GROUP_bcd:
    case GROUP_data:
    case GROUP_bit: return true;
    case GROUP_str: return true;
    case GROUP_shift: return i->op < OP_SHLD || i->size != S16; /* a 16-bit SHLD may give anything */
    case GROUP_stack: return i->op != OP_POPF && i->op != OP_ENTER;
    case GROUP_x87: return i->op != OP_F2XM1 && i->op != OP_FYL2XP1;
    default: return i->op == OP_INVALID || i->op == OP_UD || i->op == OP_PRIVILEGED;
    }
}

/* Where prefixes choose other instructions, in the 0F map, they are left out; so are stores through CS. */
static bool ambiguous(const uint8_t *bytes, unsigned n)
{
    bool special = false, through_cs = false;
    unsigned k = 0;
    for (; k < n && memchr(prefixes, bytes[k], sizeof prefixes); k++) {
        special |= bytes[k] == 0x66 || bytes[k] == 0xf2 || bytes[k] == 0xf3;
        through_cs |= bytes[k] == 0x2e;
    }
    if (through_cs || k + 2 > n) return true;
    return excluded(bytes + k, n - k) || (special && bytes[k] == 0x0f);
}

static void describe(struct trial *t, const struct insn *i)
{
    const struct op_info *info = &op_info[i->op];
    t->flag_mask = ~(uint32_t)info->undefined;
    if (info->group == GROUP_shift) t->flag_mask &= ~(uint32_t)(FL_CF | FL_OF | FL_AF);
    if (info->traits & X87) t->traits |= TRIAL_X87 | TRIAL_UNMASKED;
    if (i->op == OP_FSIN || i->op == OP_FCOS || i->op == OP_FSINCOS || i->op == OP_FPTAN ||
        i->op == OP_FPATAN || i->op == OP_FYL2X)
        t->traits |= TRIAL_NEAR_ULP;
    for (unsigned r = 0; r < 8; r++) {
        t->role[r] = ROLE_FIXED;
        t->fixed[r] = start[r];
    }
}

void gen_random(struct gen *g, unsigned count)
{
    uint32_t state = g->seed * 2246822519u | 1;
    for (unsigned tries = 0; count && tries < 100 * count; tries++) {
        uint8_t bytes[16];
        for (unsigned k = 0; k < sizeof bytes; k++)
            bytes[k] = next(&state) >> 11;
        unsigned lead = next(&state) >> 30;
        for (unsigned k = 0; k < lead; k++)
            bytes[k] = prefixes[(next(&state) >> 8) % sizeof prefixes];
        if (next(&state) & 0x100)
            bytes[lead] = 0x0f;
        else if (next(&state) & 0x100)
            bytes[lead] = 0xd8 | (bytes[lead] & 7);
        struct insn records[2];
        unsigned n = decode(bytes, sizeof bytes, CODE, records);
        if (!n || !straight(&records[n - 1]) || !address_harmless(&records[0], records[n - 1].form)) continue;
        unsigned len = records[n - 1].op == OP_INVALID ? sizeof bytes - 1 : records[n - 1].len;
        if (ambiguous(bytes, sizeof bytes) || len > 15) continue;
        describe(gen_bytes(g, bytes, len, 12), &records[n - 1]);
        count--;
    }
}

/* What no row of the table says: opcodes that are none, the 15-byte limit, instructions at the end of mapped
 * code, string instructions that fault in the middle. */
#include "tests/insn/gen.h"

#include <string.h>

/* --- opcodes that tierrun does not know must be invalid on the CPU too ---------------------------------- */

static void try_unknown(struct gen *g, const uint8_t *bytes, unsigned n)
{
    struct insn records[2];
    uint8_t padded[16] = {0};
    memcpy(padded, bytes, n);
    unsigned count = decode(padded, sizeof padded, CODE, records);
    if (count == 0 || records[count - 1].op != OP_INVALID) return;
    if (!excluded(bytes, n)) gen_bytes(g, bytes, n, 2);
}

static void unknown_opcodes(struct gen *g)
{
    for (unsigned map = 0; map < 2; map++) {
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            bool x87 = map == 0 && (opcode & 0xf8) == 0xd8;
            for (unsigned modrm = 3; modrm < 256; modrm += x87 && modrm >= 0xc0 ? 1 : 8) {
                if (modrm >= 0x40 && modrm < 0xc0) modrm = x87 ? 0xc0 : 0xc3;
                uint8_t bytes[8] = {0x0f, opcode, modrm};
                try_unknown(g, bytes + (map == 0), 7 - (map == 0));
            }
        }
    }
}

/* --- lengths ------------------------------------------------------------------------------------------ */

static void length_limit(struct gen *g)
{
    static const uint8_t add[] = {0x81, 0x84, 0x23, 0, 0, 0, 0, 0x78, 0x56, 0x34, 0x12}; /* 11 bytes */
    for (unsigned prefixes = 0; prefixes < 8; prefixes++) {
        uint8_t bytes[24];
        memset(bytes, 0x3e, prefixes);
        memcpy(bytes + prefixes, add, sizeof add);
        struct trial *t = gen_bytes(g, bytes, prefixes + sizeof add, 4);
        t->role[EBX] = ROLE_FIXED;
        t->fixed[EBX] = AT_OPERAND - AT_STACK; /* [ebx + esp] */
    }
    for (unsigned prefixes = 11; prefixes < 18; prefixes++) {
        uint8_t bytes[24];
        memset(bytes, prefixes & 1 ? 0x66 : 0x26, prefixes);
        bytes[prefixes] = 0x40;
        gen_bytes(g, bytes, prefixes + 1, 4);
    }
}

/* --- the end of code ---------------------------------------------------------------------------------- */

/* The last `there` bytes of a page that is followed by nothing. */
static void at_page_end(struct gen *g, const uint8_t *bytes, unsigned there)
{
    if (g->end_page_count == END_PAGES) return;
    struct trial *t = gen_bytes(g, bytes, there, 2);
    uint8_t *page = g->end_pages[g->end_page_count];
    memset(page, 0xcc, 4096);
    memcpy(page + 4096 - there, bytes, there);
    t->code = CODE_END_PAGES + 0x2000 * g->end_page_count + 4096 - there;
    g->end_page_count++;
}

static void page_ends(struct gen *g)
{
    static const uint8_t mov[] = {0xb8, 0x78, 0x56, 0x34, 0x12};      /* mov eax, 0x12345678 */
    static const uint8_t add[] = {0x81, 0x03, 1, 0, 0, 0};            /* add dword ptr [ebx], 1 */
    static const uint8_t fault[] = {0xf7, 0x35, 0x23, 0x41, 0, 0x20}; /* div dword ptr [EDGE_HOLE + 0x123] */
    static const uint8_t prefixed[] = {0x66, 0x0f, 0xaf, 0x43, 0x04};
    for (unsigned n = 1; n <= sizeof mov; n++)
        at_page_end(g, mov, n);
    for (unsigned n = 1; n <= 3; n++)
        at_page_end(g, add, n);
    at_page_end(g, add, sizeof add);
    at_page_end(g, fault, sizeof fault - 1);
    at_page_end(g, fault, sizeof fault);
    for (unsigned n = 1; n <= 3; n++)
        at_page_end(g, prefixed, n);
}

/* --- a fault in the middle of a string ------------------------------------------------------------------ */

/* The runner's window lies at the end of its page; the strings run out of it, forwards. */
static void string_faults(struct gen *g)
{
    static const uint8_t opcodes[] = {0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};
    for (unsigned k = 0; k < sizeof opcodes; k++) {
        for (unsigned form = 0; form < 8; form++) {
            uint8_t bytes[3] = {form & 1 ? 0xf2 : 0xf3, 0x66, opcodes[k]};
            if (!(form & 2)) bytes[1] = bytes[0], bytes[0] = 0x3e;
            struct trial *t = gen_bytes(g, bytes, sizeof bytes, 16);
            uint32_t near_end = EDGE_NONE - 9 - 2 * form;
            t->window = WINDOW_AT_END;
            t->operand = WINDOW_AT_END + AT_OPERAND;
            t->fixed[ESP] = WINDOW_AT_END + AT_STACK;
            t->role[ESI] = t->role[EDI] = ROLE_FIXED;
            t->role[ECX] = ROLE_COUNT;
            t->fixed[ESI] = form & 4 ? near_end : WINDOW_AT_END + AT_SOURCE;
            t->fixed[EDI] = form & 4 ? WINDOW_AT_END + AT_DEST : near_end;
        }
    }
}

/* --- jumps to where there is no code ------------------------------------------------------------------- */

static void wild_jumps(struct gen *g)
{
    static const uint32_t targets[] = {PLAIN,      EDGE_NONE,  EDGE_HOLE,  0,
                                       0xffffffff, 0xfffff000, 0x80000000, CODE - 1};
    static const uint8_t jmp[] = {0xff, 0xe3}, call[] = {0xff, 0xd3}, push_ret[] = {0x53, 0xc3};
    for (unsigned k = 0; k < sizeof targets / sizeof targets[0]; k++) {
        gen_bytes(g, jmp, sizeof jmp, 2)->fixed[EBX] = targets[k];
        gen_bytes(g, call, sizeof call, 2)->fixed[EBX] = targets[k];
        gen_bytes(g, push_ret, sizeof push_ret, 2)->fixed[EBX] = targets[k];
    }
}

void gen_special(struct gen *g)
{
    unknown_opcodes(g);
    length_limit(g);
    page_ends(g);
    string_faults(g);
    wild_jumps(g);
}

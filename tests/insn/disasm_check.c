/* The disassembler beside objdump: disasm_check DIR OBJDUMP. Every instruction that the table walk makes,
 * once, must read the same; what is a matter of notation only is evened out first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interp/interp.h"
#include "interp/features.h"
#include "tests/insn/gen.h"

enum { LINE = 256, SLOT = 16 };

/* Rows whose names the tables do not tell apart, and encodings that the manual does not list. */
static bool named_alike(const struct gen *g, const struct trial *t)
{
    struct encoding row;
    const uint8_t *code = gen_code(g, (unsigned)(t - g->trials));
    if (!encoding_row(t->row, &row)) return true;
    switch (row.op) {
    case OP_PRIVILEGED:
    case OP_STORE_SYSTEM:
    case OP_PREFETCH:
    case OP_UD:
    case OP_SALC:
    case OP_FSTPNCE: return true;
    case OP_FXCH: return row.escape != 0xd9;
    case OP_FSTP: return row.map == 2 && row.escape != 0xdd;
    case OP_FCOM:
    case OP_FCOMP: return row.map == 2 && row.escape != 0xd8;
    case OP_NOP: return row.map == 2;
    case OP_ENDBR32:
    case OP_NOP_E: return row.first != 0x1f;
    case OP_LFENCE:
    case OP_MFENCE:
    case OP_SFENCE: return true; /* ModRM.rm means nothing, objdump wants 0 */
    default: break;
    }
    /* A CPU cuts the target of a 16-bit jump; objdump does not. */
    return (row.shape == SHAPE_JB || row.shape == SHAPE_J) && memchr(code, 0x66, 3);
}

static void remove_all(char *text, const char *what)
{
    size_t n = strlen(what);
    for (char *at; (at = strstr(text, what)) != NULL;)
        memmove(at, at + n, strlen(at + n) + 1);
}

/* Drops blanks and what the two write differently on purpose. */
static void even_out(char *text)
{
    static const char *const words[] = {"data16",   "addr16",   "+eiz*1", "+eiz*2",  "+eiz*4", "+eiz*8",
                                        "xacquire", "xrelease", "bnd",    "notrack", " far"};
    for (unsigned k = 0; k < sizeof words / sizeof words[0]; k++)
        remove_all(text, words[k]);
    char *end = strpbrk(text, "#<\n");
    if (end) *end = 0;
    char *to = text;
    for (char *from = text; *from; from++)
        if (*from != ' ' && *from != '\t') *to++ = *from;
    *to = 0;
    char *at = strstr(text, "xchgax,ax"), *b = strstr(text, "xlatb");
    if (at) strcpy(at, "nop");
    if (b) memmove(b + 4, b + 5, strlen(b + 5) + 1);
}

/* Instruction k lies at k * SLOT, followed by NOPs. */
static bool write_code(const struct gen *g, const char *path)
{
    FILE *out = fopen(path, "wb");
    if (!out) return false;
    for (unsigned k = 0; k < g->count; k++) {
        uint8_t slot[SLOT];
        memset(slot, 0x90, sizeof slot);
        memcpy(slot, gen_code(g, k), g->trials[k].len < SLOT ? g->trials[k].len : SLOT);
        fwrite(slot, 1, sizeof slot, out);
    }
    return fclose(out) == 0;
}

/* Objdump writes them, but they are #UD: LOCK where it may not be, no such segment register, a load of CS. */
static bool invalid_to_cpu(const char *text)
{
    return strstr(text, "lock") || strchr(text, '?') || strstr(text, "mov    cs,") || strstr(text, "mov cs,");
}

struct score {
    unsigned passed, failed;
};

static void compare(const struct gen *g, unsigned k, const char *theirs, struct score *score)
{
    const struct trial *t = &g->trials[k];
    char ours[LINE], even[LINE], expected[LINE];
    unsigned len = disasm(gen_code(g, k), t->len, k * SLOT, true, ours, sizeof ours);
    if (named_alike(g, t)) return;
    snprintf(even, sizeof even, "%s", ours);
    snprintf(expected, sizeof expected, "%s", theirs);
    if (strstr(theirs, "bnd ") || strstr(theirs, "xacquire ") || strstr(theirs, "xrelease ")) {
        remove_all(even, "repnz "); /* later names of prefixes that older CPUs ignore */
        remove_all(even, "repz ");
    }
    if (strstr(theirs, "notrack ")) remove_all(even, "ds:");
    even_out(even);
    even_out(expected);
    bool same = len ? len == t->len && strcmp(even, expected) == 0 : invalid_to_cpu(theirs);
    if (same) {
        score->passed++;
        return;
    }
    if (++score->failed > 40) return;
    printf("FAILED:");
    for (unsigned b = 0; b < t->len; b++)
        printf(" %02x", gen_code(g, k)[b]);
    printf(": \"%s\" (%u bytes), objdump says \"%s\"\n", ours, len, strtok((char *)theirs, "\n"));
}

static void read_listing(const struct gen *g, FILE *in, struct score *score)
{
    char line[LINE];
    while (fgets(line, sizeof line, in)) {
        char *end, *tab = strchr(line, '\t'), *text = tab ? strchr(tab + 1, '\t') : NULL;
        unsigned long at = strtoul(line, &end, 16);
        if (!text || *end != ':' || at % SLOT || at / SLOT >= g->count) continue;
        compare(g, at / SLOT, text + 1, score);
    }
}

int main(int argc, char **argv)
{
    char wrong[8];
    features_choose("max", wrong, sizeof wrong); /* fisttp */
    if (argc != 3) return 2;
    struct gen *g = gen_new(1);
    char path[512], command[1200];
    struct score score = {0};
    gen_walk(g);
    snprintf(path, sizeof path, "%s/disasm.bin", argv[1]);
    snprintf(command, sizeof command, "%s -D -b binary -m i386 -M intel --insn-width=16 -z %s", argv[2],
             path);
    FILE *listing = write_code(g, path) ? popen(command, "r") : NULL;
    if (listing) {
        read_listing(g, listing, &score);
        pclose(listing);
    }
    gen_free(g);
    if (score.passed == 0) score.failed++;
    printf("%u passed, %u failed\n", score.passed, score.failed);
    return score.failed != 0;
}

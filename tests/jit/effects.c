/* effects() against another description: what the disassembler calls an instruction, with a row a way of
 * using operands. $1: the words that tests/jit/encode.c emitted; $2: the disassembler's text of them. */
#include <stdlib.h>
#include <string.h>

#include "jit/mips64/effects.h"
#include "tests/jit/check.h"

/* Roles of operands in their order: w written, r read, m both, - no register of ours; those in parentheses
 * are read anyway. Then what is implicit: h reads HI/LO, H writes, c reads the condition, C writes, a writes
 * RA. */
struct way {
    const char *roles, *implicit;
    unsigned kind;
    const char *names;
};

enum { L = EFFECT_LOAD | EFFECT_FAULT, S = EFFECT_STORE | EFFECT_FAULT, B = EFFECT_BRANCH, X = EFFECT_STAYS };

static const struct way ways[] = {
    {"wrr", "", 0,
     "addu subu and or xor nor slt sltu daddu dsubu sllv srlv srav dsllv dsrlv dsrav rorv drorv"},
    {"wrr", "", 0, "rotrv drotrv"},
    {"wrr", "H", 0, "mul"},
    {"mrr", "", 0, "movz movn"},
    {"wr-", "", 0, "sll srl rotr sra dsll dsrl dsra dsll32 dsrl32 dsra32 drotr drotr32"},
    {"wr-", "", 0, "addiu slti sltiu daddiu andi ori xori"},
    {"wr", "", 0, "clz clo dclz dclo wsbh dsbh dshd seb seh"},
    {"w-", "", 0, "lui"},
    {"rr", "H", 0, "mult multu dmult dmultu"},
    {"-rr", "H", 0, "div divu ddiv ddivu"},
    {"w", "h", 0, "mfhi mflo"},
    {"r", "H", 0, "mthi mtlo"},
    {"rr", "", EFFECT_FAULT, "teq tne"},
    {"mr-", "c", 0, "movf movt"},
    {"w", "", L, "lb lh lw lbu lhu lwu ld lwc1 ldc1 gslbx gslhx gslwx gsldx gslwxc1 gsldxc1"},
    {"m", "", L, "lwl lwr ldl ldr"},
    {"r", "", S, "sb sh swl sw swr sdl sdr sd swc1 sdc1 gssbx gsshx gsswx gssdx gsswxc1 gssdxc1"},
    {"w", "", L | X, "ll lld"},
    {"m", "", S | X, "sc scd"},
    {"ww", "", L, "gslq"},
    {"rr", "", S, "gssq"},
    {"rr-", "", B, "beq bne"},
    {"r-", "", B, "blez bgtz bltz bgez"},
    {"r-", "a", B, "bltzal bgezal"},
    {"-", "c", B, "bc1t bc1f"},
    {"-", "", B, "j"},
    {"-", "a", B, "jal"},
    {"r", "", B, "jr"},
    {"wr", "", B, "jalr"},
    {"wr--", "", 0, "ext dext"},
    {"mr--", "", 0, "ins dins"},
    {"", "", 0, "nop"},
    {"", "", X, "sync"},
    {"-", "", X | EFFECT_FAULT, "synci break"},
    {"wrr", "", 0,
     "paddsh paddush paddh paddw paddsb paddusb paddb paddd psubsh psubush psubh psubw psubsb psubusb psubb "
     "psubd"},
    {"wrr", "", 0,
     "pshufh packsswh packsshb packushb pandn punpcklhw punpckhhw punpcklbh punpckhbh punpcklwd punpckhwd"},
    {"wrr", "", 0, "pavgh pavgb pmaxsh pminsh pmaxub pminub pcmpeqw pcmpgtw pcmpeqh pcmpgth pcmpeqb pcmpgtb"},
    {"wrr", "", 0, "psllw psllh psrlw psrlh psraw psrah pmullh pmulhh pmuluw pmulhuh pasubub pmaddhw"},
    {"wr", "", 0, "biadd pmovmskb"},
    {"wrr", "", 0, "add.s sub.s mul.s div.s add.d sub.d mul.d div.d add.ps sub.ps mul.ps pll.ps"},
    {"wr", "", 0, "sqrt.s abs.s mov.s neg.s sqrt.d abs.d mov.d neg.d"},
    {"wr", "", 0, "round.l.s trunc.l.s ceil.l.s floor.l.s round.w.s trunc.w.s ceil.w.s floor.w.s"},
    {"wr", "", 0, "round.l.d trunc.l.d ceil.l.d floor.l.d round.w.d trunc.w.d ceil.w.d floor.w.d"},
    {"wr", "", 0, "cvt.s.d cvt.w.d cvt.l.d cvt.d.s cvt.w.s cvt.l.s cvt.s.w cvt.d.w cvt.s.l cvt.d.l"},
    {"wr", "", 0, "mov.ps cvt.s.pu cvt.s.pl"},
    {"rr", "C", 0, "c.eq.ps c.olt.ps c.ole.ps"},
    {"rr", "C", 0, "c.f.s c.un.s c.eq.s c.ueq.s c.olt.s c.ult.s c.ole.s c.ule.s"},
    {"rr", "C", 0, "c.sf.s c.ngle.s c.seq.s c.ngl.s c.lt.s c.nge.s c.le.s c.ngt.s"},
    {"rr", "C", 0, "c.f.d c.un.d c.eq.d c.ueq.d c.olt.d c.ult.d c.ole.d c.ule.d"},
    {"rr", "C", 0, "c.sf.d c.ngle.d c.seq.d c.ngl.d c.lt.d c.nge.d c.le.d c.ngt.d"},
    {"mrr", "", 0, "movz.s movn.s movz.d movn.d"},
    {"mr-", "c", 0, "movf.s movt.s movf.d movt.d movt.ps"},
    {"wr", "", 0, "mfc1 dmfc1 mfhc1"},
    {"rw", "", 0, "mtc1 dmtc1"},
    {"w-", "c", X, "cfc1"},
    {"r-", "C", X, "ctc1"},
    {"wrr", "", 0,
     "sll.h sll.w sll.d sra.h sra.w srl.h srl.w srl.d addv.b addv.h addv.w addv.d subv.b subv.h"},
    {"wrr", "", 0,
     "subv.w subv.d max_s.b max_s.h max_s.w max_u.b max_u.h max_u.w min_s.b min_s.h min_s.w min_u.b"},
    {"wrr", "", 0,
     "min_u.h min_u.w ceq.b ceq.h ceq.w ceq.d clt_s.b clt_s.h clt_s.w clt_s.d add_a.b add_a.h add_a.w"},
    {"wrr", "", 0,
     "adds_s.b adds_s.h adds_u.b adds_u.h aver_u.b aver_u.h subs_s.b subs_s.h subs_u.b subs_u.h"},
    {"wrr", "", 0,
     "asub_u.b mulv.b mulv.h mulv.w dotp_s.w dotp_s.d dotp_u.w dotp_u.d pckev.b pckev.h pckev.w"},
    {"wrr", "", 0,
     "pckod.h pckod.w ilvl.b ilvl.h ilvl.w ilvl.d ilvr.b ilvr.h ilvr.w ilvr.d ilvev.b ilvev.h ilvev.w"},
    {"wrr", "", 0, "ilvod.h hadd_u.h hadd_u.w hadd_u.d and.v or.v nor.v xor.v"},
    {"mrr", "", 0, "vshf.b bsel.v"},
    {"wr-", "", 0,
     "slli.h slli.w slli.d srai.h srai.w srai.d srli.h srli.w srli.d sat_s.h sat_s.w sat_u.h sat_u.w "
     "srari.w"},
    {"wr-", "", 0,
     "maxi_s.b maxi_s.h maxi_s.w mini_s.b mini_s.h mini_s.w clti_s.b clti_s.w clti_s.d andi.b shf.h"},
    {"wr-", "", 0, "shf.w"},
    {"mr-", "", 0, "binsli.h binsli.w binsli.d"},
    {"mr", "", 0, "sldi.b insve.d insert.b insert.h insert.w insert.d"},
    {"wr", "", 0, "copy_s.w copy_s.d copy_u.b copy_u.h fill.h fill.w fill.d move.v"},
    {"w", "", 0, "ldi.b"},
    {"w", "", L, "ld.b ld.h ld.w ld.d"},
    {"r", "", S, "st.b st.h st.w st.d"},
};

static const struct way *way_of(const char *name)
{
    size_t n = strlen(name);
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
        for (const char *p = ways[k].names; (p = strstr(p, name)); p += n)
            if ((p == ways[k].names || p[-1] == ' ') && (p[n] == ' ' || !p[n])) return &ways[k];
    return NULL;
}

/* The register that a text begins with: $7 or $f7. 0: none, or one that no set can tell. */
static uint64_t bit_of(const char *text)
{
    if (text[0] != '$') return 0;
    if (text[1] == 'w') return FREG_BIT(atoi(text + 2));
    if (text[1] == 'f' && text[2] != 'c') return FREG_BIT(atoi(text + 2));
    int r = atoi(text + 1);
    return r == ZERO || r == K0 || r == K1 ? 0 : REG_BIT(r);
}

static struct effects described(const struct way *way, const char *operands)
{
    struct effects e = {.kind = way->kind};
    const char *p = operands;
    for (const char *role = way->roles; *role && p; role++) {
        if (*role == 'r' || *role == 'm') e.reads |= bit_of(p);
        if (*role == 'w' || *role == 'm') e.writes |= bit_of(p);
        p = strchr(p, ',');
        if (p) p++;
    }
    p = strchr(operands, '(');
    for (; p; p = strchr(p + 1, ','))
        e.reads |= bit_of(p + 1);
    if (strchr(way->implicit, 'h')) e.reads |= HILO_BIT;
    if (strchr(way->implicit, 'c')) e.reads |= COND_BIT;
    if (strchr(way->implicit, 'H')) e.writes |= HILO_BIT;
    if (strchr(way->implicit, 'C')) e.writes |= COND_BIT;
    if (strchr(way->implicit, 'a')) e.writes |= REG_BIT(RA);
    return e;
}

static bool agrees(uint32_t word, const char *line)
{
    char name[32] = "";
    size_t n = strcspn(line, "\t\n");
    if (n < sizeof name) memcpy(name, line, n);
    const struct way *way = way_of(name);
    if (!way) {
        printf("no row for '%s'\n", name);
        return false;
    }
    struct effects want = described(way, line + n + (line[n] == '\t')), got = effects(word);
    if (want.reads == got.reads && want.writes == got.writes && want.kind == got.kind) return true;
    printf("%08x %sreads %llx not %llx, writes %llx not %llx, kind %x not %x\n", word, line,
           (unsigned long long)got.reads, (unsigned long long)want.reads, (unsigned long long)got.writes,
           (unsigned long long)want.writes, got.kind, want.kind);
    return false;
}

/* Words that no row emits: reserved, likely branches, other extensions. */
static void unknown(struct tally *t)
{
    static const uint32_t words[] = {
        0x50000000,            /* beql */
        0x4501ffff ^ 1u << 26, /* cop0 */
        0x00000005,            /* lsa, release 6 */
        0x70000010,            /* Loongson's integer multiply */
        0xd8000004,            /* no indexed access */
        0xc8008020,            /* gslqc1 */
        0x7c00003b,            /* rdhwr */
        0x0000000c,            /* syscall */
    };
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        check(t, "what is not emitted is unknown", effects(words[k]).kind == EFFECT_UNKNOWN);
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    FILE *words = argc == 3 ? fopen(argv[1], "rb") : NULL, *text = words ? fopen(argv[2], "r") : NULL;
    if (!text) return 1;
    uint32_t word;
    char line[128];
    while (fread(&word, sizeof word, 1, words) == 1)
        check(&t, "the effects of a word", fgets(line, sizeof line, text) && agrees(word, line));
    check(&t, "each word has its line", !fgets(line, sizeof line, text));
    unknown(&t);
    return report(&t);
}

/* Prints registers. */
#include "tier/registers.h"

#include <inttypes.h>
#include <string.h>

static void print_flags(FILE *out, gaddr eip, uint32_t flags)
{
    static const struct {
        uint32_t bit;
        char name;
    } letters[] = {{FL_OF, 'O'}, {FL_DF, 'D'}, {FL_SF, 'S'}, {FL_ZF, 'Z'},
                   {FL_AF, 'A'}, {FL_PF, 'P'}, {FL_CF, 'C'}};
    char text[sizeof letters / sizeof *letters + 1] = "";
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        text[i] = flags & letters[i].bit ? letters[i].name : '-';
    fprintf(out, "  eip %08x  eflags %08x [%s]\n", eip, flags, text);
}

void registers_print(FILE *out, const struct cpu *cpu)
{
    const uint32_t *r = cpu->gpr;
    fprintf(out, "  eax %08x  ebx %08x  ecx %08x  edx %08x\n", r[EAX], r[EBX], r[ECX], r[EDX]);
    fprintf(out, "  esi %08x  edi %08x  ebp %08x  esp %08x\n", r[ESI], r[EDI], r[EBP], r[ESP]);
    print_flags(out, cpu->eip, cpu_eflags(cpu));
    const uint16_t *s = cpu->seg;
    fprintf(out, "  cs %04x  ss %04x  ds %04x  es %04x  fs %04x base %08x  gs %04x base %08x\n", s[CS], s[SS],
            s[DS], s[ES], s[FS], cpu->seg_base[FS], s[GS], cpu->seg_base[GS]);
}

/* The value to a reader's precision; the bits beside it are exact. */
static long double approximate(struct f80 v)
{
    long double x = 0;
    for (int i = 63; i >= 0; i--)
        x = x * 2 + (v.m >> i & 1);
    int e = (v.se & 0x7fff) - 16383 - 63;
    for (; e > 0 && e < 16384; e--)
        x *= 2;
    for (; e < 0 && x != 0; e++)
        x /= 2;
    return v.se & 0x8000 ? -x : x;
}

static void print_value(FILE *out, struct f80 v)
{
    if ((v.se & 0x7fff) != 0x7fff)
        fprintf(out, "%.18Lg", approximate(v));
    else if (v.m << 1)
        fprintf(out, "nan");
    else
        fprintf(out, v.se & 0x8000 ? "-inf" : "inf");
}

void registers_print_x87(FILE *out, const struct cpu *cpu)
{
    const struct x87 *x = &cpu->x87;
    fprintf(out, "  x87: control %04x  status %04x  top %d  last instruction %08x  operand %08x\n", x->cw,
            x->sw | x->top << 11, x->top, x->fip, x->fdp);
    for (int i = 0; i < 8; i++) {
        unsigned at = (x->top + i) & 7;
        if (x->empty >> at & 1) continue;
        struct f80 v = x87_register(x, at);
        fprintf(out, "  st(%d) %04x:%016" PRIx64 "  ", i, v.se, v.m);
        print_value(out, v);
        fputc('\n', out);
    }
}

#include "tests/insn/compare.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "interp/interp.h"
#include "tests/insn/rules_flags.h"

static const char *const names[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

static uint64_t load64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static uint32_t load32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

/* --- x87 ---------------------------------------------------------------------------------------------- */

enum {
    X87_STATUS = 4,
    X87_TAGS = 8,
    X87_POINTERS = 12,
    X87_REGISTERS = 28,
    X87_IMAGE = 108,
    C1 = 1 << 9,
    UE = 1 << 4
};

/* Denormals have the scale of the smallest normal numbers. */
static unsigned exponent(const uint8_t *f80)
{
    unsigned e = f80[8] | (f80[9] & 0x7f) << 8;
    return e ? e : 1;
}

/* Registers that differ by one unit in the last place, as a transcendental result may (docs/X87.md). */
static bool near(const uint8_t *a, const uint8_t *b)
{
    uint64_t x = load64(a), y = load64(b), difference = x > y ? x - y : y - x;
    unsigned ea = exponent(a), eb = exponent(b);
    if ((a[9] ^ b[9]) & 0x80) return false;
    if (ea == eb) return difference <= 1;
    return (ea + 1 == eb && x == ~0ull && y == 1ull << 63) || (eb + 1 == ea && y == ~0ull && x == 1ull << 63);
}

/* C1 tells the direction of the last rounding; at the smallest normal number one unit decides on underflow.
 */
static uint32_t loose_status(const uint8_t *st)
{
    return exponent(st) <= 1 || exponent(st + 10) <= 1 ? C1 | UE : C1;
}

/* Tags of registers that are used say whether they hold zero, a number or something special. */
static bool same_emptiness(uint32_t a, uint32_t b)
{
    for (unsigned k = 0; k < 16; k += 2)
        if ((a >> k & 3) != (b >> k & 3) && ((a >> k & 3) == 3 || (b >> k & 3) == 3)) return false;
    return true;
}

static bool same_x87(const struct trial *t, const uint8_t *a, const uint8_t *b)
{
    if (memcmp(a, b, X87_IMAGE) == 0) return true;
    if (!(t->traits & TRIAL_NEAR_ULP)) return false;
    uint32_t status = load32(a + X87_STATUS) ^ load32(b + X87_STATUS);
    if (status & ~loose_status(a + X87_REGISTERS)) return false;
    if (!same_emptiness(load32(a + X87_TAGS), load32(b + X87_TAGS))) return false;
    if (memcmp(a, b, X87_STATUS) != 0 || memcmp(a + X87_POINTERS, b + X87_POINTERS, 16) != 0) return false;
    const uint8_t *st = a + X87_REGISTERS, *other = b + X87_REGISTERS;
    return near(st, other) && near(st + 10, other + 10) && memcmp(st + 20, other + 20, 60) == 0;
}

static bool same_fx(const struct trial *t, const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, t->traits & TRIAL_NEAR_ULP ? FX_XMM : FX_SIZE) == 0;
}

/* --- all ---------------------------------------------------------------------------------------------- */

static unsigned ignored(const struct trial *t, const struct record *r)
{
    unsigned bits = t->ignored | trial_ignored(t, r->before.gpr[ECX]);
    if (t->traits & TRIAL_IGNORES_MEMORY) bits |= 0x100;
    return bits;
}

/* On hosts without misaligned stores the first bytes of a store across pages may be done when it faults; so
 * may those of a string element that is copied with others. */
static bool torn_store(const struct state *s)
{
    return s->signo == SIGSEGV && s->trapno == VEC_PF;
}

bool compare_records(const struct trial *t, const struct record *cpu, const struct record *emulator,
                     bool torn)
{
    const struct state *a = &cpu->after, *b = &emulator->after;
    unsigned skip = ignored(t, cpu);
    for (unsigned r = 0; r < 8; r++)
        if (!(skip >> r & 1) && a->gpr[r] != b->gpr[r]) return false;
    if ((a->eflags ^ b->eflags) & trial_flag_mask(t, cpu->before.gpr[ECX])) return false;
    if (a->eip != b->eip || memcmp(a->seg, b->seg, sizeof a->seg) != 0) return false;
    if (memcmp(&a->signo, &b->signo, 20) != 0) return false;
    if (torn && torn_store(a)) skip |= 0x100;
    if (!(skip & 0x100) && memcmp(a->memory, b->memory, WINDOW_SIZE) != 0) return false;
    if (t->traits & TRIAL_SIMD) return same_fx(t, a->fx, b->fx);
    return !(t->traits & TRIAL_X87) || same_x87(t, a->x87, b->x87);
}

/* --- report ------------------------------------------------------------------------------------------- */

static void print_flags(const char *label, uint32_t flags)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } bits[] = {{CF, "cf"}, {PF, "pf"}, {AF, "af"}, {ZF, "zf"}, {SF, "sf"}, {FL_DF, "df"}, {OF, "of"}};
    printf("%s%08x", label, flags);
    for (unsigned k = 0; k < sizeof bits / sizeof bits[0]; k++)
        if (flags & bits[k].bit) printf(" %s", bits[k].name);
    printf("\n");
}

static void print_x87(const char *label, const uint8_t *x)
{
    printf("    %s cw %04x sw %04x tw %04x fip %08x fcs/op %08x fdp %08x fds %08x\n", label,
           load32(x) & 0xffff, load32(x + 4) & 0xffff, load32(x + 8) & 0xffff, load32(x + 12), load32(x + 16),
           load32(x + 20), load32(x + 24));
    for (unsigned k = 0; k < 8; k++)
        printf("%s%02x%02x %016llx%s", k % 4 ? "  " : "      ", x[37 + 10 * k], x[36 + 10 * k],
               (unsigned long long)load64(x + 28 + 10 * k), k % 4 == 3 ? "\n" : "");
}

/* An image of FXSAVE; of its registers those that differ from another one's. */
static void print_fx(const char *label, const uint8_t *x, const uint8_t *other)
{
    printf("    %s mxcsr %08x cw %04x sw %04x tags %02x fip %08x\n", label, load32(x + FX_MXCSR),
           load32(x) & 0xffff, load32(x) >> 16, x[4], load32(x + 8));
    for (unsigned k = 0; k < 16; k++) {
        const uint8_t *at = x + FX_ST + 16 * k;
        if (other && memcmp(at, other + FX_ST + 16 * k, 16) == 0) continue;
        printf("      %s%u %016llx %016llx\n", k < 8 ? "st" : "xmm", k & 7,
               (unsigned long long)load64(at + 8), (unsigned long long)load64(at));
    }
}

static void print_instruction(const struct trial *t, const uint8_t *code, const struct record *r)
{
    char text[160];
    disasm(code, 16, t->code, true, text, sizeof text);
    printf("  %s   (", text);
    for (unsigned k = 0; k < t->len; k++)
        printf("%s%02x", k ? " " : "", code[k]);
    printf(" at %08x, trial %u run %u)\n", t->code, r->trial, r->run);
}

static void print_before(const struct trial *t, const struct state *s)
{
    printf("    before:");
    for (unsigned r = 0; r < 8; r++)
        printf(" %s %08x", names[r], s->gpr[r]);
    print_flags("\n    before: eflags ", s->eflags);
    if (!(t->traits & TRIAL_NO_WINDOW)) {
        uint32_t at = t->operand - t->window;
        printf("    before: [%08x]", t->operand);
        for (unsigned k = 0; k < 16 && at + k < WINDOW_SIZE; k++)
            printf(" %02x", s->memory[at + k]);
        printf("\n");
    }
    if (t->traits & TRIAL_SIMD)
        print_fx("before: ", s->fx, NULL);
    else if (t->traits & TRIAL_X87)
        print_x87("before:", s->x87);
}

static void print_outcome(const char *who, const struct trial *t, const struct state *s)
{
    const char *where = s->eip == t->code + t->len ? " (next)" : s->eip == t->landing ? " (taken)" : "";
    printf("    %s eip %08x%s", who, s->eip, where);
    if (s->signo)
        printf(" signal %u code %d addr %08x trapno %u err %x", s->signo, (int)s->code, s->addr, s->trapno,
               s->err);
    printf(" segments %x %x %x %x %x %x\n", s->seg[0], s->seg[1], s->seg[2], s->seg[3], s->seg[4], s->seg[5]);
}

static void print_memory_differences(const struct trial *t, const struct state *a, const struct state *b)
{
    for (unsigned k = 0; k < WINDOW_SIZE; k += 4)
        if (memcmp(a->memory + k, b->memory + k, 4) != 0)
            printf("    [%08x]: cpu %08x, tierrun %08x\n", t->window + k, load32(a->memory + k),
                   load32(b->memory + k));
}

void compare_report(const struct trial *t, const uint8_t *code, const struct record *cpu,
                    const struct record *emulator)
{
    const struct state *a = &cpu->after, *b = &emulator->after;
    unsigned skip = ignored(t, cpu);
    uint32_t mask = trial_flag_mask(t, cpu->before.gpr[ECX]);
    print_instruction(t, code, cpu);
    print_before(t, &cpu->before);
    print_outcome("cpu:    ", t, a);
    print_outcome("tierrun:", t, b);
    for (unsigned r = 0; r < 8; r++)
        if (!(skip >> r & 1) && a->gpr[r] != b->gpr[r])
            printf("    %s: cpu %08x, tierrun %08x\n", names[r], a->gpr[r], b->gpr[r]);
    if ((a->eflags ^ b->eflags) & mask) {
        print_flags("    eflags: cpu     ", a->eflags & mask);
        print_flags("    eflags: tierrun ", b->eflags & mask);
    }
    if (!(skip & 0x100)) print_memory_differences(t, a, b);
    if (t->traits & TRIAL_SIMD) {
        print_fx("cpu:    ", a->fx, b->fx);
        print_fx("tierrun:", b->fx, a->fx);
    } else if (t->traits & TRIAL_X87 && !same_x87(t, a->x87, b->x87)) {
        print_x87("cpu:    ", a->x87);
        print_x87("tierrun:", b->x87);
    }
}

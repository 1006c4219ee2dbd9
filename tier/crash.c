/* The crash report. Owns its words and their order; registers, symbols, disassembly and recent system
 * calls come from their owners. Everything here must bear a guest in any state. */
#include "tier/crash.h"

#include <string.h>

#include "tier/registers.h"
#include "tier/symbols.h"

enum { GUEST_SIGBUS = 7 };

enum { LONGEST_INSN = 15, RECENT_CALLS = 8 };

static const char *page_fault_cause(const struct trap *t)
{
    enum { PRESENT = 1, WRITE = 2, FETCH = 16 };
    if (!(t->err & PRESENT))
        return t->err & FETCH   ? "it jumped to where nothing is mapped"
               : t->err & WRITE ? "it wrote where nothing is mapped"
                                : "it read where nothing is mapped";
    return t->err & FETCH   ? "it jumped into memory that is not executable"
           : t->err & WRITE ? "it wrote to memory that is read-only"
                            : "it read memory that it may not read";
}

static const char *cause(const struct trap *t)
{
    switch (t->vector) {
    case VEC_DE: return "it divided by zero, or the quotient does not fit";
    case VEC_DB: return "a single step was asked for";
    case VEC_BP: return "it ran into a breakpoint";
    case VEC_OF: return "into found an overflow";
    case VEC_BR: return "bound found an index out of range";
    case VEC_UD: return "an undefined instruction";
    case VEC_NP:
    case VEC_SS:
    case VEC_GP: return "a privileged instruction, a segment that does not exist or does not reach so far";
    case VEC_PF:
        return t->signo == GUEST_SIGBUS ? "it used memory beyond the end of a mapped file"
                                        : page_fault_cause(t);
    case VEC_MF: return "an x87 exception that the program had unmasked";
    case VEC_AC: return "a misaligned access, which the program forbade itself";
    default: return "an exception";
    }
}

static void print_signal(FILE *out, int signo, const struct trap *t)
{
    const char *name = sigabbrev_np(signo);
    fprintf(out, "tierrun: the program died by signal %d (SIG%s)", signo, name ? name : "?");
    if (!t)
        fprintf(out, ": %s\n", signo == SIGABRT ? "it aborted itself" : "it was sent to it");
    else if (t->vector == VEC_PF)
        fprintf(out, ": %s, at address 0x%08x\n", cause(t), t->addr);
    else
        fprintf(out, ": %s\n", cause(t));
}

static bool is_prefix(uint8_t b)
{
    return strchr("\x66\x67\xf2\xf3\xf0\x2e\x36\x3e\x26\x64\x65", b) && b;
}

/* What a real CPU would have made of these bytes; NULL if nothing either. */
static const char *lacking(const uint8_t *code, unsigned n)
{
    while (n && is_prefix(*code)) {
        code++;
        n--;
    }
    if (n < 2) return NULL;
    /* C4, C5 and 62 are LES, LDS and BOUND unless their operand would be a register. */
    if (code[1] >= 0xc0 && (code[0] == 0xc4 || code[0] == 0xc5)) return "AVX";
    if (code[1] >= 0xc0 && code[0] == 0x62) return "AVX-512";
    if (code[0] != 0x0f) return NULL;
#define LACKING(first, last, what) \
    if (code[1] >= (first) && code[1] <= (last)) return what;
#include "tier/lacking.def"
#undef LACKING
    return NULL;
}

static void print_instruction(struct vthread *v, FILE *out, bool invalid)
{
    uint8_t code[LONGEST_INSN];
    char text[128] = "";
    struct mm_fault fault;
    gaddr eip = v->cpu.eip;
    unsigned n = mm_fetch(v->vm->mm, eip, code, sizeof code, &fault);
    if (n == 0) {
        fprintf(out, "  no instruction can be fetched there\n");
        return;
    }
    unsigned length = disasm(code, n, eip, true, text, sizeof text);
    fprintf(out, "  bytes");
    for (unsigned i = 0; i < (length ? length : n); i++)
        fprintf(out, " %02x", code[i]);
    fprintf(out, "  %s\n", length ? text : "(bad)");
    if (!invalid || length) return;
    const char *what = lacking(code, n);
    if (what)
        fprintf(out, "  the guest's CPU lacks this instruction (%s); --cpu=max has all that tierrun knows\n",
                what);
    else
        fprintf(out, "  this is not an instruction of any x86 CPU that tierrun knows\n");
}

static void print_mapping(struct vm *vm, FILE *out, const char *what, gaddr a)
{
    gaddr start, end;
    uint64_t offset;
    const char *name = mm_mapping_at(vm->mm, a, &start, &end, &offset);
    if (!name) {
        fprintf(out, "  %s 0x%08x is not mapped\n", what, a);
        return;
    }
    int prot = mm_page_prot(vm->mm, a);
    fprintf(out, "  %s 0x%08x is in %08x-%08x %c%c%c %s\n", what, a, start, end, prot & 1 ? 'r' : '-',
            prot & 2 ? 'w' : '-', prot & 4 ? 'x' : '-', *name ? name : "(anonymous)");
}

void crash_report(struct vthread *v, int signo, bool trapped, FILE *out)
{
    struct vm *vm = v->vm;
    char where[512];
    const struct trap *t = trapped ? &v->cpu.trap : NULL;
    print_signal(out, signo, t);
    symbols_describe(vm->symbols, v->cpu.eip, where, sizeof where);
    fprintf(out, "  eip 0x%08x: %s\n", v->cpu.eip, where);
    print_instruction(v, out, t && t->vector == VEC_UD);
    registers_print(out, &v->cpu);
    registers_print_x87(out, &v->cpu);
    print_mapping(vm, out, "eip", v->cpu.eip);
    print_mapping(vm, out, "esp", v->cpu.gpr[ESP]);
    if (t && t->vector == VEC_PF) print_mapping(vm, out, "address", t->addr);
    fprintf(out, "  last system calls:\n");
    sys_print_recent(v->sys, out, RECENT_CALLS);
    fflush(out);
}

/* --check finds wrong translations: a word of translated code is changed before it runs, and the difference
 * that is reported must be that one. Runs on a MIPS64 host. */
#include <signal.h>
#include <stdlib.h>

#include "jit/check.h"
#include "jit/jit.h"
#include "jit/mips64/encode.h"
#include "tests/jit/check.h"

enum { CODE = 0x10000, DATA = 0x20000, PAGE = 0x1000 };
enum { RW = 3, RX = 5 };

/* From CODE on; it ends with int 0x80 or with a fault. */
struct program {
    const char *sentence;
    uint8_t bytes[12];
    uint32_t word, instead; /* 0: nothing is changed */
    unsigned differs;       /* 1 << enum check_part */
};

#define IS(part) (1u << CHECK_##part##_BIT)
/* addiu r, r, n; sw s0, 0(…) */
#define ADDIU(r, n) (9u << 26 | (r) << 21 | (r) << 16 | (n))
#define SW          (43u << 26 | S0 << 16)

// clang-format off
static const struct program programs[] = {
    {"what is right is found right", {0x83, 0xc0, 0x02, 0x89, 0x43, 0x04, 0xcd, 0x80}, /* add eax, 2; mov [ebx+4], eax */
     0, 0, 0},
    {"a wrong value, also in memory", {0x83, 0xc0, 0x02, 0x89, 0x43, 0x04, 0xcd, 0x80},
     ADDIU(S0, 2), ADDIU(S0, 3), IS(EAX) | IS(FLAGS) | IS(MEMORY)},
    {"a store to a wrong place", {0x89, 0x43, 0x04, 0xcd, 0x80}, SW | 4, SW | 8, IS(MEMORY)},
    {"a wrong value before a fault", {0x83, 0xc1, 0x02, 0xa3, 0x00, 0x00, 0x00, 0x00, 0xcd, 0x80}, /* add ecx, 2; mov [0], eax */
     ADDIU(S1, 2), ADDIU(S1, 3), IS(ECX) | IS(FLAGS)},
    {"a right value before a fault", {0x83, 0xc1, 0x02, 0xa3, 0x00, 0x00, 0x00, 0x00, 0xcd, 0x80}, 0, 0, 0},
    {"stores are taken back before the translation runs", {0x83, 0x03, 0x01, 0xcd, 0x80}, 0, 0, 0},  /* add [ebx], 1 */
    {"a store that reads what another stored", {0xff, 0x03, 0xff, 0x03, 0x89, 0x33, 0xff, 0x0b, 0xcd, 0x80}, 0, 0, 0},
    {"inc of the addend keeps the sum's carry", {0xb9, 0x01, 0x00, 0x00, 0x00, 0x01, 0xc8, 0x41, 0xcd, 0x80}, 0, 0, 0},
};
// clang-format on

struct run {
    const struct program *program;
    unsigned differs, reports, changed;
};

static struct {
    _Alignas(CPU_PAGE) char before[CPU_PAGE];
    struct cpu cpu;
} the;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    if (mm_host_fault_sig() || interp_host_fault_sig(&the.cpu, signo, info, context)) return;
    abort();
}

static bool is_word(uint32_t w, uint32_t wanted)
{
    uint32_t base = wanted >> 26 == SW >> 26 ? 31u << 21 : 0; /* a store's base may be any register */
    return ((w ^ wanted) & ~base) == 0;
}

static void change(void *self, const struct jit_view *v)
{
    struct run *run = self;
    const struct program *p = run->program;
    uint32_t *code = (uint32_t *)(uintptr_t)v->code; /* code memory is writable */
    for (uint32_t k = 0; p->word && k < v->words; k++) {
        if (!is_word(code[k], p->word)) continue;
        code[k] ^= p->word ^ p->instead;
        run->changed++;
    }
    __builtin___clear_cache((char *)code, (char *)(code + v->words));
}

static void note(void *self, const struct jit_difference *d)
{
    struct run *run = self;
    if (!run->reports++) run->differs = d->check->differs;
}

static void map_or_die(struct mm *mm, gaddr at, int prot)
{
    int flags = GMAP_FIXED | GMAP_PRIVATE | GMAP_ANONYMOUS;
    if (mm_mmap(mm, at, PAGE, prot, flags, -1, 0) != at) abort();
}

static struct run run_program(const struct program *p)
{
    struct run run = {.program = p};
    const char *why = "";
    struct jit_counters counters = {0};
    struct jit_log log = {.translated = change, .differs = note, .self = &run};
    struct mm *mm = mm_new(&(struct mm_options){0}, &why);
    struct interp *in =
        mm ? interp_new(mm, &(struct interp_options){.hot_link = 1, .hot = 1, .hot_loop = 1}) : NULL;
    struct jit_options opt = {.code_bytes = 1 << 20, .check = 1, .counters = &counters, .log = &log};
    if (!in || !jit_new(in, &opt, &why)) abort();
    map_or_die(mm, CODE, RW | RX);
    map_or_die(mm, DATA, RW);
    if (mm_write(mm, CODE, p->bytes, sizeof p->bytes)) abort();
    cpu_init(&the.cpu, mm);
    the.cpu.interp = in;
    the.cpu.gpr[EBX] = DATA;
    the.cpu.gpr[EAX] = 1;
    the.cpu.gpr[ESI] = 77;
    the.cpu.eip = CODE;
    interp_run(in, &the.cpu);
    if (counters.checked == 0) run.reports = ~0u;
    return run;
}

int main(void)
{
    struct tally t = {0};
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_NODEFER | SA_SIGINFO};
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    for (size_t k = 0; k < sizeof programs / sizeof *programs; k++) {
        struct run r = run_program(&programs[k]);
        bool good = r.differs == programs[k].differs && (r.reports != 0) == (r.differs != 0) &&
                    (r.changed == 1 || !programs[k].word);
        check(&t, programs[k].sentence, good);
        if (!good) printf("    differs %x, reports %u, words changed %u\n", r.differs, r.reports, r.changed);
    }
    return report(&t);
}

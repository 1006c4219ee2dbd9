/* The guest program of the instruction tests: runs trials of a batch with operands made from their seeds.
 *     runner BATCH RESULTS -FIRST      writes a digest of all states it saw for each trial from FIRST on
 *     runner BATCH RESULTS TRIAL…      writes the states themselves, for the trials with these numbers
 * It runs on the CPU and in tierrun and knows nothing of what should come out. No C library: nothing but
 * the instructions under test may depend on the machine. */
#include <asm/ldt.h>
#include <signal.h>
#include <stddef.h>
#include <ucontext.h>

#include "tests/insn/guest/system.h"
#include "tests/insn/guest/values.h"
#include "tests/insn/rules_flags.h"

void enter(void), leave_trial(void), leave_fault(void);

/* Shared with enter.S. */
uint32_t in_gpr[8], in_eflags, in_target, out_gpr[8], out_eflags, saved_esp;
uint16_t in_seg[4], out_seg[6];
uint8_t in_x87[108], out_x87[108], with_x87;
uint8_t in_fx[512] __attribute__((aligned(16))), out_fx[512] __attribute__((aligned(16))), with_simd;

static struct state before, after;
static const struct trial *trials;
static uint8_t pattern[WINDOW_SIZE];

/* --- a fault ------------------------------------------------------------------------------------------ */

static void on_signal(int signo, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    greg_t *g = u->uc_mcontext.gregs;
    static const uint8_t gpr_at[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
    static const uint8_t seg_at[6] = {REG_ES, REG_CS, REG_SS, REG_DS, REG_FS, REG_GS};
    for (unsigned r = 0; r < 8; r++)
        out_gpr[r] = g[gpr_at[r]];
    for (unsigned s = 0; s < 6; s++)
        out_seg[s] = g[seg_at[s]];
    out_eflags = g[REG_EFL];
    after.eip = g[REG_EIP];
    after.signo = signo;
    after.code = info->si_code;
    after.addr = (uint32_t)(uintptr_t)info->si_addr;
    after.trapno = g[REG_TRAPNO];
    after.err = g[REG_ERR];
    if (with_x87 && u->uc_mcontext.fpregs) __builtin_memcpy(out_x87, u->uc_mcontext.fpregs, sizeof out_x87);
    if (with_simd && u->uc_mcontext.fpregs) /* behind the x87's part and two words */
        __builtin_memcpy(out_fx, (char *)u->uc_mcontext.fpregs + 112, FX_SIZE);
    g[REG_EIP] = (greg_t)leave_fault;
    g[REG_ESP] = saved_esp;
    g[REG_EFL] = 0x202;
    g[REG_ES] = g[REG_SS] = g[REG_DS] = FLAT_DATA;
    g[REG_CS] = FLAT_CODE;
    g[REG_FS] = g[REG_GS] = 0;
}

/* --- the world that trials live in -------------------------------------------------------------------- */

static void make_segments(void)
{
    struct user_desc d = {.limit = 0xfffff, .limit_in_pages = 1, .seg_32bit = 1, .useable = 1};
    d.entry_number = 12;
    d.base_addr = FS_BASE;
    sys_set_thread_area(&d);
    d.entry_number = 13;
    d.base_addr = GS_BASE;
    sys_set_thread_area(&d);
    for (unsigned k = 0; k < 6; k++) {
        d.entry_number = k;
        d.base_addr = k == 0 ? PLAIN : 0;
        d.contents = k == 2 ? MODIFY_LDT_CONTENTS_CODE : k == 3 ? MODIFY_LDT_CONTENTS_STACK : 0;
        d.read_exec_only = k == 1;
        d.seg_not_present = k == 4;
        d.limit_in_pages = k != 5;
        sys_write_ldt(&d);
    }
}

static void fill_pages(uint32_t from, uint32_t size)
{
    sys_map(from, size);
    for (uint32_t a = from; a < from + size; a += 4)
        *(volatile uint32_t *)a = a * 2654435761u;
}

/* Makes the runner's own variables plain memory for a host with large pages, too: no hole behind them. */
static void fill_up_last_page(void)
{
    extern char _end[];
    uint32_t from = ((uint32_t)_end + 0xfff) & ~0xfffu, to = (from + 0xffff) & ~0xffffu;
    if (from != to) sys_map(from, to - from);
}

static void map_data(void)
{
    fill_up_last_page();
    fill_pages(PLAIN, PLAIN_SIZE);
    fill_pages(EDGE, EDGE_SIZE);
    sys_protect(EDGE_NONE, 0x1000, 0);
    sys_protect(EDGE_READ_ONLY, 0x1000, 1);
    sys_map(HUB, HUB_SIZE);
    *(volatile uint32_t *)HUB_EXIT_TO = (uint32_t)leave_trial;
}

/* --- one run ------------------------------------------------------------------------------------------ */

static void put32(uint32_t at, uint32_t v)
{
    __builtin_memcpy((void *)at, &v, 4);
}

static void put16(uint32_t at, uint32_t v)
{
    __builtin_memcpy((void *)at, &v, 2);
}

static uint32_t selector(const struct trial *t)
{
    return t->traits & TRIAL_SS ? values_ss_selector() : values_selector();
}

static void fill(const struct trial *t, unsigned kind, uint32_t at, unsigned run)
{
    switch (kind) {
    case CONTENT_F32: values_f32((uint8_t *)at); break;
    case CONTENT_F64: values_f64((uint8_t *)at); break;
    case CONTENT_F80: values_f80((uint8_t *)at, DOMAIN_ANY); break;
    case CONTENT_I16: put16(at, values_number()); break;
    case CONTENT_BCD: values_bcd((uint8_t *)at); break;
    case CONTENT_ENV16: values_x87_env((uint8_t *)at, run, 0, t->traits & TRIAL_UNMASKED); break;
    case CONTENT_ENV32: values_x87_env((uint8_t *)at, run, 1, t->traits & TRIAL_UNMASKED); break;
    case CONTENT_CW: put16(at, 0x7f | (values_bits() & 0xff00)); break;
    case CONTENT_TARGET:
        put32(at, t->landing);
        put32(at + 4, FLAT_CODE);
        put32(at + 8, values_bits() & ~0x100u);
        break;
    case CONTENT_TARGET16:
        put16(at, t->landing);
        put16(at + 2, FLAT_CODE);
        put16(at + 4, values_bits() & ~0x100u);
        break;
    case CONTENT_SELECTOR: put32(at, selector(t) | values_bits() << 16); break;
    case CONTENT_FAR32:
        put32(at, values_number());
        put16(at + 4, selector(t));
        break;
    case CONTENT_FAR16:
        put16(at, values_number());
        put16(at + 2, selector(t));
        break;
    case CONTENT_BOUNDS32:
        put32(at, in_gpr[values_bits() & 7] - (values_bits() & 3));
        put32(at + 4, in_gpr[values_bits() & 7] + (values_bits() & 3));
        break;
    case CONTENT_BOUNDS16:
        put16(at, in_gpr[values_bits() & 7] - (values_bits() & 3));
        put16(at + 2, in_gpr[values_bits() & 7] + (values_bits() & 3));
        break;
    case CONTENT_FLAGS: put32(at, values_bits() & ~0x100u); break; /* TF would trap at the exit pad */
    case CONTENT_EDX_EAX:
        put32(at, in_gpr[0] ^ (values_bits() & 1));
        put32(at + 4, in_gpr[2]);
        break;
    case CONTENT_LANES_F32:
    case CONTENT_LANES_F64:
    case CONTENT_LANES_INT:
    case CONTENT_LANES_TEXT: values_lanes((uint8_t *)at, kind); break;
    case CONTENT_MXCSR: put32(at, values_mxcsr(run, 1) | ((values_bits() & 15) == 0 ? 0x10000 : 0)); break;
    case CONTENT_FRAMES:
        for (unsigned k = 0; k < 8; k++)
            put32(at + 4 * k, WINDOW + (values_bits() & 0xff));
        break;
    default:
        put32(at, values_number());
        put32(at + 4, values_number());
        break;
    }
}

static uint32_t register_value(const struct trial *t, unsigned r)
{
    switch (t->role[r]) {
    case ROLE_FIXED: return t->fixed[r];
    case ROLE_COUNT: return values_bits() % 12;
    case ROLE_COUNT16: return values_bits() % 12 | values_bits() << 16;
    case ROLE_BIT: return (values_bits() & 0x1ff) - 0x100;
    case ROLE_SELECTOR: return selector(t) | values_bits() << 16;
    default: return values_number();
    }
}

static void prepare(const struct trial *t, unsigned run)
{
    for (unsigned r = 0; r < 8; r++)
        in_gpr[r] = register_value(t, r);
    in_eflags = (values_bits() & 0x200cd5) | 0x202; /* ID, OF, DF, SF, ZF, AF, PF, CF */
    if (t->traits & TRIAL_X87) values_x87_state(in_x87, run, t->domain, t->traits & TRIAL_UNMASKED);
    if (with_simd) values_fx(in_fx, in_x87, run, t->content, t->traits);
    if (t->traits & TRIAL_NO_WINDOW) return;
    __builtin_memcpy((void *)t->window, pattern, WINDOW_SIZE);
    fill(t, t->content, t->operand, run);
    if (t->fixed[4] - t->window < WINDOW_SIZE) fill(t, t->stack_content, t->fixed[4], run);
}

static void snapshot(const struct trial *t, struct state *s, const uint32_t *gpr, const uint8_t *x87,
                     const uint8_t *fx)
{
    if (with_simd) __builtin_memcpy(s->fx, fx, FX_SIZE);
    __builtin_memcpy(s->gpr, gpr, sizeof s->gpr);
    if (with_x87) __builtin_memcpy(s->x87, x87, sizeof s->x87);
    if (!(t->traits & TRIAL_NO_WINDOW)) __builtin_memcpy(s->memory, (void *)t->window, WINDOW_SIZE);
}

static void run_once(const struct trial *t, unsigned run, int records)
{
    prepare(t, run);
    if (records) {
        snapshot(t, &before, in_gpr, in_x87, in_fx);
        before.eflags = in_eflags;
        before.eip = t->code;
    }
    after.signo = after.code = after.addr = after.trapno = after.err = 0;
    in_target = t->code;
    *(volatile uint32_t *)HUB_EXIT_AT = 0;
    enter();
    if (!after.signo) after.eip = *(volatile uint32_t *)HUB_EXIT_AT;
    after.eflags = out_eflags;
    __builtin_memcpy(after.seg, out_seg, sizeof after.seg);
    snapshot(t, &after, out_gpr, out_x87, out_fx);
}

/* --- results ------------------------------------------------------------------------------------------ */

static struct digest sum;

static inline void add(uint32_t word)
{
    sum.a = (sum.a ^ word) * 0x01000193u;
    sum.b = (sum.b << 7 | sum.b >> 25) + sum.a;
}

static void add_words(const void *from, unsigned bytes)
{
    const uint32_t *w = from;
    for (unsigned k = 0; k < bytes / 4; k++)
        add(w[k]);
}

static void add_state(const struct trial *t)
{
    uint32_t mask = trial_flag_mask(t, in_gpr[1]);
    unsigned ignored = t->ignored | trial_ignored(t, in_gpr[1]);
    for (unsigned r = 0; r < 8; r++)
        if (!(ignored >> r & 1)) add(after.gpr[r]);
    add(after.eflags & mask);
    add(after.eip);
    add_words(after.seg, sizeof after.seg);
    add_words(&after.signo, 20);
    if (with_x87) add_words(after.x87, sizeof after.x87);
    if (with_simd) add_words(after.fx, t->traits & TRIAL_NEAR_ULP ? FX_XMM : FX_SIZE);
    if (!(t->traits & (TRIAL_IGNORES_MEMORY | TRIAL_NO_WINDOW)) && !(ignored >> 8))
        add_words(after.memory, WINDOW_SIZE);
}

static void run_trial(uint32_t number, int records, int out)
{
    const struct trial *t = &trials[number];
    values_seed(t->seed);
    for (unsigned k = 0; k < WINDOW_SIZE; k++)
        pattern[k] = values_bits() >> 11;
    with_simd = (t->traits & TRIAL_SIMD) != 0;
    with_x87 = !with_simd && t->traits & TRIAL_X87;
    for (unsigned s = 0; s < 4; s++)
        in_seg[s] = t->seg[s];
    sum = (struct digest){number, 0};
    for (unsigned run = 0; run < t->runs; run++) {
        run_once(t, run, records);
        if (records) {
            struct record r = {.trial = number, .run = run, .before = before, .after = after};
            sys_write(out, &r, sizeof r);
        }
        add_state(t);
    }
    if (!records) sys_write(out, &sum, sizeof sum);
}

static uint32_t number_of(const char *text)
{
    uint32_t v = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        v = v * 10 + (*text - '0');
    return v;
}

int run_batch(const uint32_t *stack)
{
    uint32_t argc = stack[0];
    char **argv = (char **)(stack + 1);
    if (argc < 4) return 2;
    const struct batch *b = sys_map_file(argv[1]);
    int out = sys_create(argv[2]);
    if (!b || out < 0 || b->magic != BATCH_MAGIC) return 3;
    trials = (const struct trial *)(b + 1);
    const uint8_t *code = (const uint8_t *)(trials + b->trials);
    sys_place_code(CODE, code, b->code_size);
    for (uint32_t k = 0; k < b->end_pages; k++)
        sys_place_code(CODE_END_PAGES + 0x2000 * k, code + b->code_size + 0x1000 * k, 0x1000);
    map_data();
    make_segments();
    sys_catch_faults(on_signal);
    if (argv[3][0] == '-')
        for (uint32_t k = number_of(argv[3] + 1); k < b->trials; k++)
            run_trial(k, 0, out);
    else
        for (uint32_t k = 3; k < argc; k++)
            run_trial(number_of(argv[k]), 1, out);
    return 0;
}

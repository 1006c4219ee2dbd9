/* The guest side of the program fuzzer: runs the generated programs of its batch section one after the other,
 * each from a fresh state, and writes digests of all states they reached to standard output. No C library:
 * nothing but the programs may depend on the machine. */
#include <asm/ldt.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

#include "tests/fuzz/guest/world.h"
#include "tests/insn/guest/system.h"
#include "tests/insn/guest/values.h"
#include "tests/insn/trial.h"

void enter(void), leave_program(void);
int run_batch(void);
void on_check(uint32_t word);

extern const uint8_t batch_start[];

/* Shared with enter.S. */
uint32_t in_gpr[8], in_eflags, in_target, out_gpr[8], out_eflags, saved_esp;
uint8_t in_x87[108], out_x87[108];
uint8_t in_fx[512] __attribute__((aligned(16))), out_fx[512] __attribute__((aligned(16)));

enum { STDOUT = 1, NOISE_US = 60000, MOST_CHECKS = 20000, MOST_FAULTS = 4000 };

static struct prog_result result;
static struct prog_record record;

static const struct prog_batch *batch(void)
{
    return (const struct prog_batch *)batch_start;
}

/* --- digests ------------------------------------------------------------------------------------------ */

static void add_words(uint32_t sum[2], const void *from, uint32_t bytes)
{
    const uint32_t *w = from;
    for (uint32_t k = 0; k < bytes / 4; k++) {
        sum[0] = (sum[0] ^ w[k]) * 0x01000193u;
        sum[1] = (sum[1] << 7 | sum[1] >> 25) + sum[0];
    }
}

static void note_record(void)
{
    add_words(result.digest, &record, sizeof record);
    if (batch()->options & VERBOSE) sys_write(STDOUT, &record, sizeof record);
}

/* --- states ------------------------------------------------------------------------------------------- */

static void note_simd(const uint8_t *fx)
{
    __builtin_memcpy(&record.mxcsr, fx + FX_MXCSR, sizeof record.mxcsr);
    __builtin_memcpy(record.xmm, fx + FX_XMM, sizeof record.xmm);
}

void on_check(uint32_t word)
{
    record = (struct prog_record){.kind = RECORD_CHECK, .number = word >> CHECK_SHIFT};
    __builtin_memcpy(record.gpr, out_gpr, sizeof record.gpr);
    __builtin_memcpy(record.x87, out_x87, sizeof record.x87);
    note_simd(out_fx);
    record.eflags = out_eflags & (word & CHECK_FLAGS);
    result.checks++;
    note_record();
    if (result.checks == MOST_CHECKS) *(volatile uint32_t *)out_gpr[4] = STUB_LEAVE;
}

static const struct resume *find_resume(uint32_t eip)
{
    const struct resume *r =
        (const struct resume *)((const struct program *)(batch() + 1) + batch()->programs);
    uint32_t from = 0, to = batch()->resumes;
    while (from < to) {
        uint32_t middle = (from + to) / 2;
        if (r[middle].eip == eip) return &r[middle];
        if (r[middle].eip < eip)
            from = middle + 1;
        else
            to = middle;
    }
    return 0;
}

/* Forgets a pending x87 exception: in the status word of both images that the kernel may load. */
static void clear_exceptions(uint8_t *image)
{
    enum { STATUS = 4, MAGIC = 110, FX_STATUS = 114 };
    uint16_t status;
    __builtin_memcpy(&status, image + STATUS, 2);
    status &= 0x7f00;
    __builtin_memcpy(image + STATUS, &status, 2);
    if (image[MAGIC] == 0 && image[MAGIC + 1] == 0) __builtin_memcpy(image + FX_STATUS, &status, 2);
}

/* Random bytes may have set anything: the next slot, or the end, begins as the program did. */
static uint32_t next_slot(greg_t *g, const uint8_t gpr_at[8], bool late)
{
    g[REG_CS] = 0x23;
    g[REG_DS] = g[REG_ES] = g[REG_SS] = 0x2b;
    g[REG_EFL] = 0x202;
    for (unsigned k = 0; k < 8; k++)
        g[gpr_at[k]] = (greg_t)in_gpr[k];
    if (late) result.late = 1;
    return late || result.faults >= NOISE_SLOTS ? STUB_LEAVE : in_target + result.faults * NOISE_SLOT;
}

static void on_signal(int signo, siginfo_t *info, void *context)
{
    static const uint8_t gpr_at[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
    ucontext_t *u = context;
    greg_t *g = u->uc_mcontext.gregs;
    const struct resume *r = find_resume(g[REG_EIP]);
    record = (struct prog_record){
        .kind = RECORD_FAULT, .number = g[REG_EIP], .signo = signo, .code = info->si_code};
    record.addr = (uint32_t)(uintptr_t)info->si_addr;
    for (unsigned k = 0; k < 8; k++)
        record.gpr[k] = g[gpr_at[k]];
    record.eflags = r ? g[REG_EFL] & r->flags : 0;
    uint8_t *x87 = (uint8_t *)u->uc_mcontext.fpregs;
    if (x87) {
        for (unsigned k = 0; k < 12; k += 4) /* control, status and tags */
            __builtin_memcpy(record.x87 + k, x87 + k, 2);
        __builtin_memcpy(record.x87 + 28, x87 + 28, 80);
        note_simd(x87 + 112);
        if (g[REG_TRAPNO] == 16) clear_exceptions(x87);
    }
    result.faults++;
    note_record();
    if (!r) result.stray++;
    if (batch()->options & NOISE) {
        if (signo == SIGVTALRM && !saved_esp) return; /* not in the program: there is no way out of it */
        g[REG_EIP] = (greg_t)next_slot(g, gpr_at, signo == SIGVTALRM);
        return;
    }
    g[REG_EIP] = (greg_t)(r && result.faults < MOST_FAULTS ? r->to : STUB_LEAVE);
}

/* --- a program ---------------------------------------------------------------------------------------- */

/* All memory is as new, so that one that is stopped somewhere leaves nothing to those after it. */
static void noise_begin(const struct program *p)
{
    world_make();
    world_fill(p->seed);
    sys_protect(p->entry, NOISE_SIZE, 7);
    sys_alarm(NOISE_US);
}

static void noise_end(const struct program *p)
{
    sys_alarm(0);
    sys_protect(p->entry, NOISE_SIZE, 5);
    if (!result.late) return;
    result = (struct prog_result){.kind = RECORD_END, .seed = p->seed, .late = 1};
}

static void run_program(const struct program *p)
{
    result = (struct prog_result){.kind = RECORD_END, .seed = p->seed};
    world_fill(p->seed);
    world_x87(p, in_x87);
    world_simd(p, in_fx);
    for (unsigned k = 0; k < 8; k++)
        in_gpr[k] = p->gpr[k];
    in_eflags = p->eflags;
    in_target = p->entry;
    bool noise = batch()->options & NOISE;
    if (noise) noise_begin(p);
    enter();
    saved_esp = 0;
    if (noise) noise_end(p);
    add_words(result.memory, (const void *)AREA, AREA_SIZE);
    add_words(result.memory, (const void *)(BORDER_NONE - BORDER_USED), BORDER_USED);
    sys_write(STDOUT, &result, sizeof result);
    if (batch()->options & VERBOSE) {
        sys_write(STDOUT, (const void *)AREA, AREA_SIZE);
        sys_write(STDOUT, (const void *)(BORDER_NONE - BORDER_USED), BORDER_USED);
    }
}

int run_batch(void)
{
    const struct program *programs = (const struct program *)(batch() + 1);
    if (batch()->magic != PROG_MAGIC) return 2;
    world_make();
    sys_catch_faults(on_signal);
    if (batch()->options & NOISE) sys_catch(SIGVTALRM, on_signal);
    for (uint32_t k = 0; k < batch()->programs; k++)
        run_program(&programs[k]);
    return 0;
}

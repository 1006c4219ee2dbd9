/* The guest CPU's reset state, EFLAGS and CPUID. Segments are in segment.c, exceptions in trap.c. */
#include "interp/cpu.h"

#include <string.h>

#include "interp/block.h"
#include "interp/features.h"
#include "interp/flags.h"

void cpu_init(struct cpu *cpu, struct mm *mm)
{
    cpu->mm = mm;
    cpu->base = mm_base(mm);
    cpu->flag_sys = FL_IF;
    cpu->df = 1;
    cpu->seg[CS] = SEL_USER_CS;
    cpu->seg[SS] = cpu->seg[DS] = cpu->seg[ES] = SEL_USER_DS;
    cpu->x87.cw = 0x37f;
    cpu->x87.empty = 0xff;
    cpu->simd.mxcsr = MXCSR_INIT;
    flags_set(cpu, 0);
    block_begin_jumps(cpu);
}

void cpu_copy(struct cpu *to, const struct cpu *from)
{
    /* Not `poll`, which others set at any time. */
    const size_t before = offsetof(struct cpu, poll), after = before + sizeof from->poll;
    memcpy(to, from, before);
    to->poll = 0;
    memcpy((char *)to + after, (const char *)from + after, sizeof *to - after);
}

uint32_t cpu_eflags(const struct cpu *cpu)
{
    return 2 | flags_get(cpu) | cpu->flag_sys | (cpu->df < 0 ? FL_DF : 0);
}

void cpu_set_eflags(struct cpu *cpu, uint32_t v, uint32_t mask)
{
    uint32_t now = (cpu_eflags(cpu) & ~mask) | (v & mask);
    flags_set(cpu, now);
    cpu->df = now & FL_DF ? -1 : 1;
    cpu->flag_sys = now & (FL_TF | FL_NT | FL_AC | FL_ID | FL_IF);
}

/* CPUID of an Intel CPU; its extensions are features.c's. */
enum {
    CPUID_FPU = 1 << 0,
    CPUID_TSC = 1 << 4,
    CPUID_CX8 = 1 << 8,
    CPUID_CMOV = 1 << 15,
    CLFLUSH_LINE = 64 / 8 << 8,
};

void cpu_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    enum { MAX_EXTENDED = 0x80000004 };
    const uint32_t max_leaf = features_has(FEATURE_SHA) ? 7 : 1;
    static const char vendor[] = "GenuineIntel", brand[48] = "tierrun i686";
    memset(out, 0, 16);
    if (leaf == 0 || (leaf > max_leaf && leaf < 0x80000000)) leaf = leaf ? max_leaf : 0;
    if (leaf == 0) {
        out[0] = max_leaf;
        memcpy(&out[1], vendor, 4);
        memcpy(&out[3], vendor + 4, 4);
        memcpy(&out[2], vendor + 8, 4);
    } else if (leaf == 1) {
        out[0] = features_signature();
        out[1] = features_has(FEATURE_CLFLUSH) ? CLFLUSH_LINE : 0;
        out[3] = CPUID_FPU | CPUID_TSC | CPUID_CX8 | CPUID_CMOV;
    } else if (leaf == 2) {
        out[0] = 1; /* how often to ask; programs count down from it. No descriptor is known. */
    } else if (leaf == 0x80000000) {
        out[0] = MAX_EXTENDED;
    } else if (leaf >= 0x80000002 && leaf <= 0x80000004) {
        memcpy(out, brand + 16 * (leaf - 0x80000002), 16);
    }
    if (leaf != 7 || subleaf == 0) features_cpuid(leaf, out);
}

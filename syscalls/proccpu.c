/* The guest's processor as /proc/cpuinfo and /sys/devices/system/cpu tell of it: what CPUID says, once for
 * each processor that the host has. */
#include <string.h>
#include <unistd.h>

#include "interp/features.h"
#include "syscalls/proc.h"

struct flag {
    const char *name;
    uint32_t leaf;
    unsigned reg, bit;
};

static const struct flag flags[] = {
    {"fpu", 1, EDX, 0},
    {"tsc", 1, EDX, 4},
    {"cx8", 1, EDX, 8},
    {"cmov", 1, EDX, 15},
#define FEATURE(id, name, leaf, reg, bit, needs) {name, leaf, reg, bit},
#include "interp/features.def"
#undef FEATURE
};

/* What Linux calls it, where that differs. */
static const char *linux_name(const char *name)
{
    static const char *const other[][2] = {
        {"sse3", "pni"}, {"sse4.1", "sse4_1"}, {"sse4.2", "sse4_2"}, {"lzcnt", "abm"}, {"sha", "sha_ni"}};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (!strcmp(name, other[i][0])) return other[i][1];
    return name;
}

/* Linux numbers features by words of 32: which of CPUID's registers is which. */
struct word {
    unsigned number;
    uint32_t leaf;
    unsigned reg;
};
static const struct word words[] = {{0, 1, EDX}, {4, 1, ECX}, {6, 0x80000001, ECX}, {9, 7, EBX}};

typedef void told(FILE *out, const struct flag *f, unsigned number);

static void each_flag(FILE *out, told *tell)
{
    static const unsigned place[] = {[EAX] = 0, [EBX] = 1, [ECX] = 2, [EDX] = 3};
    uint32_t regs[4];
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        cpu_cpuid(words[w].leaf, 0, regs);
        for (unsigned bit = 0; bit < 32; bit++)
            for (size_t i = 0; regs[place[words[w].reg]] >> bit & 1 && i < sizeof flags / sizeof *flags; i++)
                if (flags[i].leaf == words[w].leaf && flags[i].reg == words[w].reg && flags[i].bit == bit)
                    tell(out, &flags[i], words[w].number * 32 + bit);
    }
}

static void tell_name(FILE *out, const struct flag *f, unsigned number)
{
    (void)number;
    fprintf(out, " %s", linux_name(f->name));
}

static void tell_number(FILE *out, const struct flag *f, unsigned number)
{
    (void)f;
    fprintf(out, ",%04X", number);
}

/* Family and model with their extensions (SDM vol. 2, CPUID). */
static void family(unsigned *fam, unsigned *model, unsigned *stepping)
{
    uint32_t sig = features_signature();
    *fam = sig >> 8 & 15;
    *model = (sig >> 4 & 15) | (*fam == 6 || *fam == 15 ? sig >> 12 & 0xf0 : 0);
    *stepping = sig & 15;
    if (*fam == 15) *fam += sig >> 20 & 0xff;
}

void proc_cpuinfo(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)c, (void)f;
    unsigned fam, model, stepping;
    uint32_t regs[4], line;
    char brand[49] = "", vendor[13] = "";
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    family(&fam, &model, &stepping);
    for (uint32_t k = 0; k < 3; k++) {
        cpu_cpuid(0x80000002 + k, 0, regs);
        memcpy(brand + 16 * k, regs, 16);
    }
    cpu_cpuid(1, 0, regs);
    line = (regs[1] >> 8 & 0xff) * 8;
    cpu_cpuid(0, 0, regs);
    memcpy(vendor, &regs[1], 4), memcpy(vendor + 4, &regs[3], 4), memcpy(vendor + 8, &regs[2], 4);
    for (long i = 0; i < n; i++) {
        fprintf(out, "processor\t: %ld\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\nmodel name\t: %s\n",
                i, vendor, fam, model, brand);
        fprintf(out,
                "stepping\t: %u\ncpu MHz\t\t: 1000.000\ncache size\t: 4096 KB\nphysical id\t: 0\nsiblings\t: "
                "%ld\ncore id\t\t: %ld\n",
                stepping, n, i);
        fprintf(
            out,
            "cpu cores\t: %ld\napicid\t\t: %ld\ninitial apicid\t: %ld\nfpu\t\t: yes\nfpu_exception\t: yes\n",
            n, i, i);
        fprintf(out, "cpuid level\t: %u\nwp\t\t: yes\nflags\t\t:", regs[0]);
        each_flag(out, tell_name);
        fprintf(out, "\nbugs\t\t:\nbogomips\t: 2000.00\nclflush size\t: %u\ncache_alignment\t: 64\n",
                line ? line : 32);
        fprintf(out, "address sizes\t: 32 bits physical, 32 bits virtual\npower management:\n\n");
    }
}

void proc_cpu_alias(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)c, (void)f;
    unsigned fam, model, stepping;
    family(&fam, &model, &stepping);
    fprintf(out, "cpu:type:x86,ven0000fam%04Xmod%04X:feature:", fam, model);
    each_flag(out, tell_number);
    putc('\n', out);
}

void proc_cpu_event(struct call *c, const struct proc_file *f, FILE *out)
{
    fprintf(out, "DRIVER=processor\nMODALIAS=");
    proc_cpu_alias(c, f, out);
}

#include "jit/mips64/features.h"

#include <asm/hwcap.h>
#include <asm/sysmips.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jit/jit.h"

/* --- by trying --------------------------------------------------------------------------------------- */

static sigjmp_buf refused; /* for the signal handler, which gets no argument */

static void on_refused_sig(int signo)
{
    siglongjmp(refused, signo);
}

/* gsldx $2, 0($4, $5): as a word, because not every assembler knows it. */
static bool try_gs(void)
{
    static const uint64_t cells[2] = {1, 0x123456789abcdef0};
    register const uint64_t *base __asm__("$4") = cells;
    register uint64_t index __asm__("$5") = sizeof cells[0];
    register uint64_t got __asm__("$2") = 0;
    __asm__ volatile(".word 0xd8822803" : "+r"(got) : "r"(base), "r"(index) : "memory");
    return got == cells[1];
}

/* OPERATION $f0, $f0, $f2 on two values. */
#define PACKED(word, a, b)                     \
    ({                                         \
        uint64_t result;                       \
        __asm__ volatile("dmtc1 %1, $f0\n\t"   \
                         "dmtc1 %2, $f2\n\t"   \
                         ".word " #word "\n\t" \
                         "dmfc1 %0, $f0"       \
                         : "=r"(result)        \
                         : "r"(a), "r"(b)      \
                         : "$f0", "$f2");      \
        result;                                \
    })

static bool try_mmi(void)
{
    uint64_t a = 0x0102030405ff0708, b = 0x1010101010101010;
    return PACKED(0x4bc20000, a, b) == 0x11121314150f1718; /* paddb */
}

static bool try_mmi_orders(void)
{
    uint64_t a = 0x00ff7f8001fe1234, b = 0xff00807f02fd3412;
    return PACKED(0x4b820008, a, b) == 0xffff808002fe3434 && /* pmaxub */
           PACKED(0x4ba20008, a, b) == 0x00007f7f01fd1212 && /* pminub */
           PACKED(0x4ba20009, a, b) == 0xff00ff0000ff00ff && /* pcmpgtb */
           PACKED(0x4b620009, a, b) == 0xffffffff00000000 && /* pcmpgth */
           PACKED(0x4b220009, a, b) == 0xffffffff00000000 && /* pcmpgtw */
           PACKED(0x4ba20001, a, b) == 0x00ff000100010022 && /* psubusb */
           PACKED(0x4b220001, a, b) == 0 &&                  /* psubush */
           PACKED(0x4b620002, a, b) == 0x0000ffffffffffff;   /* packushb */
}

/* ld.b $w0, 1($4); ld.b $w1, 0($4); addv.b $w0, $w0, $w1; st.b $w0, 17($4) */
static bool try_msa(void)
{
    uint8_t bytes[40], wrong = 0;
    for (unsigned k = 0; k < sizeof bytes; k++)
        bytes[k] = (uint8_t)(k * k);
    register uint8_t *base __asm__("$4") = bytes;
    __asm__ volatile(".word 0x78012020\n\t"
                     ".word 0x78002060\n\t"
                     ".word 0x7801000e\n\t"
                     ".word 0x78112024"
                     :
                     : "r"(base)
                     : "$f0", "$f1", "memory");
    for (unsigned k = 0; k < 16; k++)
        wrong |= bytes[k + 17] ^ (uint8_t)((k + 1) * (k + 1) + k * k);
    return !wrong;
}

/* 1.5 and 2, and 0.25 and -1, from the lower lane on. */
static bool try_paired(void)
{
    uint64_t a = 0x400000003fc00000, b = 0xbf8000003e800000;
    return PACKED(0x46c20000, a, b) == 0x3f8000003fe00000 && /* add.ps */
           PACKED(0x46c20002, a, b) == 0xc00000003ec00000 && /* mul.ps */
           PACKED(0x46c2002c, a, b) == 0x3fc000003e800000;   /* pll.ps */
}

static bool try_fcsr(void)
{
    uint32_t found, kept;
    __asm__ volatile("cfc1 %0, $31\n\t"
                     "ctc1 %2, $31\n\t"
                     "cfc1 %1, $31\n\t"
                     "ctc1 %0, $31"
                     : "=&r"(found), "=&r"(kept)
                     : "r"(0x7c));
    return (kept & 0x7c) == 0x7c;
}

static bool try_misaligned(void)
{
    union {
        uint8_t bytes[32];
        uint64_t cells[4];
    } m;
    uint64_t wide, other;
    int32_t narrow;
    for (unsigned k = 0; k < sizeof m; k++)
        m.bytes[k] = (uint8_t)k;
    __asm__ volatile("ld %0, 1(%3)\n\t"
                     "lw %1, 7(%3)\n\t"
                     "ldc1 $f0, 3(%3)\n\t"
                     "dmfc1 %2, $f0\n\t"
                     "sd %0, 13(%3)\n\t"
                     "sdc1 $f0, 23(%3)"
                     : "=&r"(wide), "=&r"(narrow), "=&r"(other)
                     : "r"(m.bytes)
                     : "$f0", "memory");
    return wide == 0x0807060504030201 && narrow == 0x0a090807 && other == 0x0a09080706050403 &&
           m.bytes[13] == 1 && m.bytes[20] == 8 && m.bytes[23] == 3 && m.bytes[30] == 10;
}

static bool survives(bool (*attempt)(void))
{
    return !sigsetjmp(refused, 1) && attempt();
}

struct host_features features_detect(void)
{
    static const int signals[] = {SIGILL, SIGBUS, SIGSEGV};
    enum { SIGNALS = sizeof signals / sizeof *signals };
    struct sigaction own = {.sa_handler = on_refused_sig}, saved[SIGNALS];
    for (unsigned k = 0; k < SIGNALS; k++)
        sigaction(signals[k], &own, &saved[k]);
    features_trap_misaligned(true);
    struct host_features f = {.gs = survives(try_gs),
                              .mmi = survives(try_mmi),
                              .mmi_orders = survives(try_mmi_orders),
                              .msa = survives(try_msa),
                              .paired = survives(try_paired),
                              .fcsr = try_fcsr(),
                              .misaligned = survives(try_misaligned)};
    f.paired &= !f.msa;
    features_trap_misaligned(false);
    for (unsigned k = 0; k < SIGNALS; k++)
        sigaction(signals[k], &saved[k], NULL);
    return f;
}

/* What has no such call (qemu-user) has no such service either. */
void features_trap_misaligned(bool trap)
{
    syscall(SYS_sysmips, MIPS_FIXADE, !trap, 0);
}

/* --- by asking the kernel ---------------------------------------------------------------------------- */

static void append(char *line, size_t size, const char *separator, const char *word)
{
    size_t n = strlen(line);
    snprintf(line + n, size - n, "%s%s", separator, word);
}

/* The value of a line of /proc/cpuinfo, of the first CPU that has it. Empty: there is none. */
static void cpuinfo(const char *key, char *value, size_t size)
{
    char line[512];
    *value = '\0';
    FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && !*value && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (!colon || strncmp(line, key, strlen(key))) continue;
        colon += 1 + strspn(colon + 1, " \t");
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(value, size, "%s", colon);
    }
    if (f) fclose(f);
}

void jit_describe(char *line, size_t size)
{
    static const struct {
        unsigned long bit;
        const char *word; /* as under "ASEs implemented", which old kernels and QEMU do not have */
    } told[] = {
        {HWCAP_MIPS_R6, "r6"},
        {HWCAP_MIPS_MSA, "msa"},
        {HWCAP_MIPS_DSP, "dsp"},
        {HWCAP_LOONGSON_MMI, "loongson-mmi"},
        {HWCAP_LOONGSON_EXT, "loongson-ext"},
        {HWCAP_LOONGSON_EXT2, "loongson-ext2"},
    };
    struct host_features f = features_detect();
    unsigned long hwcap = getauxval(AT_HWCAP);
    char name[128], ases[256];
    cpuinfo("cpu model", name, sizeof name);
    cpuinfo("ASEs implemented", ases, sizeof ases);
    snprintf(line, size, "MIPS64 release 2 on %s", *name ? name : "a CPU without a name");
    append(line, size, "; indexed accesses ", f.gs ? "work" : "do not");
    append(line, size, "; packed integers ", f.mmi ? "work" : "do not");
    append(line, size, "; vectors of 16 bytes ", f.msa ? "work" : "do not");
    append(line, size, "; misaligned accesses ", f.misaligned ? "work" : "trap");
    const char *separator = "; the kernel tells ";
    if (*ases) append(line, size, separator, ases);
    for (unsigned k = 0; !*ases && k < sizeof told / sizeof *told; k++) {
        if (!(hwcap & told[k].bit)) continue;
        append(line, size, separator, told[k].word);
        separator = " ";
    }
}

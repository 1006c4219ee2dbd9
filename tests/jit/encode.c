/* Emits every instruction of jit/mips64/insns.def (and those with a shape of their own) with varied operands.
 * With an argument: writes the words to that file; prints for each what a disassembler should say. */
#include <stdio.h>
#include <string.h>

#include "jit/mips64/msa_encode.h"

enum { MOST = 8192, TRIALS = 6 };
static uint32_t words[MOST];
static struct code code = {.at = words, .begin = words, .end = words + MOST};

/* Operands by trial. */
static const enum reg reg_a[TRIALS] = {V0, S0, ZERO, RA, A3, T9};
static const enum reg reg_b[TRIALS] = {S7, A0, GP, T0, SP, ZERO};
static const enum reg reg_c[TRIALS] = {T3, S5, AT, ZERO, S6, K1};
static const int imms[TRIALS] = {0, 1, -1, 32767, -32768, 4660};
static const int offsets[TRIALS] = {0, 1, -1, 127, -128, 52};
static const unsigned controls[TRIALS] = {FCSR, FIR, FCCR, FEXR, FENR, FCSR};
static const unsigned amounts[TRIALS] = {0, 1, 31, 16, 7, 24};

/* The assembler's name: and_ is and, add_d is add.d. */
static const char *mnemonic(const char *name)
{
    static char out[32];
    strcpy(out, name);
    size_t n = strlen(out);
    if (out[n - 1] == '_') out[n - 1] = 0;
    if (n > 4 && !strcmp(out + n - 4, "_cp2")) out[n - 4] = 0;
    for (char *p = out; *p; p++)
        if (*p == '_') *p = '.';
    return out;
}

/* The word address of the instruction just emitted, as the disassembler counts: bytes from 0. */
static unsigned here(void)
{
    return (unsigned)((code.at - words) * 4) - 4;
}

#define EACH                    for (int t = 0; t < TRIALS; t++)
#define LINE(name, format, ...) printf("%s\t" format "\n", mnemonic(name), __VA_ARGS__)

#define R3(name, funct)                                           \
    EACH                                                          \
    {                                                             \
        name(&code, reg_a[t], reg_b[t], reg_c[t]);                \
        LINE(#name, "$%d,$%d,$%d", reg_a[t], reg_b[t], reg_c[t]); \
    }
#define M3(name, funct)     R3(name, funct)
#define C2(name, funct)     EX(name, funct, )
#define RV(name, funct, sa) R3(name, funct)
#define SH(name, funct, rs)                                                                      \
    EACH                                                                                         \
    {                                                                                            \
        if (!strcmp(#name, "sll") && amounts[t] == 0) continue; /* nop and ehb are encoded so */ \
        name(&code, reg_a[t] ? reg_a[t] : V1, reg_b[t], amounts[t]);                             \
        LINE(#name, "$%d,$%d,0x%x", reg_a[t] ? reg_a[t] : V1, reg_b[t], amounts[t]);             \
    }
#define MD(name, funct)                                                                  \
    EACH                                                                                 \
    {                                                                                    \
        name(&code, reg_a[t], reg_b[t]);                                                 \
        LINE(#name, "%s$%d,$%d", strstr(#name, "mul") ? "" : "$0,", reg_a[t], reg_b[t]); \
    }
#define MF(name, funct)               \
    EACH                              \
    {                                 \
        name(&code, reg_a[t]);        \
        LINE(#name, "$%d", reg_a[t]); \
    }
#define MT(name, funct) MF(name, funct)
#define TR(name, funct) EX(name, funct, )
#define MC(name, tf)                                      \
    EACH                                                  \
    {                                                     \
        name(&code, reg_a[t], reg_b[t]);                  \
        LINE(#name, "$%d,$%d,$fcc0", reg_a[t], reg_b[t]); \
    }
#define I(name, op)                                             \
    EACH                                                        \
    {                                                           \
        name(&code, reg_a[t], reg_b[t], imms[t]);               \
        LINE(#name, "$%d,$%d,%d", reg_a[t], reg_b[t], imms[t]); \
    }
#define IU(name, op)                                                       \
    EACH                                                                   \
    {                                                                      \
        name(&code, reg_a[t], reg_b[t], imms[t] & 0xffff);                 \
        LINE(#name, "$%d,$%d,0x%x", reg_a[t], reg_b[t], imms[t] & 0xffff); \
    }
#define LS(name, op)                                             \
    EACH                                                         \
    {                                                            \
        name(&code, reg_a[t], imms[t], reg_b[t]);                \
        LINE(#name, "$%d,%d($%d)", reg_a[t], imms[t], reg_b[t]); \
    }
#define LSF(name, op)                                           \
    EACH                                                        \
    {                                                           \
        name(&code, 24 + t, imms[t], reg_b[t]);                 \
        LINE(#name, "$f%d,%d($%d)", 24 + t, imms[t], reg_b[t]); \
    }
#define GX(name, op, f)                                                           \
    EACH                                                                          \
    {                                                                             \
        name(&code, reg_a[t], offsets[t], reg_b[t], reg_c[t]);                    \
        LINE(#name, "$%d,%d($%d,$%d)", reg_a[t], offsets[t], reg_b[t], reg_c[t]); \
    }
#define GXF(name, op, f)                                                         \
    EACH                                                                         \
    {                                                                            \
        name(&code, 24 + t, offsets[t], reg_b[t], reg_c[t]);                     \
        LINE(#name, "$f%d,%d($%d,$%d)", 24 + t, offsets[t], reg_b[t], reg_c[t]); \
    }
#define GQ(name, op)                                                                   \
    EACH                                                                               \
    {                                                                                  \
        name(&code, reg_a[t], reg_b[t], 16 * offsets[t], reg_c[t]);                    \
        LINE(#name, "$%d,$%d,%d($%d)", reg_a[t], reg_b[t], 16 * offsets[t], reg_c[t]); \
    }
/* Branches: alternately backward to a bound label and forward to one that is bound two words later. */
#define BRANCH(emit_it, name, format, ...)                                  \
    EACH                                                                    \
    {                                                                       \
        struct label to = {0};                                              \
        if (t & 1) bind_label(&code, &to);                                  \
        emit_it;                                                            \
        LINE(name, format "0x%x", __VA_ARGS__ t & 1 ? here() : here() + 8); \
        nop(&code);                                                         \
        puts("nop\t");                                                      \
        if (!(t & 1)) bind_label(&code, &to);                               \
    }
#define B2(name, op)     BRANCH(name(&code, reg_a[t], reg_b[t], &to), #name, "$%d,$%d,", reg_a[t], reg_b[t], )
#define B1(name, op, rt) BRANCH(name(&code, reg_a[t], &to), #name, "$%d,", reg_a[t], )
#define EX(name, funct, sa)                         \
    EACH                                            \
    {                                               \
        name(&code, reg_a[t], reg_b[t]);            \
        LINE(#name, "$%d,$%d", reg_a[t], reg_b[t]); \
    }
#define F3(name, fmt, funct)                              \
    EACH                                                  \
    {                                                     \
        name(&code, t, 24 + t, 12 + t);                   \
        LINE(#name, "$f%d,$f%d,$f%d", t, 24 + t, 12 + t); \
    }
#define F2(name, fmt, funct)                 \
    EACH                                     \
    {                                        \
        name(&code, t, 24 + t);              \
        LINE(#name, "$f%d,$f%d", t, 24 + t); \
    }
#define FC(name, fmt, funct) F2(name, fmt, funct)
#define FZ(name, fmt, funct)                               \
    EACH                                                   \
    {                                                      \
        name(&code, t, 24 + t, reg_a[t]);                  \
        LINE(#name, "$f%d,$f%d,$%d", t, 24 + t, reg_a[t]); \
    }
#define FT(name, fmt, tf)                          \
    EACH                                           \
    {                                              \
        name(&code, t, 24 + t);                    \
        LINE(#name, "$f%d,$f%d,$fcc0", t, 24 + t); \
    }
#define P3(name, fmt, funct) F3(name, fmt, funct)
#define P2(name, fmt, funct) F2(name, fmt, funct)
#define FK(name, rs)                                   \
    EACH                                               \
    {                                                  \
        name(&code, reg_a[t], controls[t]);            \
        LINE(#name, "$%d,$%d", reg_a[t], controls[t]); \
    }
#define FM(name, rs)                               \
    EACH                                           \
    {                                              \
        name(&code, reg_a[t], 24 + t);             \
        LINE(#name, "$%d,$f%d", reg_a[t], 24 + t); \
    }

/* Vectors: the first underscore that parts the lanes' size is the last one. */
static const char *vector_mnemonic(const char *name)
{
    static char out[32];
    strcpy(out, name);
    *strrchr(out, '_') = '.';
    return out;
}

static unsigned below(unsigned t, unsigned n)
{
    return amounts[t] % n;
}

#define VECTOR(name, format, ...) printf("%s\t" format "\n", vector_mnemonic(name), __VA_ARGS__)
#define V3(name, op, df, f)                                 \
    EACH                                                    \
    {                                                       \
        name(&code, t, 24 + t, 12 + t);                     \
        VECTOR(#name, "$w%d,$w%d,$w%d", t, 24 + t, 12 + t); \
    }
#define VS(name, op, df, f)                                             \
    EACH                                                                \
    {                                                                   \
        name(&code, t, 24 + t, below(t, 8u << df));                     \
        VECTOR(#name, "$w%d,$w%d,0x%x", t, 24 + t, below(t, 8u << df)); \
    }
#define VI(name, op, df, f)                                  \
    EACH                                                     \
    {                                                        \
        name(&code, t, 24 + t, 3 * t - 8);                   \
        VECTOR(#name, "$w%d,$w%d,%d", t, 24 + t, 3 * t - 8); \
    }
#define VB(name, op, f)                                        \
    EACH                                                       \
    {                                                          \
        name(&code, t, 24 + t, 255u >> t);                     \
        VECTOR(#name, "$w%d,$w%d,0x%x", t, 24 + t, 255u >> t); \
    }
#define VN(name, op, df)                                                \
    EACH                                                                \
    {                                                                   \
        name(&code, t, 24 + t, below(t, 16u >> df));                    \
        VECTOR(#name, "$w%d,$w%d[%u]", t, 24 + t, below(t, 16u >> df)); \
    }
#define V0(name, op, df)                                                   \
    EACH                                                                   \
    {                                                                      \
        name(&code, t, below(t, 16u >> df), 24 + t);                       \
        VECTOR(#name, "$w%d[%u],$w%d[0]", t, below(t, 16u >> df), 24 + t); \
    }
#define VX(name, op, df)                                                      \
    EACH                                                                      \
    {                                                                         \
        name(&code, reg_a[t], 24 + t, below(t, 16u >> df));                   \
        VECTOR(#name, "$%d,$w%d[%u]", reg_a[t], 24 + t, below(t, 16u >> df)); \
    }
#define VP(name, op, df)                                                      \
    EACH                                                                      \
    {                                                                         \
        name(&code, 24 + t, below(t, 16u >> df), reg_a[t]);                   \
        VECTOR(#name, "$w%d[%u],$%d", 24 + t, below(t, 16u >> df), reg_a[t]); \
    }
#define VF(name, df)                                 \
    EACH                                             \
    {                                                \
        name(&code, 24 + t, reg_a[t]);               \
        VECTOR(#name, "$w%d,$%d", 24 + t, reg_a[t]); \
    }
#define VL(name, f, df)                                                              \
    EACH                                                                             \
    {                                                                                \
        name(&code, 24 + t, 4 * offsets[t] * (1 << df), reg_b[t]);                   \
        VECTOR(#name, "$w%d,%d($%d)", 24 + t, 4 * offsets[t] * (1 << df), reg_b[t]); \
    }

static void rows(void)
{
#include "jit/mips64/msa.def"

#include "jit/mips64/insns.def"
}

/* Every field of 64 bits. */
static void fields(void)
{
    for (unsigned pos = 0; pos < 64; pos++)
        for (unsigned size = 1; pos + size <= 64; size += 3) {
            dext(&code, T0, T1, pos, size); /* the disassembler does not tell dextm and dextu from dext */
            printf("dext\t$12,$13,0x%x,0x%x\n", pos, size);
            dins(&code, T0, T1, pos, size);
            printf("dins\t$12,$13,0x%x,0x%x\n", pos, size);
        }
}

static void own_shapes(void)
{
    EACH
    {
        lui(&code, reg_a[t], imms[t]);
        LINE("lui", "$%d,0x%x", reg_a[t], imms[t] & 0xffff);
        jr(&code, reg_a[t]);
        LINE("jr", "$%d", reg_a[t]);
        ext(&code, reg_a[t], reg_b[t], t, 32 - 5 * t);
        LINE("ext", "$%d,$%d,0x%x,0x%x", reg_a[t], reg_b[t], t, 32 - 5 * t);
        ins(&code, reg_a[t], reg_b[t], t, 32 - 5 * t - t);
        LINE("ins", "$%d,$%d,0x%x,0x%x", reg_a[t], reg_b[t], t, 32 - 5 * t - t);
        jalr2(&code, reg_b[t], reg_a[t]);
        LINE("jalr", "$%d,$%d", reg_b[t], reg_a[t]);
        synci(&code, imms[t], reg_a[t]);
        LINE("synci", "%d($%d)", imms[t], reg_a[t]);
        break_(&code, 1023 >> t);
        LINE("break", "0x%x", 1023 >> t);
        const uint32_t *to = (const uint32_t *)0 + 0x1111 * t;
        emit(&code, word_j(to));
        LINE("j", "0x%x", 0x4444 * t);
        emit(&code, word_jal(to));
        LINE("jal", "0x%x", 0x4444 * t);
    }
    EACH
    {
        ldi_b(&code, 24 + t, 5 * t - 7);
        VECTOR("ldi_b", "$w%d,%d", 24 + t, 5 * t - 7);
        move_v(&code, t, 24 + t);
        VECTOR("move_v", "$w%d,$w%d", t, 24 + t);
    }
    BRANCH(bc1t(&code, &to), "bc1t", "", )
    BRANCH(bc1f(&code, &to), "bc1f", "", )
    nop(&code);
    puts("nop\t");
    sync_(&code);
    puts("sync\t");
}

int main(int argc, char **argv)
{
    rows();
    fields();
    own_shapes();
    if (code.overflow || argc != 2) return 1;
    FILE *f = fopen(argv[1], "wb");
    if (!f || fwrite(words, 4, (size_t)(code.at - words), f) != (size_t)(code.at - words)) return 1;
    return fclose(f) != 0;
}

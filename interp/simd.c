/* The rows of simd_encodings.def, and the map that finds them. It is made when the first such instruction is
 * met: a program without any does not pay for it. */
#include "interp/simd.h"

#include <pthread.h>

enum { NP = 0, P66 = 0x66, F3 = 0xf3, F2 = 0xf2 };
#define ALL   0xffff
#define MEM   0x00ff
#define REG   0xff00
#define DM(n) (1 << (n))
#define DR(n) (0x100 << (n))

static const struct simd_encoding rows[] = {
#define SIMD(map, prefix, opcode, ext, op, reg, rm, size, how, feature)                          \
    {SIMD_##map,        prefix,          opcode, KIND_##reg, KIND_##rm, SIMD_##size, SIMD_##how, \
     FEATURE_##feature, (uint16_t)(ext), OP_##op},
#include "interp/simd_encodings.def"
#undef SIMD
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const uint16_t simd_size_bytes[] = {[SIMD_A16] = 16, [SIMD_U16] = 16, [SIMD_B8] = 8,     [SIMD_B4] = 4,
                                    [SIMD_B2] = 2,   [SIMD_B1] = 1,   [SIMD_A512] = 512, [SIMD_V] = 4};

bool simd_row(unsigned k, struct simd_encoding *out)
{
    if (k >= ROWS) return false;
    *out = rows[k];
    return true;
}

/* --- the map ------------------------------------------------------------------------------------------- */

/* Row number + 1, 0: no such instruction. [map][prefix][opcode] is the first, next_rows[row number] the next
 * of the rows that differ in their digits only. */
static uint16_t first_rows[SIMD_MAPS][4][256], next_rows[ROWS];
static pthread_once_t rows_linked = PTHREAD_ONCE_INIT;

static uint16_t *first_of(unsigned map, unsigned prefix, unsigned opcode)
{
    return &first_rows[map][prefix == NP ? 0 : prefix == P66 ? 1 : prefix == F3 ? 2 : 3][opcode];
}

static void link_rows(void)
{
    for (unsigned k = 0; k < ROWS; k++) {
        const struct simd_encoding *e = &rows[k];
        if (!features_has((enum feature)e->feature)) continue;
        uint16_t *first = first_of(e->map, e->prefix, e->opcode);
        next_rows[k] = *first;
        *first = (uint16_t)(k + 1);
    }
}

const struct simd_encoding *simd_find(unsigned map, unsigned prefix, unsigned opcode, unsigned modrm)
{
    unsigned digit = (modrm >> 3 & 7) | (modrm >= 0xc0 ? 8 : 0);
    pthread_once(&rows_linked, link_rows);
    for (unsigned k = *first_of(map, prefix, opcode); k; k = next_rows[k - 1])
        if (rows[k - 1].digits >> digit & 1) return &rows[k - 1];
    return NULL;
}

bool simd_known(unsigned map, unsigned prefix, unsigned opcode)
{
    if (!features_any()) return false;
    pthread_once(&rows_linked, link_rows);
    return *first_of(map, prefix, opcode) != 0;
}

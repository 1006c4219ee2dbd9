/* Random bytes through the decoder and the disassembler: decoder_fuzz SEED COUNT. Built with ASan and UBSan;
 * what is checked here are the promises of insn.h and interp.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interp/interp.h"
#include "interp/sem.h"
#include "interp/simd.h"

/* What the decoder asks for handlers: here nothing is run. */
handler_fn *sem_fast(const struct insn *i, bool noflags)
{
    (void)i, (void)noflags;
    return NULL;
}

static uint32_t state;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state * 0x9e3779b1u ^ state >> 16;
}

/* Half of the time prefixes and the 0F map are made likely: plain noise is mostly one-byte opcodes. */
static unsigned make_bytes(uint8_t bytes[32])
{
    static const uint8_t likely[] = {0x66, 0x67, 0x0f, 0xf0, 0xf2, 0xf3, 0x2e, 0x64, 0x65, 0xd9, 0xdb, 0x8b};
    for (unsigned k = 0; k < 32; k++)
        bytes[k] = next() >> 9;
    if (next() & 0x100)
        for (unsigned k = next() >> 28; k > 0; k--)
            bytes[k - 1] = likely[(next() >> 8) % sizeof likely];
    return next() >> 8 & 0x1f;
}

static const char *broken_promise(const uint8_t *bytes, unsigned n)
{
    /* The copies end where they may not be read beyond. */
    uint8_t *exact = malloc(n ? n : 1);
    struct insn out[2], again[2];
    char text[24];
    memcpy(exact, bytes, n);
    unsigned count = decode(exact, n, 0xfffffff8, out);
    unsigned shown = disasm(exact, n, 0xfffffff8, true, text, sizeof text);
    free(exact);
    if (count > 2) return "more than two records";
    if (count == 0) return n >= INSN_MAX ? "15 bytes are not enough" : NULL;
    const struct insn *i = &out[count - 1];
    if (i->op >= OP_COUNT) return "no such operation";
    if (count == 2 && out[0].op != OP_EA) return "a first record that is no address";
    if (i->form >= FORMS || i->scale > 3) return "a form or scale that does not exist";
    if (i->rbase >= 4 * REG_SLOTS || i->rindex >= 4 * REG_SLOTS)
        return "an address register that does not exist";
    bool wide = op_info[i->op].group == GROUP_simd || op_info[i->op].group == GROUP_mmx;
    unsigned registers = wide ? 8 * SIMD_STRIDE : 4 * REG_ZERO;
    bool none = i->op == OP_INVALID || i->op == OP_PRIVILEGED; /* its registers mean nothing */
    if (!none && (i->dst >= registers || i->src >= registers))
        return "an operand register that does not exist";
    if (!memchr(text, 0, sizeof text)) return "text without an end";
    if (i->op == OP_INVALID) return shown ? "text of an invalid instruction" : NULL;
    if (i->len == 0 || i->len > n) return i->op == OP_PRIVILEGED ? NULL : "a length that was not there";
    if (shown != i->len && i->op != OP_PRIVILEGED) return "disassembly of another length";
    if (decode(bytes, i->len, 0xfffffff8, again) != count) return "its own bytes are not enough for it";
    return NULL;
}

int main(int argc, char **argv)
{
    char unused[8];
    features_choose("max", unused, sizeof unused);
    if (argc != 3) return 2;
    state = strtoul(argv[1], NULL, 0) | 1;
    unsigned long count = strtoul(argv[2], NULL, 0), failed = 0;
    for (unsigned long k = 0; k < count; k++) {
        uint8_t bytes[32];
        unsigned n = make_bytes(bytes);
        const char *broken = broken_promise(bytes, n);
        if (!broken) continue;
        if (++failed > 20) continue;
        printf("FAILED: %s:", broken);
        for (unsigned b = 0; b < n; b++)
            printf(" %02x", bytes[b]);
        printf("\n");
    }
    printf("%lu passed, %lu failed\n", count - failed, failed);
    return failed != 0;
}

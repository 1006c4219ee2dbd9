/* The generator of instruction trials: walks the encodings and builds a batch in memory.
 *   forms.c     one instruction in one form → bytes, and which registers its address needs
 *   setup.c     what registers and memory an operation wants to find
 *   walk.c      all rows × sizes × forms × prefixes
 *   simd.c      the same for simd_encodings.def
 *   special.c   what no row says: invalid opcodes, page ends, the 15-byte limit, odd jumps
 *   random.c    random bytes
 *   excluded.c  opcodes of CPU extensions that tierrun's CPUID does not offer */
#ifndef TESTS_INSN_GEN_H
#define TESTS_INSN_GEN_H

#include <stdbool.h>
#include <stddef.h>

#include "interp/insn.h"
#include "tests/insn/trial.h"

/* Memory operand forms; see forms.c. */
enum memory_form {
    MEM_EBX,
    MEM_DISP8,
    MEM_DISP32,
    MEM_ABSOLUTE,
    MEM_SIB,
    MEM_ESP,
    MEM_INDEX_ONLY,
    MEM_EBP_BASE,
    MEM_FS,
    MEM_GS_ABSOLUTE,
    MEM_BX_SI,
    MEM_BP_DI,
    MEM_ABSOLUTE16,
    MEM_BX_FS,
    MEM_STRADDLE, /* two good pages */
    MEM_FAULT_END,
    MEM_FAULT_MIDDLE, /* six bytes before the end */
    MEM_READ_ONLY,
    MEM_HOLE,
    MEM_LOW16,
    MEM_FORMS,
};

/* One instruction in one form. */
struct sample {
    struct encoding row;
    unsigned row_number;
    uint8_t opcode;
    uint8_t reg; /* ModRM.reg: a digit or a register */
    uint8_t rm;  /* register form: ModRM.rm */
    bool memory;
    enum memory_form mem;
    bool op16, addr16, lock;
    int seg;      /* override, -1: none or what the memory form needs */
    uint8_t rep;  /* 0, 0xf2, 0xf3 */
    uint32_t imm; /* immediate, or the index of a variant of it */
    uint32_t runs;
    bool unmasked;
};

/* Row numbers: those of encodings.def, from GEN_SIMD on those of simd_encodings.def. */
enum { GEN_SIMD = 1024, GEN_ROWS = 2048 };

/* The batch under construction. */
struct gen {
    uint32_t seed;
    struct trial *trials;
    unsigned count, room;
    uint8_t *code;
    unsigned code_size, code_room;
    uint8_t end_pages[END_PAGES][4096];
    unsigned end_page_count;
    unsigned tested[GEN_ROWS]; /* trials a row */
    unsigned turn;             /* rotates registers and variants */
};

/* Beyond the maps of struct encoding. */
enum { MAP_OF38 = 3, MAP_OF3A };

struct bytes {
    uint8_t at[32];
    unsigned n;
};

bool form_touches_window(const struct sample *f);
/* Bytes of the instruction when it starts at `eip`; fills the trial's address registers and operand. */
void form_emit(const struct sample *f, struct trial *t, struct bytes *out);
/* Registers, memory contents, compared flags for the operation. */
void form_setup(const struct sample *f, struct trial *t);

/* The bytes of a trial's instruction. */
const uint8_t *gen_code(const struct gen *g, unsigned trial);

/* Adds trials. */
void gen_form(struct gen *g, const struct sample *f);
struct trial *gen_bytes(struct gen *g, const uint8_t *bytes, unsigned n, unsigned runs);
void gen_walk(struct gen *g);
void gen_simd(struct gen *g);
void gen_special(struct gen *g);
/* The operation of a row, its opcode for reports; false: there is no such row. */
bool gen_row(unsigned number, unsigned *op, unsigned *map, unsigned *opcode);
void gen_random(struct gen *g, unsigned count);

/* Whole batches. */
struct gen *gen_new(uint32_t seed);
bool gen_write(const struct gen *g, const char *path);
void gen_free(struct gen *g);

/* NULL, or the name of the extension that the bytes belong to. */
const char *excluded(const uint8_t *bytes, unsigned n);

#endif

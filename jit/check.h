/* --check: what translated code did, beside what the step engine does from the same state. Owns the replay,
 * its undoing and the comparison; knows no host. One entry goes so:
 *
 *     check_begin(c, cpu, path)      the step engine runs the path; then all is as before
 *     …                              the translation runs
 *     check_compare(c, cpu, &ending) the first difference is in c */
#ifndef JIT_CHECK_H
#define JIT_CHECK_H

#include <setjmp.h>

#include "interp/block.h"

/* What the guest can see of the CPU. */
struct check_state {
    uint32_t gpr[REG_ZERO];
    gaddr eip;
    int64_t flag_res;
    uint64_t flag_carry;
    uint32_t flag_sys;
    int32_t df;
    uint32_t flags; /* the six arithmetic ones: only for looking at */
    uint32_t seg_base[SREGS];
    uint16_t seg[SREGS];
    struct x87 x87;
    struct simd simd;
};

void check_save(struct check_state *s, const struct cpu *cpu);
void check_restore(struct cpu *cpu, const struct check_state *s);

/* One store of the step engine. */
enum { CHECK_STORE = 16 };
struct check_store {
    gaddr at;
    uint8_t n;
    uint8_t old[CHECK_STORE], expected[CHECK_STORE], found[CHECK_STORE];
};

/* The records that a translation runs if it is left at its end only. */
struct check_path {
    struct insn *const *records;
    unsigned count;
    bool (*leaves)(const struct insn *i); /* the translation does not run this record itself */
};

/* How the translation was left. */
struct check_ending {
    gaddr eip;
    bool trapped;   /* cpu->trap is raised */
    uint32_t flags; /* the arithmetic flags that anybody may see from here on */
    uint16_t early; /* x87 status bits that may be set already, as the interpreter is about to set them */
};

/* What differs, as bits. */
enum check_part {
#define PART(name, text) CHECK_##name##_BIT,
#include "jit/check.def"
#undef PART
    CHECK_PARTS
};

enum { CHECK_PATH = 1024, CHECK_STORES = 1 << 16 };

struct check {
    struct access_watch watch; /* must be the first: it is told of accesses */
    struct check_state before, expected, found;
    struct check_path path;
    gaddr eip[CHECK_PATH + 1];          /* before each record that was replayed, and after the last */
    uint16_t undefined[CHECK_PATH + 1]; /* flags that the SDM leaves undefined there */
    unsigned length;                    /* records that were replayed */
    enum { CHECK_LEFT, CHECK_TRAPPED, CHECK_UNKNOWN } end; /* what came after them */
    struct check_store *stores;
    unsigned store_count, store_room;
    sigjmp_buf recover;
    unsigned differs; /* 1 << enum check_part */
    uint16_t early;   /* of the ending that is compared */
};

struct check *check_new(void); /* NULL: no memory */
void check_begin(struct check *c, struct cpu *cpu, const struct check_path *path);
/* false: it is wrong, c->differs says where. */
bool check_compare(struct check *c, struct cpu *cpu, const struct check_ending *e);
/* The names of what differs, separated by commas. */
void check_text(const struct check *c, char *text, size_t size);

#endif

/* Between the files of the MIPS64 back-end: what a translation is made of, and what lives on after it. */
#ifndef JIT_MIPS64_JIT_H
#define JIT_MIPS64_JIT_H

#include <signal.h>

#include "interp/block.h"
#include "jit/jit.h"
#include "jit/mips64/features.h"
#include "jit/mips64/memory.h"
#include "jit/mips64/regs.h"
#include "jit/mips64/x87.h"
#include "jit/mips64/xmm.h"

/* --- flags as a recipe (flags.c) --------------------------------------------------------------------- */

enum val_kind { VAL_NONE, VAL_GUEST, VAL_HOST, VAL_CONST, VAL_ESP, VAL_FPR };

/* Where a value is found. It is sign-extended from the recipe's width. */
struct val {
    uint8_t kind;
    uint8_t n; /* VAL_GUEST: byte offset into cpu->gpr of what its host register holds; VAL_HOST, VAL_ESP,
                  VAL_FPR: the register */
    int32_t c; /* VAL_CONST; VAL_GUEST, VAL_ESP (a copy of HOST_ESP): to be added */
};

/* How the six arithmetic flags follow from values that are still at hand. */
enum recipe_kind {
    RECIPE_MEMORY, /* they are in struct cpu */
    RECIPE_ENTRY,  /* as they were when this translation was entered: ORIGIN names their recipe */
    RECIPE_CMP,    /* of x - y */
    RECIPE_ADD,    /* of x = a + y */
    RECIPE_SUB,    /* of x = a - y */
    RECIPE_LOGIC,  /* of the result x */
    RECIPE_NEG,    /* of x = -a */
    RECIPE_INC,    /* of x = a + 1, CF is bit 0 of y */
    RECIPE_DEC,    /* of x = a - 1, CF is bit 0 of y */
    RECIPE_CARRY,  /* CF is x, 0 or 1; the others are in struct cpu */
    RECIPE_SHL,    /* of x << y, y in 0..31; 0 leaves those in struct cpu */
    RECIPE_SHR,
    RECIPE_SAR,
    RECIPE_FCOM, /* of an x87 compare of FPRs x and y, neither of them a NaN */
    RECIPE_BITS, /* x is CF, PF and ZF in their places; the others are clear */
    RECIPE_MUL,  /* of the 64-bit product in x (HI) and y (LO): in these registers as long as x is VAL_NONE */
    RECIPE_IMUL, /* the same, of a signed one */
};

struct recipe {
    uint8_t kind, bits;
    struct val x, y;
};

/* The six flags from a recipe into struct cpu; x and y are the values of its operands. */
void recipe_apply(struct cpu *cpu, const struct recipe *r, int64_t x, int64_t y);

/* --- what lives on ----------------------------------------------------------------------------------- */

struct translation;
struct native;
struct tr;

/* What leaves a translation, or calls from it: the link to patch and the state there. */
enum site_kind {
    SITE_EDGE,    /* to a known block: chained by patching its jump */
    SITE_LANDING, /* the same, where a call returns to */
    SITE_AWAY,    /* indirect, to where host register `target` says: nothing to patch */
    SITE_RECORD,  /* the interpreter goes on with a record */
    SITE_TRAP,    /* a helper said so; struct cpu has it all */
    SITE_OTHER,   /* to the same block's next translation: the x87 is not as this one wants it */
    SITE_ADAPTER, /* from before this translation: its adapter does not know ORIGIN */
    SITE_ENTRY,   /* no way out: counts what enters (count.c) */
};

struct site {
    uint32_t word; /* its jump; ORIGIN after it is word + 2 */
    uint8_t kind, target;
    bool links;          /* its jump sets ORIGIN */
    bool returns;        /* from a call of the trace: it leaves at the end of another block than to's */
    bool adapts;         /* chained to chain's adapter */
    uint32_t cold;       /* where the jump goes when it is not chained */
    struct recipe flags; /* at that point */
    bool x87_known;      /* so is this key there */
    bool own;            /* chained to its own translation only: … */
    bool again;          /* where XMM registers are as translation.carried says */
    bool fip_entry;      /* as in struct x87_state */
    bool fip_stale;      /* … whose beginning can do without this in struct cpu, … */
    uint32_t x87_key;
    gaddr fip;   /* … and with flags that follow from guest registers */
    uint8_t sse; /* enum sse_key as it is known to be there */
    bool guess;  /* left when an indirect jump went elsewhere than expected, as patience was at its end */
    int32_t patience;
    bool guard;        /* left when an assumption about the items blame..last failed */
    bool seldom;       /* … one about values, which may fail now and then */
    uint16_t failures; /* … so often */
    uint16_t blame, last;
    uint8_t doubt;        /* … or one about the whole block, enum doubt */
    struct insn *to;      /* the exit record, or record to go on with */
    struct native *chain; /* chained to, or NULL */
    struct site *next_in; /* next of chain->in */
    struct site *next_of; /* next of the same translation */
    struct translation *of;
    uint64_t runs, told;  /* for a profile, since it last asked: how often left; of these, those passed on */
    uint64_t by_c;        /* … and those that C code went on after */
    const uint32_t *goal; /* where its jump leads when it is chained */
    uint32_t detour, onward; /* the code that counts, and its jump */
};

/* A way into a translation: where its block begins. */
struct native {
    struct block *block;
    uint32_t *code;
    uint32_t *again;  /* for its own jumps; NULL: none */
    uint32_t *direct; /* the same for who knows that the x87 is as the key says */
    struct site *in;  /* chained to here */
    bool in_memory;   /* it wants the flags in struct cpu */
    bool has_x87;     /* it wants the x87 as the key says */
    uint8_t sse;      /* enum sse_key: MXCSR as it wants it */
    uint32_t key;
    struct native *next;     /* of the same block, for another key */
    struct adapter *adapter; /* in_memory: for whoever has the flags elsewhere; NULL: nobody so far */
    struct site *way_in;     /* counts what enters, if there is a profile */
    struct translation *of;
};

/* A guest register that is not in its host register: it is what that of `base` holds, plus c. */
struct pending {
    uint8_t reg, base; /* REG_ZERO: nothing but c */
    int32_t c;
};

/* The state at the accesses of one record. */
struct mark {
    uint32_t word;    /* from here on */
    uint16_t item;    /* of the trace */
    uint16_t recipe;  /* index into the translation's */
    uint16_t pending; /* the same, of the first of so many */
    uint8_t pendings;
    bool polls;     /* nothing of the record is done yet */
    int32_t esp;    /* to be added to ESP */
    uint16_t blame; /* the item whose access it is, if it is misaligned */
    struct x87_state x87;
    struct xmm_state xmm;
};

struct member {
    struct translation *of;
    struct member *next; /* other translations that contain the block */
};

struct translation {
    uint32_t first, end; /* code words */
    bool dead;           /* not entered any more */
    struct native entry;
    struct xmm_state carried; /* XMM registers at entry.again */
    struct site *sites;
    struct mark *marks;
    unsigned mark_count;
    struct recipe *recipes;
    struct pending *pendings;
    struct insn **records; /* by item */
    struct block **blocks; /* whose change ends it: its own, and those whose use of flags it relies on */
    unsigned block_count;
    unsigned record_count, trace_blocks; /* what the trace is made of: the first of blocks */
    uint32_t entries;                    /* --check: how many, up to a few */
    uint32_t
        *starts; /* for reports: the first word of each record's code, from `first` on, and of the stubs */
};

typedef const struct site *enter_fn(struct cpu *cpu, uint8_t *base, const void *code);

struct jump_entry {
    int64_t eip;
    const uint32_t *code;
};
enum { JUMP_BITS = 14, JUMPS = 1 << JUMP_BITS, JUMP_ENTRY_BITS = 4, JUMPS_NOTED = 512 };
static_assert(JUMPS <= 1 << 16, "struct jit notes indices in 16 bits");
static_assert(sizeof(struct jump_entry) == 1 << JUMP_ENTRY_BITS, "emit_jump_lookup() inserts an index there");

struct jit {
    struct interp *in;
    struct codemem mem;
    struct host_features host;
    struct jit_counters *counters;
    const struct jit_log *log;
    const uint32_t *paged;          /* paged.c's call */
    uint32_t *leave, *leave_clean;  /* trampolines: registers are stored; are in struct cpu already */
    enter_fn *enter, *enter_linked; /* as from C; as from the site that was left by last */
    struct translation **all;       /* sorted by first: code memory only grows; read without the turn, too */
    size_t count, room;
    struct tr *tr; /* the translation being made */
    size_t host_page;
    bool dbl;                       /* the guest's x87 is of the double model */
    bool shared;                    /* there have been two threads: an aligned access is a single one */
    bool ordered;                   /* translations keep the order of accesses that x86 has */
    uint64_t epoch;                 /* counts when jump tables and return predictions must be emptied */
    uint32_t check_each, unchecked; /* --check: each n-th entry; entries since the last */
    struct check *check;            /* NULL: none is */
    int64_t left_res;               /* --check: the flags in struct cpu as the last site left them */
    uint64_t left_carry;
    unsigned translated_again; /* because an access faulted in a host page of mixed protection */
    bool timed;                /* translation is */
    bool counts, counting;     /* there is a profile; and ways out are counted now */
};

/* Return prediction: a stack of where calls return to, growing down. The newest entry is at RING. At its top
 * lies an entry that never matches, and both ends are pages that cannot be touched (recover.c). */
struct ring_entry {
    int64_t eip; /* sign-extended */
    const uint32_t *code;
};
enum { RING_BYTES = 64 << 10, RING_GUARD = 64 << 10 };

/* Empties each processor's return prediction and its table of indirect jumps; those of others before they go
 * on. */
void jit_forget_jumps(struct jit *j);
/* Before translated code is entered: cpu's tables are there and right. false: no memory. */
bool jit_prepare(struct jit *j, struct cpu *cpu);
void jit_forget_cpu(void *self, struct cpu *cpu);

/* count.c. The code that counts site s, and what enters the translation; nothing without a profile. */
void count_site(struct tr *t, struct site *s);
void count_entries(struct tr *t);
/* Lets chained site s jump where it should. */
void count_chain(struct jit *j, struct site *s);
/* Where an indirect jump enters n. */
const uint32_t *count_way_in(const struct jit *j, const struct native *n);
/* C is about to go on after site s. */
static inline void count_left(struct site *s)
{
    s->runs++;
    s->told++;
    s->by_c++;
}
/* tr is about to end: its counts are told. */
void count_end(struct jit *j, struct translation *tr);

/* registry.c. The translation that has this word, dead ones too; NULL: none. */
struct translation *translation_at(struct jit *j, const uint32_t *pc);
/* The site whose jump set ORIGIN to this; NULL: none, C code entered. */
const struct site *site_of_origin(struct jit *j, uint64_t origin);
/* Enters what j->tr made; false: no memory. */
bool translation_add(struct jit *j, struct tr *t);
void translation_end(struct jit *j, struct translation *tr);
/* The same, and its block will be translated again. */
void translation_again(struct jit *j, struct translation *tr);
/* A jump to `to`, or a jump and link. */
uint32_t jump_word(const uint32_t *to, bool links);
/* Gives all code up: code memory is full. Nobody may be inside. */
void translations_flush(struct jit *j);
/* From now on site s jumps to `to`. Not if `to` wants the flags otherwise than s leaves them: then the
 * translation that jumps is given up, to be made again in the knowledge of that, or, if it cannot know, jumps
 * to an adapter. origin: ORIGIN when it was left. */
void chain(struct jit *j, struct site *s, struct native *to, uint64_t origin);

/* Is all at s as n wants it? */
bool site_fits(const struct site *s, const struct native *n);
/* The sites that are chained to its adapter now jump there. */
void chain_to_adapter(struct jit *j, const struct native *to, const uint32_t *code);

/* adapt.c. The way into `to`, which wants the flags in memory, from code with this ORIGIN and others; NULL:
 * no room. */
const uint32_t *adapter(struct jit *j, struct native *to, uint64_t origin);

/* recover.c. The flags after site s into struct cpu. */
void recover_site(struct jit *j, struct cpu *cpu, const struct site *s);
/* The interp_hooks. */
void jit_ask_sig(void *self, struct cpu *cpu);
void jit_resume(void *self, struct cpu *cpu);
enum interp_recovery jit_recover_sig(void *self, struct cpu *cpu, int signo, const siginfo_t *info,
                                     void *machine_context);

/* verify.c. Enters n, and compares what it does with the step engine. from: the site that leads there; NULL:
 * none. */
const struct site *verified_enter(struct jit *j, struct cpu *cpu, const struct native *n,
                                  const struct site *from);

/* guess.c. The guess that site s tests for was wrong too often. */
void guess_failed(struct jit *j, const struct site *s);

/* report.c: counts and logs. */
void report_difference(struct jit *j, const struct translation *tr);
void report_translated(struct jit *j, const struct tr *t);
void report_refused(struct jit *j, const struct block *b, enum jit_refusal why);
void report_chained(struct jit *j, const struct site *s, const struct native *to);
void report_deopt(struct jit *j, gaddr eip, enum jit_deopt why);

/* translate.c. Translates the trace that begins with b, for an x87 of that key; false: it cannot be, *why. */
bool translate(struct jit *j, struct block *b, uint32_t key, enum jit_refusal *why);
bool trampolines_new(struct jit *j);

/* Translated code asks for leave by reading this far from CPU. */
enum { POLL_OFFSET = -8 };

static inline bool recipe_same(const struct recipe *a, const struct recipe *b)
{
    return a->kind == b->kind && a->bits == b->bits && a->x.kind == b->x.kind && a->x.n == b->x.n &&
           a->x.c == b->x.c && a->y.kind == b->y.kind && a->y.n == b->y.n && a->y.c == b->y.c;
}

#endif

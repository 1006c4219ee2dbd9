/* Inside of the guest address space: what the files of mm share and nobody else sees.
 *
 * Three tables describe the window, each derived from the one before:
 *   vma[]    sorted list of mappings, as Linux keeps it: protection, file, offset. The truth of contents.
 *   page[]   a byte a 4 KiB guest page: the truth of protection, read without a lock (PG_ bits).
 *   block[]  a byte a host page ("block" of mm->gran bytes): what the host has mapped there (BK_ bits).
 * With 4 KiB host pages a block is a guest page, and each mapping is mapped as it is. With larger ones, a
 * block that one mapping covers at a fitting file offset is "direct"; any other block is anonymous memory
 * that holds copies of its private pages, and its shared pages are PG_EMU: read and written in the file.
 * The host's protection of a block is what all its guest pages allow, so nothing forbidden ever succeeds;
 * what is allowed but faults is completed by access.c, which lifts the protection for the moment. */
#ifndef MM_SPACE_H
#define MM_SPACE_H

#include <pthread.h>

#include "mm/journal.h"

enum page_bits {
    PG_R = 1, /* what the guest may do; on x86 whatever is mapped with any right is readable */
    PG_W = 2,
    PG_X = 4,
    PG_MAPPED = 8,
    PG_WATCHED = 16, /* holds code: a store is reported first */
    PG_SLOW = 32,    /* the host's protection allows less than the guest's */
    PG_EMU = 64,     /* shared page that lives in its file only, not in the window */
    PG_EOF = 128,    /* copy of a private file page that lay beyond the end of its file */
    PG_PROT = PG_R | PG_W | PG_X,
};

enum block_bits {
    BK_PROT = 3,                                           /* current host protection: PG_R | PG_W */
    BK_ANON = 4,                                           /* private anonymous memory */
    BK_PRIVATE = 8,                                        /* a file, mapped privately */
    BK_SHARED = 16,                                        /* a file, mapped shared */
    BK_MIXED = 32,                                         /* private memory that mixed.c has mapped twice */
    BK_KIND = BK_ANON | BK_PRIVATE | BK_SHARED | BK_MIXED, /* none: reserved, nothing there */
};

/* A mapped file. `fd` is kept only if the host's pages are larger than the guest's: some pages may then have
 * to be read and written through it. */
struct mfile {
    struct mfile *next;
    unsigned refs;
    int fd; /* -1: not kept */
    bool device, writable;
    bool segment; /* segment.c */
    dev_t dev;
    ino_t ino;
    char *name;
};

enum vma_flags {
    VMA_SHARED = 1,
    VMA_GROWSDOWN = 2,
    VMA_STACK = 4,     /* the main stack: grows in larger steps */
    VMA_HEAP = 8,      /* made by brk */
    VMA_NO_WRITE = 16, /* shared without write access to the file: never PROT_WRITE */
    VMA_NO_EXEC = 32,  /* on a noexec file system */
    VMA_NORESERVE = 64,
};

struct vma {
    gaddr start, end; /* multiples of GPAGE; end is exclusive */
    uint8_t prot, flags;
    struct mfile *file; /* NULL: private anonymous memory */
    uint64_t offset;    /* of `start` in the file */
    const char *name;   /* "[vdso]"; NULL for the others */
};

/* mixed.c: the file of mixed blocks, and which slot of it belongs to which block. */
struct mixed {
    int fd;
    uint8_t *alias;
    uint32_t *slot, *owner; /* of a block; of a slot, or the next free one + 1 */
    uint32_t slots, used, free;
};

/* journal.c */
struct journal {
    mm_tell *tell; /* NULL: there is no journal, or no more */
    void *ctx;
    uint8_t *armed;  /* a byte a block: the next store is to be noticed; NULL: there never was a journal */
    uint32_t *index; /* of a page: its place in twin[], + 1 */
    struct twin *twin;
    size_t twins, room;
};

struct tripwire {
    gaddr from;
    uint32_t len;
    unsigned kinds; /* enum mm_trip */
};
enum { TRIPWIRES = 32 };

struct mm {
    uint8_t *base;
    uint8_t *page;
    uint8_t *block;
    uint32_t gran, gran_shift;
    uint8_t *reserve; /* the whole reservation */
    size_t reserve_size;

    pthread_mutex_t lock; /* recursive: the watcher may call mm_unwatch */
    struct vma *vma;
    size_t vmas, vma_cap;
    struct mfile *files;

    struct mixed mixed;
    struct journal journal;

    gaddr limit; /* highest usable guest address + 1 */
    gaddr mmap_base, bottom_up_base, lowest;
    gaddr stack_limit;        /* bytes */
    uint64_t most, most_data; /* quota.c: bytes; UINT64_MAX: no limit */
    bool read_implies_exec;
    bool stores_unwatched; /* PG_WATCHED does not forbid stores */
    bool any_shared;       /* there has been a shared mapping */
    bool zero_forgotten;   /* zeropage.c */

    mm_code_changed *watcher;
    void *watcher_ctx;

    struct tripwire trip[TRIPWIRES];
    unsigned trips;
    mm_tripped *tripped;
    void *tripped_ctx;

    struct mm_areas areas;
    gaddr trampolines;
    uint8_t bounce[65536];      /* one block's bytes while it changes its backing; under the lock */
    uint8_t zero_bounce[65536]; /* the same for zeropage.c */
};

enum { GUARD_GAP = 256 * GPAGE, MAX_MAPPINGS = 65530, KEPT_FD_MIN = 700 };

static inline gaddr page_ceil(gaddr a)
{
    return (a + GPAGE - 1) & ~(gaddr)(GPAGE - 1);
}

/* How many of the n bytes at `a` lie in its page. */
static inline size_t within_page(gaddr a, size_t n)
{
    size_t room = GPAGE - a % GPAGE;
    return room < n ? room : n;
}

static inline uint8_t *page_of(const struct mm *mm, gaddr a)
{
    return &mm->page[a >> GPAGE_SHIFT];
}

static inline uint8_t *block_of(const struct mm *mm, gaddr a)
{
    return &mm->block[a >> mm->gran_shift];
}

static inline gaddr block_floor(const struct mm *mm, gaddr a)
{
    return a & ~(mm->gran - 1);
}

/* Start of the block after the one that holds the byte before `end`; 0 stands for 4 GiB. */
static inline uint64_t block_ceil(const struct mm *mm, gaddr end)
{
    return ((uint64_t)end + mm->gran - 1) & ~(uint64_t)(mm->gran - 1);
}

/* PROT_* as asked for → PG_ bits as the MMU acts on it. */
static inline uint8_t page_rights(int prot)
{
    int rwx = prot & PG_PROT;
    return (uint8_t)(PG_MAPPED | rwx | (rwx ? PG_R : 0));
}

static inline bool vma_at(const struct vma *v, gaddr a)
{
    return a >= v->start && a < v->end;
}

/* space.c */
void space_lock(struct mm *mm);
void space_unlock(struct mm *mm);
void space_make_lock(struct mm *mm);
int guest_errno(int host_errno);

/* vma.c: the sorted list. Indexes are valid until the next change. */
size_t vma_index(const struct mm *mm, gaddr a); /* first mapping that ends above a; mm->vmas if none */
struct vma *vma_find(struct mm *mm, gaddr a);   /* the mapping that holds a; NULL */
bool vma_any(const struct mm *mm, gaddr start, gaddr end);
bool vma_covered(const struct mm *mm, gaddr start, gaddr end);
MUST_CHECK bool vma_room(struct mm *mm, size_t more); /* so that the changes below cannot fail */
void vma_cut(struct mm *mm, gaddr start, gaddr end);  /* nothing is mapped there any more */
void vma_insert(struct mm *mm, struct vma v);         /* into a hole; takes over v.file's reference */
void vma_split(struct mm *mm, gaddr at);              /* so that no mapping holds at-1 and at */
void vma_join(struct mm *mm, gaddr start, gaddr end); /* merges neighbours that are alike */
gaddr vma_low(const struct vma *v);                   /* its start less the guard gap of a stack */
gaddr vma_hole(const struct mm *mm, gaddr hint, gaddr len, uint64_t offset); /* 0: none */

/* quota.c: may there be so many bytes more that are mapped as `like`? May v be mapped? */
bool quota_allows(const struct mm *mm, const struct vma *like, uint64_t more);
bool quota_allows_mapping(const struct mm *mm, const struct vma *v);

/* file.c */
struct mfile *mfile_open(struct mm *mm, int fd, bool shared, int *err);
struct mfile *mfile_memory(struct mm *mm, uint32_t len, int *fd, int *err); /* shared anonymous memory */
int mfile_hide(int fd); /* a duplicate out of the guest's way; -1 */
struct mfile *mfile_ref(struct mfile *f);
void mfile_drop(struct mm *mm, struct mfile *f);
uint64_t mfile_size(const struct mfile *f, int fd); /* bytes; "endless" for devices */
bool mfile_read(int fd, uint64_t at, void *to, size_t n);
bool mfile_write(int fd, uint64_t at, const void *from, size_t n);

/* guard.c: copies that survive host faults. An aligned operand of up to 8 bytes is one access, so that other
 * threads never see half of it; so it is in a copy without a guard. */
void copy_operand(void *to, const void *from, size_t n);
MUST_CHECK bool guard_copy(void *to, const void *from, size_t n);
MUST_CHECK bool guard_copy_string(char *to, const char *from, size_t n, size_t *len); /* memccpy with NUL */
MUST_CHECK bool guard_zero(void *to, size_t n);

/* host.c: protection. Ranges are guest pages; the page table is theirs to change. */
static const uint64_t HALF = 0x80000000;         /* host addresses are not contiguous across it */
uint64_t host_run_end(uint64_t a, uint64_t end); /* end of the part of [a,end) that is contiguous */
void host_set_pages(struct mm *mm, gaddr start, gaddr end, uint8_t bits);
void host_set_blocks(struct mm *mm, uint64_t start, uint64_t end, uint8_t bits);
int host_protect(struct mm *mm, gaddr start, gaddr end);       /* after page[] changed; 0 or -G_ENOMEM */
MUST_CHECK bool host_lift(struct mm *mm, gaddr a, bool write); /* makes a's block accessible … */
void host_lower(struct mm *mm, gaddr a);                       /* … and undoes that */
void host_unmap(struct mm *mm, gaddr start, gaddr end);
void host_reserve(struct mm *mm, uint64_t start, uint64_t end); /* whole blocks: nothing behind them */
/* back.c: contents. */
MUST_CHECK int host_map(struct mm *mm, const struct vma *v, gaddr start, gaddr end, int fd);
/* A PG_EOF page: fetches it if the file has grown. A PG_EMU page: maps its block directly if that fits now.
 */
MUST_CHECK bool host_fetch_grown(struct mm *mm, const struct vma *v, gaddr a);
void host_promote(struct mm *mm, const struct vma *v, gaddr a, uint64_t size);
/* mixed.c */
uint8_t *mixed_alias(struct mm *mm, gaddr a); /* another address of a's byte, always writable; NULL: none */
void mixed_forget(struct mm *mm, uint64_t start, uint64_t end); /* these blocks are about to be replaced */
MUST_CHECK bool mixed_release(struct mm *mm, uint64_t start, uint64_t end); /* become private memory */
void mixed_close(struct mm *mm);
/* zeropage.c: mprotect of BK_ANON memory whose protection is `now`; the result is mprotect's. */
int zeropage_mprotect(struct mm *mm, void *host, size_t len, int now, int prot);
bool zeropage_forgotten(void);
/* move.c */
MUST_CHECK int host_move(struct mm *mm, const struct vma *v, gaddr to, gaddr len); /* v->start.. to a hole */
MUST_CHECK int host_extend(struct mm *mm, const struct vma *v, gaddr start); /* [start, v->end) follows v */
MUST_CHECK int host_alias(struct mm *mm, const struct vma *v, gaddr to, gaddr len); /* a shared one, again */

/* access.c */
MUST_CHECK bool access_ready(struct mm *mm, gaddr a, size_t n, bool write, struct mm_fault *f);
MUST_CHECK bool access_piece(struct mm *mm, gaddr a, void *buf, size_t n,
                             bool write);                    /* within a page, ready */
bool access_plain(const struct mm *mm, gaddr a, bool write); /* the host may touch it as the guest may */
/* Writes whatever the protection says: what the loader puts into the image. */
MUST_CHECK bool access_force(struct mm *mm, gaddr a, const void *from, size_t n);

/* map.c */
MUST_CHECK int map_region(struct mm *mm, struct vma v, int fd); /* replaces what is there; consumes v.file */
void map_remove(struct mm *mm, gaddr start, gaddr end);
/* tripwire.c */
uint8_t trip_allows(const struct mm *mm, gaddr page); /* PG_R | PG_W: what the host may allow there */
void trip_tell(struct mm *mm, gaddr from, size_t n, bool write, bool by_insn);
static inline void trip_check(struct mm *mm, gaddr from, size_t n, bool write, bool by_insn)
{
    if (mm->trips) trip_tell(mm, from, n, write, by_insn);
}
/* journal.c. journal_store(): a store is about to happen. journal_renew(): private pages are new there.
 * journal_end(): nothing is told any more. */
static inline bool journal_armed(const struct mm *mm, gaddr a)
{
    return mm->journal.armed && mm->journal.armed[a >> mm->gran_shift];
}
void journal_disarm(struct mm *mm, gaddr start, gaddr end);
static inline void journal_store(struct mm *mm, gaddr start, gaddr end)
{
    if (mm->journal.armed) journal_disarm(mm, start, end);
}
void journal_renew(struct mm *mm, gaddr start, gaddr end);
void journal_call(struct mm *mm, const struct mm_change *c, int fd);
void journal_before_remap(struct mm *mm, gaddr start, gaddr end);
void journal_end(struct mm *mm);
void journal_free(struct mm *mm);
/* watch.c */
void watch_report(struct mm *mm, gaddr start, gaddr end);

#endif

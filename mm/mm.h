/* Guest address space: the public face of mm.
 * Owns the 4 GiB window, the 4 KiB guest page table, mappings, checked guest accesses, the watch on
 * pages that hold translated code, ELF loading and the initial stack. Knows nothing of instructions.
 *
 * Addresses: a guest address is a `gaddr`. It becomes a host pointer only through mm_host(). The window
 * is [base - 2 GiB, base + 2 GiB): a guest address is sign-extended, as a MIPS register keeps it, so
 * host memory of a guest range that crosses 0x80000000 is NOT contiguous. Callers outside mm that need
 * host pointers to more than one access use mm_span().
 *
 * Errors: functions that stand for a system call return 0 or a negative guest errno (-G_EFAULT …; the
 * i386 numbers are the x86-64 ones). */
#ifndef MM_MM_H
#define MM_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef uint32_t gaddr;

#define MUST_CHECK __attribute__((warn_unused_result))

enum { GPAGE_SHIFT = 12, GPAGE = 1 << GPAGE_SHIFT, GPAGES = 1 << 20 };

static inline gaddr gpage_floor(gaddr a)
{
    return a & ~(gaddr)(GPAGE - 1);
}

// clang-format off
/* mmap(2) flags as an i386 guest passes them; MIPS hosts number them otherwise. */
enum guest_map_flags {
    GMAP_SHARED = 1, GMAP_PRIVATE = 2, GMAP_SHARED_VALIDATE = 3, GMAP_TYPE = 15, GMAP_FIXED = 0x10,
    GMAP_ANONYMOUS = 0x20, GMAP_GROWSDOWN = 0x100, GMAP_NORESERVE = 0x4000, GMAP_HUGETLB = 0x40000,
    GMAP_FIXED_NOREPLACE = 0x100000,
    GMAP_LEGACY_MASK = 0x7c07f9f3, /* what MAP_SHARED_VALIDATE lets pass: all flags older than itself */
};
enum guest_prot { GPROT_SEM = 8, GPROT_GROWSDOWN = 0x01000000, GPROT_GROWSUP = 0x02000000 };
enum guest_mremap_flags { GMREMAP_MAYMOVE = 1, GMREMAP_FIXED = 2, GMREMAP_DONTUNMAP = 4 };

/* Guest errno values; their own names so that host errno is never handed to a guest by accident. */
enum guest_errno {
    G_EPERM = 1, G_ENOENT = 2, G_ESRCH = 3, G_EINTR = 4, G_EIO = 5, G_E2BIG = 7, G_ENOEXEC = 8, G_EBADF = 9,
    G_EAGAIN = 11, G_ENOMEM = 12, G_EACCES = 13, G_EFAULT = 14, G_EBUSY = 16, G_EEXIST = 17, G_ENODEV = 19,
    G_ENOTDIR = 20, G_EINVAL = 22, G_ENOTTY = 25, G_ESPIPE = 29, G_ERANGE = 34, G_ENAMETOOLONG = 36,
    G_ENOSYS = 38, G_EOVERFLOW = 75, G_EOPNOTSUPP = 95,
};
// clang-format on

/* Why a guest access failed, as a page fault would say it. */
struct mm_fault {
    gaddr addr;   /* first byte that could not be accessed */
    bool write;   /* a store */
    bool present; /* the page is mapped, its protection forbids the access (else: not mapped) */
    bool bus;     /* beyond the end of a mapped file: SIGBUS/BUS_ADRERR instead of SIGSEGV */
};

struct mm; /* opaque */

/* Called when guest bytes [from, from+len) that mm_watch() covers are about to change or to be unmapped.
 * Runs in the context of the writer, never in a signal handler. */
typedef void mm_code_changed(void *ctx, gaddr from, uint32_t len);

struct mm_options {
    uint32_t host_page;    /* 0: the host's own; else a power of two >= the host's (4096, 16384, 65536) */
    gaddr stack_size;      /* bytes; 0: from RLIMIT_STACK, as Linux does */
    uint64_t reserved_va;  /* highest usable guest address + 1; 0: 0xffffe000 as on a 64-bit kernel */
    gaddr guest_base_hint; /* reserved, 0 */
    bool stores_unwatched; /* mm_watch() looks at mappings that change, not at stores */
};

/* Reserves the window. NULL with one sentence in *why (static or malloc'ed text, never freed) on failure. */
struct mm *mm_new(const struct mm_options *opt, const char **why);
void mm_free(struct mm *mm);

uint32_t mm_host_page(const struct mm *mm); /* page size that mappings work with, bytes */
uint8_t *mm_base(const struct mm *mm);      /* host address of guest address 0 */

/* The one place where a guest address becomes a pointer. `base` is mm_base(). */
static inline void *mm_host(uint8_t *base, gaddr a)
{
    return base + (int64_t)(int32_t)a;
}

/* Host address inside the window (or its guard pages) → guest address. Async-signal-safe. */
bool mm_guest_of_sig(const struct mm *mm, const void *host, gaddr *out);

/* --- Checked accesses (4 KiB truth, any alignment, any crossing) -------------------------------------- */

/* Loads/stores of one instruction operand, n <= 16 bytes. All or nothing. Slow and exact: they work on
 * pages of mixed protection, on emulated file pages, and a store runs the code watch first.
 * true on success; false fills *f. */
MUST_CHECK bool mm_load(struct mm *mm, gaddr from, void *to, unsigned n, struct mm_fault *f);
MUST_CHECK bool mm_store(struct mm *mm, gaddr to, const void *from, unsigned n, struct mm_fault *f);
/* Would a load (or store) of n bytes succeed? Changes nothing; a bound check for multi-part instructions. */
MUST_CHECK bool mm_probe(struct mm *mm, gaddr a, unsigned n, bool write, struct mm_fault *f);

/* Instruction fetch: copies up to n executable bytes; returns how many are fetchable before the
 * first byte that is not; then *f tells why. */
unsigned mm_fetch(struct mm *mm, gaddr from, void *to, unsigned n, struct mm_fault *f);

/* Bounded copies for system calls. 0 or -G_EFAULT. A partial copy may have happened. */
MUST_CHECK int mm_read(struct mm *mm, gaddr from, void *to, size_t n);
MUST_CHECK int mm_write(struct mm *mm, gaddr to, const void *from, size_t n);
MUST_CHECK int mm_zero(struct mm *mm, gaddr to, size_t n);
/* Copies a NUL-terminated string. Length without NUL, or -G_EFAULT, or -G_ENAMETOOLONG if it needs more
 * than `size` bytes with its NUL. */
MUST_CHECK long mm_read_string(struct mm *mm, gaddr from, char *to, size_t size);

/* Host view of a guest range for read()/write()-like calls. Checks protection page by page (write: also
 * makes code pages writable and tells the watch). Fills up to 2 iovecs when the range is directly
 * accessible and returns their count; returns 0 if it is accessible but only by mm_read/mm_write (mixed
 * host page, emulated page): use a bounce buffer; -G_EFAULT if its first byte is not accessible. If only
 * a leading part is accessible, *n is reduced to that part, as Linux transfers it. */
MUST_CHECK int mm_span(struct mm *mm, gaddr a, size_t *n, bool write, struct iovec iov[2]);

/* --- Mappings: i386 Linux semantics at 4 KiB granularity. Result: address or negative guest errno ------ */

int64_t mm_mmap(struct mm *mm, gaddr addr, uint32_t len, int prot, int flags, int fd, uint64_t offset);
int mm_munmap(struct mm *mm, gaddr addr, uint32_t len);
int mm_mprotect(struct mm *mm, gaddr addr, uint32_t len, int prot);
int64_t mm_mremap(struct mm *mm, gaddr old, uint32_t old_len, uint32_t new_len, int flags, gaddr to);
gaddr mm_brk(struct mm *mm, gaddr addr); /* as the system call: the new or unchanged break */
/* Puts memory that `attach` maps at a host address there (0 or a guest errno) into the guest's space, at
 * `addr` or, if that is 0, where there is room; `replace`: whatever is there. `name` is for /proc/self/maps.
 */
typedef int mm_attacher(void *ctx, void *host);
int64_t mm_attach(struct mm *mm, gaddr addr, uint32_t len, int prot, bool replace, const char *name,
                  mm_attacher *attach, void *ctx);
int mm_detach(struct mm *mm, gaddr addr);
int mm_msync(struct mm *mm, gaddr addr, uint32_t len, int flags);
int mm_madvise(struct mm *mm, gaddr addr, uint32_t len, int advice);
int mm_mincore(struct mm *mm, gaddr addr, uint32_t len, gaddr vec);

/* A file has been truncated or made longer: mappings of it end where it ends, to the 4 KiB page. Needed after
 * ftruncate, truncate and open(O_TRUNC); growth by write is noticed without. */
void mm_file_resized(struct mm *mm, int fd);
void mm_path_resized(struct mm *mm, const char *path); /* a host path */

/* Protection (PROT_*) of one guest page; -1 if not mapped. Async-signal-safe. */
int mm_page_prot(const struct mm *mm, gaddr a);

/* Is the page protected more than the guest asked for, as it shares a page of the host with others? What is
 * allowed there faults, and is done by mm_load() and mm_store(). */
bool mm_is_slow(const struct mm *mm, gaddr a);
/* The same for translated code: a byte a guest page, of which one of these bits says it is. */
enum { MM_PAGE_SLOW = 0xe0 };
const uint8_t *mm_page_bytes(const struct mm *mm);
/* Such an access of n ≤ 8 bytes without mm_load()'s and mm_store()'s cost, where it can be had: false,
 * nothing was done, they or a fault will tell. */
bool mm_mixed_access(struct mm *mm, gaddr a, void *value, unsigned n, bool write);

/* Writes the guest's /proc/self/maps, smaps, smaps_rollup. File names lose `root` (NULL: none). */
void mm_print_maps(struct mm *mm, const char *root, FILE *out);
void mm_print_smaps(struct mm *mm, const char *root, FILE *out);
void mm_print_smaps_rollup(struct mm *mm, FILE *out);
/* Bytes of the guest's memory: mapped; of these in memory or swapped; of these by what they are for. */
struct mm_usage {
    uint64_t size;
    uint64_t anonymous, of_files, swapped;
    uint64_t stack, data, code, libraries;
    gaddr code_start, code_end; /* the program's code: the mapping that has `entry` */
};
void mm_usage(struct mm *mm, gaddr entry, struct mm_usage *out);
/* Name of the mapping that holds `a` and its start; NULL if none. The text is valid until the next map
 * call. */
const char *mm_mapping_at(struct mm *mm, gaddr a, gaddr *start, gaddr *end, uint64_t *file_offset);

/* A fault inside a MAP_GROWSDOWN mapping's reach: grow it. true if the access may be tried again. All checked
 * accesses do so by themselves. */
bool mm_grow_stack(struct mm *mm, gaddr a);
void mm_set_quota(struct mm *mm, uint64_t address_space,
                  uint64_t data); /* setrlimit(RLIMIT_AS, RLIMIT_DATA); UINT64_MAX: no limit */
void mm_set_stack_limit(struct mm *mm, uint64_t bytes); /* setrlimit(RLIMIT_STACK) */
void mm_set_read_implies_exec(struct mm *mm, bool on);  /* personality(READ_IMPLIES_EXEC) */

/* Host faults inside mm's own copies (a file was truncated under its mapping): the handler of SIGSEGV and
 * SIGBUS calls this first. It does not return if the calling thread is in such a copy, which then fails in
 * an orderly way; else it returns false. The handler needs SA_NODEFER or no more than its own signals
 * blocked. Async-signal-safe. */
bool mm_host_fault_sig(void);

/* Is this host descriptor one that mm keeps for an emulated file mapping? The guest must not close it. */
bool mm_owns_fd(struct mm *mm, int fd);

/* --- Code watch --------------------------------------------------------------------------------------- */

void mm_set_watcher(struct mm *mm, mm_code_changed *fn, void *ctx);
/* Write-protects the host pages of [from, from+len) until something is written there; a write reports
 * its bytes to the watcher, and the pages that no longer hold code (mm_unwatch) become plain again. With
 * stores_unwatched only what unmaps, replaces or protects pages is reported. */
void mm_watch(struct mm *mm, gaddr from, uint32_t len);
void mm_unwatch(struct mm *mm, gaddr from, uint32_t len); /* page-wise: pages wholly or partly covered */
bool mm_is_watched(const struct mm *mm, gaddr a);
/* May these bytes change by a store to another address, or by another process? Then no watch can tell. */
bool mm_is_shared(struct mm *mm, gaddr from, uint32_t len);

/* --- Tripwires: a debugger's watchpoints ---------------------------------------------------------------
 * Who accesses such bytes is told of, before. Their pages are accessible through mm only; reading stays
 * direct where only stores are waited for. */

enum mm_trip { MM_TRIP_READ = 1, MM_TRIP_WRITE = 2 };
/* Guest bytes [from, from+n) are about to be accessed: by an instruction (may not return then), or by a
 * system call, where less than that may be written in the end. */
typedef void mm_tripped(void *ctx, gaddr from, size_t n, bool write, bool by_insn);
void mm_on_trip(struct mm *mm, mm_tripped *fn, void *ctx);
/* false: too many. Each is to be taken away as it was set. */
bool mm_set_trip(struct mm *mm, gaddr from, uint32_t len, unsigned kinds);
void mm_clear_trip(struct mm *mm, gaddr from, uint32_t len, unsigned kinds);

/* Writes as a debugger does: whatever the protection says, but not where nothing is mapped. 0 or -G_EFAULT.
 */
MUST_CHECK int mm_poke(struct mm *mm, gaddr to, const void *from, size_t n);

/* --- Loading ------------------------------------------------------------------------------------------ */

struct mm_image {
    gaddr entry;      /* where to start: the interpreter's (ld.so) entry if there is one */
    gaddr exec_entry; /* AT_ENTRY */
    gaddr bias;       /* load bias of the executable */
    gaddr phdr;       /* AT_PHDR, 0 if not mapped */
    uint32_t phnum;
    gaddr interp_base; /* AT_BASE, 0 for static */
    bool exec_stack;
    bool read_implies_exec; /* no PT_GNU_STACK: whatever is readable is executable */
    char interp[4096];      /* PT_INTERP path as in the file, "" for static */
};

/* Looks up guest absolute path `path` under the sysroot (if any) first: fills `out` with the host path to
 * open. Never fails: without a hit it is `path` itself. */
void mm_sysroot_path(const char *sysroot, const char *path, char *out, size_t size);
void mm_sysroot_link(const char *sysroot, const char *path, char *out, size_t size); /* a link itself */
/* The guest's name of a host path: without the sysroot if it is under it (`root`: the sysroot, resolved). */
const char *mm_guest_path(const char *root, const char *path);

enum mm_load_status {
    MM_LOAD_OK,
    MM_LOAD_NOT_FOUND, /* exit 127 */
    MM_LOAD_NOT_EXEC,  /* exit 126: permission, not an ELF, wrong machine, malformed */
    MM_LOAD_NO_MEMORY, /* exit 126 */
};

/* Loads ELF32/EM_386 `path` (host path) and its interpreter (looked up under sysroot, may be NULL).
 * On failure `why` holds one sentence: what, where, what to do. Guest memory is then garbage. */
enum mm_load_status mm_load_elf(struct mm *mm, const char *path, const char *sysroot, struct mm_image *img,
                                char *why, size_t why_size);

/* `#!` line of a script, read as the kernel's binfmt_script does. */
struct mm_script {
    char interp[256];
    char arg[256]; /* the one optional argument; "" if none */
};
/* 1: `path` is a script and *out is filled; 0: it is none; -G_ENOEXEC: a `#!` line without a usable
 * interpreter; other negative errno: cannot be opened or read. The caller bounds the recursion. */
int mm_script(const char *path, struct mm_script *out);

struct mm_stack_info {
    char **argv;          /* guest's argv, NULL-terminated */
    char **envp;          /* guest's environment, NULL-terminated */
    const char *execfn;   /* AT_EXECFN */
    const char *platform; /* "i686" */
    uint32_t hwcap;       /* AT_HWCAP: CPUID(1).edx */
    uint8_t random[16];   /* AT_RANDOM bytes */
};

/* Builds the initial stack (maps it as MAP_GROWSDOWN) and the sigreturn trampoline page.
 * Returns the initial esp, or 0 with `why`. */
gaddr mm_setup_stack(struct mm *mm, const struct mm_image *img, const struct mm_stack_info *info, char *why,
                     size_t why_size);

/* Guest addresses of the trampolines `popl %eax; movl $119,%eax; int $0x80` and
 * `movl $173,%eax; int $0x80` in the page that mm_setup_stack mapped. */
gaddr mm_sigreturn_addr(const struct mm *mm);
gaddr mm_rt_sigreturn_addr(const struct mm *mm);

/* For crash reports and --strace: where argv/env strings lie, for /proc/self/cmdline and environ. */
struct mm_areas {
    gaddr arg_start, arg_end, env_start, env_end, stack_start, brk_start, brk;
};
void mm_areas(const struct mm *mm, struct mm_areas *out);

/* fork(2) with the guest's memory in order: the child's copy is its own. Result as fork's. */
pid_t mm_fork(struct mm *mm);

#endif

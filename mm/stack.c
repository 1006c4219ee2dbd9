/* The initial stack, as create_elf_tables() lays it out for an i386 process, and the page with the
 * sigreturn trampolines. There is no vDSO: AT_SYSINFO and AT_SYSINFO_EHDR are absent. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/auxv.h>

#include "mm/space.h"

enum { AUX_WORDS = 48, MAX_STRING = 128 * 1024, MAX_ARGS = 6 << 20, SPARE = 128 * 1024 };
/* Auxiliary vector types of the i386 ABI that some <elf.h> lack. */
enum { AUX_HWCAP2 = 26, AUX_MINSIGSTKSZ = 51, G_MINSIGSTKSZ = 2048 };

/* A stack being built downwards in guest memory. */
struct builder {
    struct mm *mm;
    gaddr sp;
    bool failed;
};

static gaddr push_bytes(struct builder *b, const void *bytes, size_t n)
{
    b->sp -= (gaddr)n;
    if (mm_write(b->mm, b->sp, bytes, n)) b->failed = true;
    return b->sp;
}

static gaddr push_string(struct builder *b, const char *s)
{
    return push_bytes(b, s, strlen(s) + 1);
}

/* The arguments, or the environment. */
struct strings {
    char **list; /* ends with NULL */
    size_t count;
    uint64_t bytes; /* that they need; UINT64_MAX if one of them is too long by itself */
};

static struct strings measure(char **list)
{
    struct strings s = {.list = list};
    for (; list[s.count]; s.count++) {
        size_t n = strlen(list[s.count]) + 1;
        if (n > MAX_STRING) s.bytes = UINT64_MAX;
        if (s.bytes != UINT64_MAX) s.bytes += n;
    }
    return s;
}

/* copy_strings(): the last string is the highest. Pointers to them go to `out`, and a NULL; returns where
 * those end. */
static uint32_t *push_strings(struct builder *b, const struct strings *s, uint32_t *out)
{
    char *all = malloc(s->bytes + 1), *end = all;
    gaddr at = b->sp - (gaddr)s->bytes;
    if (!all) {
        b->failed = true;
        return out;
    }
    for (size_t i = 0; i < s->count; i++) {
        *out++ = at + (gaddr)(end - all);
        end = stpcpy(end, s->list[i]) + 1;
    }
    *out++ = 0;
    push_bytes(b, all, s->bytes);
    free(all);
    return out;
}

static size_t auxiliary(uint32_t *out, const struct mm_image *img, const struct mm_stack_info *info,
                        gaddr random, gaddr execfn, gaddr platform)
{
    const uint32_t aux[] = {
        // clang-format off
        AUX_MINSIGSTKSZ, G_MINSIGSTKSZ,
        AT_HWCAP,        info->hwcap,
        AT_PAGESZ,       GPAGE,
        AT_CLKTCK,       100,
        AT_PHDR,         img->phdr,
        AT_PHENT,        32,
        AT_PHNUM,        img->phnum,
        AT_BASE,         img->interp_base,
        AT_FLAGS,        0,
        AT_ENTRY,        img->exec_entry,
        AT_UID,          getuid(),
        AT_EUID,         geteuid(),
        AT_GID,          getgid(),
        AT_EGID,         getegid(),
        AT_SECURE,       0,
        AT_RANDOM,       random,
        AUX_HWCAP2,      0,
        AT_EXECFN,       execfn,
        AT_PLATFORM,     platform,
        AT_NULL,         0,
        // clang-format on
    };
    static_assert(sizeof aux <= AUX_WORDS * sizeof *aux, "the caller has room for so many");
    memcpy(out, aux, sizeof aux);
    return sizeof aux / sizeof aux[0];
}

/* The stack, which is used most, must not share a block with what lies beyond the limit. */
static gaddr stack_top(const struct mm *mm)
{
    return block_floor(mm, mm->limit);
}

static bool map_stack(struct mm *mm, const struct mm_image *img, gaddr size)
{
    gaddr start = stack_top(mm) - page_ceil(size + SPARE < mm->stack_limit ? size + SPARE : size);
    start = block_floor(mm, start);
    struct vma v = {
        .start = start, .end = stack_top(mm), .prot = PG_R | PG_W, .flags = VMA_GROWSDOWN | VMA_STACK};
    if (img->exec_stack || mm->read_implies_exec) v.prot |= PG_X;
    return map_region(mm, v, -1) == 0;
}

static const uint8_t trampolines[] = {
    0x58, 0xb8, 119,  0,    0,    0,    0xcd, 0x80, /* popl %eax; movl $119,%eax; int $0x80: sigreturn */
    0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90,
    0xb8, 173,  0,    0,    0,    0xcd, 0x80, /* movl $173,%eax; int $0x80: rt_sigreturn */
};
enum { RT_SIGRETURN_AT = 16 };

static bool map_trampolines(struct mm *mm)
{
    gaddr at = vma_hole(mm, 0, GPAGE, 0);
    struct vma v = {.start = at, .end = at + GPAGE, .prot = PG_R | PG_X, .name = "[vdso]"};
    if (!at || map_region(mm, v, -1)) return false;
    mm->trampolines = at;
    return access_force(mm, at, trampolines, sizeof trampolines);
}

/* From above: the strings; below them argc, argv, envp and the auxiliary vector. esp is a multiple of 16. */
static gaddr build(struct mm *mm, const struct mm_image *img, const struct mm_stack_info *info,
                   const struct strings *args, const struct strings *envs)
{
    struct builder b = {.mm = mm, .sp = stack_top(mm) - sizeof(uint64_t)};
    struct mm_areas *areas = &mm->areas;
    uint32_t *v = malloc((1 + args->count + 1 + envs->count + 1 + AUX_WORDS) * sizeof *v), *p = v;
    if (!v) return 0;
    *p++ = (uint32_t)args->count;
    gaddr execfn = push_string(&b, info->execfn);
    areas->env_end = b.sp;
    push_strings(&b, envs, p + args->count + 1);
    areas->env_start = areas->arg_end = b.sp;
    p = push_strings(&b, args, p) + envs->count + 1;
    areas->arg_start = b.sp;
    b.sp &= ~15u;
    gaddr platform = push_string(&b, info->platform);
    gaddr random = push_bytes(&b, info->random, sizeof info->random);
    p += auxiliary(p, img, info, random, execfn, platform);
    size_t bytes = (size_t)(p - v) * sizeof *v;
    areas->stack_start = b.sp = ((b.sp & ~3u) - (gaddr)bytes) & ~15u;
    if (mm_write(mm, b.sp, v, bytes)) b.failed = true;
    free(v);
    return b.failed ? 0 : b.sp;
}

gaddr mm_setup_stack(struct mm *mm, const struct mm_image *img, const struct mm_stack_info *info, char *why,
                     size_t why_size)
{
    struct strings args = measure(info->argv), envs = measure(info->envp);
    uint64_t pointers = (args.count + envs.count) * 4, limit = mm->stack_limit / 4;
    limit = limit > MAX_ARGS ? MAX_ARGS : limit < MAX_STRING ? MAX_STRING : limit;
    if (args.bytes == UINT64_MAX || envs.bytes == UINT64_MAX || args.bytes + envs.bytes + pointers > limit) {
        snprintf(why, why_size,
                 "argument list too long: arguments and environment do not fit the guest's stack");
        return 0;
    }
    uint64_t need = args.bytes + envs.bytes + 2 * pointers + strlen(info->execfn) + 2 * GPAGE;
    space_lock(mm);
    gaddr sp =
        map_stack(mm, img, (gaddr)need) && map_trampolines(mm) ? build(mm, img, info, &args, &envs) : 0;
    space_unlock(mm);
    if (!sp) snprintf(why, why_size, "no memory for the guest's stack");
    return sp;
}

gaddr mm_sigreturn_addr(const struct mm *mm)
{
    return mm->trampolines;
}

gaddr mm_rt_sigreturn_addr(const struct mm *mm)
{
    return mm->trampolines + RT_SIGRETURN_AT;
}

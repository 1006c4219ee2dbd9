/* The initial stack, as create_elf_tables() lays it out for an i386 process, and the page with the
 * sigreturn trampolines. There is no vDSO: AT_SYSINFO and AT_SYSINFO_EHDR are absent. */
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

/* Bytes that the strings need; UINT64_MAX if one of them is too long by itself. */
static uint64_t strings_size(char **list, int *count)
{
    uint64_t total = 0;
    for (*count = 0; list[*count]; ++*count) {
        size_t n = strlen(list[*count]) + 1;
        if (n > MAX_STRING) return UINT64_MAX;
        total += n;
    }
    return total;
}

/* copy_strings(): the last string is the highest. */
static void push_strings(struct builder *b, char **list, int count)
{
    while (count--)
        push_string(b, list[count]);
}

/* Pointers to `count` strings that lie one after the other from `at`; and the NULL. */
static uint32_t *list_pointers(uint32_t *out, gaddr at, char **list, int count)
{
    for (int i = 0; i < count; i++) {
        *out++ = at;
        at += (gaddr)strlen(list[i]) + 1;
    }
    *out++ = 0;
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
    memcpy(out, aux, sizeof aux);
    return sizeof aux / sizeof aux[0];
}

/* The vectors below the strings: argc, argv, envp and the auxiliary vector; esp is a multiple of 16. */
static void push_vectors(struct builder *b, const struct mm_image *img, const struct mm_stack_info *info,
                         int envc, gaddr execfn)
{
    struct mm_areas *areas = &b->mm->areas;
    gaddr platform, random;
    b->sp &= ~15u;
    platform = push_string(b, info->platform);
    random = push_bytes(b, info->random, sizeof info->random);
    uint32_t aux[AUX_WORDS], argc = (uint32_t)info->argc;
    size_t aux_words = auxiliary(aux, img, info, random, execfn, platform);
    size_t words = 1 + argc + 1 + (size_t)envc + 1 + aux_words;
    uint32_t *v = calloc(words, sizeof *v), *p = v;
    if (!v) {
        b->failed = true;
        return;
    }
    *p++ = argc;
    p = list_pointers(p, areas->arg_start, info->argv, info->argc);
    p = list_pointers(p, areas->env_start, info->envp, envc);
    memcpy(p, aux, aux_words * sizeof *aux);
    b->sp = ((b->sp & ~3u) - (gaddr)(words * sizeof *v)) & ~15u;
    if (mm_write(b->mm, b->sp, v, words * sizeof *v)) b->failed = true;
    free(v);
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

static gaddr build(struct mm *mm, const struct mm_image *img, const struct mm_stack_info *info, int envc)
{
    struct builder b = {.mm = mm, .sp = stack_top(mm) - sizeof(uint64_t)};
    struct mm_areas *areas = &mm->areas;
    gaddr execfn = push_string(&b, info->execfn);
    areas->env_end = b.sp;
    push_strings(&b, info->envp, envc);
    areas->env_start = areas->arg_end = b.sp;
    push_strings(&b, info->argv, info->argc);
    areas->arg_start = b.sp;
    push_vectors(&b, img, info, envc, execfn);
    areas->stack_start = b.sp;
    return b.failed ? 0 : b.sp;
}

gaddr mm_setup_stack(struct mm *mm, const struct mm_image *img, const struct mm_stack_info *info, char *why,
                     size_t why_size)
{
    int argc, envc;
    uint64_t args = strings_size(info->argv, &argc), envs = strings_size(info->envp, &envc);
    uint64_t pointers = ((uint64_t)argc + (uint64_t)envc) * 4, limit = mm->stack_limit / 4;
    limit = limit > MAX_ARGS ? MAX_ARGS : limit < MAX_STRING ? MAX_STRING : limit;
    if (args == UINT64_MAX || envs == UINT64_MAX || args + envs + pointers > limit) {
        snprintf(why, why_size,
                 "argument list too long: arguments and environment do not fit the guest's stack");
        return 0;
    }
    uint64_t need = args + envs + 2 * pointers + strlen(info->execfn) + 2 * GPAGE;
    space_lock(mm);
    gaddr sp = map_stack(mm, img, (gaddr)need) && map_trampolines(mm) ? build(mm, img, info, envc) : 0;
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

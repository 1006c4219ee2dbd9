/* What Linux perf reads about translated code: --perfmap, a line a translation; --jitdump, with the code
 * itself (tools/perf/Documentation/jitdump-specification.txt). */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tier/profiler.h"
#include "tier/symbols.h"
#include "tier/text.h"

enum { JITDUMP_MAGIC = 0x4a695444, JITDUMP_VERSION = 1, CODE_LOAD = 0 };

struct jitdump_header {
    uint32_t magic, version, total_size, elf_machine, pad, pid;
    uint64_t timestamp, flags;
};

struct jitdump_load {
    uint32_t id, total_size;
    uint64_t timestamp;
    uint32_t pid, tid;
    uint64_t vma, code_addr, code_size, code_index;
};

static uint64_t timestamp(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static FILE *open_named(const char *name, char *why, size_t size)
{
    FILE *f = fopen(name, "w+e");
    if (!f) snprintf(why, size, "cannot write %s: %s", name, strerror(errno));
    return f;
}

/* perf learns of the file by an executable mapping of it. */
static void begin_jitdump(FILE *f)
{
    struct jitdump_header h = {.magic = JITDUMP_MAGIC,
                               .version = JITDUMP_VERSION,
                               .total_size = sizeof h,
                               .elf_machine = EM_MIPS,
                               .pid = (uint32_t)getpid(),
                               .timestamp = timestamp()};
    fwrite(&h, sizeof h, 1, f);
    fflush(f);
    (void)mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_EXEC, MAP_PRIVATE, fileno(f), 0);
}

bool perf_open(struct vm *vm, char *why, size_t size)
{
    struct profiler *p = vm->profiler;
    char name[64];
    snprintf(name, sizeof name, "/tmp/perf-%d.map", (int)getpid());
    if (vm->opt.flag[OPT_PERFMAP] && !(p->perfmap = open_named(name, why, size))) return false;
    snprintf(name, sizeof name, "jit-%d.dump", (int)getpid());
    if (vm->opt.flag[OPT_JITDUMP] && !(p->jitdump = open_named(name, why, size))) return false;
    if (p->jitdump) begin_jitdump(p->jitdump);
    return true;
}

/* Its blocks' first one names it. */
static char *name_of(struct vm *vm, gaddr eip)
{
    uint32_t offset;
    const char *symbol = symbols_at(vm->symbols, eip, &offset);
    if (!symbol) return text_format("guest_0x%08x", eip);
    return text_format(offset ? "%s+0x%x" : "%s", symbol, offset);
}

static void dump(struct profiler *p, const struct jit_view *v, const char *name)
{
    struct jitdump_load l = {.id = CODE_LOAD,
                             .total_size = (uint32_t)(sizeof l + strlen(name) + 1 + v->words * 4),
                             .timestamp = timestamp(),
                             .pid = (uint32_t)getpid(),
                             .tid = (uint32_t)getpid(),
                             .vma = (uintptr_t)v->code,
                             .code_addr = (uintptr_t)v->code,
                             .code_size = v->words * 4,
                             .code_index = p->jitdump_index++};
    fwrite(&l, sizeof l, 1, p->jitdump);
    fwrite(name, strlen(name) + 1, 1, p->jitdump);
    fwrite(v->code, 4, v->words, p->jitdump);
}

/* What was written goes to the file; NULL after a sentence if it cannot. */
static FILE *flushed(struct vm *vm, FILE *f, const char *what)
{
    if (!f || (!fflush(f) && !ferror(f))) return f;
    fprintf(vm->log.out, "tierrun: %s could not be written: %s\n", what, strerror(errno));
    fclose(f);
    return NULL;
}

/* A child has its parent's files open: it leaves them alone. */
void perf_translated(struct vm *vm, const struct jit_view *v)
{
    struct profiler *p = vm->profiler;
    if ((!p->perfmap && !p->jitdump) || p->forked) return;
    char *name = name_of(vm, v->blocks[0]->eip);
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before; /* a file that grows beyond the limit */
    sigaction(SIGXFSZ, &ignore, &before);
    if (p->perfmap)
        fprintf(p->perfmap, "%llx %x %s\n", (unsigned long long)(uintptr_t)v->code, v->words * 4, name);
    if (p->jitdump) dump(p, v, name);
    p->perfmap = flushed(vm, p->perfmap, "--perfmap's file");
    p->jitdump = flushed(vm, p->jitdump, "--jitdump's file");
    sigaction(SIGXFSZ, &before, NULL);
    free(name);
}

/* Files of /proc/self that must tell of the guest: maps, cmdline, environ, auxv, stat. Each becomes a memory
 * file with the text of the moment it was opened, as good as the kernel's for a reader that starts at 0. */
#include "syscalls/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void write_maps(struct call *c, FILE *out)
{
    mm_print_maps(c->mm, out);
}

static void write_range(struct call *c, gaddr from, gaddr to, FILE *out)
{
    uint8_t part[512];
    while (from < to) {
        size_t n = to - from < sizeof part ? to - from : sizeof part;
        if (mm_read(c->mm, from, part, n)) return;
        fwrite(part, 1, n, out);
        from += (gaddr)n;
    }
}

static void write_cmdline(struct call *c, FILE *out)
{
    struct mm_areas a;
    mm_areas(c->mm, &a);
    write_range(c, a.arg_start, a.arg_end, out);
}

static void write_environ(struct call *c, FILE *out)
{
    struct mm_areas a;
    mm_areas(c->mm, &a);
    write_range(c, a.env_start, a.env_end, out);
}

/* The auxiliary vector follows argv and envp on the initial stack. */
static void write_auxv(struct call *c, FILE *out)
{
    struct mm_areas a;
    mm_areas(c->mm, &a);
    gaddr at = a.stack_start + 4;
    uint32_t word, pair[2];
    for (int nulls = 0; nulls < 2; at += 4) {
        if (mm_read(c->mm, at, &word, 4)) return;
        nulls += !word;
    }
    do {
        if (mm_read(c->mm, at, pair, sizeof pair)) return;
        fwrite(pair, 1, sizeof pair, out);
        at += sizeof pair;
    } while (pair[0]);
}

/* The host's line, with the guest's name, memory areas and stack. Fields: proc(5), 1-based. */
static void write_stat(struct call *c, FILE *out)
{
    char line[1024];
    struct mm_areas a;
    FILE *in = fopen("/proc/self/stat", "re");
    if (!in) return;
    if (!fgets(line, sizeof line, in)) line[0] = 0;
    fclose(in);
    char *rest = strrchr(line, ')');
    if (!rest) return;
    mm_areas(c->mm, &a);
    fprintf(out, "%d (%.15s)", getpid(), c->s->p->comm);
    int field = 2;
    for (char *f = strtok(rest + 1, " \n"); f; f = strtok(NULL, " \n")) {
        uint32_t own = 0;
        bool known = true;
        switch (++field) {
        case 28: own = a.stack_start; break;
        case 29: own = c->cpu->gpr[ESP]; break;
        case 30: own = c->cpu->eip; break;
        case 47: own = a.brk_start; break;
        case 48: own = a.arg_start; break;
        case 49: own = a.arg_end; break;
        case 50: own = a.env_start; break;
        case 51: own = a.env_end; break;
        default: known = false; break;
        }
        if (known)
            fprintf(out, " %u", own);
        else
            fprintf(out, " %s", f);
    }
    putc('\n', out);
}

static const struct {
    const char *leaf;
    void (*write)(struct call *c, FILE *out);
} files[] = {
    {"maps", write_maps}, {"cmdline", write_cmdline}, {"environ", write_environ},
    {"auxv", write_auxv}, {"stat", write_stat},
};

int proc_open(struct call *c, const char *path, int flags)
{
    unsigned i = 0, n = sizeof files / sizeof *files;
    while (i < n && !path_is_proc_self(path, files[i].leaf))
        i++;
    if (i == n || (flags & O_ACCMODE) != O_RDONLY) return PROC_NOT_OURS;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return -1;
    files[i].write(c, out);
    fclose(out);
    int fd = memfd_create(files[i].leaf, flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    bool done = fd >= 0 && write(fd, text, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0;
    free(text);
    if (!done && fd >= 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

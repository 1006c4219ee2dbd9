/* The texts of /proc/self: the guest's memory, arguments, signals and limits where the host tells tierrun's.
 * What both have in common (times, identities, scheduling) is the host's. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "syscalls/proc.h"
#include "syscalls/seccomp.h"

/* --- Memory --------------------------------------------------------------------------------------------- */

static void write_maps(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    mm_print_maps(c->mm, c->s->p->root, out);
}

static void write_smaps(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    mm_print_smaps(c->mm, c->s->p->root, out);
}

static void write_smaps_rollup(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    mm_print_smaps_rollup(c->mm, out);
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

static void write_cmdline(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    struct mm_areas a;
    mm_areas(c->mm, &a);
    write_range(c, a.arg_start, a.arg_end, out);
}

static void write_environ(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    struct mm_areas a;
    mm_areas(c->mm, &a);
    write_range(c, a.env_start, a.env_end, out);
}

/* The auxiliary vector follows argv and envp on the initial stack. */
static void write_auxv(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
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

static void usage(struct call *c, struct mm_usage *u)
{
    mm_usage(c->mm, c->s->p->opt.img->exec_entry, u);
}

static void write_statm(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    struct mm_usage u;
    usage(c, &u);
    fprintf(out, "%llu %llu %llu %llu 0 %llu 0\n", (unsigned long long)(u.size / GPAGE),
            (unsigned long long)((u.anonymous + u.of_files) / GPAGE),
            (unsigned long long)(u.of_files / GPAGE), (unsigned long long)(u.code / GPAGE),
            (unsigned long long)((u.data + u.stack) / GPAGE));
}

/* --- stat: the host's line with the guest's memory, signals and stack. Fields: proc(5), 1-based -------- */

struct field {
    int number;
    uint64_t value;
};

static uint64_t actions(const struct sys *s, bool caught)
{
    uint64_t set = 0;
    for (int i = 1; i <= G_NSIG; i++) {
        uint32_t handler = s->p->action[i].handler;
        if (caught ? handler > 1 : handler == 1) set |= 1ull << (i - 1);
    }
    return set;
}

static size_t stat_fields(struct call *c, const struct proc_file *f, struct field *out)
{
    enum { LOW = 0x7fffffff }; /* of these masks only the first signals are shown */
    struct mm_areas a;
    struct mm_usage u;
    mm_areas(c->mm, &a);
    usage(c, &u);
    const struct field all[] = {{23, u.size},
                                {24, (u.anonymous + u.of_files) / GPAGE},
                                {26, u.code_start},
                                {27, u.code_end},
                                {28, a.stack_start},
                                {29, 0}, /* esp and eip of a running task are not told */
                                {30, 0},
                                {32, f->thread->mask & LOW},
                                {33, actions(f->thread, false) & LOW},
                                {34, actions(f->thread, true) & LOW},
                                {45, 0}, /* where its data lie nobody has noted */
                                {46, 0},
                                {47, a.brk_start},
                                {48, a.arg_start},
                                {49, a.arg_end},
                                {50, a.env_start},
                                {51, a.env_end}};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

static void write_stat(struct call *c, const struct proc_file *f, FILE *out)
{
    char line[1024] = "", *next;
    struct field own[24];
    FILE *in = fopen(f->host, "re");
    if (in && !fgets(line, sizeof line, in)) line[0] = 0;
    if (in) fclose(in);
    char *rest = strrchr(line, ')');
    if (!rest) return;
    size_t owned = stat_fields(c, f, own), k = 0;
    *rest = 0;
    fprintf(out, "%s)", line);
    int field = 3;
    for (char *word = strtok_r(rest + 1, " \n", &next); word; word = strtok_r(NULL, " \n", &next), field++) {
        while (k < owned && own[k].number < field)
            k++;
        if (k < owned && own[k].number == field)
            fprintf(out, " %llu", (unsigned long long)own[k].value);
        else
            fprintf(out, " %s", word);
    }
    putc('\n', out);
}

/* --- status and limits: lines that begin with a name --------------------------------------------------- */

static uint64_t guest_signals(const char *hex)
{
    sigset_t set;
    uint64_t bits = strtoull(hex, NULL, 16);
    sigemptyset(&set);
    for (int i = 1; i <= 64; i++)
        if (bits >> (i - 1) & 1) sigaddset(&set, i);
    return sigset_to_guest(&set);
}

struct memory_line {
    const char *name;
    uint64_t bytes;
};

/* A line about memory, which has a size in it. */
static bool put_memory(const char *line, const struct mm_usage *u, FILE *out)
{
    const uint64_t in_memory = u->anonymous + u->of_files;
    const struct memory_line all[] = {
        {"VmPeak", u->size},       {"VmSize", u->size},      {"VmHWM", in_memory},    {"VmRSS", in_memory},
        {"RssAnon", u->anonymous}, {"RssFile", u->of_files}, {"RssShmem", 0},         {"VmData", u->data},
        {"VmStk", u->stack},       {"VmExe", u->code},       {"VmLib", u->libraries}, {"VmSwap", u->swapped}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n = strlen(all[i].name);
        if (strncmp(line, all[i].name, n) || line[n] != ':') continue;
        fprintf(out, "%s:\t%8llu kB\n", all[i].name, (unsigned long long)(all[i].bytes / 1024));
        return true;
    }
    return false;
}

static bool put_signals(const char *line, const struct sys *s, FILE *out)
{
    uint64_t set;
    if (!strncmp(line, "SigPnd:", 7) || !strncmp(line, "ShdPnd:", 7))
        set = guest_signals(line + 7);
    else if (!strncmp(line, "SigBlk:", 7))
        set = s->mask;
    else if (!strncmp(line, "SigIgn:", 7) || !strncmp(line, "SigCgt:", 7))
        set = actions(s, line[3] == 'C');
    else
        return false;
    fprintf(out, "%.7s\t%016llx\n", line, (unsigned long long)set);
    return true;
}

static bool put_security(const char *line, const struct sys *s, FILE *out)
{
    if (!strncmp(line, "NoNewPrivs:", 11))
        fprintf(out, "NoNewPrivs:\t%d\n", s->no_new_privs);
    else if (!strncmp(line, "Seccomp:", 8))
        fprintf(out, "Seccomp:\t%d\n", s->seccomp);
    else if (!strncmp(line, "Seccomp_filters:", 16))
        fprintf(out, "Seccomp_filters:\t%u\n", seccomp_filters(s));
    else
        return false;
    return true;
}

static void write_status(struct call *c, const struct proc_file *f, FILE *out)
{
    char line[4096];
    struct mm_usage u;
    FILE *in = fopen(f->host, "re");
    if (!in) return;
    usage(c, &u);
    while (fgets(line, sizeof line, in))
        if (!put_memory(line, &u, out) && !put_signals(line, f->thread, out) &&
            !put_security(line, f->thread, out))
            fputs(line, out);
    fclose(in);
}

static const char *limit_text(rlim_t v, char text[24])
{
    snprintf(text, 24, v == RLIM_INFINITY ? "unlimited" : "%llu", (unsigned long long)v);
    return text;
}

static void write_limits(struct call *c, const struct proc_file *f, FILE *out)
{
    char line[256], soft[24], hard[24];
    FILE *in = fopen(f->host, "re");
    while (in && fgets(line, sizeof line, in)) {
        int which = !strncmp(line, "Max open files", 14)      ? RLIMIT_NOFILE
                    : !strncmp(line, "Max address space", 17) ? RLIMIT_AS
                    : !strncmp(line, "Max data size", 13)     ? RLIMIT_DATA
                                                              : -1;
        struct rlimit r;
        if (which < 0) {
            fputs(line, out);
            continue;
        }
        limits_of_guest(c->s, which, &r);
        fprintf(out, "%.26s%-20s %-20s %-10s\n", line, limit_text(r.rlim_cur, soft),
                limit_text(r.rlim_max, hard), which == RLIMIT_NOFILE ? "files" : "bytes");
    }
    if (in) fclose(in);
}

static void write_personality(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)f;
    fprintf(out, "%08x\n", c->s->p->personality);
}

/* procmem.c does the rest. */
void proc_memory(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)c, (void)f, (void)out;
}

/* The host's would speak of addresses and system calls of tierrun; kernels can be built without them. */
void proc_none(struct call *c, const struct proc_file *f, FILE *out)
{
    (void)c, (void)f, (void)out;
}

proc_writer *proc_self_writer(const char *leaf)
{
    static const struct {
        const char *leaf;
        proc_writer *write;
    } files[] = {
        {"auxv", write_auxv},     {"cmdline", write_cmdline}, {"environ", write_environ},
        {"limits", write_limits}, {"map_files", proc_none},   {"maps", write_maps},
        {"mem", proc_memory},     {"numa_maps", proc_none},   {"pagemap", proc_none},
        {"smaps", write_smaps},   {"stat", write_stat},       {"personality", write_personality},
        {"statm", write_statm},   {"status", write_status},   {"smaps_rollup", write_smaps_rollup},
        {"syscall", proc_none},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!strcmp(leaf, files[i].leaf)) return files[i].write;
    return NULL;
}

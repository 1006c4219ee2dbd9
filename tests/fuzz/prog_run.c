/* Programs as ELF files, and running them. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/progfuzz.h"

enum { CODE_AT = 0x18000, MOST_FILE = 2 << 20 };

/* --- files -------------------------------------------------------------------------------------------- */

static size_t read_runner(const char *path, uint8_t *to)
{
    FILE *in = fopen(path, "rb");
    size_t n = in ? fread(to, 1, MOST_FILE, in) : 0;
    if (in) fclose(in);
    return n;
}

static uint8_t *batch_in(uint8_t *file, size_t n)
{
    const Elf32_Ehdr *head = (const Elf32_Ehdr *)file;
    if (n < sizeof *head) return NULL;
    const Elf32_Phdr *p = (const Elf32_Phdr *)(file + head->e_phoff);
    for (unsigned k = 0; k < head->e_phnum; k++)
        if (p[k].p_vaddr == BATCH && p[k].p_filesz >= BATCH_ROOM && p[k].p_offset + BATCH_ROOM <= n)
            return file + p[k].p_offset;
    return NULL;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t n)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    bool good = fd >= 0 && write(fd, bytes, n) == (ssize_t)n;
    if (fd >= 0) close(fd);
    if (!good) fprintf(stderr, "progfuzz: %s: %s\n", path, strerror(errno));
    return good;
}

bool write_program(const struct fuzz *z, const char *path, const uint32_t *seeds, unsigned count,
                   uint32_t options, const uint32_t *dropped, unsigned dropped_count, struct prog *last)
{
    static uint8_t file[MOST_FILE];
    static struct resume resumes[BUNDLE * PROG_RESUMES];
    size_t n = read_runner(z->runner, file);
    uint8_t *to = batch_in(file, n);
    struct prog_batch head = {PROG_MAGIC, options | (z->noise ? NOISE : 0), count, 0};
    uint32_t at = CODE_AT;
    if (!to) {
        fprintf(stderr, "progfuzz: %s is no runner\n", z->runner);
        return false;
    }
    for (unsigned k = 0; k < count; k++) {
        if (z->noise)
            noise_make(last, seeds[k], BATCH + at);
        else
            prog_make(last, seeds[k], BATCH + at, dropped, dropped_count);
        if (at + last->size > BATCH_ROOM || head.resumes + last->resume_count > 6000) {
            fprintf(stderr, "progfuzz: too much for one file: ask for a smaller --bundle\n");
            return false;
        }
        memcpy(to + sizeof head + k * sizeof last->head, &last->head, sizeof last->head);
        memcpy(resumes + head.resumes, last->resumes, last->resume_count * sizeof *resumes);
        memcpy(to + at, last->code, last->size);
        head.resumes += last->resume_count;
        at += (last->size + 15) & ~15u;
    }
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head + count * sizeof last->head, resumes, head.resumes * sizeof *resumes);
    return write_file(path, file, n);
}

/* --- running ------------------------------------------------------------------------------------------ */

bool engine_parse(struct engine *e, char *text)
{
    char *rest = strdup(text);
    *e = (struct engine){.text = text};
    for (char *word = strtok_r(rest, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (e->count == WORDS - 2) return false;
        e->words[e->count++] = word;
    }
    return true;
}

static void child(const struct engine *e, const char *path, int out)
{
    char *argv[WORDS], name[600];
    snprintf(name, sizeof name, "%s%s", strchr(path, '/') ? "" : "./", path);
    memcpy(argv, e->words, e->count * sizeof *argv);
    argv[e->count] = name;
    argv[e->count + 1] = NULL;
    dup2(out, STDOUT_FILENO);
    execvp(argv[0], argv);
    fprintf(stderr, "progfuzz: %s: %s\n", argv[0], strerror(errno));
    _exit(126);
}

static time_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* Reads all that the process writes; kills it when its time is over. */
static bool drain(int fd, pid_t pid, unsigned seconds, struct output *o)
{
    time_t end = now() + (time_t)seconds;
    size_t room = 0;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        time_t left = end - now();
        if (left < 0 || poll(&p, 1, 1000) < 0) {
            kill(pid, SIGKILL);
            return false;
        }
        if (!p.revents) continue;
        if (o->n + 65536 > room) {
            room = 2 * room + 131072;
            o->bytes = realloc(o->bytes, room);
            if (!o->bytes) abort();
        }
        ssize_t got = read(fd, o->bytes + o->n, 65536);
        if (got <= 0) return true;
        o->n += (size_t)got;
    }
}

struct output run_program(const struct fuzz *z, const struct engine *e, const char *path)
{
    struct output o = {0};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) abort();
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) abort();
    if (pid == 0) child(e, path, ends[1]);
    close(ends[1]);
    bool ended = drain(ends[0], pid, z->seconds, &o);
    close(ends[0]);
    waitpid(pid, &o.status, 0);
    if (!ended) o.status = -1;
    return o;
}

unsigned results_of(const struct output *o, struct prog_result *to, unsigned most)
{
    unsigned n = (unsigned)(o->n / sizeof *to);
    if (n > most) n = most;
    if (n) memcpy(to, o->bytes, n * sizeof *to);
    return n;
}

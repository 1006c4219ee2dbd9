/* What is wrong with a program: the smallest variant that still differs, its listing and the first
 * difference. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "interp/interp.h"
#include "tests/fuzz/progfuzz.h"

enum { MOST_DROPPED = PROG_ITEMS, FILE_NAME = 600, AREA_WORDS = (AREA_SIZE + BORDER_USED) / 4 };
enum { ONE_RUN = 5, ALL_RUNS = 60 /* seconds */, SHRUNK = 4 /* failures */ };

struct failure {
    struct fuzz *z;
    const struct engine *e;
    uint32_t seed, dropped[MOST_DROPPED];
    unsigned dropped_count;
    char path[FILE_NAME];
    struct prog prog;
};

/* --- the smallest program ----------------------------------------------------------------------------- */

static bool differs(struct failure *f)
{
    if (!write_program(f->z, f->path, &f->seed, 1, 0, f->dropped, f->dropped_count, &f->prog)) exit(2);
    struct output a = run_program(f->z, &f->z->reference, f->path), b = run_program(f->z, f->e, f->path);
    struct prog_result r;
    bool valid = results_of(&a, &r, 1) == 1 && !r.stray;
    bool equal = a.n == b.n && (a.n == 0 || memcmp(a.bytes, b.bytes, a.n) == 0);
    free(a.bytes);
    free(b.bytes);
    return valid && !equal;
}

/* Leaves out one item after the other, outer ones first, as long as the difference stays and there is time.
 */
static void shrink(struct failure *f)
{
    static struct prog_item items[PROG_ITEMS];
    bool progress = true;
    time_t end = time(NULL) + ALL_RUNS;
    while (progress && f->dropped_count < MOST_DROPPED - 1) {
        progress = false;
        for (unsigned k = 0; k < f->prog.item_count && time(NULL) < end; k++) {
            unsigned before = f->prog.item_count;
            memcpy(items, f->prog.items, sizeof items);
            f->dropped[f->dropped_count++] = items[k].id;
            if (differs(f)) {
                progress = true;
                k--;
                if (f->dropped_count == MOST_DROPPED) return;
                continue;
            }
            f->dropped_count--;
            f->prog.item_count = before;
            memcpy(f->prog.items, items, sizeof items);
        }
    }
}

/* --- the listing -------------------------------------------------------------------------------------- */

static void list(const struct failure *f, FILE *out)
{
    const struct prog *p = &f->prog;
    uint32_t base = 0x10018000; /* where a program that is alone in its file lies */
    char text[160];
    fprintf(out, "entry %08x, x87 control word %04x, depth %u\n", p->head.entry, p->head.control,
            p->head.depth);
    for (unsigned at = 0; at < p->size;) {
        uint8_t padded[32] = {0};
        memcpy(padded, p->code + at, p->size - at < 16 ? p->size - at : 16);
        unsigned n = disasm(padded, 16, base + at, true, text, sizeof text);
        fprintf(out, "%08x%c ", base + at, base + at == p->head.entry ? '>' : ':');
        for (unsigned k = 0; k < 8; k++)
            if (k < (n ? n : 1))
                fprintf(out, " %02x", padded[k]);
            else
                fprintf(out, "   ");
        fprintf(out, "  %s", n ? text : "(bad)");
        for (unsigned k = 0; k < p->resume_count; k++)
            if (p->resumes[k].eip == base + at) fprintf(out, "   ; fault -> %08x", p->resumes[k].to);
        fputc('\n', out);
        at += n ? n : 1;
    }
}

/* --- the first difference ----------------------------------------------------------------------------- */

static uint32_t word(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static void show_word(const char *name, uint32_t a, uint32_t b)
{
    if (a != b) printf("    %-8s expected %08x, got %08x\n", name, a, b);
}

static void show_x87(const uint8_t *a, const uint8_t *b)
{
    static const char *const names[7] = {"control", "status", "tags", "fip", "fcs/op", "fdp", "fds"};
    for (unsigned k = 0; k < 7; k++)
        show_word(names[k], word(a + 4 * k), word(b + 4 * k));
    for (unsigned k = 0; k < 8; k++) {
        const uint8_t *x = a + 28 + 10 * k, *y = b + 28 + 10 * k;
        if (memcmp(x, y, 10) == 0) continue;
        printf("    st%u      expected %02x%02x %08x%08x, got %02x%02x %08x%08x\n", k, x[9], x[8],
               word(x + 4), word(x), y[9], y[8], word(y + 4), word(y));
    }
}

static void show_record(const struct prog_record *a, const struct prog_record *b)
{
    static const char *const names[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    printf("  first difference: %s %x\n", a->kind == RECORD_FAULT ? "fault at" : "check", a->number);
    show_word("kind", a->kind, b->kind);
    show_word("number", a->number, b->number);
    for (unsigned r = 0; r < 8; r++)
        show_word(names[r], a->gpr[r], b->gpr[r]);
    show_word("eflags", a->eflags, b->eflags);
    show_word("signal", a->signo, b->signo);
    show_word("si_code", a->code, b->code);
    show_word("si_addr", a->addr, b->addr);
    show_x87(a->x87, b->x87);
    show_word("mxcsr", a->mxcsr, b->mxcsr);
    for (unsigned k = 0; k < 8; k++) {
        const uint8_t *x = a->xmm + 16 * k, *y = b->xmm + 16 * k;
        if (memcmp(x, y, 16) == 0) continue;
        printf("    xmm%u     expected %08x%08x%08x%08x, got %08x%08x%08x%08x\n", k, word(x + 12),
               word(x + 8), word(x + 4), word(x), word(y + 12), word(y + 8), word(y + 4), word(y));
    }
}

static void show_memory(const uint8_t *a, const uint8_t *b, size_t n)
{
    unsigned shown = 0;
    for (size_t k = 0; k + 4 <= n && k < 4 * AREA_WORDS && shown < 8; k += 4) {
        if (memcmp(a + k, b + k, 4) == 0) continue;
        uint32_t at =
            k < AREA_SIZE ? AREA + (uint32_t)k : BORDER_NONE - BORDER_USED + (uint32_t)k - AREA_SIZE;
        printf("    [%08x] expected %08x, got %08x\n", at, word(a + k), word(b + k));
        shown++;
    }
}

static void show_difference(const struct output *a, const struct output *b)
{
    size_t at = 0, size = sizeof(struct prog_record);
    while (at + size <= a->n && at + size <= b->n && word(a->bytes + at) != RECORD_END &&
           memcmp(a->bytes + at, b->bytes + at, size) == 0)
        at += size;
    if (at + sizeof(struct prog_result) > a->n) return;
    if (word(a->bytes + at) != RECORD_END) {
        struct prog_record x, y;
        if (at + size > b->n || at + size > a->n) {
            printf("  the output ends where a record was expected: %u records before it\n",
                   (unsigned)(at / size));
            return;
        }
        memcpy(&x, a->bytes + at, size);
        memcpy(&y, b->bytes + at, size);
        show_record(&x, &y);
        return;
    }
    at += sizeof(struct prog_result);
    if (a->n == b->n && at < a->n) {
        printf("  all states are equal, memory is not:\n");
        show_memory(a->bytes + at, b->bytes + at, a->n - at);
    } else {
        printf("  one ended, the other did not\n");
    }
}

static void explain(struct failure *f)
{
    char listing[FILE_NAME + 8];
    snprintf(listing, sizeof listing, "%s.txt", f->path);
    if (!write_program(f->z, f->path, &f->seed, 1, VERBOSE, f->dropped, f->dropped_count, &f->prog)) exit(2);
    struct output a = run_program(f->z, &f->z->reference, f->path), b = run_program(f->z, f->e, f->path);
    show_difference(&a, &b);
    free(a.bytes);
    free(b.bytes);
    if (!write_program(f->z, f->path, &f->seed, 1, 0, f->dropped, f->dropped_count, &f->prog)) exit(2);
    FILE *out = fopen(listing, "w");
    if (out) {
        list(f, out);
        fclose(out);
    }
    printf("  smallest program: %s (%u bytes of code), listing %s\n", f->path, f->prog.size, listing);
}

void report(struct fuzz *z, const struct engine *e, uint32_t seed)
{
    static struct failure f;
    f = (struct failure){.z = z, .e = e, .seed = seed};
    unsigned seconds = z->seconds;
    if (seconds > ONE_RUN) z->seconds = ONE_RUN;
    printf("  again: progfuzz --seeds %u-%u --engine '%s'\n", seed, seed, e->text);
    snprintf(f.path, sizeof f.path, "%s/failed-%u-%u", z->dir, seed, (unsigned)(e - z->engines) + 1);
    if (!differs(&f)) {
        printf("  alone it does not differ: only after the other programs of its file\n");
        unlink(f.path);
        z->seconds = seconds;
        return;
    }
    if (z->shrink && z->failed <= SHRUNK) shrink(&f);
    explain(&f);
    z->seconds = seconds;
    fflush(stdout);
}

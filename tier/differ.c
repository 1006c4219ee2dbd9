/* The report of --check: the blocks in both languages, the state before, what the interpreter makes of it and
 * what the translation did, and how to see it again. */
#include "tier/differ.h"

#include <stdlib.h>
#include <string.h>

#include "jit/check.h"
#include "tier/jitlog.h"
#include "tier/registers.h"
#include "tier/text.h"
#include "tier/trace.h"

enum { STORES_SHOWN = 40 };

static void print_state(FILE *out, const char *what, const struct check_state *s, bool x87)
{
    struct cpu *cpu = text_alloc(sizeof *cpu); /* only for printing */
    check_restore(cpu, s);
    fprintf(out, "%s\n", what);
    registers_print(out, cpu);
    if (x87) registers_print_x87(out, cpu);
    free(cpu);
}

static void print_bytes(FILE *out, const char *what, const uint8_t *bytes, unsigned n)
{
    fprintf(out, "  %s", what);
    for (unsigned k = 0; k < n; k++)
        fprintf(out, " %02x", bytes[k]);
}

/* Stores that differ, and others as long as there is room. */
static void print_stores(FILE *out, const struct check *c)
{
    unsigned shown = 0;
    for (unsigned k = 0; k < c->store_count; k++) {
        const struct check_store *s = &c->stores[k];
        bool differs = memcmp(s->expected, s->found, s->n) != 0;
        if (!differs && shown >= STORES_SHOWN) continue;
        fprintf(out, "  %08x", s->at);
        print_bytes(out, "was", s->old, s->n);
        print_bytes(out, "should be", s->expected, s->n);
        print_bytes(out, "is", s->found, s->n);
        fputs(differs ? "  <-\n" : "\n", out);
        if (++shown >= 2 * STORES_SHOWN) break;
    }
}

/* A word that a shell reads as it is. */
static void print_word(FILE *out, const char *word)
{
    bool plain = *word && !word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                             "_-+=./,:@%")];
    if (plain) {
        fprintf(out, " %s", word);
        return;
    }
    fputs(" '", out);
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, 0}, out);
    fputc('\'', out);
}

static void print_rerun(struct vm *vm, FILE *out)
{
    char *own = realpath("/proc/self/exe", NULL);
    fputs("rerun:", out);
    for (char **word = options_inherited(&vm->opt, own ? own : "tierrun"); *word; word++)
        print_word(out, *word);
    for (char **word = vm->opt.program; word && *word; word++)
        print_word(out, *word);
    fputc('\n', out);
    free(own);
}

void differ_print(struct vm *vm, const struct jit_difference *d, FILE *out)
{
    const struct check *c = d->check;
    char parts[256];
    FILE *log = vm->log.out;
    check_text(c, parts, sizeof parts);
    vm->log.out = out; /* the printers write there */
    fputs("tierrun: --check: the translation of ", out);
    trace_print_name(vm, d->view->blocks[0]->eip);
    fprintf(out, " is wrong: %s\n", parts);
    jitlog_print(vm, d->view);
    bool x87 = (c->differs & (1u << CHECK_X87_BIT | 1u << CHECK_STACK_BIT | 1u << CHECK_WORDS_BIT |
                              1u << CHECK_LAST_BIT)) != 0;
    print_state(out, "before", &c->before, x87);
    print_state(out, "after it in the interpreter", &c->expected, x87);
    print_state(out, "after the translation", &c->found, x87);
    if (c->store_count) fputs("stores\n", out);
    print_stores(out, c);
    print_rerun(vm, out);
    fflush(out);
    vm->log.out = log;
}

_Noreturn void differ_end(struct vm *vm, const struct jit_difference *d)
{
    differ_print(vm, d, vm->log.out);
    exit(STATUS_TIERRUN);
}

/* -d out_asm, tier, chain, deopt: prints what the translator tells. A translation is printed guest
 * instruction by guest instruction, each with the host code that implements it beneath. */
#include "tier/jitlog.h"

#include "tier/differ.h"
#include "tier/hostasm.h"
#include "tier/trace.h"

static const char *const refusal_text[JIT_REFUSALS] = {
#define REFUSAL(name, text) [REFUSE_##name] = text,
#define DEOPT(name, text)
#include "jit/reasons.def"
#undef REFUSAL
#undef DEOPT
};

static const char *const deopt_text[JIT_DEOPTS] = {
#define REFUSAL(name, text)
#define DEOPT(name, text) [DEOPT_##name] = text,
#include "jit/reasons.def"
#undef REFUSAL
#undef DEOPT
};

static bool covers(const struct vm *vm, const struct jit_view *v)
{
    for (unsigned k = 0; k < v->block_count; k++)
        if (log_covers(&vm->log, v->blocks[k]->eip)) return true;
    return false;
}

static unsigned guest_insns(const struct jit_view *v)
{
    unsigned n = 0;
    for (unsigned k = 0; k < v->block_count; k++)
        n += v->blocks[k]->insns;
    return n;
}

static void print_words(FILE *out, const uint32_t *at, const uint32_t *end)
{
    for (; at < end; at++) {
        char text[192];
        if (!hostasm(at, text, sizeof text)) snprintf(text, sizeof text, ".word    0x%08x", *at);
        fprintf(out, "      %p: %08x  %s\n", (const void *)at, *at, text);
    }
}

/* What the code from here on is for. An address record and its instruction are one. */
static void print_span(struct vm *vm, const struct insn *rec, const struct insn *before)
{
    if (!rec)
        fputs("  ways in and out\n", vm->log.out);
    else if (rec->op == OP_EXIT)
        fprintf(vm->log.out, "  to 0x%08x\n", rec->imm);
    else if (!before || before->op == OP_EXIT || before->eip != rec->eip)
        trace_print_insn(vm, rec->eip);
}

void jitlog_print(struct vm *vm, const struct jit_view *v)
{
    FILE *out = vm->log.out;
    fputs("----------------\nOUT: ", out);
    trace_print_name(vm, v->blocks[0]->eip);
    fprintf(out, ": blocks %u, guest instructions %u, host words %u\n", v->block_count, guest_insns(v),
            v->words);
    if (v->span_count) print_words(out, v->code, v->code + v->spans[0].word);
    for (uint32_t k = 0; k < v->span_count; k++) {
        uint32_t end = k + 1 < v->span_count ? v->spans[k + 1].word : v->words;
        if (end == v->spans[k].word && !v->spans[k].rec) continue;
        print_span(vm, v->spans[k].rec, k ? v->spans[k - 1].rec : NULL);
        print_words(out, v->code + v->spans[k].word, v->code + end);
    }
}

static void print_blocks(struct vm *vm, const struct jit_view *v)
{
    fputs("tier: translated ", vm->log.out);
    for (unsigned k = 0; k < v->block_count; k++) {
        if (k) fputs(", ", vm->log.out);
        trace_print_name(vm, v->blocks[k]->eip);
        fprintf(vm->log.out, " (%u)", block_executions(v->blocks[k]));
    }
    fprintf(vm->log.out, ": guest instructions %u, host words %u\n", guest_insns(v), v->words);
}

static void on_translated(void *self, const struct jit_view *v)
{
    struct vm *vm = self;
    if (!covers(vm, v)) return;
    if (vm->log.on[LOG_TIER]) print_blocks(vm, v);
    if (vm->log.on[LOG_OUT_ASM]) jitlog_print(vm, v);
}

static void on_refused(void *self, const struct block *b, enum jit_refusal why)
{
    struct vm *vm = self;
    if (!log_covers(&vm->log, b->eip)) return;
    fputs("tier: not translated ", vm->log.out);
    trace_print_name(vm, b->eip);
    fprintf(vm->log.out, ": %s\n", refusal_text[why]);
}

static void on_flushed(void *self)
{
    struct vm *vm = self;
    fputs("tier: code memory was full, all translations are given up\n", vm->log.out);
}

static void on_chained(void *self, gaddr from, gaddr to)
{
    struct vm *vm = self;
    if (!log_covers(&vm->log, from)) return;
    fputs("chain: ", vm->log.out);
    trace_print_name(vm, from);
    fputs(" to ", vm->log.out);
    trace_print_name(vm, to);
    fputc('\n', vm->log.out);
}

static void on_deopt(void *self, gaddr eip, enum jit_deopt why)
{
    struct vm *vm = self;
    if (!log_covers(&vm->log, eip)) return;
    fputs("deopt: at ", vm->log.out);
    trace_print_name(vm, eip);
    fprintf(vm->log.out, ": %s\n", deopt_text[why]);
}

static void on_difference(void *self, const struct jit_difference *d)
{
    differ_end(self, d);
}

void jitlog_make(struct vm *vm)
{
    const bool *on = vm->log.on;
    vm->jit_log = (struct jit_log){.translated = on[LOG_OUT_ASM] || on[LOG_TIER] ? on_translated : NULL,
                                   .refused = on[LOG_TIER] ? on_refused : NULL,
                                   .flushed = on[LOG_TIER] ? on_flushed : NULL,
                                   .chained = on[LOG_CHAIN] ? on_chained : NULL,
                                   .deopt = on[LOG_DEOPT] ? on_deopt : NULL,
                                   .differs = on_difference,
                                   .self = vm};
}

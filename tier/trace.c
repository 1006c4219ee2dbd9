/* -d in_asm, exec and cpu: prints blocks when the interpreter decodes or looks them up. */
#include "tier/trace.h"

#include "interp/block.h"
#include "tier/registers.h"
#include "tier/symbols.h"

enum { LONGEST_INSN = 15, BYTES_SHOWN = 8 };

void trace_print_name(struct vm *vm, gaddr a)
{
    uint32_t offset;
    const char *name = symbols_at(vm->symbols, a, &offset);
    if (!name)
        fprintf(vm->log.out, "0x%08x", a);
    else if (offset)
        fprintf(vm->log.out, "%s+0x%x", name, offset);
    else
        fputs(name, vm->log.out);
}

/* Bytes in a column as wide as most instructions; longer ones push the text aside. */
static void print_bytes(FILE *out, gaddr eip, const uint8_t *code, unsigned length, const char *text)
{
    fprintf(out, "0x%08x: ", eip);
    for (unsigned i = 0; i < length || i < BYTES_SHOWN; i++)
        if (i < length)
            fprintf(out, " %02x", code[i]);
        else
            fputs("   ", out);
    fprintf(out, "  %s\n", text);
}

unsigned trace_print_insn(struct vm *vm, gaddr eip)
{
    uint8_t code[LONGEST_INSN];
    char text[128];
    struct mm_fault fault;
    unsigned n = mm_fetch(vm->mm, eip, code, sizeof code, &fault);
    unsigned length = n ? disasm(code, n, eip, true, text, sizeof text) : 0;
    if (length)
        print_bytes(vm->log.out, eip, code, length, text);
    else
        print_bytes(vm->log.out, eip, code, n < BYTES_SHOWN ? n : BYTES_SHOWN, n ? "(bad)" : "(not mapped)");
    return length;
}

static void in_asm(struct vm *vm, const struct block *blk)
{
    FILE *out = vm->log.out;
    fputs("----------------\nIN: ", out);
    trace_print_name(vm, blk->eip);
    fputc('\n', out);
    for (gaddr eip = blk->eip; eip - blk->eip < blk->bytes;) {
        unsigned length = trace_print_insn(vm, eip);
        if (!length) break;
        eip += length;
    }
}

static void on_new_block(void *ctx, const struct block *blk)
{
    struct vm *vm = ctx;
    if (vm->log.on[LOG_IN_ASM] && log_covers(&vm->log, blk->eip)) in_asm(vm, blk);
}

static void on_exec(void *ctx, const struct block *blk)
{
    struct vm *vm = ctx;
    if (!log_covers(&vm->log, blk->eip)) return;
    if (vm->log.on[LOG_EXEC]) {
        fprintf(vm->log.out, "Trace 0x%08x: ", blk->eip);
        trace_print_name(vm, blk->eip);
        fputc('\n', vm->log.out);
    }
    if (!vm->log.on[LOG_CPU]) return;
    struct cpu *cpu = vm->interp->cpu;
    cpu->eip = blk->eip;
    registers_print(vm->log.out, cpu);
    if (vm->log.on[LOG_FPU]) registers_print_x87(vm->log.out, cpu);
}

void trace_attach(struct vm *vm)
{
    const bool *on = vm->log.on;
    interp_trace_fn *new_block = on[LOG_IN_ASM] ? on_new_block : NULL;
    interp_trace_fn *exec = on[LOG_EXEC] || on[LOG_CPU] ? on_exec : NULL;
    if (new_block || exec) interp_trace(vm->interp, new_block, exec, vm);
}

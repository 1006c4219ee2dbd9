/* Interrupts and exceptions that programs raise on purpose, invalid and privileged instructions, CPUID and
 * the time-stamp counter. */
#include ENGINE_H

#include <time.h>

#include "interp/sem.h"

/* A trap whose frame shows the next instruction. */
#define TRAP_AFTER(vector)           \
    do {                             \
        cpu->at = i;                 \
        cpu->eip = insn_next_eip(i); \
        cpu_trap(cpu, vector, 0);    \
        cpu->exit = EXIT_TRAP;       \
        return NULL;                 \
    } while (0)

HANDLER(int_n)
{
    if (i->imm == 0x80) LEAVE(SYSCALL, insn_next_eip(i));
    if (i->imm == VEC_BP) TRAP_AFTER(VEC_BP);
    if (i->imm == VEC_OF) TRAP_AFTER(VEC_OF);
    TRAP(VEC_GP, i->imm * 8 + 2); /* not callable from user mode: error names the IDT entry */
}

HANDLER(int3)
{
    TRAP_AFTER(VEC_BP);
}
HANDLER(int1)
{
    TRAP_AFTER(VEC_DB);
}

HANDLER(into)
{
    if (flag_of(cpu)) TRAP_AFTER(VEC_OF);
    NEXT;
}

HANDLER(bound)
{
    int bits = i->size == S16 ? 16 : 32;
    gaddr a = address_sib(cpu, i);
    int64_t v = sext(reg(cpu, i->dst, bits), bits), low = sext(load(ctx, a, bits), bits);
    if (v < low) TRAP(VEC_BR, 0);
    if (v > sext(load(ctx, a + bits / 8, bits), bits)) TRAP(VEC_BR, 0);
    NEXT;
}

HANDLER(undefined)
{
    TRAP(VEC_UD, 0);
}
HANDLER(privileged)
{
    TRAP(VEC_GP, 0);
}

/* A debugger wants control before this address (breaks.c). */
HANDLER(breakpoint)
{
    LEAVE(BREAK, i->eip);
}

/* The bytes at eip could not be fetched: imm is the address that failed, disp whether it was mapped. */
HANDLER(fetch_fault)
{
    enum { PF_FETCH = 16, BUS = 2 };
    struct mm_fault f = {.addr = i->imm, .present = i->disp & 1, .bus = i->disp & BUS};
    cpu->at = i;
    cpu->eip = i->eip;
    cpu_trap_fault(cpu, &f);
    cpu->trap.err |= PF_FETCH;
    cpu->exit = EXIT_TRAP;
    return NULL;
}

/* Apart from its handler, which could not end in a tail call with `out` in its frame; now() likewise. */
static __attribute__((noinline)) void identify(struct cpu *cpu)
{
    uint32_t out[4];
    cpu_cpuid(cpu->gpr[EAX], cpu->gpr[ECX], out);
    cpu->gpr[EAX] = out[0];
    cpu->gpr[EBX] = out[1];
    cpu->gpr[ECX] = out[2];
    cpu->gpr[EDX] = out[3];
}

HANDLER(cpuid)
{
    identify(cpu);
    NEXT;
}

/* The counter runs at 1 GHz: nanoseconds of the host's monotonic clock. */
static __attribute__((noinline)) uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

HANDLER(rdtsc)
{
    uint64_t ns = now();
    cpu->gpr[EAX] = ns;
    cpu->gpr[EDX] = ns >> 32;
    NEXT;
}

handler_fn *SEM(sem_sys)(const struct insn *i, bool noflags)
{
    (void)noflags;
    switch (i->op) {
    case OP_INT: return int_n;
    case OP_INT3: return int3;
    case OP_INT1: return int1;
    case OP_INTO: return into;
    case OP_BOUND: return bound;
    case OP_CPUID: return cpuid;
    case OP_RDTSC: return rdtsc;
    case OP_PRIVILEGED: return privileged;
    case OP_FETCH_FAULT: return fetch_fault;
    case OP_BREAK: return breakpoint;
    default: return undefined;
    }
}

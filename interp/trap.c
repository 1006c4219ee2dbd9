/* Exceptions: what Linux makes of each vector (arch/x86 traps as user space sees them). */
#include "interp/cpu.h"

/* Linux's signal numbers and codes on x86: the host's may differ (MIPS). */
enum {
    X86_SIGILL = 4,
    X86_SIGTRAP = 5,
    X86_SIGBUS = 7,
    X86_SIGFPE = 8,
    X86_SIGSEGV = 11,
    X86_SI_KERNEL = 0x80,
    X86_ILL_ILLOPN = 2,
    X86_FPE_INTDIV = 1,
    X86_TRAP_BRKPT = 1,
    X86_TRAP_TRACE = 2,
    X86_BUS_ADRALN = 1,
    X86_BUS_ADRERR = 2,
    X86_SEGV_MAPERR = 1,
    X86_SEGV_ACCERR = 2,
};

/* The unmasked x87 or SIMD exception that SIGFPE reports, in the kernel's order. */
static int float_code(unsigned pending)
{
    static const struct {
        uint8_t flags, code;
    } codes[] = {{1, 7 /* FLTINV */},
                 {4, 3 /* FLTDIV */},
                 {8, 4 /* FLTOVF */},
                 {0x12, 5 /* FLTUND */},
                 {0x20, 6 /* FLTRES */}};
    for (unsigned k = 0; k < sizeof codes / sizeof codes[0]; k++)
        if (pending & codes[k].flags) return codes[k].code;
    return 0;
}

/* A fault, unlike a trap, pushes EFLAGS with RF set (SDM vol. 3, 17.3.1.1). */
static void set_resume_flag(struct cpu *cpu, enum vector v)
{
    if (v != VEC_DB && v != VEC_BP && v != VEC_OF) cpu->flag_sys |= FL_RF;
}

void cpu_trap(struct cpu *cpu, enum vector v, uint32_t err)
{
    struct trap t = {.vector = v, .err = err, .signo = X86_SIGSEGV, .code = X86_SI_KERNEL};
    switch (v) {
    case VEC_DE:
        t.signo = X86_SIGFPE;
        t.code = X86_FPE_INTDIV;
        t.fault_addr = cpu->eip;
        break;
    case VEC_DB:
        t.signo = X86_SIGTRAP;
        t.code = err ? X86_TRAP_TRACE : X86_TRAP_BRKPT; /* FL_TF: a single step, not the instruction */
        t.err = 0;
        t.fault_addr = cpu->eip;
        break;
    case VEC_BP: t.signo = X86_SIGTRAP; break;
    case VEC_UD:
        t.signo = X86_SIGILL;
        t.code = X86_ILL_ILLOPN;
        t.fault_addr = cpu->eip;
        break;
    case VEC_NP:
    case VEC_SS: t.signo = X86_SIGBUS; break;
    case VEC_AC:
        t.signo = X86_SIGBUS;
        t.code = X86_BUS_ADRALN;
        break;
    case VEC_MF:
        t.signo = X86_SIGFPE;
        t.code = float_code(cpu->x87.sw & ~cpu->x87.cw & X87_EXCEPTIONS);
        t.fault_addr = cpu->eip;
        break;
    case VEC_XM:
        t.signo = X86_SIGFPE;
        t.code = float_code(cpu->simd.mxcsr & ~(cpu->simd.mxcsr >> MXCSR_MASK_SHIFT) & MXCSR_FLAGS);
        t.fault_addr = cpu->eip;
        break;
    default: break;
    }
    cpu->trap = t;
    set_resume_flag(cpu, v);
}

void cpu_trap_fault(struct cpu *cpu, const struct mm_fault *f)
{
    enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4 };
    bool present = f->present && !f->bus && mm_page_prot(cpu->mm, f->addr) > 0; /* PROT_NONE is not present */
    uint32_t err = PF_USER | (f->write ? PF_WRITE : 0) | (present ? PF_PRESENT : 0);
    cpu->trap = (struct trap){.vector = VEC_PF, .err = err, .addr = f->addr, .fault_addr = f->addr};
    cpu->trap.signo = f->bus ? X86_SIGBUS : X86_SIGSEGV;
    cpu->trap.code = f->bus ? X86_BUS_ADRERR : f->present ? X86_SEGV_ACCERR : X86_SEGV_MAPERR;
    set_resume_flag(cpu, VEC_PF);
}

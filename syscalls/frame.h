/* Guest signal frames as bytes: what a 64-bit x86 kernel puts on a 32-bit task's stack
 * (arch/x86/include/asm/sigframe.h, uapi/asm/sigcontext.h). */
#ifndef SYSCALLS_FRAME_H
#define SYSCALLS_FRAME_H

#include <stddef.h>

#include "syscalls/abi.h"

struct guest_fpstate { /* struct _fpstate_32: what fnsave stores, then what fxsave stores */
    uint8_t env[28], regs[80];
    uint16_t status, magic; /* magic 0: the fxsave part is there */
    uint8_t fx[512];
};
static_assert(sizeof(struct guest_fpstate) == 624 && offsetof(struct guest_fpstate, fx) == 112,
              "_fpstate_32");

enum { FX_MXCSR = 24, FX_XMM = 160, FX_SW_RESERVED = 464, FX_ALIGN = 64 };

struct guest_fpx_sw { /* struct _fpx_sw_bytes */
    uint32_t magic1, extended_size;
    uint64_t xfeatures;
    uint32_t xstate_size, padding[7];
};
static_assert(sizeof(struct guest_fpx_sw) == 48, "_fpx_sw_bytes");

struct guest_sigcontext {
    uint32_t gs, fs, es, ds;
    uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
    uint32_t trapno, err, eip, cs, eflags, esp_at_signal, ss;
    uint32_t fpstate, oldmask, cr2;
};
static_assert(sizeof(struct guest_sigcontext) == 88, "sigcontext_32");

struct guest_stack {
    uint32_t sp, flags, size;
};

struct guest_ucontext {
    uint32_t flags, link;
    struct guest_stack stack;
    struct guest_sigcontext mcontext;
    uint64_t sigmask;
} GUEST_STRUCT;
static_assert(sizeof(struct guest_ucontext) == 116, "ucontext_ia32");

struct guest_sigframe {
    uint32_t pretcode, sig;
    struct guest_sigcontext sc;
    uint8_t fpstate_unused[sizeof(struct guest_fpstate)];
    uint32_t extramask;
    uint8_t retcode[8];
};
static_assert(sizeof(struct guest_sigframe) == 732, "sigframe_ia32");

struct guest_rt_sigframe {
    uint32_t pretcode, sig, pinfo, puc;
    struct guest_siginfo info;
    struct guest_ucontext uc;
    uint8_t retcode[8];
};
static_assert(sizeof(struct guest_rt_sigframe) == 268, "rt_sigframe_ia32");

#endif

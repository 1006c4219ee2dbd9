/* Guest signal frames: building one on the guest's stack and restoring the CPU from one, as the kernel does
 * for 32-bit tasks (arch/x86/kernel/signal_32.c and signal.c). Owns also the alternate stack. */
#include "interp/segment.h"
#include "syscalls/frame.h"

#include <string.h>

#include "syscalls/sys.h"

/* The selectors of a 32-bit task under a 64-bit kernel. */
enum { USER32_CS = 0x23, USER_DS = 0x2b };
enum { G_XSTATE_MAGIC1 = 0x46505853, XFEATURES_FPSSE = 3 };

/* EFLAGS bits that sigreturn takes from the frame (FIX_EFLAGS). */
enum { FRAME_EFLAGS = FL_ARITH | FL_TF | FL_DF | FL_RF | FL_AC };

static bool on_altstack(const struct sys *s, uint32_t sp)
{
    /* An auto-disarmed stack is never "on": the handler may be switched away from it. */
    if (s->alt_flags & G_SS_AUTODISARM) return false;
    return sp > s->alt_sp && sp - s->alt_sp <= s->alt_size;
}

long frame_altstack_flags(const struct sys *s, uint32_t sp)
{
    if (!s->alt_size) return G_SS_DISABLE;
    return on_altstack(s, sp) ? G_SS_ONSTACK : 0;
}

/* --- Building ------------------------------------------------------------------------------------------ */

/* As a kernel on a CPU with FXSR and without XSAVE saves it: the legacy part says where to find the rest. */
static void save_float(const struct cpu *cpu, struct guest_fpstate *fp)
{
    memset(fp, 0, sizeof *fp);
    x87_put_env(&cpu->x87, false, fp->env);
    x87_put_regs(&cpu->x87, fp->regs);
    fp->status = x87_fnstsw(&cpu->x87);
    x87_put_fx(&cpu->x87, fp->fx);
    uint32_t mxcsr[2] = {cpu->simd.mxcsr, MXCSR_VALID};
    memcpy(fp->fx + FX_MXCSR, mxcsr, sizeof mxcsr);
    memcpy(fp->fx + FX_XMM, cpu->simd.xmm, sizeof cpu->simd.xmm);
    struct guest_fpx_sw sw = {.magic1 = G_XSTATE_MAGIC1,
                              .extended_size =
                                  sizeof *fp + sizeof(uint32_t), /* a second magic, counted there too */
                              .xfeatures = XFEATURES_FPSSE,
                              .xstate_size = sizeof fp->fx};
    memcpy(fp->fx + FX_SW_RESERVED, &sw, sizeof sw);
    /* A 64-bit kernel cannot know the operand's segments: it gives the present ones (convert_from_fxsr). */
    uint32_t segments[2] = {cpu->seg[CS], 0xffff0000u | cpu->seg[DS]};
    memcpy(fp->env + 16, &segments[0], 4);
    memcpy(fp->env + 24, &segments[1], 4);
}

static void save_context(const struct sys *s, const struct cpu *cpu, uint32_t fpstate, uint64_t mask,
                         struct guest_sigcontext *sc)
{
    *sc = (struct guest_sigcontext){
        .gs = cpu->seg[GS],
        .fs = cpu->seg[FS],
        .es = cpu->seg[ES],
        .ds = cpu->seg[DS],
        .edi = cpu->gpr[EDI],
        .esi = cpu->gpr[ESI],
        .ebp = cpu->gpr[EBP],
        .esp = cpu->gpr[ESP],
        .ebx = cpu->gpr[EBX],
        .edx = cpu->gpr[EDX],
        .ecx = cpu->gpr[ECX],
        .eax = cpu->gpr[EAX],
        .trapno = s->last_trap.vector,
        .err = s->last_trap.err,
        .eip = cpu->eip,
        .cs = cpu->seg[CS],
        .eflags = cpu_eflags(cpu),
        .esp_at_signal = cpu->gpr[ESP],
        .ss = cpu->seg[SS],
        .fpstate = fpstate,
        .oldmask = (uint32_t)mask,
        .cr2 = s->last_trap.addr,
    };
}

/* Where the frame and the x87 state go (get_sigframe). false: it would leave the alternate stack. */
static bool place(const struct sys *s, const struct cpu *cpu, const struct guest_action *a, uint32_t size,
                  uint32_t *frame, uint32_t *fpstate)
{
    uint32_t sp = cpu->gpr[ESP];
    bool nested = on_altstack(s, sp), entering = false;
    if ((a->flags & G_SA_ONSTACK) && s->alt_size && !nested) {
        sp = s->alt_sp + s->alt_size;
        entering = true;
    } else if (!(a->flags & G_SA_ONSTACK) && !nested && cpu->seg[SS] != USER_DS &&
               !(a->flags & G_SA_RESTORER) && a->restorer) {
        sp = a->restorer; /* legacy stack switching */
    }
    uint32_t fx = (sp - (uint32_t)sizeof((struct guest_fpstate *)0)->fx) & -(uint32_t)FX_ALIGN;
    *fpstate = fx - (uint32_t)offsetof(struct guest_fpstate, fx);
    *frame = ((*fpstate - size + 4) & -16u) - 4; /* the i386 ABI's alignment at function entry */
    return !(nested || entering) || (*frame > s->alt_sp && *frame - s->alt_sp <= s->alt_size);
}

static uint32_t return_address(const struct sys *s, const struct guest_action *a)
{
    if (a->flags & G_SA_RESTORER) return a->restorer;
    return a->flags & G_SA_SIGINFO ? mm_rt_sigreturn_addr(s->mm) : mm_sigreturn_addr(s->mm);
}

static bool push_plain(struct sys *s, struct cpu *cpu, int signo, const struct guest_action *a, uint64_t mask)
{
    static const uint8_t retcode[8] = {0x58, 0xb8, 0x77, 0,
                                       0,    0,    0xcd, 0x80}; /* pop eax; mov eax, 119; int */
    uint32_t at, fpstate;
    struct guest_fpstate fp;
    struct guest_sigframe f = {.pretcode = return_address(s, a), .sig = (uint32_t)signo};
    if (!place(s, cpu, a, sizeof f, &at, &fpstate)) return false;
    save_float(cpu, &fp);
    save_context(s, cpu, fpstate, mask, &f.sc);
    f.extramask = (uint32_t)(mask >> 32);
    memcpy(f.retcode, retcode, sizeof retcode);
    if (mm_write(s->mm, fpstate, &fp, sizeof fp)) return false;
    /* The kernel leaves the unused x87 area as it is. */
    size_t head = offsetof(struct guest_sigframe, fpstate_unused);
    size_t tail = offsetof(struct guest_sigframe, extramask);
    if (mm_write(s->mm, at, &f, head)) return false;
    if (mm_write(s->mm, at + (uint32_t)tail, &f.extramask, sizeof f - tail)) return false;
    cpu->gpr[ESP] = at;
    cpu->gpr[EDX] = cpu->gpr[ECX] = 0;
    return true;
}

static bool push_rt(struct sys *s, struct cpu *cpu, int signo, const struct guest_action *a, uint64_t mask,
                    const siginfo_t *info)
{
    static const uint8_t retcode[8] = {0xb8, 0xad, 0, 0, 0, 0xcd, 0x80, 0}; /* mov eax, 173; int 0x80 */
    uint32_t at, fpstate;
    struct guest_fpstate fp;
    struct guest_rt_sigframe f = {.pretcode = return_address(s, a), .sig = (uint32_t)signo};
    if (!place(s, cpu, a, sizeof f, &at, &fpstate)) return false;
    f.pinfo = at + (uint32_t)offsetof(struct guest_rt_sigframe, info);
    f.puc = at + (uint32_t)offsetof(struct guest_rt_sigframe, uc);
    siginfo_to_guest(info, signo, &f.info);
    f.uc.stack = (struct guest_stack){s->alt_sp, s->alt_flags, s->alt_size};
    save_float(cpu, &fp);
    save_context(s, cpu, fpstate, mask, &f.uc.mcontext);
    f.uc.sigmask = mask;
    memcpy(f.retcode, retcode, sizeof retcode);
    if (mm_write(s->mm, fpstate, &fp, sizeof fp) || mm_write(s->mm, at, &f, sizeof f)) return false;
    cpu->gpr[ESP] = at;
    cpu->gpr[EDX] = f.pinfo;
    cpu->gpr[ECX] = f.puc;
    return true;
}

bool frame_push(struct sys *s, struct cpu *cpu, int signo, const siginfo_t *info)
{
    const struct guest_action *a = &s->p->action[signo];
    uint64_t mask = s->restore_mask ? s->saved_mask : s->mask;
    bool done =
        a->flags & G_SA_SIGINFO ? push_rt(s, cpu, signo, a, mask, info) : push_plain(s, cpu, signo, a, mask);
    if (!done) return false;
    cpu->gpr[EAX] = (uint32_t)signo; /* for handlers built with -mregparm=3 */
    cpu->eip = a->handler;
    cpu_set_eflags(cpu, 0, FL_DF | FL_RF | FL_TF);
    cpu->seg[CS] = USER32_CS;
    cpu->seg_base[CS] = 0;
    static const enum sreg flat[] = {DS, ES, SS};
    for (unsigned i = 0; i < sizeof flat / sizeof *flat; i++)
        if (!cpu_load_segment(cpu, flat[i], USER_DS)) return false;
    x87_fninit(&cpu->x87);
    cpu->simd.mxcsr = MXCSR_INIT;
    memset(cpu->simd.xmm, 0, sizeof cpu->simd.xmm);
    if (s->alt_flags & G_SS_AUTODISARM) {
        s->alt_sp = s->alt_size = 0;
        s->alt_flags = G_SS_DISABLE;
    }
    return true;
}

/* --- the alternate stack ------------------------------------------------------------------------------- */

enum { MIN_ALTSTACK = 2048 };

static long set_altstack(struct sys *s, uint32_t sp, struct guest_stack new)
{
    if (on_altstack(s, sp)) return -G_EPERM;
    uint32_t mode = new.flags & ~G_SS_AUTODISARM;
    if (mode != G_SS_DISABLE && mode != G_SS_ONSTACK && mode != 0) return -G_EINVAL;
    if (mode == G_SS_DISABLE)
        new.sp = new.size = 0;
    else if (new.size < MIN_ALTSTACK)
        return -G_ENOMEM;
    s->alt_sp = new.sp;
    s->alt_size = new.size;
    s->alt_flags = new.flags;
    return 0;
}

long call_sigaltstack(struct call *c)
{
    struct sys *s = c->s;
    uint32_t sp = c->cpu->gpr[ESP];
    long flags = frame_altstack_flags(s, sp) | (long)(s->alt_flags & G_SS_AUTODISARM);
    struct guest_stack old = {s->alt_sp, (uint32_t)flags, s->alt_size}, new;
    if (c->arg[0]) {
        if (mm_read(c->mm, c->arg[0], &new, sizeof new)) return -G_EFAULT;
        long bad = set_altstack(s, sp, new);
        if (bad) return bad;
    }
    return c->arg[1] ? mm_write(c->mm, c->arg[1], &old, sizeof old) : 0;
}

/* --- Restoring ----------------------------------------------------------------------------------------- */

/* XMM registers and MXCSR, whose reserved bits a 64-bit kernel refuses. */
static bool restore_simd(struct simd *st, const uint8_t *fx)
{
    uint32_t mxcsr;
    memcpy(&mxcsr, fx + FX_MXCSR, sizeof mxcsr);
    if (mxcsr & ~MXCSR_VALID) return false;
    st->mxcsr = mxcsr;
    memcpy(st->xmm, fx + FX_XMM, sizeof st->xmm);
    return true;
}

/* For the x87 the legacy part decides (convert_to_fxsr); a frame without state means a fresh one. */
static bool restore_float(struct call *c, uint32_t at)
{
    struct guest_fpstate fp;
    if (!at) {
        x87_fninit(&c->cpu->x87);
        memset(c->cpu->simd.xmm, 0, sizeof c->cpu->simd.xmm);
        c->cpu->simd.mxcsr = MXCSR_INIT;
        return true;
    }
    if (mm_read(c->mm, at, &fp, sizeof fp)) return false;
    x87_get_env(&c->cpu->x87, false, fp.env);
    x87_get_regs(&c->cpu->x87, fp.regs);
    return restore_simd(&c->cpu->simd, fp.fx);
}

static void restore_segment(struct cpu *cpu, enum sreg r, uint32_t selector)
{
    uint16_t sel = (uint16_t)selector;
    if (sel > 3) sel |= 3;
    if (cpu->seg[r] == sel) return;
    if (!cpu_load_segment(cpu, r, sel) && !cpu_load_segment(cpu, r, 0)) cpu->seg[r] = 0;
}

static bool restore_context(struct call *c, const struct guest_sigcontext *sc)
{
    struct cpu *cpu = c->cpu;
    restore_segment(cpu, GS, sc->gs);
    restore_segment(cpu, FS, sc->fs);
    restore_segment(cpu, DS, sc->ds);
    restore_segment(cpu, ES, sc->es);
    const uint32_t gpr[] = {[EDI] = sc->edi, [ESI] = sc->esi, [EBP] = sc->ebp, [ESP] = sc->esp,
                            [EBX] = sc->ebx, [EDX] = sc->edx, [ECX] = sc->ecx, [EAX] = sc->eax};
    memcpy(cpu->gpr, gpr, sizeof gpr);
    cpu->eip = sc->eip;
    cpu_set_eflags(cpu, sc->eflags, FRAME_EFLAGS);
    return restore_float(c, sc->fpstate);
}

/* A frame that cannot be read or makes no sense is a SIGSEGV of the guest (force_sig in sigreturn). */
static long bad_frame(struct call *c)
{
    c->cpu->trap = (struct trap){.vector = c->s->last_trap.vector, .signo = SIGSEGV, .code = SI_KERNEL};
    c->outcome = sys_trap(c->s, c->cpu, &c->status);
    c->no_result = true;
    return 0;
}

/* The last step is the CPU's, an IRET: it faults where CS and SS are not what they must be. */
static long resume(struct call *c, const struct guest_sigcontext *sc)
{
    enum { LOCAL = 4 }; /* in the LDT: what Linux makes of that fault has lost the selector */
    struct cpu *cpu = c->cpu;
    uint16_t cs = (uint16_t)(sc->cs | 3), ss = (uint16_t)(sc->ss | 3);
    bool code = segment_code_ok(cpu, cs, true), good = code && cpu_load_segment(cpu, SS, ss);
    cpu->seg[CS] = cs;
    c->no_result = true;
    if (good) return (int32_t)cpu->gpr[EAX];
    cpu->seg[SS] = ss;
    uint32_t selector = !code ? cs : ss & LOCAL ? 0 : ss;
    cpu->trap = (struct trap){.vector = VEC_GP, .err = selector & ~3u, .signo = SIGSEGV, .code = SI_KERNEL};
    c->outcome = sys_trap(c->s, cpu, &c->status);
    return 0;
}

long call_sigreturn(struct call *c)
{
    struct guest_sigframe f;
    uint32_t at = c->cpu->gpr[ESP] - 8; /* the trampoline popped pretcode and sig */
    if (mm_read(c->mm, at, &f, sizeof f)) return bad_frame(c);
    signal_set_mask(c->s, f.sc.oldmask | (uint64_t)f.extramask << 32);
    if (!restore_context(c, &f.sc)) return bad_frame(c);
    return resume(c, &f.sc);
}

long call_rt_sigreturn(struct call *c)
{
    struct guest_rt_sigframe f;
    uint32_t at = c->cpu->gpr[ESP] - 4;
    if (mm_read(c->mm, at, &f, sizeof f)) return bad_frame(c);
    signal_set_mask(c->s, f.uc.sigmask);
    if (!restore_context(c, &f.uc.mcontext)) return bad_frame(c);
    (void)set_altstack(c->s, c->cpu->gpr[ESP], f.uc.stack); /* one that makes no sense changes nothing */
    return resume(c, &f.uc.mcontext);
}

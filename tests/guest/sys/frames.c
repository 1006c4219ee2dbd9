/* Signal frames as a 64-bit kernel gives them to a 32-bit handler: registers at the handler's entry, the
 * fields of sigcontext, the x87 area, and what sigreturn takes from a frame that the handler has changed. */
#include <signal.h>
#include <stddef.h>
#include <ucontext.h>

#include "tests/guest/sys/raw.h"

struct old_frame {
    uint32_t pretcode, sig;
    uint32_t gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax;
    uint32_t trapno, err, eip, cs, eflags, esp_at_signal, ss, fpstate, oldmask, cr2;
    uint8_t unused[624];
    uint32_t extramask;
    uint8_t retcode[8];
};

struct entry {
    uint32_t eax, ecx, edx, esp, eflags, cw;
    uint32_t ds, es, ss, cs;
};

struct entry at_entry;
uint32_t raise_esp, raise_pid;
extern char after_kill[], plain_entry[], info_entry[];

/* Loads every register with a known value, sends the signal to this process, and returns eax, edi and the
 * flags as they are then. */
struct after {
    uint32_t eax, edi, eflags;
} after;

__asm__(".text\n"
        "raise_it:\n"
        "  pushal\n"
        "  movl %esp, raise_esp\n"
        "  movl raise_pid, %ebx\n"
        "  movl 36(%esp), %ecx\n"
        "  movl $37, %eax\n"
        "  movl $0x22222222, %edx\n"
        "  movl $0x33333333, %esi\n"
        "  movl $0x44444444, %edi\n"
        "  movl $0x55555555, %ebp\n"
        "  fld1\n"
        "  fldpi\n"
        "  pushl $0x8d7\n" /* OF, SF, ZF, AF, PF, CF */
        "  popfl\n"
        "  std\n"
        "  int $0x80\n"
        "after_kill:\n"
        "  movl %eax, after\n"
        "  movl %edi, after+4\n"
        "  pushfl\n"
        "  popl after+8\n"
        "  cld\n"
        "  popal\n"
        "  ret\n"
        "save_entry:\n" /* esp holds: our return address, then the frame */
        "  movl %eax, at_entry\n"
        "  movl %ecx, at_entry+4\n"
        "  movl %edx, at_entry+8\n"
        "  lea 4(%esp), %eax\n"
        "  movl %eax, at_entry+12\n"
        "  pushfl\n"
        "  popl at_entry+16\n"
        "  fnstcw at_entry+20\n"
        "  movw %ds, at_entry+24\n"
        "  movw %es, at_entry+28\n"
        "  movw %ss, at_entry+32\n"
        "  movw %cs, at_entry+36\n"
        "  ret\n"
        "plain_entry:\n"
        "  call save_entry\n"
        "  pushl %esp\n"
        "  call plain_handler\n"
        "  addl $4, %esp\n"
        "  ret\n"
        "info_entry:\n"
        "  call save_entry\n"
        "  pushl %esp\n"
        "  call info_handler\n"
        "  addl $4, %esp\n"
        "  ret\n");
void raise_it(int signo);

static void show_entry(uint32_t frame)
{
    printf("  entry: eax %u esp is the frame %d, (esp+4)%%16 %u, DF %u TF %u, cw %04x, ds %x es %x ss %x cs "
           "%x\n",
           at_entry.eax, at_entry.esp == frame, (at_entry.esp + 4) % 16, at_entry.eflags >> 10 & 1,
           at_entry.eflags >> 8 & 1, at_entry.cw & 0xffff, at_entry.ds, at_entry.es, at_entry.ss,
           at_entry.cs);
}

static void show_bytes(const char *what, const void *p, int n)
{
    printf("  %s:", what);
    for (int i = 0; i < n; i++)
        printf(" %02x", ((const uint8_t *)p)[i]);
    printf("\n");
}

static void show_fp(uint32_t at)
{
    const uint8_t *p = (const uint8_t *)at;
    uint32_t env[7], fx[8], magic1;
    memcpy(env, p, sizeof env);
    memcpy(fx, p + 112, sizeof fx);
    memcpy(&magic1, p + 112 + 464, 4);
    printf("  fsave: cw %08x sw %08x tag %08x cs %04x ds %08x status %04x magic %04x\n", env[0], env[1],
           env[2], env[4] & 0xffff, env[6], *(uint16_t *)(p + 108), *(uint16_t *)(p + 110));
    show_bytes("st0", p + 28, 10);
    show_bytes("st1", p + 38, 10);
    printf("  fxsave: cw %04x sw %04x tags %02x, aligned to 64: %d, software bytes %08x\n", fx[0] & 0xffff,
           fx[0] >> 16, fx[1] & 0xff, (at + 112) % 64 == 0, magic1);
    show_bytes("fx st0", p + 112 + 32, 16);
}

static void show_context(const uint32_t *sc)
{
    printf("  segments gs %x fs %x es %x ds %x cs %x ss %x\n", sc[0] ? 1 : 0, sc[1], sc[2], sc[3], sc[15],
           sc[18]);
    printf("  edi %x esi %x ebp %x ebx is pid %d edx %x ecx %u eax %d\n", sc[4], sc[5], sc[6],
           sc[8] == raise_pid, sc[9], sc[10], (int)sc[11]);
    printf("  esp right %d eip right %d eflags %x esp_at_signal right %d trapno %u err %u oldmask %x\n",
           sc[7] == raise_esp, sc[14] == (uint32_t)after_kill, sc[16] & ~0x200000u, sc[17] == raise_esp,
           sc[12], sc[13], sc[20]);
}

static int change;

__attribute__((used)) void plain_handler(struct old_frame *f)
{
    printf("plain frame, signal %u\n", f->sig);
    show_entry((uint32_t)f);
    printf("  ecx %x edx %x\n", at_entry.ecx, at_entry.edx);
    show_context(&f->gs);
    printf("  extramask %x, fpstate above the frame %d\n", f->extramask, f->fpstate >= (uint32_t)f + 732);
    show_bytes("retcode", f->retcode, 8);
    show_fp(f->fpstate);
    if (change) {
        f->eax = 0x12345678;
        f->edi = 0x87654321;
        f->eflags = (f->eflags & ~0xcd5u) | 0x41; /* CF and ZF only, DF off */
    }
}

__attribute__((used)) void info_handler(uint32_t *f)
{
    ucontext_t *uc = (ucontext_t *)f[3];
    siginfo_t *si = (siginfo_t *)f[2];
    printf("rt frame, signal %u\n", f[1]);
    show_entry((uint32_t)f);
    printf("  ecx is the context %d edx is the info %d\n", at_entry.ecx == f[3], at_entry.edx == f[2]);
    printf("  info at %d, context at %d\n", (int)(f[2] - (uint32_t)f), (int)(f[3] - (uint32_t)f));
    printf("  si_signo %d si_code %d si_errno %d si_pid right %d si_uid right %d\n", si->si_signo,
           si->si_code, si->si_errno, si->si_pid == getpid(), si->si_uid == getuid());
    printf("  uc_link %p, stack flags %d size %u\n", (void *)uc->uc_link, uc->uc_stack.ss_flags,
           (unsigned)uc->uc_stack.ss_size);
    show_context((uint32_t *)&uc->uc_mcontext);
    printf("  mask %08x %08x\n", ((uint32_t *)&uc->uc_sigmask)[0], ((uint32_t *)&uc->uc_sigmask)[1]);
    show_bytes("retcode", (uint8_t *)(f + 4) + 128 + 116, 8);
    show_fp(((uint32_t *)&uc->uc_mcontext)[19]);
}

static void show_after(void)
{
    long double st0, st1;
    __asm__ volatile("" : "=t"(st0), "=u"(st1));
    printf("  after: eax %x edi %x eflags %x, st0 %.18Lf st1 %.3Lf\n", after.eax, after.edi,
           after.eflags & ~0x200000u, st0, st1);
}

struct action {
    uint32_t handler, flags, restorer, mask[2];
};

int main(void)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    raise_pid = getpid();
    sigaltstack(&none, NULL); /* else the frame's flags are those of the last ancestor that set them */
    setvbuf(stdout, NULL, _IONBF, 0);
    uint32_t blocked[2] = {1u << 11, 1u << 3}; /* SIGUSR2 and a real-time one */
    raw(SYS_rt_sigprocmask, 0, blocked, 0, 8);
    struct action a = {(uint32_t)plain_entry, 0};
    SHOW(raw(SYS_rt_sigaction, SIGUSR1, &a, 0, 8));
    raise_it(SIGUSR1);
    show_after();
    change = 1;
    raise_it(SIGUSR1);
    show_after();
    struct action b = {(uint32_t)info_entry, SA_SIGINFO};
    SHOW(raw(SYS_rt_sigaction, SIGHUP, &b, 0, 8));
    raise_it(SIGHUP);
    show_after();
    raise_it(SIGHUP);
    show_after();
    struct action old;
    SHOW(raw(SYS_rt_sigaction, SIGHUP, 0, &old, 8));
    printf("old: handler right %d flags %x\n", old.handler == (uint32_t)info_entry, old.flags);
    return 0;
}

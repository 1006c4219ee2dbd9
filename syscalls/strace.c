/* --strace: a line a system call, in strace(1)'s format, from the argument kinds of table.def. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/ioctl.h"
#include "syscalls/table.h"

enum { SHOWN_BYTES = 32 };

static void print_bytes(FILE *out, const uint8_t *p, size_t n, bool more)
{
    static const char plain[] = "\n\t\r\v\f", letter[] = "ntrvf";
    putc('"', out);
    for (size_t i = 0; i < n; i++) {
        const char *e = p[i] ? strchr(plain, p[i]) : NULL;
        bool digit_next = i + 1 < n && p[i + 1] >= '0' && p[i + 1] <= '9';
        if (e)
            fprintf(out, "\\%c", letter[e - plain]);
        else if (p[i] == '"' || p[i] == '\\')
            fprintf(out, "\\%c", p[i]);
        else if (p[i] >= ' ' && p[i] < 0x7f)
            putc(p[i], out);
        else
            fprintf(out, digit_next ? "\\%03o" : "\\%o", p[i]);
    }
    fputs(more ? "\"..." : "\"", out);
}

static void print_buffer(struct call *c, gaddr a, uint32_t n, FILE *out)
{
    uint8_t b[SHOWN_BYTES];
    size_t shown = n < SHOWN_BYTES ? n : SHOWN_BYTES;
    if (!a)
        fputs("NULL", out);
    else if (mm_read(c->mm, a, b, shown))
        fprintf(out, "%#x", a);
    else
        print_bytes(out, b, shown, n > SHOWN_BYTES);
}

static void print_string(struct call *c, gaddr a, size_t most, FILE *out)
{
    char b[PATH_MAX];
    long n = a ? mm_read_string(c->mm, a, b, sizeof b) : -1;
    if (!a)
        fputs("NULL", out);
    else if (n < 0)
        fprintf(out, "%#x", a);
    else
        print_bytes(out, (uint8_t *)b, (size_t)n < most ? (size_t)n : most, (size_t)n > most);
}

static void print_argv(struct call *c, gaddr a, FILE *out)
{
    uint32_t p;
    putc('[', out);
    for (int i = 0; !mm_read(c->mm, a + 4 * (gaddr)i, &p, 4) && p; i++) {
        if (i) fputs(", ", out);
        if (i == 32) {
            fputs("...", out);
            break;
        }
        print_string(c, p, SHOWN_BYTES, out);
    }
    putc(']', out);
}

static void print_timespec(struct call *c, gaddr a, bool wide, FILE *out)
{
    struct timespec ts;
    long bad = wide ? time_get_spec64(c, a, &ts) : time_get_spec32(c, a, &ts);
    if (!a)
        fputs("NULL", out);
    else if (bad)
        fprintf(out, "%#x", a);
    else
        fprintf(out, "{tv_sec=%lld, tv_nsec=%ld}", (long long)ts.tv_sec, ts.tv_nsec);
}

static void print_ints(struct call *c, gaddr a, unsigned n, const char *format, FILE *out)
{
    uint32_t v[2];
    if (!a)
        fputs("NULL", out);
    else if (mm_read(c->mm, a, v, n * sizeof *v))
        fprintf(out, "%#x", a);
    else
        fprintf(out, format, v[0], v[1]);
}

static void print_sigset(struct call *c, gaddr a, FILE *out)
{
    uint64_t set;
    char name[16];
    const char *space = "";
    if (!a || mm_read(c->mm, a, &set, sizeof set)) {
        fprintf(out, a ? "%#x" : "NULL", a);
        return;
    }
    if (~set == 0) set = 0, fputs("~", out);
    putc('[', out);
    for (int g = 1; g <= G_NSIG; g++) {
        if (!(set & sigbit(g))) continue;
        const char *full = signo_name(g, name);
        fprintf(out, "%s%s", space, strncmp(full, "SIG", 3) ? full : full + 3);
        space = " ";
    }
    putc(']', out);
}

static void print_number(enum arg_kind kind, uint32_t v, FILE *out)
{
    char name[16];
    switch (kind) {
    case A_HEX: fprintf(out, "%#x", v); break;
    case A_OCT: fprintf(out, v ? "0%o" : "000", v); break;
    case A_UINT: fprintf(out, "%u", v); break;
    case A_PTR: fprintf(out, v ? "%#x" : "NULL", v); break;
    case A_IOCTL:
        if (ioctl_name(v))
            fputs(ioctl_name(v), out);
        else
            fprintf(out, "%#x", v);
        break;
    case A_SIG: fputs(signo_name((int)v, name), out); break;
    case A_DIRFD:
        if ((int)v == -100)
            fputs("AT_FDCWD", out);
        else
            fprintf(out, "%d", (int)v);
        break;
    default: fprintf(out, "%d", (int)v); break;
    }
}

static void print_arg(struct call *c, enum arg_kind kind, int i, long result, FILE *out)
{
    uint32_t v = c->arg[i];
    uint32_t next = i < 5 ? c->arg[i + 1] : 0;
    if (kind >= A_TABLES) {
        flags_print((enum flag_table)(kind - A_TABLES - 1), v, out);
        return;
    }
    switch (kind) {
    case A_STR: print_string(c, v, SHOWN_BYTES, out); break;
    case A_PATH: print_string(c, v, PATH_MAX, out); break;
    case A_BUF: print_buffer(c, v, next, out); break;
    case A_OUTBUF:
        if (result >= 0)
            print_buffer(c, v, (uint32_t)result, out);
        else
            print_number(A_PTR, v, out);
        break;
    case A_OUTSTR:
        if (result >= 0)
            print_string(c, v, SHOWN_BYTES, out);
        else
            print_number(A_PTR, v, out);
        break;
    case A_ARGV: print_argv(c, v, out); break;
    case A_TIMESPEC: print_timespec(c, v, false, out); break;
    case A_TIMESPEC64: print_timespec(c, v, true, out); break;
    case A_FDS: print_ints(c, v, 2, "[%d, %d]", out); break;
    case A_STATUS: print_ints(c, v, 1, "[%#x]", out); break;
    case A_SIGSET: print_sigset(c, v, out); break;
    default: print_number(kind, v, out); break;
    }
}

static void print_result(const struct call_row *row, long result, FILE *out)
{
    int e = (int)-result;
    const char *name = result < 0 ? errno_name(e) : NULL;
    if (name)
        fprintf(out, " = -1 %s (%s)\n", name, strerror(errno_to_host(e)));
    else if (e == RESTART_SYS)
        fputs(" = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n", out);
    else if (e == RESTART_NOINTR)
        fputs(" = ? ERESTARTNOINTR (To be restarted)\n", out);
    else if (e == RESTART_NOHAND)
        fputs(" = ? ERESTARTNOHAND (To be restarted if no handler)\n", out);
    else if (e == RESTART_BLOCK)
        fputs(" = ? ERESTART_RESTARTBLOCK (Interrupted by signal)\n", out);
    else if (row && row->result == HEX)
        fprintf(out, " = %#lx\n", (unsigned long)result);
    else if (row && row->result == OCT)
        fprintf(out, " = 0%lo\n", (unsigned long)result);
    else
        fprintf(out, " = %ld\n", result);
}

/* The whole call goes out in one write, so that lines of several processes do not mix. */
static void print_call(struct call *c, const struct call_row *row, uint32_t nr, long result, bool returns)
{
    char *text = NULL;
    size_t size = 0;
    FILE *line = open_memstream(&text, &size);
    if (!line) return;
    fprintf(line, "%d ", c->s->tid);
    if (row)
        fprintf(line, "%s(", row->name);
    else
        fprintf(line, "syscall_%u(", nr);
    for (int i = 0; row && i < 6 && row->arg[i]; i++) {
        if (i) fputs(", ", line);
        print_arg(c, row->arg[i], i, result, line);
    }
    putc(')', line);
    if (returns)
        print_result(row, result, line);
    else
        fputs(" = ?\n", line);
    fclose(line);
    fputs(text, c->s->p->opt.strace);
    fflush(c->s->p->opt.strace);
    free(text);
}

/* Calls that do not come back when they succeed are printed before. */
static bool leaves(uint32_t nr)
{
    enum { EXIT = 1, EXIT_GROUP = 252, SIGRETURN = 119, RT_SIGRETURN = 173, EXECVE = 11, EXECVEAT = 358 };
    return nr == EXIT || nr == EXIT_GROUP || nr == SIGRETURN || nr == RT_SIGRETURN || nr == EXECVE ||
           nr == EXECVEAT;
}

void strace_enter(struct call *c, const struct call_row *row, uint32_t nr)
{
    if (c->s->p->opt.strace && leaves(nr)) print_call(c, row, nr, 0, false);
}

void strace_result(struct call *c, const struct call_row *row, uint32_t nr, long result)
{
    if (c->s->p->opt.strace && (!leaves(nr) || result < 0)) print_call(c, row, nr, result, true);
}

void strace_signal(struct sys *s, int signo, const siginfo_t *info)
{
    char name[16];
    if (!s->p->opt.strace) return;
    signo_name(signo, name);
    fprintf(s->p->opt.strace, "%d --- %s {si_signo=%s, si_code=%d", s->tid, signo_name(signo, name),
            signo_name(signo, name), info->si_code);
    if (info->si_code <= 0)
        fprintf(s->p->opt.strace, ", si_pid=%d, si_uid=%u", info->si_pid, info->si_uid);
    else if (signo == G_SIGSEGV || signo == G_SIGBUS)
        fprintf(s->p->opt.strace, ", si_addr=%#lx", (unsigned long)info->si_addr);
    else if (signo == G_SIGSYS)
        fprintf(s->p->opt.strace, ", si_call_addr=%#lx, si_syscall=%d", (unsigned long)info->si_call_addr,
                info->si_syscall);
    fputs("} ---\n", s->p->opt.strace);
    fflush(s->p->opt.strace);
}

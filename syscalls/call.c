/* System calls: dispatch, the guest process's life in this folder, and the list of recent calls. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

#include "syscalls/seccomp.h"
#include "syscalls/table.h"

static struct process *process_new(struct mm *mm, const struct sys_options *opt)
{
    struct process *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->opt = *opt;
    p->lender = -1;
    p->nowhere = mmap(NULL, mm_host_page(mm), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p->told_missing = mmap(NULL, mm_host_page(mm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p->nowhere == MAP_FAILED || p->told_missing == MAP_FAILED) {
        free(p);
        return NULL;
    }
    if (!realpath(opt->exe, p->exe)) snprintf(p->exe, sizeof p->exe, "%s", opt->exe);
    if (opt->sysroot && !realpath(opt->sysroot, p->root)) p->root[0] = 0;
    p->personality = p->host_personality = (uint32_t)personality(0xffffffff);
    turn_init(&p->turn, opt->one_at_a_time);
    return p;
}

struct sys *sys_new(struct mm *mm, const struct sys_options *opt, const char **why)
{
    struct sys *s = calloc(1, sizeof *s);
    struct process *p = s ? process_new(mm, opt) : NULL;
    *why = "the host has no memory left";
    if (!p) {
        free(s);
        return NULL;
    }
    s->mm = mm;
    s->p = p;
    s->tid = getpid();
    p->threads = s;
    p->thread_count = 1;
    if (!fd_init(s)) {
        *why = "the limit of open files leaves none to the program (see ulimit -n)";
        sys_free(s);
        return NULL;
    }
    limits_init(s);
    signal_init(s);
    seccomp_init(s);
    return s;
}

void sys_free(struct sys *s)
{
    if (!s) return;
    munmap(s->p->nowhere, mm_host_page(s->mm));
    munmap(s->p->told_missing, mm_host_page(s->mm));
    free(s->p);
    free(s);
}

uint64_t sys_calls_made(const struct sys *s)
{
    return s->p->calls;
}

static const struct call_row *row_of(uint32_t nr)
{
    return nr < CALL_ROWS && call_rows[nr].name ? &call_rows[nr] : NULL;
}

/* tierrun's own descriptors do not exist for the guest. */
static void hide_reserved_fds(struct call *c, const struct call_row *row)
{
    for (int i = 0; i < 6; i++)
        if (row->arg[i] == A_FD || row->arg[i] == A_DIRFD) c->arg[i] = (uint32_t)fd_usable(c->s, c->arg[i]);
}

const char *sys_call_name(uint32_t number)
{
    const struct call_row *row = row_of(number);
    return row ? row->name : NULL;
}

void sys_list_calls(FILE *out)
{
    for (uint32_t nr = 0; nr < CALL_ROWS; nr++) {
        const struct call_row *row = &call_rows[nr];
        if (!row->name) continue;
        fprintf(out, "%3u %-28s %s%s\n", nr, row->name,
                row->fn ? "implemented" : "ENOSYS: ", row->fn ? "" : row->reason);
    }
}

static long unknown(struct sys *s, const struct call_row *row, uint32_t nr)
{
    FILE *to = s->p->opt.log_unimp;
    if (row && row->told && !*s->p->told_missing) {
        *s->p->told_missing = true;
        fprintf(stderr, "tierrun: the program wants %s, which tierrun does not have: %s.\n", row->name,
                row->reason);
    }
    if (to && row)
        fprintf(to, "unimp: system call %u (%s) is not implemented (%s): ENOSYS\n", nr, row->name,
                row->reason);
    else if (to)
        fprintf(to, "unimp: system call %u does not exist: ENOSYS\n", nr);
    return -G_ENOSYS;
}

static void remember(struct sys *s, const struct call *c, uint32_t nr, long result)
{
    struct recent_call *r = &s->p->recent[s->p->calls++ % RECENT_CALLS];
    r->nr = nr;
    memcpy(r->arg, c->arg, sizeof r->arg);
    r->result = result;
}

static bool is_restart(long result)
{
    return result <= -RESTART_SYS && result >= -RESTART_BLOCK;
}

static long make(struct call *c, const struct call_row *row, uint32_t nr)
{
    long result;
    if (!seccomp_allows(c, nr, &result)) return result;
    if (!row || !row->fn) return unknown(c->s, row, nr);
    hide_reserved_fds(c, row);
    return row->fn(c);
}

enum sys_outcome sys_call(struct sys *s, struct cpu *cpu, int *status)
{
    /* A signal that came first is delivered first: its handler returns to the int 0x80. */
    if (signal_pending(s)) {
        cpu->eip -= 2;
        return sys_deliver(s, cpu, status);
    }
    uint32_t nr = cpu->gpr[EAX];
    struct call c = {
        .s = s,
        .mm = s->mm,
        .cpu = cpu,
        .outcome = SYS_RESUME,
        .arg = {cpu->gpr[EBX], cpu->gpr[ECX], cpu->gpr[EDX], cpu->gpr[ESI], cpu->gpr[EDI], cpu->gpr[EBP]}};
    const struct call_row *row = row_of(nr);
    strace_enter(&c, row, nr);
    long result = make(&c, row, nr);
    if (result != -RESTART_BLOCK)
        s->restart_fn = NULL; /* over; restart_syscall by itself continues nothing */
    remember(s, &c, nr, result);
    strace_result(&c, row, nr, result);
    *status = c.status;
    if (c.outcome != SYS_RESUME) return c.outcome;
    if (!c.no_result) {
        cpu->gpr[EAX] = (uint32_t)result;
        if (is_restart(result)) s->interrupted_nr = nr;
    }
    if (!is_restart(result) && !signal_pending(s) && !s->restore_mask) return SYS_RESUME;
    return deliver(s, cpu, c.no_result ? 0 : result, status);
}

void sys_print_recent(struct sys *s, FILE *out, int n)
{
    uint64_t have = s->p->calls < RECENT_CALLS ? s->p->calls : RECENT_CALLS;
    if ((uint64_t)n < have) have = (uint64_t)n;
    for (uint64_t i = s->p->calls - have; i < s->p->calls; i++) {
        const struct recent_call *r = &s->p->recent[i % RECENT_CALLS];
        const struct call_row *row = row_of(r->nr);
        if (row)
            fprintf(out, "  %s", row->name);
        else
            fprintf(out, "  syscall_%u", r->nr);
        fprintf(out, "(%#x, %#x, %#x, %#x, %#x, %#x) = ", r->arg[0], r->arg[1], r->arg[2], r->arg[3],
                r->arg[4], r->arg[5]);
        const char *name = r->result < 0 ? errno_name((int)-r->result) : NULL;
        if (name)
            fprintf(out, "-1 %s\n", name);
        else
            fprintf(out, "%#lx\n", (unsigned long)(uint32_t)r->result);
    }
}

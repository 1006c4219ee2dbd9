/* --check: enters translations under the eyes of jit/check.c. Owns what the end of a translation means: where
 * the guest is, and which of its flags must be right there. */
#include "jit/check.h"
#include "jit/mips64/translate.h"

enum { ALWAYS = 8 };

/* The translation does not run it: it leaves for the interpreter. */
static bool leaves(const struct insn *i)
{
    return op_info[i->op].traits & ENDS && !ends_natively(i);
}

static gaddr eip_after(const struct cpu *cpu, const struct site *s)
{
    switch (s->kind) {
    case SITE_EDGE:
    case SITE_LANDING: return s->to->imm;
    case SITE_RECORD: return s->to->eip;
    default: return cpu->eip;
    }
}

/* The flags that somebody may look at after site s. */
static uint32_t flags_after(struct jit *j, const struct site *s)
{
    struct trace *t = j->tr->trace; /* no translation is being made */
    switch (s->kind) {
    case SITE_EDGE:
        t->depends = 0;
        return flags_read_at(j->in, t, s->to->imm) | flags_shown_at(j->in, t, s->to->imm);
    case SITE_RECORD: return lower_shows_flags(s->to) || leaves(s->to) ? FL_ARITH : 0;
    default: return FL_ARITH;
    }
}

/* A chain of the double model that begins again has raised its flags. */
static uint16_t early_flags(const struct jit *j)
{
    return j->dbl ? X87_PE | X87_UE | X87_OE | X87_ZE : 0;
}

static void compare(struct jit *j, struct cpu *cpu, const struct translation *tr,
                    const struct check_ending *e)
{
    j->counters->checked++;
    if (!check_compare(j->check, cpu, e)) report_difference(j, tr);
}

/* After a fault in the translation, or (cpu->trap is raised) in a helper, or a signal at a jump. A string
 * instruction may have done a part: where it is then is its own affair. */
static void compare_fault(struct jit *j, struct cpu *cpu, const struct translation *tr, int how)
{
    struct check_ending e = {.trapped = how == RESUME_GUEST_FAULT, .early = early_flags(j)};
    if (how == RESUME_LEFT) { /* which flags are wanted is not known here */
        e.eip = cpu->eip;
    } else {
        if (!e.trapped && op_info[cpu->at->op].group == GROUP_str) return;
        e.eip = cpu->at->eip;
        e.flags = FL_ARITH;
    }
    compare(j, cpu, tr, &e);
}

/* Enters it, and takes what it leaves. */
static const struct site *enter_plainly(struct jit *j, struct cpu *cpu, const struct native *n,
                                        enter_fn *enter)
{
    const struct site *s = enter(cpu, cpu->base, n->code);
    j->left_res = cpu->flag_res;
    j->left_carry = cpu->flag_carry;
    return s;
}

static const struct site *enter_guarded(struct jit *j, struct cpu *cpu, const struct native *n,
                                        enter_fn *enter, sigjmp_buf *outer)
{
    const struct translation *tr = n->of;
    sigjmp_buf recover;
    int fault = sigsetjmp(recover, 0);
    if (fault) {
        cpu->recover = outer;
        compare_fault(j, cpu, tr, fault);
        siglongjmp(*outer, fault);
    }
    cpu->recover = &recover;
    const struct site *s = enter_plainly(j, cpu, n, enter);
    cpu->recover = outer;
    recover_site(j, cpu, s);
    struct check_ending e = {.eip = eip_after(cpu, s),
                             .trapped = s->kind == SITE_TRAP && cpu->exit == EXIT_TRAP,
                             .flags = flags_after(j, s),
                             .early = s->kind == SITE_RECORD ? early_flags(j) : 0};
    compare(j, cpu, tr, &e);
    return s;
}

/* Would chaining lead from that site to n? Then n is entered as from there: its flags follow the site's
 * recipe, and what struct cpu has of them is what it had there. */
static bool follows(const struct native *n, const struct site *from)
{
    if (!from || (from->kind != SITE_EDGE && from->kind != SITE_LANDING)) return false;
    if (from->own && n != &from->of->entry) return false;
    return !n->in_memory || from->flags.kind == RECIPE_MEMORY;
}

/* The first entries of each translation are; later each n-th of all is. */
static bool is_compared(struct jit *j, struct translation *tr)
{
    if (tr->entries < ALWAYS) {
        tr->entries++;
        return true;
    }
    if (++j->unchecked < j->check_each) return false;
    j->unchecked = 0;
    return true;
}

const struct site *verified_enter(struct jit *j, struct cpu *cpu, const struct native *n,
                                  const struct site *from)
{
    struct translation *tr = n->of;
    bool linked = follows(n, from), compared = is_compared(j, tr);
    enter_fn *enter = linked ? j->enter_linked : j->enter;
    struct check_path path = {tr->records, tr->record_count, leaves};
    if (compared) check_begin(j->check, cpu, &path);
    if (linked) {
        cpu->flag_res = j->left_res;
        cpu->flag_carry = j->left_carry;
    }
    return compared ? enter_guarded(j, cpu, n, enter, cpu->recover) : enter_plainly(j, cpu, n, enter);
}

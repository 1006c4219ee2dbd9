/* Accesses of records that have met a host page of mixed protection: one that shares a page of the host with
 * guest pages of less rights, as the end of a library's data does with what is not mapped behind it. There
 * the host refuses what the guest may do. Such a record looks at the guest page's byte in mm's table first,
 * and C code makes the access if the host cannot. If it cannot either (a fault of the guest's, a page that
 * holds code, a thread without the turn), the record's own access faults as it would have. */
#include "jit/mips64/translate.h"

enum { LEAST_BYTES = 15, STORES = 16 }; /* what kind of access, for C */

bool item_is_paged(const struct item *it)
{
    size_t index = (size_t)(it->rec - it->block->rec);
    return index < 64 && it->block->by_page >> index & 1;
}

bool is_paged(const struct tr *t, const struct insn *i)
{
    const struct item *it = &t->trace->item[t->k];
    return it->rec == i && item_is_paged(it);
}

/* Those whose accesses are all emit_load()'s and emit_store()'s. */
bool paged_is_possible(const struct insn *i)
{
    if (i->prefix & PFX_LOCK) return false;
    switch (op_info[i->op].group) {
    case GROUP_alu:
    case GROUP_data:
    case GROUP_shift:
    case GROUP_mul:
    case GROUP_stack:
    case GROUP_bit:
    case GROUP_ctl: return true;
    default: return false;
    }
}

/* --- the call ---------------------------------------------------------------------------------------- */

static bool make_access(struct cpu *cpu, unsigned kind)
{
    if (turn_is_inside(cpu)) return false;
    return mm_mixed_access(cpu->mm, (gaddr)cpu->jit.apart_at, &cpu->jit.apart, kind & LEAST_BYTES,
                           kind & STORES);
}

/* What C code may change and translated code keeps. No FPR: what make_access() calls computes with integers.
 */
static const uint8_t kept[] = {AT, V0, V1, A0, A1, A2, A3, A4, A5, A6, A7, T0, T1, T2, T3, T8, RA};
enum { KEPT = sizeof kept, HI_AT = KEPT * 8, LO_AT = HI_AT + 8, KEPT_FRAME = (LO_AT + 8 + 15) & ~15 };

/* SCRATCH = the kind; returns to AT with SCRATCH = make_access(). */
uint32_t *emit_paged_call(struct code *c)
{
    uint32_t *at = c->at;
    daddiu(c, SP, SP, -KEPT_FRAME);
    for (int k = 0; k < KEPT; k++)
        sd(c, kept[k], 8 * k, SP);
    mfhi(c, A0);
    mflo(c, A1);
    sd(c, A0, HI_AT, SP);
    sd(c, A1, LO_AT, SP);
    move(c, A1, SCRATCH);
    li64(c, T9, (uintptr_t)make_access);
    jalr(c, T9);
    move(c, A0, CPU);
    ld(c, A0, HI_AT, SP);
    ld(c, A1, LO_AT, SP);
    mthi(c, A0);
    mtlo(c, A1);
    move(c, SCRATCH, V0);
    for (int k = 0; k < KEPT; k++)
        ld(c, kept[k], 8 * k, SP);
    jr(c, AT);
    daddiu(c, SP, SP, KEPT_FRAME);
    return at;
}

/* --- accesses ---------------------------------------------------------------------------------------- */

/* Goes to `plain` if the host makes the access as well as any. Otherwise, or if C code fails, too: then with
 * nothing done. */
static void emit_paged(struct tr *t, struct address a, unsigned kind, struct label *plain)
{
    struct code *c = &t->c;
    daddiu(c, SCRATCH, a.base, a.offset);
    ld(c, AT, CPU_OFFSET(jit.pages), CPU);
    dext(c, SCRATCH, SCRATCH, GPAGE_SHIFT, 32 - GPAGE_SHIFT);
    daddu(c, AT, AT, SCRATCH);
    lbu(c, AT, 0, AT);
    andi(c, AT, AT, MM_PAGE_SLOW);
    beq(c, AT, ZERO, plain);
    daddiu(c, SCRATCH, a.base, a.offset);
    sd(c, SCRATCH, CPU_OFFSET(jit.apart_at), CPU);
    emit_pointer(t, SCRATCH, t->j->paged);
    jalr2(c, AT, SCRATCH);
    li(c, SCRATCH, (int32_t)kind);
    beq(c, SCRATCH, ZERO, plain);
    nop(c);
}

bool paged_load(struct tr *t, const struct insn *i, enum reg rd, struct address a, int bits, bool sign,
                struct label *done)
{
    struct code *c = &t->c;
    struct label plain = {0};
    if (!is_paged(t, i)) return false;
    assert(a.base != AT && a.base != SCRATCH);
    emit_paged(t, a, (unsigned)bits / 8, &plain);
    int at = CPU_OFFSET(jit.apart);
    if (bits == 8)
        (sign ? lb : lbu)(c, rd, at, CPU);
    else if (bits == 16)
        (sign ? lh : lhu)(c, rd, at, CPU);
    else
        lw(c, rd, at, CPU);
    beq(c, ZERO, ZERO, done);
    nop(c);
    bind_label(c, &plain);
    return true;
}

bool paged_store(struct tr *t, const struct insn *i, enum reg rt, struct address a, int bits,
                 struct label *done)
{
    struct code *c = &t->c;
    struct label plain = {0};
    if (!is_paged(t, i) || rt == SCRATCH) return false;
    assert(a.base != AT && a.base != SCRATCH);
    sd(c, rt, CPU_OFFSET(jit.apart), CPU);
    emit_paged(t, a, (unsigned)bits / 8 | STORES, &plain);
    beq(c, ZERO, ZERO, done);
    nop(c);
    bind_label(c, &plain);
    if (rt == AT) ld(c, AT, CPU_OFFSET(jit.apart), CPU);
    return true;
}

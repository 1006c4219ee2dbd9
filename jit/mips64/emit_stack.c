/* Emitters of the stack's instructions, of what keeps flags in AH or on the stack, and of segment registers
 * as operands. */
#include "jit/mips64/translate.h"

/* --- push and pop ------------------------------------------------------------------------------------ */

static void push(struct tr *t, const struct insn *i, enum reg v, int bits)
{
    emit_store(t, i, v, emit_stack_slot(t, -bits / 8), bits);
    t->esp -= bits / 8;
}

static bool emit_push(struct tr *t, const struct insn *i, int bits)
{
    enum reg v = V0;
    if (i->form == FORM_R)
        v = emit_get(t, V0, i->dst, 32);
    else if (i->form == FORM_M)
        emit_load_operand(t, i, V0, bits, true);
    else if (i->imm)
        li(&t->c, V0, (int32_t)i->imm);
    else
        v = ZERO;
    push(t, i, v, bits);
    return true;
}

/* A memory operand is addressed with the incremented ESP, which is not the guest's before it is stored to. */
static bool emit_pop(struct tr *t, const struct insn *i, int bits)
{
    bool memory = i->form == FORM_M;
    int32_t before = t->esp, after = t->esp + bits / 8;
    enum reg d = memory ? V0 : emit_out(t, V0, i->dst, bits);
    emit_load(t, i, d, emit_stack_slot(t, 0), bits, true);
    t->esp = after;
    if (memory) {
        struct address a = emit_address(t, i);
        t->esp = before;
        emit_store(t, i, d, a, bits);
        t->esp = after;
    } else {
        emit_put(t, i->dst, d, bits);
    }
    return true;
}

/* ESP = EBP + 4, EBP = what was there. */
static bool emit_leave_frame(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    const struct value frame = value_of(t, EBP);
    if (frame.base == ESP && frame.c > -8192 && frame.c < 8192) {
        enum reg d = emit_out(t, V0, 4 * EBP, 32);
        emit_load(t, i, d, (struct address){HOST_ESP, frame.c}, 32, true);
        t->esp = frame.c + 4;
        emit_put(t, 4 * EBP, d, 32);
        return true;
    }
    value_settle(t, EBP);
    value_release(t, ESP);
    flags_before_write(t, ESP);
    enum reg d = emit_out(t, V0, 4 * EBP, 32);
    daddu(c, ADDRESS, hostreg(EBP), GUEST_BASE);
    emit_load(t, i, d, (struct address){ADDRESS, 0}, 32, true);
    move(c, HOST_ESP, ADDRESS);
    cache_forget(t, ESP);
    t->esp = 4;
    emit_put(t, 4 * EBP, d, 32);
    return true;
}

/* --- frames ------------------------------------------------------------------------------------------ */

/* All stores before ESP changes: one that faults is done again with all. */
static bool emit_pusha(struct tr *t, const struct insn *i, int bits)
{
    int32_t step = bits / 8;
    if (i->prefix & PFX_MISALIGNED) return false;
    values_settle(t);
    for (unsigned r = EAX; r <= EDI; r++)
        emit_store(t, i, emit_get(t, V0, 4 * r, 32), emit_stack_slot(t, -(int32_t)(r + 1) * step), bits);
    t->esp -= 8 * step;
    return true;
}

/* Registers change as soon as both ends could be read: nothing can fault between them. ESP is left out. */
static bool emit_popa(struct tr *t, const struct insn *i, int bits)
{
    int32_t step = bits / 8;
    if (i->prefix & PFX_MISALIGNED) return false;
    values_settle(t);
    for (unsigned r = EAX; r <= EDI; r++)
        if (r != ESP) emit_out(t, V0, 4 * r, bits);
    emit_load(t, i, V0, emit_stack_slot(t, 7 * step), bits, true);
    emit_load(t, i, V1, emit_stack_slot(t, 0), bits, true);
    emit_put(t, 4 * EAX, V0, bits);
    emit_put(t, 4 * EDI, V1, bits);
    for (unsigned r = ECX; r <= ESI; r++) {
        enum reg v = bits == 32 ? hostreg(r) : V0;
        if (r == ESP) continue;
        emit_load(t, i, v, emit_stack_slot(t, (int32_t)(7 - r) * step), bits, true);
        emit_put(t, 4 * r, v, bits);
    }
    t->esp += 8 * step;
    return true;
}

/* Without nesting. The new top must be writable (SDM vol. 2, ENTER). */
static bool emit_enter(struct tr *t, const struct insn *i)
{
    int32_t room = (int32_t)i->imm;
    if (i->disp & 31 || room > 8192 || i->prefix & PFX_MISALIGNED) return false;
    values_settle(t);
    enum reg d = emit_out(t, V0, 4 * EBP, 32);
    emit_store(t, i, hostreg(EBP), emit_stack_slot(t, -4), 32);
    if (room) {
        emit_load(t, i, V0, emit_stack_slot(t, -4 - room), 32, true);
        emit_store(t, i, V0, emit_stack_slot(t, -4 - room), 32);
    }
    t->esp -= 4;
    emit_put(t, 4 * EBP, emit_get(t, d, 4 * ESP, 32), 32);
    t->esp -= room;
    return true;
}

/* --- flags as a value -------------------------------------------------------------------------------- */

/* A1 = the arithmetic flags as EFLAGS has them, and bit 1. */
static bool flags_image(struct tr *t)
{
    struct code *c = &t->c;
    if (!flags_to_memory(t)) return false;
    ld(c, V0, CPU_OFFSET(flag_carry), CPU);
    lw(c, V1, CPU_OFFSET(flag_res), CPU);
    lw(c, A0, CPU_OFFSET(flag_res) + 4, CPU);
    andi(c, A1, V0, FL_AF);
    ori(c, A1, A1, 2);
    dsrl(c, AT, V0, 31);
    dsrl32(c, V0, V0, 0);
    ins(c, A1, V0, 0, 1); /* CF */
    xor_(c, AT, AT, V0);
    ins(c, A1, AT, 11, 1); /* OF */
    sltiu(c, AT, V1, 1);
    ins(c, A1, AT, 6, 1); /* ZF */
    srl(c, AT, A0, 31);
    ins(c, A1, AT, 7, 1); /* SF */
    xor_(c, A0, A0, V1);
    ext(c, AT, A0, 4, 4);
    xor_(c, A0, A0, AT);
    andi(c, A0, A0, 15);
    li(c, V1, 0x9669); /* bit n: n has even parity */
    srlv(c, V1, V1, A0);
    ins(c, A1, V1, 2, 1); /* PF */
    return true;
}

static bool emit_lahf(struct tr *t)
{
    if (!flags_image(t)) return false;
    emit_out(t, AT, 1, 8);
    emit_put(t, 1, A1, 8);
    return true;
}

static bool emit_pushf(struct tr *t, const struct insn *i, int bits)
{
    struct code *c = &t->c;
    if (!flags_image(t)) return false;
    lw(c, V0, CPU_OFFSET(flag_sys), CPU);
    lw(c, V1, CPU_OFFSET(df), CPU);
    or_(c, A1, A1, V0);
    srl(c, V1, V1, 31);
    ins(c, A1, V1, 10, 1);
    push(t, i, A1, bits);
    return true;
}

/* All but OF, from AH. */
static bool emit_sahf(struct tr *t)
{
    struct code *c = &t->c;
    const struct item *it = &t->trace->item[t->k];
    enum reg of = ZERO;
    if (!flags_wanted(t)) return true;
    if ((it->real | it->shown) & FL_OF) {
        if (!flags_to_memory(t)) return false;
        ld(c, A0, CPU_OFFSET(flag_carry), CPU);
        dsrl(c, A1, A0, 31);
        dsrl32(c, A0, A0, 0);
        xor_(c, A1, A1, A0);
        of = A1;
    }
    srl(c, V0, emit_get(t, V0, 4 * EAX, 32), 8);
    andi(c, A0, V0, FL_AF);
    xor_(c, V1, of, V0);
    dins(c, A0, V1, 31, 1); /* CF ^ OF */
    dins(c, A0, V0, 32, 1);
    sd(c, A0, CPU_OFFSET(flag_carry), CPU);
    xori(c, V0, V0, FL_ZF | FL_PF);
    ext(c, A0, V0, 6, 1);
    sll(c, A0, A0, 8); /* ZF */
    ext(c, A1, V0, 2, 1);
    dins(c, A0, A1, 32, 1); /* PF */
    ext(c, A1, V0, 7, 1);
    dins(c, A0, A1, 63, 1); /* SF */
    sd(c, A0, CPU_OFFSET(flag_res), CPU);
    t->flags = (struct recipe){.kind = RECIPE_MEMORY};
    return true;
}

/* --- segment registers ------------------------------------------------------------------------------- */

/* A push of 32 bits writes 16 only. */
bool emit_seg(struct tr *t, const struct insn *i)
{
    int bits = i->size == S16 ? 16 : 32;
    if (i->op != OP_PUSH_SREG && i->op != OP_MOV_FROM_SREG) return false;
    if (i->op == OP_PUSH_SREG && (t->esp > 16384 || t->esp < -16384)) emit_sync_esp(t);
    struct address at = emit_stack_slot(t, -bits / 8);
    if (form_has_memory(i->form)) at = emit_address(t, i);
    lhu(&t->c, V0, CPU_OFFSET(seg) + 2 * i->aux, CPU);
    if (i->op == OP_PUSH_SREG) {
        emit_store(t, i, V0, at, 16);
        t->esp -= bits / 8;
    } else if (i->form == FORM_M) {
        emit_store(t, i, V0, at, 16);
    } else {
        emit_out(t, V1, i->dst, bits);
        emit_put(t, i->dst, V0, bits);
    }
    return true;
}

bool emit_stack(struct tr *t, const struct insn *i)
{
    int bits = insn_bits(i);
    if (t->esp > 16384 || t->esp < -16384) emit_sync_esp(t);
    switch (i->op) {
    case OP_PUSH: return emit_push(t, i, bits);
    case OP_POP: return emit_pop(t, i, bits);
    case OP_PUSHA: return emit_pusha(t, i, bits);
    case OP_POPA: return emit_popa(t, i, bits);
    case OP_ENTER: return bits == 32 && emit_enter(t, i);
    case OP_LEAVE: return bits == 32 && emit_leave_frame(t, i);
    case OP_PUSHF: return emit_pushf(t, i, bits);
    case OP_LAHF: return emit_lahf(t);
    case OP_SAHF: return emit_sahf(t);
    default: return false;
    }
}

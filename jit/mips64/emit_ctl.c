/* Emitters of conditions and of what ends a block. */
#include "jit/mips64/translate.h"

/* rd = SF ^ OF, in bit 0 or as a whole word's truth. */
static void less(struct tr *t, enum reg rd)
{
    struct code *c = &t->c;
    ld(c, rd, CPU_OFFSET(flag_carry), CPU);
    dsrl(c, T1, rd, 31);
    dsrl32(c, rd, rd, 0);
    xor_(c, rd, rd, T1); /* bit 0: OF */
    lw(c, T1, CPU_OFFSET(flag_res) + 4, CPU);
    srl(c, T1, T1, 31);
    xor_(c, rd, rd, T1);
    andi(c, rd, rd, 1);
}

static void zero_flag(struct tr *t, enum reg rd)
{
    lw(&t->c, rd, CPU_OFFSET(flag_res), CPU);
    sltiu(&t->c, rd, rd, 1);
}

static void carry_flag(struct tr *t, enum reg rd)
{
    lw(&t->c, rd, CPU_OFFSET(flag_carry) + 4, CPU);
    andi(&t->c, rd, rd, 1);
}

bool emit_condition(struct tr *t, enum reg rd, unsigned cc)
{
    struct code *c = &t->c;
    switch (cc >> 1) {
    case CC_O >> 1:
        ld(c, rd, CPU_OFFSET(flag_carry), CPU);
        dsrl(c, T1, rd, 31);
        dsrl32(c, rd, rd, 0);
        xor_(c, rd, rd, T1);
        andi(c, rd, rd, 1);
        break;
    case CC_B >> 1: carry_flag(t, rd); break;
    case CC_E >> 1: zero_flag(t, rd); break;
    case CC_BE >> 1:
        carry_flag(t, rd);
        zero_flag(t, T1);
        or_(c, rd, rd, T1);
        break;
    case CC_S >> 1:
        lw(c, rd, CPU_OFFSET(flag_res) + 4, CPU);
        srl(c, rd, rd, 31);
        break;
    case CC_L >> 1: less(t, rd); break;
    case CC_LE >> 1:
        less(t, rd);
        zero_flag(t, T1);
        or_(c, rd, rd, T1);
        break;
    default: return false; /* parity */
    }
    if (cc & 1) sltiu(c, rd, rd, 1);
    return true;
}

/* The two ways on from a conditional jump; `taken` is bound at the taken one. */
static void two_exits(struct tr *t, const struct insn *jump, struct label *taken)
{
    emit_exit(t, EXIT_FALL, false);
    bind_label(&t->c, taken);
    emit_exit(t, EXIT_TAKEN, jump->imm <= jump->eip);
}

/* Branches to `taken` if cc holds between a and b (both sign- or both zero-extended). */
static bool branch_if(struct tr *t, unsigned cc, enum reg a, enum reg b, int bits, struct label *taken)
{
    struct code *c = &t->c;
    switch (cc) {
    case CC_E: beq(c, a, b, taken); break;
    case CC_NE: bne(c, a, b, taken); break;
    case CC_B:
    case CC_AE:
        sltu(c, T0, a, b);
        (cc == CC_B ? bne : beq)(c, T0, ZERO, taken);
        break;
    case CC_A:
    case CC_BE:
        sltu(c, T0, b, a);
        (cc == CC_A ? bne : beq)(c, T0, ZERO, taken);
        break;
    default: /* signed: operands of fewer bits were sign-extended by the caller */
        if (cc == CC_S || cc == CC_NS) {
            subu(c, T0, a, b);
            if (bits == 8) seb(c, T0, T0);
            if (bits == 16) seh(c, T0, T0);
            (cc == CC_S ? bltz : bgez)(c, T0, taken);
        } else if (cc == CC_L || cc == CC_GE) {
            slt(c, T0, a, b);
            (cc == CC_L ? bne : beq)(c, T0, ZERO, taken);
        } else {
            slt(c, T0, b, a);
            (cc == CC_G ? bne : beq)(c, T0, ZERO, taken);
        }
        break;
    }
    nop(c);
    return true;
}

static enum reg extended(struct tr *t, enum reg rd, enum reg r, int bits)
{
    if (bits == 8) seb(&t->c, rd, r);
    if (bits == 16) seh(&t->c, rd, r);
    return bits == 32 ? r : rd;
}

bool emit_fused(struct tr *t, const struct insn *i, bool flags)
{
    struct code *c = &t->c;
    unsigned cc = i[1].aux;
    int bits = insn_bits(i);
    if (cc >> 1 == CC_O >> 1 || cc >> 1 == CC_P >> 1) return false;
    if (flags) return false; /* the compare leaves them, the jump reads them there */
    enum reg a, b;
    if (i->form == FORM_RM || i->form == FORM_MR || i->form == FORM_MI) {
        emit_load(t, i, A0, emit_address(t, i), bits);
        a = A0;
    } else {
        a = emit_get(t, A0, i->dst, bits);
    }
    if (i->form == FORM_RI || i->form == FORM_MI) {
        uint32_t imm = bits == 32 ? i->imm : i->imm & ((1u << bits) - 1);
        b = imm ? A1 : ZERO;
        if (imm) li(c, A1, (int32_t)imm);
    } else if (i->form == FORM_RM) {
        b = a;
        a = emit_get(t, A1, i->dst, bits);
    } else {
        b = emit_get(t, A1, i->src, bits);
    }
    if (i->op == OP_TEST) {
        and_(c, A2, a, b);
        a = A2;
        b = ZERO;
    }
    if (cc >= CC_L) {
        a = extended(t, A2, a, bits);
        b = extended(t, A3, b, bits);
    }
    struct label taken = {0};
    branch_if(t, cc, a, b, bits, &taken);
    two_exits(t, i + 1, &taken);
    return true;
}

static void emit_jcc(struct tr *t, const struct insn *i)
{
    struct label taken = {0};
    if (!emit_condition(t, T0, i->aux)) {
        emit_leave(t, i);
        return;
    }
    bne(&t->c, T0, ZERO, &taken);
    nop(&t->c);
    two_exits(t, i, &taken);
}

/* --- calls, returns, indirect jumps ------------------------------------------------------------------ */

/* Goes on at guest address V1, which is in no cache: the look-up does it. */
static void leave_for_lookup(struct tr *t)
{
    struct code *c = &t->c;
    sw(c, V1, CPU_OFFSET(eip), CPU);
    li(c, T0, EXIT_LOOKUP);
    sw(c, T0, CPU_OFFSET(exit), CPU);
    sd(c, ZERO, CPU_OFFSET(edge), CPU);
    move(c, EXIT_TO, ZERO);
    emit_jump(t, t->j->leave);
}

/* EXIT_TO is the first record of a block: to its translation, or to the interpreter if it has none. */
static void goto_block(struct tr *t)
{
    struct code *c = &t->c;
    struct label none = {0};
    ld(c, T2, (int)offsetof(struct block, native) - (int)offsetof(struct block, rec), EXIT_TO);
    beq(c, T2, ZERO, &none);
    nop(c);
    jr(c, T2);
    nop(c);
    bind_label(c, &none);
    emit_jump(t, t->j->leave);
}

/* To guest address V1 through the jump cache. */
static void goto_cached(struct tr *t)
{
    struct code *c = &t->c;
    struct label miss = {0};
    static_assert(sizeof(struct jump_cache_entry) == 16 && JUMP_CACHE == 4096, "the shifts below");
    lw(c, T9, CPU_OFFSET(poll), CPU);
    srl(c, T0, V1, 12);
    bne(c, T9, ZERO, &miss);
    xor_(c, T0, T0, V1);
    andi(c, T0, T0, JUMP_CACHE - 1);
    dsll(c, T0, T0, 4);
    daddu(c, T0, T0, CPU);
    lw(c, T1, CPU_OFFSET(jump_cache) + (int)offsetof(struct jump_cache_entry, eip), T0);
    bne(c, T1, V1, &miss);
    nop(c);
    ld(c, EXIT_TO, CPU_OFFSET(jump_cache) + (int)offsetof(struct jump_cache_entry, rec), T0);
    goto_block(t);
    bind_label(c, &miss);
    leave_for_lookup(t);
}

/* Pushes the return address and remembers the record after the call, as the interpreter does. */
static void push_return(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    static_assert(RETURN_STACK == 32, "the mask below");
    li(c, A0, (int32_t)insn_next_eip(i));
    daddu(c, ADDRESS, hostreg(ESP), GUEST_BASE);
    emit_store(t, A0, -4, 32);
    addiu(c, hostreg(ESP), hostreg(ESP), -4);
    lw(c, T0, CPU_OFFSET(ret_top), CPU);
    addiu(c, T0, T0, 1);
    andi(c, T0, T0, RETURN_STACK - 1);
    sw(c, T0, CPU_OFFSET(ret_top), CPU);
    dsll(c, T0, T0, 4);
    daddu(c, T0, T0, CPU);
    sw(c, A0, CPU_OFFSET(ret[0].eip), T0);
    emit_pointer(t, T1, i + 1);
    sd(c, T1, CPU_OFFSET(ret[0].rec), T0);
}

static void emit_return_near(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct label other = {0}, unlinked = {0};
    daddu(c, ADDRESS, hostreg(ESP), GUEST_BASE);
    emit_load(t, i, V1, 0, 32);
    lw(c, T0, CPU_OFFSET(ret_top), CPU);
    addiu(c, hostreg(ESP), hostreg(ESP), 4 + (int)i->imm);
    dsll(c, T1, T0, 4);
    daddu(c, T1, T1, CPU);
    lw(c, T2, CPU_OFFSET(ret[0].eip), T1);
    bne(c, T2, V1, &other);
    addiu(c, T0, T0, -1);
    andi(c, T0, T0, RETURN_STACK - 1);
    sw(c, T0, CPU_OFFSET(ret_top), CPU);
    ld(c, T1, CPU_OFFSET(ret[0].rec), T1);
    ld(c, EXIT_TO, (int)offsetof(struct insn, to), T1);
    beq(c, EXIT_TO, T1, &unlinked);
    nop(c);
    goto_block(t);
    bind_label(c, &unlinked);
    emit_jump(t, t->j->leave);
    bind_label(c, &other);
    goto_cached(t);
}

/* The target of an indirect jump or call into V1. */
static void indirect_target(struct tr *t, const struct insn *i)
{
    if (i->form == FORM_M)
        emit_load(t, i, V1, emit_address(t, i), 32);
    else
        move(&t->c, V1, hostreg(i->dst / 4));
}

/* Without an emitter the interpreter does it. */
bool ends_natively(const struct insn *i)
{
    switch (i->op) {
    case OP_JCC: return i->aux >> 1 != CC_P >> 1;
    case OP_JMP:
    case OP_FALL: return true;
    case OP_CALL:
    case OP_CALL_IND: return i->size == S32 && !(i->prefix & PFX_MISALIGNED);
    case OP_JMP_IND:
    case OP_RET: return i->size == S32;
    case OP_RET_IMM: return i->size == S32 && i->imm < 32000;
    default: return false;
    }
}

void emit_end(struct tr *t, const struct insn *i)
{
    if (!ends_natively(i)) {
        emit_leave(t, i);
        return;
    }
    switch (i->op) {
    case OP_JCC: emit_jcc(t, i); break;
    case OP_CALL:
        push_return(t, i);
        emit_exit(t, EXIT_TAKEN, i->imm <= i->eip);
        break;
    case OP_CALL_IND:
        indirect_target(t, i);
        push_return(t, i);
        goto_cached(t);
        break;
    case OP_JMP_IND:
        indirect_target(t, i);
        goto_cached(t);
        break;
    case OP_RET:
    case OP_RET_IMM: emit_return_near(t, i); break;
    default: emit_exit(t, EXIT_TAKEN, i->imm <= i->eip); break;
    }
}

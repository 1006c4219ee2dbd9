/* Emitters of moves, extensions, lea, conditional sets and moves, shifts, multiplications and the stack. */
#include "jit/mips64/jit.h"

static bool emit_mov(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int bits = insn_bits(i), offset;
    enum reg v;
    switch (i->form) {
    case FORM_RR: emit_set(t, i->dst, emit_get(t, V0, i->src, bits), bits); break;
    case FORM_RI:
        v = bits == 32 ? hostreg(i->dst / 4) : V0;
        li(c, v, (int32_t)i->imm);
        if (bits != 32) emit_set(t, i->dst, V0, bits);
        break;
    case FORM_RM:
        offset = emit_address(t, i);
        v = bits == 32 && !(i->prefix & PFX_MISALIGNED) ? hostreg(i->dst / 4) : V0;
        emit_load(t, i, v, offset, bits);
        if (v == V0) emit_set(t, i->dst, V0, bits);
        break;
    case FORM_MR:
        offset = emit_address(t, i);
        emit_store(t, emit_get(t, V0, i->src, bits), offset, bits);
        break;
    default:
        offset = emit_address(t, i);
        if (i->imm) li(c, V0, (int32_t)i->imm);
        emit_store(t, i->imm ? V0 : ZERO, offset, bits);
        break;
    }
    return true;
}

/* MOVZX, MOVSX: from 8 or 16 bits. */
static bool emit_extension(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    bool sign = i->op == OP_MOVSX8 || i->op == OP_MOVSX16;
    int from = i->op == OP_MOVZX8 || i->op == OP_MOVSX8 ? 8 : 16;
    if (i->form == FORM_RM)
        emit_load(t, i, V0, emit_address(t, i), from);
    else
        emit_get(t, V0, i->src, from);
    if (sign && from == 8) seb(c, V0, V0);
    if (sign && from == 16) seh(c, V0, V0);
    emit_set(t, i->dst, V0, insn_bits(i));
    return true;
}

/* An EA record: the address goes to memory, where the record after it (native or not) finds it. */
static bool emit_ea(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->prefix & PFX_SEG) return false; /* may raise #GP */
    emit_lea(t, V0, i);
    if (i->prefix & PFX_A16) andi(c, V0, V0, 0xffff);
    sw(c, V0, CPU_OFFSET(gpr[REG_EA]), CPU);
    return true;
}

static bool emit_conditional(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int bits = insn_bits(i);
    if (i->aux >> 1 == CC_P >> 1) return false;
    if (i->op == OP_SETCC) {
        int offset = i->form == FORM_M ? emit_address(t, i) : 0;
        emit_condition(t, T0, i->aux);
        sltu(c, T0, ZERO, T0);
        if (i->form == FORM_M)
            emit_store(t, T0, offset, 8);
        else
            emit_set(t, i->dst, T0, 8);
        return true;
    }
    if (bits != 32) return false;
    enum reg v = V0;
    if (i->form == FORM_RM)
        emit_load(t, i, V0, emit_address(t, i), bits);
    else
        v = emit_get(t, V0, i->src, bits);
    emit_condition(t, T0, i->aux);
    movn(c, hostreg(i->dst / 4), v, T0);
    return true;
}

static bool emit_bswap(struct tr *t, const struct insn *i)
{
    enum reg r = hostreg(i->dst / 4);
    if (i->size != S32) return false;
    wsbh(&t->c, r, r);
    rotr(&t->c, r, r, 16);
    return true;
}

bool emit_data(struct tr *t, const struct insn *i, bool flags)
{
    struct code *c = &t->c;
    (void)flags;
    switch (i->op) {
    case OP_MOV: return emit_mov(t, i);
    case OP_MOVZX8:
    case OP_MOVZX16:
    case OP_MOVSX8:
    case OP_MOVSX16: return emit_extension(t, i);
    case OP_LEA:
        emit_lea(t, i->size == S32 ? hostreg(i->dst / 4) : V0, i);
        if (i->size != S32) emit_set(t, i->dst, V0, 16);
        return true;
    case OP_EA: return emit_ea(t, i);
    case OP_SETCC:
    case OP_CMOV: return emit_conditional(t, i);
    case OP_BSWAP: return emit_bswap(t, i);
    case OP_XCHG:
        if (i->form != FORM_RR || i->size != S32) return false;
        move(c, V0, hostreg(i->dst / 4));
        move(c, hostreg(i->dst / 4), hostreg(i->src / 4));
        move(c, hostreg(i->src / 4), V0);
        return true;
    case OP_CDQ:
        if (i->size != S32) return false;
        sra(c, hostreg(EDX), hostreg(EAX), 31);
        return true;
    case OP_CWDE:
        if (i->size != S32) return false;
        seh(c, hostreg(EAX), hostreg(EAX));
        return true;
    case OP_NOP:
    case OP_NOP_E:
    case OP_ENDBR32:
    case OP_PREFETCH:
    case OP_PAUSE: return true;
    default: return false;
    }
}

/* --- shifts by a constant ---------------------------------------------------------------------------- */

bool emit_shift(struct tr *t, const struct insn *i, bool flags)
{
    struct code *c = &t->c;
    unsigned n = i->imm & 31;
    if (flags || i->form != FORM_RI || i->size != S32) return false;
    enum reg r = hostreg(i->dst / 4);
    switch (i->op) {
    case OP_SHL: sll(c, r, r, n); return true;
    case OP_SHR: srl(c, r, r, n); return true;
    case OP_SAR: sra(c, r, r, n); return true;
    case OP_ROR: rotr(c, r, r, n); return true;
    case OP_ROL: rotr(c, r, r, (32 - n) & 31); return true;
    default: return false;
    }
}

bool emit_mul(struct tr *t, const struct insn *i, bool flags)
{
    struct code *c = &t->c;
    if (flags || i->size != S32 || (i->op != OP_IMUL2 && i->op != OP_IMUL3)) return false;
    enum reg a, b;
    if (i->form == FORM_RM) {
        emit_load(t, i, V0, emit_address(t, i), 32);
        a = V0;
    } else {
        a = hostreg(i->src / 4);
    }
    if (i->op == OP_IMUL3) {
        li(c, V1, (int32_t)i->imm);
        b = V1;
    } else {
        b = hostreg(i->dst / 4);
    }
    mult(c, a, b);
    mflo(c, hostreg(i->dst / 4));
    return true;
}

/* --- stack ------------------------------------------------------------------------------------------- */

static void push_register(struct tr *t, enum reg v)
{
    daddu(&t->c, ADDRESS, hostreg(ESP), GUEST_BASE);
    emit_store(t, v, -4, 32);
    addiu(&t->c, hostreg(ESP), hostreg(ESP), -4);
}

bool emit_stack(struct tr *t, const struct insn *i, bool flags)
{
    struct code *c = &t->c;
    (void)flags;
    if (i->size != S32) return false;
    switch (i->op) {
    case OP_PUSH:
        if (i->form == FORM_R) {
            push_register(t, hostreg(i->dst / 4));
        } else if (i->form == FORM_I) {
            li(c, V0, (int32_t)i->imm);
            push_register(t, V0);
        } else {
            emit_load(t, i, V0, emit_address(t, i), 32);
            push_register(t, V0);
        }
        return true;
    case OP_POP:
        if (i->form != FORM_R) return false;
        daddu(c, ADDRESS, hostreg(ESP), GUEST_BASE);
        emit_load(t, i, V0, 0, 32);
        addiu(c, hostreg(ESP), hostreg(ESP), 4);
        move(c, hostreg(i->dst / 4), V0);
        return true;
    case OP_LEAVE:
        daddu(c, ADDRESS, hostreg(EBP), GUEST_BASE);
        emit_load(t, i, V0, 0, 32);
        addiu(c, hostreg(ESP), hostreg(EBP), 4);
        move(c, hostreg(EBP), V0);
        return true;
    default: return false;
    }
}
